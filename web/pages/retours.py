"""`/retours`: what I owe and what I am owed, late first; and whether what the rédacteur was told answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from secrets import token_hex
from typing import Any

from starlette.responses import Response

from web.pages.acting import identifier
from web.pages.inbox import line
from web.reading import listed
from web.visit import Visit
from workflow.circuit.model import Kind
from workflow.errors import IllegalDecision, Refusal
from workflow.judging import JUDGE
from workflow.ports.lists import Awaited, Sought
from workflow.sentences.proofs import proof_of
from workflow.sentences.titles import ASKED
from workflow.sentences.wording import title_of
from workflow.triggers import Decision
from workflow.words import PARIS, enumerate_words

MOST = 100
"""Lines of each list."""
RECENT, YEAR = timedelta(days=90), timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Page:
    """What was read for one person."""

    owed: Sequence[Awaited]
    expected: Sequence[Awaited]
    received: Sequence[Awaited]
    answers: dict[str, dict[str, str]]
    judged: set[tuple[str, int]]
    verdicts: tuple[int, int]


def show(visit: Visit) -> Response:
    """Show the retours to make, those awaited, and those of the last three months."""
    page = _read(visit)
    return visit.page(
        "retours.html",
        a_faire=list(_to_make(visit, page)),
        attendus=[_line(visit, page, row) for row in page.expected],
        recus=[_received(visit, page, row) for row in page.received],
        avis=page.verdicts,
        identifiant=token_hex(16),
        fait=visit.asked("fait"),
    )


def judge(visit: Visit) -> Response:
    """Take in « Ce retour répond-il à la situation ? »: a « non » owes the rédacteur a call, and reopens nothing.

    No version is expected: what others decided meanwhile does not change what the rédacteur thinks of a retour.
    """
    reference, answer = visit.situation.dossier.case.reference, visit.typed("reponse")
    with visit.services.store.reading() as work:
        received = work.retours.received(visit.who, visit.now - RECENT, MOST)
        judged = work.retours.judged(visit.who.id, {reference})
    offered = [row for row in received if row.reference == reference and _may_judge(row, judged)]
    row = next((row for row in offered if str(row.obligation.n) == visit.typed("du")), None)
    if row is None:
        raise IllegalDecision("Votre avis sur ce retour n’est pas attendu, ou il est déjà enregistré.")
    decision = Decision(
        id=identifier(visit.typed("identifiant")),
        reference=reference,
        name=JUDGE,
        by=visit.who.id,
        fields={"reponse": answer},
        due=row.obligation.n,
        salt=token_hex(16),
    )
    result = visit.services.engine.decide([decision])[0]
    if isinstance(result, Refusal):
        raise result
    return visit.to(f"/retours?fait={answer}")


def _read(visit: Visit) -> Page:
    today, who = visit.now.astimezone(PARIS).date(), visit.who
    with visit.services.store.reading() as work:
        owed = work.inbox.page(who, today, (Kind.RETOUR,), Sought(), (0, MOST))
        expected = work.retours.expected(who, MOST)
        received = work.retours.received(who, visit.now - RECENT, MOST)
        references = {row.reference for row in (*owed, *expected, *received)}
        answers = work.inbox.answers(references, ASKED)
        judged = work.retours.judged(who.id, {row.reference for row in received})
        verdicts = work.retours.verdicts({organisation for organisation, _ in who.functions}, visit.now - YEAR)
    listed(visit, references, "GET /retours")
    return Page(owed, expected, received, answers, judged, verdicts)


def _line(visit: Visit, page: Page, row: Awaited) -> dict[str, Any]:
    circuit = visit.services.circuits.get(row.circuit)
    shown, o = line(circuit, row, page.answers.get(row.reference, {}), visit.now), row.obligation
    return shown | {
        "n": o.n,
        "pour": title_of(circuit, o.beneficiary) if o.beneficiary else "",
        "preuve": proof_of(o),
    }


def _to_make(visit: Visit, page: Page) -> Iterator[dict[str, Any]]:
    """A retour between structures is written once for all those it is owed to: it is one line."""
    for _, same in groupby(page.owed, key=_written_together):
        rows = [_line(visit, page, row) for row in same]
        yield rows[0] | {"pour": enumerate_words([row["pour"] for row in rows], "et"), "ensemble": len(rows) > 1}


def _written_together(row: Awaited) -> tuple[str, str, int]:
    o = row.obligation
    return row.reference, o.code, o.n if o.last_mile else 0


def _received(visit: Visit, page: Page, row: Awaited) -> dict[str, Any]:
    return _line(visit, page, row) | {"le": row.obligation.closed_at, "a_juger": _may_judge(row, page.judged)}


def _may_judge(row: Awaited, judged: set[tuple[str, int]]) -> bool:
    return row.obligation.last_mile and (row.reference, row.obligation.n) not in judged
