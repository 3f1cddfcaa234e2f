"""One transaction: situations, obligations, journal, texts and mails are written together or not at all."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from time import perf_counter

from sqlalchemy import Connection, Engine, text

from storage import mapping
from storage.beginnings import Beginnings
from storage.bulk import insert_all
from storage.cases import ANSWERS, CONTENTS, Cases
from storage.circuits import CircuitVersions
from storage.database import locks_rows, transaction
from storage.directory import Directory
from storage.entry import Entry
from storage.gathering import OutboxGathering
from storage.health import Health
from storage.inbox import Inbox
from storage.incidents import Incidents
from storage.journal import Journal
from storage.links import MailLinks
from storage.mailroom import Mailroom
from storage.outbox import Outbox
from storage.placing import Placing
from storage.retours import Retours
from storage.screens import Screens
from storage.seats import found
from storage.staff import Staff
from storage.typed import Typed
from workflow.circuit.composition import Published
from workflow.errors import Refusal, Unwritable
from workflow.incidents import Incident
from workflow.model import Dossier, Facts
from workflow.ports import Found, Looked, Places, Session, Write
from workflow.records import Message, QueuedMail
from workflow.staffing import Directory as Everybody

NEXT_NUMBERS = text(
    "INSERT INTO reference_counters (dac, year, last) VALUES (:dac, :year, :count) "
    "ON CONFLICT (dac, year) DO UPDATE SET last = reference_counters.last + :count RETURNING last"
)


class SqlWork:
    """One transaction (implements `workflow.ports.Work`)."""

    def __init__(self, connection: Connection, domain: str) -> None:
        self._connection = connection
        self.directory = Directory(connection)
        self.cases = Cases(connection, self.directory)
        self.incident_log = Incidents(connection)
        self.journal = Journal(connection)
        self.outbox = Outbox(connection, domain)
        self.gathering = OutboxGathering(connection, domain)
        self.circuits = CircuitVersions(connection)
        self.screens = Screens(connection)
        self.health = Health(connection)
        self.entry = Entry(connection)
        self.inbox = Inbox(connection)
        self.typed = Typed(connection)
        self.links = MailLinks(connection)
        self.retours = Retours(connection)
        self.mailroom = Mailroom(connection)
        self.staff = Staff(connection)
        self.beginnings = Beginnings(connection)

    def load(
        self,
        references: Collection[str],
        people: Collection[str],
        ids: Collection[str],
        at: datetime,
        named: Collection[str] = (),
    ) -> dict[str, Dossier]:
        """Return the dossiers that exist among `references`."""
        try:
            return self.cases.load(references, people, ids, at, named)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise Unwritable("Ce qui est gardé d’une situation n’est plus lisible. Rien n’a été écrit.") from error

    def load_played(self, ids: Collection[str], at: datetime) -> dict[str, Dossier]:
        """Return, by decision identifier, the dossiers of the decisions that were already played."""
        played = self.cases.played(ids)
        dossiers = self.cases.load(set(played.values()), (), (), at)
        return {decision: dossiers[reference] for decision, reference in played.items()}

    def queue(self, messages: Sequence[Message]) -> None:
        """Queue mails that are about no situation."""
        self.outbox.add((None, message) for message in messages)

    def published(self, now: datetime) -> Mapping[str, Published]:
        """Return, by layer, the version in force."""
        return self.circuits.in_force(now)

    def facts(self, organisations: Collection[str], people: Collection[str], at: datetime) -> Facts:
        """Return what is known of organisations and people."""
        return self.directory.facts(organisations, people, at)

    def everybody(self, at: datetime) -> Everybody:
        """Return every organisation, its collèges, and whoever holds a function anywhere."""
        return self.directory.everybody(at)

    def attached(self, references: Collection[str]) -> list[str]:
        """Return the situations attached to these."""
        return self.cases.attached(references)

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the references of situations that have something due."""
        return self.cases.due(now, limit)

    def behind(self, now: datetime) -> bool:
        """Say whether a situation still has something due."""
        return self.cases.behind(now)

    def save(self, writes: Sequence[Write]) -> None:
        """Write everything that follows from several triggers."""
        self.cases.save(writes)
        outcomes = [(write.outcome.dossier.case.dac, write.outcome) for write in writes]
        self.journal.append([entry for _, outcome in outcomes for entry in outcome.entries])
        texts = [mapping.content_values(dac, text) for dac, outcome in outcomes for text in outcome.contents]
        insert_all(self._connection, CONTENTS, texts)
        answers = [mapping.answer_values(dac, answer) for dac, outcome in outcomes for answer in outcome.answers]
        insert_all(self._connection, ANSWERS, answers)
        self.outbox.add((dac, message) for dac, outcome in outcomes for message in outcome.messages)
        if over := [outcome.dossier.case.reference for _, outcome in outcomes if outcome.ended]:
            self.typed.drop_all(over)

    def found(self, looked: Looked, most: int) -> list[Found]:
        """Return the situations where somebody has a seat and that hold these words, the latest first."""
        return found(self._connection, looked, most)

    def places(self, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], Places | Refusal]:
        """Return where situations go."""
        placing = Placing(self._connection, {antenne for antenne, _ in pairs})
        return {pair: placing.find(*pair) for pair in pairs}

    def numbers(self, dac: str, year: int, count: int) -> range:
        """Reserve reference numbers."""
        last: int = self._connection.execute(NEXT_NUMBERS, {"dac": dac, "year": year, "count": count}).scalar_one()
        return range(last - count + 1, last + 1)

    def addresses(self, people: Collection[str]) -> dict[str, str]:
        """Return the mail addresses of people."""
        return self.directory.addresses(people)

    def incidents(self, references: Collection[str]) -> dict[str, Incident]:
        """Return the incidents of these situations."""
        return self.incident_log.of(references)

    def set_aside(self, incidents: Sequence[Incident]) -> None:
        """Write incidents, and put off the situations that are due."""
        self.incident_log.open(incidents)

    def mail_waits(self, now: datetime) -> bool:
        """Say whether any mail may leave."""
        return self.outbox.waits(now)

    def departements_waiting(self, now: datetime) -> list[str]:
        """Return the départements whose sending window mails that may leave depend on."""
        return self.outbox.departements(now)

    def hold(self, departement: str, now: datetime, opening: datetime) -> None:
        """Put off to its opening the mails that depend on this département's window."""
        self.outbox.hold(departement, now, opening)

    def claim(self, now: datetime, until: datetime, limit: int) -> list[QueuedMail]:
        """Take mails that may leave."""
        return self.outbox.claim(now, until, limit)

    def mark(self, mails: Sequence[QueuedMail], status: str, *, at: datetime, reason: str | None = None) -> None:
        """Say what became of claimed mails."""
        self.outbox.mark(mails, status, at=at, reason=reason)

    def tell_again(self, mail: QueuedMail, at: datetime | None) -> None:
        """Remember that the situation has yet to hear what became of a mail."""
        self.outbox.tell_again(mail, at)

    def untold(self, now: datetime) -> list[tuple[QueuedMail, bool]]:
        """Return the mails whose situation must be told again."""
        return self.outbox.untold(now)

    def awaiting_proof(self, address: str) -> list[tuple[str, int]]:
        """Return the retours that a mail accepted at this address is about to prove."""
        return self.outbox.awaiting_proof(address)


class SqlStore:
    """Gives transactions on one database (implements `workflow.ports.Store`)."""

    def __init__(self, engine: Engine, domain: str) -> None:
        """`domain` ends the Message-ID of mails; it comes from the public address of the service."""
        self.engine = engine
        self.one_writer = not locks_rows(engine)
        self.held = 0.0
        """Seconds for which the latest transaction that wrote kept the others waiting."""
        self._domain = domain

    @contextmanager
    def reading(self) -> Iterator[SqlWork]:
        """A consistent view, without a lock."""
        with transaction(self.engine, writes=False) as connection:
            yield SqlWork(connection, self._domain)

    @contextmanager
    def writing(self) -> Iterator[SqlWork]:
        """A transaction that takes the write lock at once."""
        with transaction(self.engine, writes=True) as connection:
            begun = perf_counter()
            yield SqlWork(connection, self._domain)
        self.held = perf_counter() - begun

    @contextmanager
    def holding(self) -> Iterator[Session]:
        """One transaction for all where rows are locked, else one for each time it is asked for."""
        if self.one_writer:
            yield self
            return
        with self.writing() as work:
            yield _Held(work)


class _Held:
    """A session whose every transaction is the one that is already open (implements `workflow.ports.Session`)."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    def reading(self) -> AbstractContextManager[SqlWork]:
        return nullcontext(self._work)

    def writing(self) -> AbstractContextManager[SqlWork]:
        return nullcontext(self._work)
