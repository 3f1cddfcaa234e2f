"""`/suivre`: a tracking code opens its situation, and nothing else; it is the rédacteur's password."""

from starlette.responses import Response

from web.session import follow
from web.throttle import TRACKING, allows
from web.visit import Visit
from workflow.tracking import canonical

UNKNOWN = "Aucune situation ne répond à ce code de suivi. Vérifiez ses douze signes."
TOO_MANY = "Trop de codes ont été essayés d’ici. Attendez une heure."
SIGNED_IN = (
    "Vous êtes entré sous votre nom dans ce navigateur. Sortez d’abord, ou ouvrez cette page dans une fenêtre privée."
)
LONGEST = 40


def ask(visit: Visit, error: str = "", status: int = 200) -> Response:
    """Ask for a code."""
    return visit.page("suivre.html", status, erreur=error, saisi=visit.typed("code")[:LONGEST])


def enter(visit: Visit) -> Response:
    """Open the situation of this code; codes are tried at most so often."""
    if visit.signed_in:
        return ask(visit, SIGNED_IN, 409)
    with visit.services.store.writing() as work:
        if not allows(work, TRACKING, visit.address, visit.now):
            return ask(visit, TOO_MANY, 429)
        case = work.screens.tracked(canonical(visit.typed("code")[:LONGEST]))
        if case is None:
            return ask(visit, UNKNOWN, 422)
        secret = follow(work, case.reference, visit.agent, visit.now)
    return visit.holding(secret).to(f"/situations/{case.reference}")
