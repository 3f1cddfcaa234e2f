"""Who may do what now: everything that refuses a decision before anything moves."""

from workflow.change import Change
from workflow.circuit.model import DecisionDefinition, Kind, Slot
from workflow.errors import IllegalDecision, StaleVersion, StillOwed, UnknownPerson, WrongRole
from workflow.holders import holder_of, speaks_for
from workflow.model import Decision, Holder, Person
from workflow.words import day_in_words, enumerate_words


def author_of(change: Change, decision: Decision) -> Person:
    """Return the person who decides.

    Raises:
        UnknownPerson: nobody bears this identifier, or it is a service mailbox.
    """
    person = change.dossier.facts.people.get(decision.by)
    if person is None:
        raise UnknownPerson(f"Personne n’est connu sous l’identifiant « {decision.by} » dans cette situation.")
    if person.mailbox:
        raise UnknownPerson(f"« {decision.by} » est une boîte de service : indiquez la personne qui décide.")
    return person


def may_collect(change: Change, person: Person) -> None:
    """Refuse a draft to somebody who works neither in the antenne nor in its DAC.

    Raises:
        WrongRole: says which antenne.
    """
    parties, facts = change.dossier.parties, change.dossier.facts
    inside = {parties[slot].organisation for slot in (Slot.ANTENNE, Slot.DAC)}
    if not inside & {organisation for organisation, _ in person.functions}:
        antenne = facts.organisations[parties[Slot.ANTENNE].organisation].name
        raise WrongRole(f"Seules les personnes du DAC commencent une fiche ici ({antenne}).")


def not_stale(change: Change, decision: Decision) -> None:
    """Refuse a decision taken on a page that somebody else has since made old.

    Raises:
        StaleVersion: says who decided what, when.
    """
    if decision.expected_version in (None, change.case.version):
        return
    last = change.case.last
    who = change.dossier.facts.people.get(last.author) if last else None
    said = f" : « {last.title} »" if last else ""
    said += f", par {who.name}" if who else ""
    said += f", le {day_in_words(last.at.date())}" if last else ""
    raise StaleVersion(f"Une décision a été prise depuis votre lecture{said}. Relisez la situation avant de décider.")


def legal(change: Change, decision: Decision) -> tuple[DecisionDefinition, str]:
    """Return the decision's definition and the step it leads to.

    Raises:
        IllegalDecision: it does not exist at this step, is the scheduler's own, or was taken often enough.
    """
    step = change.case.step
    target = change.circuit.moves.target(step, decision.name)
    definition = change.circuit.decision(step, decision.name) if target else None
    if target is None or definition is None or definition.by_system:
        raise IllegalDecision(
            f"« {_title(change, decision.name)} » n’est pas possible à l’étape {_here(change)}. {possible(change)}"
        )
    played = change.case.played.get(decision.name)
    if definition.times and played and played.count >= definition.times:
        raise IllegalDecision(
            f"« {definition.title} » a déjà été fait {played.count} fois à l’étape {_here(change)}. {possible(change)}"
        )
    return definition, target


def authorised(change: Change, person: Person, definition: DecisionDefinition) -> Holder:
    """Return in whose name the person decides.

    Raises:
        WrongRole: the person holds none of the functions of `par` here.
    """
    holders = [holder_of(change.circuit, change.dossier, actor) for actor in definition.actors]
    for holder in holders:
        if speaks_for(person, holder):
            return holder
    able = enumerate_words([title_of(change, holder) for holder in holders])
    raise WrongRole(f"« {definition.title} » ne vous revient pas. Qui peut le faire : {able}.")


def nothing_awaited(change: Change, target: str) -> None:
    """Refuse to leave a step while a complement asked there is still awaited.

    Raises:
        StillOwed: says from whom, and how to go on without it.
    """
    if target == change.case.step:
        return
    for obligation in change.still_open():
        if obligation.kind is Kind.COMPLEMENT:
            raise StillOwed(
                f"Un complément est encore attendu. Qui le doit : {title_of(change, obligation.debtor)}. "
                f"Attendez-le, ou poursuivez sans lui en disant pourquoi (dispenser, n° {obligation.n})."
            )


def possible(change: Change) -> str:
    """Say what people may decide at this step."""
    step = change.circuit.step(change.case.step)
    names = [f"« {d.title} » ({name})" for name, d in step.decisions.items() if not d.by_system]
    return f"Possible maintenant : {enumerate_words(names)}." if names else "Plus aucune décision n’y est attendue."


def title_of(change: Change, holder: Holder) -> str:
    """Say who a holder is, with the organisation where there is one."""
    title = change.circuit.definition.actors[holder.actor].title
    return f"{title} ({change.dossier.facts.organisations[holder.organisation].name})"


def _title(change: Change, name: str) -> str:
    titles = {n: d.title for step in change.circuit.definition.steps.values() for n, d in step.decisions.items()}
    return titles.get(name, name)


def _here(change: Change) -> str:
    return f"« {change.circuit.step(change.case.step).title} »"
