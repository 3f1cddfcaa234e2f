"""What changes from one circuit to another, in sentences a manager reads (DESIGN §5)."""

from collections.abc import Iterable, Iterator, Mapping

from workflow.circuit.compiled import Circuit
from workflow.circuit.model import DecisionDefinition, DueDefinition, StepDefinition
from workflow.circuit.terms import AfterMeeting, Earliest, Timing
from workflow.delays import Delay
from workflow.words import enumerate_words


def differences(before: Circuit, after: Circuit) -> list[str]:
    """Return what the second says that the first does not say, and the reverse."""
    return [*_dues(before, after), *_steps(before, after)]


def _dues(before: Circuit, after: Circuit) -> Iterator[str]:
    for code in (code for code in after.dues if code not in before.dues):
        yield f"Un dû est ajouté : « {code} »{_in(after.dues[code])}."
    for code in (code for code in before.dues if code not in after.dues):
        yield f"Le dû « {code} » n’existe plus."
    for code, old in before.dues.items():
        if new := after.dues.get(code):
            yield from _due(f"« {code} »", old, new)


def _due(name: str, old: DueDefinition, new: DueDefinition) -> Iterator[str]:
    if (was := delay_in_words(old)) != (now := delay_in_words(new)):
        yield f"Le délai de {name} passe de {was or 'rien'} à {now or 'rien'}."
    if old.urgent != new.urgent:
        yield f"Le délai urgent de {name} passe de {_words(old.urgent)} à {_words(new.urgent)}."
    if old.bounds != new.bounds:
        bounds = " à ".join(_words(bound) for bound in new.bounds or ())
        yield f"Les bornes de {name} deviennent : {bounds or 'aucune'}."
    if old.debtor != new.debtor:
        yield f"{name} est dû par « {new.debtor} » au lieu de « {old.debtor} »."
    yield from _lists(f"{name} est aussi remis à", f"{name} n’est plus remis à", old.delivered, new.delivered)
    yield from _lists(f"{name} est aussi à dire à", f"{name} n’est plus à dire à", old.beneficiaries, new.beneficiaries)


def _steps(before: Circuit, after: Circuit) -> Iterator[str]:
    old_steps, new_steps = before.definition.steps, after.definition.steps
    for name in (name for name in new_steps if name not in old_steps):
        from_where = [step for step, other in new_steps.items() if step != name and name in _targets(other)]
        yield f"L’étape « {new_steps[name].title} » est ajoutée, après {_titles(new_steps, from_where)}."
    for name in (name for name in old_steps if name not in new_steps):
        yield f"L’étape « {old_steps[name].title} » n’existe plus."
    for name, old in old_steps.items():
        if new := new_steps.get(name):
            yield from _step(old, new, new_steps)


def _step(old: StepDefinition, new: StepDefinition, steps: Mapping[str, StepDefinition]) -> Iterator[str]:
    if old.title != new.title:
        yield f"L’étape « {old.title} » s’appelle maintenant « {new.title} »."
    if old.holder != new.holder:
        yield f"L’étape « {new.title} » est entre les mains de « {new.holder} » au lieu de « {old.holder} »."
    for name in (name for name in new.decisions if name not in old.decisions):
        yield f"À l’étape « {new.title} », une décision est ajoutée : « {new.decisions[name].title} »."
    for name in (name for name in old.decisions if name not in new.decisions):
        yield f"À l’étape « {new.title} », la décision « {old.decisions[name].title} » n’existe plus."
    for name, was in old.decisions.items():
        if now := new.decisions.get(name):
            yield from _decision(f"« {now.title} », à l’étape « {new.title} »,", was, now, steps)


def _decision(
    name: str, old: DecisionDefinition, new: DecisionDefinition, steps: Mapping[str, StepDefinition]
) -> Iterator[str]:
    if old.target != new.target:
        yield f"{name} mène maintenant à {_titles(steps, [new.target])}."
    if old.proof != new.proof:
        yield f"{name} demande maintenant la preuve « {new.proof} »."
    yield from _lists(f"{name} revient aussi à", f"{name} ne revient plus à", old.actors, new.actors)
    yield from _lists(f"{name} exige aussi", f"{name} n’exige plus", old.requires, new.requires)
    yield from _lists(f"{name} est aussi annoncé à", f"{name} n’est plus annoncé à", old.informs, new.informs)
    yield from _lists(f"{name} ouvre aussi", f"{name} n’ouvre plus", old.opens, new.opens)


def _lists(more: str, less: str, old: Iterable[str], new: Iterable[str]) -> Iterator[str]:
    old, new = list(old), list(new)
    if added := [f"« {item} »" for item in new if item not in old]:
        yield f"{more} {enumerate_words(added, 'et')}."
    if removed := [f"« {item} »" for item in old if item not in new]:
        yield f"{less} {enumerate_words(removed, 'et')}."


def _targets(step: StepDefinition) -> set[str]:
    return {decision.target for decision in step.decisions.values()}


def _titles(steps: Mapping[str, StepDefinition], names: Iterable[str]) -> str:
    titles = [f"« {steps[name].title} »" if name in steps else f"« {name} »" for name in names]
    return enumerate_words(titles, "et")


def _in(due: DueDefinition) -> str:
    said = delay_in_words(due)
    return f", dans {said}" if said else ""


def _words(delay: Delay | None) -> str:
    return delay.in_words() if delay else "rien"


def delay_in_words(timing: Timing) -> str:
    """Return « 30 jours », « 45 jours ou prochaine séance + 7 jours, au plus tôt », or nothing."""
    if isinstance(timing.delay, Delay):
        return timing.delay.in_words()
    if not isinstance(timing.delay, Earliest):
        return ""
    return f"{enumerate_words([_term(term) for term in timing.delay.terms])}, au plus tôt"


def _term(term: Delay | AfterMeeting) -> str:
    if isinstance(term, Delay):
        return term.in_words()
    return f"prochaine séance + {term.delay.in_words()}" if term.delay.count else "prochaine séance"
