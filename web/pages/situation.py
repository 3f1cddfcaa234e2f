"""`/situations/{ref}`: where it is, in whose hands, what is owed, what happened, and what I may decide now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex

from starlette.responses import Response

from web.access import Part, house
from web.pages.acting import SCREENS, decision, identifier, nearby, possible
from web.pages.next import following
from web.pages.telling import read
from web.reading import visible
from web.visit import Visit
from workflow.answers import text_fault
from workflow.arranging import DELEGATE, PROLONG, WAIVE
from workflow.asking import Act
from workflow.errors import MissingData, Refusal, StaleVersion, UnknownReference
from workflow.from_mail import decisions_of
from workflow.sentences.said import title_of

GONE = "Cet acte n’est plus possible à cette étape."
APART = (WAIVE, PROLONG, DELEGATE)
"""Shown after what is decided or rendered: they arrange who does it, and until when."""
LONGEST_TITLE = 120
NAMING = "intituler"
"""No act of the circuit: its form stands at the top of the page."""
HIDDEN = ("jeton", "acte", "du", "version", "identifiant")


@dataclass(frozen=True, slots=True)
class Tried:
    """An act that was just refused: what was typed is kept, and why it was refused is said."""

    act: str
    due: int | None
    form: Mapping[str, Sequence[str]]
    faults: Sequence[str]
    stale: bool = False

    @property
    def place(self) -> str:
        """Where its form stands on the page."""
        return f"{self.act}-{self.due}" if self.due else self.act

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What was typed, with its titles: for when its form is no longer there."""
        return [(title_of(name), v) for name, vs in self.form.items() if name not in HIDDEN for v in vs if v.strip()]


def show(visit: Visit, tried: Tried | None = None, status: int = 200) -> Response:
    """Show a situation as far as this person may see it."""
    there, telling, done = visit.situation, read(visit), visit.asked("fait")
    reviewed = None
    if there.sight.sees(Part.REVIEWED):
        with visit.services.store.reading() as work:
            reviewed = work.screens.reviewed(there.dossier.case.reference)
    acts = possible(visit, there, telling.directory)
    open_now = {(act.key, act.due) for act in acts if not act.blocked}
    lost = tried and tried.act != NAMING and (tried.act, tried.due) not in open_now
    return visit.page(
        "situation.html",
        status,
        **telling.context(),
        relue=reviewed,
        ecrans=SCREENS,
        voit_fiche=there.sight.sees(Part.TYPED),
        voit_travail=there.sight.sees(Part.WORK),
        actes=[(act, there.sight.may(act.proof)) for act in acts if act.name not in APART],
        autres=[(act, there.sight.may(act.proof)) for act in acts if act.name in APART],
        identifiant=token_hex(16),
        essai=tried,
        perdu=tried.kept if tried and lost else [],
        reprise=tried.place if tried and tried.act != NAMING and not lost else "",
        fait=done,
        choisi=visit.asked("acte"),
        suivante=following(visit) if done == "oui" else None,
    )


def act(visit: Visit) -> Response:
    """Play one act, through the engine and nothing else; what was typed survives a refusal."""
    wanted, name = _wanted(visit), identifier(visit.typed("identifiant"))
    if wanted is None:
        return _gone(visit, name)
    if not visit.situation.sight.may(wanted.proof):
        return visit.to("/entrer/mot-de-passe")
    typed = decision(visit, visit.situation, wanted, visit.typed("version"), name)
    result = visit.services.engine.decide_together([decisions_of(wanted, typed)])[0]
    if isinstance(result, Refusal):
        faults = result.faults if isinstance(result, MissingData) else (str(result),)
        stale = isinstance(result, StaleVersion)
        return show(visit, Tried(wanted.key, wanted.due, visit.form, faults, stale), 409 if stale else 422)
    return _done(visit)


def name(visit: Visit) -> Response:
    """Keep the intitulé that this person's house gives the situation; it is shown on its screens, nowhere else."""
    there, typed = visit.situation, " ".join(visit.typed("intitule").split())
    if not there.sight.sees(Part.HISTORY):
        raise UnknownReference("Seules les structures qui suivent la situation la nomment.")
    fault = text_fault(typed, LONGEST_TITLE) if typed else ""
    if fault:
        return show(visit, Tried(NAMING, None, visit.form, [f"L’intitulé : {fault}"]), 422)
    case, owner = there.dossier.case, house(there.sight, there.dossier)
    with visit.services.store.writing() as work:
        work.inbox.keep_title(case.reference, case.dac, owner, typed, (visit.who.id, visit.now))
    return visit.to(f"/situations/{case.reference}?fait=nom")


def _wanted(visit: Visit) -> Act | None:
    there, due = visit.situation, visit.typed("du")
    found = possible(visit, there, nearby(visit, [there]))
    key = (visit.typed("acte"), int(due) if due.isdecimal() else None)
    return next((one for one in found if (one.key, one.due) == key and not one.blocked), None)


def _gone(visit: Visit, name: str) -> Response:
    """The act is no longer there: a second click on what was just done, or somebody decided meanwhile."""
    reference = visit.situation.dossier.case.reference
    with visit.services.store.reading() as work:
        dossiers = work.load({reference}, {visit.who.id}, {name}, visit.now)
    if dossiers[reference].facts.seen.get(name) == reference:
        return _done(visit)
    due = visit.typed("du")
    tried = Tried(visit.typed("acte"), int(due) if due.isdecimal() else None, visit.form, [GONE], stale=True)
    return show(visit, tried, 409)


def _done(visit: Visit) -> Response:
    """Show the situation again, unless the act took it out of sight: another delegation's, another antenne's."""
    reference = visit.situation.dossier.case.reference
    return visit.to(f"/situations/{reference}?fait=oui" if visible(visit, {reference}) else "/a-traiter?fait=ailleurs")
