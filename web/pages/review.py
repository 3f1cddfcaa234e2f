"""The version relue: proposed, each suspect judged one by one, then confirmed by another reader (DESIGN §7)."""

import json
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from starlette.responses import Response

from web.drafting import clean, forget
from web.pages.playing import open_acts, play
from web.pages.situation import GONE, Tried
from web.ports.services import Work
from web.secrets import digest
from web.visit import Visit
from workflow.change import begin
from workflow.circuit.decision_fields import REVIEWED
from workflow.model import Case
from workflow.reviewing import must_be_another, readers
from workflow.sentences.proposal import proposal
from workflow.suspects import Suspect, rewritten, suspects

CONFIRM = "relire"
TEXT, KEPT = "version_relue.texte", "version_relue.gardes"
"""Under which names the text being prepared, and the words found to identify nobody, wait."""
CHANGED = "Le texte a changé pendant que vous le lisiez : relisez-le avant de le confirmer."
UNREAD = "Cochez chaque mot que vous avez relu, puis confirmez."
REPLACE, HOLD = "remplacer", "garder"


@dataclass(frozen=True, slots=True)
class Prepared:
    """The text being prepared."""

    text: str
    author: str
    """Who wrote it last; nobody while it is the tool's proposal."""
    kept: tuple[str, ...]
    """Words that somebody found to identify nobody."""

    @property
    def doubts(self) -> list[Suspect]:
        """Suspects that nobody judged yet, each word once."""
        found = {one.words: one for one in suspects(self.text)}
        return [one for words, one in found.items() if words not in self.kept]

    @property
    def held(self) -> list[str]:
        """Suspect words that are kept on purpose: the reader confirms each."""
        found = {one.words for one in suspects(self.text)}
        return [words for words in self.kept if words in found]

    @property
    def mark(self) -> str:
        """What tells this text from any other."""
        return digest("relue", self.text, *self.held)


def show(visit: Visit, faults: tuple[str, ...] = (), status: int = 200) -> Response:
    """Show what is being prepared, or what was confirmed."""
    there = visit.situation
    case = there.dossier.case
    with visit.services.store.reading() as work:
        prepared, frozen = _prepared(work, visit), _frozen(work, visit)
        author = work.screens.names_of({prepared.author}).get(prepared.author, "")
    change = begin(there.circuit, there.dossier, visit.now)
    able = {key: name for key, name in readers(change).items() if not must_be_another(change, key, prepared.author)}
    return visit.page(
        "version_relue.html",
        status,
        reference=case.reference,
        version=case.version,
        identifiant=token_hex(16),
        preparee=prepared,
        passages=list(_passages(prepared.text)),
        auteur=author,
        lecteurs=able,
        moi=visit.who.id in able,
        possible=_may_confirm(visit),
        figee=frozen,
        fautes=faults,
    )


def act(visit: Visit) -> Response:
    """Rewrite the text, judge its suspects, or confirm it."""
    gestures = {"ecrire": _write, "juger": _judge, "confirmer": _confirm}
    gesture = gestures.get(visit.typed("geste"))
    if gesture is None or not _may_confirm(visit):
        return show(visit, (GONE,), 409)
    with visit.services.store.reading() as work:
        prepared = _prepared(work, visit)
    return gesture(visit, prepared)


def _write(visit: Visit, prepared: Prepared) -> Response:
    text = clean(visit.typed("texte")).replace("\r\n", "\n")
    return _kept(visit, prepared, text, prepared.kept)


def _judge(visit: Visit, prepared: Prepared) -> Response:
    """Apply what was said of each suspect: another word in its place, or « non identifiant »."""
    if visit.typed("empreinte") != prepared.mark:
        return show(visit, (CHANGED,), 409)
    text, kept = prepared.text, list(prepared.kept)
    for number, doubt in enumerate(prepared.doubts, 1):
        choice, instead = visit.typed(f"choix.{number}"), clean(visit.typed(f"par.{number}"))
        if choice == REPLACE and instead:
            text = rewritten(text, doubt.words, instead)
        elif choice == HOLD and not doubt.blocks:
            kept.append(doubt.words)
    return _kept(visit, prepared, text, tuple(kept))


def _kept(visit: Visit, prepared: Prepared, text: str, kept: tuple[str, ...]) -> Response:
    """Keep what is being prepared; who changes the text is its author, who only judges words is not."""
    fields = {KEPT: "\n".join(kept)}
    if text != prepared.text or not prepared.author:
        fields[TEXT] = text
    case = visit.situation.dossier.case
    with visit.services.store.writing() as work:
        work.typed.keep(case.reference, case.dac, fields, visit.who, visit.now)
    return visit.to(_here(visit))


def _confirm(visit: Visit, prepared: Prepared) -> Response:
    """The reader vouches for the very text they read: it is frozen with its digest in the journal."""
    if visit.typed("empreinte") != prepared.mark:
        return show(visit, (CHANGED,), 409)
    if set(visit.form.get("lu", ())) != set(prepared.held):
        return show(visit, (UNREAD,), 422)
    value = {
        "texte": prepared.text,
        "lecteur": visit.who.id,
        "prepare_par": prepared.author,
        "gardes": "\n".join(prepared.held),
    }
    result = play(visit, CONFIRM, {REVIEWED: value})
    if isinstance(result, Tried):
        return show(visit, tuple(result.faults), 409 if result.stale else 422)
    forget(visit, (TEXT, KEPT))
    return visit.to(_here(visit))


def _may_confirm(visit: Visit) -> bool:
    return any(act.name == CONFIRM for act in open_acts(visit))


def _here(visit: Visit) -> str:
    return f"/situations/{visit.situation.dossier.case.reference}/version-relue"


def _prepared(work: Work, visit: Visit) -> Prepared:
    """What somebody began, else what was confirmed before, else what the tool proposes."""
    case = visit.situation.dossier.case
    drafts = work.typed.drafts(case.reference, visit.who)
    kept = tuple(drafts[KEPT].text.splitlines()) if KEPT in drafts else ()
    if TEXT in drafts:
        return Prepared(drafts[TEXT].text, drafts[TEXT].person, kept)
    if before := work.screens.reviewed(case.reference):
        return Prepared(before, "", kept)
    answers = work.typed.answers(case.reference, visit.who)
    return Prepared(proposal(visit.situation.circuit, case.departement, answers), "", kept)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A version relue that somebody vouched for."""

    text: str
    reader: str
    at: datetime
    seal: str
    """The digest that the journal keeps."""
    alone: bool


def _frozen(work: Work, visit: Visit) -> Frozen | None:
    """The latest version relue, with its reader and its digest as the journal has them."""
    case: Case = visit.situation.dossier.case
    for entry in reversed(work.journal.of(case.reference)):
        content = json.loads(entry.content)
        if seal := content.get("textes", {}).get(REVIEWED):
            codes, reader = content["codes"], content["codes"]["version_relue.lecteur"]
            return Frozen(
                text=work.screens.reviewed(case.reference) or "",
                reader=work.screens.names_of({reader}).get(reader, ""),
                at=datetime.fromisoformat(entry.effective_at),
                seal=seal,
                alone="version_relue.seul" in codes,
            )
    return None


def _passages(text: str) -> list[tuple[str, str]]:
    """The text cut where it must be looked at: each passage with what it looks like, nothing for plain words."""
    cut, at = [], 0
    for one in suspects(text):
        cut += [(text[at : one.start], ""), (one.words, one.what)]
        at = one.end
    return [*cut, (text[at:], "")]
