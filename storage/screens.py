"""Read-only queries shaped for what people look at. The texts as typed have a query of their own (`typed`)."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, null, or_, select, union_all

from storage import listing, mapping
from storage.listing import Wanted
from storage.tables import TABLES
from workflow.circuit.model import Slot
from workflow.errors import UnknownReference
from workflow.model import Case, Obligation, Organisation, Party
from workflow.records import Answer

CASES, OBLIGATIONS, PARTIES = TABLES["cases"], TABLES["obligations"], TABLES["parties"]
MESSAGES, ORGANISATIONS, PEOPLE = TABLES["messages"], TABLES["organisations"], TABLES["people"]
CONTACTS, CONTENTS, ANSWERS = TABLES["redacteur_contacts"], TABLES["contents"], TABLES["form_answers"]
EVERYTHING = Wanted()


class Screens:
    """Situations as people read them, whoever asks: the caller judges what they may see."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def case(self, reference: str) -> Case:
        """Return a situation.

        Raises:
            UnknownReference: no situation bears it.
        """
        row = self._connection.execute(select(CASES).where(CASES.c.reference == reference)).mappings().first()
        if row is None:
            raise UnknownReference(f"Aucune situation ne porte la référence « {reference} ».")
        return mapping.case_from(row)

    def obligations(self, reference: str) -> list[Obligation]:
        """Return all the obligations of a situation, the closed ones too."""
        query = select(OBLIGATIONS).where(OBLIGATIONS.c.reference == reference).order_by(OBLIGATIONS.c.n)
        return [mapping.obligation_from(row) for row in self._rows(query)]

    def parties(self, reference: str) -> list[Party]:
        """Return the organisations of a situation."""
        return [mapping.party_from(row) for row in self._rows(select(PARTIES).where(PARTIES.c.reference == reference))]

    def cases(self, wanted: Wanted = EVERYTHING) -> list[dict[str, Any]]:
        """Return situations with their first due date and who owes the decision of their step; the oldest first."""
        return [dict(row) for row in self._rows(listing.overview(wanted))]

    def owed(self, wanted: Wanted) -> dict[str, list[Obligation]]:
        """Return, by situation, the open obligations that somebody asks to see."""
        found: dict[str, list[Obligation]] = {}
        for row in self._rows(listing.owed(wanted)):
            found.setdefault(row["reference"], []).append(mapping.obligation_from(row))
        return found

    def steps(self) -> set[str]:
        """Return the steps where situations are now."""
        return {row["step"] for row in self._rows(select(CASES.c.step).distinct())}

    def tracked(self, code: str) -> Case | None:
        """Return the situation of a tracking code, of which only the digest is kept; None if nothing bears it."""
        digest = sha256(code.encode()).hexdigest()
        query = select(CASES).join(CONTACTS, CONTACTS.c.reference == CASES.c.reference)
        row = self._connection.execute(query.where(CONTACTS.c.tracking == digest)).mappings().first()
        return mapping.case_from(row) if row else None

    def decided(self, reference: str, fields: Collection[str], without: Collection[str]) -> dict[int, dict[str, str]]:
        """Return what was written with decisions and acts, by journal position: never a text of a form.

        `fields` are the names asked for, parts included (« retour »: « retour.texte »…). Texts of authors at the levels
        of `without` are left out, but a retour, and what the DAC itself asks of or answers to another organisation.
        """
        mine, level = CONTENTS.c.reference == reference, CONTENTS.c.level
        exchanged = _named(("questions", "reponse")) & (level == str(Slot.DAC))
        return self._texts(mine & _named(fields) & (_named(("retour",)) | exchanged | level.not_in(without)))

    def _texts(self, which: ColumnElement[bool]) -> dict[int, dict[str, str]]:
        found: dict[int, dict[str, str]] = {}
        query = select(CONTENTS.c.seq, CONTENTS.c.field, CONTENTS.c.text).where(which)
        for row in self._rows(query.order_by(CONTENTS.c.seq, CONTENTS.c.field)):
            found.setdefault(row["seq"], {})[row["field"]] = row["text"]
        return found

    def answers(self, reference: str) -> list[Answer]:
        """Return every coded answer of a situation, oldest first."""
        query = select(ANSWERS).where(ANSWERS.c.reference == reference).order_by(ANSWERS.c.seq)
        columns = [field.name for field in fields(Answer)]
        return [Answer(**{name: row[name] for name in columns}) for row in self._rows(query)]

    def reviewed(self, reference: str) -> str | None:
        """Return the latest version relue of a situation: all that other organisations read of its text."""
        mine = (CONTENTS.c.reference == reference) & (CONTENTS.c.field == "version_relue")
        found: str | None = self._connection.execute(
            select(CONTENTS.c.text).where(mine).order_by(CONTENTS.c.seq.desc()).limit(1)
        ).scalar()
        return found

    def within_reach(self, dacs: Collection[str], departements: Collection[str]) -> dict[str, Organisation]:
        """Return the organisations a decision may choose from, by identifier.

        The antennes of these DACs, the partners of these départements, and every delegation (T24).
        """
        kind = ORGANISATIONS.c.kind
        antenne = (kind == "antenne") & ORGANISATIONS.c.parent.in_(dacs)
        partner = (kind == "partenaire") & ORGANISATIONS.c.departement.in_(departements)
        query = select(ORGANISATIONS).where(or_(kind == "dd", antenne, partner)).order_by(ORGANISATIONS.c.name)
        return {row["id"]: mapping.organisation_from(row) for row in self._rows(query)}

    def antennes_of(self, departements: Collection[str]) -> dict[str, Organisation]:
        """Return the antennes of some départements, by identifier."""
        here = (ORGANISATIONS.c.kind == "antenne") & ORGANISATIONS.c.departement.in_(departements)
        return {row["id"]: mapping.organisation_from(row) for row in self._rows(select(ORGANISATIONS).where(here))}

    def names_of(self, identifiers: Collection[str]) -> dict[str, str]:
        """Return the names of these organisations and people by identifier."""
        wanted = sorted(identifiers)
        both = (select(each.c.id, each.c.name).where(each.c.id.in_(wanted)) for each in (ORGANISATIONS, PEOPLE))
        return {row.id: row.name for row in self._connection.execute(union_all(*both))}

    def messages(self) -> list[dict[str, Any]]:
        """Return the outbox, oldest first: what, about which situation, to whom, and what became of it."""
        query = (
            select(
                MESSAGES.c.id,
                MESSAGES.c.mail,
                MESSAGES.c.reference,
                MESSAGES.c.not_before,
                MESSAGES.c.status,
                MESSAGES.c.attempts,
                MESSAGES.c.sent_at,
                MESSAGES.c.reason,
                MESSAGES.c.carrier,
                PEOPLE.c.name.label("recipient"),
            )
            .join(PEOPLE, PEOPLE.c.id == MESSAGES.c.recipient, isouter=True)
            .order_by(MESSAGES.c.not_before, MESSAGES.c.id)
        )
        return [dict(row) for row in self._rows(query)]

    def refused_addresses(self) -> list[dict[str, Any]]:
        """Return whose address the mail server refuses: the name of a person, or the reference of a form."""
        person = select(PEOPLE.c.name, null().label("reference"), PEOPLE.c.refused_at)
        writer = select(null().label("name"), CONTACTS.c.reference, CONTACTS.c.refused_at)
        both = union_all(
            person.where(PEOPLE.c.refused_at.is_not(None)), writer.where(CONTACTS.c.refused_at.is_not(None))
        ).subquery()
        return [dict(row) for row in self._rows(select(both).order_by(both.c.refused_at))]

    def departements(self) -> dict[str, str]:
        """Return the département of each organisation: it gives its calendar."""
        return {
            row["id"]: row["departement"] for row in self._rows(select(ORGANISATIONS.c.id, ORGANISATIONS.c.departement))
        }

    def names(self) -> dict[str, str]:
        """Return the names of organisations and people by identifier."""
        return {
            row["id"]: row["name"]
            for table in (ORGANISATIONS, PEOPLE)
            for row in self._rows(select(table.c.id, table.c.name))
        }

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        return self._connection.execute(query).mappings().all()


def _named(fields: Collection[str]) -> ColumnElement[bool]:
    """A text of one of these fields, or of a part of it."""
    name = CONTENTS.c.field
    return or_(*(or_(name == field, name.startswith(f"{field}.")) for field in fields))
