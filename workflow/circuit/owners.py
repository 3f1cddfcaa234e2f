"""Whose each step and each dû of a circuit is: nobody sets the clock of another (DESIGN §5)."""

from collections.abc import Mapping

from workflow.circuit.layer import SIDE, Rank
from workflow.circuit.model import Level
from workflow.circuit.source import Tree

_RECEIVING = frozenset({Level.DD, Level.REGION, Level.NATIONAL})
_LEVEL_OF_SLOT = {"antenne": Level.DAC, "co_antenne": Level.DAC} | {str(level): level for level in Level}
_SAID = {
    Rank.NATIONAL: "l’équipe nationale",
    Rank.REGION: "la région",
    Rank.DAC: "le DAC",
    Rank.DD: "la délégation qui reçoit",
    Rank.ANTENNE: "l’antenne",
}


def owner(circuit: Tree, block: str, name: str) -> Rank | None:
    """Return who alone sets an entry by name (`fixe_par`), None where the level it belongs to says it."""
    said = _text(_entry(circuit, block, name), "fixe_par")
    return Rank(said) if said in set(Rank) else None


def level_of(circuit: Tree, block: str, name: str) -> Level | None:
    """Return the level an entry belongs to: the step's own, that of whoever owes the dû, or asked for it."""
    entry = _entry(circuit, block, name)
    if block == "etapes":
        like = _entry(circuit, block, _text(entry, "comme"))  # whole blocks are written out later
        return _LEVEL_OF_SLOT.get(_text(entry, "niveau") or _text(like, "niveau"))
    if block != "dus":
        return None
    asked = entry.get("a")
    actors = [_text(entry, "par"), *(asked if isinstance(asked, list) else [])]
    levels = (_LEVEL_OF_SLOT.get(_text(_entry(circuit, "acteurs", str(actor)), "structure")) for actor in actors)
    return next((level for level in levels if level), None)


def ruled_by_dd(circuit: Tree, block: str, name: str) -> bool:
    """Say whether an entry is of the side that receives; where nothing says it, it is of the DAC's."""
    said = owner(circuit, block, name)
    if said in (Rank.DAC, Rank.DD):
        return said is Rank.DD
    return level_of(circuit, block, name) in _RECEIVING


def refused(rank: Rank, circuit: Tree, block: str, name: str) -> str | None:
    """Return why a layer may not change an entry, None if it may."""
    said, level = owner(circuit, block, name), level_of(circuit, block, name)
    if said and said is not (Rank.DAC if rank is Rank.ANTENNE else rank):
        return f"Ce point ne se règle pas ici : « fixe_par » dit que c’est à fixer par {_SAID[said]}."
    if said or level is None or level in SIDE[rank]:
        return None
    who = "la délégation qui reçoit, ou son ARS" if rank in (Rank.DAC, Rank.ANTENNE) else "le DAC"
    if level is Level.NATIONAL:
        who = _SAID[Rank.NATIONAL]
    return f"Ce point ne se règle pas ici : c’est à fixer par {who}."


def _entry(circuit: Tree, block: str, name: str) -> Mapping[str, Tree]:
    entries = circuit.get(block) if isinstance(circuit, dict) else None
    found = entries.get(name) if isinstance(entries, dict) else None
    return found if isinstance(found, dict) else {}


def _text(entry: Mapping[str, Tree], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""
