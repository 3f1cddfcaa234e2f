"""References of situations: `{RÉGION}-{DAC}-{année}-{numéro}-{contrôle}` (domain.md §7.3)."""

import re

from stdnum.iso7064 import mod_37_36

from workflow.errors import UnknownReference

_FORM = re.compile(r"[A-Z0-9]{2,12}-[A-Z0-9]{2,12}-\d{4}-\d{4,6}-[A-Z0-9]")


def make_reference(region: str, dac: str, year: int, number: int) -> str:
    """Return a reference ending with its check character (ISO 7064, mod 37,36): a slip of the pen shows."""
    body = f"{region}-{dac}-{year}-{number:04d}"
    return f"{body}-{mod_37_36.calc_check_digit(_bare(body))}"


def read_reference(text: str) -> str:
    """Return a reference as it is written, whatever the case and blanks it was typed with.

    Raises:
        UnknownReference: it has not the form of a reference, or its check character says it was copied wrong.
    """
    reference = "".join(text.split()).upper()
    if not _FORM.fullmatch(reference):
        raise UnknownReference(f"« {text} » n’est pas une référence. Exemple : BRE-DACTIV-2026-0042-K.")
    if not mod_37_36.is_valid(_bare(reference)):
        raise UnknownReference(
            f"La référence « {text} » est mal recopiée : son dernier caractère ne correspond pas au reste."
        )
    return reference


def _bare(text: str) -> str:
    return text.replace("-", "")
