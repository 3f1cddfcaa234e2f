"""No word of pydantic or libyaml reaches the user: every error the models can make has its French text."""

import re
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError, create_model
from pydantic_core import ErrorDetails

from workflow.circuit import model as models
from workflow.circuit import syntax
from workflow.circuit.forms import FormDefinition
from workflow.circuit.french import CATALOGUE, PATTERNS, closest, one_of, translate, unknown
from workflow.circuit.model import CircuitDefinition, DueDefinition
from workflow.circuit.reader import read
from workflow.circuit.typology import TypologyDefinition
from workflow.circuit.validation import legal_keys, validate
from workflow.circuit.values import DelayField, fault
from workflow.errors import Fault

ENGLISH = set(
    re.findall(
        r"[a-z]+",
        """input should be valid field required extra inputs not permitted string expected found while parsing
        mapping values allowed here could did block scalar the least most items after validation characters
        match pattern dictionary integer unable parse number than equal greater less must have object is of
        or and with key keys missing unknown error value unexpected scanning quoted flow node content start
        token cannot any line column list tuple boolean one given at to for in indentation undefined alias
        anchor end stream""",
    )
)
"""Words of the messages of pydantic and libyaml."""

PRODUCES: dict[str, set[str]] = {
    "model": {"model_type"},
    "model-fields": {"model_type", "missing", "extra_forbidden"},
    "str": {
        "string_type",
        "string_unicode",
        "string_too_short",
        "string_too_long",
        "string_pattern_mismatch",
    },
    "int": {
        "int_type",
        "int_parsing",
        "int_parsing_size",
        "int_from_float",
        "greater_than_equal",
        "less_than_equal",
    },
    "bool": {"bool_type", "bool_parsing"},
    "enum": {"enum"},
    "literal": {"literal_error"},
    "dict": {"dict_type", "too_short", "too_long"},
    "tuple": {"tuple_type", "missing", "too_short", "too_long"},
    "is-instance": {"is_instance_of"},
    "function-before": {"value_error", "assertion_error"},
    "function-plain": {"value_error", "assertion_error"},
    "dataclass": {"dataclass_type", "is_instance_of"},
    "dataclass-args": {"missing"},
    "union": set(),
    "tagged-union": set(),  # the tag is chosen by us and always one of the branches
    "default": set(),
    "nullable": set(),
    "definitions": set(),
    "definition-ref": set(),
    "json-or-python": set(),
}
"""Core schema of pydantic -> the errors it can make; a schema that is not here fails the test below."""


def schemas(node: Any) -> Iterator[dict[str, Any]]:
    """Walk what pydantic compiled; the branch for JSON is never taken, the files are read by us."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str) and node["type"] not in {"no-info", "with-info"}:
            yield node
        skipped = {"json_schema"} if node.get("type") == "json-or-python" else set()
        for key, value in node.items():
            if key not in {"metadata", "serialization", "ref", "cls", *skipped}:
                yield from schemas(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from schemas(value)


def reachable() -> Iterator[dict[str, Any]]:
    for root in (CircuitDefinition, FormDefinition, TypologyDefinition):
        for schema in schemas(root.__pydantic_core_schema__):
            if schema["type"] not in {"model-field", "dataclass-field"}:
                yield schema


def english_in(text: str) -> set[str]:
    """English words outside what the author wrote himself, which is between « and »."""
    return set(re.findall(r"[^\W\d_]+", re.sub(r"«[^»]*»", "", text).lower())) & ENGLISH


def assert_french(faults: tuple[Fault, ...] | list[Fault]) -> None:
    for each in faults:
        assert each.sentence
        assert each.sentence[-1] in ".?"
        assert not english_in(each.sentence + " " + each.expected), each
        assert "'" not in re.sub(r"«[^»]*»", "", each.sentence + each.expected), each


def test_every_reachable_error_has_its_french_text() -> None:
    found = {schema["type"] for schema in reachable()}
    assert found <= set(PRODUCES), found - set(PRODUCES)
    types = set().union(*(PRODUCES[name] for name in found)) - {"extra_forbidden"}
    assert types <= set(CATALOGUE), types - set(CATALOGUE)


def test_every_pattern_has_its_french_text() -> None:
    patterns = {schema["pattern"] for schema in reachable() if schema.get("pattern")}
    assert patterns <= set(PATTERNS)


BROKEN: list[tuple[Any, str, str]] = [
    ({}, "missing", "genre"),
    ({"genre": "retuor"}, "enum", "vouliez-vous dire « retour »"),
    ({"genre": "x"}, "enum", "n’est pas permis"),
    ({"genre": ["retour"]}, "enum", "pas une liste"),
    ({"delais": "3 j"}, "extra_forbidden", "vouliez-vous dire « delai »"),
    ({"zzz": "3 j"}, "extra_forbidden", "« zzz » n’existe pas."),
    ({"par": ["dd"]}, "string_type", "pas une liste"),
    ({"par": {"x": "y"}}, "string_type", "pas un bloc de clés"),
    ({"par": "x y"}, "string_pattern_mismatch", "forme"),
    ({"accepte_par": ""}, "string_too_short", "trop court"),
    ({"accepte_par": "x" * 161}, "string_too_long", "trop long"),
    ({"a": "dd"}, "tuple_type", "Une liste"),
    ({"depassement": "J+7"}, "dict_type", "Un bloc de clés"),
    ({"bornes": ["1 j"]}, "missing", "manque une valeur"),
    ({"bornes": ["1 j", "2 j", "3 j"]}, "too_long", "trop d’éléments"),
    ({"delai": {"au_plus_tot_de": []}}, "too_short", "pas assez"),
    ({"delai": ["3 j"]}, "is_instance_of", "Un délai"),
    ({"delai": "15 jour"}, "orp_delai", "n’est pas un délai"),
    ({"delai": {"au_plus_tot_de": ["15 jour"]}}, "orp_delai", "n’est pas un délai"),
    ({"pause": "peut-être"}, "orp_oui_non", "ni « oui » ni « non »"),
    ({"pause": {"x": "y"}}, "orp_oui_non", "Un texte"),
    ({"rappels": ["demain"]}, "orp_jalon", "échéance"),
    ({"depassement": {"demain": ["dd"]}}, "orp_jalon", "échéance"),
]


def errors(model: type[BaseModel], data: Any) -> list[ErrorDetails]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return caught.value.errors(include_url=False)


@pytest.mark.parametrize(("data", "kind", "word"), BROKEN)
def test_a_refusal_reads_in_french(data: Any, kind: str, word: str) -> None:
    found = [error for error in errors(DueDefinition, data) if error["type"] == kind]
    assert found
    said = [translate(error, legal_keys(DueDefinition, error["loc"])) for error in found]
    assert any(word in french.sentence for french in said), said
    assert_french([Fault("x", 1, 1, french.code, french.sentence, "", french.expected) for french in said])


@pytest.mark.parametrize(
    ("annotation", "value", "word"),
    [
        (models.CircuitDefinition.model_fields["version"], "un", "nombre entier"),
        (models.CircuitDefinition.model_fields["version"], "0", "trop petit"),
        (models.DecisionDefinition.model_fields["times"], "10", "trop grand"),
        (models.CircuitDefinition.model_fields["undo"], "3 h", "délai d’annulation"),
        (models.CircuitDefinition.model_fields["steps"], {}, "pas assez"),
        (models.CircuitDefinition.model_fields["version"], "9" * 5000, "nombre entier"),
        (models.When.model_fields["after"], {"x": "y"}, "Un délai"),
    ],
)
def test_numbers_and_sizes_read_in_french(annotation: Any, value: Any, word: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(annotation.rebuild_annotation()).validate_python(value)
    french = translate(caught.value.errors(include_url=False)[0])
    assert word in french.sentence
    assert len(french.sentence) < 200


def test_an_unknown_type_of_error_still_reads_in_french() -> None:
    strange = ErrorDetails(type="never_seen", loc=("x",), msg="Something broke", input="x")
    assert translate(strange).sentence == "Cette valeur ne convient pas."


def test_braces_and_endless_values_do_no_harm() -> None:
    loud: Any = create_model("Loud", x=(DelayField, ...))
    braces = translate(errors(loud, {"x": "{sentence} {0}"})[0])
    assert "« {sentence} {0} » n’est pas un délai." in braces.sentence
    endless = translate(errors(loud, {"x": "9" * 10_000})[0])
    assert len(endless.sentence) < 400
    assert fault("x", "Une phrase.").type == "orp_x"


def test_legal_keys_follow_the_models() -> None:
    assert "vers" in legal_keys(CircuitDefinition, ("etapes", "titre", "decisions", "vers", "zzz"))
    assert legal_keys(CircuitDefinition, ("dus", "D1", "delai", "Earliest", "zzz")) == ["au_plus_tot_de"]
    assert "circuit" in legal_keys(CircuitDefinition, ("zzz",))
    assert legal_keys(CircuitDefinition, ("motifs", "x", "y", "zzz")) == []


@pytest.mark.parametrize(
    ("due", "codes"),
    [
        ("{genre: action, par: dac, delai: [3 j]}", ["type"]),
        ("{genre: action, par: dac, delai: {count: 3, unit: j}}", ["cle-manquante", *["cle-inconnue"] * 2]),
        ("{genre: action, par: dac, urgent: {count: 3, unit: j}}", ["type"]),
        ("{genre: action, par: dac, delai: {au_plus_tot_de: [{delay: 3 j}]}}", ["type"]),
        ("{genre: , par: dac}", ["vide"]),
        ("{genre: action, par: [dac], bornes: [1 j]}", ["type", "longueur"]),
    ],
)
def test_one_mistake_is_told_once(due: str, codes: list[str]) -> None:
    checked = validate(read("essai.yaml", due), DueDefinition)
    assert sorted(each.code for each in checked.faults) == sorted(codes)
    assert_french(checked.faults)


def libyaml_problems() -> list[str]:
    """What libyaml can say, read in its binary, so that an update that says more is noticed."""
    folder = Path(yaml.__file__).parent
    binary = next(path for end in EXTENSION_SUFFIXES for path in folder.glob(f"_yaml*{end}"))
    texts = {match.decode() for match in re.findall(rb"[ -~]{8,}", binary.read_bytes())}
    begins = ("did not find", "could not find", "found ", "mapping ", "block sequence entries")
    return sorted(text for text in texts if text.startswith(begins) and "->" not in text)


NEVER = ("found duplicate anchor", "found undefined alias", "did not find expected <stream-start>")
"""Said by the composer, which is not used, or never said of a text."""


def test_libyaml_is_never_quoted() -> None:
    problems = [text for text in libyaml_problems() if not text.startswith(NEVER)]
    if len(problems) < 25:
        pytest.skip("libyaml is not inside PyYAML's own binary here")
    mark = yaml.Mark("x", 0, 2, 4, None, 0)
    for problem in problems:
        told = syntax.explain(yaml.MarkedYAMLError("while parsing", None, problem, mark))
        assert (told.line, told.column) == (3, 5)
        assert told.sentence != "Cette ligne ne peut pas être lue.", problem
        assert_french([Fault("x", 1, 1, "syntaxe", told.sentence, "", told.expected)])


def test_what_libyaml_may_say_one_day_reads_in_french() -> None:
    assert_french([Fault("x", 1, 1, "", *syntax.explain(yaml.YAMLError("new"))[2:])])
    assert syntax.explain(yaml.MarkedYAMLError(problem="brand new")).line == 1


def test_suggestions() -> None:
    assert closest("annaliste", ["analyste", "dd"]) == "analyste"
    assert unknown("L’acteur", "zz", ["dd"]) == ("L’acteur « zz » n’existe pas.", "l’un de ces noms : « dd »")
    assert unknown("L’acteur", "zz", []) == ("L’acteur « zz » n’existe pas.", "")
    assert one_of([str(n) for n in range(30)]).endswith("« 19 », …")
