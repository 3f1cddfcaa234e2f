"""The journal of a situation: whole or not, whatever was changed, cut, added or moved (DESIGN §6)."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from storage.journal import Journal
from tests.world import ANALYSIS, FORM, START, World, make_world, ten_steps
from workflow.journal import GENESIS, append, canonical, digest_text, iso, verify
from workflow.model import Case
from workflow.records import Entry

BEGIN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ABSENT = ("", "d0", "None", "null")
"""What somebody could write where a line has no decision."""


def case() -> Case:
    return Case("BRE-DACTIV-2026-0001-R", "dactiv", "35", "national@1", "brouillon", "maelle.riou", BEGIN, BEGIN, BEGIN)


def written(lines: int = 5) -> tuple[Case, list[Entry]]:
    """Write a few lines, one in two without a decision."""
    mine = case()
    return mine, [
        append(
            mine,
            "decision",
            {"code": f"T{n:02}", "textes": {"résumé": "ab" * 32}, "n": n},
            at=BEGIN + n * HOUR,
            now=BEGIN + n * HOUR,
            author="maelle.riou",
            decision_id=f"d{n}" if n % 2 else None,
        )
        for n in range(lines)
    ]


def flipped(value: str) -> Iterator[str]:
    """Return a text with each of its characters changed in turn, then one more, then one less."""
    for position, character in enumerate(value):
        yield value[:position] + chr(ord(character) ^ 1) + value[position + 1 :]
    yield value + "0"
    yield value[:-1] or "x"


def changed(entry: Entry) -> Iterator[Entry]:
    """Return a line with each character of each of its columns changed in turn."""
    columns: dict[str, Any] = asdict(entry)
    for name, value in columns.items():
        others = (
            flipped(value) if isinstance(value, str) else [value + step for step in (-1, 1, 10)] if value else ABSENT
        )
        for wrong in others:
            yield Entry(**(columns | {name: wrong}))


def test_what_was_written_is_whole() -> None:
    mine, entries = written()
    assert verify(entries, mine.seq, mine.head)
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in entries] == [GENESIS, *(entry.digest for entry in entries[:-1])]
    assert (mine.seq, mine.head) == (5, entries[-1].digest)


def test_an_empty_journal_is_whole_until_a_line_was_written() -> None:
    assert verify([], 0, "")
    mine, _ = written(1)
    assert not verify([], mine.seq, mine.head)
    assert not verify([], 0, mine.head)


@pytest.mark.parametrize("line", range(5))
def test_any_character_of_any_column_changed_shows(line: int) -> None:
    mine, entries = written()
    tried = 0
    for wrong in changed(entries[line]):
        assert not verify([*entries[:line], wrong, *entries[line + 1 :]], mine.seq, mine.head), wrong
        tried += 1
    assert tried > 300


def test_a_decision_identifier_taken_away_shows() -> None:
    mine, entries = written()
    assert not verify([entries[0], replace(entries[1], decision_id=None), *entries[2:]], mine.seq, mine.head)


@pytest.mark.parametrize("kept", range(5))
def test_a_tail_cut_off_shows(kept: int) -> None:
    mine, entries = written()
    assert not verify(entries[:kept], mine.seq, mine.head)


def test_a_tail_cut_off_shows_even_if_the_position_or_the_head_was_set_back() -> None:
    mine, entries = written()
    assert not verify(entries[:4], 4, mine.head)
    assert not verify(entries[:4], mine.seq, entries[3].digest)


@pytest.mark.parametrize("line", range(5))
def test_a_line_taken_out_doubled_or_moved_shows(line: int) -> None:
    mine, entries = written()
    assert not verify([*entries[:line], *entries[line + 1 :]], mine.seq, mine.head)
    assert not verify([*entries[: line + 1], *entries[line:]], mine.seq, mine.head)
    moved = [*entries[:line], *entries[line + 1 :], entries[line]]
    assert verify(moved, mine.seq, mine.head) is (line == 4)


def test_a_line_of_another_situation_shows() -> None:
    mine, entries = written()
    other = replace(case(), reference="BRE-DACTIV-2026-0002-P")
    stranger = append(other, "decision", {"n": 0}, at=BEGIN, now=BEGIN, author="maelle.riou")
    assert not verify([stranger, *entries[1:]], mine.seq, mine.head)


def test_a_head_or_a_position_that_is_not_the_last_line_s_shows() -> None:
    mine, entries = written()
    for seq in (0, 4, 6):
        assert not verify(entries, seq, mine.head)
    for head in ("", GENESIS, entries[0].digest, *flipped(mine.head)):
        assert not verify(entries, mine.seq, head)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.lists(st.integers(-90, 90), min_size=1, max_size=12))
def test_a_clock_set_back_never_makes_the_journal_go_back(minutes: list[int]) -> None:
    mine, now, entries = case(), BEGIN, []
    for step in minutes:
        now += timedelta(minutes=step)
        entries.append(append(mine, "acte", {}, at=now, now=now, author="systeme"))
    recorded = [entry.recorded_at for entry in entries]
    assert recorded == sorted(recorded)
    assert verify(entries, mine.seq, mine.head)


def test_a_line_says_both_when_it_was_written_and_when_it_counts_from() -> None:
    entry = append(case(), "acte", {}, at=BEGIN, now=BEGIN + HOUR, author="systeme")
    assert entry.recorded_at == "2026-01-05T09:00:00.000000+00:00"
    assert entry.effective_at == "2026-01-05T08:00:00.000000+00:00"


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.integers(0, 10**15), st.integers(-(10**6), 10**6))
def test_instants_sort_as_texts_as_they_do_in_time(microseconds: int, later: int) -> None:
    one = BEGIN + timedelta(microseconds=microseconds)
    other = (one + timedelta(microseconds=later)).astimezone(START.tzinfo)
    assert (iso(one) < iso(other)) is (one < other)


def test_the_same_content_has_one_text_only() -> None:
    assert canonical({"b": 1, "a": ["é", None]}) == canonical({"a": ["é", None], "b": 1}) == '{"a":["é",null],"b":1}'


def test_a_digest_depends_on_the_salt_the_field_and_the_text() -> None:
    digests = {digest_text(*parts) for parts in (("s", "f", "t"), ("x", "f", "t"), ("s", "x", "t"), ("s", "f", "x"))}
    shifted = {digest_text("sf", "", "t"), digest_text("s", "ft", ""), digest_text("", "sf", "t")}
    assert len(digests | shifted) == 7


# --- As stored. ---


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(files=ten_steps())


@pytest.fixture(scope="module")
def reference(world: World) -> str:
    found = world.open()
    world.decide(found, "deposer", "maelle.riou", FORM)
    world.decide(found, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    world.decide(found, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    return found


def broken(world: World, statement: str) -> tuple[str, ...]:
    """Return what an audit finds after somebody wrote to the database behind our back; then undo it."""
    with world.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        connection.execute(text(statement))
        found = Journal(connection).audit().broken
        connection.rollback()
    return found


def test_a_journal_nobody_touched_is_whole(world: World, reference: str) -> None:
    with world.store.reading() as work:
        audit = work.journal.audit()
    assert (audit.cases, audit.entries, audit.broken) == (1, world.case(reference).seq, ())


@pytest.mark.parametrize("seq", [1, 2, 4])
@pytest.mark.parametrize(
    "change",
    [
        "dac = 'dactiw'",
        "kind = 'acte'",
        "recorded_at = replace(recorded_at, '2026', '2025')",
        "effective_at = replace(effective_at, '2026', '2025')",
        "author = author || ' '",
        "decision_id = NULL",
        "decision_id = 'x'",
        "content = replace(content, '{', '{ ')",
        "content = '{}'",
        "content = CAST(x'ff' AS TEXT)",
        "previous = upper(previous) || 'A'",
        "digest = replace(digest, substr(digest, 1, 1), 'g')",
        "seq = 99",
    ],
)
def test_any_column_changed_in_the_database_shows(world: World, reference: str, seq: int, change: str) -> None:
    assert broken(world, f"UPDATE journal SET {change} WHERE seq = {seq}") == (reference,)  # noqa: S608


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal",
        "DELETE FROM journal WHERE seq = 1",
        "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)",
        "UPDATE cases SET seq = seq - 1",
        "UPDATE cases SET head = ''",
    ],
)
def test_lines_or_a_head_taken_away_in_the_database_show(world: World, reference: str, statement: str) -> None:
    assert broken(world, statement) == (reference,)


def test_a_line_given_to_a_situation_that_does_not_exist_shows(world: World, reference: str) -> None:
    assert broken(world, "UPDATE journal SET reference = 'X' WHERE seq = 2") == (reference, "X")


def test_the_seal_changes_when_a_whole_situation_disappears(world: World, reference: str) -> None:
    with world.store.engine.connect() as connection:
        before = Journal(connection).audit()
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for statement in ("DELETE FROM journal", "DELETE FROM cases"):
            connection.execute(text(statement))
        after = Journal(connection).audit()
        connection.rollback()
    assert after.broken == ()
    assert after.seal != before.seal


def test_the_journal_holds_no_text_and_each_text_has_its_digest_there(world: World, reference: str) -> None:
    with world.store.engine.connect() as connection:
        texts = connection.execute(text("SELECT seq, field, text, salt, digest FROM contents")).all()
        lines = {row.seq: row.content for row in connection.execute(text("SELECT seq, content FROM journal"))}
    assert {row.field for row in texts} >= {"resume", "pourquoi", "impact", "version_relue"}
    for row in texts:
        assert not [content for content in lines.values() if row.text in content]
        assert row.digest == digest_text(row.salt, row.field, row.text)
        assert json.loads(lines[row.seq])["textes"][row.field] == row.digest


def test_the_texts_may_be_dropped_and_the_journal_still_proves_itself(world: World, reference: str) -> None:
    assert broken(world, "DELETE FROM contents") == ()
