"""The demonstrations: a year of sixty situations, or the story of a single one."""

from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from orp.demo_folder import Folder
from orp.demo_report import report
from orp.demo_stage import Act, Stage, stage
from orp.demo_story import STORY, Moment
from orp.demo_year import OPENING, Event, Year
from workflow.opening import Draft
from workflow.words import PARIS, counted, in_paris

WRITES = "referent_parcours"
"""Function of those who describe situations."""


def play_year(year: Year, out: Path, progress: Callable[[int], object] = lambda _: None) -> dict[str, Any]:
    """Play a year in `out` and return its figures and where the files lie.

    `progress` is given the number of days gone by since it was last called.

    Raises:
        Infrastructure: `out` holds what is not of a demonstration.
    """
    folder, references, today = Folder(out), dict[int, str](), year.start.date()
    with stage(folder, year.start) as on:
        for at, events in groupby(year.events, key=lambda event: event.at):
            on.advance(at)
            _together(on, year, list(events), references)
            progress((at.date() - today).days)
            today = at.date()
        on.advance(year.end)
        progress((year.end.date() - today).days)
        figures = report(on.app)
    return figures | {"base": str(folder.base), "recus": str(folder.mails), "trace": str(folder.log)}


def _together(on: Stage, year: Year, events: list[Event], references: dict[int, str]) -> None:
    """Play what falls at one instant, in one call."""
    opened = [year.situations[event.situation] for event in events if event.act == OPENING]
    drafts = [
        Draft(f"demo-{s.number}", on.who_holds(s.antenne, WRITES), s.antenne, s.departement, s.tracking) for s in opened
    ]
    for situation, reference in zip(opened, on.open(drafts), strict=True):
        references[situation.number] = reference
    on.play(
        [
            Act(
                id=f"demo-{event.situation}-{event.at:%Y%m%d%H%M}",
                reference=references[event.situation],
                actor=event.actor,
                act=event.act,
                fields=event.fields,
                parent=year.situations[event.situation].parent_among(references),
            )
            for event in events
            if event.act != OPENING
        ]
    )


def play_story(out: Path, progress: Callable[[int], object] = lambda _: None) -> dict[str, Any]:
    """Play the story of one situation in `out` and return it: its moments, its figures, where the files lie.

    `progress` is called after each moment.

    Raises:
        Infrastructure: `out` holds what is not of a demonstration.
    """
    folder, told = Folder(out), list[dict[str, Any]]()
    with stage(folder, datetime.fromisoformat("2026-01-05T09:00").replace(tzinfo=PARIS)) as on:
        (reference,) = on.open([Draft("demo", "maelle.riou", "antenne-fougeres", "35")])
        for number, moment in enumerate(STORY):
            told.append(_tell(on, folder, reference, moment, number))
            progress(1)
        with on.app.store.reading() as work:
            audit = work.journal.audit()
    state = "à examiner" if audit.broken else "intact"
    return {
        "reference": reference,
        "histoire": told,
        "bilan": [
            f"Journal : {counted(audit.entries, 'ligne')}, {state}.",
            f"Courriels reçus : {folder.received()}, dans {folder.mails}",
            f"Base : {folder.base} (à regarder avec « orp show {reference} --db {folder.base} »)",
        ],
        "base": str(folder.base),
        "recus": str(folder.mails),
        "intact": not audit.broken,
    }


def _tell(on: Stage, folder: Folder, reference: str, moment: Moment, number: int) -> dict[str, Any]:
    before, who = folder.received(), "l’outil"
    on.advance(datetime.fromisoformat(moment.at).replace(tzinfo=PARIS))
    with on.app.store.reading() as work:
        names = work.screens.names()
    if moment.act:
        (by,) = on.play([Act(f"demo-{number}", reference, moment.actor, moment.act, moment.fields)])
        who = names[by]
    on.post()
    with on.app.store.reading() as work:
        case = work.screens.case(reference)
    return {
        "date": in_paris(on.clock.now()),
        "qui": who,
        "fait": moment.said,
        "etape": on.app.circuits.get(case.circuit).step(case.step).title,
        "courriels": folder.received() - before,
    }
