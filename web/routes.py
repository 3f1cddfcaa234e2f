"""The table of routes: every address of the application, what answers, and who may come. One line, one screen.

`Access` is applied by `web.app` before the page is called; nothing is reachable that does not stand here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from starlette.responses import Response

from web.access import Part
from web.pages import (
    about,
    absences,
    accounts,
    analysis,
    beginnings,
    deposit,
    entry,
    follow,
    help_pages,
    inbox,
    link,
    local_key,
    mails,
    national,
    organisation,
    retours,
    review,
    search,
    sessions,
    setup,
    situation,
    team,
    together,
    unnamed,
)
from web.pages import demo as demonstration
from web.visit import Visit
from workflow.circuit.model import Proof

View = Callable[[Visit], Response]


class Access(StrEnum):
    """Who may come to a page."""

    ANYONE = "tous"
    SIGNED_IN = "personne entrée"
    SITUATION = "qui voit la situation"
    """The address holds `{reference}`: `web.access` says whether this person sees it, and the reading is logged."""
    LINK = "qui tient le lien d’un courriel"
    """The address holds `{jeton}`: the page finds what it opens in `visit.opened`, and the reading is logged."""
    ADMINISTRATOR = "administrateur"


@dataclass(frozen=True, slots=True)
class Route:
    """One address. Without a session, or with too weak a proof, people are sent to where they can show it."""

    method: str
    path: str
    view: View
    access: Access
    proof: Proof = Proof.CODE
    part: Part | None = None
    """What of the situation the page is about: it does not exist for whoever may not see that."""


ROUTES = (
    Route("GET", "/", about.home, Access.ANYONE),
    Route("GET", "/static/{nom}", about.file, Access.ANYONE),
    Route("GET", "/sante", about.alive, Access.ANYONE),
    Route("GET", "/urgence", about.emergency, Access.ANYONE),
    Route("GET", "/suivre", follow.ask, Access.ANYONE),
    Route("POST", "/suivre", follow.enter, Access.ANYONE),
    Route("GET", "/deposer-sans-compte", unnamed.show, Access.ANYONE),
    Route("POST", "/deposer-sans-compte", unnamed.begin, Access.ANYONE),
    Route("GET", "/installation", setup.show, Access.ANYONE),
    Route("POST", "/installation", setup.make, Access.ANYONE),
    Route("GET", "/entrer", entry.show, Access.ANYONE),
    Route("POST", "/entrer", entry.send, Access.ANYONE),
    Route("GET", "/entrer/code", entry.show_code, Access.ANYONE),
    Route("POST", "/entrer/code", entry.enter, Access.ANYONE),
    Route("GET", "/entrer/qui", entry.show_who, Access.ANYONE),
    Route("POST", "/entrer/qui", entry.say_who, Access.ANYONE),
    Route("GET", "/entrer/mot-de-passe", entry.show_password, Access.SIGNED_IN),
    Route("POST", "/entrer/mot-de-passe", entry.enter_password, Access.SIGNED_IN),
    Route("POST", "/sortir", entry.leave, Access.ANYONE),
    Route("GET", "/mon-compte", sessions.show, Access.SIGNED_IN),
    Route("POST", "/mon-compte/sessions", sessions.end, Access.SIGNED_IN),
    Route("POST", "/mon-compte/mot-de-passe", sessions.choose, Access.SIGNED_IN),
    Route("GET", "/acces", accounts.show, Access.ADMINISTRATOR, Proof.STRONG),
    Route("POST", "/acces", accounts.give, Access.ADMINISTRATOR, Proof.STRONG),
    Route("GET", "/a-traiter", inbox.show, Access.SIGNED_IN),
    Route("GET", "/a-traiter/ensemble", together.show, Access.SIGNED_IN),
    Route("POST", "/a-traiter/ensemble", together.act, Access.SIGNED_IN),
    Route("GET", "/situations", search.show, Access.SIGNED_IN),
    Route("POST", "/situations", search.by_key, Access.SIGNED_IN, Proof.STRONG),
    Route("GET", "/situations/{reference}", situation.show, Access.SITUATION),
    Route("POST", "/situations/{reference}", situation.act, Access.SITUATION),
    Route("POST", "/situations/{reference}/intitule", situation.name, Access.SITUATION),
    Route("GET", "/deposer", deposit.show, Access.SIGNED_IN),
    Route("POST", "/deposer", deposit.begin, Access.SIGNED_IN),
    Route("GET", "/situations/{reference}/fiche", deposit.fill, Access.SITUATION, Proof.STRONG, Part.TYPED),
    Route("POST", "/situations/{reference}/fiche", deposit.write, Access.SITUATION, Proof.STRONG, Part.TYPED),
    Route("GET", "/situations/{reference}/recu", deposit.receipt, Access.SITUATION),
    Route("GET", "/situations/{reference}/version-relue", review.show, Access.SITUATION, Proof.STRONG, Part.WORK),
    Route("POST", "/situations/{reference}/version-relue", review.act, Access.SITUATION, Proof.STRONG, Part.WORK),
    Route("GET", "/reunion", team.show, Access.SIGNED_IN),
    Route("GET", "/situations/{reference}/analyse", analysis.show, Access.SITUATION, Proof.STRONG, Part.WORK),
    Route("POST", "/situations/{reference}/analyse", analysis.write, Access.SITUATION, Proof.STRONG, Part.WORK),
    Route("POST", "/situations/{reference}/repere", local_key.keep, Access.SITUATION, Proof.STRONG, Part.WORK),
    Route("GET", "/situations/{reference}/formulaire", national.show, Access.SITUATION, Proof.STRONG, Part.TYPED),
    Route("POST", "/situations/{reference}/formulaire", national.write, Access.SITUATION, Proof.STRONG, Part.TYPED),
    Route("GET", "/retours", retours.show, Access.SIGNED_IN),
    Route("POST", "/retours/{reference}", retours.judge, Access.SITUATION),
    Route("GET", "/d/{jeton}", link.show, Access.LINK),
    Route("POST", "/d/{jeton}", link.act, Access.LINK),
    Route("POST", "/d/{jeton}/qui", link.send, Access.LINK),
    Route("GET", "/d/{jeton}/code", link.show_code, Access.LINK),
    Route("POST", "/d/{jeton}/code", link.enter, Access.LINK),
    Route("GET", "/courriels", mails.show, Access.SIGNED_IN),
    Route("GET", "/courriels/adresses", mails.addresses, Access.SIGNED_IN),
    Route("GET", "/courriels/{numero}", mails.preview, Access.SIGNED_IN),
    Route("GET", "/courriels/{numero}/mis-en-forme", mails.formatted, Access.SIGNED_IN),
    Route("POST", "/courriels/{numero}", mails.act, Access.SIGNED_IN, Proof.STRONG),
    Route("POST", "/courriels/adresses/redacteur", mails.correct, Access.SIGNED_IN, Proof.STRONG),
    Route("GET", "/premiers-pas", beginnings.show, Access.SIGNED_IN),
    Route("POST", "/premiers-pas", beginnings.keep, Access.SIGNED_IN, Proof.STRONG),
    Route("GET", "/aide", help_pages.show, Access.ANYONE),
    Route("GET", "/aide/{guide}", help_pages.guide, Access.ANYONE),
    Route("GET", "/organisation", organisation.show, Access.SIGNED_IN, Proof.STRONG),
    Route("POST", "/organisation/absences", absences.change, Access.SIGNED_IN, Proof.STRONG),
    Route("GET", "/organisation/{structure}", organisation.structure, Access.SIGNED_IN, Proof.STRONG),
    Route("POST", "/organisation/{structure}", organisation.change, Access.SIGNED_IN, Proof.STRONG),
)

DEMO = (
    Route("GET", "/demo", demonstration.show, Access.ANYONE),
    Route("POST", "/demo/personne", demonstration.become, Access.ANYONE),
    Route("POST", "/demo/horloge", demonstration.push, Access.ANYONE),
    Route("GET", "/demo/courriels", demonstration.mailboxes, Access.ANYONE),
    Route("GET", "/demo/courriels/{adresse}", demonstration.mailbox, Access.ANYONE),
    Route("GET", "/demo/courriels/{adresse}/{nom}", demonstration.mail, Access.ANYONE),
)
"""What a demonstration has besides: anybody is anybody there, for nothing in it is real."""
