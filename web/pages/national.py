"""The form that may come later (D27), part by part: kept field by field, sent once it is whole."""

from secrets import token_hex

from starlette.responses import Response

from web.drafting import Sheet, forget, keep, make_sheet
from web.pages.playing import play
from web.pages.situation import GONE
from web.visit import Visit
from workflow.discharging import DISCHARGE
from workflow.model import Case, Obligation
from workflow.questions import gathered


def show(visit: Visit, faults: tuple[str, ...] = (), status: int = 200) -> Response:
    """Show one part of the form, or say that nothing of it is awaited."""
    case, task = visit.situation.dossier.case, _task(visit)
    sheet = _sheet(visit, task) if task else None
    number = _number(visit, sheet)
    return visit.page(
        "formulaire.html",
        status,
        reference=case.reference,
        version=case.version,
        identifiant=token_hex(16),
        feuille=sheet,
        numero=number,
        partie=sheet.parts[number - 1] if sheet else None,
        fautes=faults,
        garde=visit.asked("garde") == "oui",
    )


def write(visit: Visit) -> Response:
    """Keep what was typed and go to another part, or send the whole form."""
    case, task, gesture = visit.situation.dossier.case, _task(visit), visit.typed("geste")
    if task is None or gesture not in ("champ", "garder", "envoyer"):
        return show(visit, (GONE,), 409)
    sheet = _sheet(visit, task)
    part = sheet.parts[_number(visit, sheet) - 1]
    keep(visit, [asked.question for asked in part.asked])
    if gesture == "champ":
        return visit.page("enregistre.html", doutes=_sheet(visit, task).doubts, champ=visit.typed("champ"))
    if gesture == "garder":
        following = visit.typed("suite")
        return visit.to(f"/situations/{case.reference}/formulaire?garde=oui&partie={following if following else 1}")
    sheet = _sheet(visit, task)
    result = play(visit, DISCHARGE, gathered(sheet.questions, sheet.values), task.n)
    if not isinstance(result, Case):
        return show(visit, tuple(result.faults), 409 if result.stale else 422)
    forget(visit, [question.name for question in sheet.questions])
    return visit.to(f"/situations/{case.reference}?fait=oui")


def _task(visit: Visit) -> Obligation | None:
    """The task that waits for a form."""
    there = visit.situation
    return next((o for o in there.dossier.obligations if there.circuit.dues[o.code].form), None)


def _sheet(visit: Visit, task: Obligation) -> Sheet:
    there = visit.situation
    reference, required = there.dossier.case.reference, there.circuit.asked_for(task.code)
    form = next(form for form in there.circuit.forms if form.name == there.circuit.dues[task.code].form)
    with visit.services.store.reading() as work:
        answers = work.typed.answers(reference, visit.who)
        drafts = work.typed.drafts(reference, visit.who)
    return make_sheet(visit, form, required, answers, drafts)


def _number(visit: Visit, sheet: Sheet | None) -> int:
    asked = visit.typed("partie") or visit.asked("partie")
    most = len(sheet.parts) if sheet else 1
    return int(asked) if asked.isdecimal() and len(asked) < 3 and 1 <= int(asked) <= most else 1
