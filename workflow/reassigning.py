"""« Ce n’est pas pour mon service » : inside a structure, a colleague takes over what its people owe."""

from dataclasses import replace

from workflow.change import Change
from workflow.circuit.model import Kind
from workflow.errors import IllegalDecision, MissingData, WrongRole
from workflow.messages import About, tell
from workflow.model import Holder, Obligation, Person
from workflow.permits import acts_for, title_of
from workflow.texts import Carried, text_of
from workflow.triggers import Decision
from workflow.words import enumerate_words

REASSIGN = "reattribuer"
MAIL = "M19"


def reassign(change: Change, decision: Decision, person: Person) -> Carried:
    """Let a colleague, or the mailbox of the structure, owe the decision and all that the same people owe.

    No date moves.

    Raises:
        IllegalDecision: no decision is owed here.
        WrongRole: it is owed by others than this person.
        MissingData: nobody was named, or somebody who holds not the same function.
    """
    awaited = to_reassign(change, person)
    able, name = colleagues(change, awaited.debtor, person), text_of(decision.fields.get("personne", ""))
    if name not in able:
        raise MissingData((f"La personne (personne) attend {enumerate_words(list(able)) or 'un collègue'}.",))
    former, named = awaited.debtor, None if change.dossier.facts.people[name].mailbox else name
    change.dossier.parties[change.circuit.definition.actors[former.actor].slot].person = named
    for obligation in change.still_open():
        if _pair(obligation.debtor) == _pair(former):
            obligation.debtor = replace(obligation.debtor, person=named)
            change.touch(obligation)
    tell(change, MAIL, awaited.debtor, f"r{change.case.seq + 1}", About("responsable", awaited, only=name))
    return Carried(codes={"personne": name})


def to_reassign(change: Change, person: Person) -> Obligation:
    """Return the decision that this person owes and may give to a colleague.

    Raises:
        IllegalDecision: none is owed here.
        WrongRole: others owe it.
    """
    owed = next((o for o in change.still_open() if o.kind is Kind.DECISION), None)
    if owed is None:
        raise IllegalDecision("Aucune décision n’est attendue ici : il n’y a rien à confier à un collègue.")
    if not acts_for(change, person, owed.debtor):
        raise WrongRole(f"Cela ne vous revient pas. Qui peut le faire : {title_of(change, owed.debtor)}.")
    return owed


def colleagues(change: Change, holder: Holder, person: Person) -> dict[str, str]:
    """Return who else could take over what a holder owes: identifier and name.

    Once somebody is named, the mailbox too: the service takes it back.
    """
    people = change.dossier.facts.people
    named = people.get(holder.person or "")
    others = [p for p in people.values() if _pair(holder) in p.functions and p not in (person, named)]
    able = [p for p in others if not p.mailbox or (named and not named.mailbox)]
    return {p.id: p.name for p in sorted(able, key=lambda p: (p.mailbox, p.name))}


def _pair(holder: Holder) -> tuple[str, str]:
    return holder.organisation, holder.function
