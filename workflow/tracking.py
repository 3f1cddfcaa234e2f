"""Tracking codes: an anonymous rédacteur's only way back, of which nothing but a digest is kept."""

import hmac
from secrets import choice

ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
"""No letter or digit that a hand-written copy would take for another."""
GROUPS, GROUP = 3, 4

ANONYMOUS = "redacteur.anonyme"
"""Who writes a form without an account: one entry of the directory for all of them, without address nor function."""


def new_code() -> str:
    """Return a code nobody can guess, such as « KMRT-34FA-9XYD »."""
    return canonical("".join(choice(ALPHABET) for _ in range(GROUPS * GROUP)))


def code_of(secret: str, form: str) -> str:
    """Return the code of a form begun in a browser that holds a secret: a double click shows the same one twice."""
    number = int.from_bytes(hmac.digest(secret.encode(), form.encode(), "sha256"))
    signs = []
    for _ in range(GROUPS * GROUP):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return canonical("".join(signs))


def canonical(typed: str) -> str:
    """Return a code as it was given, whatever the case, blanks and hyphens it is typed with."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))
