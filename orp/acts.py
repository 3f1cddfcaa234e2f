"""What is rendered without deciding: a retour, a complément, an avis, an action. All through the engine's verbs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from uuid import uuid4

import click

from orp.bootstrap import Application
from orp.tables import print_table
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import Kind
from workflow.errors import IllegalDecision, UnknownPerson, accepted
from workflow.holders import calendar_for, speaks_for
from workflow.model import Case, Dossier, Holder, Obligation, Person
from workflow.references import read_reference
from workflow.sentences.situation import lateness
from workflow.sentences.wording import KINDS, day, of_whom, title_of, who
from workflow.triggers import Decision, FieldValue


@dataclass(frozen=True, slots=True)
class Family:
    """Things owed that one command renders, and how they are spoken of."""

    kind: Kind
    title: str
    none: str
    which: str
    chosen: Callable[[Obligation], bool] = lambda _: True
    """Which of that kind."""

    def among(self, obligations: list[Obligation]) -> list[Obligation]:
        """Return those of this family that are open."""
        return [o for o in obligations if o.is_open and o.kind is self.kind and self.chosen(o)]


COMPLEMENTS = Family(
    Kind.COMPLEMENT, "Compléments attendus", "Aucun complément n’est attendu.", "Quel complément ? Indiquez --due :"
)
OPINIONS = Family(Kind.OPINION, "Avis attendus", "Aucun avis n’est attendu.", "Quel avis ? Indiquez --due :")
ACTIONS = Family(Kind.ACTION, "Actions en cours", "Aucune action n’est en cours.", "Quelle action ? Indiquez --due :")
LAST_MILE = Family(
    Kind.RETOUR,
    "Retours à dire au rédacteur",
    "Aucun retour n’est à dire au rédacteur de la fiche.",
    "Quel retour ? Indiquez --due :",
    lambda o: o.last_mile,
)
BETWEEN = Family(
    Kind.RETOUR,
    "Retours à écrire",
    "Aucun retour n’est à écrire à une autre structure.",
    "Quel retour ? Indiquez --due :",
    lambda o: not o.last_mile,
)


@dataclass(frozen=True, slots=True)
class Act:
    """A verb and what it carries."""

    verb: str
    fields: Mapping[str, FieldValue]
    by_beneficiary: bool = False
    """The one it is owed to does it, not the one who owes."""

    def actor(self, obligation: Obligation) -> Holder | None:
        """Return who may do it."""
        return obligation.beneficiary if self.by_beneficiary else obligation.debtor


@dataclass(frozen=True, slots=True)
class Reading:
    """A situation as somebody reads it before they act."""

    app: Application
    circuit: Circuit
    dossier: Dossier
    person: Person
    names: Mapping[str, str]

    @property
    def reference(self) -> str:
        """The reference of the situation."""
        return self.dossier.case.reference


def read(app: Application, reference: str, by: str) -> Reading:
    """Return a situation and the person who looks at it.

    Raises:
        UnknownReference: no situation bears it.
        UnknownPerson: nobody bears the identifier.
    """
    reference = read_reference(reference)
    with app.store.reading() as work:
        case = work.screens.case(reference)
        dossier = work.load({reference}, {by}, (), app.clock.now())[reference]
        names = work.screens.names()
    person = dossier.facts.people.get(by)
    if person is None:
        raise UnknownPerson(f"Personne n’est connu sous l’identifiant « {by} ».")
    return Reading(app, app.circuits.get(case.circuit), dossier, person, names)


def run(reading: Reading, family: Family, act: Act | None, due: int | None, *, as_json: bool) -> None:
    """Do one act and say what followed; without an act, show what is open.

    Raises:
        Refusal: nothing of the kind is open, several are, or the rules say no.
    """
    if act is None:
        show(reading, family, as_json=as_json)
        return
    obligation = pick(reading, family, act, due)
    case = decide(reading.app, reading.reference, act.verb, reading.person.id, fields=act.fields, due=obligation.n)
    say(reading.app, case, as_json=as_json)


def pick(reading: Reading, family: Family, act: Act, due: int | None) -> Obligation:
    """Return what is meant: the one numbered, else the only open one, else the only one that is this person's.

    A retour between structures is written once for all its beneficiaries: any of them will do.
    """
    found = family.among(reading.dossier.obligations)
    if not found:
        raise IllegalDecision(family.none)
    if due is not None:
        found = [o for o in found if o.n == due] or _none_numbered(reading, found, due)
    if len(found) > 1:
        found = [o for o in found if _is_theirs(reading, act.actor(o))] or found
    if len({(o.debtor.organisation if family is BETWEEN else o.n) for o in found}) > 1:
        raise IllegalDecision(f"{family.which} {_listed(reading, found)}.")
    return found[0]


def _none_numbered(reading: Reading, found: list[Obligation], due: int) -> list[Obligation]:
    raise IllegalDecision(f"Le n° {due} n’est pas de ceux-là. Attendu maintenant : {_listed(reading, found)}.")


def _listed(reading: Reading, found: list[Obligation]) -> str:
    owed = ((o, of_whom(who(reading.circuit, o.debtor, reading.names))) for o in found)
    return " ; ".join(f"n° {o.n}, {KINDS[o.kind]} ({o.code}), {debtor}" for o, debtor in owed)


def _is_theirs(reading: Reading, holder: Holder | None) -> bool:
    if holder is None:
        return False
    today = calendar_for(reading.dossier, holder.organisation).local_date(reading.app.clock.now())
    return speaks_for(reading.dossier, reading.person, holder, today)


def show(reading: Reading, family: Family, *, as_json: bool) -> None:
    """Show what is open: its number, who owes it to whom, until when."""
    lines = [_line(reading, o) for o in family.among(reading.dossier.obligations)]
    if as_json:
        click.echo(json.dumps({"reference": reading.reference, "attendu": lines}, ensure_ascii=False))
        return
    rows = [(str(x["n"]), x["code"], x["attendu_de"], x["pour"], x["echeance"], x["retard"]) for x in lines]
    columns = ("N°", "Code", "Attendu de", "Pour", "Le", "")
    print_table(columns, rows, title=f"{family.title} sur {reading.reference}", empty=family.none)


def _line(reading: Reading, o: Obligation) -> dict[str, Any]:
    departement = reading.dossier.facts.organisations[o.debtor.organisation].departement
    return {
        "n": o.n,
        "code": o.code,
        "attendu_de": who(reading.circuit, o.debtor, reading.names),
        "pour": title_of(reading.circuit, o.beneficiary) if o.beneficiary else "",
        "echeance": day(o.due),
        "retard": lateness(reading.app.clock.now(), o, departement),
    }


def decide(  # noqa: PLR0913 - the parts of a decision
    app: Application,
    reference: str,
    name: str,
    by: str,
    *,
    fields: Mapping[str, FieldValue],
    due: int | None = None,
    version: int | None = None,
    decision_id: str | None = None,
) -> Case:
    """Take one decision, or play one verb.

    Raises:
        Refusal: the rules say no.
    """
    wanted = Decision(decision_id or uuid4().hex, reference, name, by, fields, due, version, token_hex(16))
    return accepted(app.engine.decide([wanted])[0])


def say(app: Application, case: Case, *, as_json: bool) -> None:
    """Say where the situation is now."""
    step = app.circuits.get(case.circuit).step(case.step)
    said = {"reference": case.reference, "etape": case.step, "version": case.version}
    sentence = f"C’est fait. {case.reference} est à l’étape « {step.title} » (version {case.version})."
    click.echo(json.dumps(said) if as_json else sentence)
