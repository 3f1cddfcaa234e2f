"""A version made out of earlier ones: the same again, or the same over a newer parent (DESIGN §5)."""

from collections.abc import Sequence
from dataclasses import replace

from workflow.circuit.composition import name_of, version_key
from workflow.circuit.rewriting import rewritten
from workflow.circuit.stack import file_of
from workflow.errors import Refusal
from workflow.ports.circuits import Versions
from workflow.proposals import Proposal
from workflow.records import Publication
from workflow.versions import latest


def back_to(versions: Versions, proposal: Proposal, number: int) -> Proposal:
    """Propose a version equal to an earlier one: going back never unmakes what was published.

    Raises:
        Refusal: there is no such version.
    """
    rows = versions.all()
    last = _last(rows, proposal.name)
    return _again(versions, proposal, version_key(proposal.name, number), {"version": str(last.number + 1)})


def adopting(versions: Versions, proposal: Proposal) -> Proposal:
    """Propose the latest version over the latest one of its parent.

    Raises:
        Refusal: it has no parent, or it follows the latest one already.
    """
    rows = versions.all()
    last = _last(rows, proposal.name)
    if last.parent is None:
        raise Refusal(f"« {proposal.name} » n’étend aucun circuit : il n’a rien à adopter.")
    parent = _last(rows, name_of(last.parent))
    if parent.key == last.parent:
        raise Refusal(f"{last.key} suit déjà la dernière version du circuit du dessus, {parent.key}.")
    return _again(versions, proposal, last.key, {"version": str(last.number + 1), "parent": parent.key})


def _last(rows: Sequence[Publication], name: str) -> Publication:
    found = latest(rows, name)
    if found is None:
        raise Refusal(f"Aucune version de « {name} » n’est publiée ici.")
    return found


def _again(versions: Versions, proposal: Proposal, key: str, values: dict[str, str]) -> Proposal:
    files = versions.files(key)
    own = file_of(files, proposal.name) if files else None
    if files is None or own is None:
        raise Refusal(f"La version {key} n’est pas publiée ici.")
    return replace(proposal, files={**files, own: rewritten(files[own], values)})
