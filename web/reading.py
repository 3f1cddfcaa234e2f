"""Situations as one person reads them: what they may not see does not exist, and each reading is logged."""

from collections.abc import Collection

from web.access import sight, sight_by_code
from web.visit import Seen, Visit
from workflow.records import Consultation, Glance
from workflow.words import PARIS


def see(visit: Visit, references: Collection[str], page: str) -> dict[str, Seen]:
    """Return those of these situations that the person may see, and remember that they read them."""
    found = visible(visit, references)
    _log(visit, found, page)
    return found


def listed(visit: Visit, references: Collection[str], page: str) -> None:
    """Remember that a list showed these situations: once a day (Paris) for each person, situation and list.

    That says who saw what, and on which day, all that a list tells; and a list that is looked at twenty times a day for
    the twelve months that the log is kept (domain.md §7.5) weighs no more than if it were once. A situation that is
    opened, or found by a search, is noted each time.
    """
    if not references:
        return
    today = visit.now.astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    glance = Glance(visit.who.id, visit.now, page, str(visit.proof), today)
    with visit.services.store.writing() as work:
        work.entry.log_list(references, glance)


def visible(visit: Visit, references: Collection[str]) -> dict[str, Seen]:
    """Return those of these situations that the person may see, without showing them.

    A constant number of statements, whatever their number.
    """
    with visit.services.store.reading() as work:
        dossiers = work.load(references, {visit.who.id}, (), visit.now)
    today, found = visit.now.astimezone(PARIS).date(), {}
    for reference, dossier in dossiers.items():
        circuit = visit.services.circuits.get(dossier.case.circuit)
        if visit.follows:
            seen = sight_by_code(dossier, visit.who, visit.proof, visit.follows)
        else:
            seen = sight(circuit, dossier, visit.who, visit.proof, today)
        if seen:
            found[reference] = Seen(circuit, dossier, seen)
    return found


def _log(visit: Visit, found: dict[str, Seen], page: str) -> None:
    read = [
        Consultation(reference, there.dossier.case.dac, visit.who.id, visit.now, page, str(visit.proof))
        for reference, there in found.items()
    ]
    if read:
        with visit.services.store.writing() as work:
            work.entry.log(read)
