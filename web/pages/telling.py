"""What one person is shown of one situation: read in a constant number of statements, as far as they may see it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.access import INSIDE_LEVELS, Part, Place, highest, house
from web.ports.services import Work
from web.visit import Visit
from workflow.circuit.decision_fields import DECISION_FIELDS
from workflow.circuit.model import OF_THE_DAC, Kind, Level, Slot
from workflow.model import Obligation, Organisation, Status
from workflow.records import Answer, Entry
from workflow.sentences import path
from workflow.sentences.exchanges import Exchange, exchanges
from workflow.sentences.followed import Followed
from workflow.sentences.forms import Filled, filled, reaches
from workflow.sentences.history import History
from workflow.sentences.said import ANSWER, said
from workflow.sentences.situation import Seen, story
from workflow.sentences.titles import title_from
from workflow.sentences.where import where

FUNNEL = (
    (Level.FIELD, "Rédaction", Slot.ANTENNE),
    (Level.DAC, "DAC", Slot.DAC),
    (Level.GOVERNANCE, "Gouvernance", Slot.GOVERNANCE),
    (Level.DD, "ARS, DD", Slot.DD),
    (Level.REGION, "ARS siège", Slot.REGION),
    (Level.NATIONAL, "Équipe nationale", Slot.NATIONAL),
)
WRITTEN = (*DECISION_FIELDS, ANSWER, "raison")
"""What decisions and acts write; never a text of a form."""


@dataclass(frozen=True, slots=True)
class Telling:
    """All that was read of a situation for one person."""

    visit: Visit
    seen: Seen
    entries: Sequence[Entry]
    answers: Sequence[Answer]
    texts: dict[int, dict[str, str]]
    directory: dict[str, Organisation]
    """Organisations a decision may choose from."""
    title: str
    """The intitulé that the person's house gave it; empty: the one composed from the form."""

    @property
    def whole(self) -> bool:
        """False for the rédacteur, who sees their own path, and for a partner, who sees the stage."""
        return self.visit.situation.sight.sees(Part.HISTORY)

    def context(self) -> dict[str, Any]:
        """Return what the template shows."""
        case, circuit = self.seen.case, self.seen.circuit
        sight = self.visit.situation.sight
        told = story(self.seen, self.entries)
        antenne = self.visit.situation.dossier.parties[Slot.ANTENNE].organisation
        own = sight.of_writer and not self.whole
        return {
            "situation": told,
            "compose": title_from(circuit, self.answers, self.seen.names.get(antenne, "")),
            "intitule": self.title,
            "entier": self.whole,
            "parcours": path.path(circuit, case, self.seen.parties, self.seen.obligations) if own else [],
            "attente": path.awaited(circuit, self.seen.obligations),
            "etages": [] if own else list(self._funnel()),
            "copie": self._copy(own=own),
            "retours": self._retours(),
            "echanges": [one for one in exchanges(self.seen, self.entries, self.texts) if self._concerns(one)],
            "fiches": self._forms(),
            "histoire": list(self._history()) if self.whole else [],
            "derniere": self._last(),
        }

    def _funnel(self) -> Iterator[dict[str, Any]]:
        """The levels, from the field up: passed, here, to come; who, and since when."""
        step = self.seen.circuit.step(self.seen.case.step)
        here = step.level
        parties = self.visit.situation.dossier.parties
        for level, title, slot in FUNNEL:
            party = parties.get(slot)
            since = self.seen.case.opened_at if level is Level.FIELD else party.since if party else None
            yield {
                "titre": title,
                "qui": self.seen.names[party.organisation] if party and since else "",
                "depuis": since,
                "ici": level == here,
                "finie": step.final,
                "passe": level != here and since is not None,
            }

    def _copy(self, *, own: bool) -> str:
        if not own:
            return " ".join(where(self.seen))
        steps = path.path(self.seen.circuit, self.seen.case, self.seen.parties, self.seen.obligations)
        here = next((s["etape"] for s in reversed(steps) if s["etat"] in (path.NOW, path.DONE)), steps[0]["etape"])
        awaited = path.awaited(self.seen.circuit, self.seen.obligations)
        told = "Un retour a été fait." if self._retours() else "Aucun retour n’a encore été fait."
        return f"La situation {self.seen.case.reference} en est là : {here.lower()}. {awaited} {told}"

    def _retours(self) -> list[dict[str, str]]:
        """The retours made to the rédacteur, or to a partner; whoever sees the history reads them there."""
        if self.whole:
            return []
        mine = self._houses()
        writer = self.visit.situation.sight.of_writer

        def made(o: Obligation) -> bool:
            to = o.beneficiary.organisation if o.beneficiary and o.kind is Kind.RETOUR else None
            delivered = o.status is Status.DISCHARGED and not o.last_mile and to in mine
            return (writer and path.is_passed_on(o)) or delivered

        return path.retours(self._followed(), self.seen.obligations, self.entries, self.texts, made)

    def _concerns(self, exchange: Exchange) -> bool:
        writer = self.visit.situation.sight.of_writer
        return (writer and exchange.of_writer) or bool(exchange.organisations & self._houses())

    def _houses(self) -> set[str]:
        """The organisations this person reads for: those they work in; an antenne and its DAC are one house."""
        places, parties = self.visit.situation.sight.places, self.visit.situation.dossier.parties
        inside = {parties[slot].organisation for slot in OF_THE_DAC if slot in parties}
        mine = {organisation for organisation, _ in self.visit.who.functions} - inside
        return mine | (inside if places & {Place.ANTENNE, Place.DAC} else set())

    def _forms(self) -> list[Filled]:
        """The DAC sees everything, the rédacteur what they wrote, the levels above the codes that reach them."""
        sight, circuit, typed = self.visit.situation.sight, self.seen.circuit, self.texts
        if not (sight.sees(Part.ANALYSIS) or sight.sees(Part.OWN_STEPS)):
            return []
        shown = typed if sight.sees(Part.TYPED) else {}
        levels, answers = highest(sight.places), list(self.answers)
        if self.whole:
            answers = [a for a in answers if a.field in circuit.fields and reaches(circuit.fields[a.field], levels)]
        else:
            mine = {entry.seq for entry in self.entries if entry.author == self.visit.who.id}
            answers = [answer for answer in answers if answer.seq in mine]
            shown = {seq: texts for seq, texts in shown.items() if seq in mine}
        return filled(circuit, answers, shown)

    def _history(self) -> Iterator[dict[str, Any]]:
        followed = self._followed()
        history = History(followed, {o.n: o for o in self.seen.obligations}, self.seen.names)
        for entry in reversed(self.entries):
            content = json.loads(entry.content)
            texts = {
                name: text
                for name, text in self.texts.get(entry.seq, {}).items()
                if name not in self.seen.circuit.fields
            }
            yield {
                "le": datetime.fromisoformat(entry.effective_at),
                "phrase": history.sentence(entry, content),
                "dit": said(followed.at(entry.seq), content, texts),
            }

    def _followed(self) -> Followed:
        return Followed(self.seen.circuits, self.seen.case, self.entries)

    def _last(self) -> dict[str, Any] | None:
        last = self.seen.case.last
        return (
            {"titre": last.title, "par": self.seen.names.get(last.author, "l’outil"), "le": last.at} if last else None
        )


def read(visit: Visit) -> Telling:
    """Read a situation for the one who looks at it."""
    there, sight = visit.situation, visit.situation.sight
    case, parties = there.dossier.case, list(there.dossier.parties.values())
    with visit.services.store.reading() as work:
        obligations, entries = work.screens.obligations(case.reference), work.journal.of(case.reference)
        names = work.screens.names_of(_named(visit, obligations, entries))
        answers, texts = work.screens.answers(case.reference), _texts(work, visit)
        owner = house(sight, there.dossier)
        title = work.inbox.titles({case.reference}, {owner}).get((case.reference, owner), "")
        directory = work.screens.within_reach({case.dac}, {case.departement})
    if not sight.sees(Part.WRITER):  # known to the DAC only (DESIGN §7)
        names |= {case.writer: "le rédacteur de la fiche"}
    departements = {key: o.departement for key, o in there.dossier.facts.organisations.items()}
    seen = Seen(case, visit.services.circuits.get, obligations, parties, names, departements, visit.now)
    return Telling(visit, seen, entries, answers, texts, directory, title)


def _texts(work: Work, visit: Visit) -> dict[int, dict[str, str]]:
    """Of another organisation, and until the password is given, no query reaches a text as typed."""
    reference, sight = visit.situation.dossier.case.reference, visit.situation.sight
    if sight.sees(Part.TYPED):
        return work.typed.texts(reference, visit.who)
    without = () if sight.of_writer else INSIDE_LEVELS
    return work.screens.decided(reference, WRITTEN, without)


def _named(visit: Visit, obligations: Sequence[Obligation], entries: Sequence[Entry]) -> set[str]:
    """Everybody and every organisation that the page may name."""
    dossier = visit.situation.dossier
    case = dossier.case
    found = {case.writer, case.dac, *(entry.author for entry in entries)}
    for o in obligations:
        for holder in (o.debtor, o.beneficiary):
            if holder:
                found |= {holder.organisation, holder.person or ""}
    for party in dossier.parties.values():
        found |= {party.organisation, party.person or ""}
    for entry in entries:
        content = json.loads(entry.content)
        found |= {
            content.get("a") or "",
            content.get("pour") or "",
            content.get("remplace") or "",
            content.get("codes", {}).get("personne") or "",
        }
    return found | ({case.last.author} if case.last else set())
