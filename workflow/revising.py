"""A step that a new version of the circuit no longer has: the situations there go where the publisher said."""

from workflow.change import Change
from workflow.circuit.model import Kind
from workflow.errors import Refusal
from workflow.following import take_up
from workflow.model import Status
from workflow.obligations import discharge, open_covering
from workflow.triggers import Revised


def revise(change: Change, trigger: Revised) -> None:
    """Leave the step for the one that replaces it: dates that still run there stay, what only the old step owed ends.

    Raises:
        Refusal: something is owed to somebody that the new version does not know.
    """
    case, left, before = change.case, change.case.step, change.circuit
    circuit = change.find(trigger.circuit)
    for obligation in change.still_open():
        new = circuit.dues.get(obligation.code)
        covered = left in before.dues[obligation.code].during
        if obligation.kind in (Kind.DECISION, Kind.TASK) and covered and (not new or trigger.step not in new.during):
            discharge(change, obligation, f"version {trigger.version}", Status.LAPSED)
        elif not new:
            raise Refusal(
                f"Sur {case.reference}, le dû « {obligation.code} » court encore et la nouvelle version ne le connaît "
                "pas : gardez-le dans le circuit, ou publiez pour les nouvelles situations seulement."
            )
    followed = case.circuit
    take_up(change, circuit)
    case.step, case.entered_at, case.settled_at = trigger.step, change.at, change.at
    case.examined = trigger.step if case.examined == left else case.examined
    for code in circuit.during(trigger.step):
        open_covering(change, code)
    moved = {"de": left, "vers": trigger.step, "version": trigger.version}
    change.note("circuit", {"de": followed, "vers": case.circuit}, trigger.by)
    change.record("etape_remplacee", moved, trigger.by)
