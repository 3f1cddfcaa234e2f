"""Every name written in a circuit must exist, once, and where it may be used (DESIGN §5)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflow.circuit.compiled import START
from workflow.circuit.french import unknown
from workflow.circuit.model import CROSSED_LEVELS, PARTNER, PARTNERS, SYSTEM
from workflow.circuit.outline import Item, Node, Outline
from workflow.errors import Fault
from workflow.machine import DYNAMIC

_SPECIAL = {SYSTEM: ("par",), PARTNER: ("par",), CROSSED_LEVELS: ("remis", "informe"), PARTNERS: ("remis", "informe")}
"""Actors that no circuit declares, and the keys where each may be written."""

VERBS = ("acquitter", "dispenser", "prolonger", "deleguer", "reattribuer", "juger")
"""Verbs of the engine, legal wherever a dû is open: a decision of that name could never be taken."""

_RESERVED = {"acteurs": tuple(_SPECIAL), "etapes": DYNAMIC}


def unknown_names(outline: Outline) -> Iterator[Fault]:
    """Refuse a step, an actor, a dû, a list of motifs or a decision that nothing declares."""
    yield from _unknown_actors(outline)
    yield from _unknown_steps(outline)
    yield from _unknown_dues(outline)
    motifs = outline.names("motifs")
    decisions = dict.fromkeys([START, *(move.name for move in outline.moves)])
    for move in outline.moves:
        yield from _unknown(move.node, "La liste de motifs", move.node.items("motifs"), motifs)
        if when := move.node.block("quand"):
            yield from _unknown(when, "La décision", when.items("depuis"), decisions)


def _unknown(node: Node, what: str, items: Iterable[Item], known: Mapping[str, Any] | None) -> Iterator[Fault]:
    """Without a readable list of what exists, nothing can be called unknown."""
    for item in items:
        if known is not None and item.text not in known:
            yield node.fault("nom-inconnu", *unknown(what, item.text, known), at=item.path)


def _unknown_actors(outline: Outline) -> Iterator[Fault]:
    known = outline.names("acteurs")
    for node, key, items in _actor_places(outline):
        yield from _unknown(node, "L’acteur", [item for item in items if item.text not in _SPECIAL], known)
        for item in items:
            if item.text in _SPECIAL and key not in _SPECIAL[item.text]:
                yield _misplaced(node, item)


def _misplaced(node: Node, item: Item) -> Fault:
    """The scheduler is nobody: it is told nothing and answers for nothing."""
    if item.text == SYSTEM:
        return node.fault("systeme", "« systeme » ne s’écrit que dans « par ».", "une personne", at=item.path)
    places = " ou ".join(f"« {key} »" for key in _SPECIAL[item.text])
    sentence = f"« {item.text} » ne s’écrit que dans {places}."
    return node.fault("nom-inconnu", sentence, "un acteur de ce circuit", at=item.path)


def _actor_places(outline: Outline) -> Iterator[tuple[Node, str, list[Item]]]:
    places = [
        *((due, ("par", "a", "remis")) for due in outline.dues.values()),
        *((step, ("responsable",)) for step in outline.steps.values()),
        *((move.node, ("par", "informe")) for move in outline.moves),
        *((actor, ("superieur",)) for actor in outline.root.blocks("acteurs").values()),
    ]
    for node, keys in places:
        for key in keys:
            yield node, key, node.items(key)
    for node in (*outline.dues.values(), *outline.steps.values()):
        if overrun := node.block("depassement"):
            yield overrun, "depassement", overrun.items(*overrun.data)


def _unknown_steps(outline: Outline) -> Iterator[Fault]:
    known = outline.names("etapes")
    for due in outline.dues.values():
        yield from _unknown(due, "L’étape", due.items("pendant"), known)
    targets = None if known is None else {**known, **dict.fromkeys(DYNAMIC)}
    for move in outline.moves:
        yield from _unknown(move.node, "L’étape", move.node.items("vers"), targets)


def _unknown_dues(outline: Outline) -> Iterator[Fault]:
    known = outline.names("dus")
    for move in outline.moves:
        items = [item for item in move.node.items("doit") if item.text not in outline.clocks]
        yield from _unknown(move.node, "Le dû", items, known)
    everywhere = None if known is None else {**known, **outline.clocks}
    for move in outline.moves:
        for key in ("rend", "dispense", "suppose"):
            yield from _unknown(move.node, "Le dû", move.node.items(key), everywhere)
    bodies = outline.names("instances")
    for node in (*outline.dues.values(), *outline.steps.values()):
        yield from _unknown(node, "L’instance", node.items("instance"), bodies)


def reserved_names(outline: Outline) -> Iterator[Fault]:
    """Refuse a declared name that already means something in every circuit."""
    for key, words in _RESERVED.items():
        for name, node in outline.root.blocks(key).items():
            if name in words:
                yield _reserved(node, name)
    yield from (_reserved(move.node, move.name) for move in outline.moves if move.name in (START, *VERBS))


def _reserved(node: Node, name: str) -> Fault:
    return node.fault("nom-reserve", f"« {name} » a déjà un sens dans tous les circuits.", "un autre nom")


def twice_named(outline: Outline) -> Iterator[Fault]:
    """Refuse one code for two clocks: the second would silently replace the first."""
    for name, step in outline.steps.items():
        code = step.text("horloge")
        if code and (code in outline.dues or outline.clocks[code] != name):
            sentence = f"Le code « {code} » désigne déjà un autre dû."
            yield step.fault("code-double", sentence, "un code par dû", at=(*step.path, "horloge"))
