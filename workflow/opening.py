"""A draft begins: where it goes, which reference it bears (DESIGN §3)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflow.change import Find
from workflow.circuit.compiled import START, Circuit
from workflow.circuit.composition import Published
from workflow.composing import of_the_day
from workflow.errors import InvalidDefinition, Refusal, UnknownPerson
from workflow.model import Case, Dossier, Facts
from workflow.ports.work import Places, Work, Write
from workflow.references import make_reference
from workflow.rules import start
from workflow.triggers import Decision
from workflow.working_days import calendar_of


@dataclass(frozen=True, slots=True)
class Draft:
    """A situation somebody begins to describe. `id` is the caller's, unique."""

    id: str
    by: str
    antenne: str
    departement: str
    tracking: str | None = None
    """Tracking code of an anonymous deposit: kept as a digest, it is the rédacteur's only way back."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Drafts, and all that must be known to begin them."""

    drafts: tuple[Draft, ...]
    places: Mapping[tuple[str, str], Places | Refusal]
    emails: Mapping[str, str]
    facts: Facts
    published: Mapping[str, Published]
    now: datetime

    def circuit(self, draft: Draft, find: Find) -> Circuit | Refusal:
        """Return the circuit a draft follows, or why it cannot be begun."""
        where = self.places[draft.antenne, draft.departement]
        if isinstance(where, Refusal):
            return where
        if draft.by not in self.emails:
            return UnknownPerson(f"Personne n’est connu sous l’identifiant « {draft.by} ».")
        key = str(of_the_day(self.published, self.facts.organisations, where.parties))
        try:
            return find(key)
        except InvalidDefinition as error:
            return Refusal(f"Les circuits publiés ne vont pas ensemble ici ({key}). {error.faults[0].sentence}")


def look_up(work: Work, drafts: Sequence[Draft], now: datetime) -> Opening:
    """Read what is needed to begin drafts, in a constant number of statements."""
    places = work.places({(draft.antenne, draft.departement) for draft in drafts})
    emails = work.addresses({draft.by for draft in drafts})
    found = [where for where in places.values() if isinstance(where, Places)]
    organisations = {party.organisation for where in found for party in where.parties.values()}
    facts = work.facts(organisations, {draft.by for draft in drafts}, now)
    unique = tuple({draft.id: draft for draft in drafts}.values())
    return Opening(unique, places, emails, facts, work.published(now), now)


def begin_all(work: Work, opening: Opening, circuits: Mapping[str, Circuit | Refusal]) -> dict[str, Write | Refusal]:
    """Begin drafts, each under a number of its DAC and year; `circuits` says which each follows, or why it cannot.

    Return, by identifier of the draft, what is to be written, or why it cannot be begun.
    """
    facts, now = opening.facts, opening.now
    begun: dict[str, Write | Refusal] = {}
    ready: list[tuple[Draft, Places, Circuit]] = []
    for draft in opening.drafts:
        where, circuit = opening.places[draft.antenne, draft.departement], circuits[draft.id]
        if isinstance(where, Refusal):
            begun[draft.id] = where
        elif isinstance(circuit, Refusal):
            begun[draft.id] = circuit
        elif isinstance(
            tried := _begin(circuit, draft, where, Numbered("", opening.emails[draft.by], facts), now), Refusal
        ):
            begun[draft.id] = tried  # tried without a number first: what is refused takes none
        else:
            ready.append((draft, where, circuit))
    references = _references(work, [where for _, where, _ in ready], facts, now)
    for (draft, where, circuit), reference in zip(ready, references, strict=True):
        begun[draft.id] = _begin(circuit, draft, where, Numbered(reference, opening.emails[draft.by], facts), now)
    return begun


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a draft is given beside its place."""

    reference: str
    email: str
    facts: Facts


def _references(work: Work, places: Sequence[Places], facts: Facts, now: datetime) -> list[str]:
    """Give each its number, by DAC and civil year there."""
    years = {p.dac: calendar_of(facts.organisations[p.dac].departement).local_date(now).year for p in places}
    wanted = Counter(where.dac for where in places)
    numbers = {dac: iter(work.numbers(dac, years[dac], count)) for dac, count in sorted(wanted.items())}
    return [make_reference(p.region_code, p.dac_code, years[p.dac], next(numbers[p.dac])) for p in places]


def _begin(circuit: Circuit, draft: Draft, places: Places, given: Numbered, now: datetime) -> Write | Refusal:
    case = Case(
        reference=given.reference,
        dac=places.dac,
        departement=draft.departement,
        circuit=circuit.key,
        step=circuit.initial,
        writer=draft.by,
        opened_at=now,
        entered_at=now,
        recorded_at=now,
        anonymous=draft.tracking is not None,
    )
    opening = Decision(id=draft.id, reference=given.reference, name=START, by=draft.by)
    try:
        outcome = start(circuit, Dossier(case, [], dict(places.parties), given.facts), opening, now)
    except Refusal as refusal:
        return refusal
    return Write(outcome, None, None if draft.tracking else given.email, draft.tracking)


def opened(begun: Mapping[str, Write | Refusal], draft: Draft) -> Case | Refusal:
    """Return the situation a draft became, or why it did not."""
    result = begun[draft.id]
    return result.outcome.dossier.case if isinstance(result, Write) else result
