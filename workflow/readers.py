"""The fields a decision may carry that no form holds, one reader each (domain.md §3.3, « must carry »)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.change import Change
from workflow.circuit.decision_fields import DECISION_FIELDS, PLAIN_TEXTS, REVIEWED
from workflow.circuit.model import DecisionDefinition, Kind, Slot
from workflow.holders import holder_of
from workflow.obligations import PlannedAction
from workflow.reviewing import read_review
from workflow.texts import Carried, code_of, read_day, read_retour, read_text, text_of
from workflow.triggers import Decision, FieldValue
from workflow.words import enumerate_words

PRIORITIES = ("normale", "urgente")
FARTHEST = timedelta(days=730)
"""How far ahead a date may be: beyond, it is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One decision being read: what it is, and what was found in it so far."""

    change: Change
    decision: Decision
    definition: DecisionDefinition
    carried: Carried

    def refuse(self, sentence: str) -> None:
        """Add one fault to those that will be told together."""
        self.carried.faults.append(sentence)


Reader = Callable[[Reading, FieldValue], None]


def plain_text(name: str) -> Reader:
    """Return the reader of a field that is a text and nothing else."""
    return lambda reading, value: read_text(name, text_of(value), reading.carried, DECISION_FIELDS[name])


def _reason(reading: Reading, value: FieldValue) -> None:
    """A motif is a code of the circuit's list and words of its own: the retour, if one is written (INV-11)."""
    known = reading.change.circuit.definition.reasons.get(reading.definition.reasons or "", {})
    code = code_of(value)
    if code not in known:
        reading.refuse(f"Le motif (motif) attend {enumerate_words(list(known))}.")
        return
    reading.carried.codes["motif"] = code
    if "retour" not in reading.definition.requires:
        text = text_of(value) if isinstance(value, Mapping) else ""
        read_text("motif.texte", text, reading.carried, "le motif en toutes lettres")


def _retour(reading: Reading, value: FieldValue) -> None:
    motif = code_of(reading.decision.fields.get("motif", ""))
    label = reading.change.circuit.definition.reasons.get(reading.definition.reasons or "", {}).get(motif, "")
    read_retour(value, reading.carried, final=reading.definition.issue is not None, label=label)


def _meeting(reading: Reading, value: FieldValue) -> None:
    day = read_day(text_of(value, "date") or text_of(value))
    holder = holder_of(reading.change.circuit, reading.change.dossier, reading.definition.actors[0])
    today = reading.change.today(holder)
    if day is None or not today <= day <= today + FARTHEST:
        reading.refuse("La séance (seance) attend une date à venir, dans les deux ans, par exemple 2026-02-10.")
    else:
        reading.carried.codes["seance"] = day.isoformat()


def _dd(reading: Reading, value: FieldValue) -> None:
    expected = reading.change.dossier.parties[Slot.DD].organisation
    if text_of(value) != expected:
        where = reading.change.case.departement
        reading.refuse(f"La délégation (dd) d’une situation du département {where} est {expected}.")
    reading.carried.codes["dd"] = expected


def _priority(reading: Reading, value: FieldValue) -> None:
    if text_of(value) not in PRIORITIES:
        reading.refuse(f"La priorité (priorite) attend {enumerate_words(list(PRIORITIES))}.")
    reading.carried.codes["priorite"] = text_of(value)


def _officer(reading: Reading, value: FieldValue) -> None:
    holder = holder_of(reading.change.circuit, reading.change.dossier, reading.definition.actors[0])
    people = reading.change.dossier.facts.people.values()
    having = [p for p in people if (holder.organisation, holder.function) in p.functions]
    able = sorted(p.id for p in having if not p.mailbox or p.id == reading.decision.by)
    if text_of(value) not in able:
        reading.refuse(f"La personne en charge (officier) attend {enumerate_words(able)}.")
    reading.carried.codes["officier"] = text_of(value)


def _reviewed(reading: Reading, value: FieldValue) -> None:
    read_review(reading.change, value, reading.decision.by, reading.carried)


def _other_dd(reading: Reading, value: FieldValue) -> None:
    """Another delegation takes the situation over, and its ARS with it (T24)."""
    found = _organisation(reading, value, "dd")
    if found is None or found == reading.change.dossier.parties[Slot.DD].organisation:
        reading.refuse("La délégation compétente (dd_competente) attend l’identifiant d’une autre délégation.")
    else:
        reading.carried.codes["dd_competente"] = found


def _antenne(name: str) -> Reader:
    def read(reading: Reading, value: FieldValue) -> None:
        """Another antenne of the same DAC (T03)."""
        found = _organisation(reading, value, "antenne")
        parties = reading.change.dossier.parties
        same_dac = found and reading.change.dossier.facts.organisations[found].parent == parties[Slot.DAC].organisation
        if not same_dac or found == parties[Slot.ANTENNE].organisation:
            title = DECISION_FIELDS[name]
            reading.refuse(f"{title[0].upper()}{title[1:]} ({name}) : une autre antenne du même DAC est attendue.")
        elif found:
            reading.carried.codes[name] = found

    return read


def _organisation(reading: Reading, value: FieldValue, kind: str) -> str | None:
    found = reading.change.dossier.facts.organisations.get(text_of(value))
    return found.id if found and found.kind == kind else None


def _partners(reading: Reading, value: FieldValue) -> None:
    """Partners whose opinion is asked: identifiers, separated by commas or as a list (T26)."""
    names = [text_of(item) for item in value] if not isinstance(value, str | Mapping) else text_of(value).split(",")
    known = reading.change.dossier.facts.organisations
    wanted = [name.strip() for name in names if name.strip()]
    strangers = [name for name in wanted if name not in known or known[name].kind != "partenaire"]
    if strangers or not wanted:
        said = f" ; inconnus : {', '.join(strangers)}" if strangers else ""
        reading.refuse(f"Les partenaires (partenaires) attendent les identifiants de structures partenaires{said}.")
    reading.carried.partners = wanted
    reading.carried.codes["partenaires"] = ", ".join(wanted)


def _parent(reading: Reading, value: FieldValue) -> None:
    """Another situation of the same DAC, still under way, itself attached to none (T11, INV-33)."""
    reference = text_of(value).upper()
    dac, step = reading.change.dossier.facts.steps.get(reference, ("", ""))
    here, circuit = reading.change.case, reading.change.circuit
    there = circuit.definition.steps.get(step)  # a step that only the other antenne takes is not here
    idle = step in ("", circuit.initial) or (there and (there.final or there.no_delay))
    if idle or dac != here.dac or reference == here.reference:
        reading.refuse("La situation à laquelle rattacher (parent) attend la référence d’une autre situation en cours.")
    reading.carried.codes["parent"] = reference


def _next_date(reading: Reading, value: FieldValue) -> None:
    """When the review comes next: a day to come, within the bounds of the clock it moves (D06, D07, D26)."""
    holder = holder_of(reading.change.circuit, reading.change.dossier, reading.definition.actors[0])
    day, today = read_day(text_of(value)), reading.change.today(holder)
    latest = _latest_review(reading, today)
    if day is None or not today < day <= latest:
        reading.refuse(f"La prochaine date (prochaine_date) est à venir, au plus tard le {latest.isoformat()}.")
    else:
        reading.carried.codes["prochaine_date"] = day.isoformat()


def _latest_review(reading: Reading, today: date) -> date:
    """The upper bound of the clock that the date will set: the one rendered, or the one of the step entered."""
    circuit = reading.change.circuit
    codes = reading.definition.renders or circuit.during(reading.definition.target)
    bounds = [circuit.dues[code].bounds for code in codes if circuit.dues[code].kind is Kind.DECISION]
    calendar = reading.change.calendar(holder_of(circuit, reading.change.dossier, reading.definition.actors[0]))
    return min((calendar.add(today, bound[1]) for bound in bounds if bound), default=today + FARTHEST)


def _actions(reading: Reading, value: FieldValue) -> None:
    """At least one action, each with what, who (possibly outside), until when (INV-12)."""
    plans = [item for item in value if isinstance(item, Mapping)] if not isinstance(value, str | Mapping) else []
    plans = plans or ([value] if isinstance(value, Mapping) else [])
    if not plans:
        reading.refuse("Les actions (actions) attendent au moins une action : intitule, porteur, echeance.")
    for number, plan in enumerate(plans, 1):
        _action(reading, number, plan)


def _action(reading: Reading, number: int, plan: Mapping[str, str]) -> None:
    holder = holder_of(reading.change.circuit, reading.change.dossier, reading.definition.actors[0])
    day, carrier = read_day(text_of(plan, "echeance")), text_of(plan, "porteur")
    read_text(f"actions.{number}.intitule", text_of(plan, "intitule"), reading.carried, f"l’action {number}", 300)
    read_text(f"actions.{number}.porteur", carrier, reading.carried, f"le porteur de l’action {number}", 120)
    today = reading.change.today(holder)
    if day is None or not today < day <= today + FARTHEST:
        reading.refuse(f"L’action {number} attend une date à venir (echeance), par exemple 2026-10-01.")
        return
    known = carrier if carrier in reading.change.dossier.facts.organisations else None
    reading.carried.actions.append(PlannedAction(known, day))


READERS: dict[str, Reader] = {name: plain_text(name) for name in PLAIN_TEXTS} | {
    "actions": _actions,
    "antenne": _antenne("antenne"),
    "co_antenne": _antenne("co_antenne"),
    "dd": _dd,
    "dd_competente": _other_dd,
    "motif": _reason,
    "officier": _officer,
    "parent": _parent,
    "partenaires": _partners,
    "priorite": _priority,
    "prochaine_date": _next_date,
    "retour": _retour,
    "seance": _meeting,
    REVIEWED: _reviewed,
}
"""A reader for each name of `DECISION_FIELDS`."""
