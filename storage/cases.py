"""Situations with what belongs to them: loaded whole, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Executable, insert, select, update

from storage import mapping
from storage.database import held
from storage.directory import Directory
from storage.tables import TABLES
from workflow.errors import Conflict
from workflow.model import Case, Dossier, Obligation, Party
from workflow.ports import Write

CASES, PARTIES, OBLIGATIONS = TABLES["cases"], TABLES["parties"], TABLES["obligations"]
JOURNAL, CONTENTS, ANSWERS = TABLES["journal"], TABLES["contents"], TABLES["form_answers"]
CONTACTS = TABLES["redacteur_contacts"]


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
        """Return the dossiers that exist among `references`."""
        # always in the same order: two writers never hold what the other waits for
        wanted = select(CASES).where(CASES.c.reference.in_(references)).order_by(CASES.c.reference)
        rows = self._rows(held(self._connection, wanted))
        cases = {row["reference"]: mapping.case_from(row) for row in rows}
        parties = self._parties(cases)
        organisations = {p.organisation for p in chain.from_iterable(ps.values() for ps in parties.values())}
        everywhere = organisations | {c.dac for c in cases.values()} | set(named)
        facts = replace(self._directory.facts(everywhere, people, at), steps=self._steps(named))
        obligations, answered, seen = self._obligations(cases), self._answered(cases), self._seen(ids)
        return {
            reference: Dossier(
                case, obligations[reference], parties[reference], facts.with_case(answered[reference], seen)
            )
            for reference, case in cases.items()
        }

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the references of situations whose `wake_at` has come and that nobody else holds, oldest first."""
        query = (
            select(CASES.c.reference)
            .where(CASES.c.wake_at <= now)
            .order_by(CASES.c.wake_at, CASES.c.reference)
            .limit(limit)
            .with_for_update(skip_locked=True)  # says nothing to SQLite, whose revisions do this work
        )
        return list(self._connection.execute(query).scalars())

    def attached(self, references: Collection[str]) -> list[str]:
        """Return the references of the situations attached to these."""
        query = select(CASES.c.reference).where(CASES.c.parent.in_(references)).order_by(CASES.c.reference)
        return list(self._connection.execute(query).scalars())

    def played(self, ids: Collection[str]) -> dict[str, str]:
        """Return the reference on which each decision identifier was played."""
        query = select(JOURNAL.c.decision_id, JOURNAL.c.reference).where(JOURNAL.c.decision_id.in_(ids))
        return {row["decision_id"]: row["reference"] for row in self._rows(query)}

    def save(self, writes: Sequence[Write]) -> None:
        """Write situations with their parties and obligations over the revisions they were computed from."""
        for write in writes:
            case = write.outcome.dossier.case
            case.revision += 1
            if write.revision is None:
                self._create(write)
                continue
            values = mapping.case_values(case)
            mine = (CASES.c.reference == case.reference) & (CASES.c.revision == write.revision)
            if self._connection.execute(update(CASES).where(mine).values(values)).rowcount != 1:
                raise Conflict(case.reference)
            self._save_parties(case, write.outcome.dossier.parties)
            self._save_obligations(case, list(write.outcome.changed.values()))

    def _create(self, write: Write) -> None:
        dossier = write.outcome.dossier
        case = dossier.case
        self._connection.execute(insert(CASES), mapping.case_values(case))
        self._connection.execute(
            insert(PARTIES), [mapping.party_values(case.reference, case.dac, p) for p in dossier.parties.values()]
        )
        self._connection.execute(insert(CONTACTS), mapping.contact_values(case, write.email, write.tracking))
        self._save_obligations(case, list(write.outcome.changed.values()))

    def _save_parties(self, case: Case, parties: dict[str, Party]) -> None:
        for party in parties.values():
            values = mapping.party_values(case.reference, case.dac, party)
            mine = (PARTIES.c.reference == case.reference) & (PARTIES.c.slot == party.slot)
            if self._connection.execute(update(PARTIES).where(mine).values(values)).rowcount == 0:
                self._connection.execute(insert(PARTIES), values)

    def _save_obligations(self, case: Case, changed: list[Obligation]) -> None:
        """Obligations are numbered by the situation: the new ones are those it did not have."""
        rows = [mapping.obligation_values(case.reference, case.dac, obligation) for obligation in changed]
        known = select(OBLIGATIONS.c.n).where(
            OBLIGATIONS.c.reference == case.reference, OBLIGATIONS.c.n.in_([o.n for o in changed])
        )
        old = set(self._connection.execute(known).scalars())
        for row in [row for row in rows if row["n"] in old]:
            mine = (OBLIGATIONS.c.reference == case.reference) & (OBLIGATIONS.c.n == row["n"])
            self._connection.execute(update(OBLIGATIONS).where(mine).values(row))
        if new := [row for row in rows if row["n"] not in old]:
            self._connection.execute(insert(OBLIGATIONS), new)

    def _parties(self, references: Collection[str]) -> dict[str, dict[str, Party]]:
        found: dict[str, dict[str, Party]] = defaultdict(dict)
        for row in self._rows(select(PARTIES).where(PARTIES.c.reference.in_(references))):
            found[row["reference"]][row["slot"]] = mapping.party_from(row)
        return found

    def _obligations(self, references: Collection[str]) -> dict[str, list[Obligation]]:
        found: dict[str, list[Obligation]] = defaultdict(list)
        mine = OBLIGATIONS.c.reference.in_(references) & (OBLIGATIONS.c.status == "ouvert")
        for row in self._rows(select(OBLIGATIONS).where(mine).order_by(OBLIGATIONS.c.n)):
            found[row["reference"]].append(mapping.obligation_from(row))
        return found

    def _answered(self, references: Collection[str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for table in (ANSWERS, CONTENTS):
            query = select(table.c.reference, table.c.field).where(table.c.reference.in_(references)).distinct()
            for row in self._rows(query):
                found[row["reference"]].add(row["field"])
        return found

    def _steps(self, references: Collection[str]) -> dict[str, tuple[str, str]]:
        if not references:
            return {}
        query = select(CASES.c.reference, CASES.c.dac, CASES.c.step).where(CASES.c.reference.in_(references))
        return {row["reference"]: (row["dac"], row["step"]) for row in self._rows(query)}

    def _seen(self, ids: Collection[str]) -> dict[str, str]:
        return self.played(ids) if ids else {}

    def _rows(self, query: Executable) -> Sequence[Any]:
        return self._connection.execute(query).mappings().all()
