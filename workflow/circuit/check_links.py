"""Keys that mean something only together: an end, a return, a partner, a meeting, a dû ended in passing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from workflow.circuit.model import PARTNER, SYSTEM, Kind, Proof
from workflow.circuit.outline import Move, Node, Outline
from workflow.errors import Fault
from workflow.machine import LAST_EXAMINED, RESUME

_NEXT_MEETING = "prochaine séance"

_ASKS: Mapping[str, str] = {Kind.OPINION: "partenaires", Kind.ACTION: "actions"}
"""What a decision must name to open a dû of that kind: without it, nothing would open."""
_ASKED_BY = {"actions": ("INV-12", " (INV-12)")}


def without_date(outline: Outline) -> Iterator[Fault]:
    """No decision is owed at a final step, nor where a situation follows its parent."""
    for name, step in outline.steps.items():
        codes = outline.covering[name]
        due = f"la décision « {codes[0]} » y est due" if codes and codes[0] else "une décision y est due"
        if step.yes("finale") and codes:
            sentence = f"L’étape « {name} » est finale, mais {due}."
            yield step.fault("finale", sentence, "« finale », ou une décision due", at="finale")
        elif step.yes("finale") and step.yes("instruction"):
            sentence = f"L’étape « {name} » est finale : personne n’y instruit."
            yield step.fault("finale", sentence, "« finale », ou « instruction »", at="instruction")
        if step.written("sans_delai") and codes:
            sentence = f"L’étape « {name} » est sans délai, mais {due}."
            yield step.fault("sans-delai", sentence, "« sans_delai », ou une décision due", at="sans_delai")


def returns(outline: Outline) -> Iterator[Fault]:
    """A decision that leads back has something to lead back to."""
    examined = any(step.may_be("instruction") for step in outline.steps.values())
    entered = {target for move, target in outline.targets.items() if target != move.step}
    unsure = not _every_target_known(outline)
    for move in outline.moves:
        target = move.node.text("vers")
        if target == LAST_EXAMINED and not examined and not unsure:
            sentence = "Aucune étape n’est une instruction : rien à quoi revenir."
            yield move.node.fault("cible", sentence, "« instruction: oui » sur une étape", at=_at(move, "vers"))
        elif target == RESUME and move.step not in entered and not unsure:
            sentence = f"On n’entre dans l’étape « {move.step} » depuis aucune autre : rien à reprendre."
            yield move.node.fault("cible", sentence, "le nom d’une étape", at=_at(move, "vers"))


def _every_target_known(outline: Outline) -> bool:
    if len(outline.steps) < len(outline.names("etapes") or ()) or any(map(outline.doubtful_step, outline.steps)):
        return False
    back = (RESUME, LAST_EXAMINED)
    return all(target or move.node.text("vers") in back for move, target in outline.targets.items())


def _at(move: Move, key: str) -> tuple[str | int, ...]:
    return (*move.node.path, key)


def partners(outline: Outline) -> Iterator[Fault]:
    """An opinion is owed by each partner that the decision names; nothing else is, and no partner decides."""
    for code, due in outline.dues.items():
        genre, debtor = due.text("genre"), due.text("par")
        if genre and debtor and (genre == Kind.OPINION) != (debtor == PARTNER):
            sentence = (
                f"L’avis « {code} » est dû par les partenaires que la décision nomme."
                if genre == Kind.OPINION
                else f"« {PARTNER} » ne doit que des avis : « {code} » n’en est pas un."
            )
            expected = f"« par: {PARTNER} »" if genre == Kind.OPINION else "un acteur de ce circuit"
            yield due.fault("partenaire", sentence, expected, at=(*due.path, "par"))
    for move in outline.moves:
        for item in move.node.items("par"):
            if item.text == PARTNER:
                sentence = "Un partenaire donne un avis : il ne prend pas de décision."
                yield move.node.fault("partenaire", sentence, "un acteur de ce circuit", at=item.path)


def opened_with(outline: Outline) -> Iterator[Fault]:
    """A decision that opens opinions names the partners; one that opens actions names the actions."""
    for move in outline.moves:
        for item in move.node.items("doit") if not move.node.doubtful("exige") else ():
            due = outline.dues.get(item.text)
            asked = _ASKS.get(due.text("genre") or "") if due else None
            if asked and asked not in move.node.words("exige"):
                code, said = _ASKED_BY.get(asked, ("exige-manquant", ""))
                sentence = f"Cette décision ouvre « {item.text} » sans demander « {asked} »{said}."
                yield move.node.fault(code, sentence, f"« {asked} » dans « exige »", at=item.path)


def ended_in_passing(outline: Outline) -> Iterator[Fault]:
    """What a decision supposes, renders or waives may be open at its step.

    Only a decision or a task ends for sure when its steps are left: a retour may stay owed much later.
    """
    during = _during(outline)
    for move in outline.moves:
        for item in move.node.items("suppose", "rend", "dispense"):
            if item.text in during and move.step not in during[item.text]:
                sentence = f"« {item.text} » n’est jamais attendu à l’étape « {move.step} »."
                yield move.node.fault("du-ailleurs", sentence, "un dû qui peut l’être à cette étape", at=item.path)


def _during(outline: Outline) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, step in outline.steps.items():
        found[step.text("horloge") or ""].add(name)
    for code, due in outline.dues.items():
        steps = set(due.words("pendant"))
        certain = bool(steps) and steps <= outline.steps.keys() and not due.doubtful("pendant")
        if due.text("genre") in (Kind.DECISION, Kind.TASK) and certain:
            found[code] |= steps
        else:
            found.pop(code, None)
    return {code: steps for code, steps in found.items() if code not in outline.opened}


def meetings(outline: Outline) -> Iterator[Fault]:
    """A term that counts from the next meeting says whose meeting."""
    for node in (*outline.dues.values(), *outline.steps.values()):
        block = node.block("delai")
        for item in block.items("au_plus_tot_de") if block and not node.written("instance") else ():
            if item.text.startswith(_NEXT_MEETING):
                sentence = f"Rien ne dit de quelle instance est la « {_NEXT_MEETING} »."
                yield node.fault("seance-sans-instance", sentence, "« instance », avec son nom", at=item.path)


def proofs(outline: Outline) -> Iterator[Fault]:
    """A link alone shows nothing to read: it may take charge, not write (DESIGN §7)."""
    for move in outline.moves:
        written = [item for item in move.node.items("exige") if item.text != "officier"]
        if move.node.text("preuve") == Proof.LINK and written:
            sentence = f"Un simple lien ne permet pas d’écrire « {written[0].text} »."
            yield move.node.fault("preuve", sentence, "« preuve: code » ou « preuve: forte »", at=written[0].path)


def of_people_only(outline: Outline) -> Iterator[Fault]:
    """The scheduler proves nothing, grants nothing, and waits for its instant only."""
    for move in outline.moves:
        if move.node.words("par") == [SYSTEM]:
            yield from _of_people_only(move.node)


def _of_people_only(node: Node) -> Iterator[Fault]:
    for key in ("suppose", "preuve", "urgent"):
        if node.written(key):
            sentence = f"« {key} » n’a de sens que sur une décision prise par quelqu’un."
            yield node.fault("systeme", sentence, at=key)
