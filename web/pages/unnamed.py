"""`/deposer-sans-compte`: a form begun without an account, where the DAC keeps no address; a code is the way back."""

from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex

from starlette.responses import Response

from web.pages.acting import identifier
from web.pages.deposit import departements
from web.pages.follow import SIGNED_IN
from web.ports.services import Work
from web.session import follow
from web.throttle import DEPOSITS, allows
from web.visit import Visit
from workflow.circuit.model import Slot
from workflow.composing import of_the_day
from workflow.errors import InvalidDefinition, Refusal
from workflow.model import Organisation
from workflow.opening import Draft
from workflow.ports.work import Places
from workflow.tracking import ANONYMOUS, code_of

CHOOSE = "Choisissez l’antenne qui recueille la situation."
TOO_MANY = "Trop de fiches ont été commencées d’ici. Attendez une heure, ou appelez le DAC."
AGAIN = "Cette fiche a été commencée dans un autre navigateur : suivez-la avec son code, ou commencez-en une autre."


def show(visit: Visit, error: str = "", status: int = 200) -> Response:
    """Say where a form may be begun without an account, and begin it."""
    with visit.services.store.reading() as work:
        directory = work.staff.directory()
        followed = _followed(work, directory, visit.now)
    antennes = {one: directory[one].name for one in sorted(followed) if _is_open(visit, followed[one])}
    usual = directory[next(iter(antennes))].departement if antennes else ""
    return visit.page(
        "deposer_sans_compte.html",
        status,
        antennes=antennes,
        departements=departements(directory),
        usuel=usual,
        erreur=error or (SIGNED_IN if visit.session and not visit.follows else ""),
        saisi={name: visit.typed(name) for name in ("antenne", "departement")},
        identifiant=token_hex(16),
    )


def begin(visit: Visit) -> Response:
    """Begin a form, and show the code that opens it, once."""
    if visit.session and not visit.follows:
        return show(visit, status=409)
    with visit.services.store.writing() as work:
        allowed = allows(work, DEPOSITS, visit.address, visit.now)
        known = visit.typed("antenne") in work.staff.directory()
    if not (allowed and known):
        return show(visit, CHOOSE, 422) if allowed else show(visit, TOO_MANY, 429)
    name = identifier(visit.typed("identifiant"))
    code = code_of(visit.secret, name)
    draft = Draft(name, ANONYMOUS, visit.typed("antenne"), visit.typed("departement"), code)
    result = visit.services.engine.open([draft])[0]
    if isinstance(result, Refusal):
        return show(visit, str(result), 422)
    with visit.services.store.writing() as work:
        begun = work.screens.tracked(code)
        secret = follow(work, begun.reference, visit.agent, visit.now) if begun else ""
    if not secret:
        return show(visit, AGAIN, 409)
    return visit.holding(secret).page("code_de_suivi.html", reference=result.reference, code=code, a_lui=True)


def _followed(work: Work, directory: Mapping[str, Organisation], now: datetime) -> dict[str, str]:
    """Return the circuit that a situation of each antenne would follow today, in its own département."""
    published = work.published(now)
    places = work.places({(o.id, o.departement) for o in directory.values() if o.kind == Slot.ANTENNE})
    return {
        antenne: str(of_the_day(published, directory, where.parties))
        for (antenne, _), where in places.items()
        if isinstance(where, Places)
    }


def _is_open(visit: Visit, circuit: str) -> bool:
    """Say whether a circuit takes in forms from anybody and keeps no address."""
    try:
        definition = visit.services.circuits.get(circuit).definition
    except InvalidDefinition:  # its layers do not go together: beginning a form there says so
        return False
    return definition.anonymous and definition.open_to_partners
