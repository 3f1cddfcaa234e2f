"""« Dispenser », « prolonger », « déléguer »: what a supervisor, or whoever asked, may arrange (DESIGN §1)."""

from datetime import date

from workflow.change import Change
from workflow.circuit.model import Kind
from workflow.clocks import extend
from workflow.errors import IllegalDecision, WrongRole
from workflow.holders import delegation_slot, supervisor_of
from workflow.model import Holder, Obligation, Party, Person, Status
from workflow.obligations import discharge
from workflow.owing import doers, must_be, named
from workflow.permits import acts_for, possible
from workflow.texts import Carried, code_of, read_day, text_of
from workflow.triggers import Decision
from workflow.words import day_in_words, enumerate_words

WAIVE, PROLONG, DELEGATE = "dispenser", "prolonger", "deleguer"
WAIVERS, PROLONGATIONS = "dispense", "prolongation"
"""The circuit's lists of motifs for the two verbs that need one."""


def dispense(change: Change, decision: Decision, person: Person) -> Carried:
    """Let the asker go on without a complement or an opinion; anything else belongs to the debtor's supervisor.

    Raises:
        IllegalDecision: no such obligation is open, or it is a decision.
        WrongRole: it belongs to somebody else.
        MissingData: the motif is absent.
    """
    obligation, carried = named(change, decision), Carried()
    if obligation.kind is Kind.DECISION:
        raise IllegalDecision(f"On ne dispense pas d’une décision. {possible(change)}")
    _must_be_master(change, person, obligation)
    _motif(change, decision, WAIVERS, carried)
    carried.check()
    discharge(change, obligation, f"dispense : {carried.codes['motif']}", Status.WAIVED)
    return carried


def prolong(change: Change, decision: Decision, person: Person) -> Carried:
    """Give more time within the circuit's bounds; a late obligation stays late until it is rendered.

    Raises:
        IllegalDecision: no such obligation is open, or its date cannot move.
        WrongRole: it belongs to somebody else.
        MissingData: the motif or the date is absent, or out of bounds.
    """
    obligation, carried = named(change, decision), Carried()
    _must_be_master(change, person, obligation)
    _motif(change, decision, PROLONGATIONS, carried)
    latest = latest_day(change, obligation)
    day = read_day(text_of(decision.fields.get("jusqu_au", "")))
    if obligation.due is None or latest is None:
        raise IllegalDecision("Ce délai ne se prolonge pas : il est suspendu, dépassé, ou n’a pas de date.")
    if day is None or not obligation.due < day <= latest:
        between = f"après le {day_in_words(obligation.due)} et au plus le {day_in_words(latest)}"
        carried.faults.append(f"La nouvelle date (jusqu_au) est {between}.")
    carried.check()
    if day:
        carried.codes["jusqu_au"] = day.isoformat()
        extend(change, obligation, change.calendar(obligation.debtor).next_working(day))
    return carried


def latest_day(change: Change, obligation: Obligation) -> date | None:
    """Return the last day something may be put off to; None if it may not: without a date, paused, or late."""
    if obligation.due is None or obligation.paused_on or obligation.late:
        return None
    bounds = change.circuit.dues[obligation.code].bounds
    calendar = change.calendar(obligation.debtor)
    return calendar.add(calendar.local_date(obligation.opened_at), bounds[1]) if bounds else obligation.due


def delegate(change: Change, decision: Decision, person: Person) -> Carried:
    """Let somebody of the same organisation stand in until a date: the holder, or the supervisor, says so (T49).

    Raises:
        IllegalDecision: no decision is owed here.
        WrongRole: it belongs to somebody else.
        MissingData: the person or the date is absent, or not one that may be.
    """
    carried = Carried()
    holder = deciding(change)
    if holder is None:
        raise IllegalDecision("Aucune décision n’est attendue ici : il n’y a rien à déléguer.")
    above = supervisor_of(change.circuit, change.dossier, holder)
    if above is None or not acts_for(change, person, above):
        must_be(change, person, holder)
    name, today = text_of(decision.fields.get("personne", "")), change.today(holder)
    chosen = change.dossier.facts.people.get(name)
    day = read_day(text_of(decision.fields.get("jusqu_au", "")))
    if chosen is None or holder.organisation not in {organisation for organisation, _ in chosen.functions}:
        carried.faults.append("La personne (personne) est attendue parmi celles de la même structure.")
    if day is None or day < today:
        carried.faults.append("La fin de la délégation (jusqu_au) attend une date à venir, par exemple 2026-08-31.")
    carried.check()
    slot = delegation_slot(holder)
    change.dossier.parties[slot] = Party(slot, holder.organisation, None, name, day)
    carried.codes |= {"personne": name, "jusqu_au": day.isoformat() if day else ""}
    return carried


def deciding(change: Change) -> Holder | None:
    """Return who owes the decision of the step, if anybody does: the one somebody may stand in for."""
    return next((o.debtor for o in change.still_open() if o.kind is Kind.DECISION), None)


def masters(change: Change, obligation: Obligation) -> list[Holder]:
    """Return who may waive or prolong.

    The asker of a complement or an opinion may, and their supervisor; for an action, the supervisor of the level that
    follows it up; for anything else, the debtor’s.
    """
    asked = obligation.kind in (Kind.COMPLEMENT, Kind.OPINION)
    owner = obligation.beneficiary if asked else doers(change, obligation)[-1]
    above = supervisor_of(change.circuit, change.dossier, owner) if owner else None
    return [holder for holder in (owner if asked else None, above) if holder]


def _must_be_master(change: Change, person: Person, obligation: Obligation) -> None:
    able = masters(change, obligation)
    if not able:
        raise WrongRole("Le circuit ne nomme personne au-dessus de qui doit cela.")
    if not any(acts_for(change, person, holder) for holder in able):
        must_be(change, person, able[0])


def _motif(change: Change, decision: Decision, reasons: str, carried: Carried) -> None:
    known = change.circuit.definition.reasons.get(reasons, {})
    code = code_of(decision.fields.get("motif", ""))
    if code not in known:
        carried.faults.append(f"Le motif (motif) attend {enumerate_words(list(known))}.")
    carried.codes["motif"] = code
