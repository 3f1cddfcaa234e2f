"""« Où en est la situation »: three plain sentences to paste in a message. No text, no name of a person (INV-17)."""

from workflow.circuit.model import Kind
from workflow.model import Obligation
from workflow.sentences.situation import Seen, lateness
from workflow.sentences.wording import day, title_of, to_whom
from workflow.words import PARIS


def where(seen: Seen) -> list[str]:
    """Return where a situation is, what is awaited next, and when an answer is due back."""
    return [_place(seen), _decision(seen), _retour(seen)]


def _place(seen: Seen) -> str:
    case = seen.case
    since = day(case.entered_at.astimezone(PARIS).date())
    title = seen.circuit.step(case.step).title
    return f"La situation {case.reference} est à l’étape « {title} » depuis le {since}."


def _decision(seen: Seen) -> str:
    owed = _first([o for o in seen.waiting if o.kind is Kind.DECISION])
    if owed is None:
        return "Plus aucune décision n’y est attendue."
    held = f"Elle est entre les mains de {seen.names[owed.debtor.organisation]}"
    if owed.paused_on:
        return f"{held}, dont le délai est suspendu : un complément est attendu."
    if owed.due is None:
        return f"{held}, sans date."
    return f"{held}, qui doit décider au plus tard le {day(owed.due)}{_mark(seen, owed)}."


def _retour(seen: Seen) -> str:
    owed = _first([o for o in seen.waiting if o.kind is Kind.RETOUR])
    if owed is None or owed.beneficiary is None:
        return "Aucun retour n’est en attente."
    to, debtor = to_whom(title_of(seen.circuit, owed.beneficiary)), seen.names[owed.debtor.organisation]
    if owed.passed_on:
        return f"Un retour a été transmis {to} par {debtor} ; sa réception reste à prouver."
    until = f", au plus tard le {day(owed.due)}{_mark(seen, owed)}" if owed.due else ""
    return f"Un retour est attendu de {debtor}, {to}{until}."


def _first(owed: list[Obligation]) -> Obligation | None:
    return min(owed, key=lambda o: (o.due is None, o.due, o.n), default=None)


def _mark(seen: Seen, o: Obligation) -> str:
    late = lateness(seen.now, o, seen.departements[o.debtor.organisation])
    said = [*(["délai indicatif"] if seen.circuit.dues[o.code].indicative else []), *([late] if late else [])]
    return f" ({', '.join(said)})" if said else ""
