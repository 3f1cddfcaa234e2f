"""The repère local: the file number a DAC keeps in its own software, never a name; sealed, known to the DAC alone."""

import re

from starlette.responses import Response

from web.pages.analysis import show
from web.pages.situation import Tried
from web.visit import Visit

FORM = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9./_\-]{0,39}")
NOT_ONE = "Le repère local est un numéro de dossier, par exemple « GW-2026-0412 » : des chiffres, jamais un nom."
NONE_KEPT = "Aucun repère local n’est gardé ici : la clé qui les chiffre (CLE_REPERES) n’est pas réglée."


def keep(visit: Visit) -> Response:
    """Keep, change or drop the local key of a situation."""
    seal, typed, case = visit.services.seal, visit.typed("repere"), visit.situation.dossier.case
    if "repere" not in visit.form or seal is None:
        return show(visit, Tried("", None, visit.form, [NONE_KEPT], stale=True), 409)
    if typed and not FORM.fullmatch(typed):
        return show(visit, Tried("repere", None, visit.form, [NOT_ONE]), 422)
    sealed, mark = (seal.close(typed), seal.mark(typed)) if typed else ("", "")
    with visit.services.store.writing() as work:
        work.typed.keep_local_key(case.reference, case.dac, sealed, mark)
    return visit.to(f"/situations/{case.reference}/analyse?fait=repere")
