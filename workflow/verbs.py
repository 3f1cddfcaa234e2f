"""Three verbs legal wherever a dû is open: rendre (acquitter), dispenser, prolonger (DESIGN §1)."""

from datetime import date

from workflow.change import Change
from workflow.circuit.model import WRITER, Kind
from workflow.clocks import extend
from workflow.errors import IllegalDecision, MissingData, WrongRole
from workflow.fields import read_form
from workflow.holders import delegation_slot, holder_of, supervisor_of
from workflow.judging import JUDGE, judge
from workflow.messages import About, tell
from workflow.model import Decision, Holder, Obligation, Party, Person, Status
from workflow.obligations import discharge, renew
from workflow.permits import acts_for, may_collect, possible, title_of
from workflow.reassigning import REASSIGN, reassign
from workflow.texts import Carried, code_of, read_day, read_retour, read_text, text_of
from workflow.words import day_in_words, enumerate_words

DISCHARGE, WAIVE, PROLONG, DELEGATE = "acquitter", "dispenser", "prolonger", "deleguer"
VERBS = (DISCHARGE, WAIVE, PROLONG, DELEGATE, REASSIGN, JUDGE)
WAIVERS, PROLONGATIONS = "dispense", "prolongation"
"""The circuit's lists of motifs for the two verbs that need one."""
RETOUR_MAIL, ANSWER_MAIL = "M11", "M17"
ACTION_STATES = ("faite", "abandonnee", "hors_circuit")


def play_verb(change: Change, decision: Decision, person: Person) -> Carried:
    """Discharge, waive or prolong the obligation the decision names.

    Raises:
        IllegalDecision: no such obligation is open, or this kind does not allow the verb.
        WrongRole: it belongs to somebody else.
        MissingData: the verb must carry something that is absent.
    """
    if decision.name == REASSIGN:
        return reassign(change, decision, person)
    if decision.name == JUDGE:
        return judge(change, decision, person)
    carried = Carried()
    if decision.name == DELEGATE:
        _delegate(change, decision, person, carried)
        return carried
    obligation = _named(change, decision)
    {DISCHARGE: _discharge, WAIVE: _waive, PROLONG: _prolong}[decision.name](
        change, decision, person, obligation, carried
    )
    return carried


def _named(change: Change, decision: Decision) -> Obligation:
    open_now = change.still_open()
    for obligation in open_now:
        if obligation.n == decision.due:
            return obligation
    known = [f"{o.n} ({o.kind}, {title_of(change, o.debtor)})" for o in open_now if o.kind is not Kind.DECISION]
    said = (
        f"Attendus maintenant : {enumerate_words(known, 'et')}."
        if known
        else "Rien d’autre qu’une décision n’est attendu."
    )
    raise IllegalDecision(f"Indiquez le numéro de ce qui est attendu (--due). {said}")


def _discharge(change: Change, decision: Decision, person: Person, obligation: Obligation, carried: Carried) -> None:
    if obligation.kind is Kind.DECISION:
        raise IllegalDecision(f"Une décision ne se rend qu’en décidant. {possible(change)}")
    if obligation.last_mile:
        _last_mile(change, decision, person, obligation, carried)
        return
    if change.circuit.dues[obligation.code].form:
        _complete(change, decision, person, obligation, carried)
        return
    _must_be(change, person, *_doers(change, obligation))
    if obligation.kind is Kind.RETOUR:
        read_retour(decision.fields.get("retour", ""), carried, final=obligation.final)
        _refuse(carried)
        _deliver(change, obligation)
        return
    proof = _proof(decision, obligation, carried)
    _refuse(carried)
    discharge(change, obligation, proof)
    if obligation.kind is Kind.COMPLEMENT and obligation.beneficiary:
        about = About("destinataire", sender=obligation.debtor)
        tell(change, ANSWER_MAIL, obligation.beneficiary, f"d{obligation.n}", about)


def _complete(change: Change, decision: Decision, person: Person, obligation: Obligation, carried: Carried) -> None:
    """The form that was to come later (D27): the rédacteur, or anybody of the DAC, gives its answers."""
    if person.id != change.case.writer:
        may_collect(change, person)
    read_form(change, decision, obligation.code, carried)
    _refuse(carried)
    discharge(change, obligation, "fiche remplie")


def _proof(decision: Decision, obligation: Obligation, carried: Carried) -> str:
    """What the discharge must carry, by kind: an answer, an opinion, the end of an action."""
    if obligation.kind in (Kind.COMPLEMENT, Kind.OPINION):
        read_text("reponse", text_of(decision.fields.get("reponse", "")), carried, "la réponse")
        return "réponse"
    if obligation.kind is Kind.ACTION:
        state = text_of(decision.fields.get("etat", ""))
        if state not in ACTION_STATES:
            carried.faults.append(f"L’état de l’action (etat) attend {enumerate_words(list(ACTION_STATES))}.")
        if state == "abandonnee":
            read_text("raison", text_of(decision.fields.get("raison", "")), carried, "la raison")
        return state
    return "fait"


def _deliver(change: Change, obligation: Obligation) -> None:
    """A retour between structures is written once and delivered now to all those it is owed to."""
    for other in change.still_open():
        to = other.beneficiary
        if other.code == obligation.code and not other.last_mile and to:
            discharge(change, other, "écrit et remis")
            tell(change, RETOUR_MAIL, to, f"d{other.n}", About("destinataire", sender=other.debtor))
            renew(change, other)


def _last_mile(change: Change, decision: Decision, person: Person, obligation: Obligation, carried: Carried) -> None:
    """The rédacteur has read it; or was told aloud; or is mailed, which proves nothing yet (DESIGN §1)."""
    means = text_of(decision.fields.get("moyen", ""))
    known = ("publie", "oral") if change.case.anonymous else ("courriel", "oral", "lu")
    if means not in known:
        carried.faults.append(f"Le moyen (moyen) attend {enumerate_words(list(known))}.")
    _must_be(change, person, holder_of(change.circuit, change.dossier, WRITER) if means == "lu" else obligation.debtor)
    if means == "oral":
        _spoken(change, decision, obligation, carried)
    written = means in ("courriel", "publie")
    own_words = "mot" in decision.fields or (written and not _has_text(change, obligation))
    if means != "lu" and own_words:
        read_retour(decision.fields.get("mot", ""), carried, final=False)
    _refuse(carried)
    carried.codes["moyen"] = means
    if means == "courriel":
        _pass_on(change, obligation)
    else:
        discharge(change, obligation, f"{means} {carried.codes.get('le', '')}".strip())


def _spoken(change: Change, decision: Decision, obligation: Obligation, carried: Carried) -> None:
    """« transmis oralement le… » : a date that has come, after the retour was owed."""
    today = change.today(obligation.debtor)
    day = read_day(text_of(decision.fields.get("le", today.isoformat())))
    since = change.calendar(obligation.debtor).local_date(obligation.opened_at)
    if day is None or not since <= day <= today:
        carried.faults.append(
            f"La date (le) est entre le {day_in_words(since)} et aujourd’hui, par exemple {today.isoformat()}."
        )
    else:
        carried.codes["le"] = day.isoformat()


def _has_text(change: Change, obligation: Obligation) -> bool:
    """True when the level that decided wrote the retour: the DAC may pass it on as it is."""
    return any(change.circuit.dues[answer.partition(":")[0]].delivered for answer in obligation.answers)


def _pass_on(change: Change, obligation: Obligation) -> None:
    obligation.passed_on, obligation.accepted_at = change.at, None
    change.touch(obligation)
    writer = holder_of(change.circuit, change.dossier, WRITER)
    about = About("redacteur", sender=obligation.debtor, proves=obligation)
    tell(change, RETOUR_MAIL, writer, f"d{obligation.n}:{change.case.seq + 1}", about)


def _waive(change: Change, decision: Decision, person: Person, obligation: Obligation, carried: Carried) -> None:
    """The asker goes on without a complement or an opinion; anything else belongs to the debtor's supervisor."""
    if obligation.kind is Kind.DECISION:
        raise IllegalDecision(f"On ne dispense pas d’une décision. {possible(change)}")
    _must_be_master(change, person, obligation)
    _motif(change, decision, WAIVERS, carried)
    _refuse(carried)
    discharge(change, obligation, f"dispense : {carried.codes['motif']}", Status.WAIVED)


def _prolong(change: Change, decision: Decision, person: Person, obligation: Obligation, carried: Carried) -> None:
    """Give more time within the circuit's bounds; a late obligation stays late until it is rendered."""
    _must_be_master(change, person, obligation)
    _motif(change, decision, PROLONGATIONS, carried)
    latest = latest_day(change, obligation)
    day = read_day(text_of(decision.fields.get("jusqu_au", "")))
    if obligation.due is None or latest is None:
        raise IllegalDecision("Ce délai ne se prolonge pas : il est suspendu, dépassé, ou n’a pas de date.")
    if day is None or not obligation.due < day <= latest:
        between = f"après le {day_in_words(obligation.due)} et au plus le {day_in_words(latest)}"
        carried.faults.append(f"La nouvelle date (jusqu_au) est {between}.")
    _refuse(carried)
    if day:
        carried.codes["jusqu_au"] = day.isoformat()
        extend(change, obligation, change.calendar(obligation.debtor).next_working(day))


def latest_day(change: Change, obligation: Obligation) -> date | None:
    """Return the last day something may be put off to; None if it may not: without a date, paused, or late."""
    if obligation.due is None or obligation.paused_on or obligation.late:
        return None
    bounds = change.circuit.dues[obligation.code].bounds
    calendar = change.calendar(obligation.debtor)
    return calendar.add(calendar.local_date(obligation.opened_at), bounds[1]) if bounds else obligation.due


def _delegate(change: Change, decision: Decision, person: Person, carried: Carried) -> None:
    """Somebody of the same organisation stands in until a date: the holder, or the supervisor, says so (T49)."""
    holder = deciding(change)
    if holder is None:
        raise IllegalDecision("Aucune décision n’est attendue ici : il n’y a rien à déléguer.")
    above = supervisor_of(change.circuit, change.dossier, holder)
    if above is None or not acts_for(change, person, above):
        _must_be(change, person, holder)
    name, today = text_of(decision.fields.get("personne", "")), change.today(holder)
    delegate = change.dossier.facts.people.get(name)
    day = read_day(text_of(decision.fields.get("jusqu_au", "")))
    if delegate is None or holder.organisation not in {organisation for organisation, _ in delegate.functions}:
        carried.faults.append("La personne (personne) est attendue parmi celles de la même structure.")
    if day is None or day < today:
        carried.faults.append("La fin de la délégation (jusqu_au) attend une date à venir, par exemple 2026-08-31.")
    _refuse(carried)
    slot = delegation_slot(holder)
    change.dossier.parties[slot] = Party(slot, holder.organisation, None, name, day)
    carried.codes |= {"personne": name, "jusqu_au": day.isoformat() if day else ""}


def deciding(change: Change) -> Holder | None:
    """Return who owes the decision of the step, if anybody does: the one somebody may stand in for."""
    return next((o.debtor for o in change.still_open() if o.kind is Kind.DECISION), None)


def masters(change: Change, obligation: Obligation) -> list[Holder]:
    """Return who may waive or prolong.

    The asker of a complement or an opinion may, and their supervisor; for an action, the supervisor of the level that
    follows it up; for anything else, the debtor’s.
    """
    asked = obligation.kind in (Kind.COMPLEMENT, Kind.OPINION)
    owner = obligation.beneficiary if asked else _doers(change, obligation)[-1]
    above = supervisor_of(change.circuit, change.dossier, owner) if owner else None
    return [holder for holder in (owner if asked else None, above) if holder]


def _must_be_master(change: Change, person: Person, obligation: Obligation) -> None:
    able = masters(change, obligation)
    if not able:
        raise WrongRole("Le circuit ne nomme personne au-dessus de qui doit cela.")
    if not any(acts_for(change, person, holder) for holder in able):
        _must_be(change, person, able[0])


def _motif(change: Change, decision: Decision, reasons: str, carried: Carried) -> None:
    known = change.circuit.definition.reasons.get(reasons, {})
    code = code_of(decision.fields.get("motif", ""))
    if code not in known:
        carried.faults.append(f"Le motif (motif) attend {enumerate_words(list(known))}.")
    carried.codes["motif"] = code


def _doers(change: Change, obligation: Obligation) -> list[Holder]:
    """Who may say that something is done: whoever owes it; for an action, also the level that follows it up."""
    usual = change.circuit.dues[obligation.code].debtor
    if obligation.kind is not Kind.ACTION:
        return [obligation.debtor]
    return [obligation.debtor, holder_of(change.circuit, change.dossier, usual)]


def _must_be(change: Change, person: Person, *holders: Holder) -> None:
    if not any(acts_for(change, person, holder) for holder in holders):
        able = enumerate_words([title_of(change, holder) for holder in holders])
        raise WrongRole(f"Cela ne vous revient pas. Qui peut le faire : {able}.")


def _refuse(carried: Carried) -> None:
    if carried.faults:
        raise MissingData(tuple(carried.faults))
