"""Forms as data: what a form file may say, what is refused in it, and how each type of answer is read."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.tables import TABLES
from tests.form_mutants import national_with
from tests.world import ANALYSIS, FORM, START, World, make_world
from workflow.answers import READERS, Asked, read_answer
from workflow.circuit.compiled import Circuit
from workflow.circuit.forms import FieldDefinition, FieldReference, FieldType, FormDefinition, Mark, Reach, Sensitivity
from workflow.circuit.loader import load_circuit, load_shipped, load_typology, shared_files, shipped_files, version_of
from workflow.errors import Fault, InvalidDefinition, MissingData
from workflow.proposals import unsigned
from workflow.triggers import FieldValue

CIRCUIT = "circuits/national.yaml"
TODAY = date(2026, 3, 2)


def files_with(forms: str, **changed: tuple[str, str]) -> dict[str, str]:
    """The national circuit with other forms, and one thing changed in some of them."""
    files = national_with(forms)
    for form, (old, new) in changed.items():
        path = f"fiches/{form}.yaml"
        assert old in files[path], old
        files[path] = files[path].replace(old, new, 1)
    return files


def faults_of(files: dict[str, str]) -> tuple[Fault, ...]:
    with pytest.raises(InvalidDefinition) as caught:
        load_circuit(files, "national")
    return caught.value.faults


def form_of(circuit: Circuit, name: str) -> FormDefinition:
    return next(form for form in circuit.forms if form.name == name)


SETS = [
    "courte, analyse",
    "paca, analyse",
    "courte, analyse, nationale",
    "courte, analyse, nationale, pratique",
    "courte, vaucluse, analyse",
]


@pytest.mark.parametrize("forms", SETS)
def test_the_shipped_forms_go_with_the_national_circuit(forms: str) -> None:
    circuit = load_circuit(files_with(forms), "national")
    assert [form.name for form in circuit.forms] == forms.split(", ")


def test_every_shipped_form_is_in_one_of_these_sets() -> None:
    shipped = {file.removeprefix("fiches/").removesuffix(".yaml") for file in shared_files() if "fiches/" in file}
    assert shipped == {form for forms in SETS for form in forms.split(", ")}


def test_a_circuit_takes_along_the_forms_and_typologies_it_needs_and_no_other() -> None:
    assert list(shipped_files("national")) == [
        CIRCUIT,
        "fiches/courte.yaml",
        "fiches/analyse.yaml",
        "fiches/nationale.yaml",
        "typologies/nationale.yaml",
        "typologies/alarm.yaml",
    ]


NATIONAL = load_circuit(files_with("courte, analyse, nationale"), "national")


def test_the_national_form_has_its_33_questions_in_order_and_says_it_is_a_reconstruction() -> None:
    form = form_of(NATIONAL, "nationale")
    numbers = [field.question for field in form.asked.values() if field.question]
    assert len(numbers) == len(form.asked)
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, 34))
    assert [field.heading for field in form.asked.values() if field.heading] == [
        "Contexte de la situation",
        "Caractérisation de la rupture",
        "Mise en perspective",
    ]
    assert form.mark is Mark.RECONSTRUCTION
    assert form.shown_title == "Formulaire national (reconstruction)"


def test_no_shipped_form_passes_for_official() -> None:
    for forms in SETS:
        assert all(form.mark is not Mark.OFFICIAL for form in load_circuit(files_with(forms), "national").forms)


def test_what_courte_and_analyse_ask_is_not_asked_again() -> None:
    form = form_of(NATIONAL, "nationale")
    asked = {name: field.form for name, field in form.asked.items() if isinstance(field, FieldReference)}
    assert set(asked.values()) == {"courte", "analyse"}
    assert not form.fields.keys() & asked.keys()
    for name, other in asked.items():
        assert name in form_of(NATIONAL, other).fields


def test_the_national_form_asks_for_its_key_questions() -> None:
    required = set(NATIONAL.asked_for("D27"))
    asked = form_of(NATIONAL, "nationale").asked
    for question in (16, 17, 18, 22, 23, 27, 28, 29, 31):  # domain.md 4.3
        assert required & {name for name, field in asked.items() if field.question == question}
    others = {name for name, field in asked.items() if field.question not in {16, 17, 18, 22, 23, 27, 28, 29, 31}}
    assert not required & others


def test_without_the_national_form_as_little_is_required_as_before() -> None:
    circuit = load_shipped("national")
    assert circuit.required("brouillon", "deposer") == ("qui", "fait", "quoi", "pourquoi", "ou", "age", "resume")
    assert set(circuit.required("en_analyse", "proposer_gouvernance")) == ANALYSIS.keys()
    assert circuit.required("en_qualification", "retenir_pour_analyse") == ("nature",)


@pytest.mark.parametrize("forms", SETS)
def test_nothing_identifying_and_no_text_goes_above_the_dac(forms: str) -> None:
    for field in load_circuit(files_with(forms), "national").fields.values():
        assert field.sensitivity is not Sensitivity.IDENTIFYING
        assert not field.free_text or field.visible_to is Reach.DAC


def test_a_field_that_says_nothing_is_kept_as_careful_as_can_be() -> None:
    field = FieldDefinition.model_validate({"libelle": "Sexe", "type": "choix"})
    assert (field.visible_to, field.sensitivity) == (Reach.DAC, Sensitivity.INDIRECT)


SPOILT: list[tuple[str, str, str, list[str], str]] = [
    # form, what is replaced, by what, codes, a piece of the first sentence
    ("courte", "type: mois", "type: moi", ["valeur"], "vouliez-vous dire « mois »"),
    ("courte", "visible_jusqu_a: dd", "visible_jusqu_a: terrain", ["valeur"], "n’est pas permis"),
    ("courte", "sensibilite: aucune", "sensibilite: nulle", ["valeur"], "n’est pas permis"),
    ("courte", "marque: reconstruction", "marque: guide", ["valeur"], "n’est pas permis"),
    ("courte", "libelle: Pourquoi ?", "libele: P", ["cle-manquante", "cle-inconnue"], "« libelle »"),
    (
        "courte",
        "epci:\n",
        "epci:\n    sensibilite: identifiante\n    visible_jusqu_a: dd\n",
        ["INV-17"],
        "INV-17",
    ),
    ("courte", "epci:\n", "epci:\n    visible_jusqu_a: region\n", ["texte-libre"], "version relue"),
    ("analyse", "type: liste_texte", "type: liste_texte\n    visible_jusqu_a: dd", ["texte-libre"], "texte libre"),
    ("courte", "type: oui_non", "type: oui_non\n    valeurs: {oui: Oui}", ["champ-valeurs"], "« choix »"),
    ("analyse", "    valeurs: {sante:", "    values: {sante:", ["champ-valeurs", "cle-inconnue"], "aucune valeur"),
    ("courte", "type: oui_non", "type: oui_non\n    longueur: 3", ["cle-deplacee"], "« longueur »"),
    ("courte", "type: mois", "type: mois\n    min: 3", ["cle-deplacee"], "« min » est sans effet"),
    ("courte", "type: mois", "type: mois\n    niveau: 1", ["cle-deplacee"], "« niveau »"),
    ("courte", "type: mois", "type: mois\n    typologie: alarm", ["cle-deplacee"], "« typologie »"),
    ("analyse", "min: 0\n    max: 100", "min: 9\n    max: 3", ["bornes"], "à l’envers"),
    ("analyse", "niveau: 1", "niveau: 3", ["nombre"], "trop grand"),
    ("analyse", "max: 100", "max: beaucoup", ["nombre"], "nombre entier"),
    ("analyse", "typologie: alarm", "typologie: alarme", ["typologie-absente"], "vouliez-vous dire « alarm »"),
    ("analyse", "[retenir_pour_analyse]", "[retenir]", ["nom-inconnu"], "La décision « retenir » n’existe pas"),
    ("analyse", "[retenir_pour_analyse]", "[transmettre]", ["systeme"], "n’écrit rien"),
    ("analyse", "type: typologie\n    niveau: 1", "type: mois", ["INV-14"], "typologie du circuit"),
    ("analyse", "niveau: 1", "niveau: 1\n    typologie: alarm", ["INV-14"], "typologie du circuit"),
    ("nationale", "epci: {question: 4, comme_dans: courte}", "epci: {comme_dans: paca}", ["fiche-absente"], "« paca »"),
    ("nationale", "age: {question: 5, ", "an: {question: 5, ", ["champ-inconnu"], "ne pose pas la question « an »"),
    ("nationale", "age: {question: 5, ", "age: {libelle: x, ", ["cle-inconnue"], "« libelle »"),
    ("nationale", "  sexe:", "  resume:", ["champ-double"], "déjà dans fiches/courte.yaml"),
]


@pytest.mark.parametrize(("form", "old", "new", "codes", "word"), SPOILT)
def test_what_is_refused_in_a_form(form: str, old: str, new: str, codes: list[str], word: str) -> None:
    faults = faults_of(files_with("courte, analyse, nationale", **{form: (old, new)}))
    assert [fault.code for fault in faults] == codes, faults
    assert word in faults[0].sentence
    assert {fault.file for fault in faults} == {f"fiches/{form}.yaml"}
    assert all(fault.line for fault in faults)


@pytest.mark.parametrize(("form", "name"), [("courte", "depuis"), *(("analyse", n) for n in ("nature", "recurrence"))])
def test_a_national_field_cannot_be_renamed(form: str, name: str) -> None:
    files = files_with("courte, analyse", **{form: (f"  {name}:\n", f"  local_{name}:\n")})
    files[CIRCUIT] = files[CIRCUIT].replace("exige: [nature]", "exige: []")
    faults = faults_of(files)
    assert [(fault.code, fault.file) for fault in faults] == [("INV-13", CIRCUIT)]
    assert f"« {name} »" in faults[0].sentence
    assert faults[0].excerpt.startswith("fiches:")


def test_a_form_that_refers_to_an_absent_one_is_told_once() -> None:
    alone = files_with("paca, analyse, nationale", paca=("remplace: courte\n", ""))
    assert [fault.code for fault in faults_of(alone)] == ["fiche-absente"]


def test_a_form_stands_for_the_one_it_replaces() -> None:
    loaded = load_circuit(files_with("paca, analyse, nationale"), "national")
    assert {"age", "epci", "depuis"} <= loaded.fields.keys()


# how each type of answer is read

CAUSES = load_typology(shared_files(), "nationale")
FRUIT = {"valeurs": {"pomme": "Pomme", "poire": "Poire", "prune": "Prune"}}


def asked(kind: str, **keys: Any) -> Asked:
    field = FieldDefinition.model_validate({"libelle": "Titre", "type": kind, **keys})
    return Asked("nom", field, CAUSES if kind == "typologie" else None, TODAY)


KEPT: list[tuple[Asked, FieldValue, str]] = [
    (asked("texte"), "  Un texte. ", "Un texte."),
    (asked("texte"), {"texte": "Un texte."}, "Un texte."),
    (asked("texte"), ["Un texte."], "Un texte."),
    (asked("liste_texte"), "Un.\n\n  Deux. \n", "Un.\nDeux."),
    (asked("liste_texte"), ["Un\n peu.", "Deux, trois.", ""], "Un peu.\nDeux, trois."),
    (asked("liste_texte"), ["Un.\nDeux."], "Un.\nDeux."),
    (asked("choix", **FRUIT), "pomme", "pomme"),
    (asked("choix_multiple", **FRUIT), "pomme, prune,pomme", "pomme,prune"),
    (asked("choix_multiple", **FRUIT), ["prune", "pomme"], "prune,pomme"),
    (asked("typologie"), "offre", "OFFRE"),
    (asked("typologie", max=3), "COORD_RELAIS, offre", "COORD_RELAIS,OFFRE"),
    (asked("typologie", niveau=2), ["OFFRE_DELAI"], "OFFRE_DELAI"),
    (asked("mois"), "2026-02", "2026-02"),
    (asked("date"), "2026-02-28", "2026-02-28"),
    (asked("nombre"), " 007 ", "7"),
    (asked("nombre", min=0, max=3), "3", "3"),
    (asked("oui_non"), "non", "non"),
]


@pytest.mark.parametrize(("question", "value", "kept"), KEPT)
def test_an_answer_is_kept(question: Asked, value: FieldValue, kept: str) -> None:
    assert read_answer(question, value) == (kept, [])


REFUSED: list[tuple[Asked, FieldValue, list[str]]] = [
    (asked("texte"), " ", [": ce texte est vide."]),
    (asked("texte", longueur=3), "Long", [": ce texte dépasse 3 caractères."]),
    (asked("texte"), "Appelez le 06 12 34 56 78.", [": ce texte contient un numéro de téléphone, à retirer"]),
    (asked("texte"), ["Un", "Deux"], ["attend une seule réponse."]),
    (asked("texte"), {"autre": "x"}, [": ce texte est vide."]),
    (asked("texte"), "Un\0deux", [": ce texte contient des caractères illisibles."]),
    (
        asked("liste_texte", longueur=9),
        ["Court.", "Bien trop long.", "a@b.fr"],
        [", ligne 2 : ce texte dépasse 9", ", ligne 3 : ce texte contient une adresse"],
    ),
    (asked("liste_texte", max=1), "Un.\nDeux.", ["attend au plus 1 réponse."]),
    (asked("liste_texte"), "", ["attend au moins 1 réponse."]),
    (asked("choix", **FRUIT), "kiwi", ["attend pomme, poire ou prune."]),
    (asked("choix", **FRUIT), ["pomme", "poire"], ["attend une seule réponse."]),
    (asked("choix_multiple", **FRUIT), "kiwi,pomme", ["ne connaît pas « kiwi ». Réponses possibles : pomme, poire"]),
    (asked("choix_multiple", min=2, **FRUIT), "kiwi", ["ne connaît pas « kiwi »", "attend au moins 2 réponses."]),
    (asked("typologie"), "offres", ["ne connaît pas « OFFRES ». Vouliez-vous dire OFFRE ?"]),
    (asked("typologie"), "zzz", ["ne connaît pas « ZZZ ». Codes possibles : OFFRE, ACCES"]),
    (asked("typologie"), "OFFRE,ACCES", ["attend au plus 1 réponse."]),
    (asked("typologie", niveau=1), "OFFRE_DELAI", ["attend un code de premier niveau"]),
    (asked("typologie", niveau=2), "OFFRE", ["attend un code de second niveau"]),
    (asked("typologie", max=2), "x,y", ["ne connaît pas « X »", "ne connaît pas « Y »"]),
    (asked("mois"), "2026-13", ["attend un mois, par exemple 2026-01."]),
    (asked("mois"), "٢٠٢٦-01", ["attend un mois"]),
    (asked("date"), "2026-02-30", ["attend une date, par exemple 2026-01-31."]),
    (asked("nombre"), "3,5", ["attend un nombre entier."]),
    (asked("nombre"), "٣", ["attend un nombre entier."]),
    (asked("nombre", min=1, max=3), "4", ["attend un nombre entier, au moins 1 et au plus 3."]),
    (asked("nombre", max=3), "9" * 5000, ["attend un nombre entier, au plus 3."]),
    (asked("oui_non"), "peut-être", ["attend oui ou non."]),
]


@pytest.mark.parametrize(("question", "value", "words"), REFUSED)
def test_an_answer_is_refused_in_french(question: Asked, value: FieldValue, words: list[str]) -> None:
    faults = read_answer(question, value).faults
    assert len(faults) == len(words), faults
    for fault, word in zip(faults, words, strict=True):
        assert fault.startswith("« Titre » (nom)")
        assert word in fault


def test_every_type_of_field_has_its_reader() -> None:
    assert set(READERS) == set(FieldType)


QUESTIONS = [asked(kind, **(FRUIT if "choix" in kind else {})) for kind in FieldType]
ANYTHING = st.one_of(
    st.text(max_size=80),
    st.lists(st.text(max_size=20), max_size=4),
    st.dictionaries(st.sampled_from(["texte", "code"]), st.text(max_size=20), max_size=2),
)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.sampled_from(QUESTIONS), ANYTHING)
def test_whatever_is_answered_is_kept_again_as_it_is_or_refused_in_a_sentence(
    question: Asked, value: FieldValue
) -> None:
    kept, faults = read_answer(question, value)
    assert all(fault.startswith("« Titre » (nom)") and fault[-1] in ".?" for fault in faults)
    assert faults or read_answer(question, kept) == (kept, [])


@pytest.mark.parametrize("value", [[None], [["a"]], {"texte": {"fr": "a"}}, {"texte": ["a", "b"]}, [], [{"a": "b"}]])
def test_a_value_of_a_strange_shape_is_refused_and_never_an_exception(value: Any) -> None:
    for question in QUESTIONS:
        answer = read_answer(question, value)
        assert answer.faults or question.field.type is FieldType.TEXTS


# on a real database


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


def rows(world: World, table: str, reference: str) -> list[Any]:
    with world.store.engine.connect() as connection:
        query = TABLES[table].select().where(TABLES[table].c.reference == reference)
        return list(connection.execute(query).mappings())


def analysed(world: World) -> str:
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    return reference


def test_codes_are_kept_with_the_version_of_the_form_and_texts_apart(world: World) -> None:
    reference = analysed(world)
    more = {"causes_profondes": "offre_delai, COORD", "faits": "Un appel.\nUn refus.", "glissement_taches": "oui"}
    world.decide(reference, "proposer_gouvernance", "katell.morvan", {**ANALYSIS, **more})
    answers = {row["field"]: row for row in rows(world, "form_answers", reference)}
    assert answers["causes"]["value"] == "OFFRE"
    assert answers["causes_profondes"]["value"] == "OFFRE_DELAI,COORD"
    assert {(row["form"], row["form_version"]) for row in answers.values()} == {("courte", 1), ("analyse", 1)}
    texts = {row["field"]: row["text"] for row in rows(world, "contents", reference)}
    assert texts["faits"] == "Un appel.\nUn refus."
    assert not texts.keys() & answers.keys()


def test_several_faults_are_told_at_once_and_nothing_is_written(world: World) -> None:
    reference = analysed(world)
    before = rows(world, "form_answers", reference)
    wrong = {"causes": "offr", "impact": "", "compleximetre": "beaucoup", "familles_alarm": "EQUIPE,EQIPE"}
    with pytest.raises(MissingData) as caught:
        world.decide(reference, "proposer_gouvernance", "katell.morvan", {**ANALYSIS, **wrong})
    assert len(caught.value.faults) == len(wrong)
    assert all(f"({name})" in fault for name, fault in zip(wrong, caught.value.faults, strict=True))
    assert rows(world, "form_answers", reference) == before


def test_a_form_requires_its_fields_for_a_decision_that_names_none() -> None:
    world = make_world()
    files = shipped_files("national")
    asked_before = "exige: [qui, fait, quoi, pourquoi, ou, age, resume]"
    assert asked_before in files[CIRCUIT]
    files[CIRCUIT] = files[CIRCUIT].replace(asked_before, "exige: []").replace("version: 1", "version: 2", 1)
    with world.store.writing() as work:
        version = version_of(files, "national")
        work.circuits.publish(version, unsigned(version, START))
    reference = world.open()
    assert world.case(reference).circuit == "national@2"
    with pytest.raises(MissingData) as caught:
        world.decide(reference, "deposer", "maelle.riou", {"qui": "infirmier"})
    assert caught.value.faults[0].startswith("Il manque « Fait quoi ? » (fait), « Quel soin, quelle aide ? » (quoi)")
    world.decide(reference, "deposer", "maelle.riou", FORM)
