"""All that a mail may say: a closed list of dates, codes and names of structures, never a free text (INV-17)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Self, get_type_hints

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


Name = Annotated[str, _name]
Day = Annotated[date, _day]
PerhapsDay = Annotated[date | None, _optional(_day)]
Count = Annotated[int, _exact(int)]
Flag = Annotated[bool, _exact(bool)]


@dataclass(frozen=True, slots=True)
class Context:
    """All that one kind of mail may say: its fields and no other, each taken in by the reader of its type."""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Read the JSON values of a queued mail.

        Raises:
            MailError: a key is unknown or missing, or a value is not of its closed kind.
        """
        readers = {name: hint.__metadata__[0] for name, hint in get_type_hints(cls, include_extras=True).items()}
        if values.keys() != readers.keys():
            names = ", ".join(sorted(values.keys() ^ readers.keys()))
            raise MailError(f"Champs inconnus ou manquants : {names}.")
        found = {}
        for name, reader in readers.items():
            try:
                found[name] = reader(values[name])
            except (AttributeError, KeyError, TypeError, ValueError):
                raise MailError(f"Le champ {name} n’a pas une valeur permise.") from None
        return cls(**found)


@dataclass(frozen=True, slots=True)
class MailContext(Context):
    """All that a mail about one situation may say besides the reference."""

    etape: Name
    """Title of the step."""
    echeance: PerhapsDay
    indicatif: Flag
    """Nobody has accepted this delay yet: the mail says « délai indicatif »."""
    structure: Name
    """Who acts or decided; empty when it is nobody."""
    de: Annotated[str | None, _optional(_name)]
    """Who asks, or from whom the retour comes."""
    pourquoi: Annotated[str, _code(REASONS)]
    nature: Annotated[str, _code(NATURES)]
    """What is awaited."""
    retard_depuis: PerhapsDay
    jours: Count
    """Days from the due date, negative before."""
    suite: Flag
    """The recipient must now tell the rédacteur."""
    fin: Annotated[str | None, _optional(_code(ISSUES))]


@dataclass(frozen=True, slots=True)
class CircuitContext(Context):
    """All that a mail about a published circuit may say."""

    pourquoi: Annotated[str, _code(("parent", "essai"))]
    circuit: Name
    """Name of the circuit of whoever receives it."""
    version: Name
    """The version it is about."""
    le: PerhapsDay


@dataclass(frozen=True, slots=True)
class Line:
    """One situation of a mail that tells of several, as the mail of that situation alone would have it."""

    courriel: str
    reference: str
    context: Mapping[str, Any]


def _lines(value: Iterable[Mapping[str, Any]]) -> list[Line]:
    given = [dict(line) for line in value]
    if not given:
        raise ValueError
    return [Line(_name(line.pop("courriel")), _name(line.pop("reference")), line) for line in given]


@dataclass(frozen=True, slots=True)
class SeveralContext(Context):
    """All that a mail about several situations may say."""

    lignes: Annotated[list[Line], _lines]
    en_tout: Count
    """Lines, those that are not shown included."""
    situations: Count
    en_retard: Count
    """Situations with something late."""
    retours: Flag
    """Nothing but retours to pass on to rédacteurs."""


def _six_digits(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{6}", value):
        raise ValueError
    return value


@dataclass(frozen=True, slots=True)
class CodeContext(Context):
    """All that the mail of a code says."""

    code: Annotated[str, _six_digits]
    minutes: Count
    """How long it may be typed."""


@dataclass(frozen=True, slots=True)
class AbsenceContext(Context):
    """All that the mail of an absence says: two colleagues and two dates."""

    absent: Name
    remplacant: Name
    du: Day
    au: Day
    terminee: Flag
