"""What shows that a retour was made, in words (the last mile of DESIGN §1)."""

from datetime import date

from workflow.model import Obligation, Status
from workflow.sentences.wording import day

PROOFS = {"remis": "remis par l’outil", "lu": "lu par le rédacteur", "publie": "publié sous le code de suivi"}
STATES = {Status.WAIVED: "dispensé", Status.LAPSED: "sans objet"}


def proof_of(o: Obligation) -> str:
    """Say how a retour was told, or what is still missing."""
    if o.is_open:
        return "courriel envoyé, preuve attendue" if o.passed_on else "à faire"
    if o.status is not Status.DISCHARGED:
        return STATES[o.status]
    means, _, on = (o.proof or "").partition(" ")
    if means == "oral":
        return f"transmis oralement le {day(date.fromisoformat(on))}"
    return PROOFS.get(means, o.proof or "")
