"""Reading a YAML file: a plain tree of texts, and where each of them stands (DESIGN §5).

Nothing is interpreted: « oui », « 12 » and « 2026-01-31 » stay texts, the models decide what they mean.
libyaml is asked for events one after the other, never for a whole tree: its composer recurses in C and
drops anchors, whereas here the thirteenth nested bracket is refused whatever follows it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import yaml

from workflow.circuit import syntax
from workflow.circuit.source import FORBIDDEN, LINE_END, Lines, Path, Place, Source, Tree
from workflow.errors import Fault

MAX_BYTES = 128_000
"""Size of a definition file; the national circuit takes a tenth of it."""

MAX_DEPTH = 12
"""Nested blocks; the national circuit uses six."""

_TAB_INDENT = re.compile(r" *\t\s*\S")


@lru_cache(maxsize=32)
def read(file: str, content: bytes | str) -> Source:
    """Read one definition file; never raises for what the file holds, the faults are in the result.

    What many circuits stand on, the national one first, is read once; nobody writes into a source.
    """
    if len(content) > MAX_BYTES or (isinstance(content, str) and _bytes(content) > MAX_BYTES):
        expected = f"{MAX_BYTES // 1000} ko au plus"
        return _unread(Lines(file), Lines(file).whole("taille", "Ce fichier est trop gros.", expected))
    if isinstance(content, bytes):
        try:
            content = content.decode("utf-8")
        except UnicodeDecodeError as error:
            return _undecodable(file, error)
    text = content.removeprefix("\ufeff")
    lines = Lines.of(file, text)
    faults = _unreadable_characters(lines)
    return _unread(lines, *faults) if faults else _Builder(lines).build(text)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _unread(lines: Lines, *faults: Fault) -> Source:
    return Source(lines, None, {}, {}, faults)


def _undecodable(file: str, error: UnicodeDecodeError) -> Source:
    before = LINE_END.split(error.object[: error.start].decode("utf-8"))
    lines = Lines.of(file, error.object.decode("utf-8", "replace"))
    sentence = "Ce fichier n’est pas enregistré en UTF-8 : ce caractère ne peut pas être lu."
    expected = "enregistrer le fichier avec l’encodage UTF-8"
    return _unread(lines, lines.fault(len(before), len(before[-1]) + 1, "encodage", sentence, expected))


def _unreadable_characters(lines: Lines) -> list[Fault]:
    faults = []
    for number, line in enumerate(lines.lines, 1):
        if found := FORBIDDEN.search(line):
            faults.append(lines.fault(number, found.start() + 1, "caractere", _invisible(found[0])))
        elif _TAB_INDENT.match(line):
            column = line.index("\t") + 1
            faults.append(lines.fault(number, column, "tabulation", *syntax.TAB))
    return faults


def _invisible(character: str) -> str:
    return f"Un caractère invisible (U+{ord(character):04X}) n’est pas permis."


class _Unreadable(Exception):
    """The rest of the file cannot be read."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


@dataclass(slots=True)
class _Frame:
    """A block being read."""

    path: Path
    block: "list[Tree] | dict[str, Tree]"
    key: str | None = None
    dropped: bool = False
    """The value to come belongs to a key that was refused: it is looked at and left out."""


class _Builder:
    """Makes the tree out of events, with a stack of its own."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._root: Tree = None
        self._values: dict[Path, Place] = {}
        self._keys: dict[Path, Place] = {}
        self._faults: list[Fault] = []
        self._stack: list[_Frame] = []
        self._documents = 0

    def build(self, text: str) -> Source:
        try:
            for event in yaml.parse(text, Loader=yaml.CSafeLoader):
                self._feed(event)
        except _Unreadable as stop:
            return _unread(self._lines, *self._faults, stop.fault)
        except yaml.YAMLError as error:
            line, column, sentence, expected = syntax.explain(error)
            last = self._lines.fault(line, column, "syntaxe", sentence, expected)
            return _unread(self._lines, *self._faults, last)
        if self._root is None:
            return _unread(self._lines, self._lines.whole("fichier-vide", "Ce fichier est vide."))
        return Source(self._lines, self._root, self._values, self._keys, tuple(self._faults))

    def _feed(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self._document(event)
            case yaml.AliasEvent():
                self._report(event, "ancre", *syntax.NO_ALIAS)
                self._scalar(event, None)
            case yaml.ScalarEvent():
                self._adornments(event)
                self._characters(event)
                self._scalar(event, self._text(event))
            case yaml.CollectionStartEvent():
                self._adornments(event)
                self._enter(event)
            case yaml.CollectionEndEvent():
                self._stack.pop()

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if event.version or event.tags:
            self._report(event, "directive", *syntax.NO_DIRECTIVE)
        if self._documents > 1:
            sentence = "Un second document commence ici (« --- »)."
            raise _Unreadable(self._fault(event, "documents", sentence, "un seul document par fichier"))

    def _adornments(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            self._report(event, "ancre", *syntax.NO_ANCHOR)
        if event.tag is not None:
            self._report(event, "etiquette", *syntax.NO_TAG)

    def _characters(self, event: yaml.ScalarEvent) -> None:
        """Look at what escapes (« \\x07 ») make: the lines themselves were looked at before."""
        if found := FORBIDDEN.search(event.value):
            self._report(event, "caractere", _invisible(found[0]))

    def _text(self, event: yaml.ScalarEvent) -> str | None:
        plain = event.implicit[0]
        if event.value or not plain:
            return str(event.value)
        if self._stack and not self._awaits_key():
            self._report(event, "vide", "Il manque une valeur ici.")
        return None

    def _scalar(self, event: yaml.Event, value: str | None) -> None:
        if self._awaits_key():
            self._key(event, value)
        else:
            self._put(event, value)

    def _awaits_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].block, dict) and self._stack[-1].key is None

    def _key(self, event: yaml.Event, key: str | None) -> None:
        frame = self._stack[-1]
        frame.key, frame.dropped = key or "", not key or key in frame.block
        if not key:
            self._report(event, "cle", "Il manque un nom avant les deux-points.")
            return
        path = (*frame.path, key)
        if not frame.dropped:
            self._keys.setdefault(path, _place(event))
            return
        sentence = f"La clé « {syntax.shown(key)} » est déjà écrite ligne {self._keys[path][0]}."
        self._report(event, "doublon", sentence, "chaque clé une seule fois par bloc")

    def _put(self, event: yaml.Event, value: Tree) -> Path:
        path: Path = ()
        if not self._stack:
            self._root = value
        else:
            frame = self._stack[-1]
            path = (*frame.path, len(frame.block) if frame.key is None else frame.key)
            if isinstance(frame.block, list):
                frame.block.append(value)
            elif not frame.dropped:
                frame.block[str(frame.key)] = value
            frame.key = None
        # Of a key written twice, the first value is the one the tree keeps.
        self._values.setdefault(path, _place(event))
        return path

    def _enter(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._stack) >= MAX_DEPTH:
            sentence = "Trop de blocs sont imbriqués les uns dans les autres."
            raise _Unreadable(self._fault(event, "profondeur", sentence, f"{MAX_DEPTH} niveaux au plus"))
        if self._awaits_key():
            sentence = "Une clé est un simple mot : ni une liste, ni un bloc."
            raise _Unreadable(self._fault(event, "cle", sentence))
        block: list[Tree] | dict[str, Tree] = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        self._stack.append(_Frame(self._put(event, block), block))

    def _fault(self, event: yaml.Event, code: str, sentence: str, expected: str = "") -> Fault:
        return self._lines.fault(*_place(event), code, sentence, expected)

    def _report(self, event: yaml.Event, code: str, sentence: str, expected: str = "") -> None:
        self._faults.append(self._fault(event, code, sentence, expected))


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
