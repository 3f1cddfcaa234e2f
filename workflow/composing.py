"""Which circuit a situation follows: its DAC's up to the governance, its delegation's beyond (DESIGN §5)."""

from collections.abc import Mapping

from workflow.circuit.composition import NATIONAL, Composition, Published
from workflow.circuit.model import Slot
from workflow.errors import Infrastructure
from workflow.model import Organisation, Party

_ARS = "ars-"
"""An ARS is known by this and the name of its région, whose layer bears that name: « ars-bretagne », « bretagne »."""


DAC_SIDE = (Slot.ANTENNE, Slot.DAC, Slot.GOVERNANCE)


def layer_of(organisation: str) -> str:
    """Return the name of an organisation's own layer: its identifier, that of its région for an ARS."""
    return organisation.removeprefix(_ARS)


def side_of(published: Mapping[str, Published], organisation: Organisation) -> Published:
    """Return what rules a DAC or a delegation today: its own layer, else that of its région, else the national one.

    Raises:
        Infrastructure: nothing was ever published.
    """
    names = (layer_of(organisation.id), layer_of(organisation.parent or ""), NATIONAL)
    found = next((published[name] for name in names if name in published), None)
    if found is None:
        raise Infrastructure("Aucun circuit n’est publié dans cette base : lancez « orp init ».")
    return found


def national_of(published: Mapping[str, Published]) -> str:
    """Return the national circuit in force, where no situation is looked at."""
    return published[NATIONAL].key if NATIONAL in published else f"{NATIONAL}@1"


def own_circuit(
    published: Mapping[str, Published], organisations: Mapping[str, Organisation], organisation: str
) -> Composition:
    """Return the circuit by which an organisation works, whatever the situation: its functions, its steps.

    That of a DAC is its antennes' too, each with what is said of it alone, and its governance's.
    """
    here = organisations[organisation]
    if here.kind not in DAC_SIDE:
        return Composition(national_of(published), side_of(published, here).key)
    house = here if here.kind == Slot.DAC else organisations[here.parent or ""]
    side = side_of(published, house)
    return Composition(side.key, side.key, side.variant(organisation))


def of_the_day(
    published: Mapping[str, Published], organisations: Mapping[str, Organisation], parties: Mapping[str, Party]
) -> Composition:
    """Return the circuit that a situation with these parties takes up today."""
    dac, dd = (side_of(published, organisations[parties[slot].organisation]) for slot in (Slot.DAC, Slot.DD))
    return Composition(dac.key, dd.key, dac.variant(parties[Slot.ANTENNE].organisation))
