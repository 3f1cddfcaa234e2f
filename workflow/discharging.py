"""« Acquitter »: what is owed is made, each kind with what it must carry (DESIGN §1)."""

from workflow.change import Change
from workflow.circuit.model import WRITER, Kind
from workflow.errors import IllegalDecision
from workflow.fields import read_form
from workflow.holders import holder_of
from workflow.messages import About, tell
from workflow.model import Obligation, Person
from workflow.obligations import discharge, renew
from workflow.owing import doers, must_be, named
from workflow.permits import may_collect, possible
from workflow.texts import Carried, read_day, read_retour, read_text, text_of
from workflow.triggers import Decision
from workflow.words import day_in_words, enumerate_words

DISCHARGE = "acquitter"
RETOUR_MAIL, ANSWER_MAIL = "M11", "M17"
ACTION_STATES = ("faite", "abandonnee", "hors_circuit")


def render(change: Change, decision: Decision, person: Person) -> Carried:
    """Discharge the obligation that the decision names.

    Raises:
        IllegalDecision: no such obligation is open, or it is a decision.
        WrongRole: it belongs to somebody else.
        MissingData: the answer, the retour, the form… that it must carry is absent.
    """
    obligation, carried = named(change, decision), Carried()
    if obligation.kind is Kind.DECISION:
        raise IllegalDecision(f"Une décision ne se rend qu’en décidant. {possible(change)}")
    if obligation.last_mile:
        _last_mile(change, decision, person, obligation, carried)
    elif change.circuit.dues[obligation.code].form:
        _complete(change, decision, person, obligation, carried)
    else:
        must_be(change, person, *doers(change, obligation))
        make = _deliver if obligation.kind is Kind.RETOUR else _answer
        make(change, decision, obligation, carried)
    return carried


def _complete(change: Change, decision: Decision, person: Person, obligation: Obligation, carried: Carried) -> None:
    """The form that was to come later (D27): the rédacteur, or anybody of the DAC, gives its answers."""
    if person.id != change.case.writer:
        may_collect(change, person)
    read_form(change, decision, obligation.code, carried)
    carried.check()
    discharge(change, obligation, "fiche remplie")


def _answer(change: Change, decision: Decision, obligation: Obligation, carried: Carried) -> None:
    proof = _proof(decision, obligation, carried)
    carried.check()
    discharge(change, obligation, proof)
    if obligation.kind is Kind.COMPLEMENT and obligation.beneficiary:
        about = About("destinataire", sender=obligation.debtor)
        tell(change, ANSWER_MAIL, obligation.beneficiary, f"d{obligation.n}", about)


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


def _deliver(change: Change, decision: Decision, obligation: Obligation, carried: Carried) -> None:
    """A retour between structures is written once and delivered now to all those it is owed to."""
    read_retour(decision.fields.get("retour", ""), carried, final=obligation.final)
    carried.check()
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
    must_be(change, person, holder_of(change.circuit, change.dossier, WRITER) if means == "lu" else obligation.debtor)
    if means == "oral":
        _spoken(change, decision, obligation, carried)
    written = means in ("courriel", "publie")
    own_words = "mot" in decision.fields or (written and not _has_text(change, obligation))
    if means != "lu" and own_words:
        read_retour(decision.fields.get("mot", ""), carried, final=False)
    carried.check()
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
