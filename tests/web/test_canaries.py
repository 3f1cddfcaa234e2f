"""A canary in every field of every form: it sings in no mail, log, address or error page, nor before a stranger."""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest

from notifications.deliver import deliver
from notifications.render import Renderer
from notifications.smtp import SmtpTransport
from orp.demo_folder import LOGGED
from tests.smtp_server import HOST, SmtpServer
from tests.web.forms import SENTENCE, pages
from tests.web.site import URL
from tests.web.stage import Stage
from tests.world import FORM

CANARY = "CANARI"
ERROR = re.compile(r"<h1>(Page introuvable|Formulaire refusé|Refusé|Cela n’a pas marché)</h1>")
STRANGERS = ("claire.legoff", "sophie.carre", "viviane.madec", "nadia.vasseur", "karine.lostis", "estelle.naud")
"""The governance, the ARS, the national team, a partner: they read the version relue, never what was typed."""
PRIVATE = (str(FORM["pourquoi"]), str(FORM["resume"]), "Maëlle Riou", "maelle.riou")
"""What the rédacteur typed, and who they are."""


@pytest.fixture(scope="module")
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


def test_no_canary_leaves_the_page_it_was_typed_in(server: SmtpServer, caplog: pytest.LogCaptureFixture) -> None:
    for name in LOGGED:
        caplog.set_level(logging.DEBUG, logger=name)
    stage, said, typed = Stage(), list[str](), 0
    for n, form in enumerate(stage.forms()):
        stage.reset()
        free = {one.name for one in form.fields if one.is_free and one.likely() != "aucune"}
        values = form.filled() | dict.fromkeys(free, f"{CANARY}{n} {SENTENCE}")
        for sent in (values, values | {"jeton": "0"}, values | {"version": "-1"}, values):  # the last one: a stale page
            answer = stage.send(form, sent)
            typed += bool(free)
            if CANARY in answer.headers.get("location", ""):
                said.append(answer.headers["location"])
            if ERROR.search(answer.text) and CANARY in answer.text:
                said.append(f"{form.action} {answer.status}")
        stage.site.world.wait(hours=12, step=timedelta(hours=12))
        send(stage, server)
    mails = [received.message for received in server.messages]
    assert typed > 100
    assert len(mails) > 50
    assert said == []
    assert [mail["Subject"] for mail in mails if CANARY in words(mail)] == []
    assert [mail["Subject"] for mail in mails if PRIVATE[0] in words(mail) or PRIVATE[1] in words(mail)] == []
    assert CANARY not in "".join(record.getMessage() for record in caplog.records)


def send(stage: Stage, server: SmtpServer) -> None:
    world, renderer = stage.site.world, Renderer(URL, "ORP <orp@orp.example>")
    while deliver(world.posting, lambda: SmtpTransport(HOST, server.port, "aucune"), renderer, world.clock).sent:
        pass


def words(mail: EmailMessage) -> str:
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*map(str, mail.values()), *parts])


def test_no_stranger_reads_what_was_typed_nor_who_typed_it() -> None:
    stage = Stage()
    for person in STRANGERS:
        read = list(pages(stage.site.signed_in(person), *stage.addresses))
        assert [(person, path, text) for path, page in read for text in PRIVATE if text in page.text] == []
