"""Mails leave through a real SMTP server, and every way it can fail is told apart."""

import asyncio
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import aiosmtpd.tests
import pytest

from notifications.deliver import Delivered, deliver
from notifications.render import Renderer
from notifications.smtp import Security, SmtpTransport
from notifications.transport import SessionError, TransportError
from tests.smtp_server import DROP, HOST, STALL, SmtpServer
from workflow.clock import VirtualClock
from workflow.errors import Infrastructure
from workflow.records import QueuedMail

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
CONTEXT = {
    "etape": "En analyse",
    "echeance": "2026-01-12",
    "indicatif": True,
    "structure": "Antenne de Fougères",
    "de": "DAC’tiv",
    "pourquoi": "redacteur",
    "nature": "complement",
    "retard_depuis": None,
    "jours": 0,
    "suite": False,
    "fin": None,
}
CERTIFICATES = Path(aiosmtpd.tests.__file__).parent / "certs"


class Queue:
    """An outbox in memory that remembers what was said of each mail."""

    def __init__(self, *addresses: str, mail: str = "M02") -> None:
        self.waiting = [
            QueuedMail(n, f"<{n}@orp.test>", mail, "BRE-DAC-2026-0042-K", address, CONTEXT, 0)
            for n, address in enumerate(addresses, 1)
        ]
        self.told: list[tuple[str, ...]] = []

    def claim(self, limit: int) -> list[QueuedMail]:
        claimed, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return claimed

    def accepted(self, mails: Sequence[QueuedMail]) -> None:
        self.told += [(mail.address, "accepted") for mail in mails]

    def refused(self, mail: QueuedMail, reason: str) -> None:
        self.told.append((mail.address, "refused", reason))

    def postponed(self, mail: QueuedMail, reason: str) -> None:
        self.told.append((mail.address, "postponed", reason))


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def transport(port: int, security: Security = "aucune", timeout: float = 2.0) -> SmtpTransport:
    return SmtpTransport(HOST, port, security, timeout=timeout)


def deliver_to(server: SmtpServer, queue: Queue, timeout: float = 2.0) -> Delivered:
    return deliver(queue, lambda: transport(server.port, timeout=timeout), renderer(), VirtualClock(NOON))


@cache
def renderer() -> Renderer:
    return Renderer("https://orp.test", "ORP <orp@orp.test>")


def a_message() -> EmailMessage:
    return renderer().render(Queue("a@ars.test").waiting[0], NOON)


def failure(sender: SmtpTransport, address: str = "a@ars.test") -> TransportError:
    """Send one mail that must fail."""

    async def attempt() -> None:
        async with sender:
            await sender.send(a_message(), address)

    with pytest.raises(TransportError) as caught:
        asyncio.run(attempt())
    return caught.value


def test_one_session_carries_many_mails(server: SmtpServer) -> None:
    queue = Queue("a@ars.test", "b@dac.invalid", "c@orp.example")
    assert deliver_to(server, queue) == Delivered(sent=3)
    assert [mail.recipients for mail in server.messages] == [
        ("a@ars.test",),
        ("b@dac.invalid",),
        ("c@orp.example",),
    ]
    assert server.connections == 1
    assert queue.told == [
        ("a@ars.test", "accepted"),
        ("b@dac.invalid", "accepted"),
        ("c@orp.example", "accepted"),
    ]


def situations(*references: str) -> Queue:
    """One mail by reference given, in order; each address holds its number."""
    queue = Queue(*(f"{n}@ars.test" for n in range(len(references))))
    queue.waiting = [replace(mail, reference=r) for mail, r in zip(queue.waiting, references, strict=True)]
    return queue


A, B, C, D, E, F = (f"BRE-DAC-2026-000{n}-K" for n in range(6))


def test_four_sessions_at_most_and_each_is_used_again(server: SmtpServer) -> None:
    assert deliver_to(server, situations(*[A, B, C, D, E, F] * 5)) == Delivered(sent=30)
    assert server.connections == 4


def test_the_mails_of_one_situation_leave_in_order(server: SmtpServer) -> None:
    deliver_to(server, situations(*[A, B, C, D, E] * 6))
    for reference in (A, B, C, D, E):
        mine = [m for m in server.messages if reference in str(m.message["References"])]
        numbers = [int(m.recipients[0].partition("@")[0]) for m in mine]
        assert (len(numbers), numbers) == (6, sorted(numbers))


def test_a_stalled_session_holds_back_its_own_situation_only(server: SmtpServer) -> None:
    server.data["0@ars.test"] = STALL
    queue = situations(A, A, B, C, D, E, F)
    assert deliver_to(server, queue, timeout=0.5) == Delivered(sent=5, postponed=2)
    stalled = [("0@ars.test", "postponed", "delai"), ("1@ars.test", "postponed", "delai")]
    assert [told for told in queue.told if told[1] == "postponed"] == stalled


def test_sessions_that_the_server_ends_lose_no_mail(server: SmtpServer) -> None:
    server.mail = ["421 4.7.0 too many sessions"] * 6
    queue = situations(A, B, C, D, E, F)
    done = deliver_to(server, queue)
    assert done.sent + done.postponed == 6
    assert len(queue.told) == 6


def test_what_cannot_be_marked_stops_the_pass(server: SmtpServer) -> None:
    class Full(Queue):
        def accepted(self, mails: Sequence[QueuedMail]) -> None:
            raise Infrastructure("Le disque est plein.")

    queue = Full()
    queue.waiting = situations(*[A, B, C, D, E, F] * 20).waiting
    with pytest.raises(Infrastructure):
        deliver_to(server, queue)
    assert len(server.messages) < 60  # those that were to be marked, and what the sessions held meanwhile


def test_the_message_arrives_as_it_was_written(server: SmtpServer) -> None:
    deliver_to(server, Queue("a@ars.test"))
    received, written = server.messages[0].message, a_message()
    for header in ("Subject", "From", "To", "Message-ID", "References", "Date", "Content-Language"):
        assert received[header] == written[header]
    for kind in ("plain", "html"):
        got, sent = received.get_body((kind,)), written.get_body((kind,))
        assert got is not None
        assert sent is not None
        assert got.get_content().replace("\r\n", "\n") == sent.get_content().replace("\r\n", "\n")


def test_nothing_to_send_opens_no_session(server: SmtpServer) -> None:
    assert deliver_to(server, Queue()) == Delivered()
    assert server.connections == 0


def test_limit_leaves_the_rest_in_the_queue(server: SmtpServer) -> None:
    queue = Queue("a@ars.test", "b@ars.test")
    assert deliver(queue, lambda: transport(server.port), renderer(), VirtualClock(NOON), limit=1) == Delivered(sent=1)
    assert len(queue.waiting) == 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("550 5.1.1 <b@ars.test>: unknown", ("refused", "smtp-550")),
        ("553 5.1.3 bad address", ("refused", "smtp-553")),
        ("451 4.3.0 try later", ("postponed", "smtp-451")),
        ("421 4.3.2 going down", ("postponed", "smtp-421")),
        ("530 5.7.0 authentication required", ("postponed", "smtp-530")),
        ("554 5.7.1 relay access denied", ("postponed", "smtp-554")),
        (DROP, ("postponed", "connexion")),
    ],
)
def test_an_answer_to_rcpt_concerns_that_mail_only(server: SmtpServer, answer: str, told: tuple[str, str]) -> None:
    server.rcpt["b@ars.test"] = answer
    queue = Queue("a@ars.test", "b@ars.test", "c@ars.test")
    deliver_to(server, queue)
    assert queue.told == [("a@ars.test", "accepted"), ("b@ars.test", *told), ("c@ars.test", "accepted")]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [("554 5.6.0 content refused", "smtp-554"), ("452 4.3.1 disk full", "smtp-452"), (DROP, "connexion")],
)
def test_a_failure_after_rcpt_is_never_the_address(server: SmtpServer, answer: str, reason: str) -> None:
    server.data["b@ars.test"] = answer
    queue = Queue("a@ars.test", "b@ars.test", "c@ars.test")
    assert deliver_to(server, queue) == Delivered(sent=2, postponed=1)
    assert queue.told[1] == ("b@ars.test", "postponed", reason)


def test_a_refused_sender_is_not_the_recipients_fault(server: SmtpServer) -> None:
    server.mail = ["550 5.7.1 sender refused"]
    queue = Queue("a@ars.test", "b@ars.test")
    deliver_to(server, queue)
    assert queue.told == [("a@ars.test", "postponed", "smtp-550"), ("b@ars.test", "accepted")]


def test_a_session_ended_between_two_mails_is_opened_again(server: SmtpServer) -> None:
    server.hang_up_after = 1
    assert deliver_to(server, Queue("a@ars.test", "b@ars.test", "c@ars.test")) == Delivered(sent=3)
    assert [mail.connection for mail in server.messages] == [1, 2, 3]


@pytest.mark.parametrize("answer", [DROP, "421 4.7.0 enough for one session"])
def test_a_session_ended_at_mail_from_is_opened_again(server: SmtpServer, answer: str) -> None:
    server.mail = [answer]
    assert deliver_to(server, Queue("a@ars.test")) == Delivered(sent=1)
    assert server.connections == 2


def test_it_is_opened_again_only_once(server: SmtpServer) -> None:
    server.mail = [DROP] * 10
    assert deliver_to(server, Queue("a@ars.test", "b@ars.test", "c@ars.test")) == Delivered(postponed=3)
    assert server.connections == 2


def test_a_stalled_server_ends_the_pass(server: SmtpServer) -> None:
    server.data["b@ars.test"] = STALL
    queue = Queue("a@ars.test", "b@ars.test", "c@ars.test")
    start = time.monotonic()
    assert deliver_to(server, queue, timeout=0.2) == Delivered(sent=1, postponed=2)
    assert time.monotonic() - start < 1.5
    assert queue.told[1:] == [("b@ars.test", "postponed", "delai"), ("c@ars.test", "postponed", "delai")]


def test_a_server_that_never_greets_ends_the_pass() -> None:
    with socket.create_server((HOST, 0)) as silent:
        queue = Queue("a@ars.test", "b@ars.test")
        sender = transport(silent.getsockname()[1], timeout=0.2)
        assert deliver(queue, lambda: sender, renderer(), VirtualClock(NOON)) == Delivered(postponed=2)
    assert {told[2] for told in queue.told} == {"delai"}


def test_a_refused_connection_postpones_all() -> None:
    with socket.create_server((HOST, 0)) as gone:
        port = gone.getsockname()[1]
    queue = Queue("a@ars.test", "b@ars.test")
    assert deliver(queue, lambda: transport(port), renderer(), VirtualClock(NOON)) == Delivered(postponed=2)
    assert queue.told == [("a@ars.test", "postponed", "connexion"), ("b@ars.test", "postponed", "connexion")]


def test_a_mail_that_cannot_be_written_holds_no_other_back(server: SmtpServer) -> None:
    queue = Queue("a@ars.test")
    queue.waiting += Queue("b@ars.test", mail="M99").waiting + Queue("c@ars.test").waiting
    assert deliver_to(server, queue) == Delivered(sent=2, postponed=1)
    assert queue.told[1] == ("b@ars.test", "postponed", "modele")


@pytest.mark.parametrize("address", ["", "sans-arobase", "a@b.test\r\nRCPT TO:<evil@x.test", "a@b.test, c@d.test"])
def test_an_impossible_address_is_refused_before_the_server_sees_it(server: SmtpServer, address: str) -> None:
    queue = Queue(address, "b@ars.test")
    assert deliver_to(server, queue) == Delivered(sent=1, refused=1)
    assert queue.told[0] == (address, "refused", "adresse")
    assert failure(transport(server.port), address).permanent
    assert [mail.recipients for mail in server.messages] == [("b@ars.test",)]


def test_the_servers_words_and_the_address_stay_out_of_the_error(server: SmtpServer) -> None:
    server.rcpt["a@ars.test"] = "550 5.1.1 <a@ars.test> is Mrs Example"
    error = failure(transport(server.port))
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert str(error) == "Le serveur de messagerie n’a pas pris le courriel (smtp-550)."


def test_starttls_is_never_given_up(server: SmtpServer) -> None:
    error = failure(transport(server.port, "starttls"))
    assert isinstance(error, SessionError)
    assert error.reason == "tls"
    assert server.messages == []


def test_tls_to_a_server_without_it_fails(server: SmtpServer) -> None:
    assert failure(transport(server.port, "tls")).reason == "tls"


def test_an_unknown_certificate_is_refused() -> None:
    with SmtpServer(tls=certified()) as server:
        assert failure(transport(server.port, "starttls")).reason == "tls"
        assert server.messages == []


def test_a_certificate_of_another_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "server.crt"))
    with SmtpServer(tls=certified()) as server:
        assert failure(transport(server.port, "starttls")).reason == "tls"


def certified() -> ssl.SSLContext:
    """Return a context with the certificate aiosmtpd tests itself with, which nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "server.crt", CERTIFICATES / "server.key")
    return context


def test_log_in() -> None:
    with SmtpServer(None, "juste") as server:
        wrong = failure(SmtpTransport(HOST, server.port, "aucune", "orp", "faux", timeout=2.0))
        assert (wrong.reason, wrong.permanent) == ("smtp-535", False)
        right = SmtpTransport(HOST, server.port, "aucune", "orp", "juste", timeout=2.0)
        assert deliver(Queue("a@ars.test"), lambda: right, renderer(), VirtualClock(NOON)) == Delivered(sent=1)


def test_a_server_that_does_not_know_how_to_log_in(server: SmtpServer) -> None:
    error = failure(SmtpTransport(HOST, server.port, "aucune", "orp", "secret", timeout=2.0))
    assert (error.reason, error.permanent) == ("authentification", False)


def test_the_password_is_never_shown() -> None:
    assert "secret" not in repr(SmtpTransport(HOST, 25, "tls", "orp", "secret"))
