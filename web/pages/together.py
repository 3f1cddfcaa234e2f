"""`/a-traiter/ensemble`: one act on several situations. Each is judged and played as if it were alone, and says how."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from secrets import token_hex

from starlette.responses import Response

from web.access import house
from web.pages.acting import decision, identifier, nearby, possible
from web.pages.inbox import PER_PAGE
from web.pages.situation import APART
from web.reading import see
from web.visit import Seen, Visit
from workflow.asking import Act
from workflow.circuit.model import Kind, Slot
from workflow.errors import MissingData, Refusal
from workflow.from_mail import decisions_of
from workflow.model import Obligation
from workflow.questions import Question, Widget
from workflow.sentences.titles import ASKED, title_of
from workflow.sentences.wording import name_of
from workflow.triggers import Decision

ONE_BY_ONE = ("version_relue.texte",)
"""What is written for one situation alone."""
GONE = "Cet acte n’est plus possible, ou ne vous revient plus."


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was chosen, with what may be done about it now."""

    there: Seen
    number: str
    """Of what is owed, as the form said it."""
    owed: Obligation | None
    """Nothing: it is owed no longer."""
    title: str
    acts: Mapping[str, Act]

    @property
    def key(self) -> str:
        """How the forms name it."""
        return f"{self.there.dossier.case.reference}:{self.number}"

    @property
    def what(self) -> str:
        """What is owed."""
        circuit, case = self.there.circuit, self.there.dossier.case
        if self.owed is None or self.owed.kind is Kind.DECISION:
            return circuit.step(case.step).title
        return name_of(circuit, self.owed)


def show(visit: Visit) -> Response:
    """Show what was chosen, and the acts that all of it allows."""
    return _page(visit, _still_owed(_items(visit, visit.request.query_params.getlist("choix"))))


def act(visit: Visit) -> Response:
    """Play one act on each, through the engine as for one; what was refused stays chosen, with the reason."""
    versions = dict(_versions(visit.form.get("choix", ())))
    items = _items(visit, list(versions))
    able = [item for item in items if visit.typed("acte") in item.acts]
    already = _played(visit, items)
    said = {item.key: "" if item.key in already else GONE for item in items}
    results = visit.services.engine.decide_together(list(_decisions(visit, able, versions)))
    for item, result in zip(able, results, strict=True):
        faults = result.faults if isinstance(result, MissingData) else (str(result),)
        said[item.key] = " ".join(faults) if isinstance(result, Refusal) else ""
    refused = [key for key, fault in said.items() if fault]
    done = [(item, said[item.key]) for item in items]
    return _page(visit, _still_owed(_items(visit, refused)), done, 422 if refused else 200)


def _page(visit: Visit, items: Sequence[Item], done: Sequence[tuple[Item, str]] = (), status: int = 200) -> Response:
    return visit.page(
        "ensemble.html",
        status,
        lignes=items,
        actes=sorted(_common(items), key=lambda act: act.name in APART),
        faits=done,
        identifiant=token_hex(16),
        saisi=visit.form,
    )


def _items(visit: Visit, keys: Collection[str]) -> list[Item]:
    """Return those of the things chosen that exist for this person, in a constant number of statements."""
    pairs = [(reference, n) for reference, _, n in (key.partition(":") for key in list(keys)[:PER_PAGE])]
    found = see(visit, sorted({reference for reference, _ in pairs}), f"{visit.request.method} /a-traiter/ensemble")
    directory = nearby(visit, list(found.values()))
    with visit.services.store.reading() as work:
        answers = work.inbox.answers(found, ASKED)
        given = work.inbox.titles(found, {house(there.sight, there.dossier) for there in found.values()})
    titles = {r: given.get((r, house(there.sight, there.dossier))) for r, there in found.items()}
    acts = {reference: possible(visit, there, directory) for reference, there in found.items()}
    items = []
    for reference, n in pairs:
        if there := found.get(reference):
            owed = next((o for o in there.dossier.obligations if str(o.n) == n and o.is_open), None)
            title = titles[reference] or title_of(there.circuit, answers.get(reference, {}), _antenne(there))
            offered = dict(_about(there, owed, acts[reference])) if owed else {}
            items.append(Item(there, n, owed, title, offered))
    return items


def _still_owed(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.owed]


def _played(visit: Visit, items: Sequence[Item]) -> set[str]:
    """Return those on which this form was played already: a second click says what the first one did."""
    names = {item.key: _name(visit, item) for item in items}
    references = {item.there.dossier.case.reference for item in items}
    with visit.services.store.reading() as work:
        dossiers = work.load(references, {visit.who.id}, set(names.values()), visit.now)
    seen = {name for dossier in dossiers.values() for name in dossier.facts.seen}
    return {key for key, name in names.items() if name in seen}


def _name(visit: Visit, item: Item) -> str:
    """How the decision on one thing is known: what it is about comes first, so that no two are ever the same."""
    return identifier(f"{item.key}-{visit.typed('identifiant')}")


def _antenne(there: Seen) -> str:
    dossier = there.dossier
    return dossier.facts.organisations[dossier.parties[Slot.ANTENNE].organisation].name


def _about(there: Seen, owed: Obligation, acts: Sequence[Act]) -> Iterator[tuple[str, Act]]:
    """The acts that are about this thing: the decisions of the step or of the one that follows, or what renders it."""
    for one in acts:
        mine = one.due is None if owed.kind is Kind.DECISION else one.due == owed.n
        alone = any(question.name in ONE_BY_ONE for question in one.questions)
        if mine and not alone and not one.blocked and there.sight.may(one.proof):
            yield one.key, one


def _common(items: Sequence[Item]) -> Iterator[Act]:
    """The acts that all allow and that ask the same of each; choices are those that all have."""
    for name, first in items[0].acts.items() if items else ():
        same = [item.acts[name] for item in items if name in item.acts]
        asked = {tuple(question.name for question in one.questions) for one in same}
        if len(same) == len(items) and len(asked) == 1:
            yield replace(first, questions=tuple(_shared(number, same) for number in range(len(first.questions))))


def _shared(number: int, acts: Sequence[Act]) -> Question:
    questions = [one.questions[number] for one in acts]
    first = questions[0]
    if first.widget not in (Widget.CHOICE, Widget.CHOICES):
        return first
    return replace(
        first, choices={k: v for k, v in first.choices.items() if all(k in question.choices for question in questions)}
    )


def _versions(chosen: Collection[str]) -> Iterator[tuple[str, int]]:
    """« REF:n:version », as the form says it."""
    for one in chosen:
        key, _, version = one.rpartition(":")
        yield key, int(version) if version.isdecimal() else -1


def _decisions(visit: Visit, items: Sequence[Item], versions: Mapping[str, int]) -> Iterator[list[Decision]]:
    """Two on one situation are chained: the second expects what the first leaves."""
    before: Counter[str] = Counter()
    for item in items:
        reference, wanted = item.there.dossier.case.reference, item.acts[visit.typed("acte")]
        version = str(versions[item.key] + before[reference])
        one = decisions_of(wanted, decision(visit, item.there, wanted, version, _name(visit, item)))
        before[reference] += len(one)
        yield one
