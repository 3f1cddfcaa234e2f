"""`/a-traiter/ensemble`: one act on several situations. Each is judged and played as if it were alone, and says how."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from secrets import token_hex

from starlette.responses import Response

from web.access import house
from web.pages.acting import decision, identifier, nearby, possible
from web.pages.inbox import PER_PAGE
from web.reading import see
from web.visit import Seen, Visit
from workflow.asking import Act
from workflow.circuit.model import Kind, Slot
from workflow.errors import MissingData, Refusal
from workflow.model import Decision, Obligation
from workflow.questions import Question, Widget
from workflow.sentences.titles import ASKED, title_of
from workflow.sentences.wording import name_of

ONE_BY_ONE = ("version_relue.texte",)
"""What is written for one situation alone."""
GONE = "Cet acte n’est plus possible, ou ne vous revient plus."


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was chosen, with what may be done about it now."""

    there: Seen
    owed: Obligation
    title: str
    acts: Mapping[str, Act]

    @property
    def key(self) -> str:
        """How the forms name it."""
        return f"{self.there.dossier.case.reference}:{self.owed.n}"

    @property
    def what(self) -> str:
        """What is owed."""
        circuit, case = self.there.circuit, self.there.dossier.case
        return circuit.step(case.step).title if self.owed.kind is Kind.DECISION else name_of(circuit, self.owed)


def show(visit: Visit) -> Response:
    """Show what was chosen, and the acts that all of it allows."""
    return _page(visit, _items(visit, visit.request.query_params.getlist("choix")))


def act(visit: Visit) -> Response:
    """Play one act on each, through the engine as for one; what was refused stays chosen, with the reason."""
    wanted = visit.typed("acte")
    versions = dict(_versions(visit.form.get("choix", ())))
    items = _items(visit, list(versions))
    able = [item for item in items if wanted in item.acts]
    said = dict.fromkeys((item.key for item in items), GONE)
    results = visit.services.engine.decide(list(_decisions(visit, able, wanted, versions)))
    for item, result in zip(able, results, strict=True):
        faults = result.faults if isinstance(result, MissingData) else (str(result),)
        said[item.key] = " ".join(faults) if isinstance(result, Refusal) else ""
    left = _items(visit, [key for key, fault in said.items() if fault])
    done = [(item, said[item.key]) for item in items]
    return _page(visit, left, done, 422 if left else 200)


def _page(visit: Visit, items: Sequence[Item], done: Sequence[tuple[Item, str]] = (), status: int = 200) -> Response:
    return visit.page(
        "ensemble.html",
        status,
        lignes=items,
        actes=list(_common(items)),
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
        there = found.get(reference)
        owed = [o for o in there.dossier.obligations if str(o.n) == n and o.is_open] if there else []
        if there and owed:
            title = titles[reference] or title_of(there.circuit, answers.get(reference, {}), _antenne(there))
            items.append(Item(there, owed[0], title, dict(_about(there, owed[0], acts[reference]))))
    return items


def _antenne(there: Seen) -> str:
    dossier = there.dossier
    return dossier.facts.organisations[dossier.parties[Slot.ANTENNE].organisation].name


def _about(there: Seen, owed: Obligation, acts: Sequence[Act]) -> Iterator[tuple[str, Act]]:
    """The acts that are about this thing: the decisions of the step, or what renders it."""
    for one in acts:
        mine = one.due is None if owed.kind is Kind.DECISION else one.due == owed.n
        alone = any(question.name in ONE_BY_ONE for question in one.questions)
        if mine and not one.first and not alone and not one.blocked and there.sight.may(one.proof):
            yield one.name, one


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


def _decisions(visit: Visit, items: Sequence[Item], name: str, versions: Mapping[str, int]) -> Iterator[Decision]:
    """Two on one situation are chained: the second expects what the first leaves."""
    before: dict[str, int] = {}
    for item in items:
        reference = item.there.dossier.case.reference
        version = versions[item.key] + before.get(reference, 0)
        before[reference] = before.get(reference, 0) + 1
        called = identifier(f"{visit.typed('identifiant')}-{item.key}")
        yield decision(visit, item.there, item.acts[name], str(version), called)
