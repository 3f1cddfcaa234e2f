"""One transaction: situations, obligations, journal, texts and mails are written together or not at all."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
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
from workflow.errors import Refusal
from workflow.ports.lists import Found, Looked
from workflow.ports.work import Places, Session, Write

NEXT_NUMBERS = text(
    "INSERT INTO reference_counters (dac, year, last) VALUES (:dac, :year, :count) "
    "ON CONFLICT (dac, year) DO UPDATE SET last = reference_counters.last + :count RETURNING last"
)


class SqlWork:
    """One transaction (implements `workflow.ports.work.Work`)."""

    def __init__(self, connection: Connection, domain: str) -> None:
        self._connection = connection
        self.directory = directory = Directory(connection)
        self.cases = cases = Cases(connection, directory)
        self.circuits = CircuitVersions(connection)
        self.incidents = Incidents(connection)
        self.journal = Journal(connection)
        self.outbox = Outbox(connection, domain)
        self.gathering = OutboxGathering(connection, domain)
        self.links = MailLinks(connection)
        self.screens = Screens(connection)
        self.health = Health(connection)
        self.entry = Entry(connection)
        self.inbox = Inbox(connection)
        self.typed = Typed(connection)
        self.retours = Retours(connection)
        self.mailroom = Mailroom(connection)
        self.staff = Staff(connection)
        self.beginnings = Beginnings(connection)
        self.load, self.load_played, self.attached = cases.load, cases.load_played, cases.attached
        self.due, self.behind = cases.due, cases.behind
        self.facts, self.everybody, self.addresses = directory.facts, directory.everybody, directory.addresses
        self.published = self.circuits.in_force

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


class SqlStore:
    """Gives transactions on one database (implements `workflow.ports.work.Store`)."""

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
    """A session whose every transaction is the one that is already open (implements `workflow.ports.work.Session`)."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    def reading(self) -> AbstractContextManager[SqlWork]:
        return nullcontext(self._work)

    def writing(self) -> AbstractContextManager[SqlWork]:
        return nullcontext(self._work)
