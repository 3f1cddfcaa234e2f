"""Secrets and their digests: what a browser holds is random, what the database keeps cannot be turned back."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from secrets import choice, randbelow, token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet, InvalidToken

LONG, WORDS, SHORT = 14, 7, 12
"""CNIL, délibération 2022-100: 14 signs, or 12 of four kinds, or seven words."""
SPOKEN = "ACDEFGHJKMNPQRTUVWXY34679"

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(token_urlsafe())
"""Checked when there is no password, so that the answer takes as long."""


def new_token() -> str:
    """Return 256 random bits."""
    return token_urlsafe(32)


def new_code() -> str:
    """Return six random digits."""
    return f"{randbelow(1_000_000):06}"


def new_activation() -> str:
    """Return a code to be said aloud, such as « KMRT-34FA-9XYD »: no sign that would be taken for another."""
    return "-".join("".join(choice(SPOKEN) for _ in range(4)) for _ in range(3))


def activation(code: str) -> str:
    """Return what is kept of such a code, whatever the case, blanks and hyphens it is typed with."""
    return digest("activation", "".join(sign for sign in code.upper() if sign.isalnum()))


def digest(*parts: str) -> str:
    """Return a digest that tells nothing of what it was made from, each part apart from the others."""
    return sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare without telling, by the time it takes, where they differ."""
    return hmac.compare_digest(one.encode(errors="surrogatepass"), other.encode(errors="surrogatepass"))


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Say whether a password is the one that was kept; it takes as long when none was."""
    try:
        _hasher.verify(kept or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def weakness(password: str) -> str:
    """Say what a password lacks, empty if nothing."""
    kinds = (str.islower, str.isupper, str.isdigit, lambda sign: not sign.isalnum())
    four = all(any(kind(sign) for sign in password) for kind in kinds)
    if len(password) >= LONG or (four and len(password) >= SHORT) or len(password.split()) >= WORDS:
        return ""
    return (
        f"Ce mot de passe est trop court : {LONG} signes au moins, ou {SHORT} avec majuscule, chiffre et ponctuation."
    )


class Seal:
    """Seals what a DAC keeps for itself, under the key of the settings: the database alone tells nothing of it."""

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(urlsafe_b64encode(sha256(f"sceau\0{key}".encode()).digest()))
        self._key = sha256(f"empreinte\0{key}".encode()).digest()

    def close(self, text: str) -> str:
        """Return a text that only this key opens."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """Return what was sealed; None if it was under another key."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

    def mark(self, text: str) -> str:
        """Return what finds a text again without opening it; worth nothing without the key."""
        return hmac.new(self._key, text.lower().encode(errors="surrogatepass"), "sha256").hexdigest()
