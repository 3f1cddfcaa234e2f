"""Steps that a layer adds: decisions lead to them, and they lead where these led (`suite`)."""

from collections.abc import Iterable, Mapping, Sequence

from workflow.circuit.layer import Addition
from workflow.circuit.mandatory import Claim, who_holds
from workflow.circuit.patch import Layer, Patch
from workflow.circuit.source import Path, Tree

NEXT = "suite"
"""Target of a decision of an added step: where the intercepted decisions led."""


def switches_of(layers: Iterable[Layer], antenne: str | None) -> dict[str, Addition]:
    """Return, for each added step, the last word on which antennes take it."""
    found: dict[str, Addition] = {}
    for layer in layers:
        here = layer.definition.antennes.get(antenne or "")
        for name, addition in (*layer.definition.additions.items(), *(here.additions.items() if here else ())):
            if addition.step is not None or name not in found:
                found.setdefault(name, addition)
            else:
                found[name] = found[name].model_copy(update={"only": addition.only, "without": addition.without})
    return found


class Interception:
    """Puts the added steps of one layer on the way."""

    def __init__(
        self, patch: Patch, claims: Sequence[Claim], switches: Mapping[str, Addition], antenne: str | None
    ) -> None:
        self._patch, self._claims, self._switches, self._antenne = patch, claims, switches, antenne

    def add(self, name: str, addition: Addition, own: Tree, at: Path) -> None:
        """Add one step as it is written (`own`, at `at`), or say which antennes take one that stands above."""
        if addition.step is None and not addition.after and self._switches[name].step is not None:
            self._switch(name, at)
        elif addition.step is None or not addition.after:
            self._patch.refuse(at, "ajout", f"L’étape ajoutée « {name} » a besoin de « apres » et de « etape ».")
        elif self._patch.at("etapes", name) is not None:
            self._patch.refuse(at, "nom-double", f"L’étape « {name} » existe déjà.", "un autre nom")
        elif self._in_its_place(name, addition, at) and self._switches[name].holds(self._antenne):
            self._put(name, addition, own, at)

    def _put(self, name: str, addition: Addition, own: Tree, at: Path) -> None:
        step = own.get("etape") if isinstance(own, dict) else None
        target = self._intercept(name, addition, at)
        if target is None or not isinstance(step, dict):
            return
        self._patch.put(("etapes", name), step, (*at, "etape"))
        decisions = step.get("decisions")
        for decision, said in decisions.items() if isinstance(decisions, dict) else ():
            if isinstance(said, dict) and said.get("vers") == NEXT:
                self._patch.set(("etapes", name, "decisions", decision, "vers"), target)

    def _switch(self, name: str, at: Path) -> None:
        """A layer below says which antennes take a step added above, unless it is mandatory."""
        if who := who_holds(self._claims, name):
            sentence = f"Cette étape est incontournable : fixée par {who}, elle vaut partout."
            self._patch.refuse(at, "incontournable", sentence)

    def _in_its_place(self, name: str, addition: Addition, at: Path) -> bool:
        """Say whether this layer rules the step it adds and those it leaves from."""
        ruled = [self._patch.owns("etapes", name, (*at, "etape", "niveau"), dict(addition.step or {}))]
        for n, spot in enumerate(addition.after):
            ruled.append(self._patch.owns("etapes", spot.split(".")[0], (*at, "apres", n)))
        return all(ruled)

    def _intercept(self, name: str, addition: Addition, at: Path) -> str | None:
        """Lead the decisions to the added step; return where they led."""
        spots: list[Path] = [("etapes", *_parts(spot), "vers") for spot in addition.after]
        led = [self._patch.at(*spot) for spot in spots]
        for n, target in enumerate(led):
            if not isinstance(target, str):
                sentence = f"La décision « {addition.after[n]} » n’existe pas."
                self._patch.refuse((*at, "apres", n), "nom-inconnu", sentence)
                return None
        if len(set(map(str, led))) != 1:
            sentence = "Ces décisions ne mènent pas toutes au même endroit : l’étape ajoutée ne saurait où mener."
            expected = "des décisions qui mènent à la même étape"
            self._patch.refuse((*at, "apres"), "suite", sentence, expected)
            return None
        for spot in spots:
            self._patch.put(spot, name, (*at, "apres"))
        return str(led[0])


def _parts(spot: str) -> tuple[str, str, str]:
    step, decision = spot.split(".")
    return step, "decisions", decision
