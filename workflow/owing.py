"""Which thing owed a verb is about, and who may act on it."""

from workflow.change import Change
from workflow.circuit.model import Kind
from workflow.errors import IllegalDecision, WrongRole
from workflow.holders import holder_of
from workflow.model import Holder, Obligation, Person
from workflow.permits import acts_for, title_of
from workflow.triggers import Decision
from workflow.words import enumerate_words


def named(change: Change, decision: Decision) -> Obligation:
    """Return the obligation the decision names by its number.

    Raises:
        IllegalDecision: no such obligation is open.
    """
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


def doers(change: Change, obligation: Obligation) -> list[Holder]:
    """Return who may say that something is done: whoever owes it; for an action, also the level that follows it up."""
    usual = change.circuit.dues[obligation.code].debtor
    if obligation.kind is not Kind.ACTION:
        return [obligation.debtor]
    return [obligation.debtor, holder_of(change.circuit, change.dossier, usual)]


def must_be(change: Change, person: Person, *holders: Holder) -> None:
    """Let pass whoever acts for one of these holders.

    Raises:
        WrongRole: it belongs to somebody else.
    """
    if not any(acts_for(change, person, holder) for holder in holders):
        able = enumerate_words([title_of(change, holder) for holder in holders])
        raise WrongRole(f"Cela ne vous revient pas. Qui peut le faire : {able}.")
