"""People, the functions they hold and for how long, their absences: as the screen « Organisation » changes them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from storage import mapping
from storage.bulk import insert_all
from storage.tables import TABLES
from workflow.absences import Absence
from workflow.model import Organisation

PEOPLE, ASSIGNMENTS, ABSENCES = TABLES["people"], TABLES["assignments"], TABLES["absences"]
ORGANISATIONS = TABLES["organisations"]
CHANGES, CONTACTS = TABLES["directory_changes"], TABLES["redacteur_contacts"]


class Staff:
    """The directory as people change it, on one connection (implements `web.ports.organisation.Staff`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def directory(self) -> dict[str, Organisation]:
        """Return every organisation by identifier."""
        rows = self._connection.execute(select(ORGANISATIONS)).mappings()
        return {row["id"]: mapping.organisation_from(row) for row in rows}

    def holding(self, organisations: Collection[str], now: datetime) -> list[dict[str, Any]]:
        """Return who holds what there now or later: person, name, email, mailbox, refused_at and the assignment."""
        query = (
            select(PEOPLE.c.name, PEOPLE.c.email, PEOPLE.c.mailbox, PEOPLE.c.refused_at, *ASSIGNMENTS.c)
            .join(PEOPLE, PEOPLE.c.id == ASSIGNMENTS.c.person)
            .where(ASSIGNMENTS.c.organisation.in_(organisations))
            .where(or_(ASSIGNMENTS.c.until.is_(None), ASSIGNMENTS.c.until > now))
            .order_by(ASSIGNMENTS.c.organisation, PEOPLE.c.mailbox.desc(), PEOPLE.c.name, ASSIGNMENTS.c.function)
        )
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def give(self, person: str, organisation: str, function: str, since: datetime) -> bool:
        """Let somebody hold a function from an instant on; False if they already do."""
        here = (ASSIGNMENTS.c.person == person) & (ASSIGNMENTS.c.organisation == organisation)
        held = here & (ASSIGNMENTS.c.function == function)
        running = or_(ASSIGNMENTS.c.until.is_(None), ASSIGNMENTS.c.until > since)
        if self._connection.execute(select(ASSIGNMENTS.c.person).where(held, running)).first():
            return False
        row = {"person": person, "organisation": organisation, "function": function, "since": since, "until": None}
        insert_all(self._connection, ASSIGNMENTS, [row])
        return True

    def end(self, person: str, organisation: str, function: str, until: datetime) -> bool:
        """Let somebody hold a function until an instant; False if they do not hold it then."""
        running = or_(ASSIGNMENTS.c.until.is_(None), ASSIGNMENTS.c.until > until) & (ASSIGNMENTS.c.since < until)
        here = (ASSIGNMENTS.c.person == person) & (ASSIGNMENTS.c.organisation == organisation)
        ended = update(ASSIGNMENTS).where(here, ASSIGNMENTS.c.function == function, running).values(until=until)
        return self._connection.execute(ended).rowcount == 1

    def correct(self, person: str, email: str) -> None:
        """Write another address: mails that wait go there, and it is no longer one that is refused."""
        self._connection.execute(update(PEOPLE).where(PEOPLE.c.id == person).values(email=email, refused_at=None))

    def correct_writer(self, reference: str, dacs: Collection[str], email: str) -> bool:
        """Write where a rédacteur is written to; False if the situation is not of these DAC, or anonymous."""
        ours = (CONTACTS.c.reference == reference) & CONTACTS.c.dac.in_(dacs) & CONTACTS.c.email.is_not(None)
        corrected = update(CONTACTS).where(ours).values(email=email, refused_at=None)
        return self._connection.execute(corrected).rowcount == 1

    def absences(self, now: datetime) -> list[Absence]:
        """Return the absences that run or will, the first to end first."""
        query = select(ABSENCES).where(ABSENCES.c.until > now).order_by(ABSENCES.c.until, ABSENCES.c.person)
        return [Absence(**row) for row in self._connection.execute(query).mappings()]

    def declare(self, absence: Absence) -> None:
        """Write an absence."""
        row = {"person": absence.person, "substitute": absence.substitute}
        insert_all(self._connection, ABSENCES, [row | {"since": absence.since, "until": absence.until}])

    def end_absence(self, absence: Absence, now: datetime) -> None:
        """End an absence now; one that had not begun leaves no trace but in the changes of the directory."""
        this = (ABSENCES.c.person == absence.person) & (ABSENCES.c.since == absence.since)
        if absence.since >= now:
            self._connection.execute(ABSENCES.delete().where(this))
        else:
            self._connection.execute(update(ABSENCES).where(this).values(until=now))

    def note(self, at: datetime, by: str, what: str, person: str | None, organisation: str | None) -> None:
        """Remember who changed what."""
        row = {"at": at, "by": by, "organisation": organisation, "person": person, "what": what}
        insert_all(self._connection, CHANGES, [row])

    def notes(self, organisation: str, most: int) -> list[dict[str, Any]]:
        """Return the latest changes of an organisation."""
        query = select(CHANGES).where(CHANGES.c.organisation == organisation).order_by(CHANGES.c.id.desc()).limit(most)
        return [dict(row) for row in self._connection.execute(query).mappings()]
