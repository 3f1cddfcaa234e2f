"""`/a-traiter`: what I owe, late first, in five tabs (product A.1), in a constant number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from web.access import seats
from web.reading import listed
from web.visit import Visit
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import WRITER, Kind
from workflow.ports.lists import Awaited, Group, Looked, Sought
from workflow.sentences.situation import lateness
from workflow.sentences.titles import ASKED, looked_for, title_of
from workflow.sentences.wording import name_of
from workflow.words import PARIS
from workflow.working_days import calendar_of

PER_PAGE = 50
LONGEST = 100
"""Signs of what is looked for."""


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
    """Show one tab as far as the filters of the address let it, and the counts of all."""
    today, sought, page = visit.now.astimezone(PARIS).date(), _sought(visit), _page(visit)
    with visit.services.store.reading() as work:
        groups = work.inbox.groups(visit.who, today, sought.looked)
        chosen = [group for group in groups if _matches(group, sought)]
        tab = _chosen(visit.asked("onglet"), chosen)
        rows = work.inbox.page(visit.who, today, tab.kinds, sought, ((page - 1) * PER_PAGE, PER_PAGE))
        answers = work.inbox.answers({row.reference for row in rows}, ASKED)
    listed(visit, {row.reference for row in rows}, "GET /a-traiter")
    tabs = [_counted(one, chosen) for one in TABS]
    lines = [
        line(visit.services.circuits.get(row.circuit), row, answers.get(row.reference, {}), visit.now) for row in rows
    ]
    return visit.page(
        "a_traiter.html",
        parti=visit.asked("fait") == "ailleurs",
        onglets=tabs,
        onglet=tab,
        lignes=lines,
        page=page,
        derniere=-(-next(t["nombre"] for t in tabs if t["nom"] == tab.name) // PER_PAGE) or 1,
        filtres=_filters(visit),
        dacs=sorted({(group.dac, group.dac_name) for group in groups}, key=lambda one: one[1]),
        etapes=_steps(visit, groups),
        lien=lambda **changed: _link(visit, changed),
    )


def _page(visit: Visit) -> int:
    number = visit.asked("page", "1")
    return int(number) if number.isdecimal() and 0 < int(number) < 10_000 else 1


def _sought(visit: Visit) -> Sought:
    typed = visit.asked("q")[:LONGEST].strip()
    return Sought(
        looked=Looked(looked_for(visit.national, typed), seats(visit.national, visit.who)) if typed else None,
        step=visit.asked("etape"),
        dac=visit.asked("dac"),
        urgent=visit.asked("urgent") == "oui",
        late=visit.asked("retard") == "oui",
    )


def _filters(visit: Visit) -> dict[str, str]:
    """Return the filters of the address as they were asked."""
    names = ("q", "dac", "etape", "urgent", "retard")
    return {name: visit.asked(name)[:LONGEST] for name in names}


def _link(visit: Visit, changed: dict[str, Any]) -> str:
    """Return the address of this list with other choices: filters live there, and survive « retour »."""
    asked = _filters(visit) | {"onglet": visit.asked("onglet")} | changed
    return "/a-traiter?" + urlencode({name: value for name, value in asked.items() if value})


def _matches(group: Group, sought: Sought) -> bool:
    wanted = sought.step in ("", group.step) and sought.dac in ("", group.dac)
    return wanted and group.urgent >= sought.urgent and group.late >= sought.late


def _steps(visit: Visit, groups: Iterable[Group]) -> list[tuple[str, str]]:
    """Steps where I owe something, by their titles, in the order in which a situation meets them."""
    circuits = {group.step: visit.services.circuits.get(group.circuit) for group in groups}
    met = sorted(circuits, key=lambda step: rank(visit.national, circuits[step], step))
    return [(step, circuits[step].step(step).title) for step in met]


def rank(national: Circuit, circuit: Circuit, step: str) -> tuple[int, bool, str]:
    """Return what orders steps: a step that a layer adds comes after those it is reached from (`apres`)."""
    known = list(national.definition.steps)
    if step in known:
        return known.index(step), False, step
    before = [
        known.index(name)
        for name, one in circuit.definition.steps.items()
        if name in known and any(decision.target == step for decision in one.decisions.values())
    ]
    return max(before, default=len(known)), True, step


def _chosen(name: str, groups: Sequence[Group]) -> Tab:
    """The tab asked for, else the first that holds something."""
    asked = [tab for tab in TABS if tab.name == name]
    full = [tab for tab in TABS if any(group.kind in tab.kinds for group in groups)]
    return [*asked, *full, TABS[0]][0]


def _counted(tab: Tab, groups: Iterable[Group]) -> dict[str, Any]:
    found = [group for group in groups if group.kind in tab.kinds]
    return {
        "nom": tab.name,
        "titre": tab.title,
        "nombre": sum(group.number for group in found),
        "retard": sum(group.number for group in found if group.late),
    }


def line(circuit: Circuit, row: Awaited, answers: dict[str, str], now: datetime) -> dict[str, Any]:
    """Return one line of a list of what is owed."""
    o = row.obligation
    step = circuit.step(row.step)
    return {
        "reference": row.reference,
        "choix": f"{row.reference}:{o.n}",
        "intitule": row.title or title_of(circuit, answers, row.antenne),
        "quoi": step.title if o.kind is Kind.DECISION else name_of(circuit, o),
        "etape": step.title,
        "rattachee": row.parent if o.debtor.actor != WRITER else "",
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
