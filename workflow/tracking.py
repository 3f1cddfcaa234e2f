"""Tracking codes: an anonymous rédacteur's only way back, of which nothing but a digest is kept."""

from secrets import choice

ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
"""No letter or digit that a hand-written copy would take for another."""
GROUPS, GROUP = 3, 4


def new_code() -> str:
    """Return a code nobody can guess, such as « KMRT-34FA-9XYD »."""
    return canonical("".join(choice(ALPHABET) for _ in range(GROUPS * GROUP)))


def canonical(typed: str) -> str:
    """Return a code as it was given, whatever the case, blanks and hyphens it is typed with."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))
