"""What sending a mail asks of a mail server, and the ways it can fail."""

from email.message import EmailMessage
from types import TracebackType
from typing import Protocol, Self

import email_validator

from workflow.errors import OrpError

email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()  # demonstration and tests write to .invalid, .test


class TransportError(OrpError):
    """The server did not take a mail.

    `reason` is a short code (« smtp-550 », « connexion », « delai »), never the server's own words:
    they may quote an address. `permanent` says that this address will never be taken.
    """

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(f"Le serveur de messagerie n’a pas pris le courriel ({reason}).")
        self.reason = reason
        self.permanent = permanent


class SessionError(TransportError):
    """No other mail can pass now either: no connection, no answer, no access."""


class Transport(Protocol):
    """One session with a mail server, used for many mails."""

    async def __aenter__(self) -> Self:
        """Open the session.

        Raises:
            SessionError: it cannot be opened.
        """
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the session; never raises."""
        ...

    async def send(self, message: EmailMessage, address: str) -> None:
        """Hand one mail over for one address.

        Raises:
            TransportError: the server did not take it; the next mail may pass.
            SessionError: the next mail would not pass either.
        """
        ...


def checked_address(address: str) -> str:
    """Return the address in the form that goes on the wire; nothing is asked of the DNS.

    Raises:
        TransportError: no mail can ever be sent to it.
    """
    try:
        valid = email_validator.validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except email_validator.EmailNotValidError:
        raise TransportError("adresse", permanent=True) from None  # its message quotes the address
    return valid.ascii_email or ""
