"""Stale pages, double clicks, and what the journal keeps of them (DESIGN §3)."""

from dataclasses import replace

import pytest

from tests.small_circuit import (
    ANALYST,
    ANSWER,
    ANTENNE,
    ASK,
    CONSULT,
    DAC,
    DD,
    ENTRUST,
    WRITER,
    Story,
    asked,
    refused,
    small,
    validated,
)
from tests.world import FINAL, FORM, World, make_world, ten_steps
from workflow.errors import MissingData, StaleVersion, accepted
from workflow.model import Case
from workflow.opening import Draft

# --- Stale pages, double clicks, journal. ---


def test_a_stale_page_is_told_who_decided_what_and_when(story: Story) -> None:
    story.on("2026-01-20").decide("consulter", DD, CONSULT)
    stale = replace(story.decision("passer", DD), expected_version=0)
    with pytest.raises(StaleVersion) as caught:
        story.play(stale)
    assert "« Consulter », par Sophie Carré, le mardi 20 janvier 2026" in str(caught.value)
    story.play(replace(stale, expected_version=story.case.version))
    assert story.case.step == "suite"


def test_a_reminder_or_an_overrun_never_makes_a_page_stale(story: Story) -> None:
    version = story.case.version
    story.on("2026-03-01")
    story.play(replace(story.decision("passer", DD), expected_version=version))
    assert story.case.step == "suite"


def test_a_verb_makes_other_pages_stale_too(story: Story) -> None:
    story.decide("confier", DD, ENTRUST)
    version = story.case.version
    story.decide("acquitter", DAC, {"etat": "faite"}, story.one("action"))
    with pytest.raises(StaleVersion, match="Katell Morvan"):
        story.play(replace(story.decision("passer", DD), expected_version=version))


def test_a_stale_page_says_the_day_of_those_who_decided() -> None:
    story = Story(small()).on("2026-01-20", "00:30")
    story.decide("consulter", DD, CONSULT)
    with pytest.raises(StaleVersion) as caught:
        story.play(replace(story.decision("passer", DD), expected_version=0))
    assert "mardi 20 janvier" in str(caught.value)


def test_a_decision_already_seen_changes_nothing(story: Story) -> None:
    again = story.decision("consulter", DD, CONSULT)
    story.play(again)
    story.dossier = replace(story.dossier, facts=replace(story.dossier.facts, seen={again.id: again.reference}))
    before = replace(story.case)
    outcome = story.play(again)
    assert (outcome.entries, outcome.messages, outcome.changed) == ([], [], {})
    assert story.case == before


def test_an_overrun_is_written_when_it_starts_and_when_it_ends(story: Story) -> None:
    story.on("2026-02-10").decide("passer", DD)
    assert story.kinds() == ["ouvrir", "depassement_debut", "depassement_fin", "decision"]
    assert [entry.effective_at[:16] for entry in story.entries[1:]] == [
        "2026-02-04T23:00",
        "2026-02-10T08:00",
        "2026-02-10T08:00",
    ]


def test_a_text_bears_the_level_of_its_author(story: Story) -> None:
    asked(story).decide("acquitter", DAC, ANSWER, story.one("complement"))
    assert [content.level for content in story.contents if content.field == "reponse"] == ["dac"]


def test_the_delegation_does_not_rewrite_the_form() -> None:
    story = validated("2026-01-05", "09:00").on("2026-01-06")
    story.decide("prendre_en_charge", DD, {"officier": DD})
    refused(story, MissingData, "constater", DD, FINAL | {"resume": "Une autre histoire."})


# --- On the database. ---


@pytest.fixture
def world() -> World:
    return make_world(files=ten_steps())


def test_a_double_submission_is_harmless(world: World) -> None:
    reference = world.open()
    deposit = world.decision(reference, "deposer", WRITER, FORM)
    world.engine.decide([deposit])
    before = (world.case(reference), world.kinds(reference), world.mails(reference))
    (again,) = world.engine.decide([deposit])
    assert isinstance(again, Case)
    after = (world.case(reference), world.kinds(reference), world.mails(reference))
    assert after == before
    assert again == before[0]


def test_opening_twice_under_one_identifier_begins_one_draft(world: World) -> None:
    draft = Draft("o-unique", WRITER, "antenne-fougeres", "35")
    first, second = (accepted(world.engine.open([draft])[0]) for _ in range(2))
    assert first.reference == second.reference
    assert world.kinds(first.reference) == ["ouvrir"]


def test_a_double_submission_inside_one_batch_is_harmless(world: World) -> None:
    reference = world.open()
    world.decide(reference, "deposer", WRITER, FORM)
    world.decide(reference, "retenir_pour_analyse", ANTENNE, {"nature": "averee"})
    ask = world.decision(reference, "demander_complement", ANALYST, ASK)
    world.engine.decide([ask, ask])
    assert len(world.owed(reference, "complement")) == 1
