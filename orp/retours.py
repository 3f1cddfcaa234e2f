"""The retours of one situation: who owes whom, what each answers, whether it was told and how."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orp.acts import Reading
from orp.decision_fields import read_fields_file
from workflow.circuit.model import Kind
from workflow.sentences.followed import Followed
from workflow.sentences.proofs import proof_of
from workflow.sentences.situation import lateness
from workflow.sentences.wording import day, title_of, who
from workflow.triggers import FieldValue
from workflow.words import in_paris


def retours(reading: Reading) -> list[dict[str, Any]]:
    """Return every retour of a situation, owed first, then delivered."""
    with reading.app.store.reading() as work:
        obligations = work.screens.obligations(reading.reference)
        entries, departements = work.journal.of(reading.reference), work.screens.departements()
    followed = Followed(reading.app.circuits.get, reading.dossier.case, entries)
    decisions = {e.seq: json.loads(e.content) for e in entries if e.kind == "decision"}
    found = sorted((o for o in obligations if o.kind is Kind.RETOUR), key=lambda o: not o.is_open)
    return [
        {
            "n": o.n,
            "code": o.code,
            "de": who(reading.circuit, o.debtor, reading.names),
            "pour": title_of(reading.circuit, o.beneficiary) if o.beneficiary else "",
            "repond_a": [_answered(followed, answer, decisions) for answer in o.answers] or ["retour d’étape"],
            "echeance": day(o.due) if o.is_open else "",
            "retard": lateness(reading.app.clock.now(), o, departements[o.debtor.organisation]),
            "transmis_le": in_paris(o.passed_on) if o.passed_on else "",
            "preuve": proof_of(o),
        }
        for o in found
    ]


def _answered(followed: Followed, answer: str, decisions: Mapping[int, dict[str, Any]]) -> str:
    """« F3:T18@7 » becomes the title of the decision at that place of the journal."""
    code, seq = answer.partition(":")[2].split("@")
    content = decisions.get(int(seq))
    if content is None:
        return code
    return f"{followed.at(int(seq)).decision(content['de'], content['decision']).title} ({code})"


def read_retour_file(path: Path) -> dict[str, FieldValue]:
    """Return the fields of a retour between structures: « retour: … », or its parts alone (texte, actions…).

    Raises:
        InvalidDefinition: the YAML file cannot be read.
    """
    fields = read_fields_file(path)
    return fields if "retour" in fields else {"retour": fields}
