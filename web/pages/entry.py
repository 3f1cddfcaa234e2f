"""To come in: `/entrer`, then the code, then the password where one is needed; and to go out."""

from starlette.background import BackgroundTask
from starlette.responses import Response

from web.secrets import new_token
from web.session import begin, key_of
from web.signing_in import ask, ask_person, check, check_password, colleagues, needs_password, reads_for
from web.visit import Visit
from workflow.circuit.model import Proof

HOME = "/a-traiter"
WRONG = (
    "Ce code n’est pas le bon, ou il n’est plus valable. Vérifiez le dernier courriel reçu, ou demandez un autre code."
)
TOO_MANY = "Trop de codes ont été demandés. Attendez une heure, ou appelez le pilote ORP de votre DAC."
NOBODY = "Choisissez votre nom : le code part à votre propre adresse."
NOT_IT = "Ce mot de passe n’est pas le bon. Après huit essais, il faut attendre une heure."


def show(visit: Visit) -> Response:
    """Ask for an address."""
    return visit.to(HOME) if visit.session else visit.page("entrer.html", erreur="", courriel="")


def send(visit: Visit) -> Response:
    """Send a code to the address, if somebody owns it; the answer is the same if nobody does."""
    email = visit.typed("courriel")
    with visit.services.store.writing() as work:
        sent = ask(work, email, visit.secret, visit.address, visit.now)
    if not sent:
        return visit.page("entrer.html", 429, erreur=TOO_MANY, courriel=email)
    response = visit.to("/entrer/code")
    response.background = BackgroundTask(visit.services.post)
    return response


def show_code(visit: Visit) -> Response:
    """Ask for the six digits."""
    return visit.to(HOME) if visit.session else visit.page("entrer_code.html", erreur="")


def enter(visit: Visit) -> Response:
    """Open a session to whoever types the right code."""
    with visit.services.store.writing() as work:
        person = check(work, visit.typed("code"), visit.secret, visit.address, visit.now)
        if person is None:
            return visit.page("entrer_code.html", 422, erreur=WRONG)
        if work.facts((), {person}, visit.now).people[person].mailbox:
            reads_for(work, person, visit.secret, visit.now)
            return visit.to("/entrer/qui")
        secret = begin(work, person, Proof.CODE, visit.agent, visit.now)
        following = "/entrer/mot-de-passe" if needs_password(work, person) else HOME
    return visit.holding(secret).to(following)


def show_who(visit: Visit, error: str = "", status: int = 200) -> Response:
    """« Qui êtes-vous ? » : whoever reads the mailbox of a service says who they are there."""
    with visit.services.store.reading() as work:
        people = colleagues(work, visit.secret, visit.now)
    return visit.page("entrer_qui.html", status, gens=people, erreur=error) if people else visit.to("/entrer")


def say_who(visit: Visit) -> Response:
    """Send a code to that person's own address: the mailbox alone opens nothing."""
    person = visit.typed("personne")
    with visit.services.store.writing() as work:
        people = colleagues(work, visit.secret, visit.now)
        sent = person in people and ask_person(work, person, visit.secret, visit.address, visit.now)
    if person not in people:
        return show_who(visit, NOBODY, 422)
    if not sent:
        return show_who(visit, TOO_MANY, 429)
    response = visit.to("/entrer/code")
    response.background = BackgroundTask(visit.services.post)
    return response


def show_password(visit: Visit) -> Response:
    """Ask for the password."""
    return visit.page("entrer_mot_de_passe.html", erreur="")


def enter_password(visit: Visit) -> Response:
    """Raise the proof to `forte`: the session begins again under another secret."""
    with visit.services.store.writing() as work:
        if not check_password(work, visit.who.id, visit.typed("mot_de_passe"), visit.now):
            return visit.page("entrer_mot_de_passe.html", 422, erreur=NOT_IT)
        work.entry.end_sessions(visit.who.id, visit.now, only=key_of(visit.secret))
        secret = begin(work, visit.who.id, Proof.STRONG, visit.agent, visit.now)
    return visit.holding(secret).to(HOME)


def leave(visit: Visit) -> Response:
    """End this session."""
    if visit.session:
        with visit.services.store.writing() as work:
            work.entry.end_sessions(visit.session.person, visit.now, only=key_of(visit.secret))
    return visit.holding(new_token()).to("/suivre" if visit.follows else "/entrer")
