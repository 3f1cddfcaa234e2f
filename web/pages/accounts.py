"""`/acces`: the administrator gives somebody the code by which they choose a first password, or a new one."""

from datetime import timedelta

from starlette.responses import Response

from web.secrets import activation, new_activation
from web.visit import Visit

LIFE = timedelta(days=7)
"""How long such a code may be used."""
UNKNOWN = "Aucune personne n’a cette adresse dans l’annuaire. Une boîte de service n’a pas de mot de passe."


def show(visit: Visit) -> Response:
    """Ask for whom."""
    return visit.page("acces.html", erreur="", courriel="", code="", nom="", jusque=None)


def give(visit: Visit) -> Response:
    """Make a code, shown once: it is said aloud or written on paper, never mailed."""
    email, code, until = visit.typed("courriel"), new_activation(), visit.now + LIFE
    with visit.services.store.writing() as work:
        person = work.entry.person_at(email)
        if person is None:
            return visit.page("acces.html", 422, erreur=UNKNOWN, courriel=email, code="", nom="", jusque=None)
        work.entry.keep_account(person, activation=activation(code), activation_until=until)
        name = work.screens.names_of({person})[person]
    return visit.page("acces.html", erreur="", courriel="", code=code, nom=name, jusque=until)
