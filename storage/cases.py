"""Situations with what belongs to them: loaded whole, written whole, each in a constant number of statements."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection, bindparam, select, union_all

from storage import mapping
from storage.bulk import insert_all, upsert
from storage.database import WRITES
from storage.directory import Directory
from storage.prepared import Query
from storage.tables import TABLES
from workflow.errors import Conflict, Unwritable
from workflow.model import Dossier, Obligation, Party
from workflow.ports.work import Write

CASES, PARTIES, OBLIGATIONS = TABLES["cases"], TABLES["parties"], TABLES["obligations"]
JOURNAL, CONTENTS, ANSWERS = TABLES["journal"], TABLES["contents"], TABLES["form_answers"]
CONTACTS = TABLES["redacteur_contacts"]

# What is asked at every decision: statements whose text is made once.
THESE = Query(lambda wanted: select(CASES).where(CASES.c.reference.in_(wanted)).order_by(CASES.c.reference))
HELD = Query(
    lambda wanted: select(CASES).where(CASES.c.reference.in_(wanted)).order_by(CASES.c.reference).with_for_update()
)
"""Always in the same order: two writers never hold what the other waits for."""
THEIR_PARTIES = Query(lambda wanted: select(PARTIES).where(PARTIES.c.reference.in_(wanted)))
THEIR_OBLIGATIONS = Query(
    lambda wanted: (
        select(OBLIGATIONS)
        .where(OBLIGATIONS.c.reference.in_(wanted), OBLIGATIONS.c.status == "ouvert")
        .order_by(OBLIGATIONS.c.n)
    )
)
THEIR_ANSWERS = Query(
    lambda wanted: union_all(
        *(select(each.c.reference, each.c.field).where(each.c.reference.in_(wanted)) for each in (ANSWERS, CONTENTS))
    )
)
THEIR_STEPS = Query(
    lambda wanted: select(CASES.c.reference, CASES.c.dac, CASES.c.step).where(CASES.c.reference.in_(wanted))
)
ATTACHED = Query(lambda wanted: select(CASES.c.reference).where(CASES.c.parent.in_(wanted)).order_by(CASES.c.reference))
PLAYED = Query(
    lambda wanted: select(JOURNAL.c.decision_id, JOURNAL.c.reference).where(JOURNAL.c.decision_id.in_(wanted))
)
DUE = (
    select(CASES.c.reference)
    .where(CASES.c.wake_at <= bindparam("now", type_=CASES.c.wake_at.type))
    .order_by(CASES.c.wake_at, CASES.c.reference)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)  # says nothing to SQLite, whose revisions do this work
)


class Cases:
    """Reads and writes situations on one connection."""

    def __init__(self, connection: Connection, directory: Directory) -> None:
        self._connection = connection
        self._directory = directory

    def load(
        self,
        references: Collection[str],
        people: Collection[str],
        ids: Collection[str],
        at: datetime,
        named: Collection[str] = (),
    ) -> dict[str, Dossier]:
        """Return the dossiers that exist among `references`.

        Raises:
            Unwritable: what is kept of one of them can be read no more.
        """
        try:
            return self._load(references, people, ids, at, named)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise Unwritable("Ce qui est gardé d’une situation n’est plus lisible. Rien n’a été écrit.") from error

    def _load(
        self,
        references: Collection[str],
        people: Collection[str],
        ids: Collection[str],
        at: datetime,
        named: Collection[str],
    ) -> dict[str, Dossier]:
        ours = self._connection.get_execution_options().get(WRITES)
        found = (HELD if ours else THESE).rows(self._connection, references)
        cases = {row["reference"]: mapping.case_from(row) for row in found}
        parties = self._parties(cases)
        organisations = {p.organisation for p in chain.from_iterable(ps.values() for ps in parties.values())}
        everywhere = organisations | {c.dac for c in cases.values()} | set(named)
        facts = replace(self._directory.facts(everywhere, people, at), steps=self._steps(named))
        obligations, answered, seen = self._obligations(cases), self._answered(cases), self._played(ids)
        return {
            reference: Dossier(
                case, obligations[reference], parties[reference], facts.with_case(answered[reference], seen)
            )
            for reference, case in cases.items()
        }

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the references of situations whose `wake_at` has come and that nobody else holds, oldest first."""
        return list(self._connection.execute(DUE, {"now": now, "most": limit}).scalars())

    def behind(self, now: datetime) -> bool:
        """Say whether a situation has something due, whoever holds it."""
        return (
            self._connection.execute(select(CASES.c.reference).where(CASES.c.wake_at <= now).limit(1)).first()
            is not None
        )

    def attached(self, references: Collection[str]) -> list[str]:
        """Return the references of the situations attached to these."""
        return [row["reference"] for row in ATTACHED.rows(self._connection, references)]

    def load_played(self, ids: Collection[str], at: datetime) -> dict[str, Dossier]:
        """Return, by decision identifier, the dossiers of the decisions that were already played."""
        played = self._played(ids)
        dossiers = self.load(set(played.values()), (), (), at)
        return {decision: dossiers[reference] for decision, reference in played.items()}

    def _played(self, ids: Collection[str]) -> dict[str, str]:
        """Return the reference on which each decision identifier was played."""
        return {row["decision_id"]: row["reference"] for row in PLAYED.rows(self._connection, ids)}

    def save(self, writes: Sequence[Write]) -> None:
        """Write situations with their parties and obligations over the revisions they were computed from."""
        for write in writes:
            write.outcome.dossier.case.revision += 1
        if not upsert(self._connection, CASES, [mapping.case_values(w.outcome.dossier.case) for w in writes]):
            raise Conflict("Quelqu’un d’autre a écrit au même moment.")
        new = [write for write in writes if write.revision is None]
        insert_all(
            self._connection,
            CONTACTS,
            [mapping.contact_values(w.outcome.dossier.case, w.email, w.tracking) for w in new],
        )
        upsert(self._connection, PARTIES, list(chain.from_iterable(map(_parties, writes))))
        upsert(self._connection, OBLIGATIONS, list(chain.from_iterable(map(_obligations, writes))))

    def _parties(self, references: Collection[str]) -> dict[str, dict[str, Party]]:
        found: dict[str, dict[str, Party]] = defaultdict(dict)
        for row in THEIR_PARTIES.rows(self._connection, references):
            found[row["reference"]][row["slot"]] = mapping.party_from(row)
        return found

    def _obligations(self, references: Collection[str]) -> dict[str, list[Obligation]]:
        found: dict[str, list[Obligation]] = defaultdict(list)
        for row in THEIR_OBLIGATIONS.rows(self._connection, references):
            found[row["reference"]].append(mapping.obligation_from(row))
        return found

    def _answered(self, references: Collection[str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for row in THEIR_ANSWERS.rows(self._connection, references):
            found[row["reference"]].add(row["field"])
        return found

    def _steps(self, references: Collection[str]) -> dict[str, tuple[str, str]]:
        rows = THEIR_STEPS.rows(self._connection, references)
        return {row["reference"]: (row["dac"], row["step"]) for row in rows}


def _parties(write: Write) -> list[dict[str, Any]]:
    case = write.outcome.dossier.case
    return [mapping.party_values(case.reference, case.dac, party) for party in write.outcome.parties.values()]


def _obligations(write: Write) -> list[dict[str, Any]]:
    case = write.outcome.dossier.case
    return [mapping.obligation_values(case.reference, case.dac, o) for o in write.outcome.changed.values()]
