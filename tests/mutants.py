"""Circuits spoilt on purpose: named operators, each of which knows what must be said of its mutants.

An operator takes a right circuit and a source of chance, and returns a text or bytes; None where it has
nothing to spoil. `CODES` of an operator: one of them must be reported (first, for a lexical operator);
none when the mutant is still right.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TypeAlias

from tests.scene import Edit, Scene, Spot
from workflow.circuit.library import circuit_file, form_file, typology_file
from workflow.circuit.loader import shipped_files

Spoil: TypeAlias = Callable[[Scene, Random], str | bytes | None]

SEED = 20_230_701
_RIGHT = Path(__file__).parent / "fixtures" / "circuits_justes"


@dataclass(frozen=True)
class Operator:
    """One way to change a circuit, and what must be reported: nothing when `codes` is empty."""

    name: str
    codes: tuple[str, ...]
    lexical: bool
    spoil: Spoil


@dataclass(frozen=True)
class Base:
    """A right circuit: its name, its text, the other files it needs."""

    name: str
    scene: Scene
    others: dict[str, str]

    def files(self, text: str | bytes) -> dict[str, str | bytes]:
        """The files to load, with this text in place of the circuit."""
        return {**self.others, circuit_file(self.name): text}


@dataclass(frozen=True)
class Mutant:
    """A text made by an operator out of a base."""

    operator: Operator
    base: Base
    text: str | bytes

    @property
    def files(self) -> dict[str, str | bytes]:
        """The files to load."""
        return self.base.files(self.text)


OPERATORS: list[Operator] = []


def lexical(*codes: str) -> Callable[[Spoil], Spoil]:
    """Register an operator on the writing; it says which code must be reported first."""
    return _registered(codes, lexical_one=True)


def semantic(*codes: str) -> Callable[[Spoil], Spoil]:
    """Register an operator on the meaning; it says which code must be reported."""
    return _registered(codes, lexical_one=False)


def _registered(codes: tuple[str, ...], *, lexical_one: bool) -> Callable[[Spoil], Spoil]:
    def register(spoil: Spoil) -> Spoil:
        OPERATORS.append(Operator(spoil.__name__, codes, lexical_one, spoil))
        return spoil

    return register


def small_others() -> dict[str, str]:
    """The form and the typology the small circuits need."""
    return {
        form_file("petite"): (_RIGHT / "petite.fiche.yaml").read_text(encoding="utf-8"),
        typology_file("nationale"): (_RIGHT / "nationale.typologie.yaml").read_text(encoding="utf-8"),
    }


@cache
def small_bases() -> tuple[Base, ...]:
    """Right circuits of three to eight steps, each of another shape."""
    names = ("court", "seance", "instruction", "blocs")
    texts = {name: (_RIGHT / f"{name}.yaml").read_text(encoding="utf-8") for name in names}
    return tuple(Base(name, Scene(text), small_others()) for name, text in texts.items())


@cache
def national_base() -> Base:
    """The circuit that is shipped."""
    files = shipped_files("national")
    return Base("national", Scene(files.pop(circuit_file("national"))), files)


def draw(count: int, bases: tuple[Base, ...], seed: int = SEED, start: int = 0) -> Iterator[Mutant]:
    """Make `count` mutants, every operator in turn; the same seed and start always give the same."""
    for number in range(start, start + count):
        yield _drawn(number, bases, Random(f"{seed}:{number}"))  # noqa: S311 - chance that can be played again


@cache
def in_turn() -> tuple[Operator, ...]:
    """The operators, one on the writing and one on the meaning by turns: there are as many of each."""
    written = [operator for operator in OPERATORS if operator.lexical]
    meant = [operator for operator in OPERATORS if not operator.lexical]
    return tuple(operator for pair in zip(written, meant, strict=True) for operator in pair)


def _drawn(number: int, bases: tuple[Base, ...], pick: Random) -> Mutant:
    operator = in_turn()[number % len(OPERATORS)]
    for base in pick.sample(bases, len(bases)):
        text = operator.spoil(base.scene, pick)
        if text is not None and text != base.scene.text:
            return Mutant(operator, base, text)
    raise AssertionError(f"{operator.name} finds nothing to spoil")


# --- what operators look for ---------------------------------------------------------------------


def one(pick: Random, spots: Sequence[Spot]) -> Spot | None:
    return pick.choice(spots) if spots else None


def texts(scene: Scene) -> list[Spot]:
    return [spot for spot in scene.spots.values() if spot.is_text and isinstance(spot.path[-1], str)]


def _lines(scene: Scene) -> list[Spot]:
    """Texts without quotes that have their own line."""
    return [spot for spot in texts(scene) if not spot.flow and spot.plain]


def titles(scene: Scene) -> list[Spot]:
    return [spot for spot in texts(scene) if spot.name == "titre"]


def _later(scene: Scene) -> list[Spot]:
    """What has its own line and is not the first of its block."""
    found = [s for s in scene.spots.values() if not s.flow and isinstance(s.path[-1], str)]
    return [spot for spot in found if scene.siblings(spot)[0] != spot]


def _decisions(scene: Scene, key: str | None = None) -> list[Spot]:
    """Decisions, or what each of them has under `key`."""
    where = ("etapes", None, "decisions", None)
    return scene.find(*where, key) if key else scene.find(*where)


def _steps(scene: Scene, key: str | None = None) -> list[Spot]:
    return scene.find("etapes", None, key) if key else scene.find("etapes", None)


def _of_people(scene: Scene) -> list[Spot]:
    return [spot for spot in _decisions(scene) if spot.value.get("par") != ["systeme"]]


def _timed(scene: Scene, key: str) -> list[Spot]:
    return [*scene.find("dus", None, key), *_steps(scene, key)]


def items(scene: Scene, *lists: Spot) -> list[Spot]:
    return [scene.spots[(*spot.path, n)] for spot in lists for n in range(len(spot.value))]


def replaced(scene: Scene, pick: Random, spots: Sequence[Spot], new: str) -> str | None:
    spot = one(pick, spots)
    return scene.put(spot, new) if spot else None


def dropped(scene: Scene, pick: Random, spots: list[Spot]) -> str | None:
    spot = one(pick, spots)
    return scene.edit([scene.dropping(spot)]) if spot else None


def _inserted(scene: Scene, offset: int, piece: str) -> str:
    return scene.edit([(offset, offset, piece)])


def mangled(word: str, pick: Random) -> str:
    """A name that nothing in these circuits bears."""
    place = pick.randrange(1, len(word) + 1)
    return pick.choice((word + "_x", word[:place] + "q" + word[place:], "zzz_" + word, "tout_autre_nom"))


def renamed(scene: Scene, pick: Random, spots: list[Spot]) -> str | None:
    known = [s for s in spots if s.is_text and s.value not in ("systeme", "partenaire", "meme")]
    spot = one(pick, known)
    return scene.put(spot, mangled(spot.value, pick)[:40]) if spot else None


def _actor(scene: Scene, pick: Random) -> str:
    return pick.choice(scene.find("acteurs", None)).name


def _covered(scene: Scene) -> dict[str, set[str]]:
    """Code of each decision dû and task with steps, and these steps."""
    found = {spot.value: {str(spot.path[1])} for spot in _steps(scene, "horloge")}
    for due in scene.find("dus", None):
        if due.value["genre"] in ("decision", "tache") and "pendant" in due.value:
            found[due.name] = set(due.value["pendant"])
    return found


def _decided(scene: Scene) -> set[str]:
    """Steps where a decision is due."""
    found = {str(spot.path[1]) for spot in _steps(scene, "horloge")}
    dues = [due for due in scene.find("dus", None) if due.value["genre"] == "decision"]
    return found.union(*(due.value.get("pendant", []) for due in dues))


def _genre(scene: Scene, *genres: str) -> list[Spot]:
    return [due for due in scene.find("dus", None) if due.value["genre"] in genres]


def _new_step(scene: Scene, entry: str) -> Edit:
    return scene.adding_last(scene.spots["etapes",], entry)


# --- lexical: how it is written ------------------------------------------------------------------


@lexical("syntaxe")
def cut_after_a_bracket(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in scene.spots.values() if s.brace and s.value])
    if spot is None:
        return None
    line_end = scene.text.find("\n", spot.start)
    return scene.edit([(spot.start + 1, line_end, "")])


@lexical("syntaxe", "vide")
def cut_file(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in scene.spots.values() if s.brace and s.value])
    return scene.text[: pick.randrange(spot.start + 1, spot.end)] if spot else None


@lexical("syntaxe")
def odd_indent(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, _later(scene))
    return _inserted(scene, spot.key, " ") if spot else None


@lexical("syntaxe")
def short_indent(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _later(scene) if scene.indent(s) > 1])
    return scene.edit([(spot.key - 1, spot.key, "")]) if spot else None


@lexical("tabulation")
def tab_indent(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _later(scene) if scene.indent(s) > 1])
    return scene.edit([(spot.key - pick.randrange(1, scene.indent(spot) + 1), spot.key, "\t")]) if spot else None


@lexical("doublon")
def key_twice(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, texts(scene))
    if spot is None:
        return None
    pair = scene.text[spot.key : spot.end]
    again = f"{pair}, " if spot.flow else f"{pair}\n{' ' * scene.indent(spot)}"
    return _inserted(scene, spot.key, again)


@lexical("syntaxe")
def unclosed_bracket(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in scene.spots.values() if s.brace and isinstance(s.value, list)])
    return scene.edit([(spot.end - 1, spot.end, "")]) if spot else None


@lexical("syntaxe")
def unclosed_brace(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in scene.spots.values() if s.brace and isinstance(s.value, dict)])
    return scene.edit([(spot.end - 1, spot.end, "")]) if spot else None


@lexical("syntaxe")
def wrong_bracket(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in scene.spots.values() if s.brace and s.value])
    return scene.edit([(spot.end - 1, spot.end, {"]": "}", "}": "]"}[scene.text[spot.end - 1]])]) if spot else None


@lexical("syntaxe")
def unclosed_quote(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in texts(scene) if s.plain])
    return _inserted(scene, spot.start, '"') if spot else None


@lexical("syntaxe")
def quote_inside_quotes(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in titles(scene) if s.plain])
    return scene.put(spot, f"'l'{spot.value}'") if spot else None


@lexical("syntaxe")
def unknown_escape(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in texts(scene) if s.plain])
    return scene.put(spot, f'"{spot.value}\\q"') if spot else None


@lexical("ancre")
def anchor(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in scene.spots.values() if s.is_text or s.brace])
    return _inserted(scene, spot.start, "&repere ") if spot else None


@lexical("ancre")
def alias(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, [s for s in texts(scene) if s.name not in ("vers", "genre", "par")], "*repere")


@lexical("ancre")
def merge_key(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, _steps(scene))
    return scene.edit([scene.adding(spot, "<<: *commun")]) if spot else None


@lexical("etiquette")
def tag(scene: Scene, pick: Random) -> str | None:
    spot = pick.choice([s for s in scene.spots.values() if s.is_text or s.brace])
    return _inserted(scene, spot.start, pick.choice(("!!str ", "! ", "!local ", "!!python/object/apply:os.system ")))


@lexical("documents")
def second_document(scene: Scene, pick: Random) -> str:
    return scene.text + pick.choice(("---\ncircuit: autre\n", "...\n---\nversion: 2\n", "--- x\n"))


@lexical("directive", "syntaxe")
def directive(scene: Scene, pick: Random) -> str:
    return pick.choice(("%YAML 1.1\n---\n", "%YAML 1.2\n---\n", "%TAG ! tag:x,2026:\n---\n")) + scene.text


@lexical("encodage")
def binary_garbage(scene: Scene, pick: Random) -> bytes:
    place = pick.randrange(len(scene.text))
    garbage = bytes(pick.randrange(0xF8, 0x100) for _ in range(pick.randrange(1, 9)))
    return scene.text[:place].encode() + garbage + scene.text[place:].encode()


@lexical("encodage")
def utf_16(scene: Scene, pick: Random) -> bytes:
    return scene.text.encode("utf-16")


@lexical("encodage")
def windows_1252(scene: Scene, pick: Random) -> bytes:
    return scene.text.encode("cp1252")


@lexical("caractere")
def control_character(scene: Scene, pick: Random) -> str:
    return _inserted(scene, pick.randrange(len(scene.text)), pick.choice("\x00\x07\x08\x0c\x1b\x7f\x85\x9b"))


@lexical("caractere")
def reordering_character(scene: Scene, pick: Random) -> str:
    return _inserted(scene, pick.randrange(len(scene.text)), pick.choice("\u202e\u2066\u2028\u2029\ufeff"))


@lexical("profondeur")
def deep_nesting(scene: Scene, pick: Random) -> str | None:
    depth = pick.randrange(20, 4000)
    opening, closing = pick.choice((("[", "]"), ("{a: ", "}")))
    return replaced(scene, pick, texts(scene), opening * depth + "x" + closing * depth)


@lexical("taille")
def huge_file(scene: Scene, pick: Random) -> str:
    return scene.text + pick.choice(("# rien\n", "\n", "# é", "x: y\n")) * 130_000


@lexical("syntaxe")
def colon_dropped(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _lines(scene) if len(scene.siblings(s)) > 1])
    return scene.edit([(spot.key + len(spot.name), spot.start, " ")]) if spot else None


@lexical("syntaxe")
def space_dropped(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _lines(scene) if len(scene.siblings(s)) > 1])
    return scene.edit([(spot.key + len(spot.name), spot.start, ":")]) if spot else None


@lexical("syntaxe")
def comma_dropped(scene: Scene, pick: Random) -> str | None:
    later = [s for s in texts(scene) if s.flow and scene.siblings(s)[0] != s]
    spot = one(pick, later)
    return scene.edit([(spot.key - 2, spot.key, " ")]) if spot else None


@lexical("vide")
def value_dropped(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, [s for s in texts(scene) if s.name not in ("genre", "vers", "par")], "")


@lexical("fichier-vide")
def emptied(scene: Scene, pick: Random) -> str:
    return pick.choice(("", "\n\n", "# plus rien\n", "---\n", "  \n# a\n\n"))


@lexical("syntaxe", "vide")
def stray_sign(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, texts(scene), pick.choice(("@moi", "`x`", "%5", "]", "} ")))


@lexical("syntaxe")
def colon_in_a_text(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, _lines(scene))
    return scene.put(spot, f"{spot.value}: la suite") if spot else None


@lexical("syntaxe")
def stray_dash(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _lines(scene) if len(scene.siblings(s)) > 1])
    return _inserted(scene, spot.key, "- ") if spot else None


@lexical("syntaxe")
def lines_joined(scene: Scene, pick: Random) -> str | None:
    pairs = [pair for spots in scene.children.values() for pair in pairwise(spots)]
    found = [(first, second) for first, second in pairs if first in _lines(scene) and scene.text[first.end] == "\n"]
    if not found:
        return None
    first, second = pick.choice(found)
    return scene.edit([(first.end, second.key, " ")])


@lexical("syntaxe")
def merge_conflict(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _later(scene) if scene.indent(s)])
    start = spot.key - scene.indent(spot) if spot else 0
    return _inserted(scene, start, "<<<<<<< HEAD\n") if spot else None


@lexical("syntaxe")
def word_alone(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, _later(scene))
    return _inserted(scene, spot.key, f"à revoir\n{' ' * scene.indent(spot)}") if spot else None


@lexical("cle")
def list_as_key(scene: Scene, pick: Random) -> str:
    return scene.text + pick.choice(("? [a, b]\n: c\n", "? {a: b}\n: c\n", "'': c\n", "[a]: c\n"))


@lexical("syntaxe")
def hard_space_indent(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _later(scene) if scene.indent(s)])
    return scene.edit([(spot.key - 1, spot.key, "\xa0")]) if spot else None


@lexical("encodage")
def cut_character(scene: Scene, pick: Random) -> bytes | None:
    accents = [n for n, sign in enumerate(scene.text) if sign > "\x7f"]
    if not accents:
        return None
    place = pick.choice(accents)
    return scene.text[:place].encode() + scene.text[place].encode()[:-1] + scene.text[place + 1 :].encode()


@lexical("syntaxe")
def slashes_for_a_note(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _later(scene) if scene.siblings(s)[-1] != s])
    return _inserted(scene, spot.key, f"// à revoir\n{' ' * scene.indent(spot)}") if spot else None


@lexical("syntaxe")
def equals_sign(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _lines(scene) if len(scene.siblings(s)) > 1])
    return scene.edit([(spot.key + len(spot.name), spot.start, " = ")]) if spot else None


@lexical("syntaxe")
def bad_text_block(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, [s for s in _lines(scene) if s.name == "titre"], pick.choice(("|x", ">z", "|0")))


@lexical()
def byte_order_mark(scene: Scene, pick: Random) -> bytes:
    return b"\xef\xbb\xbf" + scene.text.encode()


@lexical()
def windows_lines(scene: Scene, pick: Random) -> str:
    return scene.text.replace("\n", "\r\n")


@lexical()
def comments(scene: Scene, pick: Random) -> str:
    notes = ('# à revoir : [ { "', "# é", "#", "# - clé: &a *b")
    lines = [f"{line}{pick.choice(notes)}\n" if pick.random() < 0.2 else line for line in scene.lines]
    return "".join(line.removesuffix("\n") + "  # oui: non\n" if pick.random() < 0.2 else line for line in lines)


@lexical()
def blank_lines(scene: Scene, pick: Random) -> str:
    return "".join(line.replace("\n", pick.choice(("\n", "\n\n", "  \n", "\n   \n"))) for line in scene.lines)


@lexical()
def quotes_around(scene: Scene, pick: Random) -> str:
    chosen = [s for s in texts(scene) if s.plain and pick.random() < 0.3]
    single = [(s.start, s.end, "'" + s.value.replace("'", "''") + "'") for s in chosen]
    double = [(s.start, s.end, f'"{s.value}"') for s in chosen]
    return scene.edit(pick.choice(pair) for pair in zip(single, double, strict=True)) + "# fin\n"


@lexical()
def escapes(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in titles(scene) if s.plain])
    return scene.put(spot, '"' + "".join(f"\\u{ord(sign):04x}" for sign in spot.value) + '"') if spot else None


@lexical()
def rare_signs(scene: Scene, pick: Random) -> str | None:
    rare = pick.choice(("Été 😀", "Ⅻ ½ €", "Ærø – ñ", "日本", "«\u00a0oui\u202f»"))
    return replaced(scene, pick, titles(scene), rare)


@lexical()
def list_in_lines(scene: Scene, pick: Random) -> str | None:
    lists = [s for s in scene.spots.values() if not s.flow and s.brace and isinstance(s.value, list)]
    spot = one(pick, [s for s in lists if all(isinstance(item, str) for item in s.value)])
    if spot is None:
        return None
    margin = "\n" + " " * (scene.indent(spot) + 2)
    return scene.put(spot, "".join(f"{margin}- {item}" for item in spot.value))


@lexical()
def document_markers(scene: Scene, pick: Random) -> str:
    return pick.choice(("---\n", "\n---\n", "# x\n---\n")) + scene.text + pick.choice(("", "...\n", "...\n# x\n"))


@lexical()
def no_last_line_end(scene: Scene, pick: Random) -> str:
    return scene.text.rstrip("\n")


@lexical()
def keys_in_quotes(scene: Scene, pick: Random) -> str:
    chosen = [s for s in scene.spots.values() if isinstance(s.path[-1], str) and pick.random() < 0.3]
    return scene.edit((s.key, s.key + len(s.name), pick.choice(("'{}'", '"{}"')).format(s.name)) for s in chosen)


@lexical()
def trailing_spaces(scene: Scene, pick: Random) -> str:
    return "".join(line.replace("\n", pick.choice(("\n", " \n", "    \n"))) for line in scene.lines) + "\n"


@lexical()
def text_block(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _lines(scene) if s.name == "titre"])
    if spot is None:
        return None
    return scene.put(spot, f"{pick.choice(('|-', '>-'))}\n{' ' * (scene.indent(spot) + 2)}{spot.value}")


@lexical("syntaxe")
def comma_twice(scene: Scene, pick: Random) -> str | None:
    later = [s for s in texts(scene) if s.flow and scene.siblings(s)[0] != s]
    spot = one(pick, later)
    return _inserted(scene, spot.key, ", ") if spot else None


# --- semantic: what it means ---------------------------------------------------------------------


@semantic("nom-inconnu")
def unknown_step(scene: Scene, pick: Random) -> str | None:
    return renamed(scene, pick, [*_decisions(scene, "vers"), *items(scene, *scene.find("dus", None, "pendant"))])


@semantic("nom-inconnu")
def unknown_actor(scene: Scene, pick: Random) -> str | None:
    lists = [spot for key in ("par", "informe") for spot in _decisions(scene, key)]
    lists += [spot for key in ("a", "remis") for spot in scene.find("dus", None, key)]
    lists += [*scene.find("dus", None, "depassement", None), *scene.find("etapes", None, "depassement", None)]
    alone = [*_steps(scene, "responsable"), *scene.find("acteurs", None, "superieur"), *scene.find("dus", None, "par")]
    return renamed(scene, pick, [*items(scene, *lists), *alone])


@semantic("nom-inconnu")
def unknown_due(scene: Scene, pick: Random) -> str | None:
    lists = [spot for key in ("doit", "rend", "dispense", "suppose") for spot in _decisions(scene, key)]
    return renamed(scene, pick, items(scene, *lists))


@semantic("nom-inconnu")
def unknown_name(scene: Scene, pick: Random) -> str | None:
    origins = scene.find("etapes", None, "decisions", None, "quand", "depuis")
    return renamed(scene, pick, pick.choice((_decisions(scene, "motifs"), _timed(scene, "instance"), origins)))


@semantic("fiche-absente")
def unknown_form(scene: Scene, pick: Random) -> str | None:
    return renamed(scene, pick, items(scene, *scene.find("fiches")))


@semantic("champ-inconnu")
def unknown_field(scene: Scene, pick: Random) -> str | None:
    return renamed(scene, pick, items(scene, *_decisions(scene, "exige")))


DELAY_KEYS = ("delai", "urgent", "renouvelle")


@semantic("delai")
def bad_delay(scene: Scene, pick: Random) -> str | None:
    spots = [spot for key in DELAY_KEYS for spot in _timed(scene, key)]
    spots += items(scene, *_timed(scene, "bornes"))
    spots += scene.find("etapes", None, "decisions", None, "quand", "apres")
    new = pick.choice(("15 jour", "un mois", "-3 j", "30 J", "1.5 j", "99999 j", "3", "j", "3 jo ouvrés", "2 ans"))
    return replaced(scene, pick, [s for s in spots if s.is_text], new)


@semantic("INV-05", "bornes")
def out_of_bounds(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, _timed(scene, "bornes"))
    if spot is None:
        return None
    delay = scene.spots[(*spot.path[:-1], "delai")]
    if delay.is_text and pick.random() < 0.7:
        return scene.put(delay, pick.choice(("999 j", "0 j", "99 mois")))
    low, high = items(scene, spot)
    return scene.edit([(low.start, low.end, high.value), (high.start, high.end, low.value)])


@semantic("INV-19")
def urgent_longer(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, _timed(scene, "urgent"), pick.choice(("700 j", "500 jo", "80 semaines")))


@semantic("horloge")
def half_a_clock(scene: Scene, pick: Random) -> str | None:
    clocked = {spot.path[1] for spot in _steps(scene, "horloge")}
    key = pick.choice(("horloge", "delai", "responsable"))
    return dropped(scene, pick, [spot for spot in _steps(scene, key) if spot.path[1] in clocked])


@semantic("du-sans-fin")
def no_delay_on_a_due(scene: Scene, pick: Random) -> str | None:
    waited = _genre(scene, "decision", "complement")
    waited += [due for due in _genre(scene, "retour") if "a" in due.value]
    return dropped(scene, pick, [s for due in waited if (s := scene.spots.get((*due.path, "delai")))])


@semantic("etape-inatteignable")
def unreachable_step(scene: Scene, pick: Random) -> str:
    return scene.edit([_new_step(scene, "perdue: {niveau: dac, titre: Perdue, finale: oui}")])


@semantic("INV-06")
def no_way_out(scene: Scene, pick: Random) -> str:
    actor = _actor(scene, pick)
    turn = f"tourner: {{code: T98, titre: Tourner, par: [{actor}], vers: meme}}"
    trap = f"piege: {{niveau: dac, titre: P, responsable: {actor}, horloge: D98, delai: 3 j, decisions: {{{turn}}}}}"
    door = f"entrer: {{code: T99, titre: Entrer, par: [{actor}], vers: piege}}"
    held = [s for s in scene.find("etapes", None, "decisions") if s.path[1] in _decided(scene)]
    return scene.edit([scene.adding(pick.choice(held), door), _new_step(scene, trap)])


@semantic("cle-manquante")
def key_missing(scene: Scene, pick: Random) -> str | None:
    spots = [spot for key in ("vers", "code", "titre", "par") for spot in _decisions(scene, key)]
    spots += [*_steps(scene, "niveau"), *_steps(scene, "titre"), *scene.find("version")]
    spots += [
        *scene.find("dus", None, "genre"),
        *scene.find("dus", None, "par"),
        *scene.find("acteurs", None, "structure"),
    ]
    return dropped(scene, pick, spots)


@semantic("INV-04")
def two_decisions_due(scene: Scene, pick: Random) -> str:
    step = pick.choice(sorted(_decided(scene)))
    entry = f"D99: {{genre: decision, par: {_actor(scene, pick)}, pendant: [{step}], delai: 10 j}}"
    return scene.edit([scene.adding(scene.spots["dus",], entry)])


@semantic("systeme")
def system_misused(scene: Scene, pick: Random) -> str | None:
    if pick.random() < 0.3 and (instants := _decisions(scene, "quand")):
        return dropped(scene, pick, instants)
    spot = one(pick, [s for s in _decisions(scene, "par") if s.value != ["systeme"]])
    return scene.edit([scene.adding(spot, "systeme")]) if spot else None


@semantic("quand")
def half_an_instant(scene: Scene, pick: Random) -> str | None:
    where = ("etapes", None, "decisions", None, "quand")
    spots = [spot for key in ("apres", "depuis", "issue", "plus_rien_du") for spot in scene.find(*where, key)]
    return dropped(scene, pick, spots)


@semantic("retour-sans-texte")
def retour_without_text(scene: Scene, pick: Random) -> str | None:
    telling = {due.name for due in _genre(scene, "retour") if {"a", "remis"} <= due.value.keys()}
    decisions = [d for d in _decisions(scene) if telling & {*d.value.get("doit", [])}]
    asked = items(scene, *(scene.spots[(*d.path, "exige")] for d in decisions))
    return dropped(scene, pick, [item for item in asked if item.value == "retour"])


@semantic("motif")
def no_reasons(scene: Scene, pick: Random) -> str | None:
    return dropped(scene, pick, _decisions(scene, "motifs"))


@semantic("du-deux-fois")
def opened_twice(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _decisions(scene, "doit") if s.brace])
    during = [*_covered(scene), *(d.name for d in scene.find("dus", None) if "pendant" in d.value)]
    return scene.edit([scene.adding(spot, pick.choice(during))]) if spot else None


@semantic("cle-deplacee", "INV-18")
def misplaced_key(scene: Scene, pick: Random) -> str | None:
    actor = _actor(scene, pick)
    found = [(due, f"remis: [{actor}]") for due in _genre(scene, "complement", "tache", "action")]
    others = [d for d in scene.find("dus", None) if d.value["genre"] != "decision"]
    found += [(due, "pause: oui") for due in others]
    found += [(due, "renouvelle: 30 j") for due in others if "pendant" not in due.value]
    due, entry = pick.choice(found)
    return scene.edit([scene.adding(due, entry)])


@semantic("INV-10")
def silence_concludes(scene: Scene, pick: Random) -> str | None:
    timed = [s for s in _decisions(scene, "quand") if "apres" in s.value]
    targets = [scene.spots[(*s.path[:-1], "vers")] for s in timed]
    where = [step.name for step in _steps(scene) if step.name in ("validee", "cloturee")]
    moving = [t for t in targets if t.value != "meme" and t.path[1] not in where]
    return replaced(scene, pick, moving, pick.choice(where)) if where else None


@semantic("type")
def wrong_type(scene: Scene, pick: Random) -> str | None:
    lists = [s for key in ("par", "exige", "doit", "informe") for s in _decisions(scene, key) if s.brace]
    words = [*titles(scene), *_decisions(scene, "vers"), *scene.find("dus", None, "par")]
    if pick.random() < 0.5:
        return replaced(scene, pick, lists, pick.choice(("dac", "{a: b}")))
    return replaced(scene, pick, words, pick.choice(("[dac]", "{a: b}")))


@semantic("cle-inconnue")
def misspelt_key(scene: Scene, pick: Random) -> str | None:
    blocks = [*_decisions(scene), *_steps(scene), *scene.find("dus", None), *scene.find("acteurs", None)]
    spot = pick.choice(scene.siblings(scene.spots[(*(block := pick.choice(blocks)).path, next(iter(block.value)))]))
    return scene.rekey(spot, mangled(spot.name, pick))


@semantic("finale")
def final_but_due(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _steps(scene) if s.name in _decided(scene)])
    return scene.edit([scene.adding(spot, "finale: oui")]) if spot else None


@semantic("sans-delai")
def without_delay_but_due(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _steps(scene) if s.name in _decided(scene)])
    return scene.edit([scene.adding(spot, "sans_delai: suit le parent")]) if spot else None


@semantic("cible")
def nowhere_to_come_back(scene: Scene, pick: Random) -> str | None:
    edits = [scene.dropping(spot) for spot in _steps(scene, "instruction")]
    decision = one(pick, [s for s in _of_people(scene) if s.value["vers"] == "meme"])
    if not any(spot.value == "derniere_instruction" for spot in _decisions(scene, "vers")):
        if decision is None:
            return None
        target = scene.spots[(*decision.path, "vers")]
        edits.append((target.start, target.end, "derniere_instruction"))
    return scene.edit(edits)


@semantic("partenaire")
def partner_owes(scene: Scene, pick: Random) -> str | None:
    due = one(pick, scene.find("dus", None))
    new = _actor(scene, pick) if due and due.value["genre"] == "avis" else "partenaire"
    return scene.put(scene.spots[(*due.path, "par")], new) if due else None


@semantic("exige-manquant", "INV-12")
def opened_without_a_name(scene: Scene, pick: Random) -> str | None:
    asking = {"avis": "partenaires", "action": "actions"}
    genres = {due.name: due.value["genre"] for due in scene.find("dus", None)}
    found = []
    for decision in _decisions(scene):
        asked = {asking.get(genres.get(code, "")) for code in decision.value.get("doit", [])}
        if asked - {None}:
            found += [i for i in items(scene, scene.spots[(*decision.path, "exige")]) if i.value in asked]
    return dropped(scene, pick, found)


@semantic("seance-sans-instance")
def meeting_of_nobody(scene: Scene, pick: Random) -> str | None:
    return dropped(scene, pick, _timed(scene, "instance"))


@semantic("du-ailleurs")
def due_elsewhere(scene: Scene, pick: Random) -> str | None:
    code, steps = pick.choice(sorted(_covered(scene).items()))
    key = pick.choice(("rend", "suppose", "dispense"))
    free = [d for d in _of_people(scene) if d.path[1] not in steps and key not in d.value and d.brace]
    spot = one(pick, free)
    return scene.edit([scene.adding(spot, f"{key}: [{code}]")]) if spot else None


@semantic("issue")
def no_issue(scene: Scene, pick: Random) -> str | None:
    closing = {s.path[1] for s in _decisions(scene, "quand") if "plus_rien_du" in s.value}
    ending = [d for d in _of_people(scene) if d.value["vers"] in closing]
    return dropped(scene, pick, [scene.spots[(*d.path, "issue")] for d in ending])


@semantic("nom-reserve")
def reserved_name(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, _of_people(scene))
    name = pick.choice(("ouvrir", "acquitter", "dispenser", "prolonger", "deleguer"))
    return scene.rekey(spot, name) if spot else None


@semantic("valeur")
def unknown_word(scene: Scene, pick: Random) -> str | None:
    spots = [*_steps(scene, "niveau"), *scene.find("dus", None, "genre"), *scene.find("acteurs", None, "structure")]
    spots += [*_decisions(scene, "issue"), *_decisions(scene, "preuve"), *_steps(scene, "sans_delai")]
    spot = pick.choice(spots)
    return scene.put(spot, mangled(spot.value, pick))


@semantic("oui-non")
def neither_yes_nor_no(scene: Scene, pick: Random) -> str | None:
    spots = [s for s in texts(scene) if s.value in ("oui", "non")]
    return replaced(scene, pick, spots, pick.choice(("true", "yes", "Oui", "OUI", "1", "on", "ouii")))


@semantic("code-double")
def code_twice(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, _steps(scene, "horloge"))
    codes = [s.name for s in scene.find("dus", None)] + [s.value for s in _steps(scene, "horloge") if s != spot]
    return scene.put(spot, pick.choice(codes)) if spot else None


@semantic("du-jamais-ouvert")
def never_opened(scene: Scene, pick: Random) -> str:
    genre = pick.choice(("action", "tache", "complement"))
    entry = f"jamais: {{genre: {genre}, par: {_actor(scene, pick)}, delai: 9 j}}"
    return scene.edit([scene.adding(scene.spots["dus",], entry)])


@semantic("du-sans-etape")
def decision_due_nowhere(scene: Scene, pick: Random) -> str:
    entry = f"D97: {{genre: decision, par: {_actor(scene, pick)}, delai: 9 j}}"
    return scene.edit([scene.adding(scene.spots["dus",], entry)])


@semantic("nombre")
def bad_number(scene: Scene, pick: Random) -> str | None:
    new = pick.choice(("0", "-1", "deux", "1.5", "99999999999999999999999x", "2 fois"))
    return replaced(scene, pick, [*scene.find("version"), *_decisions(scene, "fois")], new)


@semantic("forme")
def bad_name(scene: Scene, pick: Random) -> str | None:
    spots = [*_steps(scene), *scene.find("acteurs", None), *_decisions(scene), *scene.find("dus", None)]
    spot = pick.choice(spots)
    return scene.rekey(spot, pick.choice((f"{spot.name}é", f"{spot.name}-x", "1er", "x" * 60, "en cours", "A b")))


@semantic("longueur")
def endless_title(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, titles(scene), "très long " * pick.randrange(17, 5_000) + "x")


@semantic("jalon")
def bad_milestone(scene: Scene, pick: Random) -> str | None:
    late = [*scene.find("dus", None, "depassement", None), *scene.find("etapes", None, "depassement", None)]
    early = items(scene, *_timed(scene, "rappels"))
    new = pick.choice(("J7", "7 j", "demain", "J +7", "j+7", "J+7000"))
    spot = one(pick, [*late, *early])
    if spot is None:
        return None
    return scene.put(spot, new) if isinstance(spot.path[-1], int) else scene.rekey(spot, new)


@semantic("preuve")
def a_link_that_writes(scene: Scene, pick: Random) -> str | None:
    free = [d for d in _of_people(scene) if "preuve" not in d.value and d.brace and d.value.get("exige")]
    spot = one(pick, free)
    return scene.edit([scene.adding(spot, "preuve: lien")]) if spot else None


@semantic("retour-sans-destinataire")
def retour_to_nobody(scene: Scene, pick: Random) -> str | None:
    due = one(pick, _genre(scene, "retour"))
    if due is None or not due.brace:
        return None
    kept = {key: value for key, value in due.value.items() if key in ("genre", "par", "courriel")}
    return scene.put(due, "{" + "".join(f"{k}: {v}, " for k, v in kept.items()) + "delai: 7 j}")


@semantic("minutes")
def bad_minutes(scene: Scene, pick: Random) -> str | None:
    new = pick.choice(("15", "15 mn", "2 h", "121 min", "15min", "-1 min"))
    return replaced(scene, pick, scene.find("annulation"), new)


@semantic()
def spare_name(scene: Scene, pick: Random) -> str:
    if pick.random() < 0.5:
        entry = "suppleant: {titre: quelqu’un d’autre, structure: dac, fonction: suppleance}"
        return scene.edit([scene.adding(scene.spots["acteurs",], entry)])
    return scene.edit([scene.adding(scene.spots["motifs",], "reserve: {une: Une raison, deux: Une autre}")])


@semantic()
def sections_shuffled(scene: Scene, pick: Random) -> str:
    sections = [scene.whole(spot) for spot in scene.spots.values() if len(spot.path) == 1]
    return "".join(pick.sample(sections, len(sections))) + "# fin\n"


@semantic()
def keys_shuffled(scene: Scene, pick: Random) -> str | None:
    block = one(pick, [s for s in (*_decisions(scene), *scene.find("dus", None)) if s.brace])
    if block is None:
        return None
    pairs = [scene.text[s.key : s.end] for s in scene.spots.values() if s.path[:-1] == block.path]
    return scene.put(block, "{" + ", ".join(pick.sample(pairs, len(pairs))) + "}") + "# fin\n"


@semantic()
def step_renamed_everywhere(scene: Scene, pick: Random) -> str | None:
    spot = pick.choice([s for s in _steps(scene) if s.name not in ("validee", "non_validee", "cloturee")])
    told = [*_decisions(scene, "vers"), *items(scene, *scene.find("dus", None, "pendant"))]
    same = [(s.start, s.end, "etape_renommee") for s in told if s.value == spot.name]
    return scene.edit([(spot.key, spot.key + len(spot.name), "etape_renommee"), *same])


@semantic()
def seven_days_in_weeks(scene: Scene, pick: Random) -> str | None:
    weeks = {"7 j": "1 semaine", "14 j": "2 semaines", "21 j": "3 semaines"}
    spot = one(pick, [s for s in texts(scene) if s.value in weeks])
    return scene.put(spot, weeks[spot.value]) if spot else None


@semantic()
def titles_changed(scene: Scene, pick: Random) -> str:
    chosen = [s for s in titles(scene) if pick.random() < 0.5]
    return scene.edit((s.start, s.end, f"'Autre titre, n° {n} : é'") for n, s in enumerate(chosen)) + "# fin\n"


@semantic()
def no_urgent_track(scene: Scene, pick: Random) -> str | None:
    return dropped(scene, pick, _timed(scene, "urgent"))


def _shorter(one: Spot, other: Spot) -> bool:
    """True if whatever `one` says, `other` says too: `other` may be written as its differences from `one`."""
    pairs = [(one.value, other.value)]
    for mine, theirs in pairs:
        if isinstance(mine, dict) and isinstance(theirs, dict):
            if not mine.keys() <= theirs.keys():
                return False
            pairs += [(mine[key], theirs[key]) for key in mine]
    return one != other


@semantic()
def like_another_step(scene: Scene, pick: Random) -> str | None:
    found = [(one, other) for one in _steps(scene) for other in _steps(scene) if _shorter(one, other)]
    if not found:
        return None
    one, other = pick.choice(found)
    told_already = [s for s in scene.children[other.path] if one.value.get(s.name) == s.value]
    shorter = Scene(scene.edit([scene.dropping(pick.choice(told_already))])) if told_already else scene
    return shorter.edit([shorter.adding(shorter.spots[other.path], f"comme: {one.name}")])


@semantic("nom-inconnu")
def like_an_unknown_step(scene: Scene, pick: Random) -> str:
    spot = pick.choice(_steps(scene))
    return scene.edit([scene.adding(spot, f"comme: {mangled(pick.choice(_steps(scene)).name, pick)[:40]}")])


@semantic("boucle")
def like_itself(scene: Scene, pick: Random) -> str:
    loop = pick.sample(_steps(scene), pick.randrange(1, 4))
    return scene.edit(
        [scene.adding(step, f"comme: {like.name}") for step, like in zip(loop, [*loop[1:], loop[0]], strict=True)]
    )


@semantic("code-double")
def like_without_differences(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [s for s in _steps(scene) if s.value.get("horloge")])
    copy = f"copie: {{comme: {spot.name}}}" if spot else ""
    return scene.edit([_new_step(scene, copy)]) if spot else None
