"""`/deposer-sans-compte`: a form begun without an account, where the DAC keeps no address; a code is the way back."""

from dataclasses import replace
from secrets import token_hex

from starlette.responses import Response

from web.pages.acting import identifier
from web.pages.deposit import departements
from web.pages.follow import SIGNED_IN
from web.session import follow
from web.throttle import DEPOSITS, allows
from web.visit import Visit
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import Slot
from workflow.errors import Refusal
from workflow.opening import Draft
from workflow.tracking import ANONYMOUS, code_of

CHOOSE = "Choisissez l’antenne qui recueille la situation."
TOO_MANY = "Trop de fiches ont été commencées d’ici. Attendez une heure, ou appelez le DAC."
AGAIN = "Cette fiche a été commencée dans un autre navigateur : suivez-la avec son code, ou commencez-en une autre."


def show(visit: Visit, error: str = "", status: int = 200) -> Response:
    """Say where a form may be begun without an account, and begin it."""
    with visit.services.store.reading() as work:
        directory, published = work.staff.directory(), work.published(visit.now)
    circuit_of = replace(visit, published=published).circuit_of(directory)
    antennes = sorted(o.id for o in directory.values() if o.kind == Slot.ANTENNE and _is_open(circuit_of(o.id)))
    return visit.page(
        "deposer_sans_compte.html",
        status,
        antennes={antenne: directory[antenne].name for antenne in antennes},
        departements=departements(directory),
        usuel=directory[antennes[0]].departement if antennes else "",
        erreur=error,
        entre=SIGNED_IN if visit.signed_in else "",
        saisi={name: visit.typed(name) for name in ("antenne", "departement")},
        identifiant=token_hex(16),
    )


def begin(visit: Visit) -> Response:
    """Begin a form, and show the code that opens it, once."""
    if visit.signed_in:
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


def _is_open(circuit: Circuit) -> bool:
    """Say whether a circuit takes in forms from anybody and keeps no address."""
    return circuit.definition.anonymous and circuit.definition.open_to_partners
