"""`/demo`, in a demonstration only: to be anybody, to read everybody's mailbox, to push the clock."""

import re
from dataclasses import replace
from datetime import time
from typing import Any

from starlette.responses import Response

from web.ports.services import Demonstration
from web.session import begin, renew
from web.visit import Visit
from workflow.circuit.model import Proof
from workflow.delays import Delay
from workflow.errors import UnknownReference
from workflow.functions import title_of
from workflow.records import SignedIn
from workflow.words import PARIS
from workflow.working_days import calendar_of

CALENDAR = calendar_of("35")
"""Whose days off the clock skips: the demonstration plays there."""
MORNING = time(9)
STEPS = {
    "jour": ("+1 jour ouvré", Delay.parse("1 jo")),
    "semaine": ("+1 semaine", Delay.parse("1 semaine")),
    "mois": ("+1 mois", Delay.parse("1 mois")),
}
KINDS = ("dac", "antenne", "gouvernance", "dd", "region", "national", "partenaire")
"""Structures from the field up, then those who are asked."""
LATEST = 200
"""Mails shown of one mailbox."""
LINK = re.compile(r"https?://[^/\s]+(/\S*)")


def show(visit: Visit) -> Response:
    """Show the clock, and who there is, structure by structure, with what each owes."""
    today = visit.now.astimezone(PARIS).date()
    with visit.services.store.reading() as work:
        there = work.everybody(visit.now)
        people = sorted((person for person in there.people if not person.mailbox), key=lambda one: one.name)
        owed = {person.id: work.inbox.groups(person, today, None) for person in people}
        published = work.published(visit.now)
    circuit_of = replace(visit, published=published).circuit_of(there.organisations)
    places: dict[str, list[dict[str, Any]]] = {}
    for person in people:
        place, function = min(person.functions)
        line = {
            "id": person.id,
            "nom": person.name,
            "fonction": title_of(circuit_of(place), there.organisations[place].kind, function),
            "attendu": sum(group.number for group in owed[person.id]),
            "retard": sum(group.number for group in owed[person.id] if group.late),
        }
        places.setdefault(place, []).append(line)
    order = [one for kind in KINDS for one in there.organisations.values() if one.kind == kind and one.id in places]
    found = [(one.name, places[one.id]) for one in order]
    steps = {name: title for name, (title, _) in STEPS.items()}
    return visit.page("demo.html", structures=found, pas=steps, avance=visit.asked("avance"))


def become(visit: Visit) -> Response:
    """Open a real session of whoever was chosen, both proofs given."""
    chosen = visit.typed("personne")
    with visit.services.store.writing() as work:
        person = work.facts((), {chosen}, visit.now).people.get(chosen)
        if person is None or person.mailbox:
            raise UnknownReference("Cette personne n’existe pas.")
        secret = begin(work, person.id, Proof.STRONG, visit.agent, visit.now)
    return visit.holding(secret).to("/a-traiter")


def push(visit: Visit) -> Response:
    """Let time pass until a coming morning; whoever is signed in stays so."""
    _, delay = STEPS.get(visit.typed("pas"), STEPS["jour"])
    until = CALENDAR.at(CALENDAR.add(CALENDAR.local_date(visit.now), delay), MORNING)
    _demo(visit).advance(until)
    if visit.session is None:
        return visit.to("/demo?avance=oui")
    with visit.services.store.writing() as work:
        who = SignedIn(visit.session.person, visit.proof, visit.agent, visit.follows)
        secret = renew(work, who, until)
    return visit.holding(secret).to("/demo?avance=oui")


def mailboxes(visit: Visit) -> Response:
    """Show every mailbox that received something, the latest first."""
    boxes: dict[str, dict[str, Any]] = {}
    for one in _demo(visit).received():
        box = boxes.setdefault(one.to, {"nombre": 0, "sujet": one.subject, "le": one.at})
        box["nombre"] += 1
    return visit.page("demo_boites.html", boites=boxes)


def mailbox(visit: Visit) -> Response:
    """Show one mailbox, the latest mail first."""
    address = visit.request.path_params["adresse"]
    mails = [one for one in _demo(visit).received() if one.to == address]
    if not mails:
        raise UnknownReference("Cette boîte n’a rien reçu.")
    return visit.page("demo_boite.html", adresse=address, courriels=mails[:LATEST], nombre=len(mails))


def mail(visit: Visit) -> Response:
    """Show one mail; its links lead here, whatever port the demonstration had when it was sent."""
    address, name = visit.request.path_params["adresse"], visit.request.path_params["nom"]
    received = next((one for one in _demo(visit).received() if (one.name, one.to) == (name, address)), None)
    if received is None:
        raise UnknownReference("Ce courriel n’existe pas.")
    return visit.page("demo_courriel.html", courriel=received, morceaux=_linked(_demo(visit).text(name)))


def _linked(text: str) -> list[tuple[str, str]]:
    """Cut a text at its links: (words, address), the address empty for what is no link."""
    pieces, end = list[tuple[str, str]](), 0
    for link in LINK.finditer(text):
        pieces += [(text[end : link.start()], ""), (link[0], link[1])]
        end = link.end()
    return [*pieces, (text[end:], "")]


def _demo(visit: Visit) -> Demonstration:
    if visit.services.demo is None:
        raise TypeError("these pages are routes of a demonstration only")
    return visit.services.demo
