"""A circuit ready to be run: definition, forms and legal moves in one immutable object."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from workflow.circuit.forms import FieldDefinition, FieldType, FormDefinition
from workflow.circuit.model import CircuitDefinition, DecisionDefinition, DueDefinition, Kind, StepDefinition
from workflow.circuit.terms import Timing
from workflow.circuit.typology import Typology
from workflow.machine import Moves

START = "ouvrir"
"""The act that begins a draft; `depuis: ouvrir` counts from it."""


@dataclass(frozen=True, slots=True, eq=False)
class Circuit:
    """One compiled circuit, shared by the whole process."""

    key: str
    definition: CircuitDefinition
    forms: tuple[FormDefinition, ...]
    dues: dict[str, DueDefinition]
    fields: dict[str, FieldDefinition]
    typologies: dict[str, Typology]
    moves: Moves
    questions: dict[str, list[str]]
    """By decision, or task that waits for a form: the questions that must find an answer."""
    covering: dict[str, list[str]]
    """By step: the codes of the dûs that cover it (`pendant`)."""
    variants: frozenset[str] = frozenset()
    """Antennes that the layers treat apart: each has a circuit of its own."""

    @property
    def initial(self) -> str:
        """The step where a draft begins: the first of the file."""
        return next(iter(self.definition.steps))

    @property
    def undo(self) -> timedelta:
        """How long a validation can be undone before it is transmitted (`annulation`)."""
        return timedelta(minutes=self.definition.undo)

    def step(self, name: str) -> StepDefinition:
        """Return a step by name."""
        return self.definition.steps[name]

    def decision(self, step: str, name: str) -> DecisionDefinition:
        """Return a decision of a step by name."""
        return self.definition.steps[step].decisions[name]

    def required(self, step: str, name: str) -> tuple[str, ...]:
        """Return the fields a decision must find answered: its own `exige`, then the forms' `exige_pour`."""
        return tuple(dict.fromkeys((*self.decision(step, name).requires, *self.asked_for(name))))

    def asked_for(self, name: str) -> list[str]:
        """Return the questions of the forms that a decision, or a task that waits for a form, must find answered."""
        return self.questions.get(name, [])

    def typology(self, name: str) -> Typology | None:
        """Return the typology a field draws its codes from; None for a field that is no `typologie`."""
        field = self.fields[name]
        return self.typologies[field.typology or self.definition.typology] if field.type is FieldType.CODES else None

    def during(self, step: str) -> list[str]:
        """Return the codes of the dûs that cover `step` (`pendant`)."""
        return self.covering.get(step, [])


def compile_circuit(
    definition: CircuitDefinition, forms: Iterable[FormDefinition], typologies: Iterable[Typology] = ()
) -> Circuit:
    """Compile definitions that were already checked."""
    forms = tuple(forms)
    steps = definition.steps
    dues = dict(definition.dues) | {code: due for name, step in steps.items() for code, due in _shorthand(name, step)}
    questions: dict[str, list[str]] = defaultdict(list)
    for name, for_what in (
        (n, what) for form in forms for n, asked in form.asked.items() for what in asked.required_for
    ):
        questions[for_what].append(name)
    covering: dict[str, list[str]] = defaultdict(list)
    for code, step in ((code, step) for code, due in dues.items() for step in due.during):
        covering[step].append(code)
    return Circuit(
        key=f"{definition.name}@{definition.version}",
        definition=definition,
        forms=forms,
        dues=dues,
        questions=dict(questions),
        covering=dict(covering),
        fields={name: field for form in forms for name, field in form.fields.items()},
        typologies={typology.name: typology for typology in typologies},
        moves=Moves(
            next(iter(steps)),
            steps,
            ((name, decision, d.target) for name, step in steps.items() for decision, d in step.decisions.items()),
        ),
    )


def _shorthand(name: str, step: StepDefinition) -> Iterable[tuple[str, DueDefinition]]:
    """A step's own `horloge` is a decision dû on that step (DESIGN §1)."""
    if step.clock and step.holder:
        timing = {key: getattr(step, key) for key in Timing.model_fields}
        yield (
            step.clock,
            DueDefinition.model_construct(
                kind=Kind.DECISION,
                title=None,
                debtor=step.holder,
                beneficiaries=(),
                delivered=(),
                during=(name,),
                renewed=None,
                **timing,
            ),
        )
