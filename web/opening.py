"""What the link of a mail opens, and to whom it may have been sent."""

from web.access import sight
from web.visit import Opened, Visit
from workflow.circuit.model import Proof
from workflow.links import LIFE, digest_of, stays
from workflow.model import Dossier, Person
from workflow.records import Consultation
from workflow.words import PARIS


def opened(visit: Visit, token: str, page: str) -> Opened | None:
    """Return what a link opens, and remember that it was read.

    None once it is too old, or once those it was sent to no longer see the situation.
    """
    with visit.services.store.reading() as work:
        link = work.links.find(digest_of(token))
        if link is None or visit.now - link.made_at > LIFE:
            return None
        dossier = work.load({link.reference}, (), (), visit.now)[link.reference]
        recipient = link.recipient or dossier.case.writer
        person = work.facts((), {recipient}, visit.now).people[recipient]
        since = [line for line in work.journal.of(link.reference) if line.seq > link.seq]
    circuit = visit.services.circuits.get(dossier.case.circuit)
    if sight(circuit, dossier, person, Proof.LINK, visit.now.astimezone(PARIS).date()) is None:
        return None
    reader = visit.person.id if visit.person else recipient
    read = Consultation(link.reference, dossier.case.dac, reader, visit.now, page, str(Proof.LINK))
    with visit.services.store.writing() as work:
        work.entry.log([read])
    return Opened(circuit, dossier, person, _people(dossier, person), stays(circuit, since))


def _people(dossier: Dossier, person: Person) -> dict[str, str]:
    """Who may be reading what was sent to a person, or to a service mailbox: those of the service."""
    if not person.mailbox:
        return {person.id: person.name}
    service = {organisation for organisation, _ in person.functions}
    known = sorted(dossier.facts.people.values(), key=lambda one: one.name)
    return {p.id: p.name for p in known if not p.mailbox and any(o in service for o, _ in p.functions)}
