"""References: written one way, and a slip of the pen shows (domain.md §7.3)."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import make_world
from workflow.errors import UnknownReference
from workflow.references import make_reference, read_reference

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODES = st.text(ALPHABET, min_size=2, max_size=12)
REFERENCE = "BRE-DACTIV-2026-0001-R"


def check_character(text: str) -> str:
    """Return the check character as ISO 7064 describes it (mod 37,36), written apart from the library."""
    rest = 36
    for character in text.replace("-", ""):
        rest = (rest + ALPHABET.index(character)) % 36 or 36
        rest = rest * 2 % 37
    return ALPHABET[(37 - rest) % 36]


def good(text: str) -> bool:
    try:
        return read_reference(text) == text
    except UnknownReference:
        return False


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("BRE", "DACTIV", 2026, 1), "BRE-DACTIV-2026-0001-"),
        (("OCC", "DAC09", 2026, 34), "OCC-DAC09-2026-0034-"),
        (("75", "49", 2031, 9999), "75-49-2031-9999-"),
        (("BRE", "DACTIV", 2026, 12345), "BRE-DACTIV-2026-12345-"),
    ],
)
def test_a_reference_is_region_dac_year_number_check(parts: tuple[str, str, int, int], expected: str) -> None:
    assert make_reference(*parts) == expected + check_character(expected)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(CODES, CODES, st.integers(2024, 2099), st.integers(1, 99_999))
def test_what_is_made_is_read_back_in_any_case(region: str, dac: str, year: int, number: int) -> None:
    reference = make_reference(region, dac, year, number)
    assert reference[-1] == check_character(reference[:-1])
    assert read_reference(f"  {reference.lower()}\n") == reference


def test_any_single_wrong_character_shows() -> None:
    for position, right in enumerate(REFERENCE):
        for wrong in ALPHABET:
            if right not in ("-", wrong):
                assert not good(REFERENCE[:position] + wrong + REFERENCE[position + 1 :])


def test_any_character_left_out_or_typed_twice_shows() -> None:
    for position, character in enumerate(REFERENCE):
        if character != "-":
            assert not good(REFERENCE[:position] + REFERENCE[position + 1 :])
            assert not good(REFERENCE[:position] + character + REFERENCE[position:])


def test_two_characters_swapped_show() -> None:
    for n in range(1, 200):
        reference = make_reference("BRE", "DACTIV", 2026, n)
        for position, (left, right) in enumerate(pairwise(reference)):
            if left != right and "-" not in (left, right):
                swapped = reference[:position] + right + left + reference[position + 2 :]
                assert not good(swapped)


@pytest.mark.parametrize(
    "text", ["", "   ", "-", "----", "R", "É", "BRE-DACTIV-2026-0001-É", "BRE/DACTIV", "１２", "²", "\x00"]
)
def test_what_is_no_reference_is_refused_in_words(text: str) -> None:
    with pytest.raises(UnknownReference, match="n’est pas une référence"):
        read_reference(text)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text("-ABC-019 abcéÉ²１\t\x00"))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    with suppress(UnknownReference):
        assert read_reference(text) == "".join(text.split()).upper()


@pytest.mark.parametrize(
    "typed", ["BRE-DACTIV-2026-0001 -R", "bre - dactiv - 2026 - 0001 - r", "BRE-DACTIV-2026-\u00a00001-R"]
)
def test_blanks_typed_inside_do_not_matter(typed: str) -> None:
    assert read_reference(typed) == REFERENCE


@pytest.mark.parametrize(
    "typed", ["BREDACTIV20260001R", "BRE-DACTIV-20260001-R", "B-RE-DACTIV-2026-0001-R", f"-{REFERENCE}-"]
)
def test_a_reference_without_its_hyphens_in_place_is_not_returned_as_if_it_were_one(typed: str) -> None:
    with pytest.raises(UnknownReference):
        read_reference(typed)


def test_situations_are_numbered_one_after_the_other() -> None:
    world = make_world()
    references = [world.open() for _ in range(3)]
    assert references == [make_reference("BRE", "DACTIV", 2026, n) for n in (1, 2, 3)]
