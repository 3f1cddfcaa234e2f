"""What a line of the journal leaves beside it: texts, coded answers, and what the second of two people is told."""

from workflow.change import Change
from workflow.journal import digest_text
from workflow.model import LastDecision
from workflow.records import Answer, Content
from workflow.texts import Carried


def keep(change: Change, carried: Carried, salt: str, organisations: set[str]) -> None:
    """Set aside the texts, and the coded answers to forms, of the line about to be written."""
    case, seq, level = change.case, change.case.seq + 1, _level_of(change, organisations)
    for name, text in carried.texts.items():
        change.outcome.contents.append(
            Content(case.reference, seq, name, level, text, salt, digest_text(salt, name, text))
        )
    for form in change.circuit.forms:
        for name in form.fields.keys() & carried.codes.keys():
            change.outcome.answers.append(
                Answer(case.reference, seq, form.name, form.version, name, carried.codes[name])
            )


def _level_of(change: Change, organisations: set[str]) -> str:
    """The level a text belongs to is its author's, wherever the situation stands."""
    mine = [slot for slot, party in change.dossier.parties.items() if party.organisation in organisations]
    return mine[0] if mine else change.circuit.step(change.case.step).level


def kept(carried: Carried, salt: str) -> dict[str, dict[str, str]]:
    """Return what the journal says of the fields: the codes, and the digests of the texts."""
    digests = {name: digest_text(salt, name, text) for name, text in carried.texts.items()}
    return {key: value for key, value in {"codes": carried.codes, "textes": digests}.items() if value}


def instead(change: Change) -> dict[str, str]:
    """Return what a journal line says of the one who is away: « X pour Y »."""
    return {"remplace": change.instead_of} if change.instead_of else {}


def sign(change: Change, title: str, author: str) -> None:
    """Make the pages read before this one old."""
    change.case.version += 1
    change.case.last = LastDecision(title, author, change.at)
