"""A proof under way: the ways a circuit allows, the place of each of its values, the story told of a flaw."""

from collections.abc import Iterable

from workflow.circuit.compiled import Circuit
from workflow.circuit.exploration import Exploration, Taken
from workflow.circuit.model import LEVEL_OF_SLOT, DueDefinition, Kind, Level
from workflow.circuit.source import Path, Source
from workflow.errors import Fault

_STATES = ("ée", "ie", "ise", "ite", "ose", "ue", "erte")
"""How a step's title ends its first word when it says in what state a situation is: « Déposée »."""
_PLACES = ("À", "Au", "En", "Non")
_MOST_STOPS = 7


class Proof:
    """One circuit to be proved, with one place for each of its values."""

    def __init__(self, circuit: Circuit, source: Source) -> None:
        self.circuit, self.source = circuit, source
        self.explored = Exploration(circuit)
        self._home = self._file(("etapes", circuit.initial))

    def fault(self, code: str, path: Path, sentence: str, expected: str) -> Fault:
        """Make a fault at the value under `path`, or at the key of the closest block that stands in a file."""
        at_key = path in self.source.values and len(path) < len(("etapes", "", "decisions", "", ""))
        return self.source.fault(path, code, f"{sentence} ({code}).", expected, at_key=at_key)

    def story(self, way: Iterable[Taken]) -> str:
        """Tell a way by the steps it comes to: « Une situation déposée, en analyse, proposée à la gouvernance »."""
        titles = [self.circuit.step(taken.after.step).title for taken in way if taken.moves]
        stops = [_said(title) for n, title in enumerate(titles) if title not in titles[n - 1 : n]]
        if len(stops) > _MOST_STOPS:
            stops = [*stops[:3], f"… {stops[-3]}", *stops[-2:]]
        return f"Une situation {', '.join(stops).replace(', …', '…') or 'à peine commencée'}"

    def blamed(self, way: list[Taken]) -> Taken:
        """Return the decision to look at: the last that a local layer leads elsewhere, else the last of a person."""
        local = [taken for taken in way if self.is_local((*self.at(taken), "vers"))]
        by_people = [taken for taken in way if not taken.decision.by_system]
        return (local or by_people or way)[-1]

    def at(self, taken: Taken) -> Path:
        """Return the path of a decision."""
        return ("etapes", taken.before.step, "decisions", taken.name)

    def is_local(self, path: Path) -> bool:
        """True for what another layer than the lowest circuit says."""
        return self._file(path) != self._home

    def house(self, name: str) -> Level:
        """Return the level of whoever holds a step: a refusal of the governance is in the hands of the DAC."""
        step = self.circuit.step(name)
        holder = self.circuit.definition.actors.get(step.holder or "")
        return LEVEL_OF_SLOT[holder.slot] if holder else step.level

    def retours(self, taken: Taken) -> dict[str, DueDefinition]:
        """Return the retours a decision opens; the scheduler carries out what somebody decided, and answered then."""
        decisions = [taken.decision]
        if since := taken.decision.when and taken.decision.when.since:
            steps = self.circuit.definition.steps.values()
            decisions += [step.decisions[since] for step in steps if since in step.decisions]
        dues = {code: self.circuit.dues[code] for decision in decisions for code in decision.opens}
        return {code: due for code, due in dues.items() if due.kind is Kind.RETOUR}

    def _file(self, path: Path) -> str:
        while path and path not in self.source.values:
            path = path[:-1]
        return self.source.origins.get(path, self.source.text).file


def _said(title: str) -> str:
    word = title.split()[0].rstrip(",")
    if word.endswith(_STATES) or word in _PLACES:
        return title[0].lower() + title[1:]
    return f"passée par « {title} »"
