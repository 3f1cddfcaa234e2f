"""To play one act of a form: through the engine and nothing else, once whatever the clicks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from web.visit import Visit
from workflow.asking import Act, acts
from workflow.errors import MissingData, Refusal, StaleVersion
from workflow.model import Case, Decision, FieldValue

GONE = "Cet acte n’est plus possible à cette étape."

SCREENS = {"deposer": "fiche", "enregistrer_analyse": "analyse", "relire": "version-relue"}
"""Decisions that have a screen of their own: the last word of its address."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An act that was just refused: what was typed is kept, and why it was refused is said."""

    act: str
    due: int | None
    form: Any
    faults: Sequence[str]
    stale: bool = False

    @property
    def status(self) -> int:
        """What the page answers."""
        return 409 if self.stale else 422


def possible(visit: Visit) -> list[Act]:
    """Return what this person may do now on the situation of the page."""
    there = visit.situation
    with visit.services.store.reading() as work:
        directory = work.screens.directory()
    return acts(there.circuit, there.dossier, visit.who, directory, visit.now)


def play(visit: Visit, name: str, fields: Mapping[str, FieldValue], due: int | None = None) -> Case | Tried:
    """Play an act over the version that the form carries; a refusal says why."""
    version = visit.typed("version")
    decision = Decision(
        id=f"web-{visit.typed('identifiant')[:64]}",
        reference=visit.situation.dossier.case.reference,
        name=name,
        by=visit.who.id,
        fields=fields,
        due=due,
        expected_version=int(version) if version.isdecimal() else -1,
        salt=token_hex(16),
    )
    result = visit.services.engine.decide([decision])[0]
    if not isinstance(result, Refusal):
        return result
    faults = result.faults if isinstance(result, MissingData) else (str(result),)
    return Tried(name, due, visit.form, faults, isinstance(result, StaleVersion))
