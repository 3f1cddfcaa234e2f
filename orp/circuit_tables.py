"""What a circuit holds, in tables: its steps, its clocks, its retours. Names are those its authors write."""

from collections.abc import Sequence
from typing import Any

from workflow.circuit.compiled import Circuit
from workflow.circuit.differences import delay_in_words
from workflow.circuit.model import DueDefinition, Kind, StepDefinition
from workflow.words import counted, enumerate_words


def described(file: str, circuit: Circuit) -> dict[str, Any]:
    """Return what a circuit holds, ready to be drawn or given to a program."""
    definition = circuit.definition
    dated = {code: due for code, due in circuit.dues.items() if due.delay or due.kind is Kind.DECISION}
    retours = [_retour(code, due) for code, due in circuit.dues.items() if due.kind is Kind.RETOUR]
    return {
        "fichier": file,
        "circuit": definition.name,
        "version": definition.version,
        "titre": definition.title,
        "fiches": list(definition.forms),
        "decisions": sum(len(step.decisions) for step in definition.steps.values()),
        "etapes": [_step(circuit, name, step) for name, step in definition.steps.items()],
        "horloges": [_clock(circuit, code, due) for code, due in dated.items()],
        "retours": retours,
    }


def _step(circuit: Circuit, name: str, step: StepDefinition) -> dict[str, Any]:
    clocks = [code for code in circuit.during(name) if circuit.dues[code].kind is Kind.DECISION]
    people = dict.fromkeys(actor for decision in step.decisions.values() for actor in decision.actors)
    return {
        "etape": name,
        "titre": step.title,
        "niveau": str(step.level),
        "responsable": step.holder or "",
        "decident": list(people),
        "decisions": len(step.decisions),
        "horloges": {code: delay_in_words(circuit.dues[code]) for code in clocks},
        "sans_delai": step.no_delay or "",
    }


def _clock(circuit: Circuit, code: str, due: DueDefinition) -> dict[str, Any]:
    return {
        "code": code,
        "genre": str(due.kind),
        "par": due.debtor,
        "delai": delay_in_words(due),
        "bornes": [bound.in_words() for bound in due.bounds or ()],
        "urgent": due.urgent.in_words() if due.urgent else "",
        "etapes": [name for name in due.during if name in circuit.definition.steps],
    }


def _retour(code: str, due: DueDefinition) -> dict[str, Any]:
    return {
        "code": code,
        "par": due.debtor,
        "remis": list(due.delivered),
        "a": list(due.beneficiaries),
        "delai": delay_in_words(due),
        "renouvelle": due.renewed.in_words() if due.renewed else "",
    }


def brief(told: dict[str, Any]) -> str:
    """Return a circuit in one line."""
    parts = [
        counted(len(told["etapes"]), "étape"),
        counted(told["decisions"], "décision"),
        counted(len(told["horloges"]), "horloge"),
        counted(len(told["retours"]), "retour"),
    ]
    return f"{told['fichier']} : circuit {told['circuit']}, version {told['version']}, {enumerate_words(parts, 'et')}."


def steps(told: dict[str, Any]) -> list[Sequence[str]]:
    """Return the rows of the table of steps."""
    return [
        (
            step["etape"],
            step["niveau"],
            step["responsable"] or "–",
            ", ".join(step["decident"]),
            str(step["decisions"]),
            "\n".join(f"{code} : {delay}" for code, delay in step["horloges"].items()) or step["sans_delai"] or "–",
        )
        for step in told["etapes"]
    ]


def clocks(told: dict[str, Any]) -> list[Sequence[str]]:
    """Return the rows of the table of clocks."""
    return [
        (c["code"], c["genre"], c["par"], c["delai"] or "–", " à ".join(c["bornes"]) or "–", c["urgent"] or "–")
        for c in told["horloges"]
    ]


def retours(told: dict[str, Any]) -> list[Sequence[str]]:
    """Return the rows of the table of retours."""
    return [
        (r["code"], ", ".join(r["remis"]) or "–", ", ".join(r["a"]) or "–", r["par"], r["delai"] or "–")
        for r in told["retours"]
    ]
