"""The fields of a decision, from the options of the command line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from workflow.circuit.reader import read
from workflow.errors import InvalidDefinition
from workflow.triggers import FieldValue


def gather(given: Mapping[str, Any]) -> dict[str, FieldValue]:
    """Return the fields of `--file`, `--field` and `--reviewed`, the later over the earlier.

    Raises:
        click.UsageError: an option is not written as it should.
        InvalidDefinition: the YAML file cannot be read.
    """
    fields: dict[str, Any] = read_fields_file(given["file"]) if given["file"] else {}
    for text in given["fields"]:
        _put(fields, text)
    if bool(given["reviewed"]) != bool(given["reader"]):
        raise click.UsageError("La version relue va avec qui l’a relue : donnez --reviewed et --reader ensemble.")
    if given["reviewed"]:
        fields["version_relue"] = {"texte": read_text_file(given["reviewed"]), "lecteur": given["reader"]}
    return fields


def _put(fields: dict[str, Any], text: str) -> None:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"« {text} » n’est pas un champ. Exemple : --field nature=averee")
    name, _, part = name.strip().partition(".")
    if not part:
        fields[name] = value
        return
    whole = fields.setdefault(name, {})
    if isinstance(whole, list):
        raise click.UsageError(
            f"« {text} » ajoute une partie à une liste : le fichier donne déjà plusieurs valeurs à « {name} »."
        )
    if isinstance(whole, str):
        whole = fields[name] = {"texte": whole}
    whole[part] = value


def read_fields_file(path: Path) -> dict[str, Any]:
    """Return the fields written in a YAML file.

    Raises:
        InvalidDefinition: it cannot be read.
    """
    source = read(path.name, path.read_bytes())
    if source.faults:
        raise InvalidDefinition(source.faults)
    if not isinstance(source.data, dict):
        sentence = "Ce fichier ne contient pas de champs."
        raise InvalidDefinition((source.fault((), "champs", sentence, "une ligne par champ, « nom: valeur »"),))
    return dict(source.data)


def read_text_file(path: Path) -> str:
    """Return the text of a file.

    Raises:
        click.UsageError: it is not text in UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.UsageError(f"Le fichier {path} n’est pas du texte en UTF-8.") from None
