"""Decisions: who may take them, what they must carry, where they lead."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from workflow.circuit.exploration import spread
from workflow.circuit.model import SYSTEM, Kind, Level
from workflow.circuit.outline import Move, Node, Outline
from workflow.circuit.terms import UNDO
from workflow.errors import Fault
from workflow.machine import LAST_EXAMINED, RESUME, STAY

_NEVER_BY_SILENCE = ("validee", "non_validee", "cloturee")
"""INV-10: no silence leads there."""

_WHEN = ({"apres", "depuis"}, {"plus_rien_du", "issue"}, {"fin_du_parent"})


def by_system(outline: Outline) -> Iterator[Fault]:
    """Only the scheduler has a `quand`, always one, and never shares a decision with people (DESIGN §5)."""
    for move in outline.moves:
        node, actors = move.node, move.node.items("par")
        system = next((item for item in actors if item.text == SYSTEM), None)
        if system and move.by_people:
            sentence = "« systeme » ne partage pas une décision avec des personnes."
            yield node.fault("systeme", sentence, "« systeme » seul, ou des personnes", at=system.path)
        elif system:
            yield from _scheduled(node)
        elif node.written("quand") and actors:
            sentence = "Seul « systeme » prend une décision à un moment fixé d’avance (« quand »)."
            yield node.fault("systeme", sentence, "« par: [systeme] »", at="quand")


def _scheduled(node: Node) -> Iterator[Fault]:
    when = node.block("quand")
    if not node.written("quand"):
        sentence = "Rien ne dit quand « systeme » prend cette décision."
        yield node.fault("systeme", sentence, "« quand »")
    elif when and set(when.data) <= set().union(*_WHEN) and not _clear(when):
        sentence = "« quand » ne dit pas clairement quand la décision est prise."
        expected = "« apres » et « depuis », « plus_rien_du: oui » et « issue », ou « fin_du_parent »"
        yield node.fault("quand", sentence, expected, at="quand")
    if node.items("exige"):
        sentence = "« systeme » n’écrit rien : sa décision ne peut rien exiger."
        yield node.fault("systeme", sentence, at="exige")


def _clear(when: Node) -> bool:
    return set(when.data) in _WHEN and when.text("plus_rien_du") != "non"


def no_silence(outline: Outline) -> Iterator[Fault]:
    """Refuse what the mere passing of time would decide: it ends a draft, transmits, archives, and no more (INV-10)."""
    closing = {move.step for move in outline.moves if move.ends}
    for move in outline.moves:
        when, target = move.node.block("quand"), outline.targets[move]
        if when is None or not when.written("apres") or target is None or move.node.text("vers") == STAY:
            continue
        concludes = target in _NEVER_BY_SILENCE or target in closing
        if concludes or not (_idle(outline.steps[move.step]) or when.text("apres") in (None, UNDO)):
            sentence = f"Le silence ne mène jamais à « {target} » : il faut une décision (INV-10)."
            yield move.node.fault("INV-10", sentence, "une décision prise par quelqu’un", at="vers")


def _idle(step: Node) -> bool:
    """True where nobody is awaited yet, or any more: a draft, an end."""
    return step.text("niveau") in (None, Level.FIELD) or step.may_be("finale")


def motifs(outline: Outline) -> Iterator[Fault]:
    """A decision that asks for a motif names the list it is taken from, and the reverse."""
    for move in outline.moves:
        node = move.node
        asked = next((item for item in node.items("exige") if item.text == "motif"), None)
        if asked and not node.written("motifs"):
            sentence = "Cette décision exige un motif, mais ne dit pas lesquels sont permis."
            yield node.fault("motif", sentence, "« motifs », avec le nom d’une liste", at=asked.path)
        if node.written("motifs") and not asked and not node.doubtful("exige"):
            sentence = "Cette décision a une liste de motifs, mais n’exige pas de motif."
            yield node.fault("motif", sentence, "« motif » dans « exige »", at="motifs")


def retours_carry_text(outline: Outline) -> Iterator[Fault]:
    """A retour that is both delivered and still to be told has a text from the start (DESIGN §1)."""
    telling = {
        code
        for code, due in outline.dues.items()
        if due.text("genre") == Kind.RETOUR and due.filled("a") and due.filled("remis")
    }
    for move in outline.moves:
        if "retour" in move.node.words("exige") or move.node.doubtful("exige"):
            continue
        for item in move.node.items("doit"):
            if item.text in telling:
                sentence = f"Cette décision ouvre le retour « {item.text} » sans en porter le texte."
                yield move.node.fault("retour-sans-texte", sentence, "« retour » dans « exige »", at=item.path)


def issues(outline: Outline) -> Iterator[Fault]:
    """A decision that leads to where situations end says how this one does, else nothing would end it."""
    closing = defaultdict(set)
    for move in outline.moves:
        if move.ends and (when := move.node.block("quand")):
            closing[move.step].add(when.text("issue"))
    for move in outline.moves:
        target = outline.targets[move]
        if move.by_people and target and target in closing and target != move.step:
            # An issue that cannot be read may be any.
            yield from _issue(move, {issue for issue in closing[target] if issue and None not in closing[target]})


def _issue(move: Move, known: Iterable[str]) -> Iterator[Fault]:
    expected = ", ".join(f"« {issue} »" for issue in sorted(known))
    issue = move.node.text("issue")
    if not move.node.written("issue"):
        sentence = f"La décision « {move.name} » termine la situation sans dire son issue."
        yield move.node.fault("issue", sentence, f"« issue », avec {expected}" if expected else "« issue »")
    elif issue and issue not in known and known:
        sentence = f"Aucune décision de l’étape d’arrivée ne termine une situation par « {issue} »."
        yield move.node.fault("issue", sentence, expected, at=(*move.node.path, "issue"))


def paths(outline: Outline) -> Iterator[Fault]:
    """Every step can be reached, and from every step an end can be reached (INV-06)."""
    forward, anywhere = _edges(outline)
    first = next(iter(forward), None)
    if first is None:
        return
    reached = spread([first], forward)
    for name in forward if not reached & anywhere else ():
        if name not in reached:
            sentence = f"L’étape « {name} » ne peut pas être atteinte depuis « {first} »."
            yield outline.steps[name].fault("etape-inatteignable", sentence, "une décision qui y mène")
    yield from _dead_ends(outline, forward, anywhere)


def _dead_ends(outline: Outline, forward: Mapping[str, set[str]], anywhere: set[str]) -> Iterator[Fault]:
    ends = [name for name in forward if not forward[name] or name in anywhere or outline.steps[name].may_be("finale")]
    if not ends:
        sentence = "Ce circuit n’a pas de fin : chaque étape a des décisions (INV-06)."
        yield outline.root.fault("INV-06", sentence, "une étape sans décision", at="etapes")
        return
    saved = spread(ends, _reversed(forward))
    for name in forward:
        if name not in saved:
            sentence = f"Depuis l’étape « {name} », aucune fin ne peut être atteinte (INV-06)."
            yield outline.steps[name].fault("INV-06", sentence, "une décision qui mène vers une fin")


def _edges(outline: Outline) -> tuple[dict[str, set[str]], set[str]]:
    """Return where each step leads, and the steps that may lead anywhere: part of them cannot be read."""
    edges: dict[str, set[str]] = {name: set() for name in outline.steps}
    anywhere = {name for name in outline.steps if outline.doubtful_step(name)}
    for move, target in outline.targets.items():
        if move.node.text("vers") in (RESUME, LAST_EXAMINED):
            edges[move.step] |= _back(outline, move)
        elif target is None:
            anywhere.add(move.step)
        else:
            edges[move.step].add(target)
    return edges, anywhere


def _back(outline: Outline, move: Move) -> set[str]:
    """Where a return may lead: the steps it was entered from, or those where a level examines."""
    if move.node.text("vers") == LAST_EXAMINED:
        return {name for name, step in outline.steps.items() if step.yes("instruction")}
    return {other.step for other, target in outline.targets.items() if target == move.step and other.step != move.step}


def _reversed(edges: Mapping[str, set[str]]) -> dict[str, set[str]]:
    back: dict[str, set[str]] = {name: set() for name in edges}
    for name, targets in edges.items():
        for target in targets:
            back[target].add(name)
    return back
