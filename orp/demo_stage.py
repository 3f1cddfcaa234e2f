"""The stage of a demonstration: everything is real but the clock, which this moves.

The SQLite file, the engine, the mails over SMTP are those of the service. The clock stops at each instant at
which something is due, and once a day for the mails.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from importlib import resources

from orp.bootstrap import Application, build
from orp.demo_folder import Folder
from orp.demo_mailbox import mailbox
from orp.demo_year import filled
from orp.preparation import prepare
from orp.settings import read_settings
from orp.ticker import post, tick
from storage.demo_clock import DemoClock
from workflow.circuit.model import Slot
from workflow.errors import Refusal, accepted
from workflow.holders import OPINION_FUNCTION, holder_of
from workflow.model import Dossier, Holder, Obligation, Person
from workflow.opening import Draft
from workflow.triggers import Decision, FieldValue
from workflow.words import PARIS, in_paris

POST_AT = time(17, 30)
"""When the mails of the day are sent: within everybody's sending window, so that none waits for long."""

PLACES = ("territoires/bretagne.yaml", "demonstration/maine-et-loire.yaml")
"""Directories of the demonstration: Bretagne, and a DAC that collects forms without an account."""

PUBLIC_URL = "http://127.0.0.1:8000"
"""Where the links of its mails lead, unless it is served on another port."""

log = logging.getLogger("orp.demo")


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does on a situation: a decision, or a verb and the code of what is owed."""

    id: str
    reference: str
    actor: str
    act: str
    fields: Mapping[str, FieldValue]
    parent: str = ""


@dataclass(slots=True)
class Stage:
    """A service under way on a virtual clock."""

    app: Application
    clock: DemoClock
    next_post: datetime

    def advance(self, until: datetime) -> None:
        """Let time pass: whatever becomes due is played at its own instant, the mails leave once a day."""
        tick(self.app)
        while (coming := self._coming()) <= until:
            self.clock.set(coming)
            tick(self.app)
            if coming == self.next_post:
                self.post()
                self.next_post = _at_post(coming + timedelta(days=1))
        self.clock.set(until)

    def _coming(self) -> datetime:
        now = self.clock.now()
        with self.app.store.reading() as work:
            wake = work.health.next_wake(now)
        return min(self.next_post, wake) if wake else self.next_post

    def post(self) -> None:
        """Send the mails that may leave."""
        post(self.app)

    def open(self, drafts: Sequence[Draft]) -> list[str]:
        """Begin drafts, in one call, and return their references."""
        if not drafts:
            return []
        cases = [accepted(result) for result in self.app.engine.open(drafts)]
        for case in cases:
            log.info("%s %s ouvrir (redacteur) -> %s", in_paris(self.clock.now()), case.reference, case.step)
        return [case.reference for case in cases]

    def play(self, acts: Sequence[Act]) -> list[str]:
        """Play what happens at this instant, in one call, and return who acted.

        Raises:
            Refusal: the rules say no: the story is wrong.
        """
        if not acts:
            return []
        now = in_paris(self.clock.now())
        with self.app.store.reading() as work:
            dossiers = work.load({act.reference for act in acts}, (), (), self.clock.now())
        decisions = [self._decision(dossiers[act.reference], act) for act in acts]
        for act, result in zip(acts, self.app.engine.decide(decisions), strict=True):
            if isinstance(result, Refusal):
                raise Refusal(f"{now}, {act.reference}, « {act.act} » : {result}")
            log.info("%s %s %s (%s) -> %s", now, act.reference, act.act, act.actor, result.step)
        return [decision.by for decision in decisions]

    def who_holds(self, organisation: str, function: str) -> str:
        """Return who holds a function in an organisation: the first if they are many."""
        with self.app.store.reading() as work:
            people = work.facts({organisation}, (), self.clock.now()).people.values()
        return _first(people, organisation, function)

    def _decision(self, dossier: Dossier, act: Act) -> Decision:
        verb, _, code = act.act.partition(" ")
        holder = self._holder(dossier, act.actor)
        by = _person(dossier, holder)
        fields = filled(act.fields, lambda symbol: self._meaning(dossier, act, by)[symbol])
        due = _owed(dossier, holder, code).n if code else None
        return Decision(act.id, act.reference, verb, by, fields, due=due, salt=act.id)

    def _holder(self, dossier: Dossier, actor: str) -> Holder:
        circuit = self.app.circuits.get(dossier.case.circuit)
        if actor in circuit.definition.actors:
            return holder_of(circuit, dossier, actor)
        return Holder(actor, f"{actor}-{dossier.case.departement}", OPINION_FUNCTION)

    def _meaning(self, dossier: Dossier, act: Act, by: str) -> dict[str, str]:
        departement = dossier.case.departement
        return {
            "$moi": by,
            "$relecteur": _person(dossier, self._holder(dossier, "responsable_antenne")),
            "$dd": dossier.parties[Slot.DD].organisation,
            "$cd": f"cd-{departement}",
            "$cpam": f"cpam-{departement}",
            "$parent": act.parent,
        }


def _person(dossier: Dossier, holder: Holder) -> str:
    """Return who acts: the person in charge, else the first who holds the function; never a service mailbox."""
    return holder.person or _first(dossier.facts.people.values(), holder.organisation, holder.function)


def _first(people: Iterable[Person], organisation: str, function: str) -> str:
    return min(p.id for p in people if (organisation, function) in p.functions and not p.mailbox)


def _owed(dossier: Dossier, holder: Holder, code: str) -> Obligation:
    """Return what is rendered: this holder's if it can be told, and the latest."""
    found = [o for o in dossier.obligations if o.is_open and code in _codes(o)]
    if not found:
        raise Refusal(f"{dossier.case.reference} : rien n’est dû sous le code {code}.")
    return max(found, key=lambda o: (o.debtor.organisation == holder.organisation, o.n))


def _codes(o: Obligation) -> set[str]:
    """An obligation answers to its own code and to those of the retours it took in."""
    return {o.code} | {answer.partition(":")[0] for answer in o.answers}


def _at_post(instant: datetime) -> datetime:
    return datetime.combine(instant.astimezone(PARIS).date(), POST_AT, PARIS).astimezone(UTC)


def _next_post(after: datetime) -> datetime:
    today = _at_post(after)
    return today if today > after else _at_post(after + timedelta(days=1))


@contextmanager
def stage(folder: Folder, start: datetime | None, public_url: str = PUBLIC_URL) -> Iterator[Stage]:
    """Set the stage in a folder: a base with the directory of Bretagne, a mailbox that keeps every mail.

    `start` begins anew at that instant; None goes on with what the folder holds.

    Raises:
        Infrastructure: the folder holds what is not of a demonstration.
    """
    if start:
        folder.clear()
    with folder.logging(), mailbox(folder.mails) as port:
        settings = read_settings(
            DATABASE_URL=f"sqlite:///{folder.base}",
            URL_PUBLIQUE=public_url,
            SMTP_HOTE="127.0.0.1",
            SMTP_PORT=port,
            SMTP_SECURITE="aucune",
            SECRET="une démonstration n’a pas de secret à garder",  # noqa: S106 - and its mails are the same each time
            SMTP_UTILISATEUR="",  # whatever the environment says of the real server
        )
        if start:
            for place in PLACES:
                with resources.as_file(resources.files("definitions") / place) as directory:
                    prepare(settings, directory, start)
        app = build(settings)
        if not isinstance(app.clock, DemoClock):
            raise TypeError("a demonstration runs on its own clock")
        yield Stage(app, app.clock, _next_post(app.clock.now()))
        app.store.engine.dispose()
