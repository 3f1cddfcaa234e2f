"""New people of the directory: what an address looks like, and the identifier they get."""

import re
from collections.abc import Container
from unicodedata import normalize

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
LONGEST_NAME = 120


def identifier(email: str, taken: Container[str]) -> str:
    """Return « prenom.nom » from an address, and a number if somebody has it."""
    plain = normalize("NFKD", email.partition("@")[0].lower()).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9.-]", "", plain).lstrip(".-")[:50] or "administration"
    return next(f"{name}{n or ''}" for n in range(10_000) if f"{name}{n or ''}" not in taken)
