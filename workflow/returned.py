"""A mail came back: its address is refused for good. A bounce must not stop a circuit.

Somebody else of the same house is served the same day, and the DAC owes the correction of the address
(DESIGN §1: the task « adresse en erreur »).
"""

from workflow.change import Change
from workflow.circuit.model import WRITER, WRONG_ADDRESS
from workflow.holders import fallbacks
from workflow.model import Holder
from workflow.obligations import open_task
from workflow.records import Message, QueuedMail


def come_back(change: Change, mail: QueuedMail) -> None:
    """Send the mail to the fallback recipients, owe the task, write down who could not be reached."""
    holder = Holder(mail.actor, mail.organisation, mail.function)
    instead = fallbacks(change.circuit, change.dossier, holder, mail.recipient)
    change.outcome.messages += [_again(change, mail, holder, person) for person in instead]
    if WRONG_ADDRESS in change.circuit.dues and not change.circuit.step(change.case.step).final:
        open_task(change, WRONG_ADDRESS)
    change.record("adresse_refusee", {"courriel": mail.mail, "a": mail.recipient or WRITER, "repli": instead})


def _again(change: Change, mail: QueuedMail, holder: Holder, person: str) -> Message:
    """The same mail; a colleague who was owed it in their own name already has this key, and gets it once."""
    window = change.calendar(holder)
    return Message(
        key=f"{mail.key.rpartition(':')[0]}:{person}",
        mail=mail.mail,
        reference=mail.reference,
        recipient=person,
        not_before=window.in_window(change.now),
        context=mail.context,
        actor=mail.actor,
        organisation=mail.organisation,
        function=mail.function,
        departement=window.departement,
        reminds=mail.reminds,
        batch=mail.batch,
    )
