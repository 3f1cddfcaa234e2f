"""What may be done beside the decisions of the step, wherever something is owed (DESIGN §1)."""

from collections.abc import Callable, Mapping

from workflow.arranging import DELEGATE, PROLONG, WAIVE, delegate, dispense, prolong
from workflow.change import Change
from workflow.discharging import DISCHARGE, render
from workflow.judging import JUDGE, judge
from workflow.model import Person
from workflow.reassigning import REASSIGN, reassign
from workflow.texts import Carried
from workflow.triggers import Decision

Verb = Callable[[Change, Decision, Person], Carried]
"""Plays a verb, and returns what it carried; raises a `Refusal` if the rules say no."""

VERBS: Mapping[str, Verb] = {
    DISCHARGE: render,
    WAIVE: dispense,
    PROLONG: prolong,
    DELEGATE: delegate,
    REASSIGN: reassign,
    JUDGE: judge,
}
