"""What a decision carries: reads every field, says every fault at once, splits codes from texts.

Codes go into the journal as they are; texts go apart and the journal keeps their digest (INV-17).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from workflow.answers import Asked, read_answer, text_fault
from workflow.change import Change
from workflow.circuit.model import DecisionDefinition, Slot
from workflow.errors import MissingData
from workflow.holders import holder_of
from workflow.model import Decision, Given
from workflow.words import enumerate_words

SHORTEST_RETOUR = 60
"""Characters below which a retour says nothing (DESIGN §1)."""
FINAL_PARTS = {
    "actions": "les actions, ou pourquoi il n’y en a pas",
    "conserve": "ce qui est conservé de la situation",
    "prochaine": "la prochaine date, ou « aucune »",
    "contact": "la fonction à contacter",
}
"""What a final retour holds besides its text (domain.md §3.6)."""
PRIORITIES = ("normale", "urgente")


@dataclass(slots=True)
class Carried:
    """The fields of a decision once read."""

    codes: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """One decision being read: what it is, and what was found in it so far."""

    change: Change
    decision: Decision
    definition: DecisionDefinition
    carried: Carried


Reader = Callable[[Reading, Given], None]


def read_fields(change: Change, decision: Decision, definition: DecisionDefinition) -> Carried:
    """Read what the decision carries.

    Raises:
        MissingData: with one French sentence for each field that is absent, unknown or unreadable.
    """
    carried = Carried()
    reading = Reading(change, decision, definition, carried)
    if missing := _missing(change, decision):
        carried.faults.append(f"Il manque {enumerate_words(missing, 'et')}.")
    for name, value in decision.fields.items():
        if name in change.circuit.fields:
            _read_answer(reading, name, value)
        elif name in definition.requires:
            READERS[name](reading, value)
        else:
            carried.faults.append(f"« {name} » n’a pas de place dans cette décision.")
    if carried.faults:
        raise MissingData(tuple(carried.faults))
    return carried


def _missing(change: Change, decision: Decision) -> list[str]:
    """What the circuit or a form requires, and neither an earlier decision nor this one gives."""
    given = (change.dossier.facts.answered & change.circuit.fields.keys()) | decision.fields.keys()
    required = change.circuit.required(change.case.step, decision.name)
    return [f"{_title(change, name)} ({name})" for name in required if name not in given]


def _title(change: Change, name: str) -> str:
    known = change.circuit.fields.get(name)
    return f"« {known.title} »" if known else TITLES[name]


def text_of(value: Given, part: str = "texte") -> str:
    """Return one part of a value, without surrounding blanks; a plain text is its own « texte »."""
    found = value.get(part, "") if isinstance(value, Mapping) else value if part == "texte" else ""
    return found.strip() if isinstance(found, str) else ""


def code_of(value: Given) -> str:
    """Return the code of a motif, given alone or with words (« code » and « texte »)."""
    return text_of(value, "code") if isinstance(value, Mapping) else text_of(value)


def read_text(name: str, text: str, carried: Carried, title: str, longest: int = 4000) -> None:
    """Take a free text in, or say why not: empty, too long, or naming somebody."""
    if fault := text_fault(text, longest):
        carried.faults.append(f"{title[0].upper()}{title[1:]} ({name}) : {fault}")
    else:
        carried.texts[name] = text


def read_retour(value: Given, carried: Carried, *, final: bool, label: str = "") -> None:
    """Take a retour in: long enough to say something, and whole when it is the last one (DESIGN §1)."""
    text = text_of(value)
    if len(text) < SHORTEST_RETOUR or text.rstrip(".").lower() == label.lower():
        asked = f"avec vos mots, en {SHORTEST_RETOUR} caractères au moins"
        carried.faults.append(f"Le retour (retour) doit dire ce qui a été décidé et fait, {asked}.")
    else:
        read_text("retour.texte", text, carried, "le retour")
    for part, title in FINAL_PARTS.items() if final else ():
        read_text(f"retour.{part}", text_of(value, part), carried, title, 600)


def _read_answer(reading: Reading, name: str, value: Given) -> None:
    circuit, carried = reading.change.circuit, reading.carried
    field = circuit.fields[name]
    kept, faults = read_answer(Asked(name, field, circuit.typology(name), reading.change.at.date()), value)
    carried.faults += faults
    if not faults:
        (carried.texts if field.free_text else carried.codes)[name] = kept


def _reason(reading: Reading, value: Given) -> None:
    """A motif is a code of the circuit's list and words of its own: the retour, if one is written (INV-11)."""
    known = reading.change.circuit.definition.reasons.get(reading.definition.reasons or "", {})
    code = code_of(value)
    if code not in known:
        reading.carried.faults.append(f"Le motif (motif) attend {enumerate_words(list(known))}.")
        return
    reading.carried.codes["motif"] = code
    if "retour" not in reading.definition.requires:
        text = text_of(value) if isinstance(value, Mapping) else ""
        read_text("motif.texte", text, reading.carried, "le motif en toutes lettres")


def _questions(reading: Reading, value: Given) -> None:
    read_text("questions", text_of(value), reading.carried, "les questions posées")


def _retour(reading: Reading, value: Given) -> None:
    motif = code_of(reading.decision.fields.get("motif", ""))
    label = reading.change.circuit.definition.reasons.get(reading.definition.reasons or "", {}).get(motif, "")
    read_retour(value, reading.carried, final=reading.definition.issue is not None, label=label)


def _meeting(reading: Reading, value: Given) -> None:
    day = read_day(text_of(value, "date") or text_of(value))
    holder = holder_of(reading.change.circuit, reading.change.dossier, reading.definition.actors[0])
    if day is None or day < reading.change.today(holder):
        reading.carried.faults.append("La séance (seance) attend une date à venir, par exemple 2026-02-10.")
    else:
        reading.carried.codes["seance"] = day.isoformat()


def read_day(text: str) -> date | None:
    """Return the civil date of « 2026-02-10 », or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _presences(reading: Reading, value: Given) -> None:
    read_text("presences", text_of(value), reading.carried, "les présences par collège")


def _dd(reading: Reading, value: Given) -> None:
    expected = reading.change.dossier.parties[Slot.DD].organisation
    if text_of(value) != expected:
        where = reading.change.case.departement
        reading.carried.faults.append(f"La délégation (dd) d’une situation du département {where} est {expected}.")
    reading.carried.codes["dd"] = expected


def _priority(reading: Reading, value: Given) -> None:
    if text_of(value) not in PRIORITIES:
        reading.carried.faults.append(f"La priorité (priorite) attend {enumerate_words(list(PRIORITIES))}.")
    reading.carried.codes["priorite"] = text_of(value)


def _officer(reading: Reading, value: Given) -> None:
    holder = holder_of(reading.change.circuit, reading.change.dossier, reading.definition.actors[0])
    people = reading.change.dossier.facts.people.values()
    able = sorted(p.id for p in people if (holder.organisation, holder.function) in p.functions and not p.mailbox)
    if text_of(value) not in able:
        reading.carried.faults.append(f"La personne en charge (officier) attend {enumerate_words(able)}.")
    reading.carried.codes["officier"] = text_of(value)


def _reviewed(reading: Reading, value: Given) -> None:
    """A version relue names its reader: somebody of the DAC, not the one who wrote the form (DESIGN §7)."""
    reader, parties = text_of(value, "lecteur"), reading.change.dossier.parties
    inside = {parties[slot].organisation for slot in (Slot.ANTENNE, Slot.DAC)}
    person = reading.change.dossier.facts.people.get(reader)
    if person is None or not inside & {organisation for organisation, _ in person.functions}:
        reading.carried.faults.append("La version relue (version_relue) attend qui l’a relue au DAC (lecteur).")
    elif reader == reading.change.case.writer:
        reading.carried.faults.append("La version relue (version_relue) a été relue par qui a rédigé la fiche.")
    read_text("version_relue", text_of(value), reading.carried, "la version relue", 20_000)
    reading.carried.codes["version_relue.lecteur"] = reader


READERS: dict[str, Reader] = {
    "motif": _reason,
    "questions": _questions,
    "retour": _retour,
    "seance": _meeting,
    "presences": _presences,
    "dd": _dd,
    "priorite": _priority,
    "officier": _officer,
    "version_relue": _reviewed,
}
"""The fields a decision may carry that no form holds; the circuit reader knows the same names."""

TITLES = {
    "motif": "le motif",
    "questions": "les questions posées",
    "retour": "le retour",
    "seance": "la date de la séance",
    "presences": "les présences par collège",
    "dd": "la délégation départementale destinataire",
    "priorite": "la priorité",
    "officier": "la personne en charge",
    "version_relue": "la version relue, sans donnée identifiante",
}
