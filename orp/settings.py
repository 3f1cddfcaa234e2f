"""Settings, read once from the environment; a secret may stand in a file named by `…_FILE`."""

import os
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from notifications.transport import TransportError, checked_address
from workflow.errors import Infrastructure

EXPECTED = {
    "URL_PUBLIQUE": "l’adresse du service, par exemple https://orp.exemple.fr",
    "EXPEDITEUR": "une adresse, par exemple ORP <orp@exemple.fr>",
    "SMTP_PORT": "un numéro de port, par exemple 587",
    "SMTP_SECURITE": "aucune, starttls ou tls",
    "CLE_REPERES": "un secret de 32 signes au moins",
    "SECRET": "32 signes tirés au hasard, au moins",
    "CADENCE": "un nombre de secondes entre 1 et 3600",
}

SECRETS = {"SMTP_MOT_DE_PASSE": "du mot de passe", "SECRET": "du secret", "CLE_REPERES": "de la clé des repères"}
"""Settings that may stand in a file, and how a sentence says them."""


class Settings(BaseSettings):
    """What an operator may set. Names in the environment are French; the defaults suit one machine."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database: str = Field("sqlite:///orp.sqlite", validation_alias="DATABASE_URL")
    public_url: str = Field("http://localhost", validation_alias="URL_PUBLIQUE")
    sender: str = Field("orp@localhost.invalid", validation_alias="EXPEDITEUR")
    smtp_host: str = Field("localhost", validation_alias="SMTP_HOTE")
    smtp_port: int = Field(587, validation_alias="SMTP_PORT", ge=1, le=65535)
    smtp_security: Literal["aucune", "starttls", "tls"] = Field("starttls", validation_alias="SMTP_SECURITE")
    smtp_user: str | None = Field(None, validation_alias="SMTP_UTILISATEUR")
    smtp_password: str | None = Field(None, validation_alias="SMTP_MOT_DE_PASSE", repr=False)
    local_keys: str | None = Field(None, validation_alias="CLE_REPERES", min_length=32, repr=False)
    """Secret under which the local keys of a DAC are sealed; without it none is kept."""
    secret: str | None = Field(None, validation_alias="SECRET", min_length=32, repr=False)
    """What the links of mails are made from; without one it is drawn at each start."""
    beat: int = Field(30, validation_alias="CADENCE", ge=1, le=3600)
    """Seconds between two ticks of the worker."""

    @field_validator("public_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(value)
        return value.rstrip("/")

    @field_validator("sender")
    @classmethod
    def _is_sender(cls, value: str) -> str:
        try:
            checked_address(parseaddr(value)[1])
        except TransportError:
            raise ValueError(value) from None
        return value

    @property
    def domain(self) -> str:
        """The host name of the service: it ends the Message-ID of mails."""
        return urlsplit(self.public_url).hostname or "localhost"


def read_settings(**given: Any) -> Settings:
    """Read the environment; `given` (by field alias) wins over it.

    Raises:
        Infrastructure: one French line for each setting that cannot be used.
    """
    try:
        return Settings(**{key: value for key, value in (_secrets() | given).items() if value is not None})
    except ValidationError as error:
        names = [str(e["loc"][0]) for e in error.errors()]
        lines = [
            f"Le réglage {name} est illisible. Attendu : {EXPECTED.get(name, 'voir le README')}." for name in names
        ]
        raise Infrastructure("\n".join(lines)) from None


def _secrets() -> dict[str, str]:
    """A secret may stand in a file: it then shows neither in the environment nor in a process list."""
    return {name: _read(path, said) for name, said in SECRETS.items() if (path := os.environ.get(f"{name}_FILE"))}


def _read(path: str, said: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Infrastructure(f"Le fichier {said} « {path} » ne peut pas être lu.") from None
