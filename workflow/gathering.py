"""Several mails to one person become one: reminders, notices of lateness, a bordereau (domain.md §3.5).

A person receives one mail of reminders a day, on a day when something is to be reminded of; it also says
all else they owe that is late or due soon. Nothing of it is stored twice: the mails it tells of stay in the
outbox, each with its situation, and become what it becomes.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from workflow.messages import REMINDER, REMINDERS, RETOUR_OWED
from workflow.ports.circuits import Circuits
from workflow.ports.mails import Carrier, Owed
from workflow.ports.work import Store, Work
from workflow.records import Message, QueuedMail
from workflow.working_days import Calendar, calendar_of

SOON = timedelta(days=7)
"""What is due within this long is said each time; the first reminder comes as early (DESIGN §4)."""
MOST = 50
"""Lines of one morning's mail; it says how many more there are (product-and-security.md A.2)."""
PATIENCE = timedelta(minutes=10)
"""How long a mail waits for what rings with it and is still to be played; a scheduler that stands still holds none."""

log = logging.getLogger(__name__)

Line = dict[str, Any]


def gather(store: Store, circuits: Circuits, now: datetime) -> None:
    """Make, of the mails that wait to be gathered, those that may leave at `now` (UTC), in few statements.

    What is gathered is read again before it is written: of two senders, one gathers. While the scheduler still has
    something to play, what it has owed so far waits: one act would make two mails, one morning's reminders two days'.
    """
    with store.writing() as work:
        work.gathering.drop_outdated(now)
        work.gathering.undo([mail.id for mail in work.gathering.unsent(now) if _of_an_earlier_day(mail, now)])
    with store.reading() as work:
        waiting = work.gathering.waiting(now)
        if waiting and work.behind(now):
            waiting = work.gathering.waiting(now - PATIENCE)
        reminders = [mail for mail in waiting if mail.batch == REMINDERS]
        owed = work.gathering.owed([mail.id for mail in reminders], now) if reminders else []
    if not waiting:
        return
    mornings = _mornings(circuits, reminders, owed, now)
    alone, bordereaux = _bordereaux([mail for mail in waiting if mail.batch != REMINDERS], now)
    told = {n for carrier in mornings for n in carrier.tells_of}
    with store.writing() as work:
        if work.gathering.still_waiting([mail.id for mail in waiting]) != {mail.id for mail in waiting}:
            return
        work.gathering.leave_apart(alone)
        work.gathering.settle([mail.id for mail in reminders if mail.id not in told])
        _put_off(work, work.gathering.carry([*mornings, *bordereaux]), now)


def _put_off(work: Work, refused: Iterable[Carrier], now: datetime) -> None:
    """One mail of reminders a day: what rings later waits for the next morning."""
    for carrier in refused:
        calendar = calendar_of(carrier.message.departement or "")
        tomorrow = calendar.end_of(calendar.local_date(now))
        work.gathering.put_off(carrier.tells_of, calendar.in_window(tomorrow))


def _of_an_earlier_day(mail: QueuedMail, now: datetime) -> bool:
    return mail.key.rpartition(":")[2] != _today(mail, now).isoformat()


def _today(mail: QueuedMail, now: datetime) -> date:
    return _calendar(mail).local_date(now)


def _calendar(mail: QueuedMail) -> Calendar:
    return calendar_of(mail.departement or "")


def _mornings(circuits: Circuits, reminders: list[QueuedMail], owed: list[Owed], now: datetime) -> list[Carrier]:
    """One mail for each person who is reminded of something that is still owed."""
    by_person: dict[str, list[QueuedMail]] = {}
    for mail in reminders:
        by_person.setdefault(mail.recipient or "", []).append(mail)
    everything: dict[str, list[Owed]] = {}
    for one in owed:
        everything.setdefault(one.person, []).append(one)
    made = (_morning(circuits, mails, everything.get(person, []), now) for person, mails in by_person.items())
    return [carrier for carrier in made if carrier]


def _morning(circuits: Circuits, mails: list[QueuedMail], owed: list[Owed], now: datetime) -> Carrier | None:
    first, reminded = mails[0], {(mail.reference, mail.reminds) for mail in mails}
    lines = [
        line
        for one in sorted(owed, key=_urgency)
        if (one.reference, one.obligation.n) in reminded or _due(one) <= _day(one, now) + SOON
        if (line := _line(circuits, one, now))
    ]
    if not lines:
        return None
    context = {
        "lignes": lines[:MOST],
        "en_tout": len(lines),
        "situations": len({line["reference"] for line in lines}),
        "en_retard": len({line["reference"] for line in lines if line["retard_depuis"]}),
        "retours": all(line["courriel"] == RETOUR_OWED for line in lines),
    }
    key = f"{REMINDERS}:{first.recipient}:{_today(first, now).isoformat()}"
    return Carrier(_carrier(first, REMINDER, key, context, now), tuple(mail.id for mail in mails))


def _urgency(one: Owed) -> tuple[bool, date, str, int]:
    """What is late first, then what is due soon, then the retours that the rédacteur waits for."""
    return one.obligation.last_mile, _due(one), one.reference, one.obligation.n


def _due(one: Owed) -> date:
    return one.obligation.due or date.max


def _day(one: Owed, now: datetime) -> date:
    return calendar_of(one.departement).local_date(now)


def _line(circuits: Circuits, one: Owed, now: datetime) -> Line | None:
    owed, late = one.obligation, _due(one) < _day(one, now)
    try:
        circuit = circuits.get(one.circuit)
        step, indicative = circuit.step(one.step).title, circuit.dues[owed.code].indicative
    except Exception as error:  # what nobody can read any more must not hold the other lines back
        log.error("%s ne peut pas être rappelée : %s", one.reference, type(error).__name__)  # noqa: TRY400
        return None
    return {
        "reference": one.reference,
        "courriel": RETOUR_OWED if owed.last_mile else REMINDER,
        "etape": step,
        "echeance": _due(one).isoformat(),
        "indicatif": indicative,
        "structure": one.structure,
        "de": None,
        "pourquoi": "responsable",
        "nature": str(owed.kind),
        "retard_depuis": _due(one).isoformat() if late else None,
        "jours": (_day(one, now) - _due(one)).days,
        "suite": False,
        "fin": None,
    }


def _bordereaux(mails: list[QueuedMail], now: datetime) -> tuple[list[int], list[Carrier]]:
    """One mail for what one act transmits to one person, or for what is late; a situation alone keeps its own."""
    acts: dict[tuple[str | None, str | None], list[QueuedMail]] = {}
    for mail in mails:
        acts.setdefault((mail.batch, mail.recipient), []).append(mail)
    alone = [act[0].id for act in acts.values() if len(act) == 1]
    return alone, [_bordereau(act, now) for act in acts.values() if len(act) > 1]


def _bordereau(mails: list[QueuedMail], now: datetime) -> Carrier:
    first = mails[0]
    lines = [{"reference": mail.reference, "courriel": mail.mail, **mail.context} for mail in mails]
    context = {
        "lignes": sorted(lines, key=lambda line: line["reference"]),
        "en_tout": len(lines),
        "situations": len(lines),
        "en_retard": 0,
        "retours": False,
    }
    key = f"{first.batch}:{first.recipient}:{first.id}"
    return Carrier(_carrier(first, first.mail, key, context, now), tuple(mail.id for mail in mails))


def _carrier(first: QueuedMail, mail: str, key: str, context: Line, now: datetime) -> Message:
    return Message(
        key=key,
        mail=mail,
        reference=None,
        recipient=first.recipient,
        not_before=now,
        context=context,
        actor=first.actor,
        organisation=first.organisation,
        function=first.function,
        departement=first.departement,
    )
