"""The analysis sheet of the DAC, and what follows from it, on one screen: only what the circuit allows."""

from secrets import token_hex

from starlette.responses import Response

from web.drafting import Sheet, forget, keep, make_sheet
from web.pages.acting import SCREENS
from web.pages.deposit import DEPOSIT, form_asked
from web.pages.playing import open_acts, play
from web.pages.situation import APART, GONE, Tried
from web.pages.team import waiting
from web.ports.services import Work
from web.visit import Visit
from workflow.asking import Act
from workflow.circuit.model import Slot
from workflow.model import Case
from workflow.questions import gathered
from workflow.references import read_reference
from workflow.sentences.titles import ASKED, title_of

RECORD = "enregistrer_analyse"
UNREADABLE = "illisible : la clé a changé"


def show(visit: Visit, tried: Tried | None = None, status: int = 200) -> Response:
    """Show the form as typed, the analysis, and the possible outcomes."""
    there = visit.situation
    case, circuit = there.dossier.case, there.circuit
    mine = open_acts(visit)
    with visit.services.store.reading() as work:
        coded = work.inbox.answers({case.reference}, ASKED).get(case.reference, {})
        typed = work.typed.answers(case.reference, visit.who)
        reviewed = work.screens.reviewed(case.reference) is not None
        following = _following(work, visit)
        sealed = work.typed.local_key(case.reference, visit.who)
    deposit = circuit.required(circuit.initial, DEPOSIT)
    organisations = there.dossier.facts.organisations
    return visit.page(
        "analyse.html",
        status,
        reference=case.reference,
        version=case.version,
        identifiant=token_hex(16),
        intitule=title_of(circuit, coded, organisations[there.dossier.parties[Slot.ANTENNE].organisation].name),
        titre=circuit.step(case.step).title,
        deposee=make_sheet(visit, form_asked(circuit, deposit), deposit, typed),
        feuille=_sheet(visit),
        ecrire=any(act.name == RECORD for act in mine),
        suites=[act for act in mine if act.due is None and act.name not in (*SCREENS, *APART)],
        relue=reviewed,
        essai=tried,
        garde=visit.asked("garde") == "oui",
        fait=visit.asked("fait"),
        liste=_list_of(visit),
        suivante=following,
        repere=_opened(visit, sealed),
        scelle=visit.services.seal is not None,
    )


def _opened(visit: Visit, sealed: str | None) -> str:
    """The local key as the DAC wrote it; what another key sealed can no longer be read."""
    seal = visit.services.seal
    if seal is None or sealed is None:
        return ""
    opened = seal.open(sealed)
    return UNREADABLE if opened is None else opened


def write(visit: Visit) -> Response:
    """Keep the sheet, a field of it or all; record it; or decide what follows."""
    case = visit.situation.dossier.case
    gesture = visit.typed("geste")
    wanted = next((act for act in open_acts(visit) if act.name == _named(visit) and not act.blocked), None)
    if wanted is None or gesture not in ("champ", "garder", "envoyer", "decider"):
        return show(visit, Tried("", None, visit.form, [GONE], stale=True), 409)
    if gesture == "decider":
        return _decide(visit, wanted)
    sheet = _sheet(visit)
    keep(visit, sheet.questions)
    if gesture == "champ":
        return visit.page("enregistre.html", doutes=_sheet(visit).doubts, champ=visit.typed("champ"))
    if gesture == "garder":
        return visit.to(_here(visit, case, "garde"))
    result = play(visit, RECORD, gathered(sheet.questions, visit.form))
    if isinstance(result, Tried):
        return show(visit, result, 409 if result.stale else 422)
    forget(visit, [question.name for question in sheet.questions])
    return visit.to(_here(visit, case, "fait"))


def _named(visit: Visit) -> str:
    return visit.typed("acte") if visit.typed("geste") == "decider" else RECORD


def _decide(visit: Visit, act: Act) -> Response:
    """Play an outcome; in a meeting, go to the next situation of the list."""
    result = play(visit, act.name, gathered(act.questions, visit.form))
    if isinstance(result, Tried):
        return show(visit, result, 409 if result.stale else 422)
    if antenne := _list_of(visit):
        return visit.to(_next(visit, antenne))
    return visit.to(_here(visit, result, "fait"))


def _here(visit: Visit, case: Case, said: str) -> str:
    antenne = _list_of(visit)
    return f"/situations/{case.reference}/analyse?{said}=oui" + (f"&antenne={antenne}" if antenne else "")


def _list_of(visit: Visit) -> str:
    """The antenne whose list brought this person here; nothing if they came another way."""
    said = visit.typed("antenne") or visit.asked("antenne")
    return said if said in {party.organisation for party in visit.situation.dossier.parties.values()} else ""


def _following(work: Work, visit: Visit) -> str:
    """The situation that comes next in the list that brought this person here; nothing at its end."""
    antenne, reference = _list_of(visit), visit.situation.dossier.case.reference
    found = waiting(work, visit.situation.circuit, antenne, visit.now) if antenne else []
    rows = [row.reference for row in found]
    return rows[rows.index(reference) + 1] if reference in rows[:-1] else ""


def _next(visit: Visit, antenne: str) -> str:
    """Where a meeting goes on: the next situation, or the list it came from."""
    if visit.typed("liste"):
        return f"/reunion?antenne={antenne}"
    if following := visit.typed("suivante"):
        return f"/situations/{read_reference(following)}/analyse?antenne={antenne}"
    return f"/reunion?antenne={antenne}&fin=oui"


def _sheet(visit: Visit) -> Sheet:
    """The analysis as recorded, under what is being written."""
    there = visit.situation
    case = there.dossier.case
    steps = there.circuit.definition.steps.values()
    required = next(step.decisions[RECORD].requires for step in steps if RECORD in step.decisions)
    with visit.services.store.reading() as work:
        answers = work.typed.answers(case.reference, visit.who)
        drafts = work.typed.drafts(case.reference, visit.who)
    return make_sheet(visit, form_asked(there.circuit, required), required, answers, drafts)
