"""What one person owes: counted, one page of it, and the intitulés, in a constant number of statements."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, case, func, or_, select

from storage import listing, mapping
from storage.bulk import upsert
from storage.searching import ONE, holding
from storage.tables import TABLES
from workflow.circuit.model import Kind
from workflow.model import Person
from workflow.ports.lists import Awaited, Group, Looked, Sought

CASES, OBLIGATIONS, PARTIES = TABLES["cases"], TABLES["obligations"], TABLES["parties"]
ORGANISATIONS, ANSWERS, TITLES = TABLES["organisations"], TABLES["form_answers"], TABLES["case_titles"]
DEBTOR, DAC = ORGANISATIONS.alias("debtor"), ORGANISATIONS.alias("dac_of")
MOST_OF_A_TEAM = 200
"""More than one meeting can look at."""


class Inbox:
    """The screen « À traiter » on one connection (implements `web.ports.reading.Inbox`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def groups(self, person: Person, today: date, looked: Looked | None) -> list[Group]:
        """Return how much is owed, by all that a list is chosen by, among what holds these words."""
        mine = listing.mine(person, today).subquery("mine")
        here = (CASES.c.circuit, CASES.c.step, CASES.c.dac, DAC.c.name, CASES.c.urgent)
        keys = (mine.c.kind, *here, mine.c.late)
        query = select(*keys, func.count()).select_from(mine).join(CASES, CASES.c.reference == mine.c.reference)
        query = _among(query.join(DAC, DAC.c.id == CASES.c.dac), mine, looked)
        return [Group(*row) for row in self._connection.execute(query.group_by(*keys))]

    def page(
        self, person: Person, today: date, kinds: Collection[Kind], sought: Sought, window: tuple[int, int]
    ) -> list[Awaited]:
        """Return what is owed of some kinds, late first, then by date: `window` is the first line and how many."""
        mine = listing.mine(person, today).subquery("mine")
        query = select(mine).join(CASES, CASES.c.reference == mine.c.reference)
        query = _among(query, mine, sought.looked).where(mine.c.kind.in_(kinds), *_chosen(sought, mine))
        shown = query.order_by(*_order(mine)).offset(window[0]).limit(window[1]).subquery("shown")
        lines = (
            select(OBLIGATIONS, *_SHOWN)
            .select_from(shown)
            .join(OBLIGATIONS, (OBLIGATIONS.c.reference == shown.c.reference) & (OBLIGATIONS.c.n == shown.c.n))
            .join(CASES, CASES.c.reference == shown.c.reference)
            .join(DEBTOR, DEBTOR.c.id == OBLIGATIONS.c.debtor_organisation)
        )
        lines = ONE.joined(lines, _house()).order_by(*_order(OBLIGATIONS))
        return [_awaited(row) for row in self._connection.execute(lines).mappings()]

    def team(self, antenne: str, steps: Collection[str], reviews: Collection[str], soon: date) -> list[Awaited]:
        """Return the decisions owed on the situations of an antenne, late first.

        At `steps`, whatever their date; at `reviews`, those late or due by `soon`.
        """
        now = or_(CASES.c.step.in_(steps), CASES.c.step.in_(reviews) & (OBLIGATIONS.c.due <= soon))
        decisions = (OBLIGATIONS.c.status == "ouvert", OBLIGATIONS.c.kind == str(Kind.DECISION))
        query = ONE.joined(
            _with_situation(select(OBLIGATIONS, *_SHOWN).select_from(OBLIGATIONS)), TITLES.c.house == CASES.c.dac
        )
        query = query.where(*decisions, ONE.placed.c.organisation == antenne, now).order_by(*_order(OBLIGATIONS))
        return [_awaited(row) for row in self._connection.execute(query.limit(MOST_OF_A_TEAM)).mappings()]

    def answers(self, references: Collection[str], fields: Collection[str]) -> dict[str, dict[str, str]]:
        """Return the latest coded answers to some questions, by situation."""
        query = select(ANSWERS.c.reference, ANSWERS.c.field, ANSWERS.c.value).where(
            ANSWERS.c.reference.in_(references), ANSWERS.c.field.in_(fields)
        )
        found: dict[str, dict[str, str]] = {}
        for row in self._connection.execute(query.order_by(ANSWERS.c.seq)):
            found.setdefault(row.reference, {})[row.field] = row.value
        return found

    def titles(self, references: Collection[str], houses: Collection[str]) -> dict[tuple[str, str], str]:
        """Return the intitulés that these houses gave these situations, by situation and house."""
        query = select(TITLES).where(TITLES.c.reference.in_(references), TITLES.c.house.in_(houses))
        return {(row.reference, row.house): row.title for row in self._connection.execute(query) if row.title}

    def keep_title(self, reference: str, dac: str, house: str, title: str, by: tuple[str, datetime]) -> None:
        """Write the intitulé that a house gives a situation; empty: the one composed from the form is shown again."""
        person, at = by
        values = {"reference": reference, "house": house, "dac": dac, "title": title, "person": person, "at": at}
        upsert(self._connection, TITLES, [values])


_SHOWN = (
    CASES.c.step,
    CASES.c.circuit,
    CASES.c.departement,
    CASES.c.urgent,
    CASES.c.version,
    CASES.c.parent,
    ONE.here.c.name.label("antenne"),
    DEBTOR.c.name.label("debtor_name"),
    DEBTOR.c.departement.label("debtor_departement"),
    func.coalesce(TITLES.c.title, "").label("title"),
)


def _order(owed: FromClause) -> tuple[ColumnElement[Any], ...]:
    """Late first, then the earliest date."""
    return owed.c.late.desc(), owed.c.due.is_(None), owed.c.due, owed.c.reference, owed.c.n


def _among(query: Select[Any], mine: FromClause, looked: Looked | None) -> Select[Any]:
    """Keep what holds some words; nothing else is read when nothing is looked for."""
    if looked is None:
        return query
    same = (OBLIGATIONS.c.reference == mine.c.reference) & (OBLIGATIONS.c.n == mine.c.n)
    owed = query.join(OBLIGATIONS, same).join(DEBTOR, DEBTOR.c.id == OBLIGATIONS.c.debtor_organisation)
    return ONE.joined(owed, _house()).where(*holding(looked))


def _with_situation(query: Select[Any]) -> Select[Any]:
    """Add to what is owed its situation and its debtor."""
    return query.join(CASES, CASES.c.reference == OBLIGATIONS.c.reference).join(
        DEBTOR, DEBTOR.c.id == OBLIGATIONS.c.debtor_organisation
    )


def _house() -> ColumnElement[bool]:
    """The intitulé is the one of the debtor's house: an antenne and its DAC are one."""
    return TITLES.c.house == case((DEBTOR.c.kind == "antenne", CASES.c.dac), else_=DEBTOR.c.id)


def _chosen(sought: Sought, mine: FromClause) -> Iterator[ColumnElement[bool]]:
    if sought.step:
        yield CASES.c.step == sought.step
    if sought.dac:
        yield CASES.c.dac == sought.dac
    if sought.urgent:
        yield CASES.c.urgent
    if sought.late:
        yield mine.c.late


def _awaited(row: mapping.Row) -> Awaited:
    return Awaited(
        reference=row["reference"],
        circuit=row["circuit"],
        step=row["step"],
        urgent=row["urgent"],
        antenne=row["antenne"] or "",
        structure=row["debtor_name"],
        departement=row["debtor_departement"],
        obligation=mapping.obligation_from(row),
        title=row["title"],
        version=row["version"],
        parent=row["parent"] or "",
    )
