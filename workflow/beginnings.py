"""The first steps of an observatory, in the three stages of the national platform (domain.md, glossary: Anap)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field

from workflow.circuit.reader import read
from workflow.circuit.validation import validate
from workflow.circuit.values import Definition, Title
from workflow.errors import InvalidDefinition, Refusal

FILE = "ressources/plateforme.yaml"
SLOTS = 12
"""Tools of the national platform."""
DOCUMENTS = {"reglement": "Règlement intérieur", "cadrage": "Note de cadrage", "bilan": "Bilan annuel"}
LONGEST_LINK = 500


class Tool(Definition):
    """One tool of the platform: a number until it is obtained."""

    number: Annotated[int, Field(alias="numero", ge=1, le=SLOTS)]
    stage: str | None = Field(default=None, alias="etape")
    title: Title | None = Field(default=None, alias="titre")
    link: Annotated[str, Field(pattern=r"^https://\S+$")] | None = Field(default=None, alias="lien")


class Platform(Definition):
    """The stages and the tools."""

    stages: dict[str, Title] = Field(alias="etapes")
    tools: tuple[Tool, ...] = Field(alias="outils", min_length=SLOTS, max_length=SLOTS)


def read_platform(text: str) -> Platform:
    """Read the file of the platform.

    Raises:
        InvalidDefinition: every fault of the file, each on its line.
    """
    found = validate(read(FILE, text), Platform)
    if found.definition is None or found.faults:
        raise InvalidDefinition(tuple(found.faults))
    return found.definition


@cache
def platform() -> Platform:
    """Return the platform as the project ships it."""
    return read_platform((resources.files("definitions") / FILE).read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Progress:
    """What is already there in one DAC."""

    unheld: Collection[str]
    """Functions nobody holds, as « la direction du DAC (DAC’tiv) »."""
    boxless: bool
    """The délégation of its département has neither a mailbox nor anybody."""
    deposited: bool
    proposed: bool
    transmitted: bool
    told: bool
    """A rédacteur was told what became of a situation, with its proof."""
    documents: Collection[str]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list: done, or what to do next and where."""

    title: str
    done: bool
    next: str
    page: str = ""


def checklist(done: Progress) -> Iterator[tuple[str, list[Item]]]:
    """Return the lines of each stage."""
    for stage, items in {"installer": _settle, "structurer": _structure, "relier": _connect}.items():
        yield platform().stages[stage], list(items(done))


def _settle(done: Progress) -> Iterator[Item]:
    missing = ", ".join(done.unheld)
    yield Item(
        "Chaque fonction est tenue par quelqu’un",
        not done.unheld,
        f"À donner : {missing}." if missing else "",
        "/organisation",
    )
    yield _document("reglement", done)
    yield Item(
        "Une première situation est déposée",
        done.deposited,
        "Faites déposer une situation par une référente ou un référent : la fiche courte suffit.",
        "/aide/redacteur",
    )


def _structure(done: Progress) -> Iterator[Item]:
    yield _document("cadrage", done)
    yield Item(
        "La gouvernance a reçu une première situation",
        done.proposed,
        "Prenez en charge une situation, gardez-la pour analyse, puis proposez-la avec une version relue.",
        "/a-traiter",
    )


def _connect(done: Progress) -> Iterator[Item]:
    yield Item(
        "La délégation de l’ARS a une boîte de service ou une personne",
        not done.boxless,
        "Demandez à la délégation l’adresse de son service, et à qui exploite l’outil de l’enregistrer.",
    )
    yield Item(
        "Une première situation est transmise à l’ARS",
        done.transmitted,
        "Une situation validée par la gouvernance est transmise par l’outil, après le délai d’annulation.",
    )
    yield Item(
        "Un premier retour est parvenu à un rédacteur",
        done.told,
        "Transmettez les retours qui vous arrivent : ils sont dans « À traiter », onglet « Retours à faire ».",
        "/a-traiter?onglet=retours",
    )
    yield _document("bilan", done)


def _document(kind: str, done: Progress) -> Item:
    return Item(
        f"Document : {DOCUMENTS[kind]}",
        kind in done.documents,
        "Indiquez ci-dessous l’adresse où votre DAC le tient.",
        "#documents",
    )


def checked_link(link: str) -> str:
    """Return a link that is safe to show to colleagues: https, a host, nothing that hides where it leads.

    Raises:
        Refusal: says what is expected.
    """
    expected = "Donnez une adresse qui commence par https://, par exemple https://intranet.exemple.fr/reglement.pdf."
    if len(link) > LONGEST_LINK or not link.isascii() or not link.isprintable() or " " in link:
        raise Refusal(expected)
    try:
        parts = urlsplit(link)
        plain = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc and "." in parts.hostname
    except ValueError:
        plain = None
    if not plain:
        raise Refusal(expected)
    return link
