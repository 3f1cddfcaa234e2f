"""What blocks a text because it names somebody for sure, and what must never block it (DESIGN §7)."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.identifying import identifying_parts

PHONE = "un numéro de téléphone"
MAIL = "une adresse électronique"
NIR = "un numéro de sécurité sociale"

PHONES = [
    "06 12 34 56 78",
    "0612345678",
    "06.12.34.56.78",
    "06-12-34-56-78",
    "06\u00a012\u00a034\u00a056\u00a078",
    "06\u202f12\u202f34\u202f56\u202f78",
    "06 1234 5678",
    "0612 34 56 78",
    "02 99 12 34 56",
    "09 72 12 34 56",
    "+33 6 12 34 56 78",
    "+33612345678",
    "+33 06 12 34 56 78",
    "+33 (0)6 12 34 56 78",
    "+33(0)612345678",
    "+33.6.12.34.56.78",
    "+33-6-12-34-56-78",
    "+33\u00a06\u00a012\u00a034\u00a056\u00a078",
    "0033 6 12 34 56 78",
    "0033612345678",
    "0590 12 34 56",
    "0690 12 34 56",
    "0692 12 34 56",
    "0692-12-34-56",
    "0694123456",
    "0696 12 34 56",
    "0639 12 34 56",
    "+262 692 12 34 56",
    "+262692123456",
    "+590 690 12 34 56",
    "+594 694 12 34 56",
    "+596 696 12 34 56",
    "00262 692 12 34 56",
]
UNTIDY_PHONES = [
    "06/12/34/56/78",
    "06  12  34  56  78",
    "06 - 12 - 34 - 56 - 78",
    "06\t12\t34\t56\t78",
    "(06) 12 34 56 78",
    "(06)12 34 56 78",
    "(+33) 6 12 34 56 78",
    "+33 (0) 6.12.34.56.78",
    "Tél.0612345678",
    "Tél0612345678",
    "n°06 12 34 56 78",
    "06 12345678",
    "06 – 12 – 34 – 56 – 78",
    "0 692 12 34 56",
    "0800 123 456",
    "0 800 123 456",
]
MAILS = [
    "prenom.nom@exemple.fr",
    "prenom.nom@exemple.fr.",
    "P_N+dac@sous-domaine.exemple.org",
    "hélène@exemple.fr",
    "mailto:a@exemple.fr",
    "prenom.nom @ exemple.fr",
    "prenom.nom@ exemple.fr",
]
NIRS = [
    "1 84 12 76 451 089 46",
    "1 84 12 76 451 089",
    "184127645108946",
    "1841276451089",
    "184 12 76 451 089 46",
    "1.84.12.76.451.089.46",
    "1-84-12-76-451-089-46",
    "1\u00a084\u00a012\u00a076\u00a0451\u00a0089\u00a046",
    "1 84 12 76 451 089 / 46",
    "2 84 12 2A 451 089 46",
    "2 84 12 2b 451 089",
    "2 84 12 97 411 089 46",
    "3 84 12 99 351 089",
    "7 84 12 99 351 089",
    "8 84 20 99 351 089",
]
HARMLESS = [
    "12 34",
    "le 12 janvier 2026",
    "le 12/01/2026",
    "le 12.01.2026",
    "le 12 01 2026",
    "le 1 12 2025 à 14 h",
    "le 1-12-2025 à 14:30",
    "du 01/02/2026 au 03/02/2026",
    "le 01 02 2026 de 10 à 12",
    "2026-01-05T10:30:00",
    "en 2024 2025 2026 2027",
    "depuis 2026-01",
    "3 500 000",
    "125 000 000 euros",
    "1 500,00 euros",
    "1.500.000,50",
    "de 10 000 à 20 000 euros",
    "0,123456789",
    "35300 Fougères",
    "BP 35133 35301 Fougères Cedex",
    "97400 Saint-Denis",
    "75 à 84 ans",
    "une femme de 87 ans, GIR 2",
    "12 10 8 6 4",
    "35 22 29 56 44",
    "10, 20, 30, 40 et 50 ans",
    "FINESS 350000022",
    "SIREN 123 456 789",
    "SIRET 12345678900012",
    "n° 2025 00123",
    "dossier 202601051234",
    "décret 2021-295 du 18 mars 2021",
    "article L. 6327-3",
    "10.12.34.56",
    "BRE-DACTIV-2026-0001-R",
    "IDF-DAC75-2026-1234-5",
    "@dac35",
    "a@b",
    "100 %",
    "",
]
NO_NUMBER = ["OCC-DAC09-2026-0034-K", "NOR-DAC01-2027-4512-3", "rendez-vous @ 10.30", "bre dac09 2026 0034 k"]
NO_NUMBER += [
    "01/02/2026 14 h 30",
    "01/02/26 14:30",
    "01.02.2026 de 10 à 12",
    "01 02 2026 14 h 30",
    "2026-01-05 08:30:12.123456",
    "06000 06100 06200",
    "01000 Bourg-en-Bresse, 01 02 03",
    "0,0612345678",
    "1.0612345678",
    "SIRET 123 456 789 00012",
    "FINESS 060000123",
    "de 08:00 à 09:30 et de 10 h 15 à 12 h 45",
]


@pytest.mark.parametrize("phone", PHONES)
@pytest.mark.parametrize("around", ["{}", "Appeler le {} demain.", "({})", "tél : {}, le soir", "tél:{}"])
def test_a_telephone_number_is_found_however_it_is_written(phone: str, around: str) -> None:
    assert identifying_parts(around.format(phone)) == [PHONE]


@pytest.mark.parametrize("phone", UNTIDY_PHONES)
def test_a_telephone_number_is_found_in_less_tidy_writings_too(phone: str) -> None:
    assert identifying_parts(f"Appeler le {phone} demain") == [PHONE]


@pytest.mark.parametrize("mail", MAILS)
def test_an_electronic_address_is_found(mail: str) -> None:
    assert identifying_parts(f"Écrire à {mail} avant lundi") == [MAIL]


@pytest.mark.parametrize("nir", NIRS)
def test_a_social_security_number_is_found_with_or_without_its_key(nir: str) -> None:
    assert NIR in identifying_parts(f"Assuré {nir} depuis mars")


@pytest.mark.parametrize("nir", ["1 84 12 974 11 089 46", "2 84 12 972 09 089", "4 84 12 99 351 089"])
def test_a_social_security_number_from_overseas_or_not_yet_final_is_found(nir: str) -> None:
    assert NIR in identifying_parts(f"Assuré {nir} depuis mars")


@pytest.mark.parametrize("harmless", HARMLESS)
def test_nothing_else_blocks(harmless: str) -> None:
    assert identifying_parts(f"Vu {harmless} hier") == []


@pytest.mark.parametrize("harmless", NO_NUMBER)
def test_a_reference_of_ours_or_an_hour_does_not_block(harmless: str) -> None:
    assert identifying_parts(f"Doublon de {harmless}") == []


def test_all_that_is_found_is_said_once_each() -> None:
    text = "06 12 34 56 78, 02 99 12 34 56, a@exemple.fr, 1 84 12 76 451 089 46"
    assert sorted(identifying_parts(text)) == sorted([MAIL, NIR, PHONE])


DIGITS = st.lists(st.integers(0, 99), min_size=4, max_size=4)
BETWEEN = st.sampled_from(["", " ", ".", "-", "\u00a0", "\u202f"])
PREFIX = st.sampled_from(["0", "+33", "+33 ", "0033 ", "+33 (0)", "+33 0", "+262 ", "+590", "+594 ", "+596 "])


@settings(max_examples=200, derandomize=True, deadline=None)
@given(PREFIX, st.integers(1, 9), DIGITS, BETWEEN, st.text("aé :(+0@", max_size=12))
def test_every_number_in_a_known_writing_is_found(
    prefix: str, first: int, pairs: list[int], sep: str, before: str
) -> None:
    number = f"{prefix}{first}{sep}{sep.join(f'{pair:02}' for pair in pairs)}"
    assert PHONE in identifying_parts(f"{before} {number} {before[::-1]}")


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.lists(st.integers(0, 9999).map(str), max_size=3), st.sampled_from([" ", " à ", "/", ", "]))
def test_fewer_than_ten_digits_never_block(numbers: list[str], between: str) -> None:
    found = between.join(number[:3] for number in numbers)
    assert identifying_parts(f"Entre {found} personnes") == []


def test_a_text_eight_times_as_long_takes_about_eight_times_as_long() -> None:
    for piece in ("a", "a.", "0", "0 ", "06 ", "06 12 34 56 7 ", "+33 6 ", "a@a.", "1 84 12 ", " ", "/", "06/"):
        times = []
        for length in (800, 6400):
            begin = process_time()
            identifying_parts((piece * length)[:length])
            times.append(process_time() - begin)
        assert times[1] < 24 * times[0] + 0.02, piece
