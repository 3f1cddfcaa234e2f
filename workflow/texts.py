"""Free texts and small values of a decision: read once, refused in one French sentence each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from workflow.answers import text_fault
from workflow.errors import MissingData
from workflow.obligations import PlannedAction
from workflow.triggers import FieldValue

SHORTEST_RETOUR = 60
"""Characters below which a retour says nothing (DESIGN §1)."""
FINAL_PARTS = {
    "actions": "les actions, ou pourquoi il n’y en a pas",
    "conserve": "ce qui est conservé de la situation",
    "prochaine": "la prochaine date, ou « aucune »",
    "contact": "la fonction à contacter",
}
"""What a final retour holds besides its text (domain.md §3.6)."""


@dataclass(slots=True)
class Carried:
    """The fields of a decision once read."""

    codes: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    actions: list[PlannedAction] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Let pass what is whole.

        Raises:
            MissingData: with one French sentence for each fault.
        """
        if self.faults:
            raise MissingData(tuple(self.faults))


def text_of(value: FieldValue, part: str = "texte") -> str:
    """Return one part of a value, without surrounding blanks; a plain text is its own « texte »."""
    found = value.get(part, "") if isinstance(value, Mapping) else value if part == "texte" else ""
    return found.strip() if isinstance(found, str) else ""


def code_of(value: FieldValue) -> str:
    """Return the code of a motif, given alone or with words (« code » and « texte »)."""
    return text_of(value, "code") or ("" if isinstance(value, Mapping) else text_of(value))


def read_text(name: str, text: str, carried: Carried, title: str, longest: int = 4000) -> None:
    """Take a free text in, or say why not: empty, too long, or naming somebody."""
    if fault := text_fault(text, longest):
        carried.faults.append(f"{title[0].upper()}{title[1:]} ({name}) : {fault}")
    else:
        carried.texts[name] = text


def read_retour(value: FieldValue, carried: Carried, *, final: bool, label: str = "") -> None:
    """Take a retour in: long enough to say something, and whole when it is the last one (DESIGN §1)."""
    text = text_of(value)
    if len(text) < SHORTEST_RETOUR or text.rstrip(".").lower() == label.lower():
        asked = f"avec vos mots, en {SHORTEST_RETOUR} caractères au moins"
        carried.faults.append(f"Le retour (retour) doit dire ce qui a été décidé et fait, {asked}.")
    else:
        read_text("retour.texte", text, carried, "le retour")
    for part, title in FINAL_PARTS.items() if final else ():
        read_text(f"retour.{part}", text_of(value, part), carried, title, 600)
    following = text_of(value, "prochaine")
    if final and following and following != "aucune" and read_day(following) is None:
        carried.faults.append(
            "La prochaine date (retour.prochaine) est un jour, par exemple 2026-10-01, ou « aucune »."
        )


def read_day(text: str) -> date | None:
    """Return the civil date of « 2026-02-10 », or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
