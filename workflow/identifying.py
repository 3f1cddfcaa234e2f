"""What can never stand in a text: a telephone number, an e-mail address, a social security number.

These block a deposit (T01) and a version relue; everything doubtful is for a human reader (DESIGN §7).
"""

import re

_SPACE = r"[ .\-\u00a0\u202f]?"
_PATTERNS = {
    "une adresse électronique": re.compile(r"[\w.+-]+\s?@\s?[\w-]+(\.[\w-]+)+"),
    "un numéro de sécurité sociale": re.compile(
        r"(?<!\d)[12378]_\d{2}_(?:0[1-9]|1[0-2]|[2-9]\d)_(?:\d{2}|2[AaBb])_\d{3}_\d{3}(?:_\d{2})?(?!\d)".replace(
            "_", _SPACE
        )
    ),
    "un numéro de téléphone": re.compile(
        r"(?<![\d.,])(?:(?:\+|00)\s?(?:33|262|590|594|596|508)_(?:\(0\)|0)?|0)_[1-9](?:_\d{2}){4}(?!\d)".replace(
            "_", _SPACE
        )
    ),
}


def identifying_parts(text: str) -> list[str]:
    """Return what a text holds that identifies somebody, in words; empty when nothing blocks it."""
    return [words for words, pattern in _PATTERNS.items() if pattern.search(text)]
