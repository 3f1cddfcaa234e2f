"""How one value of a circuit file is read: delays, days, yes and no, names, each with its French refusal."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, WithJsonSchema
from pydantic_core import PydanticCustomError

from workflow.delays import DELAY_EXPECTED, Delay
from workflow.meetings import MEETING_EXPECTED
from workflow.meetings import MeetingRule as Rule


class Definition(BaseModel):
    """Common ground of the models of definition files."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False, arbitrary_types_allowed=True)


def fault(code: str, sentence: str, expected: str = "") -> PydanticCustomError:
    """Build a validation error whose French text is already written; `{` and `}` in values are safe."""
    return PydanticCustomError("orp_" + code, "{sentence}", {"sentence": sentence, "expected": expected})


def read_delay(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return Delay.parse(value)
    except ValueError:
        raise fault("delai", f"« {value} » n’est pas un délai.", DELAY_EXPECTED) from None


def _yes_no(value: Any) -> Any:
    if value in ("oui", "non"):
        return value == "oui"
    if isinstance(value, bool):
        return value
    raise fault("oui_non", f"« {value} » n’est ni « oui » ni « non ».", "oui ou non")


def _offset(value: Any) -> Any:
    if isinstance(value, int):
        return value
    if not re.fullmatch(r"J[+-]\d{1,3}", str(value)):
        raise fault(
            "jalon", f"« {value} » n’est pas un jour compté depuis l’échéance.", "par exemple « J-7 » ou « J+30 »"
        )
    return int(str(value)[1:])


def _minutes(value: Any) -> Any:
    if isinstance(value, int):
        return value
    match = re.fullmatch(r"(\d{1,3}) min", str(value))
    if not match or int(match[1]) > 120:
        raise fault("minutes", f"« {value} » n’est pas un délai d’annulation.", "de « 0 min » à « 120 min »")
    return int(match[1])


# InstanceOf: without it pydantic would also build a Delay out of `{count: 3, unit: j}`.
def _rule(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return Rule.parse(value)
    except ValueError:
        raise fault("calendrier", f"« {value} » n’est pas un calendrier de séances.", MEETING_EXPECTED) from None


def written(pattern: str, description: str) -> WithJsonSchema:
    """Say to an editor how a value is written that the engine reads out of a text."""
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "description": description})


DELAY_WRITTEN = r"\d{1,4} ?(j|jo|semaine|semaines|mois)"
_DAY = r"(lundi|mardi|mercredi|jeudi|vendredi)"

AsDelay = written(DELAY_WRITTEN, "Un délai : « 30 j », « 2 jo » (jours ouvrés), « 6 semaines » ou « 3 mois ».")
_AsOffset = written(r"J[+-]\d{1,3}", "Un jour compté depuis l’échéance : « J-7 », « J+30 ».")
_AsMinutes = written(r"\d{1,3} min", "De « 0 min » à « 120 min ».")
_AsRule = written(
    rf"((1er|2e|3e|4e|dernier) {_DAY} du mois|chaque {_DAY})", "« 2e mardi du mois », ou « chaque lundi »."
)
_AsYesNo = WithJsonSchema({"type": "string", "enum": ["oui", "non"]})

DelayField = Annotated[InstanceOf[Delay], BeforeValidator(read_delay), AsDelay]
YesNo = Annotated[bool, BeforeValidator(_yes_no), _AsYesNo]
Offset = Annotated[int, BeforeValidator(_offset), _AsOffset]
Minutes = Annotated[int, BeforeValidator(_minutes), _AsMinutes]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{1,40}$")]
Title = Annotated[str, Field(min_length=1, max_length=160)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
FormName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
MeetingRule = Annotated[InstanceOf[Rule], BeforeValidator(_rule), _AsRule]
