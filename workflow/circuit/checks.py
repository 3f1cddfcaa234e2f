"""The general checks: a whole circuit and its forms, every fault at once (DESIGN §5, domain.md 5.2).

What each value may be is for the models; here they are held against one another.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from workflow.circuit import check_dues, check_links, check_moves, check_names
from workflow.circuit.decision_fields import DECISION_FIELDS
from workflow.circuit.forms import FieldType
from workflow.circuit.french import unknown
from workflow.circuit.outline import Node, Outline
from workflow.errors import Fault

MOST_SHOWN = 20
"""Faults shown at once; the rest is counted."""

_MOST_COUNTED = 200


def check(outline: Outline) -> list[Fault]:
    """Return every fault of a circuit as a whole; an absurd file is not read to the end."""
    return [fault for rule in RULES for fault in islice(rule(outline), _MOST_COUNTED)]


def shown(faults: Iterable[Fault], files: Iterable[str]) -> tuple[Fault, ...]:
    """Order faults by file (in the order of `files`), line and column; say how many are left out."""
    rank = {file: n for n, file in enumerate(files)}
    ordered = sorted(dict.fromkeys(faults), key=lambda f: (rank.get(f.file, len(rank)), f.line, f.column))
    more = len(ordered) - MOST_SHOWN
    if more <= 0:
        return tuple(ordered)
    others = "Une autre faute n’est pas montrée." if more == 1 else f"{more} autres fautes ne sont pas montrées."
    return (*ordered[:MOST_SHOWN], Fault(ordered[0].file, 0, 0, "suite", others))


def required_fields(outline: Outline) -> Iterator[Fault]:
    """A name in `exige` is a field of the decision or of a form: in neither or in both, it is refused."""
    asked = {name for form in outline.forms for name in form.blocks("champs")}
    known = sorted(DECISION_FIELDS.keys() | asked)
    for move in outline.moves:
        for item in move.node.items("exige"):
            if item.text in DECISION_FIELDS and item.text in asked:
                sentence = f"« {item.text} » est à la fois un champ de la décision et d’une fiche."
                yield move.node.fault("champ-ambigu", sentence, "un autre nom dans la fiche", at=item.path)
            elif item.text not in DECISION_FIELDS.keys() | asked and outline.complete:
                yield move.node.fault("champ-inconnu", *unknown("Le champ", item.text, known), at=item.path)


def fields_once(outline: Outline) -> Iterator[Fault]:
    """The same field in two forms is refused: an answer would have two sources."""
    seen: dict[str, str] = {}
    for form in outline.forms:
        for name, field in form.blocks("champs").items():
            if name in seen:
                sentence = f"Le champ « {name} » est déjà dans {seen[name]}."
                yield field.fault("champ-double", sentence, "un nom par champ, toutes fiches confondues")
            seen.setdefault(name, form.source.file)


def field_values(outline: Outline) -> Iterator[Fault]:
    """A choice has values; nothing else has."""
    for field in (field for form in outline.forms for field in form.blocks("champs").values()):
        choice = field.text("type") == FieldType.CHOICE
        if choice and not field.written("valeurs"):
            yield field.fault("champ-valeurs", "Ce choix ne propose aucune valeur.", "« valeurs »")
        elif field.text("type") and not choice and field.written("valeurs"):
            sentence = "Seul un champ de type « choix » a des valeurs."
            yield field.fault("champ-valeurs", sentence, "« type: choix »", at="valeurs")


def file_names(outline: Outline) -> Iterator[Fault]:
    """A circuit or a form bears the name of its file: everything else names it so."""
    for key, node in (("circuit", outline.root), *(("fiche", form) for form in outline.forms)):
        yield from _file_name(key, node)


def _file_name(key: str, node: Node) -> Iterator[Fault]:
    name, stem = node.text(key), node.source.file.rpartition("/")[2].removesuffix(".yaml")
    if name and name != stem:
        sentence = f"Ce nom n’est pas celui du fichier, « {stem} »."
        yield node.fault("nom-de-fichier", sentence, f"« {key}: {stem} »", at=(*node.path, key))


RULES: tuple[Callable[[Outline], Iterator[Fault]], ...] = (
    check_names.unknown_names,
    check_names.reserved_names,
    check_names.twice_named,
    file_names,
    required_fields,
    fields_once,
    field_values,
    check_dues.openings,
    check_dues.dates,
    check_dues.misplaced_keys,
    check_dues.step_clocks,
    check_dues.somebody_answers,
    check_dues.bounds,
    check_moves.by_system,
    check_moves.no_silence,
    check_moves.motifs,
    check_moves.retours_carry_text,
    check_moves.issues,
    check_moves.paths,
    check_links.without_date,
    check_links.returns,
    check_links.partners,
    check_links.opened_with,
    check_links.ended_in_passing,
    check_links.meetings,
    check_links.proofs,
    check_links.of_people_only,
)
"""Every rule, each a function of the outline that yields located faults."""
