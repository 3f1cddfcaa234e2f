"""`/mon-compte`: my sessions, and my password."""

from starlette.responses import Response

from web.ports.entry import OpenSession
from web.secrets import activation, hashed, matches, same, weakness
from web.session import LONGEST, is_alive, key_of
from web.throttle import PASSWORDS, allows
from web.visit import Visit

SHORT = 16
"""Signs of the digest by which a session is named in the page: enough to tell mine apart, worth nothing else."""


def show(visit: Visit, erreur: str = "", fait: str = "", status: int = 200) -> Response:
    """List my sessions; the page offers to end each, and to choose a password."""
    with visit.services.store.reading() as work:
        mine = [s for s in work.entry.sessions(visit.who.id, visit.now - LONGEST) if is_alive(s, visit.now)]
        password = work.entry.account(visit.who.id)["password"] is not None
    lines = [_line(session, key_of(visit.secret)) for session in mine]
    return visit.page("mon_compte.html", status, sessions=lines, a_un_mot_de_passe=password, erreur=erreur, fait=fait)


def end(visit: Visit) -> Response:
    """End one of my sessions, or all of them."""
    which = visit.typed("session")
    with visit.services.store.writing() as work:
        work.entry.end_sessions(visit.who.id, visit.now, only=None if which == "toutes" else (which or "-"))
    return visit.to("/mon-compte")


def choose(visit: Visit) -> Response:
    """Choose a password: with the present one, or with the activation code that an administrator gave."""
    fault = weakness(visit.typed("nouveau"))
    if visit.typed("nouveau") != visit.typed("encore"):
        fault = "Les deux mots de passe ne sont pas les mêmes."
    if fault:
        return show(visit, fault, status=422)
    with visit.services.store.writing() as work:
        account = work.entry.account(visit.who.id)
        given, until = visit.typed("actuel"), account["activation_until"]
        known = allows(work, PASSWORDS, visit.who.id, visit.now)
        active = until is not None and visit.now < until
        activated = active and same(account["activation"] or "", activation(given))
        known = known and (activated or matches(account["password"], given))
        if known:
            work.entry.keep_account(visit.who.id, password=hashed(visit.typed("nouveau")), activation=None)
    if not known:
        return show(visit, "Ce mot de passe, ou ce code d’activation, n’est pas le bon.", status=422)
    return show(visit, fait="Votre mot de passe est enregistré. Il sera demandé à votre prochaine entrée.")


def _line(session: OpenSession, here: str) -> dict[str, object]:
    return {
        "id": session.id[:SHORT],
        "ici": session.id == here,
        "depuis": session.opened_at,
        "vue": session.seen_at,
        "navigateur": session.agent,
        "forte": session.proof == "forte",
    }
