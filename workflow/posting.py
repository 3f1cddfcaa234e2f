"""The outbox as the mail sender sees it, on a store and an engine.

What the server says of a mail may prove that a rédacteur was told, or undo that proof: the situation
hears of it through the engine, like everything else.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_urlsafe

from workflow.engine import Engine
from workflow.errors import Conflict
from workflow.gathering import gather
from workflow.links import LIFE, MailLink, digest_of, references_in, token
from workflow.ports.work import Store, Work
from workflow.records import QueuedMail
from workflow.triggers import MailReport, Returned
from workflow.working_days import calendar_of

LEASE = timedelta(minutes=30)
"""How long a claimed mail is left alone; a sender that died frees it by this."""
RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""Pauses between attempts; the last one repeats."""
TELL_AGAIN = timedelta(hours=1)
"""Pause before a situation that could not take a report in is told again."""


class Posting:
    """Claims mails and says what became of them (implements `ports.mails.MailQueue`)."""

    def __init__(self, store: Store, engine: Engine, secret: str | None = None) -> None:
        """`secret` makes the links of mails; without one it is drawn, and a mail sent again bears another link."""
        self._store = store
        self._engine = engine
        self._secret = secret or token_urlsafe()

    def claim(self, limit: int) -> list[QueuedMail]:
        """Take at most `limit` mails that may leave now."""
        now = self._engine.clock.now()
        with self._store.reading() as work:
            waits, untold = work.outbox.waits(now), work.outbox.untold(now)
        for mail, accepted in untold:
            heard = self._tell(mail, accepted=accepted)
            with self._store.writing() as work:
                work.outbox.tell_again(mail, None if heard else now + TELL_AGAIN)
        if not waits:
            return []
        with self._store.writing() as work:
            _hold(work, now)
        with suppress(Conflict):  # another sender gathers at this very moment
            gather(self._store, self._engine.circuits, now)
        with self._store.writing() as work:
            return self._linked(work, work.outbox.claim(now, now + LEASE, limit), now)

    def _linked(self, work: Work, mails: list[QueuedMail], now: datetime) -> list[QueuedMail]:
        """Give each mail the links it bears, and keep what they are bound to."""
        about = {mail.id: references_in(mail) for mail in mails}
        positions = work.links.positions({reference for references in about.values() for reference in references})
        made = [
            replace(mail, links={one: token(self._secret, mail, one) for one in about[mail.id] if one in positions})
            for mail in mails
        ]
        kept = [
            MailLink(digest_of(secret), reference, mail.recipient, positions[reference], now)
            for mail in made
            for reference, secret in mail.links.items()
        ]
        if kept:
            work.links.keep(kept, now - LIFE)
        return made

    def accepted(self, mails: Sequence[QueuedMail]) -> None:
        """The server took them: they will not be sent again."""
        proving = [mail for mail in mails if mail.reference and mail.obligation is not None]
        heard = self._engine.report([report for mail in proving for report in _proof(mail)])
        deaf = [mail for mail, taken in zip(proving, heard, strict=True) if not taken]
        self._mark(mails, "envoye", None, deaf)

    def refused(self, mail: QueuedMail, reason: str) -> None:
        """The address is wrong for good: a person must act."""
        self._mark([mail], "refuse", reason, [] if self._tell(mail, accepted=False) else [mail])

    def postponed(self, mail: QueuedMail, reason: str) -> None:
        """Try again later, less and less often; outside its window it then waits for the opening."""
        pause = RETRIES[min(mail.attempts - 1, len(RETRIES) - 1)]
        with self._store.writing() as work:
            work.outbox.mark([mail], "a_envoyer", at=self._engine.clock.now() + pause, reason=reason)

    def _tell(self, mail: QueuedMail, *, accepted: bool) -> bool:
        """First the situation, then the mail: a crash between the two sends it again, it is never lost.

        False: a fault of the software keeps a situation from hearing. The mail is marked all the same,
        and the situation told again later.
        """
        about = mail.reference
        retours = [] if about is None or mail.obligation is None else [(about, mail.obligation)]
        reports: list[tuple[str, MailReport | Returned]] = []
        if not accepted:
            with self._store.reading() as work:  # « no permanent refusal on that address », by any mail (DESIGN §1)
                told_of = [mail] if about else work.gathering.carried(mail.id)
                reports += [(one.reference, Returned(one)) for one in told_of if one.reference]
                retours += [proof for proof in work.outbox.awaiting_proof(mail.address) if proof not in retours]
        reports += [(reference, MailReport(n, accepted=accepted)) for reference, n in retours]
        return all(self._engine.report(reports))

    def _mark(self, mails: Sequence[QueuedMail], status: str, reason: str | None, deaf: list[QueuedMail]) -> None:
        now = self._engine.clock.now()
        with self._store.writing() as work:
            work.outbox.mark(mails, status, at=now, reason=reason)
            for mail in deaf:
                work.outbox.tell_again(mail, now + TELL_AGAIN)


def _proof(mail: QueuedMail) -> list[tuple[str, MailReport]]:
    """What an accepted mail says to its situation, if it passes a retour on."""
    if mail.reference is None or mail.obligation is None:
        return []
    return [(mail.reference, MailReport(mail.obligation, accepted=True))]


def _hold(work: Work, now: datetime) -> None:
    """A mail leaves in the window of whoever receives it, also after an outage or a failed attempt (DESIGN §4)."""
    for departement in work.outbox.departements(now):
        opening = calendar_of(departement).in_window(now)
        if opening > now:
            work.outbox.hold(departement, now, opening)
