"""Local circuits spoilt on purpose, in the manner of `mutants`: each operator knows what must be said.

How a file is written is spoilt by the same operators as the national circuit; what a layer means, by those below.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.mutants import (
    OPERATORS,
    SEED,
    Operator,
    Spoil,
    dropped,
    items,
    mangled,
    one,
    renamed,
    replaced,
    small_bases,
    small_others,
    texts,
    titles,
)
from tests.scene import Scene, Spot
from workflow.circuit.library import circuit_file
from workflow.circuit.loader import shared_files, shipped_circuits

RIGHT = Path(__file__).parent / "fixtures" / "couches_justes"
NOT_IN_A_LAYER = {"merge_key"}
"""It needs a step at the top."""


@dataclass(frozen=True)
class LayerBase:
    """A right layer, and what it stands on."""

    name: str
    path: str
    scene: Scene
    others: dict[str, str]

    def files(self, text: str | bytes) -> dict[str, str | bytes]:
        """The files to load, with this text in place of the right one."""
        return {**self.others, self.path: text}


@dataclass(frozen=True)
class LayerMutant:
    """A text made by an operator out of a base."""

    operator: Operator
    base: LayerBase
    text: str | bytes


@cache
def small_layers() -> tuple[LayerBase, ...]:
    """Right layers on small circuits: a région, a DAC under it, a delegation."""
    files = {circuit_file(base.name): base.scene.text for base in small_bases()} | small_others()
    files |= {circuit_file(path.stem): path.read_text(encoding="utf-8") for path in sorted(RIGHT.glob("*.yaml"))}
    return tuple(_base(files, circuit_file(name)) for name in ("ma-region", "mon-dac", "ma-dd"))


@cache
def shipped_layers() -> tuple[LayerBase, ...]:
    """The local circuits that are shipped and say the most."""
    files = shipped_circuits() | shared_files()
    folders = {"bretagne": ("bretagne", "dactiv", "dd-35"), "paca": ("var",), "pays-de-la-loire": ("dac-49",)}
    return tuple(_base(files, circuit_file(f"{folder}/{name}")) for folder, names in folders.items() for name in names)


def _base(files: dict[str, str], path: str) -> LayerBase:
    return LayerBase(Path(path).stem, path, Scene(files[path]), files)


ON_LAYERS: list[Operator] = [o for o in OPERATORS if o.lexical and o.name not in NOT_IN_A_LAYER]


def on_layer(*codes: str) -> Callable[[Spoil], Spoil]:
    """Register an operator on the meaning of a layer: one of these codes must be reported, none if it is right."""

    def register(spoil: Spoil) -> Spoil:
        ON_LAYERS.append(Operator(spoil.__name__, codes, lexical=False, spoil=spoil))
        return spoil

    return register


def draw(count: int, bases: tuple[LayerBase, ...], start: int = 0) -> Iterator[LayerMutant]:
    """Make `count` mutants, every operator in turn; the same start always gives the same."""
    for number in range(start, start + count):
        pick = Random(f"{SEED}:{number}")  # noqa: S311 - chance that can be played again
        yield _drawn(ON_LAYERS[number % len(ON_LAYERS)], bases, pick)


def _drawn(operator: Operator, bases: tuple[LayerBase, ...], pick: Random) -> LayerMutant:
    for base in pick.sample(bases, len(bases)):
        text = operator.spoil(base.scene, pick)
        if text is not None and text != base.scene.text:
            return LayerMutant(operator, base, text)
    raise AssertionError(f"{operator.name} finds nothing to spoil")


# --- what operators look for ---------------------------------------------------------------------


def _rank(scene: Scene) -> str:
    return str(scene.get("couche"))


def _on_top(scene: Scene, entry: str) -> str:
    """The layer with one more block, or with one more entry in a block it has (« dus: X: … »)."""
    block, _, inner = entry.partition(": ")
    spot = scene.spots.get((block,))
    if spot is None:
        return f"{scene.text}{block}:\n  {inner}\n"
    return scene.edit([scene.adding(spot, inner)])


def _added_steps(scene: Scene, *keys: str | None) -> list[Spot]:
    return scene.find("ajouts", None, "etape", *keys)


def _added_decisions(scene: Scene, *keys: str | None) -> list[Spot]:
    return _added_steps(scene, "decisions", None, *keys)


def _changed_dues(scene: Scene) -> list[Spot]:
    """Dûs of the circuit above that the layer changes."""
    return [spot for spot in scene.find("dus", None) if "genre" not in spot.value and spot.brace]


def _with_key(scene: Scene, pick: Random, spots: list[Spot], entry: str) -> str | None:
    """One of these blocks with one more key, or another value if it has it."""
    key, _, value = entry.partition(": ")
    spot = one(pick, spots)
    if spot is None:
        return None
    here = scene.spots.get((*spot.path, key))
    return scene.put(here, value) if here else scene.edit([scene.adding(spot, entry)])


# --- what a layer may not be ---------------------------------------------------------------------


@on_layer("circuit-absent")
def on_nothing_known(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, scene.find("etend"), pick.choice(("nationale", "bretagne-sud", "zzz", "inconnu")))


@on_layer("boucle")
def on_itself(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, scene.find("etend"), str(scene.get("circuit")))


@on_layer("couche")
def of_another_rank(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, scene.find("couche"), "antenne")


@on_layer("valeur")
def of_no_rank(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, scene.find("couche"), pick.choice(("regions", "cpts", "DAC", "departement")))


@on_layer("parent")
def checked_against_another_version(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, scene.find("parent"), f"{scene.get('etend')}@{pick.randrange(20, 99)}")


@on_layer("parent")
def checked_against_another_circuit(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, scene.find("parent"), f"{pick.choice(('court', 'var', 'zzz'))}@1")


@on_layer("forme")
def parent_without_a_version(scene: Scene, pick: Random) -> str | None:
    new = pick.choice((str(scene.get("etend")), "bretagne@", "@1", "bretagne@0", "bretagne 1"))
    return replaced(scene, pick, scene.find("parent"), f"'{new}'")


@on_layer("nom-de-fichier")
def of_another_name(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, scene.find("circuit"), pick.choice(("autre", "essai", "brouillon-2")))


@on_layer("cle-manquante")
def layer_key_missing(scene: Scene, pick: Random) -> str | None:
    return dropped(scene, pick, [spot for key in ("circuit", "version", "titre", "couche") for spot in scene.find(key)])


@on_layer("nombre")
def layer_version(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, scene.find("version"), pick.choice(("0", "-1", "deux", "1.5")))


@on_layer("cle-inconnue")
def misspelt_key_of_a_layer(scene: Scene, pick: Random) -> str | None:
    found = [spot for spot in scene.spots.values() if len(spot.path) == 1 and spot.name not in ("circuit", "etend")]
    found += [*scene.find("incontournables", None), *scene.find("ajouts", None, None)]
    found += [spot for spot in scene.find("antennes", None, None) if spot.value]
    spot = pick.choice(found)
    return scene.rekey(spot, mangled(spot.name, pick))


@on_layer("cle-inconnue", "autre-proprietaire")
def misspelt_key_of_a_change(scene: Scene, pick: Random) -> str | None:
    found = [*scene.find("dus", None, None), *scene.find("etapes", None, None), *scene.find("instances", None, None)]
    found += [*_added_steps(scene, None), *_added_decisions(scene, None)]
    spot = one(pick, [s for s in found if s.name not in ("genre", "vers", "par", "niveau", "decisions", "horloge")])
    return scene.rekey(spot, mangled(spot.name, pick)) if spot else None


@on_layer("type")
def wrong_type_in_a_layer(scene: Scene, pick: Random) -> str | None:
    blocks = [spot for spot in scene.spots.values() if len(spot.path) == 1 and isinstance(spot.value, dict)]
    spot = one(pick, blocks)
    if spot is None:
        return None
    return scene.edit([(spot.start, spot.end, pick.choice(("oui\n", "[a, b]\n")))])


@on_layer("oui-non")
def neither_open_nor_closed(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, [s for s in texts(scene) if s.value in ("oui", "non")], pick.choice(("true", "Oui")))


@on_layer("longueur")
def endless_title_of_a_layer(scene: Scene, pick: Random) -> str | None:
    return replaced(scene, pick, titles(scene), "très long " * pick.randrange(17, 5_000) + "x")


@on_layer("fiche-absente", "forme")
def form_of_a_layer_absent(scene: Scene, pick: Random) -> str | None:
    if "fiches" in scene.text:
        return renamed(scene, pick, items(scene, *scene.find("fiches")))
    return None if _rank(scene) == "dd" else f"{scene.text}fiches: [petite, imaginaire]\n"


@on_layer("autre-proprietaire")
def form_chosen_by_a_delegation(scene: Scene, pick: Random) -> str | None:
    entry = pick.choice(("fiches: [petite]", "annulation: 5 min", "ouvert_aux_partenaires: oui", "depot_anonyme: oui"))
    return f"{scene.text}{entry}\n" if _rank(scene) == "dd" else None


# --- what it changes -----------------------------------------------------------------------------


@on_layer("delai")
def bad_delay_in_a_layer(scene: Scene, pick: Random) -> str | None:
    spots = [*scene.find("dus", None, "delai"), *scene.find("etapes", None, "delai"), *_added_steps(scene, "delai")]
    spots += scene.find("incontournables", "delais", None)
    return replaced(scene, pick, [s for s in spots if s.is_text], pick.choice(("15 jour", "un mois", "-3 j", "30 J")))


@on_layer("INV-05", "incontournable")
def delay_out_of_bounds(scene: Scene, pick: Random) -> str | None:
    bounded = {"D03", "D08", "D12", "D13", "avis_dd", "en_analyse", "transmise_dd", "en_instruction"}
    spots = [*scene.find("dus", None, "delai"), *scene.find("etapes", None, "delai")]
    return replaced(scene, pick, [s for s in spots if s.path[1] in bounded and s.is_text], "999 j")


@on_layer("bornes")
def bounds_widened(scene: Scene, pick: Random) -> str | None:
    found = [s for s in _changed_dues(scene) if s.name in ("D03", "D08", "D12", "D13", "avis_dd")]
    return _with_key(scene, pick, found, f"bornes: [{pick.choice(('0 j, 999 j', '0 j, 20 j', '15 j, 999 j'))}]")


@on_layer("fixe", "autre-proprietaire")
def fixed_key_changed(scene: Scene, pick: Random) -> str | None:
    entry = pick.choice(("genre: action", "pendant: [ailleurs]"))
    return _with_key(scene, pick, _changed_dues(scene), entry)


@on_layer("fixe")
def fixed_key_of_a_step(scene: Scene, pick: Random) -> str | None:
    steps = [spot for spot in scene.find("etapes", None) if spot.brace or not spot.flow]
    entry = pick.choice(("niveau: national", "finale: oui", "instruction: non", "sans_delai: suit le parent"))
    return _with_key(scene, pick, steps, entry)


@on_layer("fixe")
def gate_forged(scene: Scene, pick: Random) -> str | None:
    found = [s for s in scene.find("etapes", None, "decisions", None) if s.brace and "vers" not in s.value]
    entry = pick.choice(("porte: validation_gouvernance", "vers: cloturee", "quand: {apres: 3 j, depuis: ouvrir}"))
    return _with_key(scene, pick, found, entry)


@on_layer("INV-09")
def recipient_taken_away(scene: Scene, pick: Random) -> str | None:
    several = {"F3": "[dac, antenne]", "F5": "[dac, direction_dd]"}
    known = [s for s in _changed_dues(scene) if s.name in several and _rank(scene) != "region"]
    spot = one(pick, known)
    # of what stands above, « dac » is kept and the rest left out
    return _with_key(scene, pick, [spot], f"remis: {several[spot.name]}") if spot else None


@on_layer("autre-proprietaire")
def due_of_the_other_side(scene: Scene, pick: Random) -> str | None:
    other = {"dac": "dd", "dd": "dac"}.get(_rank(scene))
    entry = f"dus: a_vous: {{genre: tache, par: {other}, delai: 9 j}}"
    return _on_top(scene, entry) if other else None


@on_layer("nom-inconnu")
def step_unknown_above(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, scene.find("etapes", None))
    return scene.rekey(spot, mangled(spot.name, pick)[:40]) if spot else None


@on_layer("nom-inconnu")
def actor_unknown_in_a_layer(scene: Scene, pick: Random) -> str | None:
    lists = [*_added_decisions(scene, "par"), *scene.find("dus", None, "remis")]
    return renamed(scene, pick, [*items(scene, *lists), *_added_steps(scene, "responsable")])


@on_layer("calendrier")
def bad_calendar(scene: Scene, pick: Random) -> str | None:
    where = scene.find("instances", None, "calendrier")
    return replaced(scene, pick, where, pick.choice(("le mardi", "2e mardi", "5e lundi du mois", "chaque mardis")))


# --- what it adds --------------------------------------------------------------------------------


@on_layer("ajout")
def added_nowhere(scene: Scene, pick: Random) -> str | None:
    return dropped(scene, pick, scene.find("ajouts", None, "apres"))


@on_layer("nom-inconnu")
def after_an_unknown_decision(scene: Scene, pick: Random) -> str | None:
    spot = one(pick, items(scene, *scene.find("ajouts", None, "apres")))
    return scene.put(spot, f"{spot.value}_x") if spot else None


@on_layer("forme")
def after_no_decision(scene: Scene, pick: Random) -> str | None:
    spots = items(scene, *scene.find("ajouts", None, "apres"))
    return replaced(scene, pick, spots, pick.choice(("en_analyse", "a.b.c", "Proposer", "en analyse.observer")))


@on_layer("suite")
def after_two_ways(scene: Scene, pick: Random) -> str | None:
    elsewhere = {"brouillon.proposer": "inscrite.refuser", "transmise.prendre": "en_instruction.traiter"}
    first = [s for s in items(scene, *scene.find("ajouts", None, "apres")) if s.value in elsewhere]
    spot = one(pick, first)
    return scene.put(spot, f"{spot.value}, {elsewhere[spot.value]}") if spot else None


@on_layer("nom-double")
def added_under_a_known_name(scene: Scene, pick: Random) -> str | None:
    known = {"brouillon.proposer": "proposee", "transmise.prendre": "rattachee", "proposee.inscrire": "validee"}
    found = [s for s in scene.find("ajouts", None) if str(_first(s)) in known]
    spot = one(pick, found)
    return scene.rekey(spot, known[_first(spot)]) if spot else None


def _first(addition: Spot) -> str:
    after: Any = addition.value.get("apres") or [""]
    return str(after[0])


@on_layer("autre-proprietaire")
def added_on_the_other_side(scene: Scene, pick: Random) -> str | None:
    other = {"dac": "dd", "dd": "dac"}.get(_rank(scene))
    return replaced(scene, pick, _added_steps(scene, "niveau"), other) if other else None


@on_layer("horloge")
def added_without_a_clock(scene: Scene, pick: Random) -> str | None:
    return dropped(scene, pick, [*_added_steps(scene, "horloge"), *_added_steps(scene, "responsable")])


@on_layer("cle-manquante")
def added_key_missing(scene: Scene, pick: Random) -> str | None:
    spots = [spot for key in ("vers", "code", "titre", "par") for spot in _added_decisions(scene, key)]
    return dropped(scene, pick, [*spots, *_added_steps(scene, "niveau"), *_added_steps(scene, "titre")])


@on_layer("nom-inconnu")
def added_leads_nowhere(scene: Scene, pick: Random) -> str | None:
    return renamed(scene, pick, _added_decisions(scene, "vers"))


# --- what it makes mandatory ---------------------------------------------------------------------


@on_layer("nom-inconnu")
def mandatory_and_unknown(scene: Scene, pick: Random) -> str | None:
    if pick.random() < 0.5:
        return renamed(scene, pick, items(scene, *scene.find("incontournables", "etapes")))
    spot = one(
        pick, [*scene.find("incontournables", "delais", None), *scene.find("incontournables", "destinataires", None)]
    )
    return scene.rekey(spot, mangled(spot.name, pick)[:40]) if spot else None


@on_layer("champ-inconnu")
def mandatory_field_unknown(scene: Scene, pick: Random) -> str | None:
    return renamed(scene, pick, items(scene, *scene.find("incontournables", "champs")))


@on_layer("incontournable")
def mandatory_and_not_held(scene: Scene, pick: Random) -> str | None:
    if pick.random() < 0.5:
        return replaced(scene, pick, scene.find("incontournables", "delais", None), "1 jo")
    recipients = items(scene, *scene.find("incontournables", "destinataires", None))
    return replaced(scene, pick, recipients, "presidence")


@on_layer("incontournable")
def mandatory_step_left_out(scene: Scene, pick: Random) -> str | None:
    return _on_top(scene, "ajouts: commission: {sans: [antenne-b]}") if scene.get("etend") == "ma-region" else None


# --- what is right all the same ------------------------------------------------------------------


@on_layer()
def blocks_shuffled(scene: Scene, pick: Random) -> str:
    sections = [scene.whole(spot) for spot in scene.spots.values() if len(spot.path) == 1]
    return "".join(pick.sample(sections, len(sections))) + "# fin\n"


@on_layer()
def titles_of_a_layer(scene: Scene, pick: Random) -> str:
    chosen = [s for s in titles(scene) if pick.random() < 0.5]
    return scene.edit((s.start, s.end, f"'Autre titre, n° {n} : é'") for n, s in enumerate(chosen)) + "# fin\n"


@on_layer()
def another_antenne(scene: Scene, pick: Random) -> str | None:
    change = pick.choice(("motifs: {autres: {une: Une raison}}", "ouvert_aux_partenaires: oui"))
    return _on_top(scene, f"antennes: antenne-z: {{{change}}}") if _rank(scene) == "dac" else None


@on_layer()
def motif_added(scene: Scene, pick: Random) -> str:
    return _on_top(scene, "motifs: reserve: {une: Une raison, deux: Une autre}")


@on_layer()
def list_taken_up_whole(scene: Scene, pick: Random) -> str | None:
    whole = {"F3": "[dac, niveaux_traverses, antenne]", "F5": "[dac, partenaires_consultes, direction_dd]"}
    small = [s for s in _changed_dues(scene) if s.name in whole]
    spot = one(pick, small)
    return _with_key(scene, pick, [spot], f"remis: {whole[spot.name]}") if spot else None


@on_layer()
def bounds_narrowed(scene: Scene, pick: Random) -> str | None:
    narrow = {"D08": "[4 j, 9 j]", "D12": "[16 j, 60 j]", "avis_dd": "[8 j, 25 j]", "D03": "[4 j, 9 j]"}
    spot = one(pick, [s for s in _changed_dues(scene) if s.name in narrow and _rank(scene) != "region"])
    return _with_key(scene, pick, [spot], f"bornes: {narrow[spot.name]}") if spot else None
