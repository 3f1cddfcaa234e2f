"""The list of situations: where they are, in whose hands, and what somebody owes on them."""

from typing import Any

from orp.bootstrap import Application
from storage.listing import Wanted
from workflow.circuit.compiled import Circuit
from workflow.circuit.french import unknown
from workflow.errors import Refusal, UnknownPerson
from workflow.model import Obligation, Person
from workflow.sentences.situation import lateness
from workflow.sentences.wording import nature
from workflow.words import PARIS


def overview(
    app: Application,
    *,
    mine: str | None = None,
    late: bool = False,
    step: str | None = None,
    structure: str | None = None,
) -> list[dict[str, Any]]:
    """Return a line for each situation asked for, those that are over last; with `mine`, what that person owes.

    Raises:
        UnknownPerson: nobody bears the identifier.
        Refusal: no such step, no such organisation.
    """
    now = app.clock.now()
    circuit = app.circuits.national()
    with app.store.reading() as work:
        departements = work.screens.departements()
        person = _person(work.facts((), {mine}, now).people.get(mine), mine) if mine else None
        if step and step not in circuit.definition.steps:
            _known("L’étape", step, sorted({*circuit.definition.steps, *work.screens.steps()}))
        if structure:
            _known("La structure", structure, sorted(departements))
        wanted = Wanted(person, now.astimezone(PARIS).date(), late, structure, step)
        rows = work.screens.cases(wanted)
        owed = work.screens.owed(wanted) if mine else {}
    circuits = {row["reference"]: app.circuits.get(row["circuit"]) for row in rows}
    lines = [_line(circuits[row["reference"]], row) for row in rows]
    if not mine:
        return sorted(lines, key=lambda line: line["close"])
    for line in lines:
        circuit, debts = circuits[line["reference"]], owed.get(line["reference"], [])
        line["je_dois"] = [_debt(circuit, o, lateness(now, o, departements[o.debtor.organisation])) for o in debts]
    return sorted(lines, key=lambda line: _pressing(line["je_dois"]))


def _person(found: Person | None, identifier: str) -> Person:
    if found is None:
        raise UnknownPerson(f"Personne n’est connu sous l’identifiant « {identifier} ».")
    return found


def _known(what: str, name: str, names: list[str]) -> None:
    if name not in names:
        sentence, expected = unknown(what, name, names)
        raise Refusal(f"{sentence} Attendu : {expected}." if expected else sentence)


def _line(circuit: Circuit, row: dict[str, Any]) -> dict[str, Any]:
    step = circuit.step(row["step"])
    return {
        "reference": row["reference"],
        "etape": row["step"],
        "titre": step.title,
        "close": step.final,
        "entre_les_mains_de": row["holder"] or "–",
        "echeance": row["due"].isoformat() if row["due"] else None,
        "retard": "en retard" if row["late"] else "",
    }


def _debt(circuit: Circuit, o: Obligation, late: str) -> dict[str, Any]:
    due = o.due.isoformat() if o.due and not o.paused_on else None
    return {"n": o.n, "code": o.code, "nature": nature(circuit, o), "echeance": due, "retard": late}


def _pressing(debts: list[dict[str, Any]]) -> tuple[bool, bool, str]:
    """What is late comes first, then the earliest date; what has none comes last."""
    late = [debt for debt in debts if debt["retard"]]
    dates = [debt["echeance"] for debt in late or debts if debt["echeance"]]
    return not late, not dates, min(dates, default="")
