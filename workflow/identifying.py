"""What can never stand in a text: a telephone number, an e-mail address, a social security number.

These block a deposit (T01) and a version relue; everything doubtful is for a human reader (DESIGN §7).
Every repetition is bounded, or cannot begin again inside itself: the time taken grows with the text, no faster.
"""

import re

_BLANK = r"\s{1,3}"
_SEPARATORS = (_BLANK, r"\s{0,2}\.\s{0,2}", r"\s{0,2}[\-\u2010-\u2015]\s{0,2}", r"\s{0,2}/\s{0,2}")
_ANY = rf"(?:{'|'.join(_SEPARATORS)})?"

_ADDRESS = r"[\w.+\-]\s?@\s?[\w\-]{1,63}(?:\.[\w\-]{1,63}){0,8}\.[^\W\d_]{2}"

# sex, year, month, then « 76 451 », « 2A 451 » or « 974 11 », order of birth, and the key or not
_SOCIAL_SECURITY = (
    r"(?<!\d)[1-478]_\d\d_(?:0[1-9]|1[0-2]|[2-9]\d)_(?:(?:\d\d|2[AaBb])_\d{3}|9[78]\d_\d\d)_\d{3}(?:_\d\d)?(?!\d)"
)

# « 06 12 34 56 78 », « (06) 12 34 56 78 », « 0692 12 34 56 », « 0 800 123 456 »: one separator all along,
# else « 01/02/2026 14 » would be a number
_NATIONAL = r"0[1-9](?:\)\s?|_)\d\d(?:_\d\d){3}|0\s?[1-9]\d\d(?:(?:_\d\d){3}|(?:_\d{3}){2})"
# « 0612345678 »; « 06 1234 5678 », which a reference of ours looks like unless a letter comes before
_PLAIN = rf"0[1-9]\d{{8}}|(?<!\w)0[1-9]{_BLANK}\d{{4}}\s?\d{{4}}"
# « +33 6 12 34 56 78 », « 0033 (0)6… », « (+33) 6… », « +262 692 12 34 56 »
_INTERNATIONAL = r"(?:\+|00)\s?(?:33|262|508|590|594|596)\)?_(?:\(0\)|0)?_[1-9](?:_\d){8}"


def _telephone() -> str:
    national = "|".join(_NATIONAL.replace("_", separator) for separator in _SEPARATORS)
    return rf"(?<!\d)(?<!\d[.,])(?:{national}|{_PLAIN}|{_INTERNATIONAL.replace('_', _ANY)})(?!\d)"


_PATTERNS = {
    "une adresse électronique": re.compile(_ADDRESS),
    "un numéro de sécurité sociale": re.compile(_SOCIAL_SECURITY.replace("_", _ANY)),
    "un numéro de téléphone": re.compile(_telephone()),
}


def identifying_parts(text: str) -> list[str]:
    """Return what a text holds that identifies somebody, in words; empty when nothing blocks it."""
    return [words for words, pattern in _PATTERNS.items() if pattern.search(text)]


def identifying_spans(text: str) -> list[tuple[int, int, str]]:
    """Return where it stands: beginning, end, and what it is in words."""
    return [(*found.span(), words) for words, pattern in _PATTERNS.items() for found in pattern.finditer(text)]
