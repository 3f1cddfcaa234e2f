"""The whole circuit by commands only; every refusal is one French sentence and writes nothing (C.5 R11)."""

import json
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from orp.cli import COMMANDS, orp
from tests.smtp_server import HOST, SmtpServer
from tests.world import ANALYSIS, DIRECTORY, FINAL, FORM, LONG, NATIONAL, VALIDATION
from workflow.references import make_reference
from workflow.triggers import FieldValue

ROOT = Path(__file__).parents[2]
UNKNOWN = make_reference("BRE", "DACTIV", 2026, 999)

ENGLISH = set(
    re.findall(
        "[a-z]+",
        """
        and are be because been but by cannot could directory does during error failed failure file for found from
        given has have help if in integer into invalid is it its line locked match missing must never no not object
        of once only opened other out please raised range read requested required run should some string such
        take than that the their then there these this to traceback try unable unexpected unknown unsupported until
        used value values was when which while will with without write writing wrong yet you your
        attempts before broken cases entries mail reason recipient seal sent status
        """,
    )
)
"""Words of libraries and of careless programmers, without those that are French too."""

# --- Parts ---


@dataclass
class Desk:
    """The command line on one database; remembers all that it said."""

    path: Path
    env: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def run(self, *args: str) -> Result:
        result = CliRunner().invoke(orp, [*args, "--db", str(self.path)], env=self.env)
        self.said.append(result.output)
        return result

    def do(self, *args: str) -> str:
        """Run a command that must succeed."""
        result = self.run(*args)
        assert result.exit_code == 0, (args, result.output, result.exception)
        return result.output

    def ask(self, *args: str) -> Any:
        """Run a command that answers in JSON."""
        return json.loads(self.do(*args, "--json"))

    def prepare(self) -> None:
        self.do("init", "--people", str(DIRECTORY), "--demo-from", "2026-01-05T09:00")

    def open(self) -> str:
        antenne = ("--antenne", "antenne-fougeres", "--departement", "35")
        return str(self.ask("open", "--as", "maelle.riou", *antenne)["reference"])

    def decide(
        self, reference: str, name: str, by: str, fields: dict[str, FieldValue] | None = None, due: str = ""
    ) -> None:
        number = ("--due", str(self.owed(reference, due))) if due else ()
        self.do("decide", reference, name, "--as", by, *number, *options(fields or {}))

    def owed(self, reference: str, code: str) -> int:
        (number,) = [o["n"] for o in self.ask("show", reference)["attendu"] if o["code"] == code]
        return int(number)

    def step(self, reference: str) -> str:
        return str(self.ask("show", reference)["etape"])

    def at(self, moment: str) -> None:
        self.do("tick", "--at", moment)


def options(fields: dict[str, FieldValue]) -> list[str]:
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    named = {
        f"{name}.{part}": v for name, value in fields.items() if isinstance(value, Mapping) for part, v in value.items()
    }
    return [word for name, value in (texts | named).items() for word in ("--field", f"{name}={value}")]


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def english(text: str) -> set[str]:
    """The English words of an output, without options, commands between « », paths and seals."""
    bare = re.sub(r"--[a-z-]+|«[^»]*»|/\S*|[0-9a-f]{64}", " ", text)
    return set(re.findall(r"[^\W\d_]{2,}", bare.lower())) & ENGLISH


def is_french(result: Result) -> bool:
    """Say whether a command ended on its own words: no trace, no English, something said."""
    by_itself = result.exception is None or isinstance(result.exception, SystemExit)
    return by_itself and not english(result.output) and bool(result.output.strip())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "orp.sqlite")
    desk.prepare()
    return desk


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A base with one situation in analysis (version 4), whose complement is awaited; its reference."""
    desk = Desk(tmp_path_factory.mktemp("base") / "orp.sqlite")
    desk.prepare()
    reference = desk.open()
    desk.decide(reference, "deposer", "maelle.riou", FORM)
    desk.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    desk.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    desk.decide(reference, "demander_complement", "nolwenn.prigent", {"questions": "Depuis quand ?"})
    with closing(sqlite3.connect(desk.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the file alone is copied
    return desk.path, reference


@pytest.fixture
def ready(prepared: tuple[Path, str], tmp_path: Path) -> Desk:
    """The prepared base, to be spoiled."""
    copy = tmp_path / "orp.sqlite"
    shutil.copy(prepared[0], copy)
    return Desk(copy)


@pytest.fixture
def reference(prepared: tuple[Path, str]) -> str:
    return prepared[1]


# --- The story ---

CANARIES = [f"canari{n:02d}" for n in range(40)]


def marked(fields: dict[str, FieldValue], numbers: Iterator[str]) -> dict[str, FieldValue]:
    """The same fields, a canary in each free text."""
    coded = {"qui", "fait", "quoi", "ou", "age", "causes", "dd", "priorite", "motif", "lecteur", "prochaine", "moyen"}

    def mark(name: str, value: str) -> str:
        return value if name in coded else f"{value} {next(numbers)}"

    texts: dict[str, FieldValue] = {n: mark(n, value) for n, value in fields.items() if isinstance(value, str)}
    named = {n: value for n, value in fields.items() if isinstance(value, Mapping)}
    return texts | {n: {part: mark(part, v) for part, v in value.items()} for n, value in named.items()}


def deposit_from_a_file(desk: Desk, reference: str, fields: dict[str, FieldValue]) -> None:
    path = desk.path.with_name("fiche.yaml")
    path.write_text("".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in fields.items()))
    desk.do("decide", reference, "deposer", "--as", "maelle.riou", "--file", str(path))


def propose_with_a_reviewed_text(desk: Desk, reference: str, fields: dict[str, FieldValue]) -> None:
    path = desk.path.with_name("relue.txt")
    reviewed = fields["version_relue"]
    assert isinstance(reviewed, Mapping)
    path.write_text(reviewed["texte"], encoding="utf-8")
    rest = options({name: value for name, value in fields.items() if name != "version_relue"})
    reader = ("--reviewed", str(path), "--reader", reviewed["lecteur"])
    desk.do("decide", reference, "proposer_gouvernance", "--as", "katell.morvan", *reader, *rest)


def look_around(desk: Desk, reference: str) -> None:
    """Read all that can be read, as people and as programs do."""
    for command in (["list"], ["show", reference], ["outbox"], ["tick"], ["audit"]):
        desk.do(*command)
        desk.ask(*command)


def tell(desk: Desk, canaries: Iterator[str]) -> str:
    """The walking story, by commands only; ends closed."""
    reference = desk.open()
    deposit_from_a_file(desk, reference, marked(FORM, canaries))
    desk.at("2026-01-05T16:00")
    desk.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    desk.at("2026-01-06T09:30")
    desk.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    desk.at("2026-01-08T14:00")
    desk.decide(reference, "demander_complement", "nolwenn.prigent", marked({"questions": LONG}, canaries))
    look_around(desk, reference)
    desk.at("2026-01-15T11:00")
    desk.decide(reference, "acquitter", "maelle.riou", marked({"reponse": LONG}, canaries), "complement")
    desk.at("2026-01-21T16:00")
    propose_with_a_reviewed_text(desk, reference, marked(ANALYSIS, canaries))
    desk.decide(reference, "presenter", "katell.morvan")  # at Fougères, to the GT ORP territorial first
    desk.at("2026-01-22T09:30")
    word: dict[str, FieldValue] = {"moyen": "courriel", "mot": LONG}
    desk.decide(reference, "acquitter", "katell.morvan", marked(word, canaries), "F2")
    desk.do("outbox", "--send")
    desk.at("2026-01-23T15:00")
    desk.decide(reference, "acquitter", "maelle.riou", NATIONAL, "D27")
    desk.at("2026-01-28T10:00")
    desk.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-02-10"})
    desk.at("2026-02-10T18:00")
    desk.decide(reference, "valider", "claire.legoff", marked(VALIDATION, canaries))
    desk.at("2026-02-12T10:00")
    desk.decide(reference, "acquitter", "katell.morvan", {"moyen": "oral", "le": "2026-02-12"}, "F3")
    desk.at("2026-02-16T11:00")
    desk.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    desk.at("2026-03-12T15:00")
    desk.decide(reference, "acquitter", "sophie.carre", marked({"retour": LONG}, canaries), "D12")
    desk.at("2026-04-25T09:00")  # D13 was due on 17 April
    look_around(desk, reference)
    desk.at("2026-04-28T10:00")
    desk.decide(reference, "constater", "sophie.carre", marked(FINAL, canaries))
    desk.at("2026-04-29T09:30")
    desk.decide(reference, "acquitter", "katell.morvan", {"moyen": "courriel"}, "F5")
    desk.do("outbox", "--send")
    desk.at("2026-05-12T09:00")
    desk.do("outbox", "--send")
    return reference


@dataclass
class Told:
    """The story once told, and what the mail server received."""

    desk: Desk
    reference: str
    used: list[str]
    mails: int


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    desk = Desk(tmp_path_factory.mktemp("histoire") / "orp.sqlite")
    desk.prepare()
    left = iter(CANARIES)
    with SmtpServer() as server:
        desk.env = {"SMTP_HOTE": HOST, "SMTP_PORT": str(server.port), "SMTP_SECURITE": "aucune"}
        reference = tell(desk, left)
        mails = len(server.messages)
    return Told(desk, reference, CANARIES[: CANARIES.index(next(left))], mails)


def test_the_whole_story_is_played_by_commands_only(told: Told) -> None:
    shown = told.desk.ask("show", told.reference)
    assert shown["etape"] == "cloturee"
    presented = {"une tâche (présenter le retour à la gouvernance)", "une tâche (présenter le retour à l’équipe)"}
    assert {owed["nature"] for owed in shown["attendu"]} == presented
    facts = [line["fait"] for line in shown["histoire"]]
    assert facts[0] == "Fiche commencée"
    assert facts[-1].startswith("Clôturer (T45)")
    assert sum("Retour remis" in fact for fact in facts) == 2
    assert "Transmettre à la DD (T22) → Transmise à la DD" in facts


def test_every_mail_of_the_story_left_through_the_server(told: Told) -> None:
    rows = told.desk.ask("outbox")
    assert {row["etat"] for row in rows} == {"envoye", "remplace"}  # a reminder of what was done before it left
    assert len([row for row in rows if row["etat"] == "envoye" and not row["dans"]]) == told.mails > 20


def test_the_journal_of_the_story_is_whole(told: Told) -> None:
    assert "tout est intact" in told.desk.do("audit")
    assert told.desk.ask("audit")["a_examiner"] == []


def test_nothing_the_story_said_holds_english(told: Told) -> None:
    look_around(told.desk, told.reference)
    plain = [text for text in told.desk.said if not text.startswith(("[", "{"))]
    assert len(plain) > 20
    assert [text for text in plain if english(text)] == []


def test_no_output_holds_a_free_text(told: Told) -> None:
    look_around(told.desk, told.reference)
    assert len(told.used) > 12
    everything = "\n".join(told.desk.said)
    assert [word for word in (*told.used, LONG[:20]) if word in everything] == []
    stored = "\n".join(dump(told.desk.path))
    assert [word for word in told.used if word not in stored] == []


@pytest.mark.parametrize("command", ["list", "show", "outbox", "tick", "audit"])
def test_what_is_read_is_read_as_json_too(told: Told, command: str) -> None:
    arguments = [told.reference] if command == "show" else []
    assert told.desk.ask(command, *arguments) is not None


@pytest.mark.parametrize("command", ["outbox", "audit"])
def test_the_keys_of_json_are_in_one_language(told: Told, command: str) -> None:
    answer = told.desk.ask(command)
    keys = answer[0].keys() if isinstance(answer, list) else answer.keys()
    assert not english(" ".join(keys).replace("_", " "))


def test_reading_writes_nothing(told: Told) -> None:
    before = dump(told.desk.path)
    for command in (["list"], ["show", told.reference], ["outbox"], ["audit"]):
        told.desk.do(*command)
    told.desk.run("doctor")
    assert dump(told.desk.path) == before


def test_a_reference_is_read_in_lower_case_and_between_blanks(told: Told) -> None:
    assert told.desk.ask("show", f" {told.reference.lower()} ")["reference"] == told.reference


def test_a_list_says_who_holds_what_until_when(ready: Desk, reference: str) -> None:
    (row,) = ready.ask("list")
    assert (row["reference"], row["etape"], row["entre_les_mains_de"]) == (
        reference,
        "en_analyse",
        "Antenne de Fougères",
    )
    assert "Antenne de Fougères" in ready.do("list")


def test_an_empty_base_says_what_to_do(desk: Desk) -> None:
    assert "orp open --help" in desk.do("list")
    assert desk.ask("list") == desk.ask("outbox") == []


def test_preparing_again_changes_nothing(ready: Desk) -> None:
    before = dump(ready.path)
    assert "0 structure" in ready.do("init", "--people", str(DIRECTORY))
    assert dump(ready.path) == before


def test_the_same_identifier_twice_is_one_decision_and_one_situation(ready: Desk, reference: str) -> None:
    place = ("--antenne", "antenne-fougeres", "--departement", "35", "--id", "fiche-7")
    once, twice = (ready.ask("open", "--as", "maelle.riou", *place)["reference"] for _ in range(2))
    ask = (
        "decide",
        reference,
        "demander_complement",
        "--as",
        "yann.lebihan",
        "--field",
        "questions=Où ?",
        "--id",
        "q-7",
    )
    assert once == twice
    assert ready.ask(*ask) == ready.ask(*ask)
    assert [line["fait"] for line in ready.ask("show", reference)["histoire"]].count(
        "Demander un complément au rédacteur (T05)"
    ) == 2


# --- Refused: exit code 1, 2, 3 or 4, one sentence, nothing written ---

ANA = ["--as", "katell.morvan"]
PLACE = ["--antenne", "antenne-fougeres", "--departement", "35"]
OPEN = ["open", "--as", "maelle.riou", *PLACE]

REFUSED: dict[str, tuple[int, list[str], str]] = {
    # 1: the rules
    "a decision of another step": (1, ["decide", "REF", "valider", "--as", "claire.legoff"], "n’est pas possible"),
    "a decision that does not exist": (1, ["decide", "REF", "demolir", *ANA], "« demolir » n’est pas possible"),
    "a decision of the scheduler": (1, ["decide", "REF", "cloturer", *ANA], "n’est pas possible"),
    "a decision while a complement is awaited": (1, ["decide", "REF", "proposer_gouvernance", *ANA], "complément"),
    "a missing field": (1, ["decide", "REF", "demander_complement", "--as", "nolwenn.prigent"], "Il manque"),
    "an unknown field": (
        1,
        ["decide", "REF", "demander_complement", "--as", "nolwenn.prigent", "--field", "questions=x", "--field", "y=z"],
        "« y »",
    ),
    "somebody else's decision": (1, ["decide", "REF", "demander_complement", "--as", "claire.legoff"], "Qui peut"),
    "an old page": (
        1,
        [
            "decide",
            "REF",
            "demander_complement",
            "--as",
            "yann.lebihan",
            "--expect-version",
            "1",
            "--field",
            "questions=x",
        ],
        "par Nolwenn Prigent",
    ),
    "a reference nobody bears": (1, ["decide", UNKNOWN, "deposer", *ANA], f"« {UNKNOWN} »"),
    "a reference nobody bears, shown": (1, ["show", UNKNOWN], f"« {UNKNOWN} »"),
    "a reference copied wrong": (1, ["show", "BRE-DACTIV-2026-0001-X"], "mal recopiée"),
    "no reference at all": (1, ["show", "²é--ß"], "n’est pas une référence"),
    "a person nobody knows": (1, ["decide", "REF", "deposer", "--as", "jean.dupont"], "« jean.dupont »"),
    "a draft by nobody": (1, ["open", "--as", "jean.dupont", *PLACE], "« jean.dupont »"),
    "a mailbox that decides": (1, ["decide", "REF", "proposer_gouvernance", "--as", "boite-dd-35"], "boîte de service"),
    "a mailbox that opens": (1, ["open", "--as", "boite-dd-35", *PLACE], "boîte de service"),
    "a draft by another organisation": (1, ["open", "--as", "sophie.carre", *PLACE], "Fougères"),
    "an unknown antenne": (1, ["open", *ANA, "--antenne", "dactiv", "--departement", "35"], "antenne-fougeres"),
    "a département without its delegation": (1, ["open", *ANA, *PLACE[:3], "13"], "« 13 »"),
    "something owed that is not named": (1, ["decide", "REF", "acquitter", "--as", "maelle.riou"], "--due"),
    "something owed that is not there": (1, ["decide", "REF", "acquitter", *ANA, "--due", "99"], "--due"),
    "a clock that goes back": (1, ["tick", "--at", "2026-01-05T08:59"], "ne recule pas"),
    # 2: the writing of the command
    "no person": (2, ["open", *PLACE], "--as"),
    "an unknown command": (2, ["demolir"], "demolir"),
    "an unknown option": (2, ["list", "--vite"], "--vite"),
    "a number that is none": (2, ["decide", "REF", "acquitter", *ANA, "--due", "deux"], "entier"),
    "a field without a value": (2, ["decide", "REF", "deposer", *ANA, "--field", "age"], "« age »"),
    "a reviewed text without its reader": (2, ["decide", "REF", "deposer", *ANA, "--reviewed", "TEXT"], "--reader"),
    "a reader without a text": (2, ["decide", "REF", "deposer", *ANA, "--reader", "x"], "--reviewed"),
    "a reviewed text in another encoding": (
        2,
        ["decide", "REF", "deposer", *ANA, "--reviewed", "LATIN", "--reader", "x"],
        "UTF-8",
    ),
    "a file that is not there": (2, ["decide", "REF", "deposer", *ANA, "--file", "absent.yaml"], "absent.yaml"),
    "an instant that is none": (2, ["tick", "--at", "demain"], "« demain »"),
    # 3: the writing of a file
    "a broken file": (3, ["decide", "REF", "deposer", *ANA, "--file", "BROKEN"], "brise.yaml:2:"),
    "a file with a key twice": (3, ["decide", "REF", "deposer", *ANA, "--file", "TWICE"], "double.yaml:2:1: La clé"),
    "an empty file": (3, ["decide", "REF", "deposer", *ANA, "--file", "EMPTY"], "vide"),
    "a file in another encoding": (3, ["decide", "REF", "deposer", *ANA, "--file", "LATIN"], "UTF-8"),
}

FILES = {
    "TEXT": ("relue.txt", b"Une personne seule."),
    "LATIN": ("latin.txt", b"r\xe9sum\xe9: x\n"),
    "BROKEN": ("brise.yaml", b"qui: infirmier\nfait: [arrete\nage: x\n"),
    "TWICE": ("double.yaml", b"qui: infirmier\nqui: medecin\n"),
    "EMPTY": ("rien.yaml", b""),
    "LIST": ("liste.yaml", b"- qui\n- fait\n"),
    "WORD": ("mot.yaml", b"bonjour\n"),
    "LISTED": ("valeurs.yaml", "questions: [Depuis quand ?, Où ?]\n".encode()),
    "NESTED": ("profond.yaml", b"questions: {texte: {fr: Depuis quand ?}}\n"),
}


def spelled(arguments: list[str], reference: str, folder: Path) -> list[str]:
    """The arguments with the real reference, and files that are written there."""
    for name, content in FILES.values():
        (folder / name).write_bytes(content)
    names = {key: str(folder / name) for key, (name, _) in FILES.items()} | {"REF": reference}
    return [names.get(argument, argument) for argument in arguments]


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_one_french_sentence_and_writes_nothing(ready: Desk, reference: str, case: str) -> None:
    code, arguments, words = REFUSED[case]
    before = dump(ready.path)
    result = ready.run(*spelled(arguments, reference, ready.path.parent))
    assert (result.exit_code, is_french(result)) == (code, True), result.output
    assert words in result.output
    assert dump(ready.path) == before


@pytest.mark.parametrize("case", [case for case, (code, _, _) in REFUSED.items() if code == 1])
def test_a_refusal_is_said_apart_from_what_programs_read(ready: Desk, reference: str, case: str) -> None:
    result = ready.run(*spelled(REFUSED[case][1], reference, ready.path.parent), "--json")
    assert (result.stdout, bool(result.stderr)) == ("", True)


@pytest.mark.parametrize("file", ["LIST", "WORD"])
def test_a_file_that_holds_no_fields_is_refused_in_words(ready: Desk, reference: str, file: str) -> None:
    arguments = ["decide", "REF", "deposer", *ANA, "--file", file]
    result = ready.run(*spelled(arguments, reference, ready.path.parent))
    assert (result.exit_code, is_french(result)) == (3, True)


def test_a_part_added_to_a_list_of_the_file_is_refused_in_words(ready: Desk, reference: str) -> None:
    listed = ["decide", "REF", "demander_complement", "--as", "nolwenn.prigent", "--file", "LISTED"]
    result = ready.run(*spelled([*listed, "--field", "questions.texte=Où ?"], reference, ready.path.parent))
    assert (result.exit_code in (1, 2, 3), is_french(result)) == (True, True)


@pytest.mark.parametrize("file", ["LISTED", "NESTED"])
def test_a_value_that_is_no_text_is_refused_in_words(ready: Desk, reference: str, file: str) -> None:
    arguments = ["decide", "REF", "demander_complement", "--as", "nolwenn.prigent", "--file", file]
    result = ready.run(*spelled(arguments, reference, ready.path.parent))
    assert (result.exit_code in (1, 3), is_french(result)) == (True, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["decide", "REF", "demander_complement", "--as", "nolwenn.prigent", "--field", "questions=caf\udce9 ?"],
        ["decide", "REF", "demander_complement", "--as", "ma\udceblle", "--field", "questions=x"],
        ["open", "--as", "maelle.riou", "--antenne", "antenne-foug\udce8res", "--departement", "35"],
    ],
)
def test_an_argument_typed_in_another_encoding_is_refused_in_words(
    ready: Desk, reference: str, arguments: list[str]
) -> None:
    before = dump(ready.path)
    result = ready.run(*spelled(arguments, reference, ready.path.parent))
    assert (result.exit_code, is_french(result)) == (2, True)
    assert "UTF-8" in result.output
    assert dump(ready.path) == before


def test_an_old_page_is_told_the_day_as_people_count_it(ready: Desk, reference: str) -> None:
    ready.at("2026-01-13T00:30")  # 23:30 the day before, in UTC
    ready.do("decide", reference, "demander_complement", "--as", "yann.lebihan", "--field", "questions=x")
    old = ("--expect-version", "1", "--field", "questions=x")
    assert (
        "mardi 13 janvier 2026"
        in ready.run("decide", reference, "demander_complement", "--as", "yann.lebihan", *old).output
    )


# --- 4: the base ---


def refused(result: Result, words: str, code: int = 4) -> bool:
    return result.exit_code == code and is_french(result) and words in result.output


@pytest.mark.parametrize(
    "command", [["list"], ["show", UNKNOWN], ["outbox"], ["tick"], ["audit"], ["doctor"], ["worker"], OPEN]
)
def test_a_base_that_is_not_there_is_said_and_not_made(tmp_path: Path, command: list[str]) -> None:
    desk = Desk(tmp_path / "absente.sqlite")
    assert refused(desk.run(*command), "n’existe pas encore : lancez d’abord « orp init")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", [["init"], ["list"], OPEN])
def test_a_folder_is_no_base(tmp_path: Path, command: list[str]) -> None:
    assert refused(Desk(tmp_path).run(*command), "ne peut pas être ouvert")


@pytest.mark.parametrize("command", [["init"], ["list"], OPEN])
def test_a_text_file_is_no_base_and_stays_as_it_is(tmp_path: Path, command: list[str]) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Ceci n’est pas une base. " * 500)
    before = path.read_bytes()
    assert refused(Desk(path).run(*command), "n’est pas une base de données SQLite")
    assert path.read_bytes() == before


def test_a_base_of_something_else_is_not_taken_for_ours(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "autre.sqlite")
    with closing(sqlite3.connect(desk.path)) as connection:
        connection.execute("CREATE TABLE notes (texte)")
    assert refused(desk.run("list"), "n’est pas préparée")


def test_a_base_cannot_be_made_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert refused(Desk(tmp_path / "nulle-part" / "orp.sqlite").run("init"), "ne peut pas être ouvert")


def test_while_another_program_writes_we_wait_then_say_so(ready: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 0)
    before = dump(ready.path)
    with closing(sqlite3.connect(ready.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert refused(ready.run(*OPEN), "occupée par une autre écriture")
        assert ready.run("list").exit_code == 0  # reading takes no lock
        other.execute("ROLLBACK")
    assert dump(ready.path) == before


def test_a_base_kept_for_itself_by_another_program_is_said(ready: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 0)
    with closing(sqlite3.connect(ready.path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        assert refused(ready.run("list"), "occupée")
        other.execute("ROLLBACK")


@pytest.mark.parametrize("command", [OPEN, ["tick"], ["list"]])
def test_a_base_of_a_newer_version_is_refused_by_every_command(ready: Desk, command: list[str]) -> None:
    from_the_future(ready.path)
    assert refused(ready.run(*command), "version plus récente")


def test_a_base_of_a_newer_version_is_refused_by_init(ready: Desk) -> None:
    from_the_future(ready.path)
    before = dump(ready.path)
    assert refused(ready.run("init", "--people", str(DIRECTORY)), "version plus récente du logiciel")
    assert dump(ready.path) == before


def from_the_future(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


# --- 4: the settings ---


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("URL_PUBLIQUE", "orp.exemple.fr", "Le réglage URL_PUBLIQUE est illisible"),
        ("URL_PUBLIQUE", "http://", "Le réglage URL_PUBLIQUE est illisible"),
        ("URL_PUBLIQUE", "https://orp.exemple.fr/?a=<b>", "L’adresse publique"),
        ("SMTP_PORT", "zéro", "Le réglage SMTP_PORT est illisible"),
        ("SMTP_PORT", "70000", "Le réglage SMTP_PORT est illisible"),
        ("SMTP_SECURITE", "ssl", "aucune, starttls ou tls"),
        ("CADENCE", "0", "Le réglage CADENCE est illisible"),
        ("SMTP_MOT_DE_PASSE_FILE", "/nulle/part", "mot de passe"),
    ],
)
def test_a_wrong_setting_is_named(ready: Desk, name: str, value: str, words: str) -> None:
    before = dump(ready.path)
    ready.env = {name: value}
    assert refused(ready.run(*OPEN), words)
    assert dump(ready.path) == before


def test_a_wrong_sender_is_named(ready: Desk) -> None:
    ready.env = {"EXPEDITEUR": "pas une adresse"}
    assert refused(ready.run("list"), "EXPEDITEUR")


def test_a_password_file_in_another_encoding_is_said(ready: Desk) -> None:
    secret = ready.path.with_name("secret")
    secret.write_bytes(b"\xff\xfe")
    ready.env = {"SMTP_MOT_DE_PASSE_FILE": str(secret)}
    assert refused(ready.run("list"), "mot de passe")


@pytest.mark.parametrize(
    "url",
    ["postgresql://h/b", "postgresql://h:port/b", "inconnu://h/b", "sqlite://h/b.sqlite", "sqlite+autre:///b.sqlite"],
)
def test_the_address_of_a_base_we_cannot_reach_is_refused_in_words(url: str) -> None:
    assert refused(CliRunner().invoke(orp, ["list", "--db", url]), "base « ")


def test_an_address_that_cannot_be_used_is_told_without_its_password() -> None:
    result = CliRunner().invoke(orp, ["list", "--db", "inconnu://orp:secret@h:5432/b"])
    assert refused(result, "« inconnu://orp:…@h:5432/b »")


# --- The clock of a demonstration ---


def real_base(folder: Path) -> Desk:
    desk = Desk(folder / "reelle.sqlite")
    desk.do("init", "--people", str(DIRECTORY))
    return desk


def test_the_clock_of_a_real_base_cannot_be_pushed(tmp_path: Path) -> None:
    desk = real_base(tmp_path)
    before = dump(desk.path)
    assert refused(desk.run("tick", "--at", "2030-01-01"), "heure réelle", code=1)
    assert dump(desk.path) == before


def test_a_real_base_never_becomes_a_demonstration(tmp_path: Path) -> None:
    desk = real_base(tmp_path)
    desk.open()
    before = dump(desk.path)
    assert refused(desk.run("init", "--demo-from", "2026-01-05"), "heure réelle", code=1)
    assert dump(desk.path) == before


def test_the_clock_of_a_demonstration_is_not_set_back_by_init(ready: Desk) -> None:
    before = dump(ready.path)
    assert refused(ready.run("init", "--demo-from", "2020-01-05"), "ne recule pas", code=1)
    assert dump(ready.path) == before


@pytest.mark.parametrize("instant", ["0001-01-01", "9999-12-31T23:59-10:00"])
def test_an_instant_out_of_range_is_refused_in_words(tmp_path: Path, instant: str) -> None:
    result = Desk(tmp_path / "orp.sqlite").run("init", "--demo-from", instant)
    assert (result.exit_code, is_french(result)) == (2, True)


# --- The directory ---

BASE = """\
organisations:
  ars-bretagne: {nom: ARS Bretagne, genre: region, departement: 35, code: BRE}
  dd-35: {nom: DD 35, genre: dd, departement: 35, parent: ars-bretagne}
  dactiv: {nom: DAC’tiv, genre: dac, departement: 35, parent: ars-bretagne, code: DACTIV}
  gouvernance-dactiv: {nom: Gouvernance de DAC’tiv, genre: gouvernance, departement: 35, parent: dactiv}
  antenne-fougeres: {nom: Antenne de Fougères, genre: antenne, departement: 35, parent: dactiv}
personnes:
  maelle.riou: {nom: Maëlle Riou, courriel: maelle.riou@dactiv.example, fonctions: {antenne-fougeres: [referent]}}
  katell.morvan: {nom: Katell Morvan, courriel: katell.morvan@dactiv.example, fonctions: {dactiv: [pilote_orp]}}
  sophie.carre: {nom: Sophie Carré, courriel: sophie.carre@ars.example, fonctions: {dd-35: [instruction]}}
boites:
  boite-dd-35: {nom: Boîte de service de la DD 35, courriel: dd35@ars.example, fonctions: {dd-35: [instruction]}}
"""


def init_with(folder: Path, text: str) -> Result:
    path = folder / "annuaire.yaml"
    path.write_text(text, encoding="utf-8")
    return Desk(folder / "orp.sqlite").run("init", "--people", str(path), "--demo-from", "2026-01-05T09:00")


def test_the_smallest_directory_is_enough_to_open_a_situation(tmp_path: Path) -> None:
    assert init_with(tmp_path, BASE).exit_code == 0
    assert Desk(tmp_path / "orp.sqlite").open() == "BRE-DACTIV-2026-0001-R"


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        (
            "genre: dac",
            "gnre: dac",
            r"annuaire\.yaml:\d+:\d+: La clé « gnre » n’existe pas ; vouliez-vous dire « genre »",
        ),
        (
            "maelle.riou@dactiv.example",
            "maelle.riou",
            r"annuaire\.yaml:\d+:\d+: « maelle\.riou » n’est pas une adresse",
        ),
        ("departement: 35", "departement: Ille", r"annuaire\.yaml:\d+:\d+: "),
        ("personnes:", "personnes: [", r"annuaire\.yaml:\d+:\d+: "),
        ("personnes:", "gens:", r"annuaire\.yaml:\d+:\d+: La clé « gens »"),
        ("code: DACTIV", "code: dac", r"annuaire\.yaml:\d+:\d+: "),
    ],
)
def test_a_wrong_directory_is_refused_line_by_line(tmp_path: Path, right: str, wrong: str, place: str) -> None:
    result = init_with(tmp_path, BASE.replace(right, wrong))
    assert (result.exit_code, is_french(result)) == (3, True), result.output
    assert re.search(place, result.output)
    assert "    ^" in result.output
    assert not (tmp_path / "orp.sqlite").exists()


def test_a_directory_that_names_a_stranger_is_refused(tmp_path: Path) -> None:
    result = init_with(tmp_path, BASE.replace("fonctions: {dactiv:", "fonctions: {dactif:"))
    assert (result.exit_code, is_french(result)) == (3, True)
    assert re.search(r"annuaire\.yaml:9:\d+: La structure « dactif » n’existe pas\.", result.output)


def test_a_directory_that_names_a_stranger_makes_no_base(tmp_path: Path) -> None:
    init_with(tmp_path, BASE.replace("fonctions: {dactiv:", "fonctions: {dactif:"))
    assert not (tmp_path / "orp.sqlite").exists()


def test_a_directory_may_name_a_parent_further_down(tmp_path: Path) -> None:
    lines = BASE.splitlines(keepends=True)
    region = next(n for n, line in enumerate(lines) if line.startswith("  ars-bretagne:"))
    lines.insert(region + 3, lines.pop(region))
    result = init_with(tmp_path, "".join(lines))
    assert result.exit_code == 0, result.output


def test_one_identifier_for_a_person_and_a_mailbox_is_refused_with_its_line(tmp_path: Path) -> None:
    result = init_with(tmp_path, BASE.replace("  boite-dd-35:", "  sophie.carre:"))
    assert (result.exit_code, is_french(result)) == (3, True)
    assert "annuaire.yaml:12:3: « sophie.carre » désigne déjà une personne." in result.output


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("genre: dac, departement: 35", "genre: dac, departement: 20"),
        ("genre: dac, departement: 35", "genre: dac, departement: 975"),
        (", code: DACTIV", ""),
        (", code: BRE", ""),
        ("genre: dac, departement: 35, parent: ars-bretagne", "genre: dac, departement: 35"),
        ("genre: dac, departement: 35, parent: ars-bretagne", "genre: dac, departement: 35, parent: dd-35"),
        ("genre: region, departement: 35", "genre: region, departement: 35, parent: dactiv"),
        ("genre: gouvernance, departement: 35, parent: dactiv", "genre: gouvernance, departement: 35, parent: dac"),
        ("genre: antenne, departement: 35, parent: dactiv", "genre: dd, departement: 35, parent: ars-bretagne"),
    ],
)
def test_a_directory_no_situation_can_live_with_is_refused(tmp_path: Path, right: str, wrong: str) -> None:
    assert right in BASE
    result = init_with(tmp_path, BASE.replace(right, wrong))
    assert (result.exit_code, is_french(result)) == (3, True), result.output
    assert re.search(r"annuaire\.yaml:\d:\d+: ", result.output)
    assert not (tmp_path / "orp.sqlite").exists()


def test_a_second_directory_may_name_what_the_first_brought(tmp_path: Path) -> None:
    init_with(tmp_path, BASE)
    path = tmp_path / "suite.yaml"
    more = "  antenne-x: {nom: Antenne X, genre: antenne, departement: 35, parent: dactiv}"
    path.write_text(f"organisations:\n{more}\npersonnes: {{}}\n", encoding="utf-8")
    desk = Desk(tmp_path / "orp.sqlite")
    assert "1 structure" in desk.do("init", "--people", str(path))


def test_two_delegations_of_one_departement_brought_by_two_files_are_told_as_they_are(tmp_path: Path) -> None:
    init_with(tmp_path, BASE)
    path = tmp_path / "suite.yaml"
    more = "  dd-35-bis: {nom: DD 35 bis, genre: dd, departement: 35, parent: ars-bretagne}"
    path.write_text(f"organisations:\n{more}\npersonnes: {{}}\n", encoding="utf-8")
    desk = Desk(tmp_path / "orp.sqlite")
    desk.do("init", "--people", str(path))
    assert refused(desk.run(*OPEN), "dd-35, dd-35-bis", code=1)


# --- The mail server ---


def test_a_mail_server_that_is_down_is_shown_mail_by_mail(ready: Desk) -> None:
    ready.env = {"SMTP_HOTE": HOST, "SMTP_PORT": "1", "SMTP_SECURITE": "aucune"}
    shown = ready.run("outbox", "--send")
    assert shown.output.count("à envoyer (connexion)") == 3
    assert is_french(shown)


def test_a_mail_server_that_is_down_ends_in_four(ready: Desk) -> None:
    """`orp --help`: « 4 base, disque ou messagerie en défaut »."""
    ready.env = {"SMTP_HOTE": HOST, "SMTP_PORT": "1", "SMTP_SECURITE": "aucune"}
    assert refused(ready.run("outbox", "--send"), "Aucun courriel n’a pu partir")
    assert ready.run("outbox", "--send").exit_code == 0  # nothing may leave before a minute


# --- Help ---


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_french(command: str) -> None:
    result = CliRunner().invoke(orp, [command, "--help"] if command else ["--help"])
    assert (result.exit_code, is_french(result)) == (0, True), english(result.output)
    assert result.output.startswith("Utilisation\u00a0: orp")


def test_every_exit_code_is_told_in_the_help() -> None:
    told = CliRunner().invoke(orp, ["--help"]).output
    assert all(f"{code} " in told for code in range(5))


# --- Real processes ---


def process(*arguments: str, user: int | None = None, limit: int = 0) -> subprocess.CompletedProcess[str]:
    """Run `orp` on a machine that speaks English; as another user, or with files no longer than `limit` bytes."""

    def shorten() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-m", "orp", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LANG": "C", "LC_ALL": "C", "LANGUAGE": "en"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        user=user,
        preexec_fn=shorten if limit else None,  # no thread of ours runs yet
    )


def test_a_real_process_refuses_in_french_whatever_the_machine_speaks(ready: Desk, reference: str) -> None:
    done = process("decide", reference, "valider", "--as", "claire.legoff", "--db", str(ready.path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "« Valider la transmission à l’ARS » n’est pas possible à l’étape « En analyse »." in done.stderr
    assert not english(done.stderr)


def test_a_disk_that_takes_no_more_is_said_and_leaves_nothing(ready: Desk) -> None:
    before = dump(ready.path)
    done = process(*OPEN, "--db", str(ready.path), limit=40_960)
    assert (done.returncode, done.stdout) == (4, "")
    assert "Rien n’a été écrit" in done.stderr
    assert not english(done.stderr)
    assert dump(ready.path) == before
    assert ready.run(*OPEN).exit_code == 0  # without any repair


@pytest.fixture
def others_folder() -> Iterator[Path]:
    """A folder that another user may enter; pytest's own are closed to them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_base_that_may_only_be_read_is_said(ready: Desk, others_folder: Path) -> None:
    path = others_folder / "orp.sqlite"
    shutil.copy(ready.path, path)
    path.chmod(0o444)
    others_folder.chmod(0o555)
    nobody = 65_534 if os.geteuid() == 0 else None  # nothing is closed to root
    try:
        done = process(*OPEN, "--db", str(path), user=nobody)
    except PermissionError:
        pytest.skip("nobody else may run this Python")
    finally:
        others_folder.chmod(0o755)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == "La base est en lecture seule. Rien n’a été écrit : vérifiez les droits du fichier.\n"
