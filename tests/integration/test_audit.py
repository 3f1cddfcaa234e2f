"""Whatever is changed in the journal behind our back, `orp audit` names the situation (DESIGN §6, S17)."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orp.cli import orp
from storage.tables import TABLES
from tests.world import FINAL, LONG, make_world

COLUMNS = [column.name for column in TABLES["journal"].columns]

Row = dict[str, str | int | None]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file on which a story was told to its end, and two others begun."""
    path = tmp_path_factory.mktemp("audit") / "orp.sqlite"
    world = make_world(f"sqlite:///{path}")
    world.open()
    world.to_dd(instruct=False)
    reference = world.to_dd()
    f2 = world.owed(reference, "F2")[0].n
    world.decide(reference, "acquitter", "katell.morvan", {"moyen": "courriel", "mot": LONG}, due=f2)
    world.leap(35)  # D12 is late: lines written by the clock
    world.decide(reference, "constater", "sophie.carre", FINAL)
    world.store.engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "orp.sqlite"
    shutil.copy(original, copy)
    return copy


@pytest.fixture
def base(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, open without us; every statement is written at once."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def audit(path: Path, *options: str) -> Result:
    return CliRunner().invoke(orp, ["audit", "--db", str(path), *options])


def lines(base: sqlite3.Connection) -> list[Row]:
    rows = [dict(row) for row in base.execute("SELECT rowid, * FROM journal ORDER BY reference, seq")]
    assert {row["seq"] for row in rows} >= set(range(1, 11))
    return rows


def by_position(base: sqlite3.Connection) -> list[list[Row]]:
    """All lines, those at the same place of each situation together: one audit looks at them all."""
    together: dict[object, list[Row]] = {}
    for row in lines(base):
        together.setdefault(row["seq"], []).append(row)
    return list(together.values())


def longest(base: sqlite3.Connection) -> str:
    """The reference of the situation with the longest journal."""
    return str(base.execute("SELECT reference FROM cases ORDER BY seq DESC").fetchone()[0])


def put(base: sqlite3.Connection, column: str, value: object, row: Row) -> None:
    base.execute(f"UPDATE journal SET {column} = ? WHERE rowid = ?", (value, row["rowid"]))  # noqa: S608  # our own names


def put_bytes(base: sqlite3.Connection, column: str, value: bytes, row: Row) -> None:
    """Write bytes as a text, whether or not they make one."""
    statement = f"UPDATE journal SET {column} = CAST(? AS TEXT) WHERE rowid = ?"  # noqa: S608  # our own names
    base.execute(statement, (value, row["rowid"]))


def names(result: Result, reference: object) -> bool:
    """Say whether an audit failed as it should: it names the situation, in a sentence, without a trace."""
    told = f"{reference} : le journal, un texte ou une réponse a été modifié ou coupé." in result.output
    return result.exit_code == 1 and told and isinstance(result.exception, SystemExit)


def seal(path: Path) -> str:
    return str(json.loads(audit(path, "--json").output)["sceau"])


# --- Untouched ---


def test_an_untouched_journal_is_whole(path: Path, base: sqlite3.Connection) -> None:
    result = audit(path)
    assert result.exit_code == 0
    assert f"Journal : {len(lines(base))} lignes, 3 situations, tout est intact." in result.output
    assert json.loads(audit(path, "--json").output)["a_examiner"] == []


def test_an_audit_writes_nothing(path: Path, base: sqlite3.Connection) -> None:
    before, bytes_before = list(base.iterdump()), path.read_bytes()
    audit(path)
    assert list(base.iterdump()) == before
    assert path.read_bytes() == bytes_before


def test_the_seal_is_the_same_as_long_as_nothing_happens(path: Path) -> None:
    assert seal(path) == seal(path)
    assert f"Sceau : {seal(path)}" in audit(path).output


# --- One byte ---


@pytest.mark.parametrize("column", COLUMNS)
def test_one_changed_byte_shows_in_every_line(path: Path, base: sqlite3.Connection, column: str) -> None:
    for rows in by_position(base):
        for row in rows:
            put(base, column, changed(row[column], row), row)
        result = audit(path)
        assert all(names(result, row["reference"]) for row in rows), rows
        for row in rows:
            put(base, column, row[column], row)
    assert audit(path).exit_code == 0


def changed(value: str | int | None, row: Row) -> str | int:
    """One bit of one byte, elsewhere in each line."""
    if not isinstance(value, str):
        return f"autre-{row['rowid']}" if value is None else value ^ 64
    content = bytearray(value.encode())
    plain = [position for position, byte in enumerate(content) if byte < 128]
    content[plain[int(str(row["seq"])) * 7 % len(plain)]] ^= 64
    return content.decode()


@pytest.mark.parametrize("column", [c for c in COLUMNS if c != "reference"])
def test_bytes_that_are_no_text_show_in_every_line(path: Path, base: sqlite3.Connection, column: str) -> None:
    for rows in by_position(base):
        for row in rows:
            put_bytes(base, column, str(row[column] or row["rowid"]).encode() + b"\xff", row)
        result = audit(path)
        assert all(names(result, row["reference"]) for row in rows), rows
        for row in rows:
            put(base, column, row[column], row)


def test_a_reference_that_is_no_text_shows(path: Path, base: sqlite3.Connection) -> None:
    row = lines(base)[2]
    put_bytes(base, "reference", b"BRE-\xff", row)
    assert names(audit(path), row["reference"])


@pytest.mark.parametrize("column", ["dac", "kind", "recorded_at", "effective_at", "author", "decision_id", "content"])
def test_a_text_turned_into_raw_bytes_shows(path: Path, base: sqlite3.Connection, column: str) -> None:
    row = lines(base)[2]
    put(base, column, str(row[column]).encode(), row)
    assert names(audit(path), row["reference"])


@pytest.mark.parametrize("column", ["reference", "seq", "previous", "digest"])
def test_a_key_turned_into_raw_bytes_shows(path: Path, base: sqlite3.Connection, column: str) -> None:
    row = lines(base)[2]
    put(base, column, str(row[column]).encode(), row)
    assert names(audit(path), row["reference"])


@pytest.mark.parametrize("position", ["trois", 3.5, "", b"3", -3])
def test_a_position_of_another_type_shows(path: Path, base: sqlite3.Connection, position: object) -> None:
    row = lines(base)[2]
    put(base, "seq", position, row)
    assert names(audit(path), row["reference"])


@pytest.mark.parametrize("value", ["", "  ", "x", "decision\x00"])
def test_an_emptied_or_lengthened_column_shows(path: Path, base: sqlite3.Connection, value: str) -> None:
    for column in ("kind", "author", "content", "decision_id"):
        row = next(row for row in lines(base) if row["kind"] == "decision")
        put(base, column, value, row)
        assert names(audit(path), row["reference"])
        put(base, column, row[column], row)


def test_content_that_says_the_same_in_other_bytes_shows(path: Path, base: sqlite3.Connection) -> None:
    row = lines(base)[2]
    put(base, "content", json.dumps(json.loads(str(row["content"]))), row)
    assert names(audit(path), row["reference"])


# --- Lines removed, moved, added ---


@pytest.mark.parametrize("which", [0, 1, -2, -1])
def test_a_removed_line_shows(path: Path, base: sqlite3.Connection, which: int) -> None:
    mine = [row for row in lines(base) if row["reference"] == longest(base)]
    base.execute("DELETE FROM journal WHERE rowid = ?", (mine[which]["rowid"],))
    assert names(audit(path), longest(base))


def test_two_swapped_lines_show(path: Path, base: sqlite3.Connection) -> None:
    one, other = [row for row in lines(base) if row["reference"] == longest(base)][3:5]
    put(base, "seq", 1000, one)
    put(base, "seq", one["seq"], other)
    put(base, "seq", other["seq"], one)
    assert names(audit(path), longest(base))


def test_a_whole_removed_journal_shows(path: Path, base: sqlite3.Connection) -> None:
    base.execute("DELETE FROM journal WHERE reference = ?", (longest(base),))
    assert names(audit(path), longest(base))


def test_a_line_moved_to_a_stranger_shows_on_both(path: Path, base: sqlite3.Connection) -> None:
    row = lines(base)[-1]
    put(base, "reference", "BRE-DACTIV-2026-9999-X", row)
    result = audit(path)
    assert names(result, row["reference"])
    assert names(result, "BRE-DACTIV-2026-9999-X")


def test_a_line_moved_to_another_situation_shows_on_both(path: Path, base: sqlite3.Connection) -> None:
    row = next(row for row in reversed(lines(base)) if row["reference"] == longest(base))
    other = next(str(r["reference"]) for r in lines(base) if r["reference"] != longest(base))
    put(base, "reference", other, row)
    result = audit(path)
    assert names(result, longest(base))
    assert names(result, other)


def test_an_added_line_shows(path: Path, base: sqlite3.Connection) -> None:
    base.execute(
        "INSERT INTO journal SELECT reference, seq + 1, dac, kind, recorded_at, effective_at, author, NULL, content,"
        " digest, digest FROM journal WHERE reference = ? ORDER BY seq DESC LIMIT 1",
        (longest(base),),
    )
    assert names(audit(path), longest(base))


@pytest.mark.parametrize("change", ["seq = seq - 1", "head = previous", "head = ''", "seq = 'x'"])
def test_a_head_that_was_moved_shows(path: Path, base: sqlite3.Connection, change: str) -> None:
    reference = longest(base)
    statement = f"UPDATE cases SET {change.replace('previous', 'substr(head, 2)')} WHERE reference = ?"  # noqa: S608
    base.execute(statement, (reference,))
    assert names(audit(path), reference)


def test_a_head_that_is_no_text_shows(path: Path, base: sqlite3.Connection) -> None:
    reference = longest(base)
    base.execute("UPDATE cases SET head = CAST(X'FF41' AS TEXT) WHERE reference = ?", (reference,))
    assert names(audit(path), reference)


def test_only_the_situation_that_was_touched_is_named(path: Path, base: sqlite3.Connection) -> None:
    row = lines(base)[4]
    put(base, "author", "quelqu.un", row)
    assert json.loads(audit(path, "--json").output)["a_examiner"] == [row["reference"]]
    assert "1 à examiner" in audit(path).output


# --- What the chain alone cannot show ---


def test_the_seal_changes_when_a_situation_is_removed(path: Path, base: sqlite3.Connection) -> None:
    before, gone = seal(path), longest(base)
    for table in (
        "journal",
        "messages",
        "obligations",
        "parties",
        "contents",
        "form_answers",
        "redacteur_contacts",
        "cases",
    ):
        base.execute(f"DELETE FROM {table} WHERE reference = ?", (gone,))  # noqa: S608  # our own names
    assert audit(path).exit_code == 0
    assert seal(path) != before


def test_the_seal_changes_when_the_end_is_cut_and_the_head_set_back(path: Path, base: sqlite3.Connection) -> None:
    before, reference = seal(path), longest(base)
    last = [row for row in lines(base) if row["reference"] == reference][-1]
    base.execute("DELETE FROM journal WHERE rowid = ?", (last["rowid"],))
    base.execute("UPDATE cases SET seq = seq - 1, head = ? WHERE reference = ?", (last["previous"], reference))
    assert seal(path) != before


def test_a_journal_wiped_clean_with_its_head_shows(path: Path, base: sqlite3.Connection) -> None:
    before, reference = seal(path), longest(base)
    base.execute("DELETE FROM journal WHERE reference = ?", (reference,))
    base.execute("UPDATE cases SET seq = 0, head = '' WHERE reference = ?", (reference,))
    assert seal(path) != before


# --- The texts the journal remembers by their digest ---


def test_a_text_rewritten_after_the_fact_shows(path: Path, base: sqlite3.Connection) -> None:
    base.execute(
        "UPDATE contents SET text = 'Autre chose.' WHERE reference = ? AND field = 'retour.texte'", (longest(base),)
    )
    assert names(audit(path), longest(base))


def test_an_answer_rewritten_after_the_fact_shows(path: Path, base: sqlite3.Connection) -> None:
    base.execute("UPDATE form_answers SET value = 'a0_17' WHERE reference = ? AND field = 'age'", (longest(base),))
    assert names(audit(path), longest(base))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE contents SET text = CAST(X'FF41' AS TEXT)",
        "UPDATE contents SET text = X'FF41'",
        "UPDATE contents SET salt = 'autre'",
        "UPDATE contents SET digest = 'autre'",
        "UPDATE contents SET field = 'autre' || field",
        "UPDATE contents SET seq = seq + 1000",
        "UPDATE form_answers SET value = 'x' || value",
        "UPDATE form_answers SET seq = seq + 1000",
        "INSERT INTO form_answers SELECT reference, seq, 'invente', dac, form, form_version, 'x' FROM form_answers",
    ],
)
def test_whatever_is_changed_beside_the_journal_shows(path: Path, base: sqlite3.Connection, change: str) -> None:
    reference, table = longest(base), "contents" if "contents" in change else "form_answers"
    base.execute(f"DELETE FROM {table} WHERE reference != ?", (reference,))  # noqa: S608  # our own names
    base.execute(f"DELETE FROM {table} WHERE rowid != (SELECT max(rowid) FROM {table})")  # noqa: S608
    assert audit(path).exit_code == 0
    base.execute(change)
    assert json.loads(audit(path, "--json").output)["a_examiner"] == [reference]


def test_texts_that_were_dropped_leave_the_journal_whole(path: Path, base: sqlite3.Connection) -> None:
    base.execute("DELETE FROM contents")
    assert audit(path).exit_code == 0
