"""Who may see and do what: the one function that every page, fragment, file and search goes through (domain.md §7.4).

A person sees a situation through the places they hold in it: an organisation that takes part, a function that the
circuit knows there, now. Foreign situations do not exist for them: the pages answer 404.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from web.managing import CircuitOf
from workflow.circuit.compiled import Circuit
from workflow.circuit.forms import Reach
from workflow.circuit.model import WRITER, Proof, Slot
from workflow.functions import BESIDE
from workflow.holders import CARRIER_SLOT, DELEGATION_SLOT, OPINION_FUNCTION, PARTNER_SLOT
from workflow.model import Dossier, Organisation, Party, Person
from workflow.ports.lists import Seats


class Place(StrEnum):
    """From where a person looks at a situation."""

    WRITER = "redacteur"
    FOLLOWER = "porteur du code de suivi"
    """Of a form that somebody else typed in: the rédacteur, as far as the code alone can say."""
    ANTENNE = "antenne"
    DAC = "dac"
    GOVERNANCE = "gouvernance"
    PARTNER = "partenaire"
    DD = "dd"
    REGION = "region"
    NATIONAL = "national"


class Part(StrEnum):
    """What there is to see of a situation, a row of the table of domain.md §7.4."""

    STAGE = "où elle en est"
    HISTORY = "décisions et retours"
    OWN_STEPS = "les étapes du rédacteur, et les retours qui lui sont faits"
    REVIEWED = "version relue"
    ANALYSIS = "analyse"
    TYPED = "fiche telle que rédigée"
    WRITER = "identité du rédacteur"
    WORK = "ce que le DAC prépare"


INSIDE = frozenset({Part.STAGE, Part.HISTORY, Part.REVIEWED, Part.ANALYSIS, Part.TYPED, Part.WRITER, Part.WORK})
ABOVE = frozenset({Part.STAGE, Part.HISTORY, Part.REVIEWED, Part.ANALYSIS})
SEEN = {
    Place.WRITER: frozenset({Part.STAGE, Part.OWN_STEPS, Part.REVIEWED, Part.TYPED, Part.WRITER}),
    Place.FOLLOWER: frozenset({Part.STAGE, Part.OWN_STEPS}),
    Place.ANTENNE: INSIDE,
    Place.DAC: INSIDE,
    Place.GOVERNANCE: ABOVE,
    Place.PARTNER: frozenset({Part.STAGE, Part.REVIEWED}),
    Place.DD: ABOVE,
    Place.REGION: ABOVE,
    Place.NATIONAL: ABOVE,
}
"""By place, what may be seen of a situation."""

NEEDS = {
    Part.STAGE: Proof.LINK,
    Part.HISTORY: Proof.CODE,
    Part.OWN_STEPS: Proof.CODE,
    Part.REVIEWED: Proof.CODE,
    Part.ANALYSIS: Proof.CODE,
    Part.TYPED: Proof.STRONG,
    Part.WRITER: Proof.STRONG,
    Part.WORK: Proof.STRONG,
}
"""How sure the tool must be of somebody before it shows them a part (DESIGN §7)."""

RANK = {Proof.LINK: 0, Proof.CODE: 1, Proof.STRONG: 2}

PLACE_OF = {
    Slot.ANTENNE: Place.ANTENNE,
    Slot.CO_ANTENNE: Place.ANTENNE,
    Slot.DAC: Place.DAC,
    Slot.GOVERNANCE: Place.GOVERNANCE,
    Slot.DD: Place.DD,
    Slot.REGION: Place.REGION,
    Slot.NATIONAL: Place.NATIONAL,
}

INSIDE_LEVELS = ("terrain", str(Slot.ANTENNE), str(Slot.CO_ANTENNE), str(Slot.DAC))
"""Levels whose own words stay in the DAC, but for the retours they make and what they answer (DESIGN §7)."""
INSIDE_PLACES = (Place.ANTENNE, Place.DAC, Place.WRITER)
SLOT_OF = {
    Place.GOVERNANCE: Slot.GOVERNANCE,
    Place.DD: Slot.DD,
    Place.REGION: Slot.REGION,
    Place.NATIONAL: Slot.NATIONAL,
}

REACH_OF = {
    Place.GOVERNANCE: Reach.GOVERNANCE,
    Place.DD: Reach.DD,
    Place.REGION: Reach.REGION,
    Place.NATIONAL: Reach.NATIONAL,
}


def highest(places: frozenset[Place]) -> tuple[Reach, ...]:
    """Return from where a person looks at the coded answers: from the DAC everything is seen."""
    return tuple(REACH_OF.get(place, Reach.DAC) for place in places if place is not Place.PARTNER)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person sees of one situation, and how sure the tool is of them."""

    places: frozenset[Place]
    parts: frozenset[Part]
    proof: Proof

    @property
    def of_writer(self) -> bool:
        """Say whether the rédacteur looks: they see their own path, and what is asked of them."""
        return bool(self.places & {Place.WRITER, Place.FOLLOWER})

    def sees(self, part: Part) -> bool:
        """Say whether a part may be shown."""
        return part in self.parts

    def may(self, proof: Proof) -> bool:
        """Say whether an act that asks this proof may be played now."""
        return reaches(self.proof, proof)


def reaches(had: Proof, asked: Proof) -> bool:
    """Say whether a proof is at least the one that is asked."""
    return RANK[had] >= RANK[asked]


def sight(circuit: Circuit, dossier: Dossier, person: Person, proof: Proof, today: date) -> Sight | None:
    """Return what a person may see of a situation; None: for them it does not exist.

    `today` ends a delegation. An organisation that was designated but not reached sees nothing (`Party.since`).
    """
    return _from(frozenset(_places(circuit, dossier, person, today)), proof)


def sight_by_code(dossier: Dossier, person: Person, proof: Proof, follows: str) -> Sight | None:
    """Return what a tracking code lets its bearer see: the one situation that it `follows`, as its rédacteur."""
    if dossier.case.reference != follows:
        return None
    return _from(frozenset({Place.WRITER if dossier.case.writer == person.id else Place.FOLLOWER}), proof)


def _from(places: frozenset[Place], proof: Proof) -> Sight | None:
    if not places:
        return None
    parts = {part for place in places for part in SEEN[place]}
    return Sight(places, frozenset(part for part in parts if reaches(proof, NEEDS[part])), proof)


def seats(circuit: Circuit, person: Person) -> Seats:
    """Return from where a person may see situations: wide enough for a search, whose finds are judged one by one.

    Only whoever does nothing but write forms is left out: a local layer may know functions that `circuit` does not.
    """
    known = {actor.function for name, actor in circuit.definition.actors.items() if name != WRITER}
    writes = {circuit.definition.actors[WRITER].function, *BESIDE[Slot.ANTENNE]} - known
    seated = frozenset(o for o, function in person.functions if function not in writes)
    return Seats(
        people=person.stands_for | {person.id},
        seated=seated,
        opinions=frozenset(o for o, function in person.functions if function == OPINION_FUNCTION),
        organisations=frozenset(o for o, _ in person.functions),
    )


def house(seen: Sight, dossier: Dossier) -> str:
    """Return the house in whose name a person gives an intitulé: an antenne and its DAC are one."""
    for place in (*INSIDE_PLACES, *SLOT_OF):
        if place in seen.places:
            return dossier.parties[SLOT_OF[place]].organisation if place in SLOT_OF else dossier.case.dac
    return ""


def _places(circuit: Circuit, dossier: Dossier, person: Person, today: date) -> Iterator[Place]:
    mine = {person.id} | person.stands_for
    if dossier.case.writer in mine and not person.mailbox:
        yield Place.WRITER
    if dossier.case.step == circuit.initial:  # a draft is its writer's alone
        return
    functions = _functions(circuit)
    for slot, party in dossier.parties.items():
        if party.since is None and not slot.startswith(DELEGATION_SLOT):
            continue
        if slot in PLACE_OF and _holds(person, party, functions[slot]):
            yield PLACE_OF[Slot(slot)]
        elif _is_asked(slot, party, person):
            yield Place.PARTNER
        elif slot.startswith(DELEGATION_SLOT) and party.person in mine and party.until and today <= party.until:
            yield from _of_organisation(dossier, party)


def teams(circuit_of: CircuitOf, person: Person, directory: Mapping[str, Organisation]) -> dict[str, str]:
    """Return the antennes whose situations this person sees in the DAC, names by identifier."""
    houses = {organisation for organisation, _ in person.functions}
    near = [o for o in directory.values() if o.kind == Slot.ANTENNE and {o.id, o.parent} & houses]

    def sees(antenne: Organisation) -> bool:
        functions = _functions(circuit_of(antenne.id))
        places = ((antenne.id, functions[Slot.ANTENNE]), (antenne.parent, functions[Slot.DAC]))
        return any((place, function) in person.functions for place, held in places for function in held)

    return {o.id: o.name for o in sorted(near, key=lambda o: o.name) if sees(o)}


def _is_asked(slot: str, party: Party, person: Person) -> bool:
    """A partner who gives an opinion, an organisation that carries an action."""
    if slot.startswith(PARTNER_SLOT):
        return (party.organisation, OPINION_FUNCTION) in person.functions
    return slot.startswith(CARRIER_SLOT) and any(o == party.organisation for o, _ in person.functions)


def _functions(circuit: Circuit) -> dict[str, set[str]]:
    """By slot, the functions the circuit knows there; whoever only writes forms sees no others' (domain.md §7.4)."""
    found: dict[str, set[str]] = {slot: set() for slot in PLACE_OF}
    for name, actor in circuit.definition.actors.items():
        if name != WRITER:
            found[actor.slot].add(actor.function)
    found[Slot.CO_ANTENNE] |= found[Slot.ANTENNE]
    return found


def _holds(person: Person, party: Party, functions: set[str]) -> bool:
    return any((party.organisation, function) in person.functions for function in functions)


def _of_organisation(dossier: Dossier, standing_in: Party) -> Iterator[Place]:
    for slot, party in dossier.parties.items():
        if slot in PLACE_OF and party.organisation == standing_in.organisation and party.since:
            yield PLACE_OF[Slot(slot)]
