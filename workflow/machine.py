"""Which decisions are legal at a step, and where they lead: the only door to `transitions`.

The library is used without a model: a machine is built once per compiled circuit and asked, never
told. Nothing else in the project decides legality.
"""

from collections.abc import Iterable

from transitions import Machine

STAY = "meme"
"""The target of a decision that leaves the situation where it is."""
RESUME = "reprise"
"""The step the situation was at before it was attached to another."""
LAST_EXAMINED = "derniere_instruction"
"""The last step where a level examined it: where a reopening comes back to."""
DYNAMIC = (STAY, RESUME, LAST_EXAMINED)
"""Targets that depend on the situation; the rules say which step each stands for."""


class Moves:
    """The legal moves of one circuit."""

    def __init__(self, initial: str, steps: Iterable[str], moves: Iterable[tuple[str, str, str]]) -> None:
        """Build from `moves`, triples (step, decision, target); the target may be one of `DYNAMIC`."""
        self._machine = Machine(
            model=None,
            states=[*steps, *DYNAMIC],
            initial=initial,
            auto_transitions=False,
            transitions=[{"trigger": decision, "source": step, "dest": target} for step, decision, target in moves],
        )

    def decisions(self, step: str) -> list[str]:
        """Return the names of the decisions that are legal at `step`."""
        return list(self._machine.get_triggers(step))

    def target(self, step: str, decision: str) -> str | None:
        """Return the step, or the dynamic target, `decision` leads to; None if it is not legal at `step`."""
        # an empty name would mean « any decision » to the library
        found = self._machine.get_transitions(decision, step) if decision else []
        return str(found[0].dest) if found else None
