"""Which entries of the header a person has: those whose page serves them. The pages stay open to whoever comes."""

from collections.abc import Iterator
from dataclasses import dataclass

from web.managing import running
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import WRITER, Slot
from workflow.functions import BESIDE
from workflow.model import Person

INSIDE = frozenset({str(Slot.ANTENNE), str(Slot.CO_ANTENNE), str(Slot.DAC)})
DEPOSITS = INSIDE | {"partenaire"}
"""Where people begin forms; whether a DAC takes those of its partners is its own circuit's to say."""
OF_A_DAC = INSIDE | {str(Slot.GOVERNANCE)}


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the header."""

    path: str
    title: str

    def is_here(self, path: str) -> bool:
        """Say whether a page is this one, or one below it; a situation is reached from several."""
        return path == self.path or (self.path != "/situations" and path.startswith(f"{self.path}/"))


def entries(circuit: Circuit, person: Person, *, administers: bool) -> Iterator[Entry]:
    """Return the entries of a person, by the functions they hold: no query says where.

    A function that the national circuit does not know is a local layer's (`seulement`): it may be anywhere in a DAC.
    """
    functions = {function for _, function in person.functions}
    places = {place for function in functions for place in _places(circuit, function)}
    yield Entry("/a-traiter", "À traiter")
    if places & DEPOSITS:
        yield Entry("/deposer", "Déposer")
    if functions & _analysing(circuit) or functions - _known(circuit):
        yield Entry("/reunion", "Réunion")
    yield Entry("/retours", "Retours")
    yield Entry("/situations", "Retrouver")
    if administers or functions & {function for _, function in running(circuit)}:
        yield Entry("/courriels", "Courriels")
        yield Entry("/organisation", "Organisation")
    if administers or places & OF_A_DAC:
        yield Entry("/premiers-pas", "Premiers pas")


def _known(circuit: Circuit) -> set[str]:
    beside = {function for titles in BESIDE.values() for function in titles}
    return {actor.function for actor in circuit.definition.actors.values()} | beside


def _places(circuit: Circuit, function: str) -> set[str]:
    known = {str(actor.slot) for actor in circuit.definition.actors.values() if actor.function == function}
    known |= {kind for kind, titles in BESIDE.items() if function in titles}
    return known or {str(Slot.DAC)}


def _analysing(circuit: Circuit) -> set[str]:
    """Whoever looks at the situations of an antenne; those who only write forms do not."""
    actors = circuit.definition.actors
    return {actor.function for name, actor in actors.items() if actor.slot in INSIDE and name != WRITER}
