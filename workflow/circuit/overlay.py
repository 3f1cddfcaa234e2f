"""Layers over a circuit: what a région, a DAC, an antenne or a delegation changes, and may not (DESIGN §5).

Layers are merged as they are written, each value with its place, before the models and the checks look
at the whole: a local circuit is judged exactly as the national one, and every fault stands on its own line.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from workflow.circuit.french import one_of, unknown
from workflow.circuit.joining import replaced
from workflow.circuit.layer import Addition, Changes, LayerDefinition
from workflow.circuit.owners import refused
from workflow.circuit.source import Lines, Path, Place, Source, Tree
from workflow.circuit.syntax import shown
from workflow.delays import Delay
from workflow.errors import Fault

UNIONS = ("a", "remis", "exige", "informe", "doit")
"""Lists that a layer adds to: what stands above stays (INV-09)."""
FIXED = (
    "vers",
    "genre",
    "code",
    "porte",
    "niveau",
    "pendant",
    "issue",
    "quand",
    "suppose",
    "rend",
    "dispense",
    "fixe_par",
)
"""Keys that never change locally."""
NEXT = "suite"
"""Target of a decision of an added step: where the intercepted decisions led."""
_BLOCKS = ("acteurs", "instances", "motifs", "dus", "etapes")
_WHOLE = ("circuit", "version", "titre", "annulation", "fiches", "typologie")
"""Keys of the circuit that a layer writes anew."""


@dataclass(frozen=True)
class Layer:
    """One file over a circuit."""

    definition: LayerDefinition
    source: Source


@dataclass
class Claim:
    """What a layer made mandatory, and who may be asked about it."""

    by: str
    delays: Mapping[str, Delay] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    recipients: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def compose(base: Source, layers: Iterable[Layer], antenne: str | None = None) -> Source:
    """Return the circuit under these layers, in order, for one antenne; its faults say what a layer may not do."""
    layers = list(layers)
    whole, claims, switches = base, list[Claim](), _switches(layers)
    for layer in layers:
        whole = _Writer(whole, layer, claims, antenne, switches).write()
        if claimed := _claim(layer.definition):
            claims.append(claimed)
    return whole


def _switches(layers: Iterable[Layer]) -> dict[str, Addition]:
    """Return, for each added step, the last word on which antennes take it."""
    found: dict[str, Addition] = {}
    for layer in layers:
        for name, addition in layer.definition.additions.items():
            if addition.step is not None or name not in found:
                found.setdefault(name, addition)
            else:
                found[name] = found[name].model_copy(update={"only": addition.only, "without": addition.without})
    return found


def _claim(definition: LayerDefinition) -> Claim | None:
    said = definition.mandatory
    return Claim(definition.title, said.delays, said.steps, said.recipients) if said else None


class _Writer:
    """Writes one layer over what stands above it."""

    def __init__(
        self,
        above: Source,
        layer: Layer,
        claims: list[Claim],
        antenne: str | None,
        switches: Mapping[str, Addition],
    ) -> None:
        self._layer, self._own, self._claims, self._antenne = layer, layer.source, claims, antenne
        self._data: dict[str, Tree] = dict(above.data) if isinstance(above.data, dict) else {}
        self._values, self._keys = dict(above.values), dict(above.keys)
        self._origins: dict[Path, Lines] = {path: above.origins.get(path, above.text) for path in above.values}
        self._faults: list[Fault] = [*above.faults, *layer.source.faults]
        self._switches = switches

    def write(self) -> Source:
        own = self._own.data if isinstance(self._own.data, dict) else {}
        for key in _WHOLE:
            if key in own:
                self._data[key] = own[key]
                self._take((key,), own[key], (key,))
        self._changes((), own, self._layer.definition)
        here = self._layer.definition.antennes.get(self._antenne or "")
        if here:
            block = own.get("antennes")
            inner = block.get(self._antenne or "") if isinstance(block, dict) else None
            self._changes(("antennes", self._antenne or ""), inner if isinstance(inner, dict) else {}, here)
        return Source(self._own.text, self._data, self._values, self._keys, tuple(self._faults), origins=self._origins)

    # --- What is changed ---

    def _changes(self, at: Path, own: Mapping[str, Tree], changes: Changes) -> None:
        for block in _BLOCKS:
            mine = own.get(block)
            if isinstance(mine, dict):
                for name, entry in mine.items():
                    self._entry((block, name), entry, (*at, block, name))
        for name, addition in changes.additions.items():
            self._addition(name, addition, (*at, "ajouts", name), own)

    def _entry(self, to: Path, own: Tree, at: Path) -> None:
        above = self._at(to)
        if above is None:
            self._new(to, own, at)
        elif not isinstance(above, dict) or not isinstance(own, dict):
            self._put(to, own, at)
        elif self._mine(to, at):
            self._merge(to, above, own, at)

    def _new(self, to: Path, own: Tree, at: Path) -> None:
        block, name = to
        if block == "etapes":
            known = self._at(("etapes",))
            sentence, expected = unknown("L’étape", str(name), known if isinstance(known, dict) else ())
            self._refuse(at, "nom-inconnu", sentence, expected or "« ajouts », pour ajouter une étape")
            return
        before = self._data
        self._put(to, own, at)
        if not self._mine(to, at):
            self._data = before

    def _mine(self, to: Path, at: Path) -> bool:
        """Say whether this layer may change an entry; one that belongs to somebody else is refused."""
        why = refused(self._layer.definition.rank, self._data, *map(str, to))
        if why:
            self._refuse(at, "autre-proprietaire", why)
        return why is None

    def _merge(self, to: Path, above: Tree, own: Tree, at: Path) -> None:
        if not isinstance(above, dict) or not isinstance(own, dict):
            self._value(to, above, own, at)
            return
        for key, value in own.items():
            if key in above:
                self._merge((*to, key), above[key], value, (*at, key))
            else:
                self._put((*to, key), value, (*at, key))

    def _value(self, to: Path, above: Tree, own: Tree, at: Path) -> None:
        key = str(to[-1])
        if key in UNIONS and isinstance(above, list) and isinstance(own, list):
            self._union(to, above, own, at)
        elif key in FIXED and to[0] in ("dus", "etapes"):
            if own != above:
                said = f"« {key} » ne se change pas dans un circuit local."
                self._refuse(at, "fixe", said, f"« {shown(str(above))} »")
        elif key == "bornes":
            self._bounds(to, above, own, at)
        elif key == "delai" and self._too_long(to, own, at):
            return
        else:
            self._put(to, own, at)

    def _union(self, to: Path, above: list[Tree], own: list[Tree], at: Path) -> None:
        """Only what is added is written; a list that takes up some of what stands above must take up all of it."""
        left_out = [str(item) for item in above if item not in own]
        if left_out and any(item in above for item in own):
            who = next((c.by for c in self._claims if set(left_out) & set(c.recipients.get(str(to[1]), ()))), None)
            said = f" (exigé par : {who})" if who else ""
            sentence = f"Cette liste enlève {one_of(left_out, 'ce que le circuit du dessus demande')}{said} (INV-09)."
            self._refuse(at, "INV-09", sentence, "seulement ce que vous ajoutez, ou la liste entière")
            return
        for n, item in enumerate(item for item in own if item not in above):
            place = (*to, len(above) + n)
            self._take(place, item, (*at, own.index(item)))
        self._set(to, [*above, *(item for item in own if item not in above)])

    def _bounds(self, to: Path, above: Tree, own: Tree, at: Path) -> None:
        """Bounds may be narrowed, never widened (INV-19 holds within them)."""
        outer, inner = _delays(above), _delays(own)
        if len(outer) == len(inner) == 2 and (_days(inner[0]) < _days(outer[0]) or _days(inner[1]) > _days(outer[1])):
            sentence = "Ces bornes dépassent celles du circuit du dessus."
            self._refuse(at, "bornes", sentence, f"entre « {outer[0]} » et « {outer[1]} »")
            return
        self._put(to, own, at)

    def _too_long(self, to: Path, own: Tree, at: Path) -> bool:
        code, delay = str(to[1]), _delays([own])
        step = self._at(to[:2])
        if to[0] == "etapes" and isinstance(step, dict):
            code = str(step.get("horloge"))
        for claim in self._claims:
            most = claim.delays.get(code)
            if most and delay and _days(delay[0]) > _days(most):
                sentence = f"Ce délai est plus long que l’incontournable fixé par : {claim.by}."
                self._refuse(at, "incontournable", sentence, f"« {most} » au plus")
                return True
        return False

    # --- Added steps ---

    def _addition(self, name: str, addition: Addition, at: Path, own: Mapping[str, Tree]) -> None:
        if addition.step is None and not addition.after and self._switches[name].step is not None:
            self._switch(name, at)
        elif addition.step is None or not addition.after:
            self._refuse(at, "ajout", f"L’étape ajoutée « {name} » a besoin de « apres » et de « etape ».")
        elif self._at(("etapes", name)) is not None:
            self._refuse(at, "nom-double", f"L’étape « {name} » existe déjà.", "un autre nom")
        elif self._switches[name].holds(self._antenne):
            block = own.get("ajouts")
            entry = block.get(name) if isinstance(block, dict) else None
            self._add(name, addition, at, entry.get("etape") if isinstance(entry, dict) else None)

    def _add(self, name: str, addition: Addition, at: Path, step: Tree) -> None:
        left = [("etapes", spot.split(".")[0]) for spot in addition.after]
        if not all(self._mine(each, (*at, "apres", n)) for n, each in enumerate(left)):
            return
        targets = self._intercept(name, addition, at)
        if targets is None or not isinstance(step, dict):
            return
        self._put(("etapes", name), step, (*at, "etape"))
        self._mine(("etapes", name), (*at, "etape"))
        decisions = step.get("decisions")
        for decision, said in decisions.items() if isinstance(decisions, dict) else ():
            if isinstance(said, dict) and said.get("vers") == NEXT:
                self._set(("etapes", name, "decisions", decision, "vers"), targets)

    def _switch(self, name: str, at: Path) -> None:
        """A layer below says which antennes take a step added above, unless it is mandatory."""
        who = next((claim.by for claim in self._claims if name in claim.steps), None)
        if who:
            self._refuse(at, "incontournable", f"Cette étape est incontournable : fixée par {who}, elle vaut partout.")

    def _intercept(self, name: str, addition: Addition, at: Path) -> str | None:
        """Lead the decisions to the added step; return where they led."""
        led: dict[str, Path] = {}
        for n, spot in enumerate(addition.after):
            step, decision = spot.split(".")
            to: Path = ("etapes", step, "decisions", decision, "vers")
            target = self._at(to)
            if not isinstance(target, str):
                self._refuse((*at, "apres", n), "nom-inconnu", f"La décision « {spot} » n’existe pas.")
                return None
            led[target] = to
        if len(led) != 1:
            sentence = "Ces décisions ne mènent pas toutes au même endroit : l’étape ajoutée ne saurait où mener."
            self._refuse((*at, "apres"), "suite", sentence, "des décisions qui mènent à la même étape")
            return None
        for spot in addition.after:
            step, decision = spot.split(".")
            self._put(("etapes", step, "decisions", decision, "vers"), name, (*at, "apres"))
        return next(iter(led))

    # --- The tree and its places ---

    def _at(self, path: Path) -> Tree:
        found: Tree = self._data
        for part in path:
            found = found.get(str(part)) if isinstance(found, dict) else None
        return found

    def _put(self, to: Path, value: Tree, at: Path) -> None:
        self._set(to, value)
        self._take(to, value, at)

    def _set(self, to: Path, value: Tree) -> None:
        """Write one value into the tree; the blocks on the way are copied, the layers above stay as they are."""
        self._data = replaced(self._data, to, value)

    def _take(self, to: Path, value: Tree, at: Path) -> None:
        place: Place = self._own.values.get(at, (1, 1))
        self._values[to], self._keys[to], self._origins[to] = place, self._own.keys.get(at, place), self._own.text
        parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for part, inner in parts:
            self._take((*to, part), inner, (*at, part))

    def _refuse(self, at: Path, code: str, sentence: str, expected: str = "") -> None:
        self._faults.append(self._own.fault(at, code, sentence, expected))


def _delays(words: Tree) -> list[Delay]:
    return list(_parsed(words if isinstance(words, list) else []))


def _parsed(words: Iterable[Tree]) -> Iterator[Delay]:
    for word in words:
        try:
            yield Delay.parse(str(word))
        except ValueError:
            continue


def _days(delay: Delay) -> float:
    return delay.approximate_days()
