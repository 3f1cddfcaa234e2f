"""Who and what, in the words people read: shared by every command that shows a situation."""

from collections.abc import Mapping
from datetime import date

from workflow.circuit.compiled import Circuit
from workflow.circuit.model import Kind
from workflow.model import Holder, Obligation
from workflow.words import day_in_words

OUTSIDE = {"systeme": "l’outil", "partenaire": "le partenaire"}
"""Actors that no circuit describes."""
KINDS = {
    Kind.DECISION: "une décision",
    Kind.COMPLEMENT: "un complément",
    Kind.OPINION: "un avis",
    Kind.ACTION: "une action",
    Kind.RETOUR: "un retour",
    Kind.TASK: "une tâche",
}
TO = (("le ou la ", "au ou à la "), ("les ", "aux "), ("le ", "au "))
OF = (("le ou la ", "du ou de la "), ("les ", "des "), ("le ", "du "))


def title_of(circuit: Circuit, holder: Holder) -> str:
    """Return « la délégation départementale de l’ARS », without the name of the organisation."""
    known = circuit.definition.actors.get(holder.actor)
    return known.title if known else OUTSIDE.get(holder.actor, holder.actor)


def who(circuit: Circuit, holder: Holder, names: Mapping[str, str]) -> str:
    """Return « la délégation départementale de l’ARS (DD 35) »; the tool has no organisation."""
    title = title_of(circuit, holder)
    return title if holder.actor == "systeme" else f"{title} ({names[holder.organisation]})"


def nature(circuit: Circuit, o: Obligation) -> str:
    """Return « un avis », « une tâche (compléter le formulaire national) »."""
    title = circuit.dues[o.code].title
    return f"{KINDS[o.kind]} ({title[0].lower()}{title[1:]})" if title else KINDS[o.kind]


def name_of(circuit: Circuit, o: Obligation) -> str:
    """Return what is owed as a title: « Retour au rédacteur de la fiche », « Compléter le formulaire national »."""
    if title := circuit.dues[o.code].title:
        return title
    name = KINDS[o.kind].partition(" ")[2].capitalize()
    return f"{name} {to_whom(title_of(circuit, o.beneficiary))}" if o.beneficiary else name


def to_whom(title: str) -> str:
    """Return « au rédacteur » for « le rédacteur », « à la direction » for « la direction »."""
    return _contracted(title, TO, "à ")


def of_whom(title: str) -> str:
    """Return « du rédacteur » for « le rédacteur », « de la direction » for « la direction »."""
    return _contracted(title, OF, "de ")


def _contracted(title: str, forms: tuple[tuple[str, str], ...], otherwise: str) -> str:
    found = (contracted + title.removeprefix(article) for article, contracted in forms if title.startswith(article))
    return next(found, otherwise + title)


def day(when: date | None) -> str:
    """Return a civil date in words."""
    return day_in_words(when) if when else "sans date"
