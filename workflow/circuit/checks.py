"""The general checks: a whole circuit and its forms, every fault at once (DESIGN §5, domain.md 5.2).

What each value may be is for the models; here they are held against one another.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from workflow.circuit import check_dues, check_forms, check_links, check_moves, check_names, check_typology
from workflow.circuit.decision_fields import DECISION_FIELDS
from workflow.circuit.french import unknown
from workflow.circuit.outline import Node, Outline
from workflow.errors import Fault

MOST_SHOWN = 20
"""Faults shown at once; the rest is counted."""

MOST_COUNTED = 200
"""Faults looked for by each rule: a file of refuse must not cost seconds."""


def check(outline: Outline) -> list[Fault]:
    """Return every fault of a circuit as a whole; an absurd file is not read to the end."""
    return [fault for rule in RULES for fault in islice(rule(outline), MOST_COUNTED)]


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
    asked = {name for name, _ in outline.questions}
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
    for name, field in outline.questions:
        if field.written("comme_dans"):
            continue
        if name in seen:
            sentence = f"Le champ « {name} » est déjà dans {seen[name]}."
            yield field.fault("champ-double", sentence, "un nom par champ, ou « comme_dans » et le nom de cette fiche")
        seen.setdefault(name, field.source.file)


def file_names(outline: Outline) -> Iterator[Fault]:
    """A circuit, a form or a typology bears the name of its file: everything else names it so."""
    yield from file_name("circuit", outline.root)
    for form in outline.forms:
        yield from file_name("fiche", form)
    for typology in outline.typologies.values():
        yield from file_name("typologie", typology)


def file_name(key: str, node: Node) -> Iterator[Fault]:
    """Yield a fault if what stands under `key` is not the name of the file."""
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
    check_forms.field_values,
    check_forms.misplaced_keys,
    check_forms.kept_private,
    check_forms.required_for,
    check_forms.awaited,
    check_forms.references,
    check_forms.national_fields,
    check_forms.national_causes,
    check_typology.typologies,
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
