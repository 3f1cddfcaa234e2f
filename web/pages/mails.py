"""`/courriels`: what is written to whom and why; sent again, cancelled, looked at, tried on oneself."""

from dataclasses import replace
from email.message import EmailMessage
from typing import Any

from starlette.responses import Response

from web.contacts import ADDRESS
from web.ports.services import Work
from web.throttle import TRIALS, allows
from web.visit import Visit
from workflow.errors import OrpError, UnknownReference
from workflow.mailroom import Posted, Reader, State, runs, why_not_again, why_not_cancelled
from workflow.sentences.mails import STATES, STATUSES, TITLES, failure, why

PER_PAGE = 50
NOWHERE = "Ce courriel n’existe pas, ou il ne vous est pas ouvert."
CHANGED = "Ce courriel a changé pendant que vous lisiez. Rien n’a été fait : relisez son état ci-dessous."
UNWRITTEN = "Ce courriel ne peut pas être mis en page. Prévenez qui exploite le service."
APART = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
"""A mail carries its own styles, and nothing that runs."""
EMPTY = {
    State.WAITING: "Aucun courriel n’attend. Ceux qui partiront apparaîtront ici, avec leur date.",
    State.SENT: "Aucun courriel n’est encore parti.",
    State.FAILED: "Aucun courriel n’est en erreur.",
    State.DROPPED: "Aucun courriel n’a été annulé ni remplacé.",
}


def show(visit: Visit) -> Response:
    """Show one heap of mails, and the counts of all."""
    state = next((one for one in State if one == visit.asked("etat")), State.WAITING)
    number = visit.asked("page", "1")
    page = int(number) if number.isdecimal() and 0 < int(number) < 10_000 else 1
    reader = _reader(visit)
    with visit.services.store.reading() as work:
        counts = work.mailroom.counts(reader)
        posted = work.mailroom.page(reader, state, (page - 1) * PER_PAGE, PER_PAGE)
        names, refused = work.screens.names(), len(work.mailroom.refused(reader))
    heaps = [{"nom": one, "titre": STATES[one], "nombre": counts.get(one, 0)} for one in State]
    return visit.page(
        "courriels.html",
        tas=heaps,
        etat=state,
        vide=EMPTY[state],
        lignes=[_line(one, names) for one in posted],
        refusees=refused,
        page=page,
        derniere=-(-counts.get(state, 0) // PER_PAGE) or 1,
    )


def addresses(visit: Visit, faults: tuple[str, ...] = (), status: int = 200) -> Response:
    """List the addresses that the mail server refuses, each with where to correct it."""
    reader, runs_ = _reader(visit), visit.runs()
    with visit.services.store.reading() as work:
        rows = work.mailroom.refused(reader)
        held = work.staff.holding(runs_, visit.now)
    places = {row["person"]: row["organisation"] for row in held}
    for row in rows:
        row["structure"] = places.get(row["person"])
    return visit.page(
        "courriels_adresses.html", status, adresses=rows, fautes=faults, fait=visit.asked("fait") == "oui"
    )


def correct(visit: Visit) -> Response:
    """Correct where a rédacteur is written to: their DAC alone knows them."""
    email, reference = visit.typed("courriel"), visit.typed("reference")
    if not ADDRESS.fullmatch(email):
        return addresses(visit, (f"« {email} » n’est pas une adresse électronique.",), 422)
    reader = _reader(visit)
    with visit.services.store.writing() as work:
        corrected = work.staff.correct_writer(reference, reader.organisations, email)
        if corrected:
            work.staff.note(visit.now, visit.who.id, f"adresse du rédacteur, {reference}", None, None)
    if not corrected:
        return addresses(visit, ("Cette situation n’existe pas, ou elle ne vous est pas ouverte.",), 422)
    return visit.to("/courriels/adresses?fait=oui")


def preview(visit: Visit, faults: tuple[str, ...] = (), status: int = 200) -> Response:
    """Show one mail as it leaves, in text, with what may be done of it."""
    reader = _reader(visit)
    with visit.services.store.reading() as work:
        posted, names = _posted(visit, work, reader), work.screens.names()
    message = _written(visit, posted)
    body = message.get_body(("plain",)) if message else None
    mine = runs(reader, posted)
    return visit.page(
        "courriel.html",
        status,
        ligne=_line(posted, names),
        objet=message["Subject"] if message else "",
        texte=body.get_content() if body else UNWRITTEN,
        gere=mine,
        pas_de_renvoi=why_not_again(posted, visit.now),
        pas_d_annulation=why_not_cancelled(posted, visit.now),
        fautes=faults,
        fait=DONE.get(visit.asked("fait"), ""),
    )


def formatted(visit: Visit) -> Response:
    """Show the same mail with its styles, on a page of its own."""
    reader = _reader(visit)
    with visit.services.store.reading() as work:
        posted = _posted(visit, work, reader)
    message = _written(visit, posted)
    body = message.get_body(("html",)) if message else None
    return Response(body.get_content() if body else UNWRITTEN, media_type="text/html", headers=APART)


DONE = {
    "renvoyer": "Ce courriel part dès que la messagerie le prend, aux heures d’envoi de qui le reçoit.",
    "annuler": "Ce courriel est annulé : il ne partira pas.",
    "essai": "Une copie marquée [TEST] vient de partir à votre adresse. Personne d’autre ne la reçoit.",
}


def act(visit: Visit) -> Response:
    """Send again, cancel, or send a copy to oneself."""
    wanted = visit.typed("acte")
    acts = {"renvoyer": _send_again, "annuler": _cancel, "essai": _try}
    if wanted not in acts:
        return preview(visit, ("Cet acte n’existe pas.",), 422)
    fault = acts[wanted](visit)
    if fault:
        return preview(visit, (fault,), 422)
    return visit.to(f"/courriels/{visit.request.path_params['numero']}?fait={wanted}")


def _send_again(visit: Visit) -> str:
    reader = _reader(visit)
    with visit.services.store.writing() as work:
        posted = _mine(visit, work, reader)
        fault = why_not_again(posted, visit.now)
        return fault or ("" if work.mailroom.send_again(posted, visit.now) else CHANGED)


def _cancel(visit: Visit) -> str:
    reader = _reader(visit)
    with visit.services.store.writing() as work:
        posted = _mine(visit, work, reader)
        fault = why_not_cancelled(posted, visit.now)
        return fault or ("" if work.mailroom.cancel(posted, visit.who.id, visit.now) else CHANGED)


def _try(visit: Visit) -> str:
    """Only to the address of whoever asks: this screen writes to nobody else."""
    reader = _reader(visit)
    with visit.services.store.writing() as work:
        posted = _posted(visit, work, reader)
        address = work.addresses({visit.who.id}).get(visit.who.id, "")
        if not allows(work, TRIALS, visit.who.id, visit.now):
            return "Dix essais en une heure suffisent. Attendez un peu, puis recommencez."
    try:
        reason = visit.services.tried(posted.mail, address)
    except OrpError:
        return UNWRITTEN
    return f"La copie n’a pas pu partir : {failure(reason)}. Le courriel lui-même n’a pas changé." if reason else ""


def _reader(visit: Visit) -> Reader:
    return Reader(visit.who.id, () if visit.administers else visit.runs(), visit.administers)


def _posted(visit: Visit, work: Work, reader: Reader) -> Posted:
    number = visit.request.path_params["numero"]
    found = work.mailroom.one(reader, int(number)) if number.isdecimal() and len(number) < 16 else None
    if found is None:
        raise UnknownReference(NOWHERE)
    return found


def _mine(visit: Visit, work: Work, reader: Reader) -> Posted:
    posted = _posted(visit, work, reader)
    if not runs(reader, posted):
        raise UnknownReference(NOWHERE)
    return posted


def _written(visit: Visit, posted: Posted) -> EmailMessage | None:
    """The address stays out of it: what is shown was not sent to whoever looks."""
    try:
        return visit.services.written(replace(posted.mail, address="apercu@exemple.fr"))
    except OrpError:
        return None


def _line(posted: Posted, names: dict[str, str]) -> dict[str, Any]:
    mail = posted.mail
    failed = posted.reason and posted.status in ("a_envoyer", "refuse")
    by = f" par {names.get(posted.reason or '', 'une personne partie')}" if posted.status == "annule" else ""
    return {
        "numero": mail.id,
        "titre": _capital(TITLES.get(mail.mail, mail.mail)),
        "reference": mail.reference,
        "pour": posted.name or "Rédacteur de la fiche",
        "pourquoi": why(posted, names.get(mail.organisation, "")),
        "etat": _capital(STATUSES[posted.status] + by),
        "attend": posted.status == "a_envoyer",
        "erreur": _capital(failure(posted.reason)) if failed else "",
        "essais": mail.attempts,
        "groupe": posted.carrier is not None,
        "quand": posted.sent_at or posted.not_before,
        "parti": posted.sent_at is not None,
    }


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
