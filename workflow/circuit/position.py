"""Where a situation is, and what of its way decides where it may go: one reckoning for the engine and the proof."""

from dataclasses import dataclass, replace

from workflow.circuit.model import DecisionDefinition, Level, StepDefinition
from workflow.machine import LAST_EXAMINED, RESUME, STAY

_ATTACHING = "parent"
"""The field by which a decision attaches a situation to another: it then comes back here."""


@dataclass(frozen=True, slots=True)
class Position:
    """The step, the one to come back to, the last one where a level examined it, the gates passed since the DAC."""

    step: str
    resumes: str | None = None
    examined: str | None = None
    gates: tuple[str, ...] = ()

    def landing(self, target: str) -> str | None:
        """Return the step a target stands for, None where there is nothing to come back to."""
        return {STAY: self.step, RESUME: self.resumes, LAST_EXAMINED: self.examined}.get(target, target)

    def deciding(self, decision: DecisionDefinition) -> "Position":
        """Return what is remembered of a decision, before it leads anywhere."""
        gates, resumes = self.gates, self.resumes
        if _ATTACHING in decision.requires:
            resumes = self.step
        elif decision.target in (RESUME, LAST_EXAMINED):  # on its own path again, detached or reopened (INV-33)
            resumes = None
        if decision.gate and decision.gate not in gates:
            gates = (*gates, decision.gate)
        return replace(self, resumes=resumes, gates=gates)

    def entering(self, name: str, step: StepDefinition) -> "Position":
        """Return the position once a step is entered.

        Back in the hands of the DAC, every gate is to be passed anew; what a level above examined is then no
        place to come back to (INV-02): a reopening comes back here.
        """
        returned = step.level in (Level.FIELD, Level.DAC) and bool(step.holder)
        here = step.examines or (returned and self.gates)
        return Position(name, self.resumes, name if here else self.examined, () if returned else self.gates)
