"""From the decision to the mailbox: the outbox, the engine and a real mail server (DESIGN §1, §6, §7)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache, partial

import pytest
from sqlalchemy import text

from notifications.deliver import Delivered, deliver
from notifications.render import APART, CATALOGUE, CIRCUIT, Renderer
from notifications.smtp import SmtpTransport
from storage.database import transaction
from tests.smtp_server import DROP, HOST, SmtpServer
from tests.world import ANALYSIS, FINAL, FORM, LONG, PARIS, START, VALIDATION, World, make_world
from workflow.model import Obligation
from workflow.posting import LEASE, Posting
from workflow.records import QueuedMail
from workflow.triggers import FieldValue, MailReport

WRITER = "maelle.riou@dactiv.example"
MANAGER = "yann.lebihan@dactiv.example"
WORD = "Votre situation a été analysée ; elle est proposée à la gouvernance, qui l’examine en janvier."


class Crash(BaseException):
    """The process dies here."""


class Mortal(Posting):
    """The outbox of a process that dies once, before or after the situation hears of a sent mail."""

    dies = ""

    def accepted(self, mails: Sequence[QueuedMail]) -> None:
        self._die("before")
        super().accepted(mails)

    def _mark(self, mails: Sequence[QueuedMail], status: str, reason: str | None, deaf: list[QueuedMail]) -> None:
        self._die("after")
        super()._mark(mails, status, reason, deaf)

    def _die(self, moment: str) -> None:
        if self.dies == moment:
            self.dies = ""
            raise Crash


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@cache
def renderer() -> Renderer:
    return Renderer("https://orp.example", "ORP <orp@orp.example>")


def send(world: World, server: SmtpServer, posting: Posting | None = None) -> Delivered:
    connect = partial(SmtpTransport, HOST, server.port, "aucune", timeout=5.0)
    return deliver(posting or world.posting, connect, renderer(), world.clock)


def at(world: World, moment: str) -> None:
    world.clock.set(datetime.fromisoformat(moment).replace(tzinfo=PARIS))
    world.tick()


def passed_on(world: World, server: SmtpServer) -> str:
    """A situation whose F2 the DAC has just passed on by mail; every other mail has left."""
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", FORM)
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    world.decide(reference, "proposer_gouvernance", "katell.morvan", ANALYSIS)
    send(world, server)
    server.messages.clear()
    pass_on(world, reference)
    return reference


def pass_on(world: World, reference: str) -> None:
    fields: dict[str, FieldValue] = {"moyen": "courriel", "mot": WORD}
    world.decide(reference, "acquitter", "katell.morvan", fields, due=f2(world, reference).n)


def f2(world: World, reference: str) -> Obligation:
    with world.store.reading() as work:
        (found,) = [o for o in work.screens.obligations(reference) if o.code == "F2"]
    return found


def row(world: World, mail: str) -> dict[str, object]:
    """The last mail of this code in the outbox."""
    with transaction(world.store.engine, writes=False) as connection:
        query = text("SELECT * FROM messages WHERE mail = :mail ORDER BY id DESC")
        return dict(connection.execute(query, {"mail": mail}).mappings().first() or {})


def ids(server: SmtpServer) -> list[str]:
    return [mail.message["Message-ID"] for mail in server.messages]


# --- The last mile by mail ---


def test_an_accepted_mail_discharges_the_retour_after_three_working_days(world: World, server: SmtpServer) -> None:
    reference = passed_on(world, server)  # Monday 5 January
    assert send(world, server) == Delivered(sent=1)
    assert [mail.recipients for mail in server.messages] == [(WRITER,)]
    at(world, "2026-01-08T23:59")
    assert f2(world, reference).is_open
    at(world, "2026-01-09T00:00")
    assert (f2(world, reference).status, f2(world, reference).proof) == ("rendu", "courriel accepté le 2026-01-05")
    assert world.kinds(reference)[-2:] == ["courriel_accepte", "preuve"]


def test_the_proof_bears_the_day_of_the_structure(world: World, server: SmtpServer) -> None:
    reference = passed_on(world, server)
    world.clock.set(datetime(2026, 1, 5, 23, 30, tzinfo=UTC))  # half past midnight in Rennes
    world.engine.report([(reference, MailReport(f2(world, reference).n, accepted=True))])
    at(world, "2026-01-10T00:00")
    assert f2(world, reference).proof == "courriel accepté le 2026-01-06"


def test_three_working_days_leave_the_weekend_out(world: World, server: SmtpServer) -> None:
    world.clock.set(datetime(2026, 1, 8, 10, 0, tzinfo=PARIS))  # Thursday
    reference = passed_on(world, server)
    send(world, server)
    at(world, "2026-01-13T23:59")
    assert f2(world, reference).is_open
    at(world, "2026-01-14T00:00")
    assert not f2(world, reference).is_open


def test_a_mail_that_is_only_queued_proves_nothing(world: World, server: SmtpServer) -> None:
    reference = passed_on(world, server)
    at(world, "2026-01-20T12:00")
    assert f2(world, reference).is_open
    assert "preuve" not in world.kinds(reference)


def test_a_refused_address_makes_the_dac_owe_the_retour_again(world: World, server: SmtpServer) -> None:
    reference = passed_on(world, server)
    server.rcpt[WRITER] = "550 5.1.1 inconnu Riou"
    assert send(world, server) == Delivered(refused=1)
    owed = f2(world, reference)
    assert (owed.is_open, owed.passed_on, owed.accepted_at) == (True, None, None)
    assert (row(world, "M11")["status"], row(world, "M11")["reason"]) == ("refuse", "smtp-550")
    assert world.kinds(reference)[-1] == "courriel_refuse"
    at(world, "2026-01-20T12:00")  # due on 12 January: reminded, then late
    assert f2(world, reference).late
    assert send(world, server).postponed == 0


def test_a_mail_refused_for_good_is_never_sent_again(world: World, server: SmtpServer) -> None:
    passed_on(world, server)
    server.rcpt[WRITER] = "550 non"
    send(world, server)
    server.rcpt.clear()
    world.clock.set(world.clock.now() + timedelta(days=3))
    send(world, server)
    assert row(world, "M11")["status"] == "refuse"
    assert WRITER not in [address for mail in server.messages for address in mail.recipients]


def test_after_a_refusal_the_retour_can_be_passed_on_again(world: World, server: SmtpServer) -> None:
    reference = passed_on(world, server)
    server.rcpt[WRITER] = "550 non"
    send(world, server)
    server.rcpt.clear()
    first = row(world, "M11")["message_id"]
    pass_on(world, reference)
    assert send(world, server) == Delivered(sent=1)
    assert ids(server) == [row(world, "M11")["message_id"]] != [first]
    at(world, "2026-01-09T00:00")
    assert not f2(world, reference).is_open


def test_an_address_that_is_none_is_refused_without_a_word_to_the_server(world: World, server: SmtpServer) -> None:
    reference = passed_on(world, server)
    with transaction(world.store.engine, writes=True) as connection:
        connection.execute(text("UPDATE redacteur_contacts SET email = 'pas une adresse'"))
    assert send(world, server) == Delivered(refused=1)
    assert row(world, "M11")["reason"] == "adresse"
    assert f2(world, reference).passed_on is None


def test_another_mail_refused_at_that_address_within_three_days_is_no_proof(world: World, server: SmtpServer) -> None:
    """DESIGN §1: accepted « and, 3 jo later, no permanent refusal on that address »."""
    reference = passed_on(world, server)
    send(world, server)
    server.rcpt[WRITER] = "550 boîte supprimée"
    world.decide(world.open(), "deposer", "maelle.riou", FORM)  # its receipt goes to the same address
    assert send(world, server).refused == 1
    at(world, "2026-01-12T12:00")
    assert f2(world, reference).is_open


# --- Later ---


def test_a_mail_put_off_by_the_server_is_tried_again_with_the_same_message_id(world: World, server: SmtpServer) -> None:
    reference = passed_on(world, server)
    stable = row(world, "M11")["message_id"]
    server.data[WRITER] = "451 plus tard"
    assert send(world, server) == Delivered(postponed=1)
    assert (row(world, "M11")["status"], row(world, "M11")["reason"]) == ("a_envoyer", "smtp-451")
    assert send(world, server) == Delivered()  # not before a minute
    assert f2(world, reference).accepted_at is None
    server.data.clear()
    world.clock.set(START + timedelta(minutes=1))
    assert send(world, server) == Delivered(sent=1)
    assert ids(server) == [stable]
    assert row(world, "M11")["attempts"] == 2


def test_the_attempts_come_less_and_less_often(world: World, server: SmtpServer) -> None:
    world.clock.set(datetime(2026, 1, 6, 8, 0, tzinfo=PARIS))
    passed_on(world, server)
    server.data[WRITER] = "451 plus tard"
    gaps = []
    for _ in range(5):
        last = world.clock.now()
        send(world, server)
        while not send(world, server).postponed:
            world.clock.set(world.clock.now() + timedelta(minutes=1))
        gaps.append(int((world.clock.now() - last) / timedelta(minutes=1)))
    assert gaps == [1, 5, 30, 120, 120]


def test_a_server_that_is_down_postpones_all_and_loses_none(world: World, server: SmtpServer) -> None:
    reference = world.to_dd()
    dead = partial(SmtpTransport, HOST, 1, "aucune", timeout=1.0)
    queued = len(world.mails(reference))
    assert deliver(world.posting, dead, renderer(), world.clock).postponed == queued
    world.clock.set(world.clock.now() + timedelta(minutes=1))
    assert send(world, server).sent == queued
    assert len(set(ids(server))) == queued


def test_a_connection_lost_in_the_middle_sends_the_rest_later(world: World, server: SmtpServer) -> None:
    passed_on(world, server)
    server.data[WRITER] = DROP
    assert send(world, server).postponed == 1
    server.data.clear()
    world.clock.set(START + timedelta(minutes=1))
    assert send(world, server) == Delivered(sent=1)


def test_one_bad_address_does_not_hold_the_others_back(world: World, server: SmtpServer) -> None:
    server.rcpt[WRITER] = "550 non"
    world.decide(world.open(), "deposer", "maelle.riou", FORM)
    assert send(world, server) == Delivered(sent=1, refused=1)
    assert [mail.recipients for mail in server.messages] == [(MANAGER,)]


# --- A process that dies ---


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_after_the_server_took_the_mail_sends_it_again(world: World, server: SmtpServer, moment: str) -> None:
    reference = passed_on(world, server)
    dying = Mortal(world.store, world.engine)
    dying.dies = moment
    with pytest.raises(Crash):
        send(world, server, dying)
    assert send(world, server) == Delivered()  # the lease of the dead one still runs
    world.clock.set(START + LEASE)
    assert send(world, server) == Delivered(sent=1)
    assert len(ids(server)) == 2
    assert len(set(ids(server))) == 1
    at(world, "2026-01-09T00:00")
    assert not f2(world, reference).is_open
    assert world.kinds(reference).count("preuve") == 1


def test_a_mail_sent_twice_by_a_crash_is_written_down_once(world: World, server: SmtpServer) -> None:
    reference = passed_on(world, server)
    dying = Mortal(world.store, world.engine)
    dying.dies = "after"
    with pytest.raises(Crash):
        send(world, server, dying)
    world.clock.set(START + LEASE)
    send(world, server)
    assert world.kinds(reference).count("courriel_accepte") == 1


# --- The sending window ---


def test_in_the_evening_only_the_receipt_leaves(world: World, server: SmtpServer) -> None:
    world.clock.set(datetime(2026, 1, 5, 20, 0, tzinfo=PARIS))
    world.decide(world.open(), "deposer", "maelle.riou", FORM)
    assert send(world, server) == Delivered(sent=1)
    assert [mail.recipients for mail in server.messages] == [(WRITER,)]
    world.clock.set(datetime(2026, 1, 6, 7, 59, tzinfo=PARIS))
    assert send(world, server) == Delivered()
    world.clock.set(datetime(2026, 1, 6, 8, 0, tzinfo=PARIS))
    assert send(world, server) == Delivered(sent=1)
    assert server.messages[-1].recipients == (MANAGER,)


def test_a_transmission_decided_before_a_weekend_waits_for_monday(world: World, server: SmtpServer) -> None:
    world.clock.set(datetime(2026, 1, 9, 18, 29, tzinfo=PARIS))  # Friday
    reference = world.to_dd(instruct=False)
    assert world.case(reference).step == "validee"
    at(world, "2026-01-12T07:59")
    assert world.case(reference).step == "validee"
    at(world, "2026-01-12T08:00")
    assert world.case(reference).step == "transmise_dd"
    assert ("M07", "Boîte de service de la DD 35") in world.mails(reference)


def test_after_an_outage_nothing_leaves_on_a_sunday(world: World, server: SmtpServer) -> None:
    """R8: no mail outside the window after a restart."""
    world.clock.set(datetime(2026, 1, 9, 18, 0, tzinfo=PARIS))  # Friday
    world.decide(world.open(), "deposer", "maelle.riou", FORM)
    world.clock.set(datetime(2026, 1, 11, 3, 0, tzinfo=PARIS))
    send(world, server)
    assert MANAGER not in [address for mail in server.messages for address in mail.recipients]


def test_a_new_attempt_waits_for_the_window_too(world: World, server: SmtpServer) -> None:
    world.clock.set(datetime(2026, 1, 9, 18, 29, 30, tzinfo=PARIS))  # Friday
    server.rcpt[MANAGER] = "451 plus tard"
    world.decide(world.open(), "deposer", "maelle.riou", FORM)
    send(world, server)
    server.rcpt.clear()
    world.clock.set(datetime(2026, 1, 9, 19, 0, tzinfo=PARIS))
    assert send(world, server).sent == 0


# --- What no mail may hold ---

CANARIES: dict[str, str] = {}


def canary(name: str) -> str:
    """A text that is in one field only."""
    CANARIES[name] = f"Zq{len(CANARIES):02d}canari"
    return f"{LONG} {CANARIES[name]}"


def with_canaries(fields: dict[str, FieldValue], place: str) -> dict[str, FieldValue]:
    """The same fields; every free text holds a canary of its own."""
    coded = {"qui", "fait", "quoi", "ou", "age", "causes", "dd", "priorite", "motif", "lecteur", "prochaine"}
    found: dict[str, FieldValue] = {}
    for name, value in fields.items():
        if isinstance(value, str):
            found[name] = value if name in coded else canary(f"{place}.{name}")
        elif isinstance(value, Mapping):
            parts = value.items()
            found[name] = {part: v if part in coded else canary(f"{place}.{part}") for part, v in parts}
    return found


def disguise(world: World) -> dict[str, str]:
    """Give everybody a name and an address of their own kind; the addresses by identifier."""
    with transaction(world.store.engine, writes=True) as connection:
        connection.execute(text("UPDATE people SET name = 'Zqnom ' || id, email = 'zq-' || id || '@boite.example'"))
        return {r.id: r.email for r in connection.execute(text("SELECT id, email FROM people"))}


def tell_a_long_story(world: World) -> None:
    """Every mail of the catalogue is owed at least once."""
    reference = world.open()
    world.decide(reference, "deposer", "maelle.riou", with_canaries(FORM, "fiche"))
    world.decide(reference, "prendre_en_charge_antenne", "yann.lebihan")
    world.decide(reference, "retenir_pour_analyse", "yann.lebihan", {"nature": "averee"})
    ask = {"questions": canary("questions")}
    world.decide(reference, "demander_complement", "nolwenn.prigent", ask)
    answer = {"reponse": canary("réponse")}
    world.decide(reference, "acquitter", "maelle.riou", answer, due=world.owed(reference, "complement")[0].n)
    world.decide(reference, "proposer_gouvernance", "katell.morvan", with_canaries(ANALYSIS, "analyse"))
    word = {"moyen": "courriel", "mot": canary("mot")}
    world.decide(reference, "acquitter", "katell.morvan", word, due=world.owed(reference, "F2")[0].n)
    world.decide(reference, "inscrire_seance", "claire.legoff", {"seance": "2026-01-20"})
    world.decide(reference, "valider", "claire.legoff", with_canaries(VALIDATION, "validation"))
    world.wait(hours=3)
    world.decide(reference, "prendre_en_charge", "sophie.carre", {"officier": "sophie.carre"})
    interim = {"retour": canary("premier retour")}
    world.decide(reference, "acquitter", "sophie.carre", interim, due=world.owed(reference, "D12")[0].n)
    consult = {"partenaires": "cd-35", "questions": canary("avis")}
    world.decide(reference, "consulter", "sophie.carre", consult)
    world.leap(110)  # reminders, notices of lateness
    world.decide(reference, "constater", "sophie.carre", with_canaries(FINAL, "fin"))
    for owed in [o for o in world.owed(reference) if o.last_mile]:
        world.decide(reference, "acquitter", "katell.morvan", {"moyen": "oral"}, due=owed.n)
    world.leap(1)
    assert world.case(reference).step == "cloturee"
    again = {"motif": "revenue", "elements": canary("éléments"), "retour": canary("réouverture")}
    world.decide(reference, "rouvrir", "katell.morvan", again)
    asked = {"motif": {"code": "doublon", "texte": canary("retrait")}}
    world.decide(reference, "demander_retrait", "katell.morvan", asked)
    above = {"motif": "financement", "au_dela": canary("au-delà"), "retour": canary("relais")}
    world.decide(reference, "relayer", "sophie.carre", above)


def parts(message: EmailMessage) -> str:
    """All that a mail says, decoded."""
    bodies = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    headers = [f"{name}: {value}" for name, value in message.items() if name != "To"]
    return "\n".join([*headers, *bodies])


def test_no_mail_of_a_whole_story_holds_a_text_a_name_or_an_address(world: World, server: SmtpServer) -> None:
    addresses = disguise(world)
    tell_a_long_story(world)
    world.clock.set(datetime(2026, 6, 15, 10, 0, tzinfo=UTC))
    while send(world, server).sent:
        pass
    said = [(mail.message["To"], parts(mail.message)) for mail in server.messages]
    assert len(CANARIES) > 15
    forbidden = [*CANARIES.values(), "zqnom", *addresses, *addresses.values(), LONG[:30]]
    assert [(to, word) for to, content in said for word in forbidden if word.lower() in content.lower()] == []
    assert {to for to, _ in said} <= set(addresses.values())


def test_the_story_of_the_canaries_owes_every_mail_of_the_catalogue(world: World) -> None:
    tell_a_long_story(world)
    with world.store.reading() as work:
        assert {message["mail"] for message in work.screens.messages()} == set(CATALOGUE) - {*APART, CIRCUIT}


def test_each_mail_goes_to_one_person_in_the_open(world: World, server: SmtpServer) -> None:
    world.to_dd()
    send(world, server)
    for mail in server.messages:
        assert (mail.message["To"],) == mail.recipients
        assert mail.message["Cc"] is mail.message["Bcc"] is None


def test_what_the_server_says_is_not_kept(world: World, server: SmtpServer) -> None:
    server.rcpt[WRITER] = f"550 {WRITER} unknown"
    server.rcpt[MANAGER] = f"451 {MANAGER} busy"
    world.decide(world.open(), "deposer", "maelle.riou", FORM)
    send(world, server)
    assert {row(world, mail)["reason"] for mail in ("M01", "M03")} == {"smtp-550", "smtp-451"}
