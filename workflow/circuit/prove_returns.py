"""Who hears of it: what ends a situation, or takes it from one level to another, owes a retour to all who held it."""

from collections.abc import Iterator

from workflow.circuit.exploration import HEIGHT, Taken
from workflow.circuit.model import (
    CROSSED_LEVELS,
    OF_THE_DAC,
    PARTNERS,
    REGULATORS,
    WRITER,
    DueDefinition,
    Issue,
    Level,
    Slot,
)
from workflow.circuit.proof import Proof
from workflow.circuit.source import Path
from workflow.errors import Fault
from workflow.words import enumerate_words

_TOLD: dict[str, str] = {
    WRITER: "le rédacteur",
    Slot.DAC: "le DAC",
    Slot.GOVERNANCE: "la gouvernance",
    CROSSED_LEVELS: "chaque niveau qui l’a examinée",
    PARTNERS: "les partenaires consultés",
}


def some_retour(proof: Proof) -> Iterator[Fault]:
    """INV-07: every decision that ends a situation or moves it between levels opens a retour."""
    for taken in proof.explored.taken:
        if _concerns_others(proof, taken) and not proof.retours(taken):
            what = "pourrait être close" if taken.decision.issue else "pourrait changer de niveau"
            sentence = (
                f"{proof.story(proof.explored.way(taken.before))} {what} par « {taken.decision.title} » "
                "sans que personne n’ait de retour"
            )
            yield proof.fault("INV-07", (*proof.at(taken), "doit"), sentence, "un retour dans « doit »")


def everybody_told(proof: Proof) -> Iterator[Fault]:
    """INV-08: that retour reaches the rédacteur through the DAC, and everybody who held the situation.

    A withdrawal after the transmission is told to all as well (INV-22).
    """
    for taken in proof.explored.taken:
        retours = proof.retours(taken)
        if not retours or not _concerns_others(proof, taken):
            continue
        if missing := [who for who in _owed(proof, taken) if not _reaches(proof, taken, who)]:
            sent = taken.decision.issue is Issue.WITHDRAWN and HEIGHT[taken.before.highest] > HEIGHT[Level.GOVERNANCE]
            what = "être close" if taken.decision.issue else "changer de niveau"
            have = "ait" if len(missing) == 1 and missing[0] != PARTNERS else "aient"
            sentence = (
                f"{proof.story(proof.explored.way(taken.before))} pourrait {what} par « {taken.decision.title} » "
                f"sans que {enumerate_words([_TOLD[who] for who in missing], 'et')} {have} de retour"
            )
            code = "INV-22" if sent else "INV-08"
            expected = " et ".join(f"« {'a: [redacteur]' if who == WRITER else who} »" for who in missing)
            yield proof.fault(code, _where(proof, taken, retours), sentence, f"aussi {expected} dans ce retour")


def _concerns_others(proof: Proof, taken: Taken) -> bool:
    """True for what ends a situation or takes it to another level, once somebody else than the rédacteur knew of it."""
    before, after = proof.explored.step(taken.before), proof.explored.step(taken.after)
    if not taken.moves or (before.level is Level.FIELD and not after.holder):
        return False
    if before.final or (taken.decision.when and taken.decision.when.nothing_owed):
        return bool(after.holder)  # reopened; what ends once nothing is owed was told before
    return taken.decision.issue is not None or (before.level is not after.level)


def _owed(proof: Proof, taken: Taken) -> list[str]:
    """Who must hear of it: all below whoever decides, at an end all who had a part, unless the parent's tells them."""
    here, ends = proof.house(taken.before.step), taken.decision.issue is not None
    top = taken.before.highest if ends else here
    others = [level for level in REGULATORS if level is not here and HEIGHT[level] <= HEIGHT[top]]
    follows = proof.explored.step(taken.before).no_delay
    owed = {
        WRITER: True,
        Slot.DAC: here not in (Level.FIELD, Level.DAC),
        Slot.GOVERNANCE: here in REGULATORS,
        CROSSED_LEVELS: others and not follows,
        PARTNERS: ends and taken.before.consulted and not follows,
    }
    return [who for who, due in owed.items() if due]


def _reaches(proof: Proof, taken: Taken, who: str) -> bool:
    retours = proof.retours(taken).values()
    if who == WRITER:
        return any(_reaches_writer(proof, taken, retour) for retour in retours)
    told = {name for retour in retours for name in (*retour.delivered, *retour.beneficiaries)}
    actors = proof.circuit.definition.actors
    slots = {str(actors[name].slot) for name in told if name in actors}
    if who == CROSSED_LEVELS:
        return CROSSED_LEVELS in told or _below(taken.before.highest) <= slots
    return who in told or who in slots or (who in (Slot.DAC, Slot.GOVERNANCE) and CROSSED_LEVELS in told)


def _reaches_writer(proof: Proof, taken: Taken, retour: DueDefinition) -> bool:
    """Only the DAC knows the rédacteur: it owes the last mile, whoever decides; a mere receipt will do at the start."""
    if proof.explored.step(taken.before).level is Level.FIELD and WRITER in retour.delivered:
        return True
    debtor = proof.circuit.definition.actors.get(retour.debtor)
    return WRITER in retour.beneficiaries and debtor is not None and debtor.slot in OF_THE_DAC


def _below(highest: Level) -> set[str]:
    return {str(level) for level in HEIGHT if level is not Level.FIELD and HEIGHT[level] < HEIGHT[highest]}


def _where(proof: Proof, taken: Taken, retours: dict[str, DueDefinition]) -> Path:
    """The list to add to: that of the retour, unless the decision is the local one."""
    opens = (*proof.at(taken), "doit")
    code = next((code for code in retours if code in taken.decision.opens), None)
    if code is None or (proof.is_local(opens) and not proof.is_local(("dus", code))):
        return opens
    return ("dus", code, "remis" if retours[code].delivered else "a")
