"""`/organisation`: structures, service mailboxes, people, functions and their periods; each changes its own."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from starlette.responses import Response

from web.contacts import ADDRESS, LONGEST_NAME, identifier
from web.ports.services import Work
from web.visit import Visit
from workflow.absences import house
from workflow.circuit.compiled import Circuit
from workflow.errors import Refusal, UnknownReference
from workflow.functions import offered, required, served_instead, title_of
from workflow.model import Organisation
from workflow.working_days import calendar_of

NOWHERE = "Cette structure n’existe pas, ou elle ne vous est pas ouverte."
NAMELESS = "Donnez un prénom et un nom, et une adresse électronique, par exemple prenom.nom@exemple.fr."
LAST = "Personne d’autre ne tient cette fonction ici : donnez-la d’abord à quelqu’un, pour que rien n’attende sans nom."
ELSEWHERE = "Cette personne tient aussi une fonction dans une structure qui n’est pas la vôtre, ou exploite le service."
KINDS = {
    "dac": "DAC",
    "antenne": "Antenne",
    "gouvernance": "Gouvernance",
    "dd": "Délégation départementale",
    "region": "ARS siège",
    "national": "Équipe nationale",
    "partenaire": "Partenaire",
}
DONE = {
    "absence": "C’est enregistré. Les deux personnes en sont averties par courriel.",
    "oui": "C’est enregistré.",
}


def staff_of(visit: Visit) -> dict[str, str]:
    """Return the people this person answers for, with their names; mailboxes are nobody."""
    managed = visit.runs()
    with visit.services.store.reading() as work:
        held = work.staff.holding(managed, visit.now)
    return {row["person"]: row["name"] for row in held if not row["mailbox"]}


def show(visit: Visit, faults: tuple[str, ...] = (), status: int = 200) -> Response:
    """Show my functions, the absences that concern me, and the structures I answer for."""
    managed, staff, directory = visit.runs(), staff_of(visit), visit.directory()
    circuit_of = visit.circuit_of(directory)
    with visit.services.store.reading() as work:
        names = work.screens.names()
        around = _colleagues(visit, work, directory, managed)
        absences = work.staff.absences(visit.now)
    mine = {visit.who.id, *staff}
    lent = {place: names.get(person, "") for place, person in visit.who.lent.items()}
    return visit.page(
        "organisation.html",
        status,
        fonctions=[
            (directory[o].name, title_of(circuit_of(o), directory[o].kind, f), lent.get((o, f), ""))
            for o, f in sorted(visit.who.functions)
        ],
        structures=[(directory[o], KINDS.get(directory[o].kind, "")) for o in _in_order(directory, managed)],
        absences=[_absence(one, names, mine) for one in absences if {one.person, one.substitute} & mine],
        equipe=dict(sorted(staff.items(), key=lambda item: item[1])),
        collegues=around,
        saisi={name: visit.typed(name) for name in ("personne", "remplacant", "du", "au")},
        fautes=faults,
        fait=DONE.get(visit.asked("fait"), ""),
    )


def structure(visit: Visit, faults: tuple[str, ...] = (), status: int = 200) -> Response:
    """Show one structure: its mailboxes, its people, the latest changes."""
    here, managed, directory = _here(visit), visit.runs(), visit.directory()
    circuit = visit.circuit_of(directory)(here)
    with visit.services.store.reading() as work:
        names = work.screens.names()
        kin = {here, directory[here].parent or here}
        everybody = work.staff.holding(kin, visit.now)
        known = {row["person"]: row["name"] for row in work.staff.holding(managed, visit.now) if not row["mailbox"]}
        notes = work.staff.notes(here, 10)
    held = [(row["person"], row["organisation"], row["function"]) for row in everybody if not row["refused_at"]]
    rows = [row for row in everybody if row["organisation"] == here]
    for row in rows:
        row["titre"] = title_of(circuit, directory[here].kind, row["function"])
        serving = served_instead(circuit, directory, held, (row["person"], here, row["function"]))
        row["secours"] = ", ".join(names[one] for one in serving)
    return visit.page(
        "structure.html",
        status,
        structure=directory[here],
        genre=KINDS.get(directory[here].kind, ""),
        boites=[row for row in rows if row["mailbox"]],
        personnes=_by_person(row for row in rows if not row["mailbox"]),
        fonctions=offered(circuit, directory[here].kind),
        connues=dict(sorted(known.items(), key=lambda item: item[1])),
        modifications=[n | {"par": names.get(n["by"], n["by"]), "qui": names.get(n["person"], "")} for n in notes],
        maintenant=visit.now,
        saisi={name: visit.typed(name) for name in ("nom", "courriel", "fonction", "du", "personne")},
        fautes=faults,
        fait=DONE.get(visit.asked("fait"), ""),
    )


def change(visit: Visit) -> Response:
    """Give a function, end one, correct an address; each is remembered with who did it."""
    here = _here(visit)
    acts = {"donner": _give, "finir": _end, "corriger": _correct}
    managed, act = visit.runs(), acts.get(visit.typed("acte"))
    circuit = visit.circuit_of(visit.directory())(here)
    if act is None:
        return structure(visit, ("Cet acte n’existe pas.",), 422)
    try:
        with visit.services.store.writing() as work:
            what, person = act(visit, work, here, circuit, managed)
            work.staff.note(visit.now, visit.who.id, what, person, here)
    except Refusal as refusal:
        return structure(visit, (str(refusal),), 422)
    return visit.to(f"/organisation/{here}?fait=oui")


Managed = frozenset[str]


def _give(visit: Visit, work: Work, here: str, circuit: Circuit, managed: Managed) -> tuple[str, str]:
    directory, function = work.staff.directory(), visit.typed("fonction")
    titles = offered(circuit, directory[here].kind)
    if function not in titles:
        raise Refusal("Choisissez une fonction de la liste.")
    known = {row["person"] for row in work.staff.holding(managed, visit.now) if not row["mailbox"]}
    person = visit.typed("personne")
    if person and person not in known:
        raise Refusal("Choisissez une personne de la liste, ou donnez un nom et une adresse.")
    person = person or _new(visit, work)
    since = _from(visit, directory[here], visit.typed("du"), start=True)
    if not work.staff.give(person, here, function, since):
        raise Refusal("Cette personne tient déjà cette fonction.")
    return f"fonction donnée : {titles[function]}", person


def _new(visit: Visit, work: Work) -> str:
    name, email = visit.typed("nom"), visit.typed("courriel")
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or not ADDRESS.fullmatch(email):
        raise Refusal(NAMELESS)
    person = work.entry.person_at(email)
    if person is None:
        person = identifier(email, work.screens.names())
        work.entry.add_person(person, name, email)
    return person


def _end(visit: Visit, work: Work, here: str, circuit: Circuit, _managed: Managed) -> tuple[str, str]:
    person, function = visit.typed("personne"), visit.typed("fonction")
    directory = work.staff.directory()
    until = _from(visit, directory[here], visit.typed("au"), start=False)
    others = [
        row
        for row in work.staff.holding({here}, until)
        if row["function"] == function and row["person"] != person and row["since"] <= until and not row["mailbox"]
    ]
    if function in required(circuit, directory[here].kind) and not others:
        raise Refusal(LAST)
    if not work.staff.end(person, here, function, until):
        raise Refusal("Cette personne ne tient plus cette fonction à cette date.")
    return f"fonction terminée : {title_of(circuit, directory[here].kind, function)}", person


def _correct(visit: Visit, work: Work, here: str, _circuit: Circuit, managed: Managed) -> tuple[str, str]:
    """Whoever receives somebody's codes can be them: only their own structure writes it, and their sessions end."""
    person, email = visit.typed("personne"), visit.typed("courriel")
    if not ADDRESS.fullmatch(email):
        raise Refusal(f"« {email} » n’est pas une adresse électronique. L’ancienne est conservée.")
    found = work.facts((), {person}, visit.now).people.get(person)
    held = {place for place, function in found.functions if (place, function) not in found.lent} if found else set()
    if here not in held:
        raise Refusal("Cette personne ne tient pas de fonction ici.")
    runs_all = work.entry.account(person)["administrator"] and not visit.administers
    if not held <= managed or runs_all:
        raise Refusal(ELSEWHERE)
    if work.entry.person_at(email) not in (None, person):
        raise Refusal("Cette adresse est déjà celle d’une autre personne.")
    work.staff.correct(person, email)
    work.entry.end_sessions(person, visit.now)
    return "adresse corrigée", person


def _here(visit: Visit) -> str:
    here: str = visit.request.path_params["structure"]
    if here not in visit.runs():
        raise UnknownReference(NOWHERE)
    return here


def _from(visit: Visit, place: Organisation, typed: str, *, start: bool) -> datetime:
    """The start, or the end, of a day there; nothing typed: now."""
    if not typed:
        return visit.now
    calendar = calendar_of(place.departement)
    try:
        day = date.fromisoformat(typed)
        return max(calendar.end_of(day - timedelta(days=1)) if start else calendar.end_of(day), visit.now)
    except (ValueError, OverflowError):
        raise Refusal("Cette date n’est pas une date, par exemple 03/08/2026.") from None


def _colleagues(
    visit: Visit, work: Work, directory: dict[str, Organisation], managed: frozenset[str]
) -> dict[str, str]:
    """Whoever may stand in: the people of the same houses."""
    places = managed | {o for o, _ in visit.who.functions}
    houses = {house(directory, place) for place in places}
    kin = {o for o in directory if house(directory, o) in houses}
    rows = work.staff.holding(kin, visit.now)
    return {row["person"]: row["name"] for row in sorted(rows, key=lambda r: r["name"]) if not row["mailbox"]}


def _absence(absence: Any, names: dict[str, str], mine: set[str]) -> dict[str, Any]:
    return {
        "personne": absence.person,
        "absent": names[absence.person],
        "remplacant": names[absence.substitute],
        "du": absence.since,
        "au": absence.until - timedelta(seconds=1),
        "debut": absence.since.isoformat(),
        "mienne": absence.person in mine,
    }


def _by_person(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row["person"], row | {"tient": []})["tient"].append(row)
    return sorted(found.values(), key=lambda one: one["name"])


def _in_order(directory: dict[str, Organisation], managed: frozenset[str]) -> list[str]:
    """Each house together, its head first."""
    return sorted(managed, key=lambda o: (house(directory, o), o != house(directory, o), directory[o].name))
