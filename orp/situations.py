"""What people read of a situation: its place, what is owed, its history in sentences. Never a text."""

import json
from datetime import date, datetime
from typing import Any

from orp.bootstrap import Application
from orp.times import in_paris
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import Kind
from workflow.clock import Clock
from workflow.model import Obligation
from workflow.records import Entry
from workflow.words import counted, day_in_words
from workflow.working_days import calendar_of

KINDS = {
    Kind.DECISION: "une décision",
    Kind.COMPLEMENT: "un complément",
    Kind.OPINION: "un avis",
    Kind.ACTION: "une action",
    Kind.RETOUR: "un retour",
    Kind.TASK: "une tâche",
}
EVENTS = {
    "ouvrir": "Fiche commencée",
    "depassement_debut": "Échéance dépassée",
    "depassement_fin": "Retard terminé",
    "preuve": "Retour remis : courriel accepté, sans refus depuis trois jours ouvrés",
    "courriel_accepte": "Courriel du retour accepté",
    "courriel_refuse": "Courriel du retour refusé : le retour reste à faire",
}
VERBS = {"acquitter": "rendu", "dispenser": "dispensé", "prolonger": "prolongé"}


def overview(app: Application) -> list[dict[str, Any]]:
    """Return a line for each situation."""
    with app.store.reading() as work:
        rows = work.screens.cases()
    return [
        {
            "reference": row["reference"],
            "etape": row["step"],
            "titre": app.circuits.get(row["circuit"]).step(row["step"]).title,
            "entre_les_mains_de": row["holder"] or "–",
            "echeance": row["due"].isoformat() if row["due"] else None,
            "retard": "en retard" if row["late"] else "",
        }
        for row in rows
    ]


def story(app: Application, reference: str) -> dict[str, Any]:
    """Return all that may be shown of a situation.

    Raises:
        UnknownReference: no situation bears it.
    """
    with app.store.reading() as work:
        case = work.screens.case(reference)
        obligations, names = work.screens.obligations(reference), work.screens.names()
        entries, departements = work.journal.of(reference), work.screens.departements()
    circuit = app.circuits.get(case.circuit)
    waiting = [o for o in obligations if o.is_open]
    return {
        "reference": reference,
        "etape": case.step,
        "titre": circuit.step(case.step).title,
        "version": case.version,
        "urgent": case.urgent,
        "resume": _summary(circuit, waiting, names),
        "attendu": [_owed(app.clock, circuit, o, names, departements[o.debtor.organisation]) for o in waiting],
        "histoire": [_told(circuit, entry, names) for entry in entries],
    }


def _summary(circuit: Circuit, waiting: list[Obligation], names: dict[str, str]) -> list[str]:
    """« Entre les mains de… jusqu’au… » ; nothing waits without a name and a date on it."""
    lines = []
    for o in waiting:
        if o.kind is Kind.DECISION:
            until = "délai suspendu : un complément est attendu" if o.paused_on else f"jusqu’au {_day(o.due)}"
            mark = " (délai indicatif)" if circuit.dues[o.code].indicative else ""
            lines.append(f"Entre les mains de : {names[o.debtor.organisation]}, {until}{mark}.")
    return lines


def _day(day: date | None) -> str:
    return day_in_words(day) if day else "sans date"


def _owed(clock: Clock, circuit: Circuit, o: Obligation, names: dict[str, str], departement: str) -> dict[str, Any]:
    to = circuit.definition.actors[o.beneficiary.actor].title if o.beneficiary else ""
    return {
        "n": o.n,
        "code": o.code,
        "nature": KINDS[o.kind] + (" : transmis par courriel, preuve attendue" if o.passed_on else ""),
        "attendu_de": f"{circuit.definition.actors[o.debtor.actor].title} ({names[o.debtor.organisation]})",
        "pour": to,
        "echeance": "suspendu" if o.paused_on else _day(o.due),
        "retard": _late(clock.now(), o, departement),
    }


def _late(now: datetime, o: Obligation, departement: str) -> str:
    """« en retard de 6 jours ouvrés »."""
    if not o.late or o.due is None:
        return ""
    calendar = calendar_of(departement)
    days = calendar.working_days_between(o.due, calendar.local_date(now))
    return f"en retard de {counted(days, 'jour ouvré')}"


def _told(circuit: Circuit, entry: Entry, names: dict[str, str]) -> dict[str, str]:
    content = json.loads(entry.content)
    author = names.get(entry.author, "l’outil")
    return {
        "date": in_paris(datetime.fromisoformat(entry.effective_at)),
        "fait": _fact(circuit, entry, content),
        "par": author,
    }


def _fact(circuit: Circuit, entry: Entry, content: dict[str, Any]) -> str:
    if entry.kind == "decision":
        decision = circuit.decision(content["de"], content["decision"])
        arrived = circuit.step(content["vers"]).title
        return f"{decision.title} ({content['code']})" + (f" → {arrived}" if content["de"] != content["vers"] else "")
    if entry.kind == "acte":
        verb = VERBS[content["verbe"]]
        means = content.get("codes", {}).get("moyen", "")
        return f"Attendu n° {content['du']} {'transmis par courriel' if means == 'courriel' else verb}"
    code = f" ({content['code']})" if "code" in content else ""
    return EVENTS[entry.kind] + code
