"""By when something is owed: a delay, a meeting, the earliest of several, and what rings around that date."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, InstanceOf

from workflow.circuit.values import (
    DELAY_WRITTEN,
    AsDelay,
    Code,
    Definition,
    DelayField,
    Name,
    Offset,
    Title,
    YesNo,
    read_delay,
    written,
)
from workflow.delays import Delay


class AfterMeeting(Definition):
    """« prochaine séance + 7 j »: a number of days after the next meeting of the debtor's instance."""

    delay: DelayField


def _term(value: Any) -> Any:
    match = re.fullmatch(r"prochaine séance \+ (.+)", str(value))
    return AfterMeeting(delay=read_delay(match[1])) if match else read_delay(value)


Term = Annotated[
    InstanceOf[Delay] | InstanceOf[AfterMeeting],
    BeforeValidator(_term),
    written(rf"(prochaine séance \+ )?{DELAY_WRITTEN}", "Un délai, ou « prochaine séance + 7 j »."),
]


class Earliest(Definition):
    """The earliest of several terms; one that is not known yet is left out."""

    terms: tuple[Term, ...] = Field(alias="au_plus_tot_de", min_length=1)


UNDO = "annulation"
"""« apres: annulation »: as long as the circuit lets a validation be undone (T22)."""


def _after(value: Any) -> Any:
    return value if value == UNDO else read_delay(value)


After = Annotated[
    InstanceOf[Delay] | Literal["annulation"],
    BeforeValidator(_after),
    written(rf"({UNDO}|{DELAY_WRITTEN})", "Un délai, ou « annulation »."),
]

DueTerm = Annotated[Annotated[InstanceOf[Delay], AsDelay] | Earliest, BeforeValidator(read_delay)]

USUAL_REMINDERS = (-7, -2, 1, 7)
"""Days from the due date on which the debtor is reminded (DESIGN §4)."""


class Timing(Definition):
    """The keys a dû and the shorthand on a step have in common."""

    delay: DueTerm | None = Field(None, alias="delai")
    urgent: DelayField | None = None
    bounds: tuple[DelayField, DelayField] | None = Field(None, alias="bornes")
    pause: YesNo = False
    reminders: tuple[Offset, ...] = Field(USUAL_REMINDERS, alias="rappels")
    overrun: dict[Offset, tuple[Name, ...]] = Field(default_factory=dict, alias="depassement")
    mail: Code | None = Field(None, alias="courriel")
    body: Name | None = Field(None, alias="instance")
    """The instance whose meetings « prochaine séance » counts from."""
    set_by: Literal["national", "region", "dac", "dd"] | None = Field(None, alias="fixe_par")
    """Whose layer alone changes it; without it, the layers on the side of whoever owes it."""
    accepted_by: Title | None = Field(None, alias="accepte_par")
    accepted_on: str | None = Field(None, alias="accepte_le", pattern=r"^\d{4}-\d{2}-\d{2}$")
