"""Compléments and avis: what was asked, of whom, until when, and what was answered."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workflow.circuit.model import WRITER, Kind
from workflow.discharging import DISCHARGE
from workflow.model import Obligation, Status
from workflow.records import Entry
from workflow.sentences.said import ANSWER, QUESTIONS
from workflow.sentences.situation import Seen
from workflow.sentences.wording import title_of
from workflow.words import in_paris

STATES = {Status.WAIVED: "Sans réponse : la demande a été levée.", Status.LAPSED: "La demande n’a plus d’objet."}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer, if there is one."""

    kind: Kind
    asker: str
    asked: str
    question: str
    asked_at: datetime
    due: date | None
    answer: str
    answered_at: str
    state: str
    """Why there is no answer; empty if there is one, or if it is still awaited."""
    organisations: frozenset[str]
    """Those who asked, and who were asked: nobody else reads it."""
    of_writer: bool
    """Asked of the rédacteur."""


def exchanges(seen: Seen, entries: Sequence[Entry], texts: Mapping[int, Mapping[str, str]]) -> list[Exchange]:
    """Return what was asked on a situation, the latest first; `texts` are given by journal position."""
    told = [(entry, json.loads(entry.content)) for entry in entries]
    asked = {line["n"]: entry for entry, content in told for line in content.get("ouvre", ())}
    answered = {content["du"]: entry for entry, content in told if content.get("verbe") == DISCHARGE}
    return list(_exchanges(seen, asked, answered, texts))


def _exchanges(
    seen: Seen, asked: Mapping[int, Entry], answered: Mapping[int, Entry], texts: Mapping[int, Mapping[str, str]]
) -> Iterator[Exchange]:
    for o in reversed(seen.obligations):
        if o.kind not in (Kind.COMPLEMENT, Kind.OPINION) or o.n not in asked:
            continue
        answer = answered.get(o.n)
        yield Exchange(
            kind=o.kind,
            asker=title_of(seen.circuit, o.beneficiary) if o.beneficiary else "",
            asked=title_of(seen.circuit, o.debtor),
            question=texts.get(asked[o.n].seq, {}).get(QUESTIONS, ""),
            asked_at=o.opened_at,
            due=o.due if o.is_open else None,
            answer=texts.get(answer.seq, {}).get(ANSWER, "") if answer else "",
            answered_at=in_paris(o.closed_at) if answer and o.closed_at else "",
            state=STATES.get(o.status, ""),
            organisations=frozenset(_organisations(o)),
            of_writer=o.debtor.actor == WRITER,
        )


def _organisations(o: Obligation) -> Iterator[str]:
    if o.debtor.actor != WRITER:  # the rédacteur answers alone, not their organisation
        yield o.debtor.organisation
    if o.beneficiary:
        yield o.beneficiary.organisation
