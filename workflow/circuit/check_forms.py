"""What a form asks: each key where it has a meaning, nothing identifying above the DAC, the national field set.

domain.md 4.2, 4.3 and invariants INV-13, INV-14, INV-17; DESIGN §7.
"""

from collections.abc import Iterator

from workflow.circuit.forms import FREE_TEXT, FieldType, Reach, Sensitivity
from workflow.circuit.french import one_of, unknown
from workflow.circuit.outline import Node, Outline
from workflow.circuit.typology import NATIONAL
from workflow.errors import Fault

NATIONAL_FIELDS = ("nature", "causes", "impact", "recurrence", "depuis")
"""Asked everywhere under these names, so that the country can count (INV-13); the département is the situation's."""

CAUSES = "causes"
"""The field that holds the national first-level cause (INV-14)."""

_SEVERAL = (FieldType.CHOICES, FieldType.TEXTS, FieldType.CODES)
_ONLY_FOR: dict[str, tuple[FieldType, ...]] = {
    "longueur": (FieldType.TEXT, FieldType.TEXTS),
    "min": (FieldType.NUMBER, *_SEVERAL),
    "max": (FieldType.NUMBER, *_SEVERAL),
    "niveau": (FieldType.CODES,),
    "typologie": (FieldType.CODES,),
}
"""Keys that mean something for some types only."""

_VALUED = (FieldType.CHOICE, FieldType.CHOICES)


def field_values(outline: Outline) -> Iterator[Fault]:
    """A choice has values; nothing else has."""
    for _, field in outline.questions:
        kind, choice = field.text("type"), field.text("type") in _VALUED
        if choice and not field.written("valeurs"):
            yield field.fault("champ-valeurs", "Ce choix ne propose aucune valeur.", "« valeurs »")
        elif kind and not choice and field.written("valeurs"):
            sentence = "Seul un champ de type « choix » ou « choix_multiple » a des valeurs."
            yield field.fault("champ-valeurs", sentence, "« type: choix »", at="valeurs")


def misplaced_keys(outline: Outline) -> Iterator[Fault]:
    """Refuse a key without effect on that type of field, and bounds the wrong way round."""
    for _, field in outline.questions:
        kind = field.text("type")
        for key, kinds in _ONLY_FOR.items() if kind else ():
            if field.written(key) and kind not in kinds:
                sentence = f"« {key} » est sans effet sur un champ de type « {kind} »."
                yield field.fault("cle-deplacee", sentence, one_of(kinds, "l’un de ces types"), at=key)
        least, most = field.text("min"), field.text("max")
        if least and most and least.isdecimal() and most.isdecimal() and int(least) > int(most):
            yield field.fault("bornes", "Les bornes sont à l’envers.", "« min » au plus égal à « max »", at="min")


def kept_private(outline: Outline) -> Iterator[Fault]:
    """Above the DAC nothing identifying is seen, and no text as it was typed (INV-17, DESIGN §7)."""
    for name, field in outline.questions:
        reach = field.text("visible_jusqu_a")
        if reach is None or reach == Reach.DAC:
            continue
        if field.text("sensibilite") == Sensitivity.IDENTIFYING:
            sentence = f"Le champ « {name} » est identifiant : il ne se voit jamais au-dessus du DAC (INV-17)."
            yield field.fault("INV-17", sentence, "« visible_jusqu_a: dac »", at="visible_jusqu_a")
        elif field.text("type") in FREE_TEXT:
            sentence = f"Le champ « {name} » est un texte libre : seule la version relue va au-dessus du DAC."
            yield field.fault("texte-libre", sentence, "« visible_jusqu_a: dac »", at="visible_jusqu_a")


def required_for(outline: Outline) -> Iterator[Fault]:
    """A field is required for decisions that people take in this circuit, or for a task that waits for a form."""
    known = {move.name: False for move in outline.moves}
    known |= {move.name: True for move in outline.moves if move.by_people}
    known |= {code: True for code, due in outline.dues.items() if due.written("fiche")}
    blind = outline.names("etapes") is None or any(outline.doubtful_step(name) for name in outline.steps)
    for _, field in outline.questions:
        for item in field.items("exige_pour"):
            if item.text not in known and not blind:
                yield field.fault("nom-inconnu", *unknown("La décision", item.text, known), at=item.path)
            elif not known.get(item.text, True):
                sentence = "« systeme » n’écrit rien : sa décision ne peut rien exiger."
                yield field.fault("systeme", sentence, "une décision prise par quelqu’un", at=item.path)


def awaited(outline: Outline) -> Iterator[Fault]:
    """A task that waits for a form names one that the circuit uses."""
    used = {form.text("fiche") or "": form for form in outline.forms}
    for due in outline.dues.values() if outline.complete else ():
        for item in due.items("fiche"):
            if item.text not in used:
                yield due.fault("nom-inconnu", *unknown("La fiche", item.text, used), at=item.path)


def references(outline: Outline) -> Iterator[Fault]:
    """A question « comme_dans » is answered in the form it names, or one that replaces it, which the circuit uses."""
    forms = {form.text(key): form.blocks("champs") for key in ("remplace", "fiche") for form in outline.forms}
    told: set[tuple[str, str]] = set()
    for name, field in outline.questions if outline.complete else ():
        for item in field.items("comme_dans"):
            if item.text not in forms and (field.source.file, item.text) not in told:
                told.add((field.source.file, item.text))
                sentence = f"Cette question renvoie à la fiche « {item.text} », que le circuit n’utilise pas."
                yield field.fault("fiche-absente", sentence, "cette fiche dans celles du circuit", at=item.path)
            elif item.text in forms and not _own(forms[item.text].get(name)):
                sentence = f"La fiche « {item.text} » ne pose pas la question « {name} »."
                yield field.fault("champ-inconnu", sentence, "une question de cette fiche", at=item.path)


def _own(field: Node | None) -> bool:
    return field is not None and not field.written("comme_dans")


def national_fields(outline: Outline) -> Iterator[Fault]:
    """The forms of a circuit, if it has any, ask together for the national field set, unrenamed (INV-13)."""
    asked = {name for name, _ in outline.questions}
    missing = [f"« {name} »" for name in NATIONAL_FIELDS if name not in asked]
    if missing and outline.complete and outline.root.written("fiches") and not outline.root.doubtful("fiches"):
        sentence = f"Les fiches de ce circuit ne demandent pas ce que tout le pays compte : {', '.join(missing)}."
        yield outline.root.fault("INV-13", sentence, "ces champs, sous ces noms (INV-13)", at="fiches")


def national_causes(outline: Outline) -> Iterator[Fault]:
    """Every cause given counts under exactly one national code (INV-14)."""
    for name, field in outline.questions:
        kind = field.text("type")
        if name == CAUSES and kind and (kind != FieldType.CODES or field.written("typologie")):
            sentence = "La cause principale se choisit dans la typologie du circuit (INV-14)."
            yield field.fault("INV-14", sentence, "« type: typologie », sans nommer une autre liste", at="type")
    used = outline.typologies.get(outline.root.text("typologie") or NATIONAL)
    if used and used.text("typologie") != NATIONAL and not used.written("etend"):
        sentence = "La typologie d’un circuit précise la liste nationale (INV-14)."
        yield outline.root.fault("INV-14", sentence, "une typologie avec « etend: nationale »", at="typologie")
