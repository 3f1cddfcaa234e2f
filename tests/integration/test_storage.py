"""What is written is what is read, once, whole, whoever else writes at the same time (DESIGN §6)."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, inspect, select, text
from sqlalchemy.exc import StatementError

from storage.database import open_database, transaction
from storage.schema import _config, downgrade, upgrade
from storage.tables import TABLES, Table
from storage.unit_of_work import SqlStore
from storage.version import SCHEMA, check_version
from tests.world import FORM, START, World, make_world
from workflow.circuit.model import Kind
from workflow.delays import Delay, Unit
from workflow.errors import Conflict, IllegalDecision, Infrastructure, Refusal, accepted
from workflow.model import Case, Dossier, Facts, Holder, LastDecision, Obligation, Outcome, Party, Played, Status
from workflow.opening import Draft
from workflow.ports.work import Write
from workflow.posting import LEASE
from workflow.records import Message
from workflow.references import read_reference
from workflow.rules import advance
from workflow.triggers import Decision

ROOT = Path(__file__).parents[2]
NOWHERE = Facts({}, {})

# --- Parts ---


@contextmanager
def base(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the address of an empty base of one kind."""
    if kind == "postgresql":
        with request.getfixturevalue("postgres").fresh() as url:
            yield url
    else:
        folder = request.getfixturevalue("tmp_path_factory").mktemp("base")
        yield f"sqlite:///{folder / 'orp.sqlite'}" if kind == "fichier" else "sqlite:///:memory:"


@contextmanager
def inhabited(kind: str, request: pytest.FixtureRequest) -> Iterator[World]:
    with base(kind, request) as url:
        made = make_world(url)
        yield made
        made.store.engine.dispose()


@pytest.fixture(params=["fichier", "mémoire", "postgresql"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with inhabited(request.param, request) as made:
        yield made


@pytest.fixture(params=["fichier", "postgresql"])
def shared_world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A world that other threads and processes open too, by its address."""
    with inhabited(request.param, request) as made:
        yield made


@pytest.fixture
def file_world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A world in a SQLite file, for what is true of nothing else."""
    with inhabited("fichier", request) as made:
        yield made


def address(world: World) -> str:
    return world.store.engine.url.render_as_string(hide_password=False)


def dump(engine: Engine) -> list[str]:
    """Return all rows of a database, in words."""
    with transaction(engine, writes=False) as connection:
        return sorted(
            f"{table} {tuple(row)}"
            for table in inspect(connection).get_table_names()
            for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608  # our own names
        )


def pragma(engine: Engine, name: str) -> object:
    with transaction(engine, writes=False) as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def submitted(world: World) -> str:
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    return reference


def in_analysis(world: World) -> str:
    reference = submitted(world)
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    return reference


def decisions(world: World, reference: str) -> int:
    return sum(kind in ("decision", "acte") for kind in world.kinds(reference))


def is_whole(world: World) -> bool:
    with world.store.reading() as work:
        return not work.journal.audit().broken


def one(results: list[Case | Refusal]) -> Case | Refusal:
    (result,) = results
    return result


# --- What is saved is what is loaded ---

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
"""What the rules let in (`workflow.answers.text_fault`)."""
instants = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
anywhere = st.sampled_from([UTC, ZoneInfo("Europe/Paris"), ZoneInfo("America/Cayenne"), ZoneInfo("Indian/Reunion")])
moments = st.builds(lambda instant, zone: instant.astimezone(zone), instants, anywhere).filter(
    lambda moment: moment.utcoffset() == moment.replace(fold=not moment.fold).utcoffset()
)
"""Python finds an hour that the clock strikes twice equal to none of another zone: it could not be compared."""
days = st.dates(date(1970, 1, 1), date(2200, 1, 1))
numbers = st.integers(0, 10_000)
holders = st.builds(Holder, words, words, words, st.none() | words)

cases = st.builds(
    Case,
    reference=st.just(""),
    dac=st.just("dactiv"),
    departement=st.sampled_from(["35", "2A", "974"]),
    circuit=st.just("national@1"),
    step=words,
    writer=words,
    opened_at=moments,
    entered_at=moments,
    recorded_at=moments,
    issue=st.none() | words,
    urgent=st.booleans(),
    anonymous=st.booleans(),
    parent=st.none() | words,
    resumes=st.none() | words,
    examined=st.none() | words,
    meeting_on=st.none() | days,
    gates=st.lists(words, max_size=3),
    played=st.dictionaries(words, st.builds(Played, numbers, instants), max_size=3),
    version=numbers,
    revision=st.just(0),
    seq=numbers,
    head=words,
    next_n=numbers,
    wake_at=st.none() | moments,
    settled_at=st.none() | moments,
    last=st.none() | st.builds(LastDecision, words, words, instants),
)
obligations = st.builds(
    Obligation,
    n=st.just(0),
    code=words,
    kind=st.sampled_from(Kind),
    debtor=holders,
    beneficiary=st.none() | holders,
    opened_at=moments,
    due=st.none() | days,
    rung_until=moments,
    answers=st.lists(words, max_size=3),
    final=st.booleans(),
    blocks=st.booleans(),
    status=st.sampled_from(Status),
    late=st.booleans(),
    paused_on=st.none() | days,
    left=st.none() | st.builds(Delay, st.integers(0, 9999), st.sampled_from(Unit)),
    extended=numbers,
    passed_on=st.none() | moments,
    accepted_at=st.none() | moments,
    proof=st.none() | words,
    closed_at=st.none() | moments,
    wake_at=st.none() | moments,
)
parties = st.builds(
    Party,
    slot=st.just(""),
    organisation=st.sampled_from(["dactiv", "dd-35", "antenne-rennes", "gouvernance-dactiv"]),
    since=st.none() | moments,
    person=st.none() | words,
    until=st.none() | days,
)

_fresh = count(1)


@pytest.fixture(scope="module", params=["mémoire", "postgresql"])
def lasting(request: pytest.FixtureRequest) -> Iterator[World]:
    """One world for the many examples of a property."""
    with inhabited(request.param, request) as made:
        yield made


def write(case: Case, owed: list[Obligation], before: list[Party], revision: int | None) -> Write:
    numbered = {n: replace(obligation, n=n) for n, obligation in enumerate(owed, 1)}
    placed = {str(n): replace(party, slot=str(n)) for n, party in enumerate(before)}
    return Write(Outcome(Dossier(case, [], placed, NOWHERE), numbered, placed), revision, "a@b.example")


def saved(world: World, written: Write) -> tuple[Case, list[Obligation], list[Party]]:
    """Write and read back."""
    reference = written.outcome.dossier.case.reference
    with world.store.writing() as work:
        work.save([written])
    with world.store.reading() as work:
        screens = work.screens
        return screens.case(reference), screens.obligations(reference), screens.parties(reference)


def expected(written: Write) -> tuple[Case, list[Obligation], list[Party]]:
    dossier = written.outcome.dossier
    return dossier.case, list(written.outcome.changed.values()), list(dossier.parties.values())


@settings(max_examples=20, deadline=None)
@given(case=cases, owed=st.lists(obligations, max_size=3), around=st.lists(parties, min_size=1, max_size=3))
def test_a_new_situation_is_read_as_it_was_written(
    lasting: World, case: Case, owed: list[Obligation], around: list[Party]
) -> None:
    written = write(replace(case, reference=f"N{next(_fresh)}"), owed, around, None)
    assert saved(lasting, written) == expected(written)


@settings(max_examples=20, deadline=None)
@given(first=cases, then=cases, owed=st.lists(obligations, min_size=2, max_size=4), party=parties, later=parties)
def test_a_situation_that_changed_in_everything_is_read_as_it_was_written(
    lasting: World, *, first: Case, then: Case, owed: list[Obligation], party: Party, later: Party
) -> None:
    reference = f"C{next(_fresh)}"
    saved(lasting, write(replace(first, reference=reference), owed[1:], [party], None))
    moved = replace(later, organisation=party.organisation)
    written = write(replace(then, reference=reference, revision=1), owed, [moved], 1)
    assert saved(lasting, written) == expected(written)


@settings(max_examples=10, deadline=None)
@given(case=cases, owed=obligations, party=parties)
def test_every_instant_comes_back_in_utc(lasting: World, case: Case, owed: Obligation, party: Party) -> None:
    read_case, (read_owed,), (read_party,) = saved(
        lasting, write(replace(case, reference=f"U{next(_fresh)}"), [owed], [party], None)
    )
    found = [getattr(row, name) for row in (read_case, read_owed, read_party) for name in row.__slots__]
    instants_read = [value for value in found if isinstance(value, datetime)]
    assert instants_read
    assert {value.tzinfo for value in instants_read} == {UTC}


def test_an_instant_without_a_zone_is_not_stored(world: World) -> None:
    naive = datetime(2026, 1, 5)  # noqa: DTZ001
    before = dump(world.store.engine)
    case = Case("N-1", "dactiv", "35", "national@1", "x", "y", naive, START, START)
    with pytest.raises((StatementError, ValueError)), world.store.writing() as work:
        work.save([write(case, [], [Party("dac", "dactiv", None)], None)])
    assert dump(world.store.engine) == before


def test_an_organisation_that_joins_a_situation_later_is_stored(world: World) -> None:
    reference = submitted(world)
    with world.store.writing() as work:
        dossier = work.load({reference}, (), (), START)[reference]
        dossier.parties["partenaire"] = Party("partenaire", "ars-bretagne", START)
        work.save([Write(Outcome(dossier, parties=dossier.parties), dossier.case.revision)])
    with world.store.reading() as work:
        assert "partenaire" in work.load({reference}, (), (), START)[reference].parties


def test_only_what_is_open_is_loaded_with_a_situation(world: World) -> None:
    reference = in_analysis(world)
    with world.store.reading() as work:
        loaded = work.load({reference, "INCONNUE"}, (), (), START)
        stored = work.screens.obligations(reference)
    assert list(loaded) == [reference]
    assert loaded[reference].obligations == [o for o in stored if o.is_open]
    assert len(stored) > len(loaded[reference].obligations)


# --- One writer at a time ---


def test_a_stale_revision_is_refused_and_nothing_is_written(world: World) -> None:
    reference, other = submitted(world), submitted(world)
    with world.store.reading() as work:
        dossiers = work.load({reference, other}, (), (), START)
    stale = dossiers[reference]
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    before = dump(world.store.engine)
    good = Write(Outcome(dossiers[other]), dossiers[other].case.revision)
    with pytest.raises(Conflict), world.store.writing() as work:
        work.save([good, Write(Outcome(stale), stale.case.revision)])
    assert dump(world.store.engine) == before


def test_a_line_that_cannot_be_written_leaves_nothing_of_the_rest(world: World) -> None:
    used, reference, other = submitted(world), submitted(world), submitted(world)
    with world.store.reading() as work:
        played = work.journal.of(used)[-1].decision_id
        dossiers = work.load({reference, other}, {"yann.lebihan"}, (), START)
    outcomes = [advance_once(world, dossiers[r]) for r in (other, reference)]
    last = outcomes[-1]
    last.entries[-1] = replace(last.entries[-1], decision_id=played)  # unique in the whole journal
    before = dump(world.store.engine)
    with pytest.raises(Conflict), world.store.writing() as work:
        work.save([Write(o, dossiers[o.dossier.case.reference].case.revision) for o in outcomes])
    assert dump(world.store.engine) == before


def test_a_mail_to_nobody_leaves_nothing_of_its_decision(world: World) -> None:
    reference = submitted(world)
    with world.store.reading() as work:
        dossier = work.load({reference}, {"yann.lebihan"}, (), START)[reference]
    outcome = advance_once(world, dossier)
    outcome.messages.append(Message("clé", "M03", reference, "personne", START, {}))  # written last of all
    before = dump(world.store.engine)
    with pytest.raises(Conflict), world.store.writing() as work:
        work.save([Write(outcome, dossier.case.revision)])
    assert dump(world.store.engine) == before


def advance_once(world: World, dossier: Dossier) -> Outcome:
    decision = world.decision(dossier.case.reference, "prendre_en_charge_antenne", "yann.lebihan")
    return advance(world.circuits.national(), dossier, decision, START)


def test_an_exception_inside_the_transaction_writes_nothing(world: World) -> None:
    before = dump(world.store.engine)
    with pytest.raises(ZeroDivisionError):
        number_and_fall(world)
    assert dump(world.store.engine) == before


def number_and_fall(world: World) -> None:
    with world.store.writing() as work:
        work.numbers("dactiv", 2026, 1)
        raise ZeroDivisionError


def test_while_somebody_writes_others_read_what_was_there_before(shared_world: World) -> None:
    reference = submitted(shared_world)
    reader = SqlStore(open_database(address(shared_world)), "orp.example")
    with shared_world.store.writing() as work:
        work.numbers("dactiv", 2026, 7)
        with reader.reading() as other:
            assert other.screens.case(reference).step == "deposee"
    reader.engine.dispose()


def race(world: World, act: Callable[[World, int, int], object], rounds: int) -> list[list[object]]:
    """Let two threads, each with an engine of its own, act at the same instants; what each got."""
    got: list[list[object]] = [[], []]
    together = Barrier(2, timeout=30)

    def run(me: int) -> None:
        mine = make_world(address(world))
        for number in range(rounds):
            together.wait()
            got[me].append(act(mine, me, number))
        mine.store.engine.dispose()

    threads = [Thread(target=run, args=(me,)) for me in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_of_two_threads_that_decide_on_one_situation_exactly_one_wins(shared_world: World) -> None:
    references = [shared_world.open() for _ in range(6)]

    def decide(world: World, me: int, number: int) -> Case | Refusal:
        decision = Decision(f"fil-{me}-{number}", references[number], "deposer", "maelle.riou", FORM)
        return one(world.engine.decide([decision]))

    for pair in zip(*race(shared_world, decide, len(references)), strict=True):
        assert sorted(type(result).__name__ for result in pair) == ["Case", "IllegalDecision"]
    assert [decisions(shared_world, r) for r in references] == [1] * len(references)
    assert [shared_world.case(r).version for r in references] == [1] * len(references)
    assert is_whole(shared_world)


def test_two_people_who_may_both_decide_are_both_heard(shared_world: World) -> None:
    references = [in_analysis(shared_world) for _ in range(6)]
    ask = {"questions": "Depuis quand ?"}

    def decide(world: World, me: int, number: int) -> Case | Refusal:
        by = ("nolwenn.prigent", "yann.lebihan")[me]
        return one(
            world.engine.decide([Decision(f"q-{me}-{number}", references[number], "demander_complement", by, ask)])
        )

    got = race(shared_world, decide, len(references))
    assert all(isinstance(result, Case) for results in got for result in results)
    assert [shared_world.kinds(r).count("decision") for r in references] == [5] * len(references)
    assert is_whole(shared_world)


def test_the_second_of_two_people_is_told_who_decided_what(shared_world: World) -> None:
    references = [submitted(shared_world) for _ in range(6)]

    def decide(world: World, me: int, number: int) -> Case | Refusal:
        wanted = world.decision(references[number], "prendre_en_charge_antenne", "yann.lebihan")
        return one(world.engine.decide([replace(wanted, id=f"v-{me}-{number}", expected_version=1)]))

    for pair in zip(*race(shared_world, decide, len(references)), strict=True):
        (refusal,) = [result for result in pair if isinstance(result, Refusal)]
        assert "« Prendre en charge », par Yann Le Bihan" in str(refusal)


def test_one_engine_serves_several_threads(shared_world: World) -> None:
    reference = shared_world.open()
    seen: list[str] = []
    thread = Thread(target=lambda: seen.append(step_of(shared_world, reference)))
    thread.start()
    thread.join()
    assert seen == ["brouillon"]


def step_of(world: World, reference: str) -> str:
    try:
        return world.case(reference).step
    except Infrastructure as error:
        return str(error)


# --- Two real processes ---

RIVAL = """
import json, sys
from tests.world import FORM, make_world
from workflow.opening import Draft
from workflow.model import Case
from workflow.triggers import Decision

me, url = sys.argv[1:3]
world = make_world(url)
print("prêt", flush=True)
references = json.loads(sys.stdin.readline())
half = len(references) // 2

def decide(key, reference):
    result = world.engine.decide([Decision(key, reference, "deposer", "maelle.riou", FORM)])[0]
    return "fait" if isinstance(result, Case) else type(result).__name__

mine = [decide(f"{me}-{r}", r) for r in references[:half]]
same = [decide(f"tous-{r}", r) for r in references[half:]]
drafts = [world.engine.open([Draft(f"fiche-{n}", "maelle.riou", "antenne-fougeres", "35")])[0] for n in range(8)]
print(json.dumps([mine, same, [case.reference for case in drafts]]), flush=True)
"""

TICKER = """
import sys
from datetime import datetime
from tests.world import make_world

world = make_world(sys.argv[1], datetime.fromisoformat(sys.argv[2]))
print("prêt", flush=True)
sys.stdin.readline()
while world.engine.tick(limit=1).cases:
    print("un", flush=True)
print("fini", flush=True)
"""


def process(script: str, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  # our own code
        [sys.executable, "-c", script, *args],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONUTF8": "1"},
        encoding="utf-8",
    )


def line_of(running: subprocess.Popen[str]) -> str:
    assert running.stdout
    return running.stdout.readline().strip()


def say(running: subprocess.Popen[str], line: str) -> None:
    assert running.stdin
    running.stdin.write(line + "\n")
    running.stdin.flush()


Rivals = tuple[World, list[str], list[list[list[str]]]]


@pytest.fixture(scope="module", params=["fichier", "postgresql"])
def rivals(request: pytest.FixtureRequest) -> Iterator[Rivals]:
    """Two processes played on one base: the world after, the situations, and what each process got."""
    with inhabited(request.param, request) as world:
        references = [world.open() for _ in range(24)]
        running = [process(RIVAL, f"p{n}", address(world)) for n in (1, 2)]
        assert [line_of(p) for p in running] == ["prêt", "prêt"]
        for p in running:
            say(p, json.dumps(references))
        got = [json.loads(p.communicate(timeout=60)[0]) for p in running]
        assert [p.returncode for p in running] == [0, 0]
        yield world, references, got


def test_of_two_processes_that_decide_on_one_situation_exactly_one_wins(rivals: Rivals) -> None:
    world, references, got = rivals
    half = len(references) // 2
    assert {tuple(sorted(pair)) for pair in zip(got[0][0], got[1][0], strict=True)} == {("IllegalDecision", "fait")}
    assert {decisions(world, reference) for reference in references[:half]} == {1}


def test_the_same_decision_sent_by_two_processes_is_played_once(rivals: Rivals) -> None:
    world, references, got = rivals
    half = len(references) // 2
    assert set(got[0][1] + got[1][1]) == {"fait"}
    assert {decisions(world, reference) for reference in references[half:]} == {1}


def test_the_same_draft_sent_by_two_processes_is_one_situation(rivals: Rivals) -> None:
    _, references, got = rivals
    assert got[0][2] == got[1][2]
    assert len(set(got[0][2])) == 8
    assert not set(got[0][2]) & set(references)


def test_after_two_processes_the_journal_is_whole_and_every_number_was_given_once(rivals: Rivals) -> None:
    world, _, _ = rivals
    assert is_whole(world)
    assert is_sound(world)
    with world.store.reading() as work:
        references = sorted(row["reference"] for row in work.screens.cases())
    assert [int(r.split("-")[3]) for r in references] == list(range(1, 33))


@pytest.mark.parametrize("kind", ["fichier", "postgresql"])
def test_a_tick_killed_at_any_moment_loses_nothing_and_plays_nothing_twice(
    kind: str, request: pytest.FixtureRequest
) -> None:
    with inhabited(kind, request) as struck, inhabited(kind, request) as calm:
        references = [submitted(struck) for _ in range(10)]
        assert [submitted(calm) for _ in references] == references
        late = START + timedelta(days=40)
        running = [process(TICKER, address(struck), late.isoformat()) for _ in range(3)]
        for number, p in enumerate(running, 2):
            assert line_of(p) == "prêt"
            say(p, "")
            assert {line_of(p) for _ in range(number)} == {"un"}
            p.send_signal(signal.SIGKILL)
            p.communicate()
        wait_until_alone(struck)
        for world in (struck, calm):
            world.clock.set(late)
            world.tick()
        assert written_in(struck) == written_in(calm)
        assert is_whole(struck)
        assert is_sound(struck)


def wait_until_alone(world: World) -> None:
    """A server learns a moment later that a process was killed, and only then frees what it held."""
    deadline = time.monotonic() + 60
    while world.store.engine.dialect.name == "postgresql" and sessions(world) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def sessions(world: World) -> int:
    query = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    with transaction(world.store.engine, writes=False) as connection:
        return int(connection.execute(query).scalar_one())


def is_sound(world: World) -> bool:
    """SQLite's own verification of its file; PostgreSQL has none to ask for."""
    engine = world.store.engine
    return engine.dialect.name == "postgresql" or pragma(engine, "integrity_check") == "ok"


def written_in(world: World) -> list[str]:
    """All rows of the situations, of what they owe, of the journal and of the mails, but for the mails' numbers."""
    tables = [TABLES[name] for name in ("cases", "obligations", "journal", "messages")]
    with transaction(world.store.engine, writes=False) as connection:
        return sorted(
            f"{table.name} {tuple(row)}"
            for table in tables
            for row in connection.execute(select(*(column for column in table.c if column.name != "id")))
        )


def keys(world: World) -> list[str]:
    with transaction(world.store.engine, writes=False) as connection:
        return list(connection.execute(text("SELECT key FROM messages")).scalars())


# --- Once, whatever is repeated ---


def test_a_decision_sent_again_changes_nothing(world: World) -> None:
    reference = in_analysis(world)
    decision = world.decision(reference, "demander_complement", "nolwenn.prigent", {"questions": "Depuis quand ?"})
    first = one(world.engine.decide([decision]))
    mails, kinds = world.mails(reference), world.kinds(reference)
    again = one(world.engine.decide([decision]))
    assert isinstance(first, Case)
    assert isinstance(again, Case)
    assert (again.version, again.step) == (first.version, first.step)
    assert (world.mails(reference), world.kinds(reference)) == (mails, kinds)


def test_a_decision_sent_again_after_others_were_taken_is_still_known(world: World) -> None:
    reference = world.open()
    decision = world.decision(reference, "deposer", "maelle.riou", FORM)
    world.engine.decide([decision])
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    again = one(world.engine.decide([replace(decision, expected_version=0)]))
    assert isinstance(again, Case)
    assert (again.step, again.version) == ("en_qualification", 2)


def test_a_decision_twice_in_one_batch_is_played_once_and_the_others_too(world: World) -> None:
    reference, other = in_analysis(world), world.open()
    twice = world.decision(reference, "demander_complement", "nolwenn.prigent", {"questions": "Depuis quand ?"})
    results = world.engine.decide([twice, twice, world.decision(other, "deposer", "maelle.riou", FORM)])
    assert [type(result) for result in results] == [Case, Case, Case]
    assert world.kinds(reference).count("decision") == 4


def test_an_identifier_already_used_elsewhere_is_not_taken_for_done(world: World) -> None:
    reference, other = world.open(), world.open()
    decision = world.decision(reference, "deposer", "maelle.riou", FORM)
    world.engine.decide([decision])
    result = one(world.engine.decide([replace(decision, reference=other)]))
    assert isinstance(result, Refusal) or world.case(other).step == "deposee"


def test_a_draft_sent_again_is_the_same_situation(world: World) -> None:
    draft = Draft("fiche", "maelle.riou", "antenne-fougeres", "35")
    references = {accepted(case).reference for _ in range(2) for case in world.engine.open([draft, draft])}
    with world.store.reading() as work:
        assert {row["reference"] for row in work.screens.cases()} == references
    assert len(references) == 1


def test_two_decisions_of_one_batch_on_one_situation_follow_each_other(world: World) -> None:
    reference = world.open()
    results = world.engine.decide(
        [
            world.decision(reference, "deposer", "maelle.riou", FORM),
            world.decision(reference, "deposer", "maelle.riou", FORM),
            world.decision(reference, "prendre_en_charge_antenne", "yann.lebihan"),
        ]
    )
    assert [type(result) for result in results] == [Case, IllegalDecision, Case]
    assert world.case(reference).step == "en_qualification"
    assert is_whole(world)


def test_a_mail_whose_key_is_known_is_not_queued_again(world: World) -> None:
    reference = submitted(world)
    queued = world.mails(reference)
    message = Message("clé", "M03", reference, "yann.lebihan", START, {"a": 1})
    for _ in range(2):
        with world.store.writing() as work:
            work.outbox.add([("dactiv", message), ("dactiv", replace(message, mail="M04"))])
    assert world.mails(reference)[len(queued) :] == [("M03", "Yann Le Bihan")]


def test_the_keys_of_a_whole_story_are_unique(world: World) -> None:
    reference = world.to_dd()
    world.leap(120)
    queued = keys(world)
    assert len(queued) == len(set(queued)) > 20
    assert all(key.startswith(reference) for key in queued)


def test_one_impossible_situation_does_not_hold_the_others_back(world: World) -> None:
    impossible, other = submitted(world), submitted(world)
    spoil(world, impossible)
    world.clock.set(START + timedelta(days=40))
    world.engine.tick()
    assert "depassement_debut" in world.kinds(other)


def test_one_impossible_situation_does_not_refuse_the_decisions_on_others(world: World) -> None:
    impossible, other = submitted(world), submitted(world)
    spoil(world, impossible)
    retain = [world.decision(r, "prendre_en_charge_antenne", "yann.lebihan") for r in (impossible, other)]
    world.engine.decide(retain)
    assert world.case(other).step == "en_qualification"


def spoil(world: World, reference: str) -> None:
    """Make a situation that `advance` cannot move: it owes something its circuit does not know."""
    with transaction(world.store.engine, writes=True) as connection:
        connection.execute(text("UPDATE obligations SET code = 'D99' WHERE reference = :r"), {"r": reference})


# --- The outbox ---


def test_a_claimed_mail_is_left_alone_until_its_lease_ends(world: World) -> None:
    submitted(world)
    held = world.posting.claim(50)
    assert len(held) == 2
    for ends in (timedelta(0), LEASE - timedelta(microseconds=1)):
        world.clock.set(START + ends)
        assert world.posting.claim(50) == []
    world.clock.set(START + LEASE)
    again = world.posting.claim(50)
    assert [(m.id, m.message_id, m.attempts) for m in again] == [(m.id, m.message_id, 2) for m in held]


@pytest.mark.parametrize("situations", [1, 12])
def test_a_batch_of_mails_is_claimed_in_as_many_statements_as_one(world: World, situations: int) -> None:
    for _ in range(situations):
        submitted(world)
    said: list[str] = []
    event.listen(world.store.engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    assert len(world.posting.claim(50)) == 2 * situations
    links = 2 if world.store.engine.dialect.name == "postgresql" else 1  # on SQLite the driver writes them itself
    assert len([statement for statement in said if "BEGIN" not in statement]) == 9 + links


def test_mails_queued_before_an_upgrade_keep_to_the_window_too(file_world: World) -> None:
    reference = submitted(file_world)
    downgrade(file_world.store.engine, "0003")
    upgrade(file_world.store.engine)
    assert {row["mail"]: row["departement"] for row in file_world.queue(reference)} == {"M01": None, "M03": "35"}


def test_a_second_sender_on_the_same_file_gets_nothing(shared_world: World) -> None:
    for _ in range(10):
        submitted(shared_world)

    def claim(world: World, _me: int, _number: int) -> list[int]:
        return [mail.id for mail in world.posting.claim(3)]

    got = [
        number
        for claims in race(shared_world, claim, 8)
        for claimed in claims
        if isinstance(claimed, list)
        for number in claimed
    ]
    assert len(got) == len(set(got)) == 20


def test_the_message_id_is_stable_unique_and_tells_nothing(world: World) -> None:
    reference = submitted(world)
    mails = world.posting.claim(50)
    for mail in mails:
        world.posting.postponed(mail, "connexion")
    world.clock.set(START + timedelta(minutes=5))
    again = world.posting.claim(50)
    ids = {mail.id: mail.message_id for mail in mails}
    assert {mail.id: mail.message_id for mail in again} == ids
    assert len(set(ids.values())) == len(ids)
    assert all(i.endswith("@orp.example>") and reference not in i and "riou" not in i for i in ids.values())


def test_a_mail_leaves_for_the_address_of_today(world: World) -> None:
    submitted(world)
    with transaction(world.store.engine, writes=True) as connection:
        connection.execute(text("UPDATE people SET email = 'neuve@dactiv.example' WHERE id = 'yann.lebihan'"))
    assert sorted(mail.address for mail in world.posting.claim(50)) == [
        "maelle.riou@dactiv.example",
        "neuve@dactiv.example",
    ]


# --- References ---


def test_references_are_numbered_by_dac_and_by_year(world: World) -> None:
    assert [world.open() for _ in range(2)] == ["BRE-DACTIV-2026-0001-R", "BRE-DACTIV-2026-0002-P"]
    world.clock.set(START + timedelta(days=365))
    assert world.open().startswith("BRE-DACTIV-2027-0001-")
    with world.store.writing() as work:
        assert work.numbers("dactiv", 2026, 3) == range(3, 6)
        assert work.numbers("autre-dac", 2026, 1) == range(1, 2)
        assert work.numbers("dactiv", 2026, 1) == range(6, 7)


def test_a_reference_ends_with_its_check_character(world: World) -> None:
    for reference in [world.open() for _ in range(15)]:
        assert read_reference(reference.lower()) == reference


def test_the_year_of_a_reference_is_that_of_the_dac(world: World) -> None:
    world.clock.set(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))  # half past midnight, 1 January, in Rennes
    assert world.open().startswith("BRE-DACTIV-2027-")


def test_a_draft_that_is_refused_takes_no_number(world: World) -> None:
    drafts = [Draft("a", "maelle.riou", "antenne-fougeres", "35"), Draft("b", "maelle.riou", "antenne-fougeres", "13")]
    before = dump(world.store.engine)
    (refusal,) = world.engine.open(drafts[1:])
    assert "« 13 »" in str(refusal)
    assert dump(world.store.engine) == before

    # together, the other one is begun, under the first number
    begun = world.engine.open(drafts)
    assert [isinstance(result, Refusal) for result in begun] == [False, True]
    assert accepted(begun[0]).reference == "BRE-DACTIV-2026-0001-R"


# --- Schema ---


@pytest.fixture(params=["fichier", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A base without tables."""
    with base(request.param, request) as url:
        engine = open_database(url)
        downgrade(engine, "base")
        yield engine
        engine.dispose()


def differences(engine: Engine) -> list[object]:
    with transaction(engine, writes=False) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, Table.metadata))


def test_the_migrations_make_the_tables_of_the_code(database: Engine) -> None:
    upgrade(database)
    assert differences(database) == []


def test_a_full_database_goes_down_to_nothing_and_up_again(shared_world: World) -> None:
    shared_world.to_dd()
    engine = shared_world.store.engine
    downgrade(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    upgrade(engine)
    assert differences(engine) == []


def test_an_upgrade_of_an_up_to_date_database_changes_nothing(shared_world: World) -> None:
    shared_world.to_dd()
    before = dump(shared_world.store.engine)
    upgrade(shared_world.store.engine)
    assert dump(shared_world.store.engine) == before


def test_a_database_of_a_newer_version_is_refused_in_french(shared_world: World) -> None:
    from_the_future(shared_world)
    before = dump(shared_world.store.engine)
    with pytest.raises(Infrastructure, match="version plus récente du logiciel"):
        upgrade(shared_world.store.engine)
    assert dump(shared_world.store.engine) == before


def from_the_future(world: World) -> None:
    with transaction(world.store.engine, writes=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def test_every_command_knows_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(_config()).get_heads() == [SCHEMA]


@pytest.mark.parametrize(("version", "words"), [("0000", "plus ancienne"), ("9999", "plus récente")])
def test_a_database_of_another_version_is_told_from_this_one(shared_world: World, version: str, words: str) -> None:
    engine = shared_world.store.engine
    check_version(engine)
    with transaction(engine, writes=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    with pytest.raises(Infrastructure, match=words):
        check_version(engine)


def test_every_connection_to_a_file_keeps_its_word(file_world: World) -> None:
    engine = file_world.store.engine
    assert pragma(engine, "journal_mode") == "wal"
    assert pragma(engine, "synchronous") == 2  # FULL
    assert pragma(engine, "foreign_keys") == 1
    assert pragma(engine, "busy_timeout") == 15_000


def test_a_database_in_memory_has_foreign_keys_too() -> None:
    engine = open_database("sqlite:///:memory:")
    assert pragma(engine, "foreign_keys") == 1
    engine.dispose()


def test_a_row_of_no_situation_is_refused(world: World) -> None:
    orphan = Message("clé", "M03", "BRE-DACTIV-2026-9999-X", None, START, {})
    with pytest.raises(Conflict), world.store.writing() as work:
        work.outbox.add([("dactiv", orphan)])


def test_no_row_of_a_whole_story_is_an_orphan(file_world: World) -> None:
    """Only SQLite can be asked: it looks at foreign keys when told to, PostgreSQL always."""
    reference = file_world.to_dd()
    file_world.leap(30)
    assert file_world.case(reference).step == "en_instruction_dd"
    assert pragma(file_world.store.engine, "foreign_key_check") is None


def test_a_list_of_any_length_finds_each_row_once(world: World) -> None:
    """Lists are filled up to a power of two by repeating the last value, which must find nothing twice."""
    references = [world.open() for _ in range(9)]
    with world.store.reading() as work:
        for length in range(10):
            wanted = references[:length]
            assert sorted(work.load(wanted, (), (), START)) == sorted(wanted)
            assert sorted(work.addresses(["maelle.riou"] * length)) == ["maelle.riou"][:length]
