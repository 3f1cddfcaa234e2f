"""Every dû must have a debtor, somebody it is owed to, an end, and a way to open (DESIGN §1, §4)."""

from collections.abc import Iterator

from workflow.circuit.model import CALL_BACK, SYSTEM, WRONG_ADDRESS, Kind
from workflow.circuit.outline import Node, Outline
from workflow.circuit.source import Path
from workflow.delays import Delay
from workflow.errors import Fault

_TIMING = ("delai", "urgent", "bornes", "pause", "rappels", "depassement", "instance")


def openings(outline: Outline) -> Iterator[Fault]:
    """A dû opens with its steps (`pendant`) or by a decision (`doit`): one of the two, never both."""
    blind = any(move.node.doubtful("doit") for move in outline.moves)
    for code, due in outline.dues.items():
        if due.text("genre") == Kind.DECISION and not due.filled("pendant"):
            sentence = f"Rien ne dit pendant quelles étapes la décision « {code} » est due."
            yield due.fault("du-sans-etape", sentence, "« pendant », avec une ou plusieurs étapes")
        elif code in (CALL_BACK, WRONG_ADDRESS) and due.text("genre") == Kind.TASK:
            continue  # opened by the rédacteur's « non », by the mail server's refusal
        elif not due.filled("pendant") and code not in outline.opened and not blind:
            sentence = f"Rien n’ouvre jamais le dû « {code} »."
            yield due.fault("du-jamais-ouvert", sentence, "son nom dans un « doit », ou « pendant »")
    for move in outline.moves:
        for item in move.node.items("doit"):
            if item.text in outline.clocks or (item.text in outline.dues and outline.dues[item.text].filled("pendant")):
                sentence = f"« {item.text} » s’ouvre avec l’étape : une décision ne peut pas l’ouvrir aussi."
                yield move.node.fault("du-deux-fois", sentence, "un dû sans « pendant »", at=item.path)


def dates(outline: Outline) -> Iterator[Fault]:
    """What somebody is waiting for needs a date (DESIGN: nothing waits without a name and a date on it)."""
    for code, due in outline.dues.items():
        genre = due.text("genre")
        told = due.filled("a") or due.filled("pendant")
        if not due.written("delai") and (genre in (Kind.DECISION, Kind.COMPLEMENT) or (genre == Kind.RETOUR and told)):
            sentence = f"Le dû « {code} » n’a pas de fin : il n’a pas de délai."
            yield due.fault("du-sans-fin", sentence, "« delai », par exemple « 15 j »")
        if genre == Kind.RETOUR and not (due.filled("a") or due.filled("remis")):
            sentence = f"Personne ne reçoit le retour « {code} »."
            yield due.fault("retour-sans-destinataire", sentence, "« a », « remis », ou les deux")


def misplaced_keys(outline: Outline) -> Iterator[Fault]:
    """Refuse a key that has no meaning for that kind of dû, and a dû the scheduler would owe."""
    for due in outline.dues.values():
        genre = due.text("genre")
        if genre is None:
            continue
        retour = genre == Kind.RETOUR
        if due.filled("remis") and not retour:
            yield due.fault("cle-deplacee", "« remis » n’a de sens que sur un retour.", at="remis")
        if due.written("fiche") and genre != Kind.TASK:
            yield due.fault("cle-deplacee", "Seule une tâche attend une fiche.", at="fiche")
        if due.yes("pause") and genre != Kind.DECISION:
            yield due.fault("INV-18", "Seule l’horloge d’une décision peut être en pause (INV-18).", at="pause")
        if due.written("renouvelle") and not (retour and due.filled("pendant")):
            sentence = "« renouvelle » n’a de sens que sur un retour qui a « pendant »."
            yield due.fault("cle-deplacee", sentence, at="renouvelle")
        if due.text("par") == SYSTEM and (not retour or due.filled("a") or due.filled("pendant")):
            sentence = "Le système ne doit rien à personne : il ne peut que remettre un retour aussitôt."
            yield due.fault("systeme", sentence, "une personne, ou un retour avec « remis » seul", at="par")


def step_clocks(outline: Outline) -> Iterator[Fault]:
    """`horloge` needs a debtor and a term; the keys of a clock need `horloge` (DESIGN §5)."""
    for name, step in outline.steps.items():
        if step.written("horloge"):
            missing = [key for key in ("responsable", "delai") if not step.written(key)]
            for key in missing:
                sentence = f"L’horloge de l’étape « {name} » demande « {key} »."
                yield step.fault("horloge", sentence, at="horloge")
        elif alone := [key for key in _TIMING if step.written(key)]:
            sentence = f"« {alone[0]} » est sans effet : l’étape « {name} » n’a pas d’« horloge »."
            yield step.fault("horloge", sentence, "« horloge », avec le code du dû", at=alone[0])


def somebody_answers(outline: Outline) -> Iterator[Fault]:
    """Each step where people decide has one decision dû, no more: one holder, one date (INV-04, INV-05)."""
    unsure = {step for due in outline.dues.values() if due.text("genre") is None for step in due.words("pendant")}
    people = {move.step for move in outline.moves if move.by_people}
    for name, step in outline.steps.items():
        codes = outline.covering[name]
        excused = step.may_be("finale") or step.written("sans_delai")
        if name in people and not codes and name not in unsure and not excused:
            sentence = f"Personne ne répond de l’étape « {name} » : aucune décision n’y est due (INV-05)."
            yield step.fault("INV-05", sentence, "une « horloge », ou un dû de décision qui a cette étape")
        if len(codes) > 1:
            listed = " et ".join(f"« {code} »" for code in codes)
            sentence = f"L’étape « {name} » attend plusieurs décisions à la fois : {listed} (INV-04)."
            yield step.fault("INV-04", sentence, "un seul dû de décision par étape")


def bounds(outline: Outline) -> Iterator[Fault]:
    """The delay stands within its bounds, and an urgent one is not longer (INV-19)."""
    for node in (*outline.dues.values(), *outline.steps.values()):
        yield from _within(node)
        delays, urgent = node.delays("delai"), node.delays("urgent")
        if delays and urgent and _days(urgent[0]) > min(_days(delay) for delay in delays):
            sentence = f"Le délai urgent ({urgent[0]}) est plus long que le délai ordinaire (INV-19)."
            yield node.fault("INV-19", sentence, "un délai plus court", at=_lowest(node, "urgent", "delai"))


def _within(node: Node) -> Iterator[Fault]:
    limits = node.delays("bornes")
    if len(limits) != 2:
        return
    least, most = limits
    if _days(least) > _days(most):
        sentence = "Les bornes sont à l’envers."
        yield node.fault("bornes", sentence, "« [la plus petite, la plus grande] »", at=(*node.path, "bornes"))
        return
    for delay in node.delays("delai"):
        if not _days(least) <= _days(delay) <= _days(most):
            sentence = f"Le délai de {delay} sort de ses bornes (INV-05)."
            yield node.fault("INV-05", sentence, f"entre {least} et {most}", at=_lowest(node, "delai", "bornes"))


def _lowest(node: Node, *keys: str) -> Path:
    """Return the path of the first of two keys, unless the lowest layer wrote the other one only."""
    paths = [(*node.path, key) for key in keys]
    return next((path for path in paths if node.source.wrote(path)), paths[0])


def _days(delay: Delay) -> float:
    # Rounded: five times 1.4 must equal seven.
    return round(delay.approximate_days(), 6)
