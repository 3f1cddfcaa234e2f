"""The door: what a route declares (`web.routes`) is checked here, for every page, before it is called."""

from dataclasses import dataclass, replace

from web.access import reaches
from web.opening import opened
from web.reading import see
from web.routes import Access, Route
from web.session import TOUCH, is_alive, key_of
from web.visit import Visit
from workflow.errors import UnknownReference
from workflow.references import read_reference

NOWHERE = "Cette situation n’existe pas, ou elle ne vous est pas ouverte."


@dataclass(frozen=True, slots=True)
class Turned:
    """Who may not come yet, and where they can show who they are."""

    where: str


def admit(visit: Visit, route: Route) -> Visit | Turned:
    """Return the visit with what the route promises to its page: a person, a situation.

    Raises:
        UnknownReference: it exists for this person no more than if it did not exist.
    """
    visit = _known(visit)
    if route.access is Access.ANYONE:
        return visit
    if route.access is Access.LINK:
        token = visit.request.path_params["jeton"]
        return replace(visit, opened=opened(visit, token, f"{route.method} {route.path}"))
    if visit.session is None:
        return Turned("/entrer")
    if visit.follows and route.access is not Access.SITUATION:  # a tracking code opens its situation, and nothing else
        return Turned(f"/situations/{visit.follows}")
    if route.access is Access.ADMINISTRATOR and not visit.session.administrator:
        raise UnknownReference(NOWHERE)
    if not reaches(visit.proof, route.proof):
        return Turned("/entrer/mot-de-passe")
    return _before_situation(visit, route) if route.access is Access.SITUATION else visit


def _known(visit: Visit) -> Visit:
    """Find who comes, by the cookie of the browser."""
    key = key_of(visit.secret)
    with visit.services.store.reading() as work:
        session = work.entry.session(key)
        if session is None or not is_alive(session, visit.now):
            return visit
        person = work.facts((), {session.person}, visit.now).people[session.person]
        published = work.published(visit.now)
    if visit.now - session.seen_at > TOUCH:
        with visit.services.store.writing() as work:
            work.entry.touch(key, visit.now)
    return replace(visit, session=session, person=person, published=published)


def _before_situation(visit: Visit, route: Route) -> Visit:
    reference = read_reference(visit.request.path_params["reference"])
    seen = see(visit, {reference}, f"{route.method} {route.path}").get(reference)
    if seen is None or not (route.part is None or seen.sight.sees(route.part)):
        raise UnknownReference(NOWHERE)
    return replace(visit, seen=seen)
