"""Where a situation is, in whose hands, what is owed: sentences, never a text."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflow.circuit.compiled import Circuit
from workflow.circuit.model import Kind, Slot
from workflow.holders import DELEGATION_SLOT
from workflow.model import Case, Obligation, Party
from workflow.records import Entry
from workflow.sentences.followed import Followed
from workflow.sentences.history import History
from workflow.sentences.wording import day, nature, title_of, to_whom, who
from workflow.words import counted
from workflow.working_days import calendar_of


@dataclass(frozen=True, slots=True)
class Seen:
    """One situation as it is read, with the names of all who take part."""

    case: Case
    circuits: Callable[[str], Circuit]
    """Gives the circuit of that key: a line of the journal is read with the one followed then."""
    obligations: list[Obligation]
    """All of them, the closed ones too."""
    parties: list[Party]
    names: Mapping[str, str]
    departements: Mapping[str, str]
    now: datetime

    @property
    def circuit(self) -> Circuit:
        """The circuit it follows now."""
        return self.circuits(self.case.circuit)

    @property
    def waiting(self) -> list[Obligation]:
        """What is owed now."""
        return [o for o in self.obligations if o.is_open]

    def today(self, organisation: str) -> date:
        """Return the civil date at an organisation's."""
        return calendar_of(self.departements[organisation]).local_date(self.now)


def story(seen: Seen, entries: Sequence[Entry]) -> dict[str, Any]:
    """Return all that may be shown of a situation whatever the reader, but its texts."""
    case, circuit = seen.case, seen.circuit
    followed = Followed(seen.circuits, case, entries)
    history = History(followed, {o.n: o for o in seen.obligations}, seen.names)
    return {
        "reference": case.reference,
        "etape": case.step,
        "titre": circuit.step(case.step).title,
        "etat": list(displayed(seen)),
        "version": case.version,
        "urgent": case.urgent,
        "parent": case.parent,
        "resume": [*_around(seen), *_summary(circuit, seen.waiting, seen.names)],
        "attendu": [_owed(seen, o) for o in seen.waiting],
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


def _owed(seen: Seen, o: Obligation) -> dict[str, Any]:
    circuit = seen.circuit
    return {
        "n": o.n,
        "code": o.code,
        "nature": nature(circuit, o) + (" : transmis par courriel, preuve attendue" if o.passed_on else ""),
        "attendu_de": who(circuit, o.debtor, seen.names),
        "pour": title_of(circuit, o.beneficiary) if o.beneficiary else "",
        "echeance": "suspendu" if o.paused_on else day(o.due),
        "retard": lateness(seen.now, o, seen.departements[o.debtor.organisation]),
    }


def lateness(now: datetime, o: Obligation, departement: str) -> str:
    """Return « en retard de 6 jours ouvrés », or nothing."""
    if not o.late or o.due is None:
        return ""
    calendar = calendar_of(departement)
    days = calendar.working_days_between(o.due, calendar.local_date(now))
    return f"en retard de {counted(days, 'jour ouvré')}"
