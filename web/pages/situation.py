"""`/situations/{ref}`: where it is, in whose hands, what is owed, what happened, and what I may decide now."""

from secrets import token_hex
from typing import Any

from starlette.responses import Response

from web.access import Part
from web.acting import GONE, SCREENS, Tried, play, possible
from web.visit import Visit
from workflow.asking import Act, acts
from workflow.circuit.model import Level
from workflow.questions import gathered
from workflow.sentences.situation import Seen, story
from workflow.sentences.titles import ASKED, title_of

FUNNEL = (
    (Level.FIELD, "Rédaction"),
    (Level.DAC, "DAC"),
    (Level.GOVERNANCE, "Gouvernance"),
    (Level.DD, "ARS, DD"),
    (Level.REGION, "ARS siège"),
    (Level.NATIONAL, "Équipe nationale"),
)


def show(visit: Visit, tried: Tried | None = None, status: int = 200) -> Response:
    """Show a situation as far as this person may see it."""
    there = visit.situation
    case, circuit, sight = there.dossier.case, there.circuit, there.sight
    with visit.services.store.reading() as work:
        obligations = work.screens.obligations(case.reference)
        names, directory = _names(work.screens.names(), visit), work.screens.directory()
        entries = work.journal.of(case.reference)
        answers = work.inbox.answers({case.reference}, ASKED).get(case.reference, {})
        reviewed = work.screens.reviewed(case.reference) if sight.sees(Part.REVIEWED) else None
    departements = {key: o.departement for key, o in directory.items()}
    parties = list(there.dossier.parties.values())
    told = story(Seen(case, visit.services.circuits.get, obligations, parties, names, departements, visit.now), entries)
    mine = acts(circuit, there.dossier, visit.who, directory, visit.now)
    return visit.page(
        "situation.html",
        status,
        situation=told,
        intitule=title_of(circuit, answers, names.get(there.dossier.parties["antenne"].organisation, "")),
        etages=_funnel(visit),
        voit_tout=sight.sees(Part.HISTORY),
        relue=reviewed,
        actes=[(act, sight.may(act.proof)) for act in mine],
        ecrans=SCREENS,
        voit_fiche=sight.sees(Part.TYPED),
        voit_travail=sight.sees(Part.WORK),
        identifiant=token_hex(16),
        essai=tried,
        fait=visit.asked("fait") == "oui",
        derniere=_last(there.dossier.case.last, names),
    )


def act(visit: Visit) -> Response:
    """Play one act, through the engine and nothing else; what was typed survives a refusal."""
    wanted = _wanted(visit)
    if wanted is None:
        return show(visit, Tried("", None, visit.form, [GONE], stale=True), 409)
    if not visit.situation.sight.may(wanted.proof):
        return visit.to("/entrer/mot-de-passe")
    result = play(visit, wanted.name, gathered(wanted.questions, visit.form), wanted.due)
    if isinstance(result, Tried):
        return show(visit, result, result.status)
    return visit.to(f"/situations/{result.reference}?fait=oui")


def _wanted(visit: Visit) -> Act | None:
    due = visit.typed("du")
    key = (visit.typed("acte"), int(due) if due.isdecimal() else None)
    return next((one for one in possible(visit) if (one.name, one.due) == key and not one.blocked), None)


def _funnel(visit: Visit) -> list[dict[str, Any]]:
    """The levels, from the field up: passed, here, to come."""
    there = visit.situation
    here = there.circuit.step(there.dossier.case.step).level
    reached = {slot for slot, party in there.dossier.parties.items() if party.since}
    return [
        {"titre": title, "ici": level == here, "passe": level != here and (level in reached or level is Level.FIELD)}
        for level, title in FUNNEL
    ]


def _names(names: dict[str, str], visit: Visit) -> dict[str, str]:
    """Names as this person may read them: the rédacteur is known to the DAC only (DESIGN §7)."""
    there = visit.situation
    return names if there.sight.sees(Part.WRITER) else names | {there.dossier.case.writer: "le rédacteur de la fiche"}


def _last(last: Any, names: dict[str, str]) -> dict[str, Any] | None:
    return {"titre": last.title, "par": names.get(last.author, "l’outil"), "le": last.at} if last else None
