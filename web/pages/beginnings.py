"""`/premiers-pas`: what is there, what comes next, the tools of the national platform, the documents of the DAC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from web.ports.services import Work
from web.visit import Visit
from workflow.absences import house
from workflow.beginnings import DOCUMENTS, Progress, checked_link, checklist, platform
from workflow.circuit.compiled import Circuit
from workflow.errors import Refusal
from workflow.functions import offered, required
from workflow.model import Organisation


def show(visit: Visit, faults: tuple[str, ...] = (), status: int = 200) -> Response:
    """Show the list of each DAC this person belongs to, and the tools."""
    managed, directory = visit.runs(), visit.directory()
    mine = _dacs(visit, directory)
    circuit_of = visit.circuit_of(directory)
    circuits = {key: circuit_of(key) for key, one in directory.items() if {key, one.parent} & set(mine)}
    with visit.services.store.reading() as work:
        documents = work.beginnings.documents(mine)
        seen = _Seen(work, circuits, directory, visit.now)
        dacs = [seen.dac(dac, documents) for dac in mine]
    return visit.page(
        "premiers_pas.html",
        status,
        dacs=dacs,
        gere=sorted(set(mine) & managed),
        plateforme=platform(),
        genres=DOCUMENTS,
        fautes=faults,
        saisi={name: visit.typed(name) for name in ("genre", "lien")},
        fait=visit.asked("fait") == "oui",
    )


def keep(visit: Visit) -> Response:
    """Write, or forget, where a document is: an address, so that nothing of anybody's is stored here."""
    dac, kind, managed = visit.typed("dac"), visit.typed("genre"), visit.runs()
    with visit.services.store.reading() as work:
        mine = managed & set(_dacs(visit, work.staff.directory()))
    if dac not in mine or kind not in DOCUMENTS:
        return show(visit, ("Choisissez un document de votre DAC.",), 422)
    try:
        with visit.services.store.writing() as work:
            if visit.typed("acte") == "retirer":
                work.beginnings.drop(dac, kind)
            else:
                work.beginnings.keep(dac, kind, checked_link(visit.typed("lien")), visit.who.id, visit.now)
            work.staff.note(visit.now, visit.who.id, f"adresse du document : {DOCUMENTS[kind]}", None, dac)
    except Refusal as refusal:
        return show(visit, (str(refusal),), 422)
    return visit.to("/premiers-pas?fait=oui#documents")


def _dacs(visit: Visit, directory: dict[str, Organisation]) -> list[str]:
    """The DAC of a person: that of their antenne, of their governance; all of them for who runs the service."""
    if visit.administers:
        return sorted(key for key, one in directory.items() if one.kind == "dac")
    places = [directory[o] for o, _ in visit.who.functions if o in directory]
    heads = {one.parent if one.kind == "gouvernance" else house(directory, one.id) for one in places}
    return sorted(head for head in heads if head and directory[head].kind == "dac")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the list of each DAC is made from."""

    work: Work
    circuits: Mapping[str, Circuit]
    """By which each of its structures works."""
    directory: dict[str, Organisation]
    now: datetime

    def dac(self, dac: str, documents: list[dict[str, Any]]) -> dict[str, Any]:
        ours = [row | {"site": urlsplit(row["link"]).hostname} for row in documents if row["organisation"] == dac]
        mine = {row["kind"]: row for row in ours}
        reached = self.work.beginnings.reached(dac, self.circuits[dac].initial)
        unheld, boxless = self._held(dac)
        done = Progress(unheld, boxless, **reached, documents=set(mine))
        return {"id": dac, "nom": self.directory[dac].name, "etapes": list(checklist(done)), "documents": mine}

    def _held(self, dac: str) -> tuple[list[str], bool]:
        """The functions of the DAC, its antennes and its governance that nobody holds; whether its DD is empty."""
        directory = self.directory
        family = {dac, *(key for key, one in directory.items() if one.parent == dac)}
        here = directory[dac].departement
        delegations = {key for key, one in directory.items() if one.kind == "dd" and one.departement == here}
        rows = self.work.staff.holding(family | delegations, self.now)
        held = {(row["organisation"], row["function"]) for row in rows if row["since"] <= self.now}
        unheld = [
            f"{offered(self.circuits[place], directory[place].kind)[function]} ({directory[place].name})"
            for place in sorted(family)
            for function in sorted(required(self.circuits[place], directory[place].kind))
            if (place, function) not in held
        ]
        return unheld, not any(place in delegations for place, _ in held)
