"""The year of the demonstration: every end of a situation is there, and no mail says a word of any (INV-17)."""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from orp.bootstrap import Application, build
from orp.commands.demo import _print_year
from orp.demo import play_year
from orp.demo_stage import PUBLIC_URL
from orp.demo_year import Event, Year, draw_year
from orp.serving import services
from orp.settings import read_settings
from storage.circuits import PublishedCircuits
from storage.database import open_database
from storage.tables import TABLES
from storage.unit_of_work import SqlStore
from web.app import make_app
from web.ports.services import Services
from workflow.circuit.compiled import Circuit
from workflow.circuit.loader import load_shipped
from workflow.circuit.model import Level
from workflow.clock import VirtualClock
from workflow.engine import Engine

pytestmark = pytest.mark.xdist_group("annee")  # played once, whatever the number of processes

SEED = 2026
CANARY = "CANARI"
FORMS = {"deposer": "courte", "proposer_gouvernance": "analyse", "acquitter D27": "nationale"}
"""The form that each of these moments may fill in whole."""
UNKNOWN = {"$moi", "$relecteur", "$dd", "$cd", "$cpam", "$parent"}
"""What is only known when it is played."""


@dataclass
class Played:
    """A year played: what it drew, what it gave, where its files are."""

    year: Year
    told: dict[str, Any]
    folder: Path

    @cached_property
    def app(self) -> Application:
        return build(read_settings(DATABASE_URL=f"sqlite:///{self.folder / 'demo.sqlite'}"))

    @cached_property
    def references(self) -> list[str]:
        with self.app.store.reading() as work:
            return [row["reference"] for row in work.screens.cases()]

    @cached_property
    def mails(self) -> list[EmailMessage]:
        contents = (path.read_bytes() for path in sorted((self.folder / "courriels").glob("*.eml")))
        return [message_from_bytes(content, policy=default) for content in contents]

    @cached_property
    def decisions(self) -> Counter[tuple[str, str]]:
        """How often each decision was taken at each step, as (step, decision)."""
        return Counter((line["de"], line["decision"]) for line in self.lines("decision"))

    def lines(self, kind: str) -> Iterator[dict[str, Any]]:
        for reference in self.references:
            with self.app.store.reading() as work:
                entries = work.journal.of(reference)
            yield from (
                {"reference": reference, **json.loads(entry.content)} for entry in entries if entry.kind == kind
            )


@pytest.fixture(scope="session")
def circuit() -> Circuit:
    return load_shipped("national")


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory, circuit: Circuit) -> Iterator[Played]:
    folder, year = tmp_path_factory.mktemp("annee"), draw_year(SEED)
    numbers = count(1)
    events = tuple(replace(e, fields=marked(filled_in(e, circuit), numbers)) for e in year.events)
    year = replace(year, events=events)
    year_played = Played(year, play_year(year, folder), folder)
    yield year_played
    year_played.app.store.engine.dispose()


def filled_in(event: Event, circuit: Circuit) -> dict[str, Any]:
    """Every free text that the form of this moment asks for, the optional ones too."""
    forms = [form for form in circuit.forms if form.name == FORMS.get(event.act)]
    asked = {name: "Un texte libre" for form in forms for name in form.fields if circuit.fields[name].free_text}
    return asked | dict(event.fields)


def marked(value: Any, numbers: "count[int]") -> Any:
    """Put a canary before every text; codes, dates and identifiers hold no blank."""
    if isinstance(value, Mapping):
        return {name: marked(part, numbers) for name, part in value.items()}
    if isinstance(value, list):
        return [marked(part, numbers) for part in value]
    return f"{CANARY}{next(numbers)} {value}" if " " in value else value


def steps(played: Played) -> dict[str, int]:
    return {row["etape"]: row["nombre"] for row in played.told["situations"]}


# --- What the year holds ---


def test_sixty_situations_and_every_final_state_a_year_allows(played: Played) -> None:
    assert len(played.references) == 60
    assert {"cloturee", "reorientee", "retiree"} <= steps(played).keys()
    assert "archivee" not in steps(played)  # a year after the end, which the fixed dates never reach


def test_at_the_end_of_the_year_something_waits_at_every_level(played: Played, circuit: Circuit) -> None:
    waiting = {circuit.step(name).level for name in steps(played) if not circuit.step(name).final}
    assert waiting == set(Level)


@pytest.mark.parametrize(
    ("step", "decision"),
    [
        ("brouillon", "expirer"),
        ("brouillon", "retirer"),
        ("en_qualification", "reaffecter"),
        ("en_qualification", "associer"),
        ("en_qualification", "reorienter"),
        ("en_qualification", "retirer_situation"),
        ("en_qualification", "rattacher_doublon"),
        ("rattachee", "suivre_la_fin"),
        ("deposee", "accorder_urgence"),
        ("en_analyse", "demander_complement"),
        ("en_analyse", "observer"),
        ("en_traitement_local", "conclure_localement"),
        ("inscrite_seance", "ajourner"),
        ("inscrite_seance", "ne_pas_valider"),
        ("non_validee", "suite_clore"),
        ("non_validee", "suite_proposer"),
        ("validee", "transmettre"),
        ("en_instruction_dd", "autre_dd"),
        ("en_instruction_dd", "consulter"),
        ("en_instruction_dd", "constater"),
        ("en_instruction_dd", "accepter_retrait"),
        ("en_instruction_dd", "reorienter"),
        ("en_instance_strategique", "instance_traiter"),
        ("en_traitement_dd", "conclure"),
        ("en_traitement_region", "conclure"),
        ("en_instruction_region", "relayer"),
        ("en_instruction_region", "retourner_dd"),
        ("en_instruction_nationale", "retourner_region"),
        ("en_instruction_nationale", "proposer"),
        ("cloturee", "rouvrir"),
        ("cloturee", "verifier"),
    ],
)
def test_it_goes_through(played: Played, step: str, decision: str) -> None:
    assert played.decisions[step, decision]


def test_one_reopened_is_closed_again(played: Played) -> None:
    reopened = {line["reference"] for line in played.lines("decision") if line["decision"] == "rouvrir"}
    with played.app.store.reading() as work:
        assert {work.screens.case(reference).step for reference in reopened} == {"cloturee"}


def test_redon_transmits_in_its_three_departements(played: Played) -> None:
    sent = {line["reference"] for line in played.lines("decision") if line["decision"] == "transmettre"}
    found = set()
    for reference in sent:
        with played.app.store.reading() as work:
            parties = {party.slot: party.organisation for party in work.screens.parties(reference)}
        if parties["antenne"] == "antenne-redon":
            found.add(parties["dd"])
    assert found == {"dd-35", "dd-44", "dd-56"}


def test_both_dacs_and_every_antenne_describe_situations(played: Played) -> None:
    assert {reference.split("-")[1] for reference in played.references} == {"DACTIV", "RANCE"}
    with played.app.store.reading() as work:
        every = {o for o in work.screens.departements() if o.startswith(("antenne-", "specificite-"))}
    every -= {"antenne-angers"}  # of the DAC where forms are deposited without an account
    assert {situation.antenne for situation in played.year.situations} == every


def test_an_anonymous_deposit_is_told_by_its_code(played: Played) -> None:
    codes = [situation.tracking for situation in played.year.situations if situation.tracking]
    with played.app.store.reading() as work:
        cases = [work.screens.tracked(code) for code in codes]
        proofs = {o.proof for case in cases if case for o in work.screens.obligations(case.reference) if o.last_mile}
    assert len(cases) == 2
    assert proofs == {"remis", "publie"}  # the receipt on depositing, then what was published; never a mail


def test_returns_are_made_some_late_and_some_still_owed(played: Played) -> None:
    told = {row["genre"]: row for row in played.told["retours"]}
    last_mile = told["redacteur"]
    assert last_mile["faits"]
    assert last_mile["faits_en_retard"]
    assert last_mile["encore_dus_en_retard"]
    assert told["etape"]["faits"]
    assert told["remis"]["faits"] == told["remis"]["dus"]
    for row in told.values():
        assert row["dus"] == row["faits"] + row["sans_objet"] + row["encore_dus"]


def test_decisions_are_taken_on_time_and_late(played: Played) -> None:
    levels = {row["niveau"]: row for row in played.told["delais"]}
    assert list(levels) == ["dac", "gouvernance", "dd", "region", "national"]
    assert all(row["a_temps"] for row in levels.values())
    assert levels["dd"]["en_retard"]
    assert levels["dd"]["en_cours_en_retard"]


def test_every_mail_that_could_leave_was_received(played: Played) -> None:
    assert len(played.mails) == sum(row["envoyes"] for row in played.told["courriels"])
    assert {row["refuses"] for row in played.told["courriels"]} == {0}


def test_nothing_was_set_aside_and_the_journal_is_whole(played: Played) -> None:
    assert played.told["journal"]["a_examiner"] == []
    assert played.told["journal"]["situations"] == 60
    with played.app.store.reading() as work:
        assert work.incidents.of(played.references) == {}


def test_whoever_opens_the_base_is_at_the_end_of_the_year(played: Played) -> None:
    assert played.app.clock.now() == played.year.end


def test_the_tables_say_it_in_french(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    _print_year(played.told)
    said = capsys.readouterr().out
    for words in ("Clôturée", "Équipe nationale", "Dits au rédacteur", "avis de retard", "tout est intact"):
        assert words in said


# --- What nothing may say ---


def test_no_text_of_any_situation_is_in_any_mail(played: Played) -> None:
    with played.app.store.reading() as work:
        kept = [
            text
            for reference in played.references
            for text in work.screens.decided(reference, ("retour",), ()).values()
        ]
    assert played.mails
    assert CANARY in str(kept)  # they are in the base
    for mail in played.mails:
        assert CANARY not in words_of(mail).upper(), mail["Subject"]


def test_no_text_of_any_situation_is_in_the_log_or_in_the_answer(played: Played) -> None:
    log = (played.folder / "demo.log").read_text(encoding="utf-8")
    assert len(log.splitlines()) == len(played.year.events)
    assert CANARY not in log
    assert CANARY not in json.dumps(played.told, ensure_ascii=False)


def test_neither_who_is_concerned_nor_who_wrote_is_named(played: Played, circuit: Circuit) -> None:
    ages = circuit.fields["age"].values or {}
    codes = [situation.tracking for situation in played.year.situations if situation.tracking]
    with played.app.store.reading() as work:
        names = work.screens.names()
        writers = {work.screens.case(reference).writer for reference in played.references}
    said = [words_of(mail) for mail in played.mails]
    outside = [(played.folder / "demo.log").read_text(encoding="utf-8"), json.dumps(played.told, ensure_ascii=False)]
    assert ages
    assert codes
    assert writers
    for secret in (*ages.values(), *codes, *(names[writer] for writer in writers)):
        assert not [text for text in (*said, *outside) if secret in text], secret
    for writer in writers:
        assert not [text for text in outside if writer in text], writer


FETCHES = (
    ("GET", "Mozilla/5.0 (compatible; bingbot/2.0)"),
    ("HEAD", "Microsoft Office Existence Discovery"),
    ("GET", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0"),
)
"""What opens links before anybody reads: crawlers, mail filters, previews; the last looks like a browser."""


def test_machines_that_fetch_every_link_of_every_mail_change_nothing_but_the_access_log(played: Played) -> None:
    here = on_a_copy(played)
    links = {
        link for mail in played.mails for link in re.findall(rf"{re.escape(PUBLIC_URL)}/[^\s\"<>]+", words_of(mail))
    }
    browser = TestClient(make_app(here), base_url=PUBLIC_URL)
    before = everything(here)
    answers = Counter(
        browser.request(method, link, headers={"User-Agent": agent}).status_code
        for link in sorted(links)
        for method, agent in FETCHES
    )
    assert len(links) > 1000
    assert answers[200] > 2000
    assert answers.keys() <= {200, 404}  # the latter: too old, or of a service that has it no more
    after = everything(here)
    assert len(after.pop("access_log")) > len(before.pop("access_log"))
    assert after == before


def on_a_copy(played: Played) -> Services:
    """The application at the end of the year, on a copy in memory of its base."""
    base, clock = open_database("sqlite:///:memory:"), VirtualClock(played.year.end)
    copy, source = base.raw_connection(), sqlite3.connect(played.folder / "demo.sqlite")
    source.backup(cast("sqlite3.Connection", copy.driver_connection))
    source.close()
    copy.close()
    store = SqlStore(base, "localhost")
    circuits = PublishedCircuits(store.reading, clock)
    given = services(played.app)
    return replace(
        given, store=store, public_url=PUBLIC_URL, circuits=circuits, clock=clock, engine=Engine(store, circuits, clock)
    )


def everything(here: Services) -> dict[str, list[Any]]:
    store = cast("SqlStore", here.store)
    with store.engine.connect() as connection:
        return {name: sorted(map(repr, connection.execute(table.select()))) for name, table in TABLES.items()}


def words_of(mail: EmailMessage) -> str:
    """All that a mail says, decoded: headers but the recipient, text and HTML."""
    headers = [str(value) for name, value in mail.items() if name != "To"]
    return "\n".join([*headers, *(part.get_content() for part in mail.walk() if not part.is_multipart())])


# --- The draw ---


@pytest.mark.parametrize("seed", range(20))
def test_any_seed_draws_a_year_that_can_be_played(seed: int, circuit: Circuit) -> None:
    year = draw_year(seed)
    assert len(year.situations) == 60
    assert list(year.events) == sorted(year.events, key=lambda event: event.at)
    assert {event.situation for event in year.events} == {situation.number for situation in year.situations}
    assert set(symbols([event.fields for event in year.events])) <= UNKNOWN
    for event in year.events:
        assert year.start <= event.at <= year.end


def symbols(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from [value] if value.startswith("$") else []
        return
    for part in value.values() if isinstance(value, Mapping) else value:
        yield from symbols(part)


def test_another_seed_draws_another_year() -> None:
    assert draw_year(1) == draw_year(1)
    assert draw_year(1) != draw_year(2)


def test_the_same_seed_plays_the_same_year(tmp_path: Path) -> None:
    year = draw_year(7)
    some = {s.number for s in year.situations if s.number % 9 == 0 and s.parent is None}
    few = replace(year, events=tuple(event for event in year.events if event.situation in some))
    first, second = (play_year(few, tmp_path / name) for name in ("une", "deux"))
    kept = ("situations", "delais", "retours", "courriels", "journal")
    assert first["journal"]["lignes"] > 50
    assert {key: first[key] for key in kept} == {key: second[key] for key in kept}
    assert mail_names(tmp_path / "une") == mail_names(tmp_path / "deux") != []


def mail_names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "courriels").iterdir())
