"""To play one decision from a screen of its own: through the engine and nothing else, once whatever the clicks."""

from collections.abc import Mapping
from secrets import token_hex

from web.pages.acting import identifier, nearby, possible
from web.pages.situation import Tried
from web.visit import Visit
from workflow.asking import Act
from workflow.errors import MissingData, Refusal, StaleVersion
from workflow.model import Case
from workflow.triggers import Decision, FieldValue


def open_acts(visit: Visit) -> list[Act]:
    """Return what this person may do now on the situation of the page."""
    there = visit.situation
    return possible(visit, there, nearby(visit, [there]))


def play(visit: Visit, name: str, fields: Mapping[str, FieldValue], due: int | None = None) -> Case | Tried:
    """Play a decision over the version that the form carries; a refusal says why."""
    version = visit.typed("version")
    decision = Decision(
        id=identifier(visit.typed("identifiant")),
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
