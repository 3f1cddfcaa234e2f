"""Mails as people read them in the outbox: what each is, why it leaves, what became of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflow.mailroom import Posted, State
from workflow.words import counted, day_in_words

TITLES = {
    "M01": "fiche bien reçue",
    "M02": "complément demandé",
    "M03": "nouvelle situation",
    "M04": "à inscrire à l’ordre du jour",
    "M06": "décision de la gouvernance",
    "M07": "transmission",
    "M08": "prise en charge",
    "M09": "avis demandé",
    "M10": "relais",
    "M11": "retour disponible",
    "M12": "rappel",
    "M13": "avis de retard",
    "M14": "retour à transmettre",
    "M15": "situation close",
    "M17": "complément reçu",
    "M18": "situation rouverte",
    "M19": "action ou tâche",
    "M20": "code pour entrer",
    "M21": "circuit à regarder",
    "M22": "absence et remplacement",
}
"""Each mail of the catalogue."""
STATUSES = {
    "a_envoyer": "à envoyer",
    "envoye": "envoyé",
    "refuse": "adresse refusée",
    "remplace": "sans objet",
    "annule": "annulé",
}
STATES = {
    State.WAITING: "À envoyer",
    State.SENT: "Envoyés",
    State.FAILED: "En erreur",
    State.DROPPED: "Annulés",
}
BECAUSE = {
    "responsable": "c’est à {qui} d’agir",
    "destinataire": "les suites données sont destinées à {qui}",
    "superieur": "{qui} encadre l’équipe qui doit agir",
    "informe": "{qui} est tenu au courant de cette situation",
    "redacteur": "cette personne a rédigé la fiche",
}
APART = {
    "M20": "Écrit à qui a demandé un code pour entrer.",
    "M21": "Écrit parce que cette personne publie un circuit.",
    "M22": "Écrit à la personne absente et à celle qui la remplace.",
}
"""Mails that tell of no situation."""
AWAITED = {
    "decision": "une décision est attendue",
    "complement": "un complément est attendu",
    "avis": "un avis est attendu",
    "action": "une action est attendue",
    "retour": "un retour est attendu",
    "tache": "une tâche est à faire",
}
FAILURES = {
    "connexion": "le serveur de messagerie ne répond pas",
    "delai": "le serveur de messagerie met trop de temps à répondre",
    "adresse": "l’adresse n’a pas la forme d’une adresse",
    "modele": "le courriel n’a pas pu être écrit : c’est une faute du logiciel",
}


def why(posted: Posted, organisation: str) -> str:
    """Say in a sentence why somebody is written to; `organisation` is the name of theirs, if it is known."""
    said = posted.mail.context
    if posted.mail.reference is None:
        gathered = f"Ce courriel en regroupe {counted(said['en_tout'], 'ligne')}." if "lignes" in said else ""
        return gathered or APART[posted.mail.mail]
    who = organisation or "cette personne"
    reason = BECAUSE.get(said.get("pourquoi", ""), "{qui} y prend part").format(qui=who)
    if said.get("suite"):
        reason = f"c’est à {who} de transmettre ce retour au rédacteur de la fiche"
    return f"Écrit parce que {reason}{_awaited(said)}. Étape : « {said['etape']} »."


def _awaited(said: Mapping[str, Any]) -> str:
    awaited = AWAITED.get(said.get("nature") or "", "")
    if not awaited:
        return ""
    until = f" au plus tard le {day_in_words(date.fromisoformat(said['echeance']))}" if said.get("echeance") else ""
    indicative = " (délai indicatif)" if until and said.get("indicatif") else ""
    return f", et {awaited}{until}{indicative}"


def failure(reason: str | None) -> str:
    """Say why the mail server did not take a mail, from the code that was kept."""
    if not reason:
        return ""
    if reason.startswith("smtp-5"):
        return f"le serveur de messagerie refuse cette adresse ({reason.removeprefix('smtp-')})"
    if reason.startswith("smtp-"):
        return f"le serveur de messagerie n’en a pas voulu pour l’instant ({reason.removeprefix('smtp-')})"
    return FAILURES.get(reason, f"l’envoi a échoué ({reason})")
