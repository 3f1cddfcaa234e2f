"""`/a-traiter`: what I owe, late first, in five tabs (product A.1), in a constant number of statements."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.responses import Response

from web.visit import Visit
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import Kind
from workflow.ports import Awaited
from workflow.sentences.situation import lateness
from workflow.sentences.titles import ASKED, title_of
from workflow.sentences.wording import name_of
from workflow.words import PARIS
from workflow.working_days import calendar_of

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its name in the address, its words, what it holds, and what an empty one says."""

    name: str
    title: str
    kinds: tuple[Kind, ...]
    empty: str


TABS = (
    Tab("decider", "À décider", (Kind.DECISION,), "Aucune décision ne vous attend."),
    Tab("complements", "Compléments et avis", (Kind.COMPLEMENT, Kind.OPINION), "Personne n’attend de réponse de vous."),
    Tab("actions", "Actions", (Kind.ACTION,), "Vous ne portez aucune action."),
    Tab("retours", "Retours à faire", (Kind.RETOUR,), "Vous ne devez aucun retour."),
    Tab("taches", "Tâches", (Kind.TASK,), "Aucune tâche ne vous attend."),
)


def show(visit: Visit) -> Response:
    """Show one tab, and the counts of all."""
    today = visit.now.astimezone(PARIS).date()
    number = visit.asked("page", "1")
    page = int(number) if number.isdecimal() and 0 < int(number) < 10_000 else 1
    with visit.services.store.reading() as work:
        counts = work.inbox.counts(visit.who, today)
        tab = _chosen(visit.asked("onglet"), counts)
        rows = work.inbox.page(visit.who, today, tab.kinds, (page - 1) * PER_PAGE, PER_PAGE)
        answers = work.inbox.answers({row.reference for row in rows}, ASKED)
    tabs = [_counted(one, counts) for one in TABS]
    lines = [
        _line(visit.services.circuits.get(row.circuit), row, answers.get(row.reference, {}), visit.now) for row in rows
    ]
    last = -(-next(t["nombre"] for t in tabs if t["nom"] == tab.name) // PER_PAGE) or 1
    return visit.page("a_traiter.html", onglets=tabs, onglet=tab, lignes=lines, page=page, derniere=last)


def _chosen(name: str, counts: dict[Kind, tuple[int, int]]) -> Tab:
    """The tab asked for, else the first that holds something."""
    asked = [tab for tab in TABS if tab.name == name]
    full = [tab for tab in TABS if any(kind in counts for kind in tab.kinds)]
    return [*asked, *full, TABS[0]][0]


def _counted(tab: Tab, counts: dict[Kind, tuple[int, int]]) -> dict[str, Any]:
    found = [counts[kind] for kind in tab.kinds if kind in counts]
    return {
        "nom": tab.name,
        "titre": tab.title,
        "nombre": sum(number for number, _ in found),
        "retard": sum(late for _, late in found),
    }


def _line(circuit: Circuit, row: Awaited, answers: dict[str, str], now: datetime) -> dict[str, Any]:
    o = row.obligation
    step = circuit.step(row.step)
    return {
        "reference": row.reference,
        "intitule": title_of(circuit, answers, row.antenne),
        "quoi": step.title if o.kind is Kind.DECISION else name_of(circuit, o),
        "etape": step.title,
        "structure": row.structure,
        "urgente": row.urgent,
        "retard": lateness(now, o, row.departement),
        "echeance": o.due if not o.paused_on else None,
        "suspendu": o.paused_on is not None,
        "proche": _is_near(o.due, row.departement, now),
        "indicatif": circuit.dues[o.code].indicative and o.due is not None,
    }


def _is_near(due: date | None, departement: str, now: datetime) -> bool:
    """Seven days before the date, when the first reminder leaves."""
    return due is not None and (due - calendar_of(departement).local_date(now)).days <= 7
