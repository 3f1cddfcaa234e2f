"""The first start: whoever reads the code on the server's console becomes the administrator; then the page is gone."""

from starlette.responses import Response

from web.contacts import ADDRESS, LONGEST_NAME, identifier
from web.ports.services import Work
from web.secrets import hashed, same, weakness
from web.throttle import SETUPS, allows
from web.visit import Visit
from workflow.errors import UnknownReference

WRONG = "Ce code n’est pas celui que la console du serveur affiche."
NAMELESS = "Donnez un nom et une adresse électronique, par exemple prenom.nom@exemple.fr."


def show(visit: Visit) -> Response:
    """Ask for the code of the console, a name, an address and a password."""
    _still_open(visit)
    return visit.page("installation.html", erreur="", saisi={})


def make(visit: Visit) -> Response:
    """Make the administrator."""
    _still_open(visit)
    said = {name: visit.typed(name) for name in ("nom", "courriel")}
    with visit.services.store.writing() as work:
        fault = _fault(work, visit, said)
        if fault:
            return visit.page("installation.html", 422, erreur=fault, saisi=said)
        person = work.entry.person_at(said["courriel"])
        if person is None:
            person = identifier(said["courriel"], work.screens.names())
            work.entry.add_person(person, said["nom"], said["courriel"])
        work.entry.keep_account(person, password=hashed(visit.typed("mot_de_passe")), administrator=True)
    return visit.to("/entrer")


def _still_open(visit: Visit) -> None:
    """The page does not exist without a code on the console, nor once somebody runs the service."""
    with visit.services.store.reading() as work:
        if visit.services.setup_code is None or work.entry.has_administrator():
            raise UnknownReference("Le service a déjà son administrateur.")


def _fault(work: Work, visit: Visit, said: dict[str, str]) -> str:
    if not allows(work, SETUPS, "", visit.now):
        return "Trop d’essais : attendez une heure."
    if not same(visit.services.setup_code or "", visit.typed("code").upper()):
        return WRONG
    if not said["nom"] or len(said["nom"]) > LONGEST_NAME or not ADDRESS.fullmatch(said["courriel"]):
        return NAMELESS
    if visit.typed("mot_de_passe") != visit.typed("encore"):
        return "Les deux mots de passe ne sont pas les mêmes."
    return weakness(visit.typed("mot_de_passe"))
