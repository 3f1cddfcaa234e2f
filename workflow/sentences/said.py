"""What was written with a decision or an act: retour, motif, actions, questions, each under its title."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.arranging import PROLONG, PROLONGATIONS, WAIVERS
from workflow.circuit.compiled import Circuit
from workflow.circuit.decision_fields import DECISION_FIELDS
from workflow.texts import FINAL_PARTS

ANSWER, QUESTIONS, REVIEWED = "reponse", "questions", "version_relue"
PLAN = {"intitule": "Action", "porteur": "Portée par"}
APART = frozenset({ANSWER, QUESTIONS, REVIEWED})
"""Shown elsewhere on the page, to those they are for."""


def said(circuit: Circuit, content: Mapping[str, Any], texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what one line of the journal says in full: its motif, then its texts, each with a title."""
    motif = motif_of(circuit, content)
    lines = [("Motif", motif)] if motif else []
    return lines + list(_texts(texts))


def motif_of(circuit: Circuit, content: Mapping[str, Any]) -> str:
    """Return the motif of a decision or of an act in words, empty if it has none."""
    code: str = content.get("codes", {}).get("motif", "")
    if not code:
        return ""
    if "verbe" in content:
        reasons: str | None = PROLONGATIONS if content["verbe"] == PROLONG else WAIVERS
    else:
        reasons = circuit.decision(content["de"], content["decision"]).reasons
    return circuit.definition.reasons.get(reasons or "", {}).get(code, code)


def _texts(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name in sorted(texts, key=_place):
        if name not in APART:
            yield title_of(name), texts[name]


def title_of(name: str) -> str:
    """Return how a text of a decision is called on screen: « retour.conserve », « actions.2.porteur »."""
    field, _, part = name.partition(".")
    number, _, last = part.rpartition(".")
    if number:
        return f"{PLAN.get(last, last)} (n° {number})"
    title = FINAL_PARTS.get(part) or DECISION_FIELDS.get(field, field)
    return title[0].upper() + title[1:]


def _place(name: str) -> tuple[bool, int, str]:
    """A retour first, its text before its parts."""
    parts = ["retour.texte", *(f"retour.{part}" for part in FINAL_PARTS)]
    return name not in parts, parts.index(name) if name in parts else 0, name
