"""Who may do what now: everything that refuses a decision before anything moves."""

from workflow.change import Change
from workflow.circuit.model import DecisionDefinition, Kind, Slot
from workflow.errors import IllegalDecision, MissingData, StaleVersion, StillOwed, UnknownPerson, WrongRole
from workflow.holders import (
    OPINION_FUNCTION,
    SLOT_OF_LEVEL,
    calendar_for,
    holder_of,
    house_of,
    in_place_of,
    reachable,
    speaks_for,
)
from workflow.machine import STAY
from workflow.model import Holder, Obligation, Person
from workflow.tracking import ANONYMOUS
from workflow.triggers import Decision
from workflow.words import day_in_words, enumerate_words


def author_of(change: Change, decision: Decision) -> Person:
    """Return the person who decides, or the service mailbox.

    Raises:
        UnknownPerson: nobody bears this identifier.
    """
    person = change.dossier.facts.people.get(decision.by)
    if person is None:
        raise UnknownPerson(f"Personne n’est connu sous l’identifiant « {decision.by} » dans cette situation.")
    return person


def must_be_named(person: Person) -> None:
    """Refuse a service mailbox: whoever acts says who they are.

    Raises:
        UnknownPerson: it is a mailbox.
    """
    if person.mailbox:
        raise UnknownPerson(f"« {person.id} » est une boîte de service : indiquez la personne qui décide.")


def may_collect(change: Change, person: Person) -> None:
    """Refuse a draft to somebody the DAC does not collect from, or with an address where it collects without.

    The antenne and its DAC collect; professionals of the territory too, where the circuit is open to them; and whoever
    has no account, where it is open to all and keeps no address.

    Raises:
        WrongRole: says which antenne.
        MissingData: a tracking code is wanted.
    """
    parties, facts, circuit = change.dossier.parties, change.dossier.facts, change.circuit.definition
    inside = {parties[slot].organisation for slot in (Slot.ANTENNE, Slot.DAC)}
    homes = {organisation for organisation, _ in person.functions}
    partner = any(function == OPINION_FUNCTION for _, function in person.functions)
    unnamed = person.id == ANONYMOUS and circuit.anonymous
    antenne = facts.organisations[parties[Slot.ANTENNE].organisation].name
    if not inside & homes and not (circuit.open_to_partners and (partner or unnamed)):
        raise WrongRole(f"Seules les personnes du DAC commencent une fiche ici ({antenne}).")
    if circuit.anonymous and not change.case.anonymous:
        raise MissingData((f"Ici ({antenne}), la fiche est anonyme : ouvrez-la avec un code de suivi.",))


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
    here = calendar_for(change.dossier, change.case.dac)
    said += f", le {day_in_words(here.local_date(last.at))}" if last else ""
    raise StaleVersion(f"Une décision a été prise depuis votre lecture{said}. Relisez la situation avant de décider.")


def legal(change: Change, decision: Decision) -> tuple[DecisionDefinition, str]:
    """Return the decision's definition and the step it leads to.

    Raises:
        IllegalDecision: it does not exist at this step, is the scheduler's own, or was taken often enough.
    """
    step = change.case.step
    target = change.circuit.moves.target(step, decision.name)
    definition = change.circuit.decision(step, decision.name) if target else None
    if target is None or definition is None or definition.by_system or not _supposed(change, definition):
        raise IllegalDecision(
            f"« {_title(change, decision.name)} » n’est pas possible à l’étape {_here(change)}. {possible(change)}"
        )
    if _used_up(change, decision.name, definition):
        done = f"« {definition.title} » a déjà été fait {definition.times} fois"
        raise IllegalDecision(f"{done} à l’étape {_here(change)}. {possible(change)}")
    return definition, resolve(change, target)


def _supposed(change: Change, definition: DecisionDefinition) -> bool:
    """True when what the decision supposes holds: a withdrawal was asked (`suppose`), urgency was granted or not."""
    open_codes = {obligation.code for obligation in change.still_open()}
    return set(definition.supposes) <= open_codes and definition.urgent is not change.case.urgent


def resolve(change: Change, target: str) -> str:
    """Return the step a target stands for, now.

    Raises:
        IllegalDecision: nothing to come back to, or nobody is known at the level it leads to.
    """
    step = change.case.position.landing(target)
    if step is None:
        raise IllegalDecision(f"Il n’y a pas d’étape à laquelle revenir. {possible(change)}")
    slot = SLOT_OF_LEVEL[change.circuit.step(step).level]
    if slot not in change.dossier.parties:
        raise IllegalDecision(f"Aucune structure n’est enregistrée à ce niveau ({slot}). {possible(change)}")
    return step


def authorised(change: Change, person: Person, definition: DecisionDefinition) -> Holder:
    """Return in whose name the person decides.

    Raises:
        WrongRole: the person holds none of the functions of `par` here.
    """
    actors = [actor for actor in definition.actors if reachable(change.circuit, change.dossier, actor)]
    reached = {party.organisation for party in change.dossier.parties.values() if party.since}
    holders = [holder_of(change.circuit, change.dossier, actor) for actor in actors]
    holders = [holder for holder in holders if holder.organisation in reached]
    for holder in holders:
        if acts_for(change, person, holder):
            return holder
    able = enumerate_words([title_of(change, holder) for holder in holders])
    raise WrongRole(f"« {definition.title} » ne vous revient pas. Qui peut le faire : {able}.")


def acts_for(change: Change, person: Person, holder: Holder) -> bool:
    """Say whether a person may act as this holder; if so, the change remembers in whose place."""
    able = speaks_for(change.dossier, person, holder, change.today(holder))
    if able:
        change.instead_of = in_place_of(change.dossier, person, holder)
    return able


def nothing_awaited(change: Change, definition: DecisionDefinition, author: Holder) -> None:
    """Refuse to leave a step while a complement asked there is awaited, or to conclude on silent actions.

    Raises:
        StillOwed: says from whom, and how to go on without it.
    """
    if definition.target == STAY:
        return
    for obligation in change.still_open():
        if obligation.code in definition.waives:
            continue
        if definition.issue and _silent_action(change, obligation, author):
            raise StillOwed(
                f"Une action n’a pas encore dit où elle en est (n° {obligation.n}). Qui la porte : "
                f"{title_of(change, obligation.debtor)}. Dites-la faite, abandonnée, ou poursuivie hors du circuit."
            )
        if obligation.kind is Kind.COMPLEMENT:
            raise StillOwed(
                f"Un complément est encore attendu. Qui le doit : {title_of(change, obligation.debtor)}. "
                f"Attendez-le, ou poursuivez sans lui en disant pourquoi (dispenser, n° {obligation.n})."
            )


def _silent_action(change: Change, obligation: Obligation, author: Holder) -> bool:
    """True for an open action that the level which decides follows up."""
    if obligation.kind is not Kind.ACTION:
        return False
    usual = holder_of(change.circuit, change.dossier, change.circuit.dues[obligation.code].debtor)
    return house_of(change.dossier, usual) == house_of(change.dossier, author)


def possible(change: Change) -> str:
    """Say what people may decide at this step."""
    step = change.circuit.step(change.case.step)
    names = [f"« {d.title} » ({name})" for name, d in step.decisions.items() if _still_possible(change, name, d)]
    return f"Possible maintenant : {enumerate_words(names)}." if names else "Plus aucune décision n’y est attendue."


def _still_possible(change: Change, name: str, definition: DecisionDefinition) -> bool:
    return not definition.by_system and _supposed(change, definition) and not _used_up(change, name, definition)


def _used_up(change: Change, name: str, definition: DecisionDefinition) -> bool:
    played = change.case.played.get(name)
    return definition.times is not None and played is not None and played.count >= definition.times


def title_of(change: Change, holder: Holder) -> str:
    """Say who a holder is, with the organisation where there is one."""
    known = change.circuit.definition.actors.get(holder.actor)
    title = known.title if known else "le partenaire"
    return f"{title} ({change.dossier.facts.organisations[holder.organisation].name})"


def _title(change: Change, name: str) -> str:
    titles = {n: d.title for step in change.circuit.definition.steps.values() for n, d in step.decisions.items()}
    return titles.get(name, name)


def _here(change: Change) -> str:
    return f"« {change.circuit.step(change.case.step).title} »"
