"""Retours: delivered, merged with those that are open, whole when they are the last (DESIGN §1)."""

import pytest

from tests.small_circuit import BY_MAIL, DAC, DD, END, ORAL, RETOUR, SECRETARY, Story, instant, refused, small
from tests.world import FINAL
from workflow.errors import MissingData
from workflow.model import Status
from workflow.rules import advance

# --- Retours between structures. ---

REPORT = """\
  etat: {genre: retour, par: dd, a: [dac, gouvernance], delai: 7 j, courriel: M11}
"""
REPORTING = """\
      annoncer: {code: X11, titre: Annoncer, par: [dd], vers: meme, doit: [etat]}
"""


def reporting() -> Story:
    story = Story(small(REPORT, REPORTING))
    story.decide("annoncer", DD)
    return story


def test_a_retour_between_structures_is_owed_to_each_beneficiary() -> None:
    owed = reporting().owed("etat")
    assert [o.beneficiary.organisation for o in owed if o.beneficiary] == ["dactiv", "gouvernance-dactiv"]


def test_a_retour_between_structures_is_written_once_and_delivered_to_all_at_that_instant() -> None:
    story = reporting().on("2026-01-08", "10:00")
    outcome = story.decide("acquitter", DD, RETOUR, story.owed("etat")[0])
    assert not story.owed("etat")
    assert {o.closed_at for o in story.all.values() if o.code == "etat"} == {instant("2026-01-08", "10:00")}
    assert {m.recipient for m in outcome.messages if m.mail == "M11"} == {DAC, SECRETARY}
    assert [content.field for content in outcome.contents] == ["retour.texte"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 59, f"  {'x' * 59}  "])
def test_a_retour_under_sixty_characters_is_refused(text: str) -> None:
    story = reporting()
    with pytest.raises(MissingData, match="60 caractères"):
        story.decide("acquitter", DD, {"retour": text}, story.owed("etat")[0])


def test_a_retour_of_sixty_characters_is_enough() -> None:
    story = reporting()
    story.decide("acquitter", DD, {"retour": "x" * 60}, story.owed("etat")[0])
    assert not story.owed("etat")


def test_what_the_tool_delivers_is_born_discharged_with_its_proof(story: Story) -> None:
    outcome = story.decide("faire_le_point", DD, RETOUR)
    (row,) = [o for o in outcome.changed.values() if o.proof == "remis"]
    assert (row.status, row.closed_at, row.due, row.wake_at) == (Status.DISCHARGED, story.now, None, None)
    assert (row.debtor.organisation, row.beneficiary and row.beneficiary.actor) == ("dd-35", "dac")
    assert row.answers == [f"point_fait:X5@{story.case.seq}"]


# --- Merging. ---


def test_one_open_retour_per_debtor_and_beneficiary_remembers_each_decision(story: Story) -> None:
    story.decide("faire_le_point", DD, RETOUR)
    first = story.case.seq
    story.on("2026-01-07").decide("faire_le_point", DD, RETOUR)
    second = story.case.seq
    story.on("2026-01-08").decide("conclure", DD, END)
    (owed,) = story.owed()
    answers = [f"point_fait:X5@{first}", f"point_fait:X5@{second}", f"suites_donnees:X8@{story.case.seq}"]
    assert owed.answers == answers


def test_the_earliest_date_stands_whichever_came_first(story: Story) -> None:
    story.decide("faire_le_point", DD, RETOUR)  # 10 j: 15 January
    story.on("2026-01-06").decide("conclure", DD, END)  # 7 j: 13 January
    assert story.due("point_fait") == "2026-01-13"
    later = Story(small())
    later.decide("faire_le_point", DD, RETOUR)
    later.on("2026-01-12").decide("conclure", DD, END)  # 7 j: 19 January
    assert later.due("point_fait") == "2026-01-15"


def test_a_retour_already_passed_on_is_not_merged_into(story: Story) -> None:
    story.decide("faire_le_point", DD, RETOUR)
    story.decide("acquitter", DAC, BY_MAIL, story.one("point_fait"))
    story.on("2026-01-06").decide("conclure", DD, END)
    assert [(o.code, len(o.answers)) for o in story.owed()] == [("point_fait", 1), ("suites_donnees", 1)]


def test_a_retour_already_rendered_is_not_merged_into(story: Story) -> None:
    story.decide("faire_le_point", DD, RETOUR)
    story.decide("acquitter", DAC, ORAL, story.one("point_fait"))
    story.decide("faire_le_point", DD, RETOUR)
    assert [len(o.answers) for o in story.owed("point_fait")] == [1]


def test_an_interim_retour_joined_by_a_final_one_becomes_final(story: Story) -> None:
    story.decide("faire_le_point", DD, RETOUR)
    assert not story.one("point_fait").final
    story.decide("conclure", DD, END)
    assert story.one("point_fait").final


ALREADY = """\
      annoncer_la_fin:
        code: X15
        titre: Annoncer la fin
        par: [dd]
        vers: meme
        exige: [motif, retour]
        motifs: suites
        issue: cloturee
        doit: [suites_donnees]
"""


def test_a_final_retour_joined_by_an_interim_one_stays_final() -> None:
    story = Story(small("", ALREADY))
    story.decide("annoncer_la_fin", DD, END)
    story.decide("faire_le_point", DD, RETOUR)
    assert story.one("suites_donnees").final


FINAL_REPORT = """\
  suivi: {genre: retour, par: dd, a: [dac], pendant: [examen], delai: 30 j, renouvelle: 90 j}
  reponse: {genre: retour, par: dd, a: [gouvernance], delai: 7 j}
"""
FINALLY = """\
      repondre: {code: X12, titre: Répondre, par: [dd], vers: retour_en_diffusion, issue: cloturee, doit: [reponse]}
"""


def ended() -> Story:
    story = Story(small(FINAL_REPORT, FINALLY))
    story.decide("repondre", DD)
    return story


def test_a_final_retour_between_structures_holds_all_its_parts() -> None:
    story = ended()
    assert "prochaine" in refused(story, MissingData, "acquitter", DD, RETOUR, code="reponse")
    story.decide("acquitter", DD, {"retour": FINAL["retour"]}, story.one("reponse"))
    assert story.one("reponse").status is Status.DISCHARGED


def test_an_interim_retour_never_discharges_a_final_one() -> None:
    story = ended()
    story.decide("acquitter", DD, RETOUR, story.one("suivi"))  # to the DAC, without the parts of a final one
    assert story.one("reponse").is_open


def test_merging_leaves_the_dossier_that_was_given_untouched(story: Story) -> None:
    story.decide("faire_le_point", DD, RETOUR)
    given, trigger = story.dossier, story.decision("faire_le_point", DD, RETOUR)
    advance(story.circuit, given, trigger, story.now)
    assert [len(o.answers) for o in given.obligations if o.code == "point_fait"] == [1]


# --- What a final retour says. ---

PARTS: dict[str, str] = dict(FINAL["retour"])  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["texte", "actions", "conserve", "prochaine", "contact"])
@pytest.mark.parametrize("value", ["", "   "])
def test_each_part_of_a_final_retour_is_required(story: Story, part: str, value: str) -> None:
    refused(story, MissingData, "conclure", DD, {"motif": "courte", "retour": PARTS | {part: value}})


def test_a_final_retour_is_not_the_label_of_its_motif(story: Story) -> None:
    label = story.circuit.definition.reasons["suites"]["longue"]
    assert len(label) >= 60
    for text in (label, f"{label}.", label.upper(), f"  {label} "):
        refused(story, MissingData, "conclure", DD, {"motif": "longue", "retour": PARTS | {"texte": text}})


def test_a_final_retour_of_fifty_nine_characters_is_refused_and_of_sixty_accepted(story: Story) -> None:
    refused(story, MissingData, "conclure", DD, {"motif": "courte", "retour": PARTS | {"texte": "x" * 59}})
    story.decide("conclure", DD, {"motif": "courte", "retour": PARTS | {"texte": "x" * 60}})
    assert story.case.step == "retour_en_diffusion"


def test_the_next_date_is_a_date_or_none(story: Story) -> None:
    refused(story, MissingData, "conclure", DD, {"motif": "courte", "retour": PARTS | {"prochaine": "on verra"}})


def test_all_faults_of_a_decision_are_said_at_once(story: Story) -> None:
    with pytest.raises(MissingData) as caught:
        story.decide("conclure", DD, {"retour": "court", "couleur": "bleu"})
    assert len(caught.value.faults) == 7  # the motif, the retour and its four parts, a field with no place here
