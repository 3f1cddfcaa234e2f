"""Which decisions are legal at a step, and where they lead: the only door to `transitions`.

The library is used without a model: a machine is built once per compiled circuit and asked, never
told. Nothing else in the project decides legality.
"""

from collections.abc import Iterable

from transitions import Machine

STAY = "meme"
"""The target of a decision that leaves the situation where it is."""


class Moves:
    """The legal moves of one circuit."""

    def __init__(self, initial: str, steps: Iterable[str], moves: Iterable[tuple[str, str, str]]) -> None:
        """Build from `moves`, triples (step, decision, target); the target may be `STAY`."""
        self._machine = Machine(
            model=None,
            states=list(steps),
            initial=initial,
            auto_transitions=False,
            transitions=[
                {"trigger": decision, "source": step, "dest": "=" if target == STAY else target}
                for step, decision, target in moves
            ],
        )

    def decisions(self, step: str) -> list[str]:
        """Return the names of the decisions that are legal at `step`."""
        return list(self._machine.get_triggers(step))

    def target(self, step: str, decision: str) -> str | None:
        """Return the step `decision` leads to from `step`, or None if it is not legal there."""
        found = self._machine.get_transitions(decision, step)
        return str(found[0].dest) if found else None
