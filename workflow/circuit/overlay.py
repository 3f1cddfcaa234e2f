"""Layers over a circuit: what a région, a DAC, an antenne or a delegation changes, and may not (DESIGN §5).

Layers are merged as they are written, each value with its place, before the models and the checks look
at the whole: a local circuit is judged exactly as the national one, and every fault stands on its own line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from workflow.circuit.french import one_of, unknown
from workflow.circuit.interception import Interception, switches_of
from workflow.circuit.layer import SIDE, Addition, Changes
from workflow.circuit.mandatory import Claim, cap, claimed, delays, longest, unheld, who_sends_to
from workflow.circuit.model import Level
from workflow.circuit.owners import may_listen, only_listens
from workflow.circuit.patch import Layer, Patch
from workflow.circuit.source import Path, Source, Tree
from workflow.circuit.syntax import shown

UNIONS = ("a", "remis", "exige", "informe", "doit")
"""Lists that a layer adds to: what stands above stays (INV-09)."""
FIXED = (
    *("vers", "genre", "code", "porte", "niveau", "pendant", "issue", "quand", "suppose", "rend", "dispense"),
    *("finale", "instruction", "sans_delai", "comme", "structure"),
)
"""Keys that never change locally, nor come to stand where they did not."""
_SIGNED = "fixe_par"
"""Whoever sets a clock may say that nobody else does; what stands above does not change."""
_BLOCKS = ("acteurs", "instances", "motifs", "dus", "etapes")
_BUILT = ("acteurs", "dus", "etapes")
"""Blocks where some keys are fixed."""
_OWN = ("circuit", "version", "titre")
"""Keys that say which layer it is."""
_WHOLE = ("annulation", "fiches", "typologie", "depot_anonyme", "ouvert_aux_partenaires")
"""Keys of the circuit that a layer on the side of the DAC writes anew."""


@dataclass(frozen=True)
class Composed:
    """A circuit under its layers, and what these made mandatory of it."""

    source: Source
    claims: tuple[Claim, ...] = ()


def compose(base: Source, layers: Iterable[Layer], antenne: str | None = None) -> Composed:
    """Return the circuit under these layers, in order, for one antenne; its faults say what a layer may not do."""
    layers = list(layers)
    whole, claims, switches = base, list[Claim](), switches_of(layers, antenne)
    for layer in layers:
        whole = _Writer(whole, layer, claims, antenne, switches).write()
        if claim := claimed(layer.definition, layer.source, whole.data):
            whole = replace(whole, faults=(*whole.faults, *unheld(claim, whole.data, switches)))
            claims.append(claim)
    return Composed(whole, tuple(claims))


class _Writer:
    """Writes one layer over what stands above it."""

    def __init__(
        self,
        above: Source,
        layer: Layer,
        claims: Sequence[Claim],
        antenne: str | None,
        switches: Mapping[str, Addition],
    ) -> None:
        self._layer, self._claims, self._antenne = layer, claims, antenne
        self._patch = Patch(above, layer)
        self._added = Interception(self._patch, claims, switches, antenne)

    def write(self) -> Source:
        own = self._layer.source.data
        if isinstance(own, dict):
            for key in _OWN:
                if key in own:
                    self._patch.put((key,), own[key], (key,))
            self._changes((), own, self._layer.definition)
            self._here(own)
        return self._patch.source()

    def _here(self, own: Mapping[str, Tree]) -> None:
        """What the layer says of one antenne, after what it says of all."""
        name, antennes = self._antenne or "", own.get("antennes")
        inner, here = antennes.get(name) if isinstance(antennes, dict) else None, self._layer.definition.antennes
        if isinstance(inner, dict) and name in here:
            self._changes(("antennes", name), inner, here[name])

    def _changes(self, at: Path, own: Mapping[str, Tree], changes: Changes) -> None:
        for key in _WHOLE:
            if key in own and self._patch.rules(Level.DAC, (*at, key)):
                self._patch.put((key,), own[key], (*at, key))
        for block in _BLOCKS:
            mine = own.get(block)
            for name, entry in mine.items() if isinstance(mine, dict) else ():
                self._entry((block, name), entry, (*at, block, name))
        added = own.get("ajouts")
        for name, addition in changes.additions.items():
            written = added.get(name) if isinstance(added, dict) else None
            self._added.add(name, addition, written, (*at, "ajouts", name))

    # --- One entry: an actor, an instance, a list of motifs, a dû, a step ---

    def _entry(self, to: Path, own: Tree, at: Path) -> None:
        above = self._patch.at(*to)
        if to[0] == "etapes" and above is None:
            known = self._patch.at("etapes")
            sentence, expected = unknown("L’étape", str(to[1]), known if isinstance(known, dict) else ())
            self._patch.refuse(at, "nom-inconnu", sentence, expected or "« ajouts », pour ajouter une étape")
        elif only_listens(self._patch.rank, self._patch.data, str(to[0]), str(to[1]), own):
            self._listen(to, own, at)
        elif self._patch.owns(str(to[0]), str(to[1]), at, own if above is None else None):
            self._merge(to, above, own, at)

    def _listen(self, to: Path, own: Tree, at: Path) -> None:
        """Each side may ask to be told what the other decides, and speaks for itself only."""
        for key, said in own.items() if isinstance(own, dict) else ():
            above, names = self._patch.at(*to, key), said if isinstance(said, list) else []
            there = above if isinstance(above, list) else []
            side = SIDE[self._patch.rank]
            strangers = [n for n in names if n not in there and not may_listen(side, self._patch.data, n)]
            if strangers:
                place = (*at, key, names.index(strangers[0]))
                self._patch.refuse(place, "autre-proprietaire", "Ce retour est fixé ailleurs : ajoutez-y les vôtres.")
            else:
                self._union((*to, key), there, names, (*at, key))

    def _merge(self, to: Path, above: Tree, own: Tree, at: Path) -> None:
        if to[-1] == "delai" or not isinstance(above, dict) or not isinstance(own, dict):
            self._value(to, above, own, at)
            return
        for key, value in own.items():
            if key in above:
                self._merge((*to, key), above[key], value, (*at, key))
            elif key in FIXED and to[0] in _BUILT and to[-1] != "decisions":
                self._fixed((*at, key), key)
            else:
                self._patch.put((*to, key), value, (*at, key))

    def _value(self, to: Path, above: Tree, own: Tree, at: Path) -> None:
        key = str(to[-1])
        if above is None:
            self._patch.put(to, own, at)
        elif key in UNIONS and isinstance(above, list) and isinstance(own, list):
            self._union(to, above, own, at)
        elif key in (*FIXED, _SIGNED) and to[0] in _BUILT:
            if own != above:
                self._fixed(at, key, above)
        elif key == "bornes":
            self._bounds(to, above, own, at)
        elif key != "delai" or not self._too_long(to, own, at):
            self._patch.put(to, own, at)

    def _fixed(self, at: Path, key: str, above: Tree = None) -> None:
        said = f"« {key} » ne se change pas dans un circuit local."
        self._patch.refuse(at, "fixe", said, f"« {shown(str(above))} »" if above else "")

    def _union(self, to: Path, above: list[Tree], own: list[Tree], at: Path) -> None:
        """Only what is added is written; a list that takes up some of what stands above must take up all of it."""
        left_out = [str(item) for item in above if item not in own]
        if left_out and any(item in above for item in own):
            who = who_sends_to(self._claims, str(to[1]), left_out)
            said = f" (exigé par : {who})" if who else ""
            sentence = f"Cette liste enlève {one_of(left_out, 'ce que le circuit du dessus demande')}{said} (INV-09)."
            self._patch.refuse(at, "INV-09", sentence, "seulement ce que vous ajoutez, ou la liste entière")
            return
        more = [item for item in own if item not in above]
        self._patch.set(to, [*above, *more])
        for n, item in enumerate(more):
            self._patch.take((*to, len(above) + n), item, (*at, own.index(item)))

    def _bounds(self, to: Path, above: Tree, own: Tree, at: Path) -> None:
        """Bounds may be narrowed, never widened (INV-19 holds within them)."""
        outer, inner = delays(above), delays(own)
        if len(outer) == len(inner) == 2 and (inner[0].shorter_than(outer[0]) or outer[1].shorter_than(inner[1])):
            sentence = "Ces bornes dépassent celles du circuit du dessus."
            self._patch.refuse(at, "bornes", sentence, f"entre « {outer[0]} » et « {outer[1]} »")
            return
        self._patch.put(to, own, at)

    def _too_long(self, to: Path, own: Tree, at: Path) -> bool:
        step = self._patch.at(*to[:2])
        code = str(step.get("horloge")) if to[0] == "etapes" and isinstance(step, dict) else str(to[1])
        allowed, delay = longest(self._claims, code), cap(own)
        if allowed is None or delay is None or not allowed[0].shorter_than(delay):
            return False
        sentence = f"Ce délai est plus long que l’incontournable fixé par : {allowed[1]}."
        self._patch.refuse(at, "incontournable", sentence, f"« {allowed[0]} » au plus")
        return True
