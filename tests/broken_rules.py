"""Ways to break one invariant of a right circuit, each with chance: what must be reported first is that invariant."""

from collections.abc import Callable, Iterable
from functools import cache
from random import Random
from typing import Any, TypeAlias

from tests.scene import Edit, Scene, Spot
from tests.unsound import DAC, LOCAL, NATIONAL, shipped

Files: TypeAlias = dict[str, str]
Break: TypeAlias = Callable[[Random], Files]
"""Return the files that change, each with its new text."""

BREAKS: list[tuple[str, Break]] = []

COMPANIONS: dict[str, set[str]] = {
    "INV-01": {"INV-03", "INV-08", "INV-22"},  # a level that is gone is skipped, and told nothing
    "INV-02": {"INV-03", "INV-11"},  # from the DAC straight to the delegation: the governance is skipped too
    "INV-06": {"INV-11"},
    "INV-08": {"INV-22"},  # a withdrawal told by the same retour
    "INV-10": {"INV-07"},
    "INV-11": {"INV-06"},  # what comes back without a motif turns in a round
    "INV-13": {"champ-inconnu"},  # a decision requires the field by its name
}
"""Codes that may come along with one that was broken on purpose: what the same change breaks too."""


def breaks(code: str) -> Callable[[Break], Break]:
    def register(make: Break) -> Break:
        BREAKS.append((code, make))
        return make

    return register


@cache
def scene(file: str = NATIONAL) -> Scene:
    return Scene(shipped()[file])


def _steps(*levels: str) -> list[str]:
    """Steps of these levels where no treatment begins: that would need actions."""
    found = [str(spot.path[1]) for spot in scene().find("etapes", None, "niveau") if spot.value in levels]
    return [name for name in found if not name.startswith("en_traitement")]


def _decisions(*steps: str, keep: Callable[[dict[str, Any]], object] = bool) -> list[Spot]:
    found = scene().find("etapes", None, "decisions", None)
    by_people = [spot for spot in found if spot.value["par"] != ["systeme"]]
    return [spot for spot in by_people if (not steps or spot.path[1] in steps) and keep(spot.value)]


def _edited(edits: Iterable[Edit]) -> Files:
    return {NATIONAL: scene().edit(edits)}


def _put(spot: Spot, key: str, new: str) -> Edit:
    inner = scene().spots[(*spot.path, key)]
    return inner.start, inner.end, new


def _drop(spot: Spot, *path: str) -> Edit:
    return scene().dropping(scene().spots[(*spot.path, *path)])


def _without(spot: Spot, key: str, item: str) -> Edit:
    """Drop one item of a list; the list too once it is empty."""
    left = [each for each in spot.value[key] if each != item]
    return _put(spot, key, f"[{', '.join(left)}]") if left else _drop(spot, key)


def _due(code: str) -> Spot:
    return scene().spots["dus", code]


@breaks("INV-01")
def no_national_level(chance: Random) -> Files:
    return _edited(
        (spot.start, spot.end, "region") for spot in scene().find("etapes", None, "niveau") if spot.value == "national"
    )


@breaks("INV-02")
def no_gate(chance: Random) -> Files:
    return _edited([_drop(scene().spots["etapes", "inscrite_seance", "decisions", "valider"], "porte")])


@breaks("INV-02")
def straight_to_the_delegation(chance: Random) -> Files:
    steps = ("en_analyse", "en_traitement_local", "en_observation", "non_validee", "inscrite_seance")
    ending = _decisions(*steps, keep=lambda said: "issue" in said and "doit" in said)
    spot, target = chance.choice(ending), chance.choice(_steps("dd"))
    return _edited([_put(spot, "vers", target), _drop(spot, "issue"), _put(spot, "doit", "[F5]")])


@breaks("INV-02")
def added_shortcut(chance: Random) -> Files:
    step, target = chance.choice(_steps("gouvernance")), chance.choice(_steps("dd", "region", "national"))
    carried = "exige: [motif, retour], motifs: relais, doit: [F5]"
    entry = f"raccourci: {{code: T99, titre: Écrire, par: [pilote_orp], vers: {target}, {carried}}}"
    if step == "validee":
        step = "inscrite_seance"
    return _edited([scene().adding(scene().spots["etapes", step, "decisions"], entry)])


@breaks("INV-03")
def region_skipped(chance: Random) -> Files:
    relays = _decisions(keep=lambda said: said["vers"] == "transmise_region")
    return _edited([_put(chance.choice(relays), "vers", chance.choice(_steps("national")))])


@breaks("INV-04")
def nobody_holds(chance: Random) -> Files:
    held = [s for s in scene().find("etapes", None) if "responsable" in s.value and "horloge" not in s.value]
    return _edited([_drop(chance.choice(held), "responsable")])


@breaks("INV-05")
def review_without_a_next_date(chance: Random) -> Files:
    spot = chance.choice(_decisions(keep=lambda said: said["code"] == "T50"))
    return _edited([_without(spot, "exige", "prochaine_date")])


@breaks("INV-05")
def reminders_on_one_side(chance: Random) -> Files:
    clocked = [s for s in scene().find("etapes", None) if "horloge" in s.value and "rappels" not in s.value]
    return _edited([scene().adding(chance.choice(clocked), f"rappels: [{chance.choice(('J-7', 'J-9, J-2', 'J+7'))}]")])


@breaks("INV-05")
def out_of_bounds(chance: Random) -> Files:
    timed = [*scene().find("etapes", None), *scene().find("dus", None)]
    elsewhere = ("en_analyse", "D03")  # a local circuit has its own delay there
    bounded = [s for s in timed if isinstance(s.value.get("delai"), str) and s.name not in elsewhere]
    bounded = [s for s in bounded if "bornes" in s.value]
    return _edited([_put(chance.choice(bounded), "delai", "700 j")])


@breaks("INV-06")
def asked_again_and_again(chance: Random) -> Files:
    asking = _decisions(
        keep=lambda said: (
            said["vers"] == "meme" and "questions" in said.get("exige", ()) and "partenaires" not in said["exige"]
        )
    )
    spot = chance.choice(asking)
    return _edited([_without(spot, "exige", "questions"), _drop(spot, "fois")])


@breaks("INV-06")
def round_without_a_motif(chance: Random) -> Files:
    spot = scene().spots["etapes", "validee", "decisions", "annuler_validation"]
    return _edited([_drop(spot, "exige"), _drop(spot, "motifs"), _drop(spot, "fois")])


@breaks("INV-07")
def nobody_told(chance: Random) -> Files:
    moving = _decisions(keep=lambda said: said["code"] in {"T13", "T31", "T39"} and "doit" in said)
    # a local circuit may put a step of the same level before the governance
    spot = chance.choice([spot for spot in moving if spot.name != "proposer_gouvernance"])
    return _edited([_drop(spot, "doit")])


@breaks("INV-08")
def somebody_left_out(chance: Random) -> Files:
    code, who = chance.choice(
        [
            ("F5", "partenaires_consultes"),
            ("F7", "partenaires_consultes"),
            ("F7", "niveaux_traverses"),
            ("F8", "niveaux_traverses"),
            ("F8", "partenaires_consultes"),
            ("F2_final", "niveaux_traverses"),
            ("F6", "niveaux_traverses"),
        ]
    )
    return _edited([_without(_due(code), "remis", who)])


@breaks("INV-08")
def writer_left_out(chance: Random) -> Files:
    return _edited([_put(_due(chance.choice(("F2_final", "F5", "F6", "F7", "F8"))), "a", "[direction]")])


@breaks("INV-09")
def local_list_that_takes_away(chance: Random) -> Files:
    told = [s for s in scene().find("dus", None) if s.value["par"] == "dac" and len(s.value.get("remis", ())) > 1]
    spot = chance.choice(told)
    code, delivered = spot.name, spot.value["remis"]
    kept = chance.sample(delivered, chance.randint(1, len(delivered) - 1))
    return {LOCAL: f"{DAC}dus:\n  {code}: {{remis: [{', '.join(kept)}]}}\n"}


@breaks("INV-10")
def silence(chance: Random) -> Files:
    held = [s for s in scene().find("etapes", None) if "responsable" in s.value and s.name != "brouillon"]
    step = chance.choice(held)
    other = chance.choice([s.name for s in held if s.value["niveau"] == step.value["niveau"] and s != step])
    since = next(iter(step.value["decisions"]))
    when = f"{{apres: 60 j, depuis: {since}}}"
    entry = f"oublier: {{code: T98, titre: Laisser, par: [systeme], vers: {other}, quand: {when}}}"
    return _edited([scene().adding(scene().spots[(*step.path, "decisions")], entry)])


@breaks("INV-11")
def without_a_motif(chance: Random) -> Files:
    ending = _decisions(
        keep=lambda said: (
            "motif" in said.get("exige", ())
            and ("issue" in said or said["code"] in {"T16", "T31", "T33", "T39", "T48", "T19", "T20"})
        )
    )
    spot = chance.choice(ending)
    return _edited([_without(spot, "exige", "motif"), _drop(spot, "motifs")])


@breaks("INV-12")
def treated_without_an_action(chance: Random) -> Files:
    acting = _decisions(keep=lambda said: any(code.startswith("action_") for code in said.get("doit", ())))
    spot = chance.choice(acting)
    (action,) = [code for code in spot.value["doit"] if code.startswith("action_")]
    several = sum(action in other.value["doit"] for other in acting) > 1  # else nothing would ever open it
    loud = several and chance.random() < 0.5
    return _edited([_without(spot, "doit", action) if loud else _without(spot, "exige", "actions")])


@breaks("INV-13")
def national_field_renamed(chance: Random) -> Files:
    name = chance.choice(("nature", "impact", "recurrence", "depuis"))
    found = {}
    for form in ("courte", "analyse", "nationale"):
        own = scene(f"fiches/{form}.yaml")
        if spot := own.spots.get(("champs", name)):
            found[f"fiches/{form}.yaml"] = own.rekey(spot, f"{name}_local")
    return found


@breaks("INV-14")
def other_typology(chance: Random) -> Files:
    spot = scene().spots["fiches",]
    return _edited([(spot.key, spot.key, "typologie: alarm\n")])


@breaks("INV-17")
def identifying_field_seen_above(chance: Random) -> Files:
    file = f"fiches/{chance.choice(('courte', 'analyse'))}.yaml"
    own = scene(file)
    fields = [s for s in own.find("champs", None) if s.value.get("visible_jusqu_a", "dac") != "dac"]
    marked = [own.spots[(*field.path, "sensibilite")] for field in fields if "sensibilite" in field.value]
    return {file: own.put(chance.choice(marked), "identifiante")}


@breaks("INV-18")
def paused_for_nobody(chance: Random) -> Files:
    asking = {
        str(s.path[1])
        for s in _decisions(keep=lambda said: any(code.startswith("complement") for code in said.get("doit", ())))
    }
    clocks = [s for s in scene().find("etapes", None) if "horloge" in s.value and s.name not in asking]
    others = [s for s in scene().find("dus", None) if s.value["genre"] != "decision"]
    return _edited([scene().adding(chance.choice([*clocks, *others]), "pause: oui")])


@breaks("INV-19")
def urgent_is_slower(chance: Random) -> Files:
    timed = [*scene().find("etapes", None), *scene().find("dus", None)]
    return _edited([_put(chance.choice([s for s in timed if "urgent" in s.value]), "urgent", "700 j")])


@breaks("INV-21")
def nobody_above(chance: Random) -> Files:
    holders = {s.value for s in scene().find("etapes", None, "responsable")} - {"redacteur"}
    return _edited([_drop(scene().spots["acteurs", chance.choice(sorted(holders))], "superieur")])


@breaks("INV-22")
def withdrawn_by_others(chance: Random) -> Files:
    agreed = _decisions(keep=lambda said: "accepter" in str(said["titre"]).lower() and said["code"] == "T47")
    spot = chance.choice(agreed)
    return _edited(
        [_put(spot, "par", f"[{spot.value['par'][0]}, {chance.choice(('pilote_orp', 'secretaire', 'redacteur'))}]")]
    )


@breaks("INV-22")
def withdrawn_without_a_word(_: Random) -> Files:
    # partners may be consulted before any transmission: leaving them out breaks INV-08 too
    return _edited([_without(_due("F13"), "remis", "niveaux_traverses")])
