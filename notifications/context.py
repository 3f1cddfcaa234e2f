"""All that a mail may say: a closed list of dates, codes and names of structures, never a free text (INV-17)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from workflow.errors import OrpError

REASONS = ("responsable", "destinataire", "superieur", "informe", "redacteur")
NATURES = ("", "decision", "complement", "avis", "action", "retour", "tache")
ISSUES = ("cloturee", "reorientee", "retiree")


_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class MailError(OrpError):
    """A mail cannot be written: its code, its context or an address is not what the catalogue knows."""


def safe(value: str) -> str:
    """Return a value that may stand in a header, or refuse it, whatever the standard library would do.

    Raises:
        MailError: it holds a line end, a control or a character that changes the reading direction.
    """
    if _UNSAFE.search(value):
        raise MailError("Un caractère de contrôle ne peut pas figurer dans un courriel.")
    return value


def _name(value: object) -> str:
    if not isinstance(value, str) or len(value) > 120:
        raise TypeError
    return safe(value)


def _code(known: tuple[str, ...]) -> Callable[[object], str]:
    def read(value: object) -> str:
        return known[known.index(value)]  # anything else raises ValueError

    return read


def _day(value: object) -> date:
    return date.fromisoformat(value)  # type: ignore[arg-type]  # anything but an ISO date raises


def _exact(kind: type) -> Callable[[object], Any]:
    def read(value: object) -> object:
        if type(value) is not kind:
            raise TypeError
        return value

    return read


def _optional(read: Callable[[object], Any]) -> Callable[[object], Any]:
    return lambda value: None if value is None else read(value)


_READERS: Mapping[str, Callable[[object], Any]] = {
    "etape": _name,
    "echeance": _optional(_day),
    "indicatif": _exact(bool),
    "structure": _name,
    "de": _optional(_name),
    "pourquoi": _code(REASONS),
    "nature": _code(NATURES),
    "retard_depuis": _optional(_day),
    "jours": _exact(int),
    "suite": _exact(bool),
    "fin": _optional(_code(ISSUES)),
}


@dataclass(frozen=True, slots=True)
class MailContext:
    """All that a template may say besides the reference. Every field must be given."""

    etape: str
    """Title of the step."""
    echeance: date | None
    indicatif: bool
    """Nobody has accepted this delay yet: the mail says « délai indicatif »."""
    structure: str
    """Who acts or decided; empty when it is nobody."""
    de: str | None
    """Who asks, or from whom the retour comes."""
    pourquoi: str
    nature: str
    """What is awaited."""
    retard_depuis: date | None
    jours: int
    """Days from the due date, negative before."""
    suite: bool
    """The recipient must now tell the rédacteur."""
    fin: str | None

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Read the JSON values of a queued mail.

        Raises:
            MailError: a key is unknown or missing, or a value is not of its closed kind.
        """
        if values.keys() != _READERS.keys():
            names = ", ".join(sorted(values.keys() ^ _READERS.keys()))
            raise MailError(f"Champs inconnus ou manquants : {names}.")
        found = {}
        for name, reader in _READERS.items():
            try:
                found[name] = reader(values[name])
            except (TypeError, ValueError):
                raise MailError(f"Le champ {name} n’a pas une valeur permise.") from None
        return cls(**found)


@dataclass(frozen=True, slots=True)
class CircuitContext:
    """All that a mail about a published circuit may say."""

    pourquoi: str
    circuit: str
    """Name of the circuit of whoever receives it."""
    version: str
    """The version it is about."""
    le: date | None

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Read the JSON values of a queued mail.

        Raises:
            MailError: they are not of this form.
        """
        try:
            if values.keys() != {field.name for field in fields(cls)}:
                raise ValueError  # noqa: TRY301
            why = _code(("parent", "essai"))(values["pourquoi"])
            return cls(why, _name(values["circuit"]), _name(values["version"]), _optional(_day)(values["le"]))
        except (KeyError, TypeError, ValueError):
            raise MailError("Le courriel sur un circuit n’a pas la forme attendue.") from None


@dataclass(frozen=True, slots=True)
class Line:
    """One situation of a mail that tells of several, as the mail of that situation alone would have it."""

    courriel: str
    reference: str
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SeveralContext:
    """All that a mail about several situations may say."""

    lignes: list[Line]
    en_tout: int
    """Lines, those that are not shown included."""
    situations: int
    en_retard: int
    """Situations with something late."""
    retours: bool
    """Nothing but retours to pass on to rédacteurs."""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Read the JSON values of a queued mail.

        Raises:
            MailError: they are not of this form.
        """
        try:
            counts = {name: _exact(int)(values[name]) for name in ("en_tout", "situations", "en_retard")}
            given = [dict(line) for line in values["lignes"]]
            lines = [Line(_name(line.pop("courriel")), _name(line.pop("reference")), line) for line in given]
            if not lines or values.keys() != {field.name for field in fields(cls)}:
                raise ValueError  # noqa: TRY301
            return cls(lines, **counts, retours=_exact(bool)(values["retours"]))
        except (KeyError, TypeError, ValueError):
            raise MailError("La liste des situations n’a pas la forme attendue.") from None


@dataclass(frozen=True, slots=True)
class CodeContext:
    """All that the mail of a code says."""

    code: str
    minutes: int
    """How long it may be typed."""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Read the JSON values of a queued mail.

        Raises:
            MailError: they are not of this form.
        """
        code, minutes = values.get("code"), values.get("minutes")
        if values.keys() != {"code", "minutes"} or not re.fullmatch(r"[0-9]{6}", str(code)) or type(minutes) is not int:
            raise MailError("Le code n’a pas la forme attendue.")
        return cls(str(code), minutes)


@dataclass(frozen=True, slots=True)
class AbsenceContext:
    """All that the mail of an absence says: two colleagues and two dates."""

    absent: str
    remplacant: str
    du: date
    au: date
    terminee: bool

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Read the JSON values of a queued mail.

        Raises:
            MailError: they are not of this form.
        """
        readers = {"absent": _name, "remplacant": _name, "du": _day, "au": _day, "terminee": _exact(bool)}
        if values.keys() != readers.keys():
            raise MailError("L’absence n’a pas la forme attendue.")
        try:
            return cls(**{name: reader(values[name]) for name, reader in readers.items()})
        except (TypeError, ValueError):
            raise MailError("L’absence n’a pas la forme attendue.") from None
