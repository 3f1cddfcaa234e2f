"""Publishing from the command line: what would change, what was done, which versions there are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import click

from orp.bootstrap import Application
from orp.circuit_files import found_in, to_publish
from workflow.circuit.composition import name_of
from workflow.earlier import adopting, back_to
from workflow.errors import InvalidDefinition
from workflow.proposals import NEXT_STEP, Proposal
from workflow.publishing import Plan
from workflow.records import Publication
from workflow.versions import in_force
from workflow.words import PARIS, counted, enumerate_words, in_paris


@dataclass(frozen=True, slots=True)
class Wish:
    """What the options of a command say."""

    by: str
    note: str
    approvals: Sequence[str]
    applies: str
    steps: Sequence[str]
    at: str | None = None
    before: str | None = None

    def of(self, name: str) -> Proposal:
        """Return it as a proposal that has no files yet.

        Raises:
            click.BadParameter: a pair or a date cannot be read.
        """
        return Proposal(
            name,
            {},
            self.by,
            self.note,
            _pairs(self.approvals, "--approval"),
            self.applies,
            _pairs(self.steps, "--map"),
            datetime.combine(_day(self.at), time(), PARIS) if self.at else None,
            _day(self.before) if self.before else None,
        )


def publish_file(app: Application, path: Path, wish: Wish, *, write: bool) -> Plan:
    """Publish a file, or only say what that would do; each fault stands in the author's own file."""
    proposal = replace(wish.of(path.stem), files=to_publish(path))
    try:
        return _run(app, proposal, write=write)
    except InvalidDefinition as error:
        raise found_in(path, error) from None


def go_back(app: Application, name: str, number: int, wish: Wish, *, write: bool) -> Plan:
    """Publish again an earlier version."""
    with app.store.reading() as work:
        proposal = back_to(work.circuits, wish.of(name), number)
    return _run(app, proposal, write=write)


def adopt(app: Application, name: str, wish: Wish, *, write: bool) -> Plan:
    """Publish a circuit again over the latest version of the one it extends."""
    with app.store.reading() as work:
        proposal = adopting(work.circuits, wish.of(name))
    return _run(app, proposal, write=write)


def _run(app: Application, proposal: Proposal, *, write: bool) -> Plan:
    return app.publisher.publish(proposal) if write else app.publisher.plan(proposal)


def told(plan: Plan, *, written: bool) -> dict[str, Any]:
    """Return what a publication does, for people and programs."""
    proved = plan.proved
    return {
        "version": proved.publication.key,
        "publiee": written,
        "changements": proved.changes,
        "circuits_verifies": proved.circuits,
        "prendront": sorted(plan.taking),
        "changent_d_etape": {reference: moved.step for reference, moved in sorted(plan.moving.items())},
        "circuits_du_dessous": proved.below,
    }


def in_sentences(plan: Plan, *, written: bool) -> list[str]:
    """Return what a publication does, one French sentence each."""
    proved, new = plan.proved, plan.proved.publication
    said = [f"{proved.version.circuit.definition.title} ({new.key}) : {counted(proved.circuits, 'circuit')} vérifiés."]
    said += proved.changes or ["Rien ne change dans ce que le circuit règle."]
    if new.effective_at > new.published_at:
        said.append(f"En vigueur à partir du {in_paris(new.effective_at)}.")
    if plan.taking or plan.moving:
        said.append(
            f"À prendre cette version à la prochaine étape : {counted(len(plan.taking), 'situation')} en cours."
        )
        said += [f"{reference} passe à l’étape « {moved.step} »." for reference, moved in sorted(plan.moving.items())]
    else:
        said.append("Les situations en cours gardent leur version.")
    if plan.waiting:
        waiting = counted(len(plan.waiting), "situation")
        said.append(f"À prendre encore une version d’avant, comme choisi alors : {waiting} (sauf --apply next-step).")
    if proved.below:
        names = enumerate_words([f"« {name} »" for name in proved.below], "et")
        said.append(f"Rien ne change par là dans {names} : leurs responsables sont prévenus, et l’adoptent ou non.")
    said.append(f"{new.key} est publiée." if written else "Rien n’a été écrit : ajoutez --yes pour publier.")
    return said


def versions(app: Application, name: str) -> list[dict[str, Any]]:
    """Return the versions of a circuit, the latest first."""
    with app.store.reading() as work:
        rows, names = work.circuits.all(), work.screens.names()
    force = in_force(rows, app.clock.now())
    here = [row for row in rows if row.name == name]
    return [_line(row, names, current=force.get(name) == row) for row in sorted(here, key=lambda r: -r.number)]


def _line(row: Publication, names: dict[str, str], *, current: bool) -> dict[str, Any]:
    return {
        "version": row.key,
        "publiee_le": row.published_at.isoformat(),
        "en_vigueur_le": row.effective_at.isoformat(),
        "en_vigueur": current,
        "par": names.get(row.author or "", "livrée avec le logiciel"),
        "appliquee": row.applies,
        "dessus": row.parent,
        "a_l_essai_jusqu_au": row.trial_until.isoformat() if row.trial_until else None,
        "a_adopter_avant_le": row.adopt_before.isoformat() if row.adopt_before else None,
        "approbations": dict(row.approvals or {}),
        "note": row.note or "",
    }


def as_row(line: dict[str, Any]) -> tuple[str, ...]:
    """Return a version as a row of a table."""
    day = {name: in_paris(datetime.fromisoformat(line[name])) for name in ("publiee_le", "en_vigueur_le")}
    more = [
        "prise par les situations en cours" if line["appliquee"] == NEXT_STEP else "",
        f"à l’essai jusqu’au {line['a_l_essai_jusqu_au']}" if line["a_l_essai_jusqu_au"] else "",
        f"à adopter avant le {line['a_adopter_avant_le']}" if line["a_adopter_avant_le"] else "",
        *(f"{name} : {said}" for name, said in line["approbations"].items()),
        line["note"],
    ]
    force = "oui" if line["en_vigueur"] else f"du {day['en_vigueur_le']}"
    known = (line["version"], day["publiee_le"], line["par"], force, line["dessus"] or "–")
    return (*known, " ; ".join(part for part in more if part))


def is_version(word: str) -> bool:
    """Say whether a word names a published version, such as « dactiv@2 »."""
    return bool(name_of(word)) and word.partition("@")[2].isdigit()


def _pairs(words: Sequence[str], option: str) -> dict[str, str]:
    found = {}
    for word in words:
        name, mark, value = word.partition("=")
        if not (name.strip() and mark and value.strip()):
            raise click.BadParameter(f"« {word} » : {option} attend NOM=VALEUR.")
        found[name.strip()] = value.strip()
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"« {text} » n’est pas un jour. Exemple : 2026-07-01") from None
