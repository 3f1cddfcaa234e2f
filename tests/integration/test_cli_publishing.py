"""`orp circuit publish` and its kin on a real base: looked at first, written whole, told to those below."""

from pathlib import Path

import pytest

from notifications.render import CIRCUIT, Renderer
from tests.acceptance.test_compositions import BRETAGNE, DACTIV, LAYERS, in_qualification
from tests.acceptance.test_publishing import SHORTER, WITHOUT_GROUP, in_group, publish
from tests.cli import CommandLine
from tests.postgres import Postgres
from tests.world import World, make_world
from workflow.circuit.loader import shared_files, shipped_files
from workflow.circuit.rewriting import rewritten

FILES = shipped_files("national") | shared_files() | LAYERS
DIRECTOR = ("--by", "herve.guillou")


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    path = tmp_path / "orp.sqlite"
    return CommandLine(make_world(f"sqlite:///{path}", files=FILES), path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "circuits"
    found.mkdir()
    return found


def written(folder: Path, text: str) -> str:
    path = folder / f"{text.partition('circuit: ')[2].partition(chr(10))[0]}.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def keys(line: CommandLine, name: str = "dactiv") -> list[str]:
    return [row["version"] for row in line.json("circuit", "versions", name)]


def test_without_yes_nothing_is_written(line: CommandLine, folder: Path) -> None:
    said = line.run("circuit", "publish", written(folder, SHORTER), *DIRECTOR)
    assert "Le délai de « D03 » passe de 5 jours à 4 jours." in said.splitlines()
    assert said.splitlines()[-1] == "Rien n’a été écrit : ajoutez --yes pour publier."
    assert keys(line) == ["dactiv@1"]


def test_a_version_is_published_with_its_note_and_shown(line: CommandLine, folder: Path) -> None:
    asked = SHORTER + "approbations: [codir]\na_l_essai_jusqu_au: 2026-06-30\n"
    how = ("--note", "Délais revus avec les antennes", "--approval", "codir=Accord du 12 décembre", "--yes")
    said = line.run("circuit", "publish", written(folder, asked), *DIRECTOR, *how)
    assert said.splitlines()[-1] == "dactiv@2 est publiée."
    table = line.run("circuit", "versions", "dactiv")
    assert "Hervé Guillou" in table
    (now, first) = line.json("circuit", "versions", "dactiv")
    assert (now["version"], now["en_vigueur"], now["par"]) == ("dactiv@2", True, "Hervé Guillou")
    assert (now["note"], now["approbations"]) == ("Délais revus avec les antennes", {"codir": "Accord du 12 décembre"})
    assert (now["a_l_essai_jusqu_au"], first["en_vigueur"]) == ("2026-06-30", False)
    assert line.run("circuit", "versions", "autre") == "Aucune version de « autre » n’est publiée ici.\n"


@pytest.mark.parametrize("applies", ["new", "next-step"])
def test_published_both_ways_the_journal_says_what_happened(line: CommandLine, folder: Path, applies: str) -> None:
    under_way = in_qualification(line.world)
    owed = [(o.n, str(o.due)) for o in line.world.owed(under_way)]
    line.run("circuit", "publish", written(folder, SHORTER), *DIRECTOR, "--apply", applies, "--yes")
    assert [(o.n, str(o.due)) for o in line.world.owed(under_way)] == owed
    line.world.decide(under_way, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    told = [row["fait"] for row in line.json("show", under_way)["histoire"]]
    taken = "La situation suit un autre circuit : dactiv@2/antenne-fougeres+dd-35@1"
    assert (taken in told) is (applies == "next-step")
    line.run("explain", under_way)
    line.run("list")
    line.run("audit")


def test_a_step_that_goes_is_mapped_or_refused(line: CommandLine, folder: Path) -> None:
    reference = in_group(line.world)
    path = written(folder, WITHOUT_GROUP)
    refused = line.run("circuit", "publish", path, *DIRECTOR, "--apply", "next-step", "--yes", code=1)
    assert f"({reference})" in refused
    assert "--map gt_orp_territorial=ÉTAPE" in refused
    assert keys(line) == ["dactiv@1"]
    how = ("--apply", "next-step", "--map", "gt_orp_territorial=en_analyse", "--yes")
    said = line.run("circuit", "publish", path, *DIRECTOR, *how)
    assert f"{reference} passe à l’étape « en_analyse »." in said.splitlines()
    told = [row["fait"] for row in line.json("show", reference)["histoire"]]
    assert "L’étape n’existe plus dans la nouvelle version du circuit (dactiv@2) → En analyse" in told
    line.run("show", reference)
    line.run("explain", reference)
    line.run("audit")


def test_going_back_is_a_new_version_equal_to_the_old(line: CommandLine, folder: Path) -> None:
    line.run("circuit", "publish", written(folder, SHORTER), *DIRECTOR, "--yes")
    said = line.run("circuit", "publish", "--back-to", "dactiv@1", *DIRECTOR, "--yes")
    assert "Le délai de « D03 » passe de 4 jours à 5 jours." in said.splitlines()
    assert keys(line) == ["dactiv@3", "dactiv@2", "dactiv@1"]
    assert "version d’avant" not in said
    same = line.run("circuit", "diff", "dactiv@1", "dactiv@3")
    assert same == "Ces deux circuits disent la même chose.\n"
    assert "D03" in line.run("circuit", "diff", "dactiv@2", "dactiv@3")


def test_going_back_says_who_still_takes_what_was_chosen(line: CommandLine, folder: Path) -> None:
    reference = in_qualification(line.world)
    line.run("circuit", "publish", written(folder, SHORTER), *DIRECTOR, "--apply", "next-step", "--yes")
    back = ("circuit", "publish", "--back-to", "dactiv@1", *DIRECTOR, "--yes")
    assert "À prendre encore une version d’avant, comme choisi alors : 1 situation" in line.run(*back)
    line.run(*back, "--apply", "next-step")
    line.world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    assert line.world.case(reference).circuit == "dactiv@4/antenne-fougeres+dd-35@1"


def test_a_parent_is_adopted_by_those_below(line: CommandLine, folder: Path) -> None:
    region = BRETAGNE.replace("version: 1", "version: 2").replace("D03: {delai: 5 j}", "D03: {delai: 9 j}")
    how = ("--by", "alain.perrot", "--before", "2026-02-01", "--yes")
    said = line.run("circuit", "publish", written(folder, region), *how)
    assert "Rien ne change par là dans « dactiv » et « dd-35 »" in said
    line.world.until("2026-01-31")
    assert "bretagne@2" not in line.run("doctor", code=1)
    line.world.until("2026-02-02")
    late = line.run("doctor", code=1)
    assert "Circuits qui n’ont pas adopté à temps une version du dessus : « dactiv » (bretagne@2) et « dd-35 »" in late
    seen = line.run("circuit", "adopt", "dactiv", *DIRECTOR)
    assert "Le délai de « D03 » passe de 5 jours à 9 jours." in seen.splitlines()
    line.run("circuit", "adopt", "dactiv", *DIRECTOR, "--yes")
    line.run("circuit", "adopt", "dd-35", "--by", "marc.aubin", "--yes")
    assert "bretagne@2" not in line.run("doctor", code=1)
    assert "suit déjà" in line.run("circuit", "adopt", "dactiv", *DIRECTOR, code=1)
    assert line.json("circuit", "versions", "dactiv")[0]["dessus"] == "bretagne@2"


def test_a_fault_stands_in_the_file_of_its_author(line: CommandLine, folder: Path) -> None:
    path = written(folder, DACTIV)
    said = line.run("circuit", "publish", path, *DIRECTOR, "--yes", code=3)
    assert f"{path}:2:10: La dernière version publiée est dactiv@1." in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Donnez un fichier"),
        (("--back-to", "dactiv"), "Donnez un fichier"),
        (("--back-to", "dactiv@7"), "n’est pas publiée ici"),
        (("--back-to", "dactiv@1", "--map", "rien"), "NOM=VALEUR"),
        (("--back-to", "dactiv@1", "--at", "demain"), "n’est pas un jour"),
        (("--back-to", "dactiv@1", "--at", "2020-01-01"), "dans le passé"),
    ],
)
def test_what_is_asked_badly_is_refused_in_french(line: CommandLine, words: tuple[str, ...], said: str) -> None:
    result = line.raw("circuit", "publish", *DIRECTOR, *words)
    assert result.exit_code in (1, 2)
    assert said in result.output


def test_a_version_of_tomorrow_is_for_the_situations_of_tomorrow(line: CommandLine, folder: Path) -> None:
    line.run("circuit", "publish", written(folder, SHORTER), *DIRECTOR, "--at", "2026-01-12", "--yes")
    assert line.world.case(in_qualification(line.world)).circuit == "dactiv@1/antenne-fougeres+dd-35@1"
    line.world.until("2026-01-12")
    assert line.world.case(in_qualification(line.world)).circuit == "dactiv@2/antenne-fougeres+dd-35@1"


def test_those_below_receive_a_mail_that_can_be_written(line: CommandLine, folder: Path) -> None:
    region = BRETAGNE.replace("version: 1", "version: 2")
    line.run("circuit", "publish", written(folder, region), "--by", "alain.perrot", "--before", "2026-02-01", "--yes")
    line.world.until("2026-01-05", "15:00")
    mails = {mail.recipient: mail for mail in line.world.posting.claim(50) if mail.mail == CIRCUIT}
    assert set(mails) == {"herve.guillou", "marc.aubin"}
    message = Renderer("https://orp.test", "ORP <orp@orp.test>").render(mails["herve.guillou"], line.world.clock.now())
    body = message.get_body(("plain",))
    assert message["Subject"] == "[ORP] Nouvelle version d’un circuit dont le vôtre dépend"
    assert body is not None
    assert "À adopter avant le : dimanche 1er février 2026" in body.get_content()
    line.world.posting.refused(mails["marc.aubin"], "550")
    line.world.posting.accepted([mails["herve.guillou"]])


def test_a_running_worker_sees_what_another_process_published(line: CommandLine, folder: Path) -> None:
    assert line.world.case(line.world.open()).circuit.startswith("dactiv@1")
    line.run("circuit", "publish", written(folder, SHORTER), *DIRECTOR, "--yes")  # on connections of its own
    assert line.world.case(line.world.open()).circuit.startswith("dactiv@2")


def test_on_postgresql_too(postgres: Postgres) -> None:
    with postgres.fresh() as url:
        world: World = make_world(url, files=FILES)
        here, elsewhere = in_group(world), in_qualification(world)
        publish(world, WITHOUT_GROUP, applies="next-step", steps={"gt_orp_territorial": "en_analyse"})
        assert (world.case(here).step, world.case(here).circuit) == ("en_analyse", "dactiv@2+dd-35@1")
        world.decide(elsewhere, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
        assert world.case(elsewhere).circuit == "dactiv@2+dd-35@1"
        world.store.engine.dispose()


def test_only_what_is_asked_is_written_anew() -> None:
    text = "# a comment\ncircuit: a  # its name\nversion: 12   # its number\nparent: b@3\netapes: {version: 12}\n"
    assert rewritten(text, {"version": "13", "parent": "b@4", "titre": "x"}) == (
        "# a comment\ncircuit: a  # its name\nversion: 13   # its number\nparent: b@4\netapes: {version: 12}\n"
    )
