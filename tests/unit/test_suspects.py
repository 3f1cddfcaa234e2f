"""What a reader of the version relue is shown: names, dates, places, each with what to write instead (DESIGN §7)."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.suspects import rewritten, suspects

CIVIL, FIRST, INITIALS = "une civilité suivie d’un nom", "un prénom", "des initiales"
DATE, AGE, STREET = "une date", "un âge précis", "une adresse"
HOUSE, TOWN, NAME = "un établissement nommé", "une commune", "un nom propre"

FOUND = [
    ("Mme Le Goff ne répond plus.", "Mme Le Goff", CIVIL, "la personne"),
    ("Le Dr Martin refuse.", "Dr Martin", CIVIL, "le médecin"),
    ("M. D. est parti.", "M. D.", CIVIL, "la personne"),
    ("Madame DUPONT est seule.", "Madame DUPONT", CIVIL, "la personne"),
    ("Jeanne est seule.", "Jeanne", FIRST, "la personne"),
    ("Depuis, Jean-Luc est seul.", "Jean-Luc", FIRST, "la personne"),
    ("Vu avec J.D. hier.", "J.D.", INITIALS, ""),
    ("Née le 12/03/1942.", "le 12/03/1942", DATE, "en mars 1942"),
    ("Sortie le 3 mars 2024.", "le 3 mars 2024", DATE, "en mars 2024"),
    ("Vue 2024-03-12.", "2024-03-12", DATE, "mars 2024"),
    ("Une femme de 82 ans.", "82 ans", AGE, "75 à 84 ans"),
    ("Un homme de 101 ans.", "101 ans", AGE, "85 ans et plus"),
    ("Elle vit 12 bis rue de la Paix.", "12 bis rue de la Paix", STREET, "à son domicile"),
    ("Elle vit 3 rue des lilas.", "3 rue des lilas", STREET, "à son domicile"),
    ("Sortie de l’EHPAD Les Jardins.", "EHPAD Les Jardins", HOUSE, "EHPAD"),
    ("Admise au CHU de Rennes.", "CHU de Rennes", HOUSE, "CHU"),
    ("Elle habite à Fougères.", "à Fougères", TOWN, "dans le département (Ille-et-Vilaine)"),
    ("Elle habite à fougères.", "à fougères", TOWN, "dans le département (Ille-et-Vilaine)"),
    ("Saint-Malo est loin.", "Saint-Malo", TOWN, "le département (Ille-et-Vilaine)"),
    ("Le voisin, Gwenn, aide.", "Gwenn", NAME, ""),
]
PLAIN = [
    "Une personne âgée, à domicile, sans soins depuis un mois.",
    "L’ARS, le DAC et le SSIAD ont été prévenus. L’EHPAD n’a pas de place.",
    "Une personne de 75 à 84 ans, département Ille-et-Vilaine.",
    "Infirmière ou infirmier – arrête – soins – domicile.",
    "Les faits : Le logement ne permet plus de faire les soins.",
    "Monsieur a appelé. Madame refuse.",
    "Depuis mars 2024, en Bretagne, la maladie d’Alzheimer avance.",
    "Point 1 – Un jeune adulte, (Elle est seule), puis – Les soins.",
    "GIR 2, 3 chutes, 12 jours d’hospitalisation.",
    "",
]


@pytest.mark.parametrize(("text", "words", "what", "instead"), FOUND)
def test_what_may_name_somebody_is_shown_with_what_to_write_instead(
    text: str, words: str, what: str, instead: str
) -> None:
    assert [(one.words, one.what, one.instead) for one in suspects(text)] == [(words, what, instead)]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_words_are_left_alone(text: str) -> None:
    assert suspects(text) == []


def test_a_telephone_number_blocks_whatever_a_reader_says() -> None:
    assert [(one.words, one.blocks) for one in suspects("Appeler le 06 12 34 56 78.")] == [("06 12 34 56 78", True)]


@pytest.mark.parametrize(("text", "words", "what", "instead"), [case for case in FOUND if case[3]])
def test_what_is_written_instead_names_nobody(text: str, words: str, what: str, instead: str) -> None:
    assert suspects(rewritten(text, words, instead)) == []


def test_a_sentence_still_begins_with_a_capital() -> None:
    assert (
        rewritten("Jeanne part. On suit Jeanne.", "Jeanne", "la personne") == "La personne part. On suit la personne."
    )


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.text("aéÀZ é.,\n’-'0612/@«» mM", max_size=200))
def test_suspects_stand_where_they_say_and_never_overlap(text: str) -> None:
    end = 0
    for one in suspects(text):
        assert text[one.start : one.end] == one.words
        assert end <= one.start < one.end
        end = one.end


def test_a_long_text_takes_no_unreasonable_time() -> None:
    for piece in ("A ", "A.", "de La ", "Mme ", "12 rue de la ", "EHPAD les ", "à fougères "):
        begin = process_time()
        suspects((piece * 20_000)[:20_000])
        assert process_time() - begin < 10, piece
