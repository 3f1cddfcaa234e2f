"""The invariants that need people and places: proved when a circuit is published, and every night (DESIGN §5).

A circuit may be sound and nobody be there to run it: a function nobody holds, a département two delegations
claim, a governance without users (domain.md 5.2: INV-04, 15, 16, 21).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from workflow.circuit.compiled import Circuit
from workflow.circuit.model import PARTNER, SYSTEM, WRITER, ActorDefinition, BodyDefinition, Kind, Sector, Slot
from workflow.circuit.source import Path, Source
from workflow.errors import Fault
from workflow.model import Organisation, Person
from workflow.words import enumerate_words

_SECTORS = {
    Sector.HEALTH: "le secteur sanitaire",
    Sector.SOCIAL: "le secteur social",
    Sector.MEDICO_SOCIAL: "le secteur médico-social",
    Sector.USERS: "les usagers",
    Sector.DEPARTEMENT: "le conseil départemental",
    Sector.COMMUNITIES: "les communautés professionnelles",
}
_WAITED_FOR = (Kind.DECISION, Kind.COMPLEMENT, Kind.RETOUR)


@dataclass(frozen=True)
class Directory:
    """Who is there on one day."""

    organisations: Mapping[str, Organisation]
    people: Collection[Person]
    colleges: Mapping[str, Mapping[str, int]]
    """Seats by collège of each governance."""

    def holding(self, organisation: str, function: str) -> list[Person]:
        """Return the people and the service mailboxes that hold a function."""
        return [person for person in self.people if (organisation, function) in person.functions]

    def inside(self, kind: str, **having: str | None) -> list[Organisation]:
        """Return the organisations of a kind, of a département or under a parent."""
        of_kind = (one for one in self.organisations.values() if one.kind == kind)
        return [one for one in of_kind if all(getattr(one, name) == value for name, value in having.items())]


class Lack(NamedTuple):
    """What is missing for a circuit to be run, and which part of it asks for it."""

    code: str
    path: Path
    sentence: str
    expected: str


def prove_staffed(
    circuit: Circuit, source: Source, directory: Directory, dac: str, departements: Collection[str] = ()
) -> list[Fault]:
    """Return a fault, on the line that asks for it, for everything `lacks` finds."""
    return [
        source.fault(lack.path, lack.code, lack.sentence, lack.expected, at_key=True)
        for lack in lacks(circuit, directory, dac, departements)
    ]


def lacks(circuit: Circuit, directory: Directory, dac: str, departements: Collection[str] = ()) -> list[Lack]:
    """Return what is missing for this DAC to run the circuit.

    `departements` are those the circuit says it covers; the DAC's own and its antennes' count too.
    """
    antennes = directory.inside("antenne", parent=dac)
    own = {one.departement for one in (*antennes, directory.organisations[dac])}
    covered = sorted({*departements, *own})
    places = _Places(directory, dac, covered)
    return [*_places(places), *_people(circuit, places), *_governance(circuit, places)]


class _Places:
    """The organisations that take each slot for this DAC."""

    def __init__(self, directory: Directory, dac: str, covered: list[str]) -> None:
        self.directory, self.covered = directory, covered
        self.dac = directory.organisations[dac]
        delegations = [one for each in covered for one in directory.inside("dd", departement=each)]
        regions = {one.parent for one in delegations}
        antennes = directory.inside("antenne", parent=dac)
        self.by_slot: dict[Slot, list[Organisation]] = {
            Slot.ANTENNE: antennes,
            Slot.CO_ANTENNE: antennes,
            Slot.DAC: [self.dac],
            Slot.GOVERNANCE: directory.inside("gouvernance", parent=dac),
            Slot.DD: delegations,
            Slot.REGION: [one for one in directory.inside("region") if one.id in regions],
            Slot.NATIONAL: directory.inside("national"),
        }


def _places(places: _Places) -> Iterator[Lack]:
    """INV-15: every département covered resolves to one delegation and one ARS."""
    for departement in places.covered:
        found = places.directory.inside("dd", departement=departement)
        sentence = ""
        if len(found) != 1:
            named = enumerate_words([one.name for one in found], "et")
            what = f"qui a plusieurs délégations : {named}" if found else "qui n’a pas de délégation départementale"
            sentence = f"{places.dac.name} couvre le département {departement}, {what} (INV-15)."
        elif places.directory.organisations.get(found[0].parent or "") not in places.by_slot[Slot.REGION]:
            sentence = f"{found[0].name}, qui reçoit les situations du {departement}, ne dépend d’aucune ARS (INV-15)."
        if sentence:
            yield Lack("INV-15", ("circuit",), sentence, "une délégation et une ARS dans l’annuaire")


def _people(circuit: Circuit, places: _Places) -> Iterator[Lack]:
    """INV-04: somebody can be reached in each function that is waited for; INV-21: somebody else can unblock it."""
    told: set[tuple[str, str]] = set()
    for name, actor in _awaited(circuit).items():
        for organisation in places.by_slot[actor.slot]:
            if (organisation.id, actor.function) in told:
                continue
            told.add((organisation.id, actor.function))
            there = places.directory.holding(organisation.id, actor.function)
            path = ("acteurs", name, "fonction")
            if not any(person.reachable for person in there):
                sentence = f"{organisation.name} : personne n’est joignable comme « {actor.function} » (INV-04)."
                yield Lack("INV-04", path, sentence, "une personne ou une boîte de service qui a cette fonction")
            elif not _somebody_else(circuit, places, actor, organisation, there):
                sentence = f"{organisation.name} : {there[0].name} est seul à pouvoir décider (« {actor.function} »)"
                expected = "une deuxième personne, ou quelqu’un à la fonction au-dessus"
                yield Lack("INV-21", path, f"{sentence}, personne ne peut débloquer (INV-21).", expected)


def _awaited(circuit: Circuit) -> dict[str, ActorDefinition]:
    """Actors who hold a step, or owe something that blocks; the rédacteur is whoever wrote."""
    names = [step.holder for step in circuit.definition.steps.values() if step.holder]
    names += [due.debtor for due in circuit.dues.values() if due.kind in _WAITED_FOR]
    return {name: circuit.definition.actors[name] for name in names if name not in (WRITER, SYSTEM, PARTNER)}


def _somebody_else(
    circuit: Circuit, places: _Places, actor: ActorDefinition, organisation: Organisation, there: list[Person]
) -> bool:
    above = circuit.definition.actors.get(actor.supervisor or "")
    over: list[Person] = []
    if above:
        same = above.slot is actor.slot
        houses = [organisation] if same else places.by_slot[above.slot]
        over = [person for house in houses for person in places.directory.holding(house.id, above.function)]
    people = {person.id for person in (*there, *over) if not person.mailbox}
    return len(people) > 1 or (bool(people) and any(person.mailbox for person in there))


def _governance(circuit: Circuit, places: _Places) -> Iterator[Lack]:
    """INV-16: the governance seats everybody the law names, and its quorum is known (art. L. 6327-3 CSP)."""
    name, body = _validating(circuit)
    if body is None or body.quorum is None:
        sentence = "Rien ne dit combien de sièges il faut pour que la gouvernance décide (INV-16)."
        yield Lack("INV-16", ("instances", name, "quorum"), sentence, "« quorum: la moitié des sièges »")
    governances = places.by_slot[Slot.GOVERNANCE]
    if len(governances) != 1:
        sentence = f"{places.dac.name} n’a pas une gouvernance, mais {len(governances)} (INV-16)."
        yield Lack("INV-16", ("instances", name), sentence, "une gouvernance dans l’annuaire")
    for governance in governances:
        seats = places.directory.colleges.get(governance.id, {})
        seated = {college for college, count in seats.items() if count}
        colleges = body.colleges if body else {}
        heard = {sector for college, sectors in colleges.items() if college in seated for sector in sectors}
        if missing := [words for sector, words in _SECTORS.items() if sector not in heard]:
            who = enumerate_words(missing, "et")
            sentence = f"{governance.name} : personne n’y siège pour {who} (INV-16)."
            strangers = sorted(seated - colleges.keys())
            expected = "un collège qui les représente, avec un siège"
            if strangers:
                expected += f" ; le circuit ne dit pas qui représente : {', '.join(strangers)}"
            yield Lack("INV-16", ("instances", name, "colleges"), sentence, expected)


def _validating(circuit: Circuit) -> tuple[str, BodyDefinition | None]:
    """Return the instance that meets where the governance validates."""
    bodies = circuit.definition.bodies
    for name, step in circuit.definition.steps.items():
        if any(decision.gate for decision in step.decisions.values()):
            found = [circuit.dues[code].body for code in circuit.during(name)]
            for body in found:
                if body:
                    return body, bodies.get(body)
    return "gouvernance", bodies.get("gouvernance")
