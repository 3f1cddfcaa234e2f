"""From the circuit's words (« secretaire », « dd ») to organisations, functions and people."""

from datetime import date

from workflow.circuit.compiled import Circuit
from workflow.circuit.model import CROSSED_LEVELS, PARTNER, PARTNERS, SYSTEM, WRITER, Level, Slot
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

PARTNER_SLOT = "partenaire:"
"""Beginning of the slot of a consulted partner; the organisation's identifier follows."""
CARRIER_SLOT = "porteur:"
"""Beginning of the slot of an organisation that carries an action and has no other place."""
DELEGATION_SLOT = "delegation:"
"""Beginning of the slot of somebody who stands in (T49); the organisation and the function follow."""
OPINION_FUNCTION = "avis"
"""The function that gives a partner's opinions."""


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


def partners(dossier: Dossier) -> list[Holder]:
    """Return the partners whose opinion was asked, each as a holder of the function that gives opinions."""
    consulted = [party for slot, party in dossier.parties.items() if slot.startswith(PARTNER_SLOT)]
    return [Holder(PARTNER, party.organisation, OPINION_FUNCTION) for party in consulted]


def _holds(dossier: Dossier, person: str, organisation: str, function: str) -> bool:
    found = dossier.facts.people.get(person)
    return found is not None and (organisation, function) in found.functions


def speaks_for(dossier: Dossier, person: Person, holder: Holder, today: date) -> bool:
    """Say whether a person may act as this holder: the rédacteur is one person, others hold a function.

    A delegate acts for the one in charge as long as the delegation lasts (T49). The same function in
    the second antenne of a shared follow-up may act too; one holder still owes (co-suivi). Whoever
    stands in for somebody who is away may do what they may.
    """
    mine = {person.id} | person.stands_for
    if holder.actor == WRITER:
        return holder.person in mine
    return any((organisation, holder.function) in person.functions for organisation in _homes(dossier, holder)) or any(
        delegate in mine for delegate in delegates(dossier, holder, today)
    )


def in_place_of(dossier: Dossier, person: Person, holder: Holder) -> str:
    """Return who is away and in whose place a person speaks for this holder; nothing if it is in their own name."""
    if holder.actor == WRITER:
        return holder.person if holder.person and holder.person in person.stands_for else ""
    pairs = [(organisation, holder.function) for organisation in sorted(_homes(dossier, holder))]
    held = [pair for pair in pairs if pair in person.functions]
    return person.lent.get(held[0], "") if held and all(pair in person.lent for pair in held) else ""


def house_of(dossier: Dossier, holder: Holder) -> str:
    """Return the organisation a holder belongs to at large: an antenne is part of its DAC."""
    mine = {dossier.parties[slot].organisation for slot in (Slot.ANTENNE, Slot.CO_ANTENNE) if slot in dossier.parties}
    return dossier.case.dac if holder.organisation in mine else holder.organisation


def _homes(dossier: Dossier, holder: Holder) -> set[str]:
    second = dossier.parties.get(Slot.CO_ANTENNE)
    shared = second is not None and holder.organisation == dossier.parties[Slot.ANTENNE].organisation
    return {holder.organisation} | ({second.organisation} if second and shared else set())


def delegation_slot(holder: Holder) -> str:
    """Return the slot of whoever stands in for a holder: one at a time for each function."""
    return f"{DELEGATION_SLOT}{holder.organisation}:{holder.function}"


def delegates(dossier: Dossier, holder: Holder, today: date) -> list[str]:
    """Return who stands in for a holder today (T49), and may do what the holder may, nothing more."""
    party = dossier.parties.get(delegation_slot(holder))
    return [party.person] if party and party.person and party.until and today <= party.until else []


def beneficiaries(circuit: Circuit, dossier: Dossier, actors: tuple[str, ...]) -> list[Holder]:
    """Return the holders behind a list of actors, each (organisation, function) once, in order."""
    found: dict[tuple[str, str], Holder] = {}
    for actor in actors:
        for holder in _behind(circuit, dossier, actor):
            found.setdefault((holder.organisation, holder.function), holder)
    return list(found.values())


def _behind(circuit: Circuit, dossier: Dossier, actor: str) -> list[Holder]:
    if actor == PARTNERS:
        return partners(dossier)
    names = _crossed(circuit, dossier) if actor == CROSSED_LEVELS else [actor]
    return [holder_of(circuit, dossier, name) for name in names if reachable(circuit, dossier, name)]


def reachable(circuit: Circuit, dossier: Dossier, actor: str) -> bool:
    """Say whether an organisation is known for this actor: a small directory may lack a region."""
    return actor == SYSTEM or circuit.definition.actors[actor].slot in dossier.parties


def _crossed(circuit: Circuit, dossier: Dossier) -> list[str]:
    """Actors of every level the situation went through (INV-08): the one named after the slot, or its first."""
    reached = [slot for slot, party in dossier.parties.items() if slot in set(Slot) and party.since is not None]
    actors = circuit.definition.actors
    named = {slot: [slot] if slot in actors else [n for n, a in actors.items() if a.slot == slot] for slot in reached}
    return [names[0] for names in named.values() if names]


def supervisor_of(circuit: Circuit, dossier: Dossier, holder: Holder) -> Holder | None:
    """Return who supervises a holder, or None when the circuit names nobody."""
    definition = circuit.definition.actors.get(holder.actor)
    return holder_of(circuit, dossier, definition.supervisor) if definition and definition.supervisor else None


def recipients(dossier: Dossier, holder: Holder, today: date) -> list[str | None]:
    """Return who receives the mail of a holder: None stands for the rédacteur's private contact.

    A function that has a service mailbox receives there, so that colleagues see it; otherwise the
    person in charge, otherwise everybody who holds the function. Who stands in receives it too.
    """
    if holder.actor == WRITER:
        return [] if dossier.case.anonymous else [None]
    having = [p for p in dossier.facts.people.values() if (holder.organisation, holder.function) in p.functions]
    boxes = [person.id for person in having if person.mailbox]
    named = [person.id for person in having if person.id == holder.person]
    usual = boxes or named or sorted(person.id for person in having)
    away = set(named) or {person.id for person in having if not person.mailbox}
    standing_in = sorted(person.id for person in having if person.stands_for & away)
    return list(dict.fromkeys((*usual, *delegates(dossier, holder, today), *standing_in)))


def fallbacks(circuit: Circuit, dossier: Dossier, holder: Holder, refused: str | None) -> list[str]:
    """Return who is served when an address is refused for good: whoever else holds the function, else the supervisor.

    Nobody stands in for the rédacteur, whom the DAC alone knows: there the DAC's task must do.
    """
    if holder.actor == WRITER or holder.organisation not in dossier.facts.organisations:
        return []
    for serving in (holder, supervisor_of(circuit, dossier, holder)):
        wanted = (serving.organisation, serving.function) if serving else None
        having = [p for p in dossier.facts.people.values() if wanted in p.functions and p.reachable]
        if others := sorted(person.id for person in having if person.id != refused):
            return others
    return []


def calendar_for(dossier: Dossier, organisation: str) -> Calendar:
    """Return the calendar of an organisation: the holidays and time zone of its département."""
    return calendar_of(dossier.facts.organisations[organisation].departement)
