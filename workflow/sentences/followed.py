"""Which circuit a situation followed when a line of its journal was written: a line is read with that one."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime

from workflow.circuit.compiled import Circuit
from workflow.model import Case
from workflow.records import Entry


class Followed:
    """The circuits one situation followed, one after the other."""

    def __init__(self, get: Callable[[str], Circuit], case: Case, entries: Iterable[Entry]) -> None:
        self._get = get
        taken = [(entry, json.loads(entry.content)) for entry in entries if entry.kind == "circuit"]
        self._first = taken[0][1]["de"] if taken else case.circuit
        self._taken = [
            (entry.seq, datetime.fromisoformat(entry.effective_at), str(content["vers"])) for entry, content in taken
        ]

    def at(self, seq: int) -> Circuit:
        """Return the circuit followed when that line of the journal was written."""
        return self._get(next((key for n, _, key in reversed(self._taken) if n < seq), self._first))

    def on(self, instant: datetime) -> Circuit:
        """Return the circuit followed at an instant (UTC): the one taken up then, if any."""
        return self._get(next((key for _, since, key in reversed(self._taken) if since <= instant), self._first))
