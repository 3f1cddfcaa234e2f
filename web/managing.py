"""Who runs an organisation: its people, their functions, its mails."""

from collections.abc import Callable, Mapping

from workflow.circuit.compiled import Circuit
from workflow.circuit.model import Slot
from workflow.model import Organisation, Person

CircuitOf = Callable[[str], Circuit]
"""The circuit by which an organisation works."""

BELOW = {
    Slot.DAC: (Slot.ANTENNE, Slot.GOVERNANCE),
    Slot.REGION: (Slot.DD,),
}
"""What depends on an organisation and is run with it: an ARS does not run the DAC of its région (domain.md §2)."""


def running(circuit: Circuit) -> set[tuple[str, str]]:
    """Return the functions that answer for an organisation, each with the kind of organisation."""
    actors = circuit.definition.actors
    above = {actor.supervisor for actor in actors.values()}
    return {
        (str(actor.slot), actor.function)
        for name, actor in actors.items()
        if actor.slot == Slot.DAC or (name in above and actor.slot != Slot.ANTENNE)  # an antenne is run by its DAC
    }


def managed(circuit_of: CircuitOf, directory: Mapping[str, Organisation], person: Person) -> frozenset[str]:
    """Return the organisations whose people, functions and mails this person answers for.

    In a DAC whoever holds a function of its head office, elsewhere whoever supervises somebody there.
    """
    held = [(o, function) for o, function in person.functions if o in directory]
    own = {o for o, function in held if (directory[o].kind, function) in running(circuit_of(o))}
    return frozenset(own | {o.id for o in directory.values() if o.parent in own and _depends(o, directory)})


def _depends(organisation: Organisation, directory: Mapping[str, Organisation]) -> bool:
    above = directory[organisation.parent or ""].kind
    return any(above == slot and organisation.kind in kinds for slot, kinds in BELOW.items())
