"""The version relue that the tool proposes: coded answers in words, then the texts, for a person to rewrite."""

from collections.abc import Iterator, Mapping

from workflow.circuit.compiled import Circuit
from workflow.sentences.titles import title_of
from workflow.territories import DepartementCode, UnknownPlace, departement

TEXTS = {
    "resume": "Les faits",
    "pourquoi": "Pourquoi",
    "impact": "Les conséquences",
    "compensations": "En attendant",
    "preconisations": "Ce qui aiderait",
}
"""Texts of the forms that a reader above the DAC needs, and how each part begins."""


def proposal(circuit: Circuit, where: str, answers: Mapping[str, str]) -> str:
    """Return a text to rewrite: age band, département (`where`, its code), types of actors; then what was typed."""
    return "\n".join((*_known(circuit, where, answers), *_typed(answers)))


def _known(circuit: Circuit, where: str, answers: Mapping[str, str]) -> Iterator[str]:
    """What is coded: it names nobody by construction."""
    age = circuit.fields["age"].values.get(answers.get("age", ""), "") if "age" in circuit.fields else ""
    yield f"Une personne{f' de {age}' if age else ''}, département {_named(where)}."
    yield f"{title_of(circuit, answers, '')}."


def _typed(answers: Mapping[str, str]) -> Iterator[str]:
    for name, heading in TEXTS.items():
        if text := answers.get(name):
            yield f"{heading} : {text}"


def _named(code: str) -> str:
    try:
        return departement(DepartementCode(code)).name
    except UnknownPlace:
        return code
