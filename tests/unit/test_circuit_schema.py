"""The JSON Schema that editors complete from: current, in French, and true of the circuits that are right."""

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tests.mutants import national_base, small_bases
from workflow.circuit import schema
from workflow.circuit.reader import read
from workflow.circuit.values import DELAY_WRITTEN
from workflow.delays import Delay

DEFINITIONS = Path(str(resources.files("definitions")))
SCHEMA = schema.schema()
BASES = (*small_bases(), national_base())


def faults(value: Any, rule: dict[str, Any], place: str = "") -> list[str]:
    """What a tree of texts has against the few words of JSON Schema that pydantic uses."""
    if "$ref" in rule:
        rule = {**SCHEMA["$defs"][rule["$ref"].rpartition("/")[2]], **{k: v for k, v in rule.items() if k != "$ref"}}
    if "anyOf" in rule:
        tried = [faults(value, branch, place) for branch in rule["anyOf"]]
        return [] if [] in tried else min(tried, key=len)
    kinds = {"object": dict, "array": list, "string": str, "integer": str}
    if not isinstance(value, kinds[rule["type"]]):
        return [f"{place}: {rule['type']}"]
    if isinstance(value, dict):
        return _in_block(value, rule, place)
    if isinstance(value, list):
        rules = rule.get("prefixItems") or [rule["items"]] * len(value)
        return [fault for n, item in enumerate(value) for fault in faults(item, rules[n], f"{place}[{n}]")]
    return [] if _text_fits(value, rule) else [f"{place}: « {value} »"]


def _in_block(value: dict[str, Any], rule: dict[str, Any], place: str) -> list[str]:
    found = [f"{place}: {key} manque" for key in rule.get("required", []) if key not in value]
    for key, item in value.items():
        patterns = [inner for pattern, inner in rule.get("patternProperties", {}).items() if re.search(pattern, key)]
        known = rule.get("properties", {}).get(key) or next(iter(patterns), None) or rule.get("additionalProperties")
        if isinstance(known, dict):
            found += faults(item, known, f"{place}.{key}")
        elif known is not True:
            found.append(f"{place}: clé {key}")
    return found


def _text_fits(value: str, rule: dict[str, Any]) -> bool:
    if rule["type"] == "integer":
        return value.isdecimal() and rule.get("minimum", 0) <= int(value) <= rule.get("maximum", int(value))
    legal = rule.get("enum") or ([rule["const"]] if "const" in rule else [value])
    fits = rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", len(value))
    return value in legal and fits and bool(re.search(rule.get("pattern", ""), value))


def test_the_committed_schema_is_current() -> None:
    for file, made in ((schema.FILE, SCHEMA), (schema.LAYER_FILE, schema.layer_schema())):
        committed = (DEFINITIONS / file).read_text(encoding="utf-8")
        assert committed == schema.text(made), "python -m workflow.circuit.schema"
        assert json.loads(committed) == made


def test_the_shipped_circuit_names_its_schema() -> None:
    for file in (DEFINITIONS / "circuits").rglob("*.yaml"):
        named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", file.read_text(encoding="utf-8"))
        assert named, file
        wanted = schema.FILE if file.stem == "national" else schema.LAYER_FILE
        assert (file.parent / named[1]).resolve() == (DEFINITIONS / wanted).resolve()


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_right_circuits_fit_the_schema(base: Any) -> None:
    assert faults(read("x.yaml", base.scene.text).data, SCHEMA) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("niveau: terrain", "nivo: terrain"),
        ("niveau: terrain", "niveau: terrrain"),
        ("delai: 7 j\n", "delai: 7 jours\n"),
        ("pause: oui", "pause: yes"),
        ("J+7: [direction]", "J7: [direction]"),
        ("annulation: 0 min", "annulation: 0"),
        ("rappels: [J-30, J-7]", "rappels: J-30"),
        ("{apres: 90 j, depuis", "{apres: 90 jrs, depuis"),
        ("fois: 1", "fois: 12"),
        ("bornes: [3 j, 21 j]", "bornes: [3 j, 21]"),
    ],
)
def test_wrong_circuits_do_not_fit_the_schema(old: str, new: str) -> None:
    text = small_bases()[0].scene.text
    assert old in text
    assert len(faults(read("x.yaml", text.replace(old, new, 1)).data, SCHEMA)) >= 1


def properties(node: Any) -> set[str]:
    """Every key a circuit may hold."""
    if isinstance(node, dict):
        return set(node.get("properties", ())).union(*map(properties, node.values()))
    return set().union(*map(properties, node)) if isinstance(node, list) else set()


def test_every_key_is_explained_in_french() -> None:
    keys = properties(SCHEMA) | properties(schema.layer_schema())
    assert keys == schema.WORDS.keys()
    for word in schema.WORDS.values():
        assert word.endswith((".", "»."))
    assert not re.search(r'"(title|default)": "', schema.text(SCHEMA).partition('"$defs"')[2])


@pytest.mark.parametrize(
    "text", ["3 j", "2jo", "1 semaine", "12 mois", "9999 j", "3", "3 jours", "-1 j", "12345 j", "x"]
)
def test_a_delay_is_the_same_for_the_editor_and_for_the_engine(text: str) -> None:
    try:
        Delay.parse(text)
    except ValueError:
        assert not re.fullmatch(DELAY_WRITTEN, text)
    else:
        assert re.fullmatch(DELAY_WRITTEN, text)
