"""Random valid circuits: other delays, fewer decisions, more steps; a change that the checks refuse is dropped."""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import TypeAlias

from tests.scene import Scene, Spot
from tests.small_circuit import CAUSES, SMALL, SOCLE
from tests.world import ten_steps
from workflow.circuit.compiled import Circuit
from workflow.circuit.loader import load_circuit, shipped_files
from workflow.errors import InvalidDefinition

Vary: TypeAlias = Callable[[Scene, Random], str | None]
EDITS = 8
"""Changes tried on each circuit; most of them leave it valid."""


def bases() -> list[tuple[dict[str, str], str]]:
    small = {"circuits/essai.yaml": SMALL, "fiches/socle.yaml": SOCLE, "typologies/nationale.yaml": CAUSES}
    return [(shipped_files("national"), "national"), (ten_steps(), "national"), (small, "essai")]


@cache
def random_circuits(number: int, seed: int) -> tuple[Circuit, ...]:
    """Return valid circuits, all different, drawn in turn from each base."""
    chance, known = Random(seed), bases()  # noqa: S311  # not a secret
    found: dict[str, Circuit] = {}
    while len(found) < number:
        files, name = known[len(found) % len(known)]
        text, circuit = varied(files, name, chance)
        found[text] = circuit
    return tuple(found.values())


def varied(files: dict[str, str], name: str, chance: Random) -> tuple[str, Circuit]:
    path = f"circuits/{name}.yaml"
    circuit = load_circuit(files, name)
    for _ in range(EDITS):
        text = chance.choice(VARIATIONS)(Scene(files[path]), chance)
        if text is None:
            continue
        try:
            circuit = load_circuit({**files, path: text}, name)
        except InvalidDefinition:
            continue
        files = {**files, path: text}
    return files[path], circuit


def _one_of(scene: Scene, chance: Random, *keys: str) -> Spot | None:
    spots = [spot for spot in scene.spots.values() if spot.name in keys]
    return chance.choice(spots) if spots else None


def other_delay(scene: Scene, chance: Random) -> str | None:
    spot = _one_of(scene, chance, "delai", "urgent", "renouvelle", "apres")
    unit = chance.choice(["j", "j", "jo", "semaines", "mois"])
    most = {"j": 90, "jo": 40, "semaines": 10, "mois": 4}[unit]
    return scene.put(spot, f"{chance.randint(1, most)} {unit}") if spot and spot.is_text else None


def other_cancellation(scene: Scene, chance: Random) -> str | None:
    spot = scene.spots.get(("annulation",))
    return scene.put(spot, f"{chance.randint(0, 120)} min") if spot else None


def other_loop(scene: Scene, chance: Random) -> str | None:
    spot = _one_of(scene, chance, "fois")
    return scene.put(spot, str(chance.randint(1, 4))) if spot else None


def less(scene: Scene, chance: Random) -> str | None:
    """Without one of the things that may be left out."""
    spot = _one_of(scene, chance, "pause", "bornes", "depassement", "urgent", "rappels", "fois", "doit", "dispense")
    return scene.edit([scene.dropping(spot)]) if spot else None


def other_reminders(scene: Scene, chance: Random) -> str | None:
    days = sorted(chance.sample(range(1, 40), 2), reverse=True)
    spot = _one_of(scene, chance, "rappels")
    return scene.put(spot, f"[J-{days[0]}, J-{days[1]}]") if spot else None


def without_a_decision(scene: Scene, chance: Random) -> str | None:
    spots = scene.find("etapes", None, "decisions", None)
    return scene.edit([scene.dropping(chance.choice(spots))])


def with_a_step(scene: Scene, chance: Random) -> str | None:
    """A step on the way of a decision: somebody must let the situation through."""
    spot = chance.choice(scene.find("etapes", None, "decisions", None, "vers"))
    target, after = str(spot.value), scene.spots.get(("etapes", str(spot.value)))
    holder = scene.spots.get(("etapes", target, "responsable"))
    if after is None or holder is None or spot.path[1] == target:
        return None
    name = f"etape_{len(scene.find('etapes', None))}"
    level = scene.spots["etapes", target, "niveau"].value
    step = (
        f"{name}:\n    niveau: {level}\n    titre: Étape de plus\n    responsable: {holder.value}\n"
        f"    horloge: H{len(scene.find('etapes', None))}\n    delai: {chance.randint(2, 60)} j\n    decisions:\n"
        f"      laisser_passer: {{code: Z1, titre: Laisser passer, par: [{holder.value}], vers: {target}}}\n  "
    )
    return scene.edit([(spot.start, spot.end, name), (after.key, after.key, step)])


VARIATIONS: list[Vary] = [
    other_delay,
    other_delay,
    other_cancellation,
    other_loop,
    less,
    other_reminders,
    without_a_decision,
    with_a_step,
]
