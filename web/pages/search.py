"""`/situations`: find a situation again among those I may see, whether or not I owe something there."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from web.access import Part, reaches, seats
from web.pages.inbox import LONGEST
from web.reading import see
from web.visit import Seen, Visit
from workflow.circuit.model import Proof
from workflow.errors import Refusal
from workflow.ports.lists import Found, Looked
from workflow.references import read_reference
from workflow.sentences.titles import ASKED, looked_for, title_of

MOST = 50


def show(visit: Visit) -> Response:
    """Show what holds the words that were typed; a reference alone leads to its situation."""
    typed = visit.asked("q")[:LONGEST].strip()
    looked = Looked(looked_for(visit.national, typed), seats(visit.national, visit.who))
    if reference := _reference(visit, typed):
        return visit.to(f"/situations/{reference}")
    with visit.services.store.reading() as work:
        found = work.found(looked, MOST + 1) if looked.words else []
        answers = work.inbox.answers({one.reference for one in found}, ASKED)
    mine = see(visit, [one.reference for one in found[:MOST]], "GET /situations")
    lines = [_line(one, mine[one.reference], answers) for one in found if one.reference in mine]
    return _page(visit, q=typed, lignes=lines, trop=len(found) > MOST)


def by_key(visit: Visit) -> Response:
    """Find a situation by the number its DAC gives it elsewhere: sent by POST, it stands in no address and no log."""
    typed = visit.typed("repere")[:LONGEST]
    if reference := _keyed(visit, typed):
        return visit.to(f"/situations/{reference}")
    return _page(visit, 422, q="", lignes=[], trop=False, inconnu=True)


def _page(visit: Visit, status: int = 200, **shown: Any) -> Response:
    keyed = visit.services.seal is not None and reaches(visit.proof, Proof.STRONG)
    return visit.page("recherche.html", status, reperes=keyed, **({"inconnu": False} | shown))


def _line(one: Found, there: Seen, answers: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    case, circuit = there.dossier.case, there.circuit
    step, told = circuit.step(case.step), there.sight.sees(Part.HISTORY)
    composed = title_of(circuit, answers.get(one.reference, {}), one.antenne)
    return {
        "reference": one.reference,
        "intitule": next(iter(one.titles.values()), composed),
        "etape": step.title if told and not step.no_delay else "",  # what it is attached to says it
        "rattachee": one.parent if told else "",
        "urgente": case.urgent,
    }


def _reference(visit: Visit, typed: str) -> str:
    """The situation whose reference was typed whole, if it exists for this person."""
    try:
        reference = read_reference(typed)
    except Refusal:
        return ""
    return reference if see(visit, {reference}, "GET /situations") else ""


def _keyed(visit: Visit, typed: str) -> str:
    """The situation that bears this local key, if it is one of this person's DAC."""
    if visit.services.seal is None or not typed:
        return ""
    with visit.services.store.reading() as work:
        reference = work.typed.keyed(visit.services.seal.mark(typed), visit.who)
    seen = see(visit, {reference}, "POST /situations") if reference else {}
    return next((found for found, there in seen.items() if there.sight.sees(Part.WORK)), "")
