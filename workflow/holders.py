"""From the circuit's words (« secretaire », « dd ») to organisations, functions and people."""

from workflow.circuit.compiled import Circuit
from workflow.circuit.model import CROSSED_LEVELS, SYSTEM, WRITER, Level, Slot
from workflow.model import Dossier, Holder, Person
from workflow.working_days import Calendar, calendar_of

SLOT_OF_LEVEL = {
    Level.FIELD: Slot.ANTENNE,
    Level.DAC: Slot.DAC,
    Level.GOVERNANCE: Slot.GOVERNANCE,
    Level.DD: Slot.DD,
    Level.REGION: Slot.REGION,
    Level.NATIONAL: Slot.NATIONAL,
}


def holder_of(circuit: Circuit, dossier: Dossier, actor: str) -> Holder:
    """Return who stands behind an actor in this situation; named if somebody took charge there."""
    if actor == SYSTEM:
        return Holder(SYSTEM, dossier.case.dac, SYSTEM)
    definition = circuit.definition.actors[actor]
    party = dossier.parties[definition.slot]
    if actor == WRITER:
        return Holder(actor, party.organisation, definition.function, dossier.case.writer)
    named = (
        party.person
        if party.person and _holds(dossier, party.person, party.organisation, definition.function)
        else None
    )
    return Holder(actor, party.organisation, definition.function, named)


def _holds(dossier: Dossier, person: str, organisation: str, function: str) -> bool:
    found = dossier.facts.people.get(person)
    return found is not None and (organisation, function) in found.functions


def speaks_for(person: Person, holder: Holder) -> bool:
    """Say whether a person may act as this holder; the rédacteur is one person, others a function."""
    if holder.actor == WRITER:
        return person.id == holder.person
    return (holder.organisation, holder.function) in person.functions


def beneficiaries(circuit: Circuit, dossier: Dossier, actors: tuple[str, ...]) -> list[Holder]:
    """Return the holders behind a list of actors, each (organisation, function) once, in order."""
    names = [name for actor in actors for name in (_crossed(dossier) if actor == CROSSED_LEVELS else (actor,))]
    found: dict[tuple[str, str], Holder] = {}
    for name in names:
        holder = holder_of(circuit, dossier, name)
        found.setdefault((holder.organisation, holder.function), holder)
    return list(found.values())


def _crossed(dossier: Dossier) -> list[str]:
    """Actors of every level the situation went through: an actor bears the name of its slot (INV-08)."""
    return [slot for slot, party in dossier.parties.items() if party.since is not None]


def supervisor_of(circuit: Circuit, dossier: Dossier, holder: Holder) -> Holder | None:
    """Return who supervises a holder, or None when the circuit names nobody."""
    definition = circuit.definition.actors.get(holder.actor)
    return holder_of(circuit, dossier, definition.supervisor) if definition and definition.supervisor else None


def recipients(dossier: Dossier, holder: Holder) -> list[str | None]:
    """Return who receives the mail of a holder: None stands for the rédacteur's private contact.

    A function that has a service mailbox receives there, so that colleagues see it; otherwise the
    person in charge, otherwise everybody who holds the function.
    """
    if holder.actor == WRITER:
        return [None]
    having = [p for p in dossier.facts.people.values() if (holder.organisation, holder.function) in p.functions]
    boxes = [person.id for person in having if person.mailbox]
    named = [person.id for person in having if person.id == holder.person]
    return list(boxes or named or sorted(person.id for person in having))


def calendar_for(dossier: Dossier, organisation: str) -> Calendar:
    """Return the calendar of an organisation: the holidays and time zone of its département."""
    return calendar_of(dossier.facts.organisations[organisation].departement)
