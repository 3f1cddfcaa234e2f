"""Reading YAML: texts stay texts, places are known, and whatever is odd is refused in French."""

import time

import pytest

from workflow.circuit.reader import MAX_BYTES, MAX_DEPTH, read
from workflow.errors import Fault


def only_fault(content: bytes | str) -> Fault:
    faults = read("essai.yaml", content).faults
    assert len(faults) == 1, faults
    return faults[0]


def test_scalars_stay_texts() -> None:
    source = read("essai.yaml", "a: 12\nb: oui\nc: 2026-01-31\nd: [null, ~, 1.5]\ne: ''\nf: |\n  x\n  y\n")
    assert source.faults == ()
    expected = {"a": "12", "b": "oui", "c": "2026-01-31", "d": ["null", "~", "1.5"], "e": "", "f": "x\ny\n"}
    assert source.data == expected


def test_places_count_from_one() -> None:
    source = read("essai.yaml", "a: 1\nété:\n  b: [é, {c: 2}]\n")
    assert source.keys["été", "b"] == (3, 3)
    assert source.values["été", "b"] == (3, 6)
    assert source.values["été", "b", 0] == (3, 7)
    assert source.values["été", "b", 1, "c"] == (3, 14)


def test_a_byte_order_mark_and_windows_line_ends_are_accepted() -> None:
    source = read("essai.yaml", b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
    assert source.data == {"a": "1", "b": "x"}
    assert source.keys["b",] == (2, 1)


def test_a_fault_is_shown_at_the_closest_known_block() -> None:
    source = read("essai.yaml", "a:\n  b: {c: 1}\n")
    fault = source.fault(("a", "b", "absent", "plus loin"), "code", "Il manque quelque chose.")
    assert (fault.line, fault.column, fault.excerpt) == (2, 3, "  b: {c: 1}")
    assert source.resolve(("a", "une branche", "b", "[key]")) == ("a", "b")


REFUSED = [
    ("a: 1\na: 2\n", "doublon", 2, 1, "déjà écrite ligne 1"),
    ("a: {b: 1, b: 2}\n", "doublon", 1, 11, "déjà"),
    ("a: !!int 3\n", "etiquette", 1, 4, "étiquette"),
    ("a: ! x\n", "etiquette", 1, 4, "étiquette"),
    ("a: &x 1\n", "ancre", 1, 4, "ancre"),
    ("a: &x [1]\n", "ancre", 1, 4, "ancre"),
    ("a: *x\n", "ancre", 1, 4, "renvoi"),
    ("a: *\n", "syntaxe", 1, 5, "renvoi"),
    ("a: 1\n---\nb: 2\n", "documents", 2, 1, "second document"),
    ("%YAML 1.1\n---\na: 1\n", "directive", 1, 1, "directive"),
    ("%ABC\n---\na: 1\n", "syntaxe", 1, 5, "directive"),
    ("", "fichier-vide", 0, 0, "vide"),
    ("# rien\n\n", "fichier-vide", 0, 0, "vide"),
    ("---\n", "fichier-vide", 0, 0, "vide"),
    ("a:\nb: 1\n", "vide", 1, 3, "manque une valeur"),
    ("a: [x, '']\nb: {c: }\n", "vide", 2, 8, "manque une valeur"),
    (b"a: 1\nb: \xe9\n", "encodage", 2, 4, "UTF-8"),
    (b"\xff\xfea\x00", "encodage", 1, 1, "UTF-8"),
    ("a: b\x07c\n", "caractere", 1, 5, "U+0007"),
    ("a: b\u202ec\n", "caractere", 1, 5, "U+202E"),
    ("a: b\u2028c\n", "caractere", 1, 5, "U+2028"),
    ("a: \ud800\n", "caractere", 1, 4, "U+D800"),
    ('a: "\\x1b"\n', "caractere", 1, 4, "U+001B"),
    ("a:\n\tb: 1\n", "tabulation", 2, 1, "tabulation"),
    ("a:\n  \tb: 1\n", "tabulation", 2, 3, "tabulation"),
    ("? [a]\n: b\n", "cle", 1, 3, "simple mot"),
    ("a: 1\n'': b\n", "cle", 2, 1, "nom avant les deux-points"),
    ("? \n: b\n", "cle", 1, 2, "nom avant les deux-points"),
    ("titre: Modèle: x\n", "syntaxe", 1, 14, "deux-points"),
    ("a: 1\n b: 2\n", "syntaxe", 2, 3, "deux-points"),
    ("a: 1\nb\nc: 2\n", "syntaxe", 2, 1, "deux-points"),
    ("a: [b, c\nd: 1\n", "syntaxe", 1, 4, "crochet"),
    ("a: {b: c d: e}\n", "syntaxe", 1, 11, "accolade"),
    ("a: [b,\n\n", "syntaxe", 1, 7, "manque une valeur"),
    ("a: 'l'analyste'\n", "syntaxe", 1, 7, "guillemet"),
    ("a: 'x\nb: y\n", "syntaxe", 1, 4, "refermé"),
    ('a: "\\q"\n', "syntaxe", 1, 5, "après"),
    ("a: @x\n", "syntaxe", 1, 4, "commencer"),
    ("a: - b\n", "syntaxe", 1, 4, "tiret"),
    ("- a\nb: 1\n", "syntaxe", 2, 1, "tiret"),
    ("  a: 1\nb: 2\n", "syntaxe", 2, 1, "fait suite"),
    ("a: |x\n b\n", "syntaxe", 1, 5, "plusieurs lignes"),
    ("a: !<x\n", "syntaxe", 1, 7, "étiquette"),
]


@pytest.mark.parametrize(("content", "code", "line", "column", "word"), REFUSED)
def test_what_is_odd_is_refused(content: bytes | str, code: str, line: int, column: int, word: str) -> None:
    fault = only_fault(content)
    assert (fault.code, fault.line, fault.column) == (code, line, column)
    assert word in fault.sentence


def test_the_first_value_of_a_key_written_twice_stays() -> None:
    source = read("essai.yaml", "a: {b: 1}\na: {b: , c: 2}\n")
    assert source.data == {"a": {"b": "1"}}
    assert [fault.code for fault in source.faults] == ["doublon", "vide"]
    assert source.values["a", "b"] == (1, 8)


def test_several_faults_are_reported_at_once_and_leave_a_tree() -> None:
    source = read("essai.yaml", "a: &x 1\nb:\nc: !t 2\nc: 3\n")
    assert [(fault.code, fault.line) for fault in source.faults] == [
        ("ancre", 1),
        ("vide", 2),
        ("etiquette", 3),
        ("doublon", 4),
    ]
    assert source.data == {"a": "1", "b": None, "c": "2"}


def test_what_comes_before_a_syntax_error_is_reported_too() -> None:
    source = read("essai.yaml", "a:\nb: [\n")
    assert [fault.code for fault in source.faults] == ["vide", "syntaxe"]
    assert source.data is None


def test_depth_has_a_limit() -> None:
    assert read("essai.yaml", "[" * MAX_DEPTH + "a" + "]" * MAX_DEPTH).faults == ()
    fault = only_fault("[" * (MAX_DEPTH + 1) + "a" + "]" * (MAX_DEPTH + 1))
    assert (fault.code, fault.column) == ("profondeur", MAX_DEPTH + 1)


@pytest.mark.parametrize("content", ["[" * 3000, "[" * 120_000, "- " * 3000, "{a: " * 3000, "[\n" * 60_000])
def test_nested_brackets_cost_nothing(content: str) -> None:
    begin = time.perf_counter()
    assert only_fault(content).code == "profondeur"
    assert time.perf_counter() - begin < 10


@pytest.mark.parametrize("content", [b"a" * (MAX_BYTES + 1), "a" * (MAX_BYTES + 1), "é" * (MAX_BYTES // 2 + 1)])
def test_size_has_a_limit(content: bytes | str) -> None:
    fault = only_fault(content)
    assert (fault.code, fault.expected) == ("taille", "128 ko au plus")
    assert read("essai.yaml", "a: " + "b" * (MAX_BYTES - 3)).faults == ()


def test_a_fault_on_a_very_long_line_has_no_excerpt() -> None:
    fault = only_fault("a: [" + "x, " * 1000 + "&y z]\n")
    assert (fault.code, fault.column, fault.excerpt) == ("ancre", 3005, "")
