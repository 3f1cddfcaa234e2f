"""Functions of an organisation: which there are, who serves when one is silent, which may not be left empty."""

from collections.abc import Collection, Mapping

from workflow.circuit.compiled import Circuit
from workflow.circuit.model import WRITER
from workflow.holders import OPINION_FUNCTION
from workflow.model import Organisation

BESIDE = {
    "antenne": {"referent_parcours": "la référente ou le référent de parcours"},
    "partenaire": {OPINION_FUNCTION: "la personne qui donne les avis"},
}
"""Functions that no circuit makes decide: whoever writes forms, whoever gives opinions."""


def offered(circuit: Circuit, kind: str) -> dict[str, str]:
    """Return the functions of a kind of organisation, with their titles."""
    found: dict[str, str] = {}
    for name, actor in circuit.definition.actors.items():
        if actor.slot == kind and name != WRITER:
            found.setdefault(actor.function, actor.title)
    return found | BESIDE.get(kind, {})


def title_of(circuit: Circuit, kind: str, function: str) -> str:
    """Return the words for a function; one that its circuit does not know is read as it is written."""
    return offered(circuit, kind).get(function, function.replace("_", " "))


def required(circuit: Circuit, kind: str) -> frozenset[str]:
    """Return the functions without which something would be owed by nobody (DESIGN: nothing waits without a name)."""
    return frozenset(
        actor.function for name, actor in circuit.definition.actors.items() if actor.slot == kind and name != WRITER
    )


def above(
    circuit: Circuit, directory: Mapping[str, Organisation], organisation: str, function: str
) -> tuple[str, str] | None:
    """Return the organisation and the function that supervise this one; None where the circuit names nobody."""
    here = directory[organisation]
    actors = circuit.definition.actors
    held = (a for a in actors.values() if a.slot == here.kind and a.function == function and a.supervisor)
    actor = next(held, None)
    if actor is None or actor.supervisor is None:
        return None
    supervisor = actors[actor.supervisor]
    place = organisation if supervisor.slot == here.kind else here.parent
    return (place, supervisor.function) if place else None


def served_instead(
    circuit: Circuit,
    directory: Mapping[str, Organisation],
    held: Collection[tuple[str, str, str]],
    box: tuple[str, str, str],
) -> list[str]:
    """Return who receives when a service mailbox refuses: its colleagues of the function, else who supervises.

    `held` and `box` are (person, organisation, function); the rule is that of `workflow.holders.fallbacks`.
    """
    person, organisation, function = box
    places = [(organisation, function), above(circuit, directory, organisation, function)]
    for place in places:
        if place and (found := sorted({p for p, o, f in held if (o, f) == place and p != person})):
            return found
    return []
