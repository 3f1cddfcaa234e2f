"""The commands that serve the circuit, each on a small story told by the real engine (DESIGN §1, §5)."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, event

from orp.cli import COMMANDS, orp
from tests.cli import CommandLine, make_command_line
from tests.world import ANALYSIS, FINAL, FORM, LONG, VALIDATION
from workflow.circuit.loader import shipped_files
from workflow.errors import accepted
from workflow.opening import Draft
from workflow.tracking import ALPHABET, canonical, new_code
from workflow.triggers import FieldValue

ENGLISH = {"error", "usage", "missing", "unknown", "invalid", "show", "help", "none", "true", "false", "the", "not"}
OWN_WORDS = "L’équipe mobile vous appellera dans le mois : c’est ce que la délégation vient d’obtenir."


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    return make_command_line(tmp_path)


def in_french(text: str) -> str:
    """Check that a text holds no English word once what is typed (--json, `names_like_this`) is left out."""
    prose = re.sub(r"--?\S+|orp \w+|\w+_\w+", "", text).lower()
    assert not set(re.findall(r"[a-zà-ÿ]+", prose)) & ENGLISH, text
    assert "Traceback" not in text
    return text


def analysed(line: CommandLine) -> str:
    """A situation under analysis in Fougères since Monday 5 January."""
    reference = line.world.open()
    line.world.decide(reference, "deposer", "maelle.riou", FORM)
    line.world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    line.world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    return reference


def asked(line: CommandLine) -> str:
    """The same, with a complement asked of Maëlle."""
    reference = analysed(line)
    line.world.decide(reference, "demander_complement", "nolwenn.prigent", {"questions": "Depuis quand ?"})
    return reference


# --- check ---


def test_a_shipped_circuit_is_shown_in_tables_or_in_one_line() -> None:
    whole = CliRunner().invoke(orp, ["check"])
    assert whole.exit_code == 0
    for said in ("en_instruction_dd", "Horloges", "D13", "60 jours", "30 jours à 120 jours", "Retours", "F5"):
        assert said in in_french(whole.output)
    brief = CliRunner().invoke(orp, ["check", "--brief"])
    assert brief.exit_code == 0
    lines = brief.output.splitlines()
    assert all(re.fullmatch(r".*\.yaml : circuit [a-z0-9-]+, version \d+, \d+ étapes, .*\.", line) for line in lines)
    assert len([line for line in lines if "national.yaml : circuit national" in line]) == 1


def test_a_circuit_is_given_to_programs() -> None:
    found = json.loads(CliRunner().invoke(orp, ["check", "--json"]).output)
    assert found["valide"]
    circuit = next(circuit for circuit in found["circuits"] if circuit["circuit"] == "national")
    steps = {step["etape"]: step for step in circuit["etapes"]}
    assert steps["en_instruction_dd"]["horloges"] == {"D13": "60 jours"}
    assert "systeme" in steps["retour_en_diffusion"]["decident"]
    assert next(r for r in circuit["retours"] if r["code"] == "F3")["a"] == ["redacteur"]


def faulty(folder: Path) -> Path:
    """The national circuit with a delay misspelt, a role that does not exist, a step nothing leads to."""
    text = shipped_files("national")["circuits/national.yaml"]
    text = text.replace("delai: 60 j\n", "delai: 15 jour\n", 1).replace(
        "responsable: analyste", "responsable: analiste"
    )
    path = folder / "national.yaml"
    path.write_text(f"{text}\n  isolee: {{niveau: dac, titre: Isolée, finale: oui}}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("whole_folder", [False, True])
def test_every_fault_is_told_in_one_run(tmp_path: Path, whole_folder: bool) -> None:  # noqa: FBT001 - a case
    path = faulty(tmp_path)
    result = CliRunner().invoke(orp, ["check", str(tmp_path if whole_folder else path)])
    assert result.exit_code == 3
    located = re.findall(rf"^{re.escape(str(path))}:(\d+):(\d+): (.+)$", in_french(result.output), re.M)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [lines[int(row) - 1].strip() for row, _, _ in located] == [
        "delai: 15 jour",
        "responsable: analiste",
        "isolee: {niveau: dac, titre: Isolée, finale: oui}",
    ]
    assert "vouliez-vous dire « analyste »" in located[1][2]


def test_faults_of_several_files_come_together(tmp_path: Path) -> None:
    path, other = faulty(tmp_path), tmp_path / "autre.yaml"
    other.write_text("circuit: autre\netapes: [", encoding="utf-8")
    (tmp_path / "fiche.yaml").write_text("fiche: sans-rapport\n", encoding="utf-8")
    result = CliRunner().invoke(orp, ["check", str(tmp_path), str(path), "--json"])
    assert result.exit_code == 3
    found = json.loads(result.output)
    assert not found["valide"]
    assert {fault["fichier"] for fault in found["fautes"]} == {str(path), str(other)}
    assert all(fault["ligne"] for fault in found["fautes"])


def test_a_form_beside_the_circuit_wins_over_the_one_shipped(tmp_path: Path) -> None:
    for name in ("circuits", "fiches"):
        (tmp_path / name).mkdir()
    path, form = tmp_path / "circuits" / "national.yaml", tmp_path / "fiches" / "courte.yaml"
    path.write_text(shipped_files("national")["circuits/national.yaml"], encoding="utf-8")
    assert CliRunner().invoke(orp, ["check", str(path), "--brief"]).exit_code == 0
    form.write_text("fiche: courte\nversion: zéro\n", encoding="utf-8")
    result = CliRunner().invoke(orp, ["check", str(path), "--brief"])
    assert result.exit_code == 3
    assert f"{form}:2:10: " in in_french(result.output)


def test_nothing_to_check_is_said(tmp_path: Path) -> None:
    assert "Aucun circuit dans ce dossier" in in_french(CliRunner().invoke(orp, ["check", str(tmp_path)]).output)
    missing = CliRunner().invoke(orp, ["check", str(tmp_path / "nulle-part.yaml")])
    assert missing.exit_code == 2
    assert "introuvable" in in_french(missing.output)


# --- list ---


def test_each_sees_what_they_owe_the_late_first(line: CommandLine) -> None:
    late = analysed(line)
    line.world.until("2026-02-05")
    soon = analysed(line)
    assert [row["reference"] for row in line.json("list", "--mine", "--as", "nolwenn.prigent")] == [late, soon]
    rows = line.json("list", "--mine", "--as", "nolwenn.prigent")
    assert [debt["code"] for row in rows for debt in row["je_dois"]] == ["D04", "D04"]
    assert rows[0]["je_dois"][0]["retard"] == "en retard de 1 jour ouvré"
    assert "une décision" in in_french(line.run("list", "--mine", "--as", "nolwenn.prigent"))
    assert [row["reference"] for row in line.json("list", "--late")] == [late]
    assert line.json("list", "--mine", "--as", "sophie.carre") == []


def test_filters_combine_on_one_and_the_same_thing_owed(line: CommandLine) -> None:
    reference = asked(line)
    line.world.until("2026-01-23")  # Maëlle's complement is late, Nolwenn's clock runs again
    assert [row["reference"] for row in line.json("list", "--mine", "--as", "maelle.riou", "--late")] == [reference]
    assert line.json("list", "--mine", "--as", "nolwenn.prigent", "--late") == []
    assert len(line.json("list", "--step", "en_analyse", "--structure", "antenne-fougeres", "--late")) == 1
    assert line.json("list", "--step", "deposee") == []
    assert line.json("list", "--structure", "dd-35") == []


def test_a_delegate_sees_what_they_stand_in_for(line: CommandLine) -> None:
    reference = analysed(line)
    given = {"personne": "maelle.riou", "jusqu_au": "2026-01-20"}
    line.world.decide(reference, "deleguer", "nolwenn.prigent", given)
    assert len(line.json("list", "--mine", "--as", "maelle.riou")) == 1
    shown = in_french(line.run("show", reference))
    assert "Délégation à Maëlle Riou (Antenne de Fougères), jusqu’au mardi 20 janvier 2026." in shown
    line.world.until("2026-01-21")
    assert line.json("list", "--mine", "--as", "maelle.riou") == []


def test_a_list_costs_the_same_whatever_its_length(line: CommandLine) -> None:
    def statements() -> int:
        count = []

        def seen(*_: object) -> None:
            count.append(1)

        event.listen(Engine, "before_cursor_execute", seen)
        try:
            line.run("list", "--mine", "--as", "nolwenn.prigent", "--structure", "antenne-fougeres")
        finally:
            event.remove(Engine, "before_cursor_execute", seen)
        return len(count)

    analysed(line)
    one = statements()
    for _ in range(4):
        analysed(line)
    assert statements() == one


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--mine",), 2, "--mine va avec --as PERSONNE"),
        (("--mine", "--as", "personne"), 1, "Personne n’est connu sous l’identifiant « personne »."),
        (("--step", "en_analise"), 1, "vouliez-vous dire « en_analyse »"),
        (("--structure", "dd-99"), 1, "La structure « dd-99 » n’existe pas"),
    ],
)
def test_a_list_refuses_what_it_does_not_know(line: CommandLine, args: tuple[str, ...], code: int, said: str) -> None:
    assert said in in_french(line.run("list", *args, code=code))


def test_what_remains_after_the_end_does_not_look_like_a_situation_that_waits(line: CommandLine) -> None:
    world, waiting = line.world, analysed(line)
    reference = world.to_dd()
    world.decide(reference, "constater", "sophie.carre", FINAL)
    world.act(reference, "F2", "katell.morvan", {"moyen": "oral"})
    world.tick()
    assert world.case(reference).step == "cloturee"
    rows = line.json("list")
    assert [(row["reference"], row["close"]) for row in rows] == [(waiting, False), (reference, True)]
    assert rows[1]["echeance"]  # D21, D22
    over = next(said for said in in_french(line.run("list")).splitlines() if reference in said)
    assert "close ; un suivi" in over


def test_the_history_says_in_words_what_was_rendered(line: CommandLine) -> None:
    reference = asked(line)
    line.run("complement", reference, "--as", "maelle.riou", "--answer", "Depuis décembre.")
    line.world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    line.run("retour", reference, "--as", "katell.morvan", "--by", "oral", "--words", LONG)
    admissible = line.world.owed(reference, "D08")[0].n
    line.world.decide(reference, "acquitter", "claire.legoff", {}, admissible)
    facts = [told["fait"] for told in line.json("show", reference)["histoire"]]
    assert "Complément à l’analyste de l’antenne : donné" in facts
    assert "Retour au rédacteur de la fiche : fait de vive voix" in facts
    assert facts[-1] == "Dire si la situation est recevable : fait"
    assert "Attendu n°" not in in_french(line.run("show", reference))


# --- complement, avis, action ---


def test_a_complement_is_shown_then_answered(line: CommandLine, tmp_path: Path) -> None:
    reference = asked(line)
    shown = in_french(line.run("show", reference))
    assert "Complément demandé (par l’analyste de l’antenne, au rédacteur de la fiche)" in shown
    owed = line.json("complement", reference, "--as", "maelle.riou")["attendu"]
    assert [o["pour"] for o in owed] == ["l’analyste de l’antenne"]
    answer = tmp_path / "reponse.txt"
    answer.write_text("Depuis décembre, après trois refus.", encoding="utf-8")
    said = in_french(line.run("complement", reference, "--as", "maelle.riou", "--file", str(answer)))
    assert said.startswith(f"C’est fait. {reference} est à l’étape « En analyse »")
    assert "Aucun complément n’est attendu." in line.run("complement", reference, "--as", "maelle.riou")
    assert "Complément demandé (" not in line.run("show", reference)


def test_who_asked_goes_on_without_the_answer(line: CommandLine) -> None:
    reference = asked(line)
    args = ("complement", reference, "--without", "injoignable", "--as")
    assert "Cela ne vous revient pas." in in_french(line.run(*args, "maelle.riou", code=1))
    assert "Le motif (motif) attend" in in_french(
        line.run("complement", reference, "--as", "nolwenn.prigent", "--without", "fatigue", code=1)
    )
    line.run(*args, "nolwenn.prigent")
    assert line.world.owed(reference, "complement") == []


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--answer", "Oui.", "--without", "injoignable"), 2, "Une seule chose à la fois"),
        (("--answer", ""), 1, "ce texte est vide"),
        (("--answer", "Appelez le 06 12 34 56 78."), 1, "à retirer avant de continuer"),
        (("--answer", "Oui.", "--due", "1"), 1, "Le n° 1 n’est pas de ceux-là."),
        (("--answer", "Oui.", "--due", "un"), 2, "n’est pas un entier valable"),
        (("--file", "nulle-part.txt"), 2, "introuvable"),
    ],
)
def test_a_complement_badly_answered(line: CommandLine, args: tuple[str, ...], code: int, said: str) -> None:
    reference = asked(line)
    assert said in in_french(line.run("complement", reference, "--as", "maelle.riou", *args, code=code))
    assert len(line.world.owed(reference, "complement")) == 1


def test_an_answer_in_another_encoding_is_refused(line: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("Décembre".encode("latin-1"))
    said = line.run("complement", asked(line), "--as", "maelle.riou", "--file", str(tmp_path / "latin.txt"), code=2)
    assert "n’est pas du texte en UTF-8" in in_french(said)


def test_each_partner_gives_its_own_opinion(line: CommandLine) -> None:
    reference = line.world.to_dd()
    consulted = {"partenaires": "cpam-35,cd-35", "questions": "Que pouvez-vous proposer ?"}
    line.world.decide(reference, "consulter", "sophie.carre", consulted)
    assert "Partenaires consultés (2 avis attendus)" in in_french(line.run("show", reference))
    assert len(line.json("avis", reference, "--as", "pascal.renouard")["attendu"]) == 2
    line.run("avis", reference, "--as", "pascal.renouard", "--answer", "Une aide est possible.")
    assert "(1 avis attendu)" in line.run("show", reference)
    assert [o.debtor.organisation for o in line.world.owed(reference, "avis_dd")] == ["cd-35"]
    refused = line.run("avis", reference, "--as", "pascal.renouard", "--answer", "Encore une.", code=1)
    assert "Qui peut le faire : le partenaire (CD 35" in in_french(refused)


def test_who_asked_goes_on_without_the_opinion(line: CommandLine) -> None:
    reference = line.world.to_dd()
    consulted = {"partenaires": "cpam-35,cd-35", "questions": "Que pouvez-vous proposer ?"}
    line.world.decide(reference, "consulter", "sophie.carre", consulted)
    first, second = (str(o.n) for o in line.world.owed(reference, "avis_dd"))
    without = ("avis", reference, "--without", "sans_reponse", "--due")
    assert "Cela ne vous revient pas." in in_french(line.run(*without, first, "--as", "pascal.renouard", code=1))
    assert "Quel avis ? Indiquez --due :" in line.run(*without[:-1], "--as", "sophie.carre", code=1)
    assert "Le motif (motif) attend" in in_french(
        line.run("avis", reference, "--without", "fatigue", "--due", first, "--as", "sophie.carre", code=1)
    )
    both = ("avis", reference, "--as", "sophie.carre", "--answer", "Oui.", "--without", "sans_reponse")
    assert "Une seule chose à la fois" in in_french(line.run(*both, code=2))
    line.run(*without, first, "--as", "sophie.carre")
    assert [str(o.n) for o in line.world.owed(reference, "avis_dd")] == [second]
    facts = [told["fait"] for told in line.json("show", reference)["histoire"]]
    assert facts[-1] == "Avis à la délégation départementale de l’ARS : dispense (Aucune réponse n’est venue)"


def test_several_open_ones_are_listed_to_choose_from(line: CommandLine) -> None:
    reference = line.world.to_dd()
    consulted = {"partenaires": "cpam-35,cd-35", "questions": "Que pouvez-vous proposer ?"}
    line.world.decide(reference, "consulter", "sophie.carre", consulted)
    refused = in_french(line.run("avis", reference, "--as", "sophie.carre", "--answer", "Oui.", code=1))
    numbers = [o.n for o in line.world.owed(reference, "avis_dd")]
    assert refused.startswith("Quel avis ? Indiquez --due :")
    assert all(f"n° {n}, un avis" in refused for n in numbers)


def acting(line: CommandLine) -> str:
    reference = analysed(line)
    plan = {"intitule": "Trouver un relais", "porteur": "DAC’tiv", "echeance": "2026-03-02"}
    line.world.decide(reference, "traiter_localement", "katell.morvan", {"actions": [plan]})
    return reference


def test_an_action_ends_in_one_of_three_ways(line: CommandLine) -> None:
    reference = acting(line)
    assert "lundi 2 mars 2026" in in_french(line.run("action", reference, "--as", "katell.morvan"))
    without = ("action", reference, "--as", "katell.morvan", "--state", "abandonnee")
    assert "la raison" in in_french(line.run(*without, code=1)).lower()
    assert line.json(*without, "--reason", "Le service a fermé.")["etape"] == "en_traitement_local"
    assert line.world.owed(reference, "action_locale") == []


@pytest.mark.parametrize(
    ("args", "said"),
    [(("--state", "finie"), "« faite »"), (("--state", "faite", "--reason", "Oui"), "--state abandonnee")],
)
def test_an_action_badly_ended(line: CommandLine, args: tuple[str, ...], said: str) -> None:
    output = in_french(line.run("action", acting(line), "--as", "katell.morvan", *args, code=2))
    assert said.strip("« »") in output


# --- retour ---


def test_retours_owed_and_delivered_are_shown(line: CommandLine) -> None:
    reference = line.world.to_dd()
    told = line.json("retour", reference, "--as", "katell.morvan")["retours"]
    owed = [r for r in told if r["preuve"] == "à faire"]
    assert [(r["code"], r["pour"]) for r in owed] == [("F2", "le rédacteur de la fiche"), ("D12", "le DAC")]
    assert owed[0]["repond_a"] == ["Proposer à la gouvernance (T13)", "Valider la transmission à l’ARS (T18)"]
    assert {r["preuve"] for r in told} == {"à faire", "remis par l’outil"}
    assert "Retours de" in in_french(line.run("retour", reference, "--as", "katell.morvan"))


def test_the_last_mile_told_aloud_keeps_its_date(line: CommandLine) -> None:
    reference = line.world.to_dd()
    line.run("retour", reference, "--as", "katell.morvan", "--by", "oral", "--on", "2026-01-05", "--words", LONG)
    told = line.json("retour", reference, "--as", "katell.morvan")["retours"]
    assert next(r for r in told if r["code"] == "F2")["preuve"] == "transmis oralement le lundi 5 janvier 2026"
    again = line.run("retour", reference, "--as", "katell.morvan", "--by", "oral", code=1)
    assert "Aucun retour n’est à dire au rédacteur de la fiche." in in_french(again)


def test_the_last_mile_by_mail_awaits_its_proof_and_reading_gives_it(line: CommandLine) -> None:
    reference = line.world.to_dd()
    line.run("retour", reference, "--as", "katell.morvan", "--by", "courriel")
    told = line.json("retour", reference, "--as", "katell.morvan")["retours"]
    assert next(r for r in told if r["code"] == "F2")["preuve"] == "courriel envoyé, preuve attendue"
    assert "Cela ne vous revient pas" in line.run("retour", reference, "--as", "katell.morvan", "--by", "lu", code=1)
    line.run("retour", reference, "--as", "maelle.riou", "--by", "lu")
    assert line.world.owed(reference, "F2") == []


@pytest.mark.parametrize("text", [f"retour: {LONG}\n", f"texte: {LONG}\n"])
def test_a_retour_between_structures_is_written_in_a_file(line: CommandLine, tmp_path: Path, text: str) -> None:
    reference = line.world.to_dd()
    before = line.world.owed(reference, "D12")[0]
    (tmp_path / "retour.yaml").write_text(text, encoding="utf-8")
    line.run("retour", reference, "--as", "sophie.carre", "--write", str(tmp_path / "retour.yaml"))
    assert line.world.owed(reference, "D12")[0].n != before.n  # written, and due again in ninety days
    assert "retour d’étape" in in_french(line.run("retour", reference, "--as", "sophie.carre"))


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--by", "fax"), 2, "courriel"),
        (("--by", "courriel", "--on", "2026-01-06"), 2, "--by oral"),
        (("--by", "oral", "--on", "hier"), 2, "hier"),
        (("--by", "oral", "--on", "2031-01-06"), 1, "La date (le) est entre le"),
        (("--by", "publie"), 1, "Le moyen (moyen) attend"),
        (("--words", LONG), 2, "--by courriel"),
        (("--by", "oral", "--due", "99"), 1, "Le n° 99 n’est pas de ceux-là."),
        (("--write", "nulle-part.yaml"), 2, "introuvable"),
    ],
)
def test_a_retour_badly_told(line: CommandLine, args: tuple[str, ...], code: int, said: str) -> None:
    output = line.run("retour", line.world.to_dd(), "--as", "katell.morvan", *args, code=code)
    assert said in in_french(output)


@pytest.mark.parametrize("command", ["complement", "avis", "action", "retour", "explain", "show"])
def test_a_situation_or_a_person_nobody_knows(line: CommandLine, command: str) -> None:
    who = ("--as", "personne") if command not in ("explain", "show") else ()
    assert "mal recopiée" in in_french(line.run(command, "BRE-DACTIV-2026-0001-A", *who, code=1))
    if who:
        assert "Personne n’est connu" in in_french(line.run(command, analysed(line), *who, code=1))


# --- explain ---


def sentences(line: CommandLine, reference: str, code: str) -> list[str]:
    found: list[str] = next(o for o in line.json("explain", reference)["attendu"] if o["code"] == code)["phrases"]
    return found


def test_a_date_in_days_is_explained_with_its_pause(line: CommandLine) -> None:
    reference = asked(line)
    in_french(line.run("explain", reference))
    assert any("Délai suspendu depuis le lundi 5 janvier 2026" in said for said in sentences(line, reference, "D04"))
    line.world.until("2026-01-12")
    line.run("complement", reference, "--as", "maelle.riou", "--answer", "Depuis décembre.")
    said = sentences(line, reference, "D04")
    assert said[0] == "Attendu depuis le lundi 5 janvier 2026."
    assert said[1].startswith("Délai : 30 jours après le lundi 5 janvier 2026, soit le mercredi 4 février 2026 (")
    assert "Pauses et prolongations ont donné 7 jours de plus." in said
    assert said[-1] == "À rendre au plus tard le mercredi 11 février 2026."


def test_closed_days_that_were_stepped_over_are_named(line: CommandLine) -> None:
    line.world.until("2026-04-02")  # Thursday; Easter Monday is the 6th
    reference = analysed(line)
    granted: dict[str, FieldValue] = {"motif": {"code": "danger_proche", "texte": "La sortie est imminente."}}
    line.world.decide(reference, "accorder_urgence", "yann.lebihan", granted)
    line.world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    said = sentences(line, reference, "D08")
    assert any("2 jours ouvrés" in one and "situation urgente" in one and "mardi 7 avril 2026" in one for one in said)
    assert "Jours fermés sautés : 1 week-end et le lundi 6 avril 2026, férié." in said


def test_a_meeting_caps_the_date(line: CommandLine) -> None:
    reference = analysed(line)
    line.world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    line.world.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-01-20"})
    said = sentences(line, reference, "D09")
    assert any("(jour de la prochaine séance), soit le mardi 27 janvier 2026" in one for one in said)
    assert "La date la plus proche l’emporte : le mardi 27 janvier 2026." in said
    assert any("Inscrire à l’ordre du jour (T15)" in one for one in said)


def test_what_rings_next_is_what_the_engine_will_send(line: CommandLine) -> None:
    reference = analysed(line)
    rings = line.json("explain", reference)["attendu"][0]["rappels"]
    assert [ring["le"] for ring in rings] == ["2026-01-28", "2026-02-02", "2026-02-04", "2026-02-05", "2026-02-11"]
    assert rings[0]["a"] == ["l’analyste de l’antenne (Antenne de Fougères)"]
    before = len(line.world.mails(reference, "M12"))
    line.world.until("2026-02-11", "12:00")
    assert len(line.world.mails(reference, "M12")) - before == 4


def test_every_date_of_a_long_story_is_accounted_for(line: CommandLine) -> None:
    """The counts, and what is said to have moved the date, always lead to the date itself."""
    reference = line.world.to_dd()
    line.world.until("2026-02-02")
    for owed in line.json("explain", reference)["attendu"]:
        due = owed["phrases"][-1]
        assert owed["echeance"] is None or due.partition("le ")[2].rstrip(".") in " ".join(owed["phrases"][:-1])
    in_french(line.run("explain", reference))


def test_only_what_is_owed_is_explained(line: CommandLine) -> None:
    reference = analysed(line)
    n = line.world.owed(reference, "D04")[0].n
    assert [o["n"] for o in line.json("explain", reference, "--due", str(n))["attendu"]] == [n]
    assert f"Attendus : {n}." in in_french(line.run("explain", reference, "--due", "99", code=1))


# --- open --anonymous, show --tracking ---


def test_a_code_has_twelve_signs_nobody_confuses() -> None:
    code = new_code()
    assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{2}}[{ALPHABET}]{{4}}", code)
    assert canonical(f" {code.lower().replace('-', ' ')} ") == code
    assert not set("01OIL2Z5S8B") & set(ALPHABET)


def test_the_code_is_shown_once_and_kept_as_a_digest(line: CommandLine) -> None:
    args = ("open", "--as", "maelle.riou", "--antenne", "antenne-fougeres", "--departement", "35", "--anonymous")
    said = line.run(*args, "--id", "depot-1")
    code = re.search(r"Code de suivi : (\S+)", in_french(said))
    assert code
    assert code[1].encode() not in line.path.read_bytes()
    again = in_french(line.run(*args, "--id", "depot-1"))
    assert "Code de suivi :" not in again
    assert "il ne l’est plus" in again
    assert line.json(*args, "--id", "depot-1")["code_de_suivi"] is None
    assert re.fullmatch(r"(\w{4}-){2}\w{4}", line.json(*args)["code_de_suivi"])


def anonymous(line: CommandLine) -> tuple[str, str]:
    """A situation without an address, carried to the DD, that concludes."""
    world, code = line.world, new_code()
    reference = accepted(
        world.engine.open([Draft("anonyme", "maelle.riou", "antenne-fougeres", "35", code)])[0]
    ).reference
    world.decide(reference, "deposer", "maelle.riou", FORM)
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    world.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-01-20"})
    world.decide(reference, "valider", "claire.legoff", VALIDATION)
    world.wait(hours=3)
    world.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    return reference, code


def test_an_anonymous_redacteur_follows_five_steps_and_reads_what_was_published(line: CommandLine) -> None:
    reference, code = anonymous(line)
    seen = line.json("show", "--tracking", code.lower())
    assert [step["etat"] for step in seen["etapes"]] == ["fait", "fait", "fait", "en cours", "à venir"]
    assert seen["attente"].startswith("Décision attendue au plus tard le ")
    assert seen["retours"] == []
    line.run("retour", reference, "--as", "katell.morvan", "--by", "publie")
    valid = "Valider la transmission à l’ARS"
    assert line.json("show", "--tracking", code)["retours"] == [{"decision": valid, "texte": LONG}]  # as it was written

    line.world.decide(reference, "constater", "sophie.carre", FINAL)
    assert line.json("show", "--tracking", code)["etapes"][-1]["etat"] == "en cours"
    line.run("retour", reference, "--as", "katell.morvan", "--by", "publie", "--words", OWN_WORDS)
    seen = line.json("show", "--tracking", code)
    assert seen["etapes"][-1]["etat"] == "fait"
    assert seen["retours"][1:] == [
        {
            "decision": "Constat partagé, pas de moyen d’action à ce niveau",
            "motif": "L’offre est insuffisante sur le territoire",
            "texte": LONG,
            "actions": "Aucune action possible à ce niveau cette année.",
            "conserve": "La situation compte dans la carte des manques d’offre.",
            "prochaine": "aucune",
            "contact": "Pôle parcours de la DD 35",
        },
        {"texte": OWN_WORDS},
    ]
    page = in_french(line.run("show", "--tracking", code))
    assert "Motif : L’offre est insuffisante sur le territoire" in page
    assert "À qui s’adresser : Pôle parcours de la DD 35" in page
    for told in ("Déposée", "Analysée par le DAC", "Examinée par la gouvernance", "Examinée par l’ARS", "Retour reçu"):
        assert told in page
    for hidden in (reference, "Sophie", "Maëlle", "dd-35", "antenne", FORM["resume"], "hospitalisée"):
        assert str(hidden) not in page


def test_what_was_told_otherwise_is_not_published(line: CommandLine) -> None:
    reference, code = anonymous(line)
    line.run("retour", reference, "--as", "katell.morvan", "--by", "oral", "--words", OWN_WORDS)
    assert line.json("show", "--tracking", code)["retours"] == []


@pytest.mark.parametrize("code", ["AAAA-AAAA-AAAA", "", "é", "x" * 5000])
def test_a_code_nobody_was_given(line: CommandLine, code: str) -> None:
    anonymous(line)
    assert "Aucune situation ne répond à ce code" in in_french(line.run("show", "--tracking", code, code=1))


def test_a_reference_or_a_code_but_not_both(line: CommandLine) -> None:
    reference, code = anonymous(line)
    for args in ((), (reference, "--tracking", code)):
        assert "Donnez la référence d’une situation, ou un code" in in_french(line.run("show", *args, code=2))


# --- show: what is around a situation ---


def test_a_second_team_and_a_parent_are_shown(line: CommandLine) -> None:
    parent, world = analysed(line), line.world
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    shared: dict[str, FieldValue] = {
        "co_antenne": "antenne-vitre",
        "motif": {"code": "suivi_partage", "texte": "Deux équipes la suivent."},
    }
    world.decide(reference, "associer", "yann.lebihan", shared)
    assert "Suivie aussi par : Antenne de Vitré." in in_french(line.run("show", reference))
    assert reference in {row["reference"] for row in line.json("list", "--mine", "--as", "francoise.gesrel")}
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    attached: dict[str, FieldValue] = {
        "parent": parent,
        "motif": {"code": "meme_cause", "texte": "La cause est la même."},
    }
    world.decide(reference, "rattacher_doublon", "katell.morvan", attached)
    assert f"Rattachée à la situation {parent}." in in_french(line.run("show", reference))
    assert line.json("show", reference)["parent"] == parent


# --- all ---


def test_commands_come_in_the_order_of_a_story_and_all_speak_french() -> None:
    listed = CliRunner().invoke(orp, ["--help"]).output
    assert re.findall(r"^  (\w+)  ", listed, re.M) == list(COMMANDS)
    for name in COMMANDS:
        in_french(CliRunner().invoke(orp, [name, "--help"]).output)
