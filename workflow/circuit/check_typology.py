"""A typology holds together: two levels, parents and successors that exist, no code without a future.

domain.md 4.4 (codes are closed with a successor, never deleted), INV-14.
"""

from collections.abc import Iterator, Mapping

from workflow.circuit.french import unknown
from workflow.circuit.outline import Node, Outline
from workflow.circuit.source import Source
from workflow.errors import Fault

CODES = "codes"


def typologies(outline: Outline) -> Iterator[Fault]:
    """Check every typology the circuit uses."""
    for node in outline.typologies.values():
        yield from check(node, outline.typologies)


def check(own: Node, others: Mapping[str, Node]) -> Iterator[Fault]:
    """Yield the faults of one typology; `others` holds the one it extends, else its parents are not looked for."""
    parent = others.get(own.text("etend") or "")
    if own.written("etend") and parent is None:
        return
    inherited = parent.blocks(CODES) if parent else {}
    known = {**inherited, **own.blocks(CODES)}
    for code, node in own.blocks(CODES).items():
        if code in inherited:
            sentence = f"Le code « {code} » est déjà dans la typologie étendue."
            yield node.fault("code-double", sentence, "un autre code")
        yield from _parents(own, node, known)
        yield from _successors(node, known)
    yield from _circles(own, known)


def _parents(own: Node, node: Node, known: Mapping[str, Node]) -> Iterator[Fault]:
    """A second-level code has one parent, of the first level; only the national list has first-level codes."""
    if not node.written("parent") and own.written("etend"):
        sentence = "Le premier niveau est fixé par la liste nationale : ce code a besoin d’un parent (INV-14)."
        yield node.fault("INV-14", sentence, "« parent », avec un code national de premier niveau")
    for item in node.items("parent"):
        if item.text not in known:
            yield node.fault("nom-inconnu", *unknown("Le code", item.text, _tops(known)), at=item.path)
        elif known[item.text].written("parent"):
            sentence = f"« {item.text} » est lui-même du second niveau : la typologie n’en a que deux."
            yield node.fault("niveau", sentence, "un code de premier niveau", at=item.path)


def _tops(known: Mapping[str, Node]) -> list[str]:
    return [code for code, node in known.items() if not node.written("parent")]


def _successors(node: Node, known: Mapping[str, Node]) -> Iterator[Fault]:
    """A closed code names the code that stands for it; nothing stands for a national cause but another one."""
    if node.written("ferme_le") and not node.written("successeur"):
        sentence = "Un code fermé désigne celui qui le remplace."
        yield node.fault("sans-successeur", sentence, "« successeur »", at="ferme_le")
    if node.written("successeur") and not node.written("ferme_le"):
        sentence = "Ce code a un successeur, mais rien ne dit quand il ferme."
        yield node.fault("sans-fermeture", sentence, "« ferme_le », par exemple « 2026-01-31 »", at="successeur")
    for item in node.items("successeur"):
        if item.text not in known:
            yield node.fault("nom-inconnu", *unknown("Le code", item.text, known), at=item.path)
        elif known[item.text].written("parent") and not node.written("parent"):
            sentence = f"« {item.text} » est du second niveau : il ne remplace pas un code de premier niveau."
            yield node.fault("niveau", sentence, "un code de premier niveau", at=item.path)


def _circles(own: Node, known: Mapping[str, Node]) -> Iterator[Fault]:
    """Following successors comes to an open code, and never round again; each circle is told once."""
    mine, done = own.blocks(CODES), set[str]()
    for first in mine:
        code, path = first, set[str]()
        while code in known and code not in done | path:
            path.add(code)
            code = known[code].text("successeur") or ""
        if code in path & mine.keys():
            sentence = f"Les successeurs de « {code} » tournent en rond."
            yield mine[code].fault("cycle", sentence, "un successeur encore ouvert", at="successeur")
        done |= path


def compare(old: Source, new: Source) -> list[Fault]:
    """Return a fault, in the new file, for every code of the old one that is gone or counts elsewhere now."""
    after = _root(new)
    block, now = after.block(CODES), after.blocks(CODES)
    faults = []
    for code, node in _root(old).blocks(CODES).items():
        parent = node.text("parent")
        if block and code not in block.data:
            sentence = f"Le code « {code} » a disparu : un code ne s’efface pas, il se ferme."
            faults.append(after.fault("code-disparu", sentence, "« ferme_le » et « successeur »", at=CODES))
        elif code in now and now[code].text("parent") != parent:
            sentence = f"Le code « {code} » a changé de parent : ce qui est déjà compté changerait de cause."
            expected = f"« parent: {parent} », ou un autre code" if parent else "aucun parent, ou un autre code"
            faults.append(now[code].fault("code-deplace", sentence, expected))
    return faults


def _root(source: Source) -> Node:
    return Node(source, frozenset(), (), source.data if isinstance(source.data, dict) else {})
