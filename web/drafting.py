"""A form being written: kept field by field until it is sent, and what may identify somebody in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from web.visit import Visit
from workflow.circuit.forms import FormDefinition
from workflow.questions import Asked, Question, Widget, of_sheet
from workflow.records import Drafted
from workflow.suspects import Suspect, suspects

LONGEST = 20_000
"""Characters of one field that are kept: far more than any form takes."""
FREE = (Widget.TEXT, Widget.LINE)
"""Asked in one's own words."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some questions under one heading, and their answers."""

    title: str
    asked: Sequence[Asked]
    values: Mapping[str, Sequence[str]]

    @property
    def given(self) -> int:
        """How many have an answer."""
        return sum(bool(self.values.get(asked.question.name)) for asked in self.asked)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form on screen."""

    form: FormDefinition
    asked: Sequence[Asked]
    values: Mapping[str, Sequence[str]]

    @property
    def questions(self) -> list[Question]:
        """Its questions, in order."""
        return [asked.question for asked in self.asked]

    @property
    def parts(self) -> list[Part]:
        """The form cut at its headings."""
        cuts = [number for number, asked in enumerate(self.asked) if asked.heading or number == 0]
        spans = zip(cuts, [*cuts[1:], len(self.asked)], strict=True)
        return [Part(self.asked[start].heading, self.asked[start:end], self.values) for start, end in spans]

    @property
    def doubts(self) -> list[tuple[Question, list[Suspect]]]:
        """What a reader should look at again, by question."""
        texts = [(q, "\n".join(self.values.get(q.name, ()))) for q in self.questions if q.widget in FREE]
        return [(q, found) for q, text in texts if (found := suspects(text))]


def make_sheet(
    visit: Visit,
    form: FormDefinition,
    required: Sequence[str],
    answers: Mapping[str, str],
    drafts: Mapping[str, Drafted] | None = None,
) -> Sheet:
    """Return a form with the answers it already has, under what is being written."""
    asked = of_sheet(visit.situation.circuit, form, visit.now.date(), required, answers)
    written = {name: kept.text for name, kept in (drafts or {}).items()}
    given = {**answers, **written}
    values = {one.question.name: _several(one.question, given.get(one.question.name, "")) for one in asked}
    return Sheet(form, asked, values)


def _several(question: Question, kept: str) -> list[str]:
    return kept.split(",") if question.widget is Widget.CHOICES else [kept] * bool(kept)


def keep(visit: Visit, questions: Sequence[Question]) -> None:
    """Keep what was typed: all the fields, or the one that the form names (`champ`)."""
    only = visit.typed("champ")
    typed = {
        q.name: ",".join(visit.form.get(q.name, ())) if q.widget is Widget.CHOICES else clean(visit.typed(q.name))
        for q in questions
        if only in ("", q.name)
    }
    case = visit.situation.dossier.case
    with visit.services.store.writing() as work:
        work.typed.keep(case.reference, case.dac, typed, visit.who, visit.now)


def clean(text: str) -> str:
    """Return a text that any database can hold, and no longer than may be kept."""
    return "".join(sign for sign in text if sign != "\0" and not "\ud800" <= sign <= "\udfff")[:LONGEST]


def forget(visit: Visit, fields: Sequence[str]) -> None:
    """Forget what was sent: it is kept for good elsewhere."""
    with visit.services.store.writing() as work:
        work.typed.drop(visit.situation.dossier.case.reference, fields)
