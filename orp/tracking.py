"""The way back of an anonymous rédacteur: a code given once, and the little it lets them see."""

import json
from collections.abc import Iterator
from secrets import choice
from typing import Any

from orp.bootstrap import Application
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import Kind, Level
from workflow.errors import Refusal
from workflow.model import Case, Obligation, Party, Status
from workflow.records import Entry
from workflow.sentences.followed import Followed
from workflow.sentences.wording import day

ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
"""No letter or digit that a hand-written copy would take for another."""
GROUPS, GROUP = 3, 4

STEPS = (
    ("Déposée", (Level.FIELD,)),
    ("Analysée par le DAC", (Level.DAC,)),
    ("Examinée par la gouvernance", (Level.GOVERNANCE,)),
    ("Examinée par l’ARS", (Level.DD, Level.REGION, Level.NATIONAL)),
    ("Retour reçu", ()),
)
"""The five steps a rédacteur reads (domain.md §3.2), and the levels each stands for."""
DONE, NOW, TO_COME, NEVER = "fait", "en cours", "à venir", "sans objet"


def new_code() -> str:
    """Return a code nobody can guess, such as « KMRT-34FA-9XYD »."""
    return canonical("".join(choice(ALPHABET) for _ in range(GROUPS * GROUP)))


def canonical(typed: str) -> str:
    """Return a code as it was given, whatever the case, blanks and hyphens it is typed with."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    return "-".join(signs[start : start + GROUP] for start in range(0, len(signs), GROUP))


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
        entries, texts = work.journal.of(case.reference), work.screens.retours(case.reference)
    circuit, followed = app.circuits.get(case.circuit), Followed(app.circuits.get, case, entries)
    told = {entry.seq: json.loads(entry.content) for entry in entries}
    return {
        "etapes": _steps(circuit, case, parties, obligations),
        "attente": _until(circuit, obligations),
        "retours": [
            _retour(followed.at(seq), told[seq], texts[seq]) for seq in _published(obligations, entries) if seq in texts
        ],
    }


def _steps(circuit: Circuit, case: Case, parties: list[Party], obligations: list[Obligation]) -> list[dict[str, str]]:
    step = circuit.step(case.step)
    reached = {party.slot for party in parties if party.since} | {Level.FIELD}
    told = any(o.final and o.last_mile and o.status is Status.DISCHARGED for o in obligations)
    states = []
    for _, levels in STEPS[:-1]:
        here = case.issue is None and step.level in levels
        passed = DONE if reached & set(levels) else NEVER if case.issue else TO_COME
        states.append(NOW if here else passed)
    ending = NEVER if step.final else NOW
    states.append(DONE if told else ending if case.issue else TO_COME)
    return [{"etape": name, "etat": state} for (name, _), state in zip(STEPS, states, strict=True)]


def _until(circuit: Circuit, obligations: list[Obligation]) -> str:
    waiting = [o for o in obligations if o.is_open and (o.kind is Kind.DECISION or o.last_mile)]
    first = min(waiting, key=lambda o: (o.kind is not Kind.DECISION, o.due is None, o.due), default=None)
    if first is None:
        return "Plus rien n’est attendu pour cette situation."
    mark = " (délai indicatif)" if circuit.dues[first.code].indicative else ""
    if first.paused_on:
        return "Un complément est attendu : le délai est suspendu."
    if first.late:
        return f"En retard : la réponse était attendue au plus tard le {day(first.due)}{mark}."
    said = "Décision attendue" if first.kind is Kind.DECISION else "Retour attendu"
    return f"{said} au plus tard le {day(first.due)}{mark}." if first.due else f"{said}, sans date."


def _retour(circuit: Circuit, content: dict[str, Any], parts: dict[str, str]) -> dict[str, str]:
    """Return a retour with what it tells of: the decision and its motif, unless these are the DAC's own words."""
    if "decision" not in content:
        return parts
    decision = circuit.decision(content["de"], content["decision"])
    motif = content.get("codes", {}).get("motif")
    label = circuit.definition.reasons[decision.reasons][motif] if motif and decision.reasons else ""
    return {"decision": decision.title} | ({"motif": label} if label else {}) | parts


def _published(obligations: list[Obligation], entries: list[Entry]) -> Iterator[int]:
    """Journal positions of what was published: the decisions a retour answers, then the DAC's own words."""
    acts = {
        content["du"]: entry.seq
        for entry in entries
        if entry.kind == "acte" and (content := json.loads(entry.content))["verbe"] == "acquitter"
    }
    seen: set[int] = set()
    for o in obligations:
        if o.last_mile and o.status is Status.DISCHARGED and (o.proof or "").startswith("publie"):
            for seq in (*(int(answer.rpartition("@")[2]) for answer in o.answers), acts.get(o.n, 0)):
                if seq not in seen:
                    seen.add(seq)
                    yield seq
