"""What each decision must carry, and who may stand in: the invariants that need no way to be told."""

from collections import defaultdict
from collections.abc import Iterator

from workflow.circuit.exploration import HEIGHT, Taken
from workflow.circuit.model import OF_THE_DAC, REGULATORS, Issue, Kind, Level, Slot
from workflow.circuit.proof import Proof
from workflow.errors import Fault
from workflow.machine import STAY


def with_a_motif(proof: Proof) -> Iterator[Fault]:
    """INV-11: refusing, postponing, relaying, closing, withdrawing, redirecting, reopening say why, in words too."""
    for taken in proof.explored.taken:
        decision = taken.decision
        if not decision.by_system and "motif" not in decision.requires and (what := _what(proof, taken)):
            sentence = f"{proof.story(proof.explored.way(taken.before))} pourrait être {what} sans motif"
            sentence += f", par « {decision.title} »"
            yield proof.fault("INV-11", (*proof.at(taken), "exige"), sentence, "« motif » dans « exige »")


def _what(proof: Proof, taken: Taken) -> str:
    """What a decision does that needs a motif, nothing if it needs none."""
    before, after = proof.explored.step(taken.before), proof.explored.step(taken.after)
    if taken.decision.issue:
        return {Issue.CLOSED: "close", Issue.REDIRECTED: "réorientée", Issue.WITHDRAWN: "retirée"}[taken.decision.issue]
    if before.final and after.holder:
        return "rouverte"
    if taken.decision.target == STAY:
        return "ajournée" if "seance" in taken.decision.requires and _has_its_date(proof, taken) else ""
    low, high = HEIGHT[proof.house(taken.before.step)], HEIGHT[proof.house(taken.after.step)]
    if high < low:
        return "renvoyée"
    return "relayée" if high > low and before.level in REGULATORS else ""


def _has_its_date(proof: Proof, taken: Taken) -> bool:
    """True where a situation came with the date of a meeting: another date puts it off."""
    moves = [earlier for earlier in proof.explored.way(taken.before) if earlier.moves]
    return bool(moves) and "seance" in moves[-1].decision.requires


def treated_with_actions(proof: Proof) -> Iterator[Fault]:
    """INV-12: whoever begins a treatment names an action, its porteur and its date; what is observed has its date."""
    entrances: dict[str, list[Taken]] = defaultdict(list)
    for taken in proof.explored.taken:
        if taken.moves and taken.decision.target == taken.after.step:
            entrances[taken.after.step].append(taken)
    for name, all_taken in entrances.items():
        treated = any(_acts(proof, taken) for taken in all_taken)
        for taken in all_taken if treated or _concludes(proof, name) else ():
            if not _acts(proof, taken) and (treated or "prochaine_date" not in taken.decision.requires):
                title = proof.circuit.step(name).title
                sentence = f"{proof.story([*proof.explored.way(taken.before), taken])} n’aurait aucune action en cours"
                sentence += f" à l’étape « {title} », après « {taken.decision.title} »"
                expected = "« actions » dans « exige », et une action dans « doit »"
                yield proof.fault("INV-12", (*proof.at(taken), "doit"), sentence, expected)


def _acts(proof: Proof, taken: Taken) -> bool:
    return any(proof.circuit.dues[code].kind is Kind.ACTION for code in taken.decision.opens)


def _concludes(proof: Proof, name: str) -> bool:
    """True where a situation is concluded on results: something was done, or looked at, meanwhile."""
    return any("resultat" in decision.requires for decision in proof.circuit.step(name).decisions.values())


def pauses_of_askers(proof: Proof) -> Iterator[Fault]:
    """INV-18: a complement stops the clock of whoever asks for it, and no other."""
    circuit, actors = proof.circuit, proof.circuit.definition.actors
    for code, due in circuit.dues.items():
        if not due.pause:
            continue
        asked = [
            circuit.dues[opened]
            for name in due.during
            for decision in circuit.step(name).decisions.values()
            for opened in decision.opens
        ]
        debtor = actors[due.debtor].slot
        if not any(
            one.kind is Kind.COMPLEMENT and any(actors[to].slot in _same_house(debtor) for to in one.beneficiaries)
            for one in asked
        ):
            step = next((name for name in due.during if circuit.step(name).clock == code), None)
            path = ("etapes", step, "pause") if step else ("dus", code, "pause")
            sentence = f"L’horloge « {code} » pourrait s’arrêter alors que qui la tient ne demande aucun complément"
            yield proof.fault(
                "INV-18", path, sentence, "« pause » sur l’horloge de qui demande un complément seulement"
            )


def _same_house(slot: Slot) -> tuple[Slot, ...]:
    return OF_THE_DAC if slot in OF_THE_DAC else (slot,)


def somebody_else(proof: Proof) -> Iterator[Fault]:
    """INV-21: whoever holds a step has somebody above who can unblock it."""
    actors = proof.circuit.definition.actors
    for step in proof.circuit.definition.steps.values():
        own = actors.get(step.holder or "")
        if own is None or step.final or step.level is Level.FIELD:
            continue
        above = actors.get(own.supervisor or "")
        if above is None or (above.slot, above.function) == (own.slot, own.function):
            sentence = f"À l’étape « {step.title} », personne d’autre que {own.title} ne pourrait rien débloquer"
            path = ("acteurs", str(step.holder), "superieur")
            yield proof.fault("INV-21", path, sentence, "« superieur », avec une autre fonction")


def agreed_withdrawal(proof: Proof) -> Iterator[Fault]:
    """INV-22: once it is transmitted, the level that holds a situation agrees to its withdrawal."""
    actors = proof.circuit.definition.actors
    for taken in proof.explored.taken:
        level = proof.explored.step(taken.before).level
        if level not in REGULATORS or taken.decision.issue is not Issue.WITHDRAWN:
            continue
        others = [name for name in taken.decision.actors if name not in actors or str(actors[name].slot) != level]
        if others:
            sentence = (
                f"{proof.story(proof.explored.way(taken.before))} pourrait être retirée sans l’accord de qui l’examine"
            )
            yield proof.fault("INV-22", (*proof.at(taken), "par"), sentence, "seulement qui l’examine à ce niveau")
