"""`/suivre`: what the bearer of a tracking code sees, without a name or an address: five steps, a date, the retours."""

from typing import Any

from starlette.responses import Response

from web.throttle import TRACKING, allows
from web.visit import Visit
from workflow.sentences import path
from workflow.sentences.followed import Followed
from workflow.tracking import canonical

UNKNOWN = "Aucune situation ne répond à ce code de suivi. Vérifiez ses douze signes."
TOO_MANY = "Trop de codes ont été essayés d’ici. Attendez une heure."
LONGEST = 40


def ask(visit: Visit) -> Response:
    """Ask for a code."""
    return visit.page("suivre.html", erreur="", saisi="", suivie=None)


def show(visit: Visit) -> Response:
    """Show where the situation of this code is; codes are tried at most so often."""
    typed = visit.typed("code")[:LONGEST]
    with visit.services.store.writing() as work:
        allowed = allows(work, TRACKING, visit.address, visit.now)
    if not allowed:
        return visit.page("suivre.html", 429, erreur=TOO_MANY, saisi=typed, suivie=None)
    found = _followed(visit, canonical(typed))
    status = 200 if found else 422
    return visit.page("suivre.html", status, erreur="" if found else UNKNOWN, saisi=typed, suivie=found)


def _followed(visit: Visit, code: str) -> dict[str, Any] | None:
    with visit.services.store.reading() as work:
        case = work.screens.tracked(code)
        if case is None:
            return None
        obligations, parties = work.screens.obligations(case.reference), work.screens.parties(case.reference)
        entries, texts = work.journal.of(case.reference), work.screens.decided(case.reference, ("retour",), ())
    circuits = visit.services.circuits
    circuit = circuits.get(case.circuit)
    return {
        "etapes": path.path(circuit, case, parties, obligations),
        "attente": path.awaited(circuit, obligations),
        "retours": path.retours(Followed(circuits.get, case, entries), obligations, entries, texts, path.is_published),
    }
