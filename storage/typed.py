"""What was written in one's own words, for those of the DAC alone: each query says who asks, and the database answers
nothing to anybody else (DESIGN §7). A page that would forget to ask `web.access` could still not show these texts.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select

from storage.bulk import upsert
from storage.tables import TABLES
from workflow.circuit.model import OF_THE_DAC, Slot
from workflow.model import Person
from workflow.records import Drafted

CASES, PARTIES, CONTENTS = TABLES["cases"], TABLES["parties"], TABLES["contents"]
ANSWERS, DRAFTS, LOCAL_KEYS = TABLES["form_answers"], TABLES["drafts"], TABLES["local_keys"]
INSIDE = tuple(str(slot) for slot in OF_THE_DAC)


class Typed:
    """Forms as typed, drafts and local keys on one connection (implements `web.ports.reading.Typed`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def answers(self, reference: str, person: Person) -> dict[str, str]:
        """Return the latest answer to each question of the forms, and the latest of each text, as typed."""
        found: dict[str, str] = {}
        for table, value in ((ANSWERS, ANSWERS.c.value), (CONTENTS, CONTENTS.c.text)):
            query = select(table.c.field, value).where(table.c.reference == reference, _may_read(reference, person))
            found |= {row.field: row[1] for row in self._connection.execute(query.order_by(table.c.seq))}
        return found

    def texts(self, reference: str, person: Person) -> dict[int, dict[str, str]]:
        """Return every text of a situation as typed, by journal position."""
        query = select(CONTENTS.c.seq, CONTENTS.c.field, CONTENTS.c.text).where(CONTENTS.c.reference == reference)
        found: dict[int, dict[str, str]] = {}
        for seq, field, text in self._connection.execute(query.where(_may_read(reference, person))):
            found.setdefault(seq, {})[field] = text
        return found

    def begun(self, person: Person, step: str) -> list[tuple[str, datetime]]:
        """Return the situations that this person began and that are still at this step, the latest first."""
        mine = (CASES.c.writer == person.id) & (CASES.c.step == step)
        query = select(CASES.c.reference, CASES.c.opened_at).where(mine).order_by(CASES.c.opened_at.desc())
        return [(reference, at) for reference, at in self._connection.execute(query)]

    def drafts(self, reference: str, person: Person) -> dict[str, Drafted]:
        """Return what is being written, by field."""
        query = select(DRAFTS.c.field, DRAFTS.c.text, DRAFTS.c.person, DRAFTS.c.at)
        rows = self._connection.execute(query.where(DRAFTS.c.reference == reference, _may_read(reference, person)))
        return {field: Drafted(text, by, at) for field, text, by, at in rows}

    def keep(self, reference: str, dac: str, fields: Mapping[str, str], person: Person, at: datetime) -> None:
        """Write what is being written over what was; a field left blank is dropped."""
        self.drop(reference, [field for field, text in fields.items() if not text])
        common = {"reference": reference, "dac": dac, "person": person.id, "at": at}
        upsert(
            self._connection,
            DRAFTS,
            [common | {"field": field, "text": text} for field, text in fields.items() if text],
        )

    def drop(self, reference: str, fields: Collection[str]) -> None:
        """Forget what was being written under these fields."""
        self._connection.execute(delete(DRAFTS).where(DRAFTS.c.reference == reference, DRAFTS.c.field.in_(fields)))

    def drop_all(self, references: Collection[str]) -> None:
        """Forget all that was being written on situations that are over."""
        self._connection.execute(delete(DRAFTS).where(DRAFTS.c.reference.in_(references)))

    def local_key(self, reference: str, person: Person) -> str | None:
        """Return the local key of a situation, still sealed."""
        query = select(LOCAL_KEYS.c.sealed).where(LOCAL_KEYS.c.reference == reference, _may_read(reference, person))
        found: str | None = self._connection.execute(query).scalar()
        return found

    def keyed(self, mark: str, person: Person) -> str | None:
        """Return the situation that bears a local key in the DAC of this person."""
        houses = {organisation for organisation, _ in person.functions}
        here = exists().where(
            PARTIES.c.reference == LOCAL_KEYS.c.reference,
            PARTIES.c.slot.in_(INSIDE),
            PARTIES.c.organisation.in_(houses),
        )
        query = select(LOCAL_KEYS.c.reference).where(LOCAL_KEYS.c.digest == mark, here)
        found: str | None = self._connection.execute(query.order_by(LOCAL_KEYS.c.reference)).scalar()
        return found

    def keep_local_key(self, reference: str, dac: str, sealed: str, digest: str) -> None:
        """Keep the local key of a situation; an empty one is dropped."""
        self._connection.execute(delete(LOCAL_KEYS).where(LOCAL_KEYS.c.reference == reference))
        if sealed:
            values = {"reference": reference, "dac": dac, "sealed": sealed, "digest": digest}
            upsert(self._connection, LOCAL_KEYS, [values])


def _may_read(reference: str, person: Person) -> ColumnElement[bool]:
    """The rédacteur; and, once the situation has reached the DAC, whoever works there or in its antennes."""
    houses = sorted({organisation for organisation, _ in person.functions})
    here = exists().where(
        PARTIES.c.reference == reference, PARTIES.c.slot.in_(INSIDE), PARTIES.c.organisation.in_(houses)
    )
    dac = PARTIES.alias()
    reached = exists().where(dac.c.reference == reference, dac.c.slot == str(Slot.DAC), dac.c.since.is_not(None))
    mine = exists().where(CASES.c.reference == reference, CASES.c.writer == person.id)
    return or_(mine, and_(here, reached))
