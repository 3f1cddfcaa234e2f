"""Forms and typologies spoilt on purpose, in the manner of `mutants`: each operator knows what must be said.

How a file is written is spoilt by the same operators as circuits; what it means, by those below.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

from tests.mutants import OPERATORS, SEED, Operator, Spoil, dropped, items, mangled, one, renamed, replaced, titles
from tests.scene import Scene, Spot
from tests.unit.test_typology import FILES as SMALL_TYPOLOGIES
from workflow.circuit.library import circuit_file, form_file, typology_file
from workflow.circuit.loader import load_circuit, load_typology, shared_files, shipped_files

Loader = Callable[[Mapping[str, str | bytes]], object]

NATIONAL = circuit_file("national")
FORMS = {
    "courte": "courte, analyse",
    "analyse": "courte, analyse",
    "paca": "paca, analyse",
    "nationale": "courte, analyse, nationale",
    "pratique": "courte, analyse, nationale, pratique",
}
"""Each form that is shipped, with the forms a circuit uses it with."""
NOT_IN_A_FORM = {"merge_key", "comments"}
"""They need steps; or would write inside a folded text."""
NOT_IN_A_TYPOLOGY = {"merge_key", "unclosed_bracket", "list_in_lines"}
"""They need steps, or lists."""


@dataclass(frozen=True)
class FormBase:
    """A right file, the others it is checked with, and how."""

    path: str
    scene: Scene
    others: dict[str, str]
    load: Loader
    asked_elsewhere: tuple[str, ...] = ()
    """Questions that the other forms ask."""

    def files(self, text: str | bytes) -> dict[str, str | bytes]:
        """The files to load, with this text in place of the right one."""
        return {**self.others, self.path: text}


@dataclass(frozen=True)
class FormMutant:
    """A text made by an operator out of a base."""

    operator: Operator
    base: FormBase
    text: str | bytes


def national_with(forms: str) -> dict[str, str]:
    """The files of the national circuit with other forms; without the national one, no task waits for it."""
    files, named = shared_files() | shipped_files("national"), "fiches: [courte, analyse, nationale]"
    assert named in files[NATIONAL]
    files[NATIONAL] = files[NATIONAL].replace(named, f"fiches: [{forms}]")
    if "nationale" not in forms.split(", "):
        files[NATIONAL] = files[NATIONAL].replace("    fiche: nationale\n", "")
    return files


@cache
def form_bases() -> tuple[FormBase, ...]:
    """The shipped forms, each in a circuit that uses it."""
    return tuple(_form_base(name, forms) for name, forms in FORMS.items())


def _form_base(name: str, forms: str) -> FormBase:
    files = national_with(forms)
    others = [Scene(files[form_file(other)]) for other in forms.split(", ") if other != name]
    asked = [spot.name for scene in others for spot in scene.find("champs", None) if "type" in spot.value]
    text = files[form_file(name)]
    return FormBase(form_file(name), Scene(text), files, lambda given: load_circuit(given, "national"), tuple(asked))


@cache
def typology_bases() -> tuple[FormBase, ...]:
    """The shipped typologies, a small one with codes that are closed, and a regional one."""
    shipped = shared_files()
    return (
        *(_typology_base(name, shipped) for name in ("nationale", "alarm")),
        *(_typology_base(name, SMALL_TYPOLOGIES) for name in ("nationale", "bretagne")),
    )


def _typology_base(name: str, files: dict[str, str]) -> FormBase:
    path = typology_file(name)
    # encodings are spoilt too: each text has an accent
    return FormBase(
        path, Scene(f"# Codes fermés compris.\n{files[path]}"), files, lambda given: load_typology(given, name)
    )


ON_FORMS: list[Operator] = [o for o in OPERATORS if o.lexical and o.name not in NOT_IN_A_FORM]
ON_TYPOLOGIES: list[Operator] = [o for o in OPERATORS if o.lexical and o.name not in NOT_IN_A_TYPOLOGY]


def on_form(*codes: str) -> Callable[[Spoil], Spoil]:
    """Register an operator on the meaning of a form."""
    return _registered(ON_FORMS, codes)


def on_typology(*codes: str) -> Callable[[Spoil], Spoil]:
    """Register an operator on the meaning of a typology."""
    return _registered(ON_TYPOLOGIES, codes)


def _registered(operators: list[Operator], codes: tuple[str, ...]) -> Callable[[Spoil], Spoil]:
    def register(spoil: Spoil) -> Spoil:
        operators.append(Operator(spoil.__name__, codes, lexical=False, spoil=spoil))
        return spoil

    return register


def draw(count: int, operators: list[Operator], bases: tuple[FormBase, ...], seed: int = SEED) -> Iterator[FormMutant]:
    """Make `count` mutants, every operator in turn; the same seed always gives the same."""
    for number in range(count):
        yield _drawn(operators[number % len(operators)], bases, Random(f"{seed}:{number}"))  # noqa: S311 - chance that can be played again


def _drawn(operator: Operator, bases: tuple[FormBase, ...], pick: Random) -> FormMutant:
    for base in pick.sample(bases, len(bases)):
        text = operator.spoil(base.scene, pick)
        if text is not None and text != base.scene.text:
            return FormMutant(operator, base, text)
    raise AssertionError(f"{operator.name} finds nothing to spoil")


# --- forms ---------------------------------------------------------------------------------------


def _fields(scene: Scene, *types: str) -> list[Spot]:
    """The questions answered in this form, of some types or of all."""
    found = [spot for spot in scene.find("champs", None) if "type" in spot.value]
    return [spot for spot in found if not types or spot.value["type"] in types]


def _added(scene: Scene, pick: Random, blocks: list[Spot], entry: str) -> str | None:
    block = one(pick, blocks)
    return scene.edit([scene.adding(block, entry)]) if block else None


def _keys(scene: Scene, *names: str) -> list[Spot]:
    return [spot for name in names for spot in scene.find("champs", None, name)]


@on_form("valeur")
def unknown_word(scene: Scene, pick: Random) -> str | None:
    return renamed(scene, pick, [*_keys(scene, "type", "visible_jusqu_a", "sensibilite"), *scene.find("marque")])


@on_form("champ-valeurs")
def choice_without_values(scene: Scene, pick: Random) -> str | None:
    return dropped(scene, pick, _keys(scene, "valeurs"))


@on_form("champ-valeurs")
def values_without_a_choice(scene: Scene, pick: Random) -> str | None:
    others = _fields(scene, "texte", "liste_texte", "mois", "date", "nombre", "oui_non", "typologie")
    return _added(scene, pick, others, "valeurs: {une: Une, deux: Deux}")


@on_form("cle-deplacee")
def key_without_effect(scene: Scene, pick: Random) -> str | None:
    entry, types = pick.choice(
        (
            ("longueur: 300", ("choix", "choix_multiple", "mois", "oui_non", "typologie")),
            ("niveau: 1", ("choix", "texte", "liste_texte", "mois")),
            ("max: 3", ("choix", "texte", "mois", "oui_non")),
            ("typologie: alarm", ("choix", "texte", "choix_multiple")),
        )
    )
    free = [field for field in _fields(scene, *types) if entry.partition(":")[0] not in field.value]
    return _added(scene, pick, free, entry)


@on_form("bornes")
def bounds_the_wrong_way_round(scene: Scene, pick: Random) -> str | None:
    free = [f for f in _fields(scene, "choix_multiple", "liste_texte", "typologie", "nombre") if "min" not in f.value]
    return _added(scene, pick, [field for field in free if "max" in field.value], "min: 99999")


@on_form("INV-17")
def identifying_above_the_dac(scene: Scene, pick: Random) -> str | None:
    seen = [f for f in _fields(scene) if f.value.get("visible_jusqu_a", "dac") != "dac" and "sensibilite" in f.value]
    return replaced(scene, pick, [scene.spots[(*field.path, "sensibilite")] for field in seen], "identifiante")


@on_form("texte-libre")
def free_text_above_the_dac(scene: Scene, pick: Random) -> str | None:
    entry = f"visible_jusqu_a: {pick.choice(('gouvernance', 'dd', 'region', 'national'))}"
    return _added(
        scene, pick, [f for f in _fields(scene, "texte", "liste_texte") if "visible_jusqu_a" not in f.value], entry
    )


@on_form("nom-inconnu")
def required_for_an_unknown_decision(scene: Scene, pick: Random) -> str | None:
    return renamed(scene, pick, items(scene, *_keys(scene, "exige_pour")))


@on_form("systeme")
def required_of_the_scheduler(scene: Scene, pick: Random) -> str | None:
    return replaced(
        scene, pick, items(scene, *_keys(scene, "exige_pour")), pick.choice(("cloturer", "expirer", "archiver"))
    )


@on_form("fiche-absente")
def answered_in_an_absent_form(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, _keys(scene, "comme_dans"), pick.choice(("courtes", "paca", "fiche-9")))


@on_form("champ-inconnu")
def answered_where_it_is_not_asked(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [spot for spot in scene.find("champs", None) if "comme_dans" in spot.value])
    return scene.rekey(spot, mangled(spot.name, pick)[:40]) if spot else None


@on_form("INV-13")
def national_field_renamed(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [f for f in _fields(scene) if f.name in ("nature", "causes", "impact", "recurrence", "depuis")])
    return scene.rekey(spot, mangled(spot.name, pick)) if spot else None


@on_form("INV-14")
def causes_of_another_list(scene: Scene, pick: Random) -> str | None:
    causes = [field for field in _fields(scene) if field.name == "causes"]
    if pick.random() < 0.5:
        return _added(scene, pick, causes, "typologie: alarm")
    return replaced(
        scene, pick, [scene.spots[(*field.path, "type")] for field in causes], pick.choice(("texte", "mois"))
    )


@on_form("champ-double")
def asked_twice(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, _fields(scene))
    mine, (base,) = scene.find("champs", None), [base for base in form_bases() if base.scene is scene]
    free = [name for name in base.asked_elsewhere if name not in {field.name for field in mine}]
    return scene.rekey(spot, pick.choice(free)) if spot else None


@on_form("nom-de-fichier")
def form_of_another_name(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, scene.find("fiche"), pick.choice(("autre", "fiche-2", "x1")))


@on_form("cle-inconnue")
def misspelt_key(scene: Scene, pick: Random) -> str | None:
    keys = [spot for name in ("libelle", "aide", "rubrique", "valeurs", "exige_pour") for spot in _keys(scene, name)]
    spot = one(pick, keys)
    return scene.rekey(spot, mangled(spot.name, pick)) if spot else None


@on_form("cle-manquante")
def key_missing(scene: Scene, pick: Random) -> str | None:
    top = [spot for name in ("fiche", "version", "titre") for spot in scene.find(name)]
    return dropped(scene, pick, [*_keys(scene, "libelle", "type"), *top])


@on_form("type")
def wrong_type(scene: Scene, pick: Random) -> str | None:
    if pick.random() < 0.3:
        return replaced(
            scene, pick, [spot for spot in _keys(scene, "valeurs") if spot.brace], pick.choice(("oui", "[oui, non]"))
        )
    return replaced(scene, pick, _keys(scene, "libelle"), pick.choice(("[un, deux]", "{un: deux}")))


@on_form("nombre")
def bad_number(scene: Scene, pick: Random) -> str | None:
    spots = [*scene.find("version"), *_keys(scene, "longueur", "max", "min", "niveau", "question")]
    return replaced(scene, pick, spots, pick.choice(("-1", "deux", "1.5", "1 000", "99999999999")))


@on_form("forme")
def bad_name(scene: Scene, pick: Random) -> str | None:
    spots = [*scene.find("champs", None), *scene.find("champs", None, "valeurs", None)]
    spot = pick.choice(spots)
    return scene.rekey(spot, pick.choice((f"{spot.name}é", f"{spot.name}-x", "1er", "x" * 60, "A b")))


@on_form("longueur")
def endless_words(scene: Scene, pick: Random) -> str | None:
    spots = [*titles(scene), *_keys(scene, "libelle", "rubrique"), *scene.find("champs", None, "valeurs", None)]
    return replaced(scene, pick, spots, "très long " * pick.randrange(41, 2_000) + "x")


@on_form("longueur")
def no_question(scene: Scene, pick: Random) -> str:
    start = scene.spots["champs",].key
    return scene.text[:start] + "champs: {}\n"


@on_form("typologie-absente")
def list_of_nowhere(scene: Scene, pick: Random) -> str | None:
    free = [field for field in _fields(scene, "typologie") if "typologie" not in field.value and field.name != "causes"]
    return _added(scene, pick, free, f"typologie: {pick.choice(('regionale', 'alarme', 'bretagne'))}")


@on_form()
def words_changed(scene: Scene, pick: Random) -> str:
    chosen = [s for s in [*titles(scene), *_keys(scene, "libelle")] if s.plain and pick.random() < 0.5]
    return scene.edit((s.start, s.end, f"'Autre titre, n° {n} : é'") for n, s in enumerate(chosen)) + "# fin\n"


@on_form()
def one_more_question(scene: Scene, pick: Random) -> str:
    entry = pick.choice(
        ("{libelle: Et encore, type: oui_non}", "{libelle: Le jour, type: date, exige_pour: [deposer]}")
    )
    return scene.edit([scene.adding(scene.spots["champs",], f"question_nouvelle: {entry}")])


@on_form()
def one_more_value(scene: Scene, pick: Random) -> str | None:
    return _added(scene, pick, _keys(scene, "valeurs"), "valeur_nouvelle: Autre chose encore")


@on_form()
def help_dropped(scene: Scene, pick: Random) -> str | None:
    return dropped(scene, pick, [spot for spot in _keys(scene, "aide") if spot.plain])


@on_form()
def kept_inside_the_dac(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, _keys(scene, "visible_jusqu_a"), "dac") or scene.text + "# fin\n"


@on_form()
def questions_shuffled(scene: Scene, pick: Random) -> str:
    fields = [scene.whole(spot) for spot in scene.find("champs", None)]
    start = scene.text.index(fields[0], scene.spots["champs",].key)
    return scene.text[:start] + "".join(pick.sample(fields, len(fields))) + "# fin\n"


# --- typologies ----------------------------------------------------------------------------------


def _codes(scene: Scene, *, parent: bool | None = None, closed: bool | None = None) -> list[Spot]:
    found = scene.find("codes", None)
    found = [spot for spot in found if parent in (None, "parent" in spot.value)]
    return [spot for spot in found if closed in (None, "ferme_le" in spot.value)]


def _of_codes(scene: Scene, key: str) -> list[Spot]:
    return scene.find("codes", None, key)


def _is_regional(scene: Scene) -> bool:
    return scene.get("etend") is not None


@on_typology("nom-inconnu")
def unknown_code(scene: Scene, pick: Random) -> str | None:
    new = pick.choice(("OFRE", "TOUT_AUTRE_CODE", "ZZZ"))
    return replaced(scene, pick, [*_of_codes(scene, "parent"), *_of_codes(scene, "successeur")], new)


@on_typology("niveau")
def third_level(scene: Scene, pick: Random) -> str | None:
    second = [spot.name for spot in _codes(scene, parent=True)]
    return replaced(scene, pick, _of_codes(scene, "parent"), pick.choice(second)) if second else None


@on_typology("niveau")
def first_level_becomes_second(scene: Scene, pick: Random) -> str | None:
    second = [spot.name for spot in _codes(scene, parent=True)]
    if not second or _is_regional(scene):
        return None
    return _added(
        scene,
        pick,
        _codes(scene, parent=False, closed=False),
        f"ferme_le: 2027-01-01, successeur: {pick.choice(second)}",
    )


@on_typology("sans-successeur")
def closed_without_a_successor(scene: Scene, pick: Random) -> str | None:
    return _added(scene, pick, _codes(scene, closed=False), "ferme_le: 2027-01-31")


@on_typology("sans-fermeture")
def successor_of_an_open_code(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, _codes(scene, closed=False))
    other = one(pick, [other for other in _codes(scene) if other != spot])
    return scene.edit([scene.adding(spot, f"successeur: {other.name}")]) if spot and other else None


@on_typology("cycle")
def successors_in_a_circle(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, _codes(scene, closed=False))
    return scene.edit([scene.adding(spot, f"ferme_le: 2027-01-31, successeur: {spot.name}")]) if spot else None


@on_typology("date")
def bad_date(scene: Scene, pick: Random) -> str | None:
    new = pick.choice(("31/01/2026", "2026-02-30", "2026", "demain", "1er mars 2026"))
    if closed := _of_codes(scene, "ferme_le"):
        return replaced(scene, pick, closed, new)
    codes = [spot.name for spot in _codes(scene)]
    return _added(scene, pick, _codes(scene), f"ferme_le: {new}, successeur: {pick.choice(codes)}")


@on_typology("forme")
def code_in_small_letters(scene: Scene, pick: Random) -> str:
    spot = pick.choice(_codes(scene))
    return scene.rekey(spot, pick.choice((spot.name.lower(), f"{spot.name}-X", f"É{spot.name}", "9_X", "X" * 60)))


@on_typology("cle-manquante")
def key_missing_in_a_list(scene: Scene, pick: Random) -> str | None:
    top = [spot for name in ("typologie", "version", "titre") for spot in scene.find(name)]
    return dropped(scene, pick, [*_of_codes(scene, "libelle"), *top])


@on_typology("cle-inconnue")
def misspelt_key_in_a_list(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, [*_of_codes(scene, "libelle"), *_of_codes(scene, "parent"), *scene.find("titre")])
    return scene.rekey(spot, mangled(spot.name, pick)) if spot else None


@on_typology("nom-de-fichier")
def list_of_another_name(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, scene.find("typologie"), pick.choice(("autre", "causes-2")))


@on_typology("INV-14")
def first_level_in_a_region(scene: Scene, pick: Random) -> str | None:
    return dropped(scene, pick, _of_codes(scene, "parent")) if _is_regional(scene) else None


@on_typology("code-double")
def code_of_the_nation_again(scene: Scene, pick: Random) -> str | None:
    entry = "OFFRE_LOIN: {libelle: Encore plus loin, parent: OFFRE}"
    return scene.edit([scene.adding(scene.spots["codes",], entry)]) if _is_regional(scene) else None


@on_typology("valeur")
def extends_a_region(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, scene.find("etend"), pick.choice(("bretagne", "nationales", "alarm")))


@on_typology("longueur")
def no_code(scene: Scene, pick: Random) -> str:
    start = scene.spots["codes",].key
    return scene.text[:start] + "codes: {}\n"


@on_typology("type")
def wrong_type_in_a_list(scene: Scene, pick: Random) -> str | None:
    if pick.random() < 0.5:
        return replaced(scene, pick, _codes(scene), pick.choice(("Un libellé", "[un, deux]")))
    return replaced(scene, pick, _of_codes(scene, "libelle"), pick.choice(("[un]", "{un: deux}")))


@on_typology("nombre")
def bad_version(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, scene.find("version"), pick.choice(("0", "-1", "v2", "1.5", "deux")))


@on_typology()
def labels_changed(scene: Scene, pick: Random) -> str:
    chosen = [spot for spot in _of_codes(scene, "libelle") if pick.random() < 0.5]
    return scene.edit((s.start, s.end, f"'Autre libellé, n° {n} : é'") for n, s in enumerate(chosen)) + "# fin\n"


@on_typology()
def one_more_code(scene: Scene, pick: Random) -> str:
    parent = one(
        pick, [*_of_codes(scene, "parent"), *(s for s in _codes(scene, parent=False) if not _is_regional(scene))]
    )
    under = f", parent: {parent.value if parent.is_text else parent.name}" if parent else ""
    return scene.edit([scene.adding(scene.spots["codes",], f"CODE_NOUVEAU: {{libelle: Encore une cause{under}}}")])


@on_typology()
def closed_with_a_successor(scene: Scene, pick: Random) -> str | None:
    spots = _codes(scene, closed=False)
    spot = one(pick, spots)
    others = [
        other for other in spots if spot and other != spot and ("parent" in other.value) == ("parent" in spot.value)
    ]
    other = one(pick, others)
    return (
        scene.edit([scene.adding(spot, f"ferme_le: 2027-06-30, successeur: {other.name}")]) if spot and other else None
    )


@on_typology()
def codes_shuffled(scene: Scene, pick: Random) -> str:
    lines = [scene.whole(spot) for spot in scene.find("codes", None)]
    start = scene.text.index(lines[0], scene.spots["codes",].key)
    return scene.text[:start] + "".join(pick.sample(lines, len(lines))) + "# fin\n"
