"""Absences: declared by whoever goes away or whoever answers for them; both are told by mail."""

from datetime import date, datetime, timedelta

from starlette.background import BackgroundTask
from starlette.responses import Response

from web.pages import organisation
from web.ports.services import Work
from web.visit import Visit
from workflow.absences import Absence, declarable, may_stand_in, told
from workflow.errors import Refusal
from workflow.model import Organisation
from workflow.working_days import Calendar, calendar_of

DATES = "Les deux dates (du, au) sont attendues, par exemple 03/08/2026."
STRANGER = "Choisissez une personne de la même structure : un DAC et ses antennes, une ARS et ses délégations."
NOT_YOURS = "Cette absence n’est pas la vôtre, ni celle d’une personne dont vous répondez."


def change(visit: Visit) -> Response:
    """Declare an absence, or end one."""
    mine = {visit.who.id} | set(organisation.staff_of(visit))
    person = visit.typed("personne") or visit.who.id
    if person not in mine:
        return organisation.show(visit, (NOT_YOURS,), 422)
    try:
        with visit.services.store.writing() as work:
            (_end if visit.typed("acte") == "terminer" else _declare)(visit, work, person)
    except Refusal as refusal:
        return organisation.show(visit, (str(refusal),), 422)
    response = visit.to("/organisation?fait=absence")
    response.background = BackgroundTask(visit.services.post)
    return response


def _declare(visit: Visit, work: Work, person: str) -> None:
    substitute = visit.typed("remplacant")
    directory = work.staff.directory()
    people = work.facts((), {person, substitute}, visit.now).people
    if substitute not in people or not may_stand_in(directory, people[person], people[substitute]):
        raise Refusal(STRANGER)
    since, until = _period(visit, _calendar(directory, people[person].functions))
    absence = Absence(person, substitute, since, until)
    declarable(absence, work.staff.absences(visit.now), visit.now)
    work.staff.declare(absence)
    _tell(visit, work, absence, over=False)


def _end(visit: Visit, work: Work, person: str) -> None:
    found = [one for one in work.staff.absences(visit.now) if one.person == person]
    absence = next((one for one in found if one.since.isoformat() == visit.typed("debut")), None)
    if absence is None:
        raise Refusal("Cette absence est déjà terminée.")
    work.staff.end_absence(absence, visit.now)
    _tell(visit, work, absence, over=True)


def _tell(visit: Visit, work: Work, absence: Absence, *, over: bool) -> None:
    what = f"{'fin de l’absence' if over else 'absence'}, remplacement par {absence.substitute}"
    for place in sorted({o for o, _ in work.facts((), {absence.person}, visit.now).people[absence.person].functions}):
        work.staff.note(visit.now, visit.who.id, what, absence.person, place)
    work.outbox.add((None, message) for message in told(absence, work.screens.names(), visit.now, over=over))


def _calendar(directory: dict[str, Organisation], functions: frozenset[tuple[str, str]]) -> Calendar:
    return calendar_of(min(directory[place].departement for place, _ in functions))


def _period(visit: Visit, calendar: Calendar) -> tuple[datetime, datetime]:
    """From the start of a day, or from now, to the end of another."""
    try:
        first, last = (date.fromisoformat(visit.typed(name)) for name in ("du", "au"))
        return max(calendar.end_of(first - timedelta(days=1)), visit.now), calendar.end_of(last)
    except (ValueError, OverflowError):
        raise Refusal(DATES) from None
