"""`/d/{jeton}`: what the link of a mail opens. Nothing happens before a form is sent: machines open links too."""

from secrets import token_hex
from typing import Any

from starlette.background import BackgroundTask
from starlette.responses import Response

from web.access import sight
from web.session import begin
from web.signing_in import ask_person, check
from web.visit import Opened, Visit
from workflow.circuit.model import Kind, Proof
from workflow.errors import Refusal
from workflow.from_mail import OFFICER, Reader, by_link
from workflow.model import Obligation
from workflow.sentences.situation import lateness
from workflow.triggers import Decision
from workflow.words import PARIS
from workflow.working_days import calendar_of

CHANGED = (
    "Quelqu’un a décidé depuis l’ouverture de cette page, ou cet acte n’y est plus possible. Rien n’a été enregistré : "
    "la page montre maintenant où en est la situation."
)
WHO = "Dites qui vous êtes : le code part à l’adresse de cette personne."
WRONG = (
    "Ce code n’est pas le bon, ou il n’est plus valable. Vérifiez le dernier courriel reçu, ou demandez-en un autre."
)
TOO_MANY = "Trop de codes ont été demandés. Attendez une heure, ou appelez le pilote ORP du DAC."


def show(visit: Visit, error: str = "", status: int = 200) -> Response:
    """Show reference, stage and date; somebody who came in already goes straight to the situation."""
    if visit.opened is None:
        return _nothing(visit)
    if not error and _sees(visit, visit.opened):
        return visit.to(f"/situations/{_reference(visit.opened)}")
    return visit.page(
        "lien.html", status, **_shown(visit, visit.opened), erreur=error, fait=visit.asked("fait") == "oui"
    )


def act(visit: Visit) -> Response:
    """Take charge, in the name of whoever the mail was sent to: the service, until somebody there says who they are."""
    if visit.opened is None:
        return _nothing(visit)
    opened, wanted, version = visit.opened, visit.typed("acte"), visit.typed("version")
    if wanted not in {possible.name for possible in _acts(visit, opened)}:
        return show(visit, CHANGED, 409)
    decision = Decision(
        id=f"lien-{visit.typed('identifiant')[:64]}",
        reference=_reference(opened),
        name=wanted,
        by=opened.person.id,
        fields={OFFICER: opened.person.id},
        expected_version=int(version) if version.isdecimal() else -1,
        salt=token_hex(16),
    )
    if isinstance(visit.services.engine.decide([decision])[0], Refusal):
        return show(visit, CHANGED, 409)  # who decided what is for those who say who they are
    return visit.to(f"{_here(visit)}?fait=oui")


def send(visit: Visit) -> Response:
    """« Qui êtes-vous ? » : send a code to that person's own address, never to where the link went."""
    if visit.opened is None:
        return _nothing(visit)
    opened = visit.opened
    person = visit.typed("personne") if opened.person.mailbox else opened.person.id  # whom a page names, it betrays
    if person not in visit.opened.people:
        return show(visit, WHO, 422)
    with visit.services.store.writing() as work:
        sent = ask_person(work, person, visit.secret, visit.address, visit.now)
    if not sent:
        return show(visit, TOO_MANY, 429)
    response = visit.to(f"{_here(visit)}/code")
    response.background = BackgroundTask(visit.services.post)
    return response


def show_code(visit: Visit, error: str = "", status: int = 200) -> Response:
    """Ask for the six digits."""
    if visit.opened is None:
        return _nothing(visit)
    return visit.page("lien_code.html", status, ici=_here(visit), erreur=error)


def enter(visit: Visit) -> Response:
    """Open a session to whoever types the right code, and show them the situation."""
    if visit.opened is None:
        return _nothing(visit)
    with visit.services.store.writing() as work:
        person = check(work, visit.typed("code"), visit.secret, visit.address, visit.now)
        if person is None or person not in visit.opened.people:
            return show_code(visit, WRONG, 422)
        secret = begin(work, person, Proof.CODE, visit.agent, visit.now)
    return visit.holding(secret).to(f"/situations/{_reference(visit.opened)}")


def _nothing(visit: Visit) -> Response:
    return visit.page("lien_perime.html", 404)


def _sees(visit: Visit, opened: Opened) -> bool:
    """Somebody else's session opens nothing more than the link does."""
    today = visit.now.astimezone(PARIS).date()
    return bool(visit.person and sight(opened.circuit, opened.dossier, visit.person, visit.proof, today))


def _acts(visit: Visit, opened: Opened) -> list[Any]:
    reader = Reader(opened.circuit, opened.dossier, opened.person, {}, visit.now)
    return by_link(reader) if opened.stays else []


def _shown(visit: Visit, opened: Opened) -> dict[str, Any]:
    """What a forwarded link may show, and no more: reference, stage, date (DESIGN §7)."""
    case = opened.dossier.case
    owed = next((o for o in opened.dossier.obligations if o.is_open and o.kind is Kind.DECISION), None)
    return {
        "ici": _here(visit),
        "reference": case.reference,
        "etape": opened.circuit.step(case.step).title,
        "ligne": _date(visit, opened, owed) if owed else None,
        "actes": _acts(visit, opened),
        "service": opened.person.name if opened.person.mailbox else "",
        "gens": opened.people if opened.person.mailbox else {},
        "version": case.version,
        "identifiant": token_hex(16),
    }


def _date(visit: Visit, opened: Opened, owed: Obligation) -> dict[str, Any]:
    organisation = opened.dossier.facts.organisations[owed.debtor.organisation]
    today = calendar_of(organisation.departement).local_date(visit.now)
    return {
        "structure": organisation.name,
        "retard": lateness(visit.now, owed, organisation.departement),
        "suspendu": owed.paused_on is not None,
        "echeance": owed.due,
        "proche": owed.due is not None and (owed.due - today).days <= 7,
        "indicatif": opened.circuit.dues[owed.code].indicative and owed.due is not None,
    }


def _reference(opened: Opened) -> str:
    return opened.dossier.case.reference


def _here(visit: Visit) -> str:
    return f"/d/{visit.request.path_params['jeton']}"
