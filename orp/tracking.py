"""The way back of an anonymous rédacteur: a code given once, and the little it lets them see."""

from typing import Any

from orp.bootstrap import Application
from workflow.errors import Refusal
from workflow.sentences import path
from workflow.sentences.followed import Followed
from workflow.tracking import canonical


def is_known(app: Application, code: str) -> bool:
    """Say whether a situation bears this code."""
    with app.store.reading() as work:
        return work.screens.tracked(code) is not None


def follow(app: Application, typed: str) -> dict[str, Any]:
    """Return what the bearer of a code may see: five steps, a date, the retours published to them.

    Raises:
        Refusal: no situation bears this code.
    """
    with app.store.reading() as work:
        case = work.screens.tracked(canonical(typed))
        if case is None:
            raise Refusal("Aucune situation ne répond à ce code de suivi. Vérifiez ses douze signes.")
        obligations, parties = work.screens.obligations(case.reference), work.screens.parties(case.reference)
        entries, texts = work.journal.of(case.reference), work.screens.decided(case.reference, ("retour",), ())
    circuit, followed = app.circuits.get(case.circuit), Followed(app.circuits.get, case, entries)
    return {
        "etapes": path.path(circuit, case, parties, obligations),
        "attente": path.awaited(circuit, obligations),
        "retours": path.retours(followed, obligations, entries, texts, path.is_published),
    }
