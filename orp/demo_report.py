"""What a year gave: situations by step, decisions on time or late, retours owed and made, mails, the journal."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from orp.bootstrap import Application
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import LEVEL_OF_SLOT, Kind, Level
from workflow.model import Obligation, Status
from workflow.sentences.mails import TITLES

LEVELS = {
    Level.DAC: "DAC et antennes",
    Level.GOVERNANCE: "Gouvernance",
    Level.DD: "ARS, délégation départementale",
    Level.REGION: "ARS siège",
    Level.NATIONAL: "Équipe nationale",
}
RETOURS = {
    "remis": "Remis par l’outil à l’instant de la décision",
    "etape": "Retours d’étape, d’une structure à une autre",
    "redacteur": "Dits au rédacteur de la fiche",
}


def report(app: Application) -> dict[str, Any]:
    """Return the figures of a base; never a text, a name or an address."""
    with app.store.reading() as work:
        cases = work.screens.cases()
        owed = [o for case in cases for o in work.screens.obligations(case["reference"])]
        # a mail gathered into another one leaves with it, and is not counted twice
        rows = [row for row in work.screens.messages() if row["carrier"] is None]
        mails = Counter((row["mail"], row["status"]) for row in rows)
        audit = work.journal.audit()
    circuits = [app.circuits.get(key) for key in dict.fromkeys(case["circuit"] for case in cases)]
    return {
        "situations": list(_by_step(circuits, Counter(case["step"] for case in cases))),
        "delais": list(_by_level(circuits, owed)),
        "retours": list(_retours(owed)),
        "courriels": list(_by_mail(mails)),
        "journal": {
            "situations": audit.cases,
            "lignes": audit.entries,
            "a_examiner": list(audit.broken),
            "sceau": audit.seal,
        },
    }


def _by_step(circuits: Iterable[Circuit], steps: Counter[str]) -> Iterator[dict[str, Any]]:
    known = {name: step for circuit in circuits for name, step in circuit.definition.steps.items()}
    for name, step in known.items():
        if steps[name]:
            yield {"etape": name, "titre": step.title, "finale": step.final, "nombre": steps[name]}


def _by_level(circuits: Iterable[Circuit], owed: Iterable[Obligation]) -> Iterator[dict[str, Any]]:
    """Decisions only: what is still open and not late is neither on time nor late yet."""
    actors = {name: actor for circuit in circuits for name, actor in circuit.definition.actors.items()}
    decisions = [o for o in owed if o.kind is Kind.DECISION and o.debtor.actor != "redacteur"]
    for level, title in LEVELS.items():
        here = [o for o in decisions if LEVEL_OF_SLOT[actors[o.debtor.actor].slot] is level]
        taken = [o for o in here if not o.is_open]
        waiting = [o for o in here if o.is_open]
        yield {
            "niveau": level.value,
            "titre": title,
            "a_temps": sum(not o.late for o in taken),
            "en_retard": sum(o.late for o in taken),
            "en_cours": sum(not o.late for o in waiting),
            "en_cours_en_retard": sum(o.late for o in waiting),
        }


def _retours(owed: Iterable[Obligation]) -> Iterator[dict[str, Any]]:
    kinds: dict[str, list[Obligation]] = {name: [] for name in RETOURS}
    for o in owed:
        if o.kind is Kind.RETOUR:
            kinds["remis" if o.due is None else "redacteur" if o.last_mile else "etape"].append(o)
    for name, title in RETOURS.items():
        states = Counter(o.status for o in kinds[name])
        yield {
            "genre": name,
            "titre": title,
            "dus": len(kinds[name]),
            "faits": states[Status.DISCHARGED],
            "faits_en_retard": sum(o.late and o.status is Status.DISCHARGED for o in kinds[name]),
            "sans_objet": states[Status.WAIVED] + states[Status.LAPSED],
            "encore_dus": states[Status.OPEN],
            "encore_dus_en_retard": sum(o.late and o.is_open for o in kinds[name]),
        }


def _by_mail(mails: Counter[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    for code in sorted({code for code, _ in mails}):
        yield {
            "courriel": code,
            "titre": TITLES[code],
            "envoyes": mails[code, "envoye"],
            "a_envoyer": mails[code, "a_envoyer"],
            "refuses": mails[code, "refuse"],
        }
