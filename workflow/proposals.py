"""What somebody proposes to publish: its number, its parent, its approvals, and who may (DESIGN §5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from workflow.circuit.composition import name_of, number_of
from workflow.circuit.layer import Rank
from workflow.circuit.library import circuit_file
from workflow.circuit.loader import Version, version_of
from workflow.circuit.reader import read
from workflow.circuit.source import Source
from workflow.circuit.stack import file_of
from workflow.errors import InvalidDefinition, Refusal, UnknownPerson, WrongRole
from workflow.model import Organisation
from workflow.ports.work import Work
from workflow.records import Publication
from workflow.versions import latest
from workflow.words import enumerate_words

NEW, NEXT_STEP = "new", "next-step"
"""Which situations take up a version: those to come, or also those under way, when they next enter a step."""
PUBLISHES = {
    Rank.NATIONAL: "direction_nationale",
    Rank.REGION: "direction_region",
    Rank.DAC: "direction",
    Rank.DD: "direction_dd",
}
"""The function that publishes the layer of its own organisation (domain.md §2.1: who owns the configuration)."""
WHOSE = {
    Rank.NATIONAL: "la direction de l’équipe nationale",
    Rank.REGION: "la direction de l’ARS de cette région",
    Rank.DAC: "la direction de ce DAC",
    Rank.DD: "la direction de cette délégation",
}

Texts = Mapping[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants to publish, and how."""

    name: str
    files: Texts
    """The circuit's own file, the forms and typologies it may name; the layers above are those published."""
    by: str
    note: str = ""
    approvals: Mapping[str, str] = field(default_factory=dict)
    """By name of the instance, what it said and when."""
    applies: str = NEW
    steps: Mapping[str, str] = field(default_factory=dict)
    """Where situations go from a step that the version no longer has."""
    at: datetime | None = None
    """When it comes into force, UTC; None: at once."""
    adopt_before: date | None = None
    """The day by which the layers below must have taken it up."""


def proposed(proposal: Proposal, rows: Sequence[Publication], texts: Callable[[str], Texts]) -> Version:
    """Return the version a proposal makes, over the published version it says it was checked against.

    Raises:
        InvalidDefinition: its files are faulty, or it does not say the number or the parent it must.
    """
    own = file_of(proposal.files, proposal.name) or circuit_file(proposal.name)
    mine = {file: text for file, text in proposal.files.items() if not file.startswith("circuits/")}
    source = read(own, proposal.files.get(own, ""))
    said = source.data if isinstance(source.data, dict) else {}
    above: Texts = {}
    if "etend" in said:
        known = sorted(row.key for row in rows if row.name == said["etend"])
        parent = said.get("parent")
        if not isinstance(parent, str) or parent not in known:
            sentence = (
                "La version du circuit du dessus, avec laquelle celui-ci est vérifié, n’est pas publiée ou pas dite."
            )
            raise _fault(source, "parent" if "parent" in said else "etend", "parent", sentence, enumerate_words(known))
        above = texts(parent)
    version = version_of({**mine, **above, own: proposal.files[own]}, proposal.name)
    last = latest(rows, proposal.name)
    expected = last.number + 1 if last else 1
    if number_of(version.key) != expected:
        sentence = f"La dernière version publiée est {last.key}." if last else "Ce circuit n’a encore aucune version."
        raise _fault(source, "version", "version", sentence, f"« version: {expected} »")
    return version


def _fault(source: Source, key: str, code: str, sentence: str, expected: str) -> InvalidDefinition:
    return InvalidDefinition((source.fault((key,), code, sentence, expected),))


def owners_of(name: str) -> list[str]:
    """Return the identifiers an organisation may bear for a layer to be its own (`workflow.composing.layer_of`)."""
    return [name, f"ars-{name}"]


def right_to(work: Work, version: Version, by: str, now: datetime) -> Organisation:
    """Return the organisation whose layer it is.

    Raises:
        Refusal: no organisation bears this name, or the person does not hold the function there.
    """
    name = name_of(version.key)
    owners = work.circuits.owners(version.rank, owners_of(name))
    if not owners:
        raise Refusal(
            f"Aucune structure ne porte le circuit « {name} » : l’annuaire n’en a pas de ce nom et de ce genre."
        )
    person = work.facts((), {by}, now).people.get(by)
    if person is None:
        raise UnknownPerson(f"Personne n’est connu sous l’identifiant « {by} ».")
    mine = [each for each in owners if (each.id, PUBLISHES[version.rank]) in person.functions]
    if not mine:
        raise WrongRole(f"Publier « {name} » ne vous revient pas. Qui peut le faire : {WHOSE[version.rank]}.")
    return mine[0]


def publication_of(version: Version, proposal: Proposal, now: datetime) -> Publication:
    """Return how a version is published.

    Raises:
        Refusal: an approval is missing or was not asked for, or what is asked cannot go together.
    """
    own = version.own
    if missing := [f"« {name} »" for name in own.approvals if not proposal.approvals.get(name, "").strip()]:
        raise Refusal(f"Ce circuit demande l’approbation de {enumerate_words(missing, 'et')} (--approval NOM=…).")
    if unknown := [f"« {name} »" for name in proposal.approvals if name not in own.approvals]:
        raise Refusal(f"Ce circuit ne demande pas l’approbation de {enumerate_words(unknown, 'ni')}.")
    if proposal.applies == NEXT_STEP and proposal.at:
        raise Refusal("Une version que prennent les situations en cours entre en vigueur tout de suite, sans --at.")
    if proposal.at and proposal.at < now:
        raise Refusal("Une version n’entre pas en vigueur dans le passé.")
    if proposal.steps and proposal.applies != NEXT_STEP:
        raise Refusal("Les situations en cours gardent leur version : --map ne sert qu’avec --apply next-step.")
    return replace(
        unsigned(version, now),
        effective_at=proposal.at or now,
        author=proposal.by,
        note=proposal.note or None,
        approvals=dict(proposal.approvals) or None,
        applies=proposal.applies,
        trial_until=date.fromisoformat(own.on_trial_until) if own.on_trial_until else None,
        adopt_before=proposal.adopt_before,
    )


def unsigned(version: Version, at: datetime) -> Publication:
    """Return a version as it comes with the software: in force at once, published by nobody."""
    return Publication(
        key=version.key,
        name=name_of(version.key),
        number=number_of(version.key),
        rank=version.rank,
        parent=version.parent,
        variants=version.circuit.variants,
        published_at=at,
        effective_at=at,
    )
