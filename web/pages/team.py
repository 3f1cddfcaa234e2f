"""`/reunion`: the situations of an antenne for its weekly meeting: assign, decide, next."""

from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from starlette.responses import Response

from web.access import teams
from web.ports.services import Work
from web.reading import listed
from web.visit import Visit
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import DecisionDefinition, Level
from workflow.machine import STAY
from workflow.ports.lists import Awaited
from workflow.sentences.situation import lateness
from workflow.sentences.titles import ASKED, title_of
from workflow.words import PARIS
from workflow.working_days import calendar_of

ASSIGN = "confier_analyse"
WEEK = timedelta(days=7)


def show(visit: Visit) -> Response:
    """Show the list of an antenne."""
    directory = visit.directory()
    circuit_of = visit.circuit_of(directory)
    mine = teams(circuit_of, visit.who, directory)
    antenne = visit.asked("antenne") if visit.asked("antenne") in mine else next(iter(mine), "")
    circuit = circuit_of(antenne) if antenne else visit.national
    with visit.services.store.reading() as work:
        rows = waiting(work, circuit, antenne, visit.now)
        answers = work.inbox.answers({row.reference for row in rows}, ASKED)
        people = work.facts({antenne}, (), visit.now).people if antenne else {}
    listed(visit, {row.reference for row in rows}, "GET /reunion")
    return visit.page(
        "reunion.html",
        antennes=mine,
        antenne=antenne,
        lignes=[_line(visit, row, answers.get(row.reference, {}), people) for row in rows],
        analystes={
            person.id: person.name
            for person in people.values()
            if not person.mailbox and any((antenne, function) in person.functions for function in _able(circuit))
        },
        identifiant=token_hex(16),
        derniere=visit.asked("fin") == "oui",
    )


def waiting(work: Work, circuit: Circuit, antenne: str, now: datetime) -> list[Awaited]:
    """Return what an antenne has to look at: situations that wait for an outcome, reviews of this week; late first."""
    steps = {name for name, step in circuit.definition.steps.items() if step.level is Level.DAC and step.holder}
    reviews = {name for name in steps if any(_is_review(d) for d in circuit.step(name).decisions.values())}
    return work.inbox.team(antenne, steps - reviews, reviews, now.astimezone(PARIS).date() + WEEK)


def _is_review(decision: DecisionDefinition) -> bool:
    return decision.target == STAY and "prochaine_date" in decision.requires


def _able(circuit: Circuit) -> set[str]:
    """The functions that an analysis may be assigned to."""
    return {
        circuit.definition.actors[step.decisions[ASSIGN].actors[0]].function
        for step in circuit.definition.steps.values()
        if ASSIGN in step.decisions
    }


def _line(visit: Visit, row: Awaited, answers: dict[str, str], people: Any) -> dict[str, Any]:
    circuit, o = visit.services.circuits.get(row.circuit), row.obligation
    person = people.get(o.debtor.person or "")
    today = calendar_of(row.departement).local_date(visit.now)
    return {
        "reference": row.reference,
        "version": row.version,
        "intitule": row.title or title_of(circuit, answers, ""),
        "etape": circuit.step(row.step).title,
        "charge": person.name if person else "",
        "confier": ASSIGN in circuit.step(row.step).decisions,
        "urgente": row.urgent,
        "retard": lateness(visit.now, o, row.departement),
        "echeance": o.due if not o.paused_on else None,
        "suspendu": o.paused_on is not None,
        "proche": o.due is not None and (o.due - today).days <= 7,
        "indicatif": circuit.dues[o.code].indicative and o.due is not None,
    }
