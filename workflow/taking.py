"""Which situations under way take up a version that its publisher wants them to take up (INV-20)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from workflow.change import Find
from workflow.circuit.composition import Composition, Published, name_of
from workflow.circuit.model import StepDefinition
from workflow.composing import side_of
from workflow.errors import Refusal
from workflow.model import Organisation
from workflow.proposals import Proposal
from workflow.records import Following
from workflow.triggers import Revised
from workflow.words import counted, enumerate_words

SHOWN = 3
"""References named in a refusal; the others are counted."""


@dataclass(frozen=True, slots=True)
class Taking:
    """A new version among those in force, and the organisations of the situations under way."""

    find: Find
    published: Mapping[str, Published]
    organisations: Mapping[str, Organisation]
    version: str

    def all(self, running: Sequence[Following]) -> dict[str, str]:
        """Return, by reference, the circuit each situation takes up: it would follow this version if it began today.

        A draft takes what is of the day when it is deposited; what is over keeps the version it ended under.
        """
        found: dict[str, str] = {}
        for row in running:
            circuit = self.find(row.circuit)
            wanted = self._wanted(row)
            over = circuit.step(row.step).final or row.step == circuit.initial
            if not over and wanted not in (row.circuit, row.next_circuit):
                found[row.reference] = wanted
        return found

    def _wanted(self, row: Following) -> str:
        wanted = Composition.of(row.next_circuit or row.circuit)
        dac, dd = (side_of(self.published, self.organisations[each]) for each in (row.dac, row.dd))
        if dac.key == self.version:
            wanted = replace(wanted, dac=dac.key, antenne=dac.variant(row.antenne))
        return str(replace(wanted, dd=dd.key) if dd.key == self.version else wanted)


def waits_for(row: Following, name: str) -> bool:
    """Say whether a situation is to take up a version of this layer at its next step."""
    if row.next_circuit is None:
        return False
    now, then = Composition.of(row.circuit), Composition.of(row.next_circuit)
    changed = [new for old, new in ((now.dac, then.dac), (now.dd, then.dd)) if old != new]
    return name in map(name_of, changed)


def moves(
    find: Find, proposal: Proposal, version: str, running: Sequence[Following], taking: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Revised]]:
    """Part the situations that wait for their next step from those whose step is no longer there.

    Raises:
        Refusal: where these go was not said, or is not possible.
    """
    stay, moving, nowhere = dict(taking), dict[str, Revised](), defaultdict[str, list[Following]](list)
    for row in running:
        if row.reference not in taking:
            continue
        known, here = find(taking[row.reference]).definition.steps, find(row.circuit).step(row.step)
        if row.step in known:
            continue
        to = proposal.steps.get(row.step)
        if to is None:
            nowhere[row.step].append(row)
            continue
        _check(known, here, to)
        moving[row.reference] = Revised(version, taking[row.reference], to, proposal.by)
        del stay[row.reference]
    if nowhere:
        raise Refusal(" ".join(_said(find, step, rows) for step, rows in nowhere.items()))
    unused = proposal.steps.keys() - Counter(row.step for row in running if row.reference in moving).keys()
    if unused:
        steps = enumerate_words([f"« {step} »" for step in sorted(unused)], "et")
        raise Refusal(
            f"Aucune situation n’a à quitter {steps} : --map ne sert que pour une étape occupée qui disparaît."
        )
    return stay, moving


def _check(known: Mapping[str, StepDefinition], here: StepDefinition, to: str) -> None:
    """A situation never changes level by a publication: no decision of a person would have taken it there."""
    if to not in known:
        raise Refusal(f"L’étape « {to} » n’existe pas dans la nouvelle version.")
    if known[to].level != here.level or known[to].holder is None:
        raise Refusal(
            f"« {known[to].title} » n’est pas du même niveau que « {here.title} », ou n’attend aucune décision."
        )


def _said(find: Find, step: str, rows: Sequence[Following]) -> str:
    title = find(rows[0].circuit).step(step).title
    shown = enumerate_words([row.reference for row in rows[:SHOWN]], "et")
    more = f" et {counted(len(rows) - SHOWN, 'autre')}" if len(rows) > SHOWN else ""
    return (
        f"L’étape « {title} » disparaît et {counted(len(rows), 'situation')} y {'est' if len(rows) == 1 else 'sont'} "
        f"({shown}{more}) : dites où aller, avec --map {step}=ÉTAPE."
    )
