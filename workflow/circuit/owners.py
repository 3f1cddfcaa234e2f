"""Whose each step and each dû of a circuit is: nobody sets the clock of another (DESIGN §5)."""

from collections.abc import Collection, Mapping

from workflow.circuit.layer import SIDE, Rank
from workflow.circuit.model import CROSSED_LEVELS, LEVEL_OF_SLOT, PARTNERS, REGULATORS, WRITER, Kind, Level
from workflow.circuit.source import Tree
from workflow.circuit.source import block as inside

_LEVELS = {str(level): level for level in Level} | {str(slot): level for slot, level in LEVEL_OF_SLOT.items()}
"""By the words of `niveau` and of `structure`."""
_SAID = {
    Rank.NATIONAL: "l’équipe nationale",
    Rank.REGION: "la région",
    Rank.DAC: "le DAC",
    Rank.DD: "la délégation qui reçoit",
    Rank.ANTENNE: "l’antenne",
}


def owner(circuit: Tree, block: str, name: str) -> Rank | None:
    """Return who alone sets an entry by name (`fixe_par`), None where the level it belongs to says it."""
    said = _text(inside(circuit, block, name), "fixe_par")
    return Rank(said) if said in set(Rank) else None


def level_of(circuit: Tree, block: str, name: str) -> Level | None:
    """Return the level an entry belongs to: the step's own, that of whoever owes the dû, or asked for it.

    An actor is of its structure's; an instance, of whoever owes what is counted from its meetings.
    """
    if block == "instances":
        return _level_of_body(circuit, name)
    entry = inside(circuit, block, name)
    if block == "acteurs":
        return _LEVELS.get(_text(entry, "structure"))
    if block == "etapes":
        like = inside(circuit, block, _text(entry, "comme"))  # whole blocks are written out later
        return _LEVELS.get(_text(entry, "niveau") or _text(like, "niveau"))
    if block != "dus":
        return None
    asked = entry.get("a")
    actors = [_text(entry, "par"), *(asked if isinstance(asked, list) else [])]
    levels = (level_of(circuit, "acteurs", str(actor)) for actor in actors)
    return next((level for level in levels if level), None)


def _level_of_body(circuit: Tree, name: str) -> Level | None:
    for block in ("dus", "etapes"):
        for entry in inside(circuit, block):
            if _text(inside(circuit, block, entry), "instance") == name:
                return level_of(circuit, block, entry)
    return None


def ruled_by_dd(circuit: Tree, block: str, name: str) -> bool:
    """Say whether an entry is of the side that receives; where nothing says it, it is of the DAC's."""
    said = owner(circuit, block, name)
    if said in (Rank.DAC, Rank.DD):
        return said is Rank.DD
    return level_of(circuit, block, name) in REGULATORS


def refused(rank: Rank, circuit: Tree, block: str, name: str) -> str | None:
    """Return why a layer may not change an entry, None if it may."""
    said, level = owner(circuit, block, name), level_of(circuit, block, name)
    if said and said is not (Rank.DAC if rank is Rank.ANTENNE else rank):
        return f"Ce point ne se règle pas ici : « fixe_par » dit que c’est à fixer par {_SAID[said]}."
    return None if said or level is None else refused_level(rank, level)


def refused_level(rank: Rank, level: Level) -> str | None:
    """Return why a layer does not rule a level, None if it does."""
    if level in SIDE[rank]:
        return None
    who = "la délégation qui reçoit, ou son ARS" if rank in (Rank.DAC, Rank.ANTENNE) else "le DAC"
    if level is Level.NATIONAL:
        who = _SAID[Rank.NATIONAL]
    return f"Ce point ne se règle pas ici : c’est à fixer par {who}."


def only_listens(rank: Rank, circuit: Tree, block: str, name: str, own: Tree) -> bool:
    """True for a retour owed on the other side, to which a layer only adds who receives it."""
    genre = _text(inside(circuit, block, name), "genre") if block == "dus" else ""
    adds = isinstance(own, dict) and own.keys() <= {"a", "remis"}
    return adds and genre == Kind.RETOUR and refused(rank, circuit, block, name) is not None


def may_listen(levels: Collection[Level], circuit: Tree, name: Tree) -> bool:
    """Say whether a recipient stands at these levels; a name that means nothing is told elsewhere.

    The rédacteur is not added: the DAC alone knows them, and owes them the last mile (DESIGN §7).
    """
    if name in (WRITER, CROSSED_LEVELS, PARTNERS):
        return False
    level = level_of(circuit, "acteurs", str(name))
    return level is None or level in levels


def _text(entry: Mapping[str, Tree], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""
