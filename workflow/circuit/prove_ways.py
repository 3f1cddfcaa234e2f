"""Where a circuit can lead: up through each level in order, never without the governance, and always to an end."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from workflow.circuit.exploration import HEIGHT, Configuration, Taken, spread
from workflow.circuit.model import REGULATORS, Level, StepDefinition
from workflow.circuit.proof import Proof
from workflow.errors import Fault
from workflow.machine import DYNAMIC

VALIDATED = "validation_gouvernance"
"""The gate of the governance: nothing reaches an ARS without it (INV-02)."""

_IN_WORDS = {
    Level.FIELD: "le rédacteur",
    Level.DAC: "le DAC",
    Level.GOVERNANCE: "la gouvernance",
    Level.DD: "la DD",
    Level.REGION: "l’ARS siège",
    Level.NATIONAL: "l’équipe nationale",
}
_GIVES_A_REASON = ("motif", "questions")


def levels(proof: Proof) -> Iterator[Fault]:
    """INV-01: the five levels are there, and a situation can come before each of them."""
    held = {there.highest for there in proof.explored.configurations}
    for level in HEIGHT:
        if level is not Level.FIELD and level not in held:
            sentence = f"Aucune situation n’arriverait jamais devant {_IN_WORDS[level]} : ce niveau a disparu"
            yield proof.fault("INV-01", ("etapes",), sentence, f"une étape « niveau: {level} » que l’on peut atteindre")


def validated(proof: Proof) -> Iterator[Fault]:
    """INV-02: no way leads to an ARS without a decision of the governance."""
    for taken in proof.explored.taken:
        if taken.decision.gate == VALIDATED and proof.explored.step(taken.before).level is not Level.GOVERNANCE:
            sentence = f"« {taken.decision.title} » vaudrait accord de la gouvernance sans être une de ses décisions"
            yield proof.fault("INV-02", (*proof.at(taken), "porte"), sentence, "cette porte à la gouvernance seulement")
    for taken in proof.explored.taken:
        step = proof.explored.step(taken.after)
        if step.level in REGULATORS and VALIDATED not in taken.after.position.gates:
            way = [*proof.explored.way(taken.before), taken]
            if any(_unvalidated(proof, earlier) for earlier in way[:-1]):
                continue  # told where it first gets through
            blamed = _undone(proof, way) or proof.blamed(way)
            sentence = f"{proof.story(way)} n’aurait pas été validée par la gouvernance"
            expected = f"un chemin qui passe par « porte: {VALIDATED} », à la gouvernance"
            yield proof.fault("INV-02", (*proof.at(blamed), "vers"), sentence, expected)


def _undone(proof: Proof, way: list[Taken]) -> Taken | None:
    """The decision of a local layer that brings a validated situation back to the DAC on its way up."""
    for taken in way:
        passed = VALIDATED in taken.before.position.gates or taken.decision.gate == VALIDATED
        if passed and VALIDATED not in taken.after.position.gates and proof.is_local((*proof.at(taken), "vers")):
            return taken
    return None


def _unvalidated(proof: Proof, taken: Taken) -> bool:
    above = proof.explored.step(taken.after).level in REGULATORS
    return above and VALIDATED not in taken.after.position.gates


def no_skip(proof: Proof) -> Iterator[Fault]:
    """INV-03: a situation climbs one level at a time; coming back to where it was is no climb."""
    for taken in proof.explored.taken:
        low, high = (proof.explored.step(there).level for there in (taken.before, taken.after))
        if HEIGHT[high] > HEIGHT[low] + 1 and taken.decision.target not in DYNAMIC:
            skipped = next(level for level in HEIGHT if HEIGHT[level] == HEIGHT[low] + 1)
            way = [*proof.explored.way(taken.before), taken]
            sentence = f"{proof.story(way)} n’aurait pas été vue par {_IN_WORDS[skipped]}"
            blamed = taken if not taken.decision.by_system else proof.blamed(way)
            yield proof.fault("INV-03", (*proof.at(blamed), "vers"), sentence, f"d’abord {_IN_WORDS[skipped]}")


def somebody_decides(proof: Proof) -> Iterator[Fault]:
    """INV-04: each step where people decide is in somebody's hands, unless it follows a parent."""
    for name, step in _decided(proof):
        if step.holder is None:
            sentence = f"Personne ne serait responsable d’une situation à l’étape « {step.title} »"
            yield proof.fault("INV-04", ("etapes", name), sentence, "« responsable »")


def always_awaited(proof: Proof) -> Iterator[Fault]:
    """INV-05: wherever people are to decide, a decision is due by a date, and they are reminded of it."""
    decided = dict(_decided(proof))
    for there in proof.explored.configurations:
        if there.step in decided and not there.owed and (way := proof.explored.way(there)):
            step, last = proof.circuit.step(there.step), proof.blamed(way[-1:])
            sentence = f"{proof.story(way)} pourrait attendre à l’étape « {step.title} » sans qu’aucune date soit fixée"
            sentence += f", après « {last.decision.title} »"
            expected = "une décision qui ne solde pas le dû de cette étape, ou « prochaine_date » dans « exige »"
            yield proof.fault("INV-05", proof.at(last), sentence, expected)
    for name in decided:
        yield from _reminded(proof, name)


def _reminded(proof: Proof, name: str) -> Iterator[Fault]:
    """A draft needs no reminder afterwards: at its date it is gone."""
    step = proof.circuit.step(name)
    for code in proof.circuit.during(name):
        days = proof.circuit.dues[code].reminders
        if proof.circuit.dues[code].debtor == step.holder and not (
            any(d < 0 for d in days) and any(d > 0 for d in days)
        ):
            when = "avant" if not any(d < 0 for d in days) else "après"
            if step.level is Level.FIELD and when == "après":
                continue
            path = ("etapes", name, "rappels") if step.clock == code else ("dus", code, "rappels")
            sentence = f"Personne ne serait relancé {when} la date de « {code} », à l’étape « {step.title} »"
            yield proof.fault("INV-05", path, sentence, "au moins un rappel avant et un après : « [J-7, J+7] »")


def _decided(proof: Proof) -> Iterator[tuple[str, StepDefinition]]:
    """Steps where people are to decide."""
    for name, step in proof.circuit.definition.steps.items():
        by_people = any(not decision.by_system for decision in step.decisions.values())
        if by_people and not step.final and not step.no_delay:
            yield name, step


def always_an_end(proof: Proof) -> Iterator[Fault]:
    """INV-06: from everywhere an end can be reached, however often each bounded decision was taken."""
    saved = _saved(proof, lambda taken: taken.decision.times is None or not taken.moves)
    if len(saved) < len(proof.explored.configurations):
        saved = _saved(proof, lambda taken: not _used_up(proof, taken))
    lost = next((there for there in proof.explored.configurations if there not in saved), None)
    if lost:  # what comes after it is lost too
        way = proof.explored.way(lost)
        sentence = f"{proof.story(way)} pourrait ne plus jamais trouver de fin"
        path = (*proof.at(proof.blamed(way)), "vers") if way else ("etapes", lost.step)
        yield proof.fault("INV-06", path, sentence, "une décision sans « fois » qui mène vers une fin")


def _saved(proof: Proof, counts: Callable[[Taken], bool]) -> set[Configuration]:
    """Return the configurations from which decisions that count lead to an end."""
    back: dict[Configuration, set[Configuration]] = defaultdict(set)
    for taken in filter(counts, proof.explored.taken):
        back[taken.after].add(taken.before)
    return spread((there for there in proof.explored.configurations if _is_end(proof, there)), back)


def _is_end(proof: Proof, there: Configuration) -> bool:
    step = proof.circuit.step(there.step)
    return step.final or not step.decisions


def _used_up(proof: Proof, taken: Taken) -> bool:
    """True for a bounded decision that may be needed again once it was taken often enough."""
    if taken.decision.times is None or not taken.moves:
        return False
    return any(there.step == taken.before.step for there in spread([taken.after], proof.explored.onward))


def no_idle_round(proof: Proof) -> Iterator[Fault]:
    """INV-06: no round without a motif, questions or `fois`; what asks of others again and again is a round too."""
    idle = [taken for taken in proof.explored.taken if not _reasoned(taken)]
    rank = {there.step: -n for n, there in enumerate(reversed(proof.explored.configurations))}
    onward: dict[str, set[str]] = defaultdict(set)
    for taken in idle:
        if taken.moves:
            onward[taken.before.step].add(taken.after.step)
    for taken in idle:
        asks = not taken.moves and taken.decision.opens
        back = taken.moves and rank[taken.after.step] <= rank[taken.before.step]
        if asks or (back and taken.before.step in spread([taken.after.step], onward)):
            title = proof.circuit.step(taken.before.step).title
            sentence = f"{proof.story(proof.explored.way(taken.before))} pourrait tourner sans fin par « {title} »"
            expected = "« motif » ou « questions » dans « exige », ou « fois »"
            sentence += f" : « {taken.decision.title} » ne dit pas pourquoi"
            yield proof.fault("INV-06", proof.at(taken), sentence, expected)


def _reasoned(taken: Taken) -> bool:
    """True for what gives a reason, is bounded, or waits for its instant."""
    decision = taken.decision
    return bool(set(_GIVES_A_REASON) & set(decision.requires)) or decision.times is not None or decision.by_system
