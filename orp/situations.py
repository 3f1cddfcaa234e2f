"""One situation as it is stored, told by `workflow.sentences`."""

from typing import Any

from orp.bootstrap import Application
from workflow.sentences.situation import Seen
from workflow.sentences.situation import story as told


def story(app: Application, reference: str) -> dict[str, Any]:
    """Return all that may be shown of a situation.

    Raises:
        UnknownReference: no situation bears it.
    """
    with app.store.reading() as work:
        case = work.screens.case(reference)
        seen = Seen(
            case=case,
            circuits=app.circuits.get,
            obligations=work.screens.obligations(reference),
            parties=work.screens.parties(reference),
            names=work.screens.names(),
            departements=work.screens.departements(),
            now=app.clock.now(),
        )
        entries = work.journal.of(reference)
    return told(seen, entries)
