"""Why this date: where each due date comes from, in plain sentences, and who will be told when."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from orp.bootstrap import Application
from orp.counting import Count, counts, in_words
from workflow.alarms import Point, Ring, upcoming
from workflow.change import Change, begin
from workflow.circuit.model import Kind
from workflow.errors import IllegalDecision
from workflow.model import Obligation
from workflow.records import Entry
from workflow.ringing import told
from workflow.sentences.followed import Followed
from workflow.sentences.history import History
from workflow.sentences.wording import day, nature, of_whom, who
from workflow.words import counted, enumerate_words

MOST_RINGS = 5
RINGS = {
    Ring.PROVEN: "retour tenu pour remis, si aucun refus n’est revenu",
    Ring.OVERRUN: "échéance dépassée à la fin de la journée, noté au journal",
    Ring.REMINDER: "rappel",
    Ring.SUPERVISOR: "avis de retard",
    Ring.NOTICE: "avis de retard",
}
SILENT = (Ring.PROVEN, Ring.OVERRUN)
"""Rings that write to nobody, and still change something."""


@dataclass(frozen=True, slots=True)
class Told:
    """One situation with its journal, to explain dates from."""

    change: Change
    everything: list[Obligation]
    """The obligations that are closed too."""
    entries: list[tuple[Entry, dict[str, Any]]]
    followed: Followed
    names: dict[str, str] = field(default_factory=dict)

    def opening(self, n: int) -> dict[str, Any]:
        """Return the content of the journal line that opened an obligation."""
        lines = (content for _, content in self.entries if any(o["n"] == n for o in content.get("ouvre", ())))
        return next(lines, {})


def explain(app: Application, reference: str, due: int | None = None) -> dict[str, Any]:
    """Return, for each thing owed, how its date was found and what will ring.

    Raises:
        UnknownReference: no situation bears it.
        IllegalDecision: what `due` numbers is not open.
    """
    now = app.clock.now()
    with app.store.reading() as work:
        case = work.screens.case(reference)
        dossier = work.load({reference}, (), (), now)[reference]
        everything, names = work.screens.obligations(reference), work.screens.names()
        entries = [(entry, json.loads(entry.content)) for entry in work.journal.of(reference)]
    change = begin(app.circuits.get(case.circuit), dossier, now)
    followed = Followed(app.circuits.get, case, [entry for entry, _ in entries])
    seen = Told(change, everything, entries, followed, names)
    wanted = [o for o in change.still_open() if due in (None, o.n)]
    if due is not None and not wanted:
        numbers = enumerate_words([str(o.n) for o in change.still_open()], "et")
        raise IllegalDecision(f"Le n° {due} n’est pas attendu ici. Attendus : {numbers or 'rien'}.")
    return {
        "reference": reference,
        "titre": change.circuit.step(case.step).title,
        "attendu": [_explained(seen, o) for o in wanted],
    }


def _explained(seen: Told, o: Obligation) -> dict[str, Any]:
    change = seen.change
    calendar = change.calendar(o.debtor)
    opened = calendar.local_date(o.opened_at)
    points = upcoming(o, change.circuit.dues[o.code], calendar, change.now, MOST_RINGS)
    return {
        "n": o.n,
        "code": o.code,
        "quoi": f"{nature(change.circuit, o)}, {of_whom(who(change.circuit, o.debtor, seen.names))}",
        "ouvert_le": opened.isoformat(),
        "echeance": o.due.isoformat() if o.due and not o.paused_on else None,
        "en_retard": o.late,
        "phrases": [f"Attendu depuis le {day(opened)}.", *_origin(seen, o), *_moves(seen, o), *_state(o)],
        "rappels": [ring for point in points if (ring := _ring(seen, o, point))["a"] or point.ring in SILENT],
    }


def _origin(seen: Told, o: Obligation) -> Iterator[str]:
    """The delay and how it was counted; or who gave the date."""
    codes = seen.opening(o.n).get("codes", {})
    if o.kind is Kind.ACTION:
        yield "La date a été donnée avec l’action ; le circuit n’en fixe pas."
        return
    if o.kind is Kind.DECISION and "prochaine_date" in codes:
        yield f"La date a été choisie par qui a décidé : le {day(date.fromisoformat(codes['prochaine_date']))}."
        return
    opened = replace(seen.change, circuit=seen.followed.on(o.opened_at))  # a date that runs never moves
    found = counts(opened, o, seen.everything, seen.entries, seen.followed)
    if not found:
        yield "Le circuit ne donne aucun délai : il n’y a pas de date."
        return
    mark = " (délai indicatif : personne ne l’a encore accepté)"
    indicative = seen.change.circuit.dues[o.code].indicative
    for count in found:
        yield in_words(count) + (mark if indicative else "") + "."
        yield from _skipped(count)
    if len(found) > 1:
        yield f"La date la plus proche l’emporte : le {day(min(count.due for count in found))}."


def _skipped(count: Count) -> Iterator[str]:
    """« Jours fermés sautés : 2 week-ends, lundi 6 avril 2026 »."""
    weekends = len({closed.isocalendar()[:2] for closed in count.skipped if closed.weekday() >= 5})
    parts = [counted(weekends, "week-end")] if weekends else []
    parts += [f"le {day(closed)}, férié" for closed in count.skipped if closed.weekday() < 5]
    if parts:
        yield f"Jours fermés sautés : {enumerate_words(parts, 'et')}."


def _moves(seen: Told, o: Obligation) -> Iterator[str]:
    """Every change of the date that the journal keeps: pauses, prolongations, urgency, meetings."""
    for entry, content in seen.entries:
        for moved in content.get("deplace", ()):
            if moved["n"] == o.n and all(o.n != opened["n"] for opened in content.get("ouvre", ())):
                calendar = seen.change.calendar(o.debtor)
                when = day(calendar.local_date(datetime.fromisoformat(entry.effective_at)))
                to = f"date portée au {day(date.fromisoformat(moved['echeance']))}" if moved["echeance"] else "pause"
                yield f"Le {when}, {_cause(seen, entry, content)} : {to}."
    if o.extended:
        yield f"Pauses et prolongations ont donné {counted(o.extended, 'jour')} de plus."


def _cause(seen: Told, entry: Entry, content: dict[str, Any]) -> str:
    """« par « Accorder l’urgence » (URG) »: what the journal says moved the date."""
    if content.get("verbe") == "prolonger":
        motifs = seen.change.circuit.definition.reasons.get("prolongation", {})
        motif = content["codes"]["motif"]
        return f"prolongation ({motifs.get(motif, motif)})"
    history = History(seen.followed, {o.n: o for o in seen.everything}, seen.names)
    return f"« {history.fact(entry, content)} »"


def _state(o: Obligation) -> Iterator[str]:
    """What the date is now."""
    if o.paused_on:
        left = o.left.in_words() if o.left else "peu de temps"
        yield f"Délai suspendu depuis le {day(o.paused_on)} : un complément est attendu, il reste {left}."
    elif o.due:
        yield f"{'Dépassé : c’était' if o.late else 'À rendre'} au plus tard le {day(o.due)}."


def _ring(seen: Told, o: Obligation, point: Point) -> dict[str, Any]:
    holders = [who(seen.change.circuit, holder, seen.names) for holder in told(seen.change, o, point)]
    calendar = seen.change.calendar(o.debtor)
    # a day ends at the midnight that follows it
    ends = timedelta(microseconds=1 if point.ring in (Ring.OVERRUN, Ring.PROVEN) else 0)
    return {"le": calendar.local_date(point.at - ends).isoformat(), "quoi": RINGS[point.ring], "a": holders}
