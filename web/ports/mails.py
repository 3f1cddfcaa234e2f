"""Mails: queued, looked at, and found again by their links."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from workflow.links import MailLink
from workflow.mailroom import Posted, Reader, State
from workflow.records import Message


class Outbox(Protocol):
    """Mails owed."""

    def add(self, messages: Iterable[tuple[str | None, Message]]) -> None:
        """Queue messages, each with its DAC if it has one."""
        ...


class Mailroom(Protocol):
    """Mails as people look at them."""

    def counts(self, reader: Reader) -> dict[State, int]:
        """Return how many mails each heap holds."""
        ...

    def page(self, reader: Reader, state: State, first: int, most: int) -> list[Posted]:
        """Return mails of one heap."""
        ...

    def one(self, reader: Reader, number: int) -> Posted | None:
        """Return one mail, None if it does not exist for this reader."""
        ...

    def send_again(self, posted: Posted, now: datetime) -> bool:
        """Let a mail leave now; False if it changed meanwhile."""
        ...

    def cancel(self, posted: Posted, by: str, now: datetime) -> bool:
        """Leave a mail out; False if it changed meanwhile."""
        ...

    def refused(self, reader: Reader) -> list[dict[str, Any]]:
        """Return the addresses that the mail server refuses."""
        ...


class Links(Protocol):
    """The links that mails bear."""

    def find(self, digest: str) -> MailLink | None:
        """Return the link of a digest."""
        ...
