"""What people read of one situation: its place, what is owed, its history in sentences. Never a text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from orp.bootstrap import Application
from orp.followed import Followed
from orp.history import History
from orp.wording import day, nature, title_of, to_whom, who
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import Kind, Slot
from workflow.clock import Clock
from workflow.holders import DELEGATION_SLOT
from workflow.model import Case, Obligation, Party
from workflow.words import counted
from workflow.working_days import calendar_of


@dataclass(frozen=True, slots=True)
class Seen:
    """One situation as it is read, with the names of all who take part."""

    case: Case
    circuit: Circuit
    waiting: list[Obligation]
    parties: list[Party]
    names: Mapping[str, str]
    departements: Mapping[str, str]
    now: datetime

    def today(self, organisation: str) -> date:
        """Return the civil date at an organisation's."""
        return calendar_of(self.departements[organisation]).local_date(self.now)


def story(app: Application, reference: str) -> dict[str, Any]:
    """Return all that may be shown of a situation.

    Raises:
        UnknownReference: no situation bears it.
    """
    with app.store.reading() as work:
        case = work.screens.case(reference)
        obligations, names = work.screens.obligations(reference), work.screens.names()
        entries, departements = work.journal.of(reference), work.screens.departements()
        parties = work.screens.parties(reference)
    circuit = app.circuits.get(case.circuit)
    waiting = [o for o in obligations if o.is_open]
    history = History(Followed(app.circuits.get, case, entries), {o.n: o for o in obligations}, names)
    seen = Seen(case, circuit, waiting, parties, names, departements, app.clock.now())
    return {
        "reference": reference,
        "etape": case.step,
        "titre": circuit.step(case.step).title,
        "etat": list(displayed(seen)),
        "version": case.version,
        "urgent": case.urgent,
        "parent": case.parent,
        "resume": [*_around(seen), *_summary(circuit, waiting, names)],
        "attendu": [_owed(app.clock, circuit, o, names, departements[o.debtor.organisation]) for o in waiting],
        "histoire": [history.line(entry) for entry in entries],
    }


def displayed(seen: Seen) -> Iterator[str]:
    """States that are not steps: they last as long as a complement or an opinion is owed (DESIGN §1)."""
    for o in seen.waiting:
        if o.kind is Kind.COMPLEMENT and o.beneficiary:
            asker, asked = title_of(seen.circuit, o.beneficiary), to_whom(title_of(seen.circuit, o.debtor))
            yield f"Complément demandé (par {asker}, {asked})" + (", non reçu à la date prévue" if o.late else "")
    opinions = sum(o.kind is Kind.OPINION for o in seen.waiting)
    if opinions:
        yield f"Partenaires consultés ({opinions} avis attendu{'s' if opinions > 1 else ''})"


def _around(seen: Seen) -> Iterator[str]:
    """The situation it follows, the second team, who stands in for whom."""
    if seen.case.parent:
        yield f"Rattachée à la situation {seen.case.parent}."
    for party in seen.parties:
        if party.slot == Slot.CO_ANTENNE:
            yield f"Suivie aussi par : {seen.names[party.organisation]}."
        standing_in = party.slot.startswith(DELEGATION_SLOT) and party.person
        if standing_in and party.until and seen.today(party.organisation) <= party.until:
            until = f"jusqu’au {day(party.until)}"
            delegate = seen.names.get(standing_in, standing_in)
            yield f"Délégation à {delegate} ({seen.names[party.organisation]}), {until}."


def _summary(circuit: Circuit, waiting: list[Obligation], names: Mapping[str, str]) -> list[str]:
    """« Entre les mains de… jusqu’au… » ; nothing waits without a name and a date on it."""
    lines = []
    for o in waiting:
        if o.kind is Kind.DECISION:
            until = "délai suspendu : un complément est attendu" if o.paused_on else f"jusqu’au {day(o.due)}"
            mark = " (délai indicatif)" if circuit.dues[o.code].indicative else ""
            lines.append(f"Entre les mains de : {names[o.debtor.organisation]}, {until}{mark}.")
    return lines


def _owed(clock: Clock, circuit: Circuit, o: Obligation, names: Mapping[str, str], departement: str) -> dict[str, Any]:
    return {
        "n": o.n,
        "code": o.code,
        "nature": nature(circuit, o) + (" : transmis par courriel, preuve attendue" if o.passed_on else ""),
        "attendu_de": who(circuit, o.debtor, names),
        "pour": title_of(circuit, o.beneficiary) if o.beneficiary else "",
        "echeance": "suspendu" if o.paused_on else day(o.due),
        "retard": lateness(clock.now(), o, departement),
    }


def lateness(now: datetime, o: Obligation, departement: str) -> str:
    """Return « en retard de 6 jours ouvrés », or nothing."""
    if not o.late or o.due is None:
        return ""
    calendar = calendar_of(departement)
    days = calendar.working_days_between(o.due, calendar.local_date(now))
    return f"en retard de {counted(days, 'jour ouvré')}"
