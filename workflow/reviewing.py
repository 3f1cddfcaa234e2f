"""The version relue: what somebody of the DAC vouches for, before anybody else reads of the situation (DESIGN §7)."""

from itertools import product

from workflow.change import Change
from workflow.circuit.decision_fields import REVIEWED
from workflow.circuit.model import OF_THE_DAC, WRITER
from workflow.suspects import suspects
from workflow.texts import Carried, read_text, text_of
from workflow.triggers import FieldValue
from workflow.words import enumerate_words

LONGEST = 20_000


def readers(change: Change) -> dict[str, str]:
    """Return who may vouch for a text: the people of the DAC who see every form, names by identifier."""
    actors, parties = change.circuit.definition.actors, change.dossier.parties
    known = {actor.function for name, actor in actors.items() if name != WRITER and actor.slot in OF_THE_DAC}
    functions = set(product((parties[slot].organisation for slot in OF_THE_DAC if slot in parties), known))
    people = sorted(change.dossier.facts.people.values(), key=lambda person: person.name)
    return {person.id: person.name for person in people if not person.mailbox and person.functions & functions}


def must_be_another(change: Change, reader: str, author: str) -> str:
    """Say why this reader cannot vouch for the text; empty if they can.

    Neither who wrote the form nor who wrote the text (`author`) may, unless nobody else of the DAC can.
    """
    able, writers = readers(change), {change.case.writer, author}
    if reader not in able:
        return "La version relue (version_relue) attend qui l’a relue au DAC (lecteur)."
    if reader in writers and able.keys() - writers:
        who = "rédigé la fiche" if reader == change.case.writer else "écrit ce texte"
        return f"La version relue (version_relue) a été relue par qui a {who}."
    return ""


def read_review(change: Change, value: FieldValue, by: str, carried: Carried) -> None:
    """Take a version relue in: `texte`, `lecteur` (else who decides), `prepare_par`, and `gardes`, one a line.

    `gardes` are the suspect words that the reader found to identify nobody; any other suspect is refused.
    """
    reader, author = text_of(value, "lecteur") or by, text_of(value, "prepare_par")
    if fault := must_be_another(change, reader, author):
        carried.faults.append(fault)
    text, kept = text_of(value), set(text_of(value, "gardes").splitlines())
    read_text(REVIEWED, text, carried, "la version relue", LONGEST)
    found = {suspect.words: suspect for suspect in suspects(text[:LONGEST]) if not suspect.blocks}
    if doubtful := [f"« {words} »" for words in found if words not in kept]:
        carried.faults.append(
            f"La version relue (version_relue) peut identifier quelqu’un par {enumerate_words(doubtful, 'et')} : "
            "modifiez-la, ou dites-le non identifiant (gardes)."
        )
    carried.codes["version_relue.lecteur"] = reader
    if reader in (change.case.writer, author):
        carried.codes["version_relue.seul"] = "oui"
