"""To act on situations from a page: which acts stand open, and what was typed as a decision for the engine."""

from collections.abc import Collection, Mapping
from secrets import token_hex

from web.ports.services import Work
from web.visit import Seen, Visit
from workflow.asking import Act
from workflow.circuit.model import Slot
from workflow.from_mail import Reader, beyond
from workflow.model import Organisation
from workflow.questions import gathered
from workflow.triggers import Decision

SCREENS = {"deposer": "fiche", "enregistrer_analyse": "analyse", "relire": "version-relue"}
"""Decisions that have a screen of their own: the last word of its address."""


def possible(visit: Visit, there: Seen, directory: Mapping[str, Organisation]) -> list[Act]:
    """Return what this person may do on a situation now."""
    reader = Reader(there.circuit, there.dossier, visit.who, directory, visit.now)
    return [*reader.acts(), *beyond(reader)]


def nearby(visit: Visit, all_there: Collection[Seen]) -> dict[str, Organisation]:
    """Return the organisations that decisions on these situations may choose from."""
    cases = [there.dossier.case for there in all_there]
    with visit.services.store.reading() as work:
        return work.screens.within_reach({case.dac for case in cases}, {case.departement for case in cases})


def at_home(visit: Visit, work: Work) -> dict[str, Organisation]:
    """Return the antennes of the DACs where this person works, and every delegation."""
    houses = work.facts({organisation for organisation, _ in visit.who.functions}, (), visit.now).organisations
    dacs = {o.parent if o.kind == Slot.ANTENNE else o.id for o in houses.values()}
    return work.screens.within_reach({dac for dac in dacs if dac}, ())


def decision(visit: Visit, there: Seen, act: Act, version: str, name: str) -> Decision:
    """Return the decision that was typed; without a version it is stale whatever it says."""
    return Decision(
        id=name,
        reference=there.dossier.case.reference,
        name=act.name,
        by=visit.who.id,
        fields=gathered(act.questions, visit.form),
        due=act.due,
        expected_version=int(version) if version.isdecimal() else -1,
        salt=token_hex(16),
    )


def identifier(typed: str) -> str:
    """Return under which name the decision of a form is known: a double click sends it twice."""
    return f"web-{typed[:64]}"
