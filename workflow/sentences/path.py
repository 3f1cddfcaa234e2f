"""What a rédacteur sees of their own situation: five plain steps, a date, the retours made to them; never more."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from workflow.circuit.compiled import Circuit
from workflow.circuit.model import Kind, Level
from workflow.discharging import DISCHARGE
from workflow.model import Case, Obligation, Party, Status
from workflow.records import Entry
from workflow.sentences.followed import Followed
from workflow.sentences.wording import day

STEPS = (
    ("Déposée", (Level.FIELD,)),
    ("Analysée par le DAC", (Level.DAC,)),
    ("Examinée par la gouvernance", (Level.GOVERNANCE,)),
    ("Examinée par l’ARS", (Level.DD, Level.REGION, Level.NATIONAL)),
    ("Retour reçu", ()),
)
"""The five steps a rédacteur reads (domain.md §3.2), and the levels each stands for."""
DONE, NOW, TO_COME, NEVER = "fait", "en cours", "à venir", "sans objet"


def path(
    circuit: Circuit, case: Case, parties: Sequence[Party], obligations: Sequence[Obligation]
) -> list[dict[str, str]]:
    """Return the five steps, each with where it stands."""
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


def awaited(circuit: Circuit, obligations: Sequence[Obligation]) -> str:
    """Say what comes next and until when, without saying from whom."""
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


def is_published(o: Obligation) -> bool:
    """True for a retour published under the tracking code."""
    return o.last_mile and o.status is Status.DISCHARGED and (o.proof or "").startswith("publie")


def is_passed_on(o: Obligation) -> bool:
    """True for a retour that the DAC made to the rédacteur, or sent and awaits the proof of."""
    return o.last_mile and (o.status is Status.DISCHARGED or (o.is_open and o.passed_on is not None))


def retours(
    followed: Followed,
    obligations: Sequence[Obligation],
    entries: Sequence[Entry],
    texts: Mapping[int, Mapping[str, str]],
    made: Callable[[Obligation], bool],
) -> list[dict[str, str]]:
    """Return the retours that were made to somebody, oldest first.

    `made` says which; `texts` are what was written, by journal position: only the parts of a retour are told.
    """
    told = {entry.seq: json.loads(entry.content) for entry in entries}
    parts = {seq: _parts(fields) for seq, fields in texts.items()}
    return [retour(followed.at(seq), told[seq], parts[seq]) for seq in _made(obligations, told, made) if parts.get(seq)]


def _parts(fields: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix("retour."): text for name, text in fields.items() if name.startswith("retour.")}


def retour(circuit: Circuit, content: Mapping[str, Any], parts: Mapping[str, str]) -> dict[str, str]:
    """Return a retour with what it tells of: the decision and its motif, unless these are the DAC's own words."""
    if "decision" not in content:
        return dict(parts)
    decision = circuit.decision(content["de"], content["decision"])
    motif = content.get("codes", {}).get("motif")
    label = circuit.definition.reasons[decision.reasons][motif] if motif and decision.reasons else ""
    return {"decision": decision.title} | ({"motif": label} if label else {}) | dict(parts)


def _made(
    obligations: Sequence[Obligation], told: Mapping[int, Any], made: Callable[[Obligation], bool]
) -> Iterator[int]:
    """Journal positions of what was told: the decisions a retour answers, then the DAC's own words."""
    written = [(seq, content) for seq, content in told.items() if content.get("verbe") == DISCHARGE]
    acts = {line["n"]: seq for seq, content in written for line in content.get("solde", ())}
    acts |= {content["du"]: seq for seq, content in written}
    seen: set[int] = set()
    for o in obligations:
        if made(o):
            for seq in (*(int(answer.rpartition("@")[2]) for answer in o.answers), acts.get(o.n, 0)):
                if seq not in seen:
                    seen.add(seq)
                    yield seq
