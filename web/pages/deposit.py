"""`/deposer`, and the short form: begun, kept field by field, deposited; then its receipt."""

from collections.abc import Sequence
from secrets import token_hex

from starlette.responses import Response

from web.drafting import Sheet, forget, keep, make_sheet
from web.pages.acting import at_home, identifier
from web.pages.playing import play
from web.pages.situation import GONE
from web.pages.telling import read
from web.ports.services import Work
from web.visit import Visit
from workflow.circuit.compiled import Circuit
from workflow.circuit.forms import FormDefinition
from workflow.circuit.model import Slot
from workflow.errors import Refusal
from workflow.holders import OPINION_FUNCTION
from workflow.model import Case, Organisation
from workflow.opening import Draft
from workflow.questions import gathered
from workflow.territories import DepartementCode, UnknownPlace, departement
from workflow.tracking import code_of

DEPOSIT = "deposer"


def show(visit: Visit, fault: str = "", status: int = 200) -> Response:
    """Offer to begin a form, and to go on with those begun."""
    draft = visit.national.initial
    with visit.services.store.reading() as work:
        directory = _around(visit, work)
        begun = work.typed.begun(visit.who, draft)
    antennes = _antennes(visit, directory)
    return visit.page(
        "deposer.html",
        status,
        antennes=antennes,
        departements=departements(directory),
        usuel=directory[next(iter(antennes))].departement if antennes else "",
        commences=begun,
        erreurs_saisie=[fault] if fault else [],
        saisi={name: visit.typed(name) for name in ("antenne", "departement", "anonyme")},
        identifiant=token_hex(16),
    )


def begin(visit: Visit) -> Response:
    """Begin a form, where this person works or where partners may; an anonymous one shows its tracking code, once."""
    name = identifier(visit.typed("identifiant"))
    with visit.services.store.reading() as work:
        mine = _antennes(visit, _around(visit, work))
    antenne, code = visit.typed("antenne"), code_of(visit.secret, name) if visit.typed("anonyme") == "oui" else None
    if antenne not in mine:
        return show(visit, "Choisissez l’antenne qui recueille la situation.", 422)
    draft = Draft(name, visit.who.id, antenne, visit.typed("departement"), code)
    result = visit.services.engine.open([draft])[0]
    if isinstance(result, Refusal):
        return show(visit, str(result), 422)
    if code:
        with visit.services.store.reading() as work:
            given = work.screens.tracked(code) is not None  # not if another browser began this form
        return visit.page("code_de_suivi.html", reference=result.reference, code=code if given else "", a_lui=False)
    return visit.to(f"/situations/{result.reference}/fiche")


def _around(visit: Visit, work: Work) -> dict[str, Organisation]:
    """Where this person may begin a form: at home; for a partner, the antennes of its département."""
    opinions = {organisation for organisation, function in visit.who.functions if function == OPINION_FUNCTION}
    partners = work.facts(opinions, (), visit.now).organisations.values() if opinions else ()
    return at_home(visit, work) | work.screens.antennes_of({o.departement for o in partners})


def _antennes(visit: Visit, directory: dict[str, Organisation]) -> dict[str, str]:
    """Those where this person works first, then the others of their DAC, or those that partners may turn to."""
    houses = {organisation for organisation, _ in visit.who.functions}
    partner = any(function == OPINION_FUNCTION for _, function in visit.who.functions)
    antennes = [o for o in directory.values() if o.kind == Slot.ANTENNE]
    found = [o for o in antennes if partner or o.id in houses or o.parent in houses]
    return {o.id: o.name for o in sorted(found, key=lambda o: (o.id not in houses, o.name))}


def departements(directory: dict[str, Organisation]) -> dict[str, str]:
    """Return the départements where a delegation can receive the situation one day."""
    codes = sorted({o.departement for o in directory.values() if o.kind == "dd"})
    return {code: f"{code} – {_named(code)}" for code in codes}


def _named(code: str) -> str:
    try:
        return departement(DepartementCode(code)).name
    except UnknownPlace:
        return code


def fill(visit: Visit, faults: Sequence[str] = (), status: int = 200) -> Response:
    """Show the short form: to write while it is a draft, to read afterwards."""
    there = visit.situation
    case = there.dossier.case
    return visit.page(
        "fiche.html",
        status,
        feuille=_sheet(visit),
        reference=case.reference,
        version=case.version,
        brouillon=_is_draft(there.circuit, case),
        antenne=there.dossier.facts.organisations[there.dossier.parties[Slot.ANTENNE].organisation].name,
        identifiant=token_hex(16),
        garde=visit.asked("garde") == "oui",
        fautes=faults,
    )


def write(visit: Visit) -> Response:
    """Keep the draft, a field of it or all; or deposit it."""
    there = visit.situation
    gesture = visit.typed("geste")
    if not _is_draft(there.circuit, there.dossier.case) or gesture not in ("champ", "garder", "envoyer"):
        return fill(visit, [GONE], 409)
    sheet = _sheet(visit)
    keep(visit, sheet.questions)
    here = f"/situations/{there.dossier.case.reference}"
    if gesture == "champ":
        return visit.page("enregistre.html", doutes=_sheet(visit).doubts, champ=visit.typed("champ"))
    if gesture == "garder":
        return visit.to(f"{here}/fiche?garde=oui")
    result = play(visit, DEPOSIT, gathered(sheet.questions, visit.form))
    if not isinstance(result, Case):
        return fill(visit, result.faults, 409 if result.stale else 422)
    forget(visit, [question.name for question in sheet.questions])
    return visit.to(f"{here}/recu")


def receipt(visit: Visit) -> Response:
    """Say that the form arrived, under which reference, and what comes next."""
    return visit.page("recu.html", **read(visit).context())


def _is_draft(circuit: Circuit, case: Case) -> bool:
    return case.step == circuit.initial


def _sheet(visit: Visit) -> Sheet:
    """The form that a deposit must find answered, with what is kept of it."""
    there = visit.situation
    case = there.dossier.case
    required = there.circuit.required(there.circuit.initial, DEPOSIT)
    with visit.services.store.reading() as work:
        if _is_draft(there.circuit, case):
            answers = {name: kept.text for name, kept in work.typed.drafts(case.reference, visit.who).items()}
        else:
            answers = work.typed.answers(case.reference, visit.who)
    return make_sheet(visit, form_asked(there.circuit, required), required, answers)


def form_asked(circuit: Circuit, required: Sequence[str]) -> FormDefinition:
    """Return the form where these questions are asked."""
    return next(form for form in circuit.forms if form.fields.keys() & set(required))
