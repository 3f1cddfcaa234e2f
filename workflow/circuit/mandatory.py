"""What a layer makes mandatory: no layer below weakens it, and what is refused says who set it (DESIGN §5)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from workflow.circuit.french import one_of, unknown
from workflow.circuit.layer import LayerDefinition, Mandatory
from workflow.circuit.source import Path, Source, Tree, block, found
from workflow.delays import Delay
from workflow.errors import Fault

_BLOCK = "incontournables"


@dataclass(frozen=True)
class Claim:
    """What one layer made mandatory."""

    by: str
    said: Mandatory
    source: Source
    """The file of the layer, where a claim that cannot hold is told."""
    forms: Tree
    """The forms of the circuit when this was said."""

    def fault(self, path: Path, code: str, sentence: str, expected: str = "") -> Fault:
        """Make a fault at one of the claims."""
        return self.source.fault((_BLOCK, *path), code, sentence, expected)


def claimed(definition: LayerDefinition, source: Source, whole: Tree) -> Claim | None:
    """Return what a layer makes mandatory of the circuit as it has just written it."""
    said = definition.mandatory
    return Claim(definition.title, said, source, found(whole, "fiches")) if said else None


def who_sends_to(claims: Iterable[Claim], code: str, recipients: Collection[str]) -> str | None:
    """Return who wants one of these to receive a retour."""
    return next((c.by for c in claims if set(recipients) & set(c.said.recipients.get(code, ()))), None)


def who_holds(claims: Iterable[Claim], step: str) -> str | None:
    """Return who wants a step to be taken everywhere."""
    return next((claim.by for claim in claims if step in claim.said.steps), None)


def longest(claims: Iterable[Claim], code: str) -> tuple[Delay, str] | None:
    """Return the longest delay that is allowed under a code, and who says so."""
    said = [(most, claim.by) for claim in claims if (most := claim.said.delays.get(code))]
    return min(said, key=lambda pair: pair[0].approximate_days(), default=None)


def cap(delay: Tree) -> Delay | None:
    """Return the longest that a delay may last, as it is written: the plain term of `au_plus_tot_de`."""
    words = delay.get("au_plus_tot_de") if isinstance(delay, dict) else delay
    return min(delays(words), key=Delay.approximate_days, default=None)


def delays(words: Tree) -> list[Delay]:
    """Return the delays among these words; what is none has its own fault."""
    found = []
    for word in words if isinstance(words, list) else [words]:
        with suppress(ValueError):
            found.append(Delay.parse(str(word)))
    return found


def unheld(claim: Claim, whole: Tree, added: Collection[str]) -> Iterator[Fault]:
    """Yield a fault for what a layer makes mandatory and its own circuit does not hold; `added` are added steps."""
    steps, dues = block(whole, "etapes"), block(whole, "dus")
    clocks = {str(step.get("horloge")): step for step in steps.values() if isinstance(step, dict)}
    for n, step in enumerate(claim.said.steps):
        if step not in steps and step not in added:
            yield claim.fault(("etapes", n), "nom-inconnu", *unknown("L’étape", step, steps))
    for code, wanted in claim.said.recipients.items():
        yield from _unheld_recipients(claim, code, wanted, dues)
    for code, most in claim.said.delays.items():
        due = dues.get(code) or clocks.get(code)
        if not isinstance(due, dict):
            yield claim.fault(("delais", code), "nom-inconnu", *unknown("Le dû", code, [*dues, *clocks]))
        elif (here := cap(due.get("delai"))) and most.shorter_than(here):
            sentence = f"Ce circuit lui-même laisse plus longtemps : « {here} »."
            yield claim.fault(("delais", code), "incontournable", sentence, "un délai plus court dans « dus »")


def _unheld_recipients(claim: Claim, code: str, wanted: tuple[str, ...], dues: Mapping[str, Tree]) -> Iterator[Fault]:
    due = dues.get(code)
    if not isinstance(due, dict):
        yield claim.fault(("destinataires", code), "nom-inconnu", *unknown("Le dû", code, dues))
        return
    told = [item for key in ("a", "remis") if isinstance(items := due.get(key), list) for item in items]
    for n, name in enumerate(wanted):
        if name not in told:
            sentence = f"Le retour « {code} » n’est pas destiné à « {name} »."
            yield claim.fault(("destinataires", code, n), "incontournable", sentence, one_of(map(str, told), ""))


def unasked(claims: Iterable[Claim], whole: Source, asked: Collection[str]) -> Iterator[Fault]:
    """Yield a fault for each mandatory field that no form asks any more, where the forms were last chosen."""
    forms = found(whole.data, "fiches")
    for claim in claims:
        for n, name in enumerate(claim.said.fields):
            if name in asked:
                continue
            if forms == claim.forms:
                yield claim.fault(("champs", n), "champ-inconnu", *unknown("Le champ", name, asked))
            else:
                sentence = f"Aucune de ces fiches ne demande « {name} », exigé par : {claim.by}."
                yield whole.fault(("fiches",), "incontournable", sentence, "une fiche qui pose cette question")
