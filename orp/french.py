"""Make click speak French whatever the language of the machine, down to the words it never translates.

Importing this module is enough. click looks most messages up when it prints them, but a few when a command
is declared (the name of a ``click.Path``, the help of ``--version``): a module that declares commands must
have imported this one first, which it does to use :class:`FrenchGroup` or the group built from it.
"""

import gettext
from collections.abc import Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import click

CATALOGUES = str(Path(__file__).parent / "locale")

# The name of a type shows in errors ("n’est pas un entier valable") and, in capitals, as an option's value.
TYPE_NAMES: dict[type[click.ParamType[Any]], str] = {
    click.types.StringParamType: "texte",
    click.types.UnprocessedParamType: "texte",
    click.types.IntParamType: "entier",
    click.IntRange: "entier",
    click.types.FloatParamType: "nombre",
    click.FloatRange: "nombre",
    click.types.BoolParamType: "oui|non",
    click.types.UUIDParameterType: "uuid",
    click.Choice: "choix",
    click.DateTime: "date",
    click.File: "fichier",
}
# What click accepts as a yes or a no; it lists them all when it refuses a value.
BOOLEANS = {"oui": True, "o": True, "1": True, "non": False, "n": False, "0": False}

_find = gettext.find


@wraps(_find)
def _find_french(
    domain: str,
    localedir: str | None = None,
    languages: Iterable[str] | None = None,
    *args: Any,
    **options: Any,
) -> Any:
    if localedir == CATALOGUES:
        languages = languages or ["fr"]
    return _find(domain, localedir, languages, *args, **options)


def speak_french() -> None:
    """Make click print French; calling again changes nothing.

    gettext asks the environment for the language, and gives up at the first "C". Setting LANGUAGE would do,
    but every child process would inherit it: we answer in its place, and only for our folder of catalogues.
    The catalogue itself is read at the first message.
    """
    gettext.bindtextdomain("messages", CATALOGUES)
    gettext.find = _find_french  # type: ignore[assignment]  # overloads
    for kind, name in TYPE_NAMES.items():
        kind.name = name
    click.types.BoolParamType.bool_states = BOOLEANS


class FrenchGroup(click.Group):
    """A group, and the groups declared inside it, whose usage line is in French."""

    group_class = type

    def __init__(self, *args: Any, **attrs: Any) -> None:
        super().__init__(*args, **attrs)
        if attrs.get("subcommand_metavar") is None:
            metavar = self.subcommand_metavar.replace("COMMAND", "COMMANDE")
            self.subcommand_metavar = metavar.replace("ARGS", "ARGUMENTS")


speak_french()
