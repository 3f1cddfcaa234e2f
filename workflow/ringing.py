"""An obligation rings: who is reminded, who is told of lateness, what the clock itself may change."""

from workflow.alarms import Point, Ring, points_at
from workflow.change import Change
from workflow.circuit.model import Kind
from workflow.clocks import resume
from workflow.holders import beneficiaries, house_of, supervisor_of
from workflow.messages import LATE, REMINDER, RETOUR_OWED, About, tell
from workflow.model import Holder, Obligation
from workflow.obligations import discharge


def ring(change: Change, n: int) -> None:
    """Play every ring of obligation `n` at the instant being played."""
    obligation = next(o for o in change.dossier.obligations if o.n == n)
    definition = change.circuit.dues[obligation.code]
    points = points_at(obligation, definition, change.calendar(obligation.debtor), change.at)
    obligation.rung_until = change.at
    for point in points:
        _play(change, obligation, point)
    change.touch(obligation)


def _play(change: Change, obligation: Obligation, point: Point) -> None:
    match point.ring:
        case Ring.PROVEN:
            _proven(change, obligation)
        case Ring.OVERRUN:
            _overrun(change, obligation)
        case Ring.REMINDER:
            about = About("responsable", obligation, days=point.offset)
            mail = RETOUR_OWED if obligation.last_mile else REMINDER
            tell(change, mail, obligation.debtor, _key(obligation, point), about)
        case Ring.SUPERVISOR:
            _tell_late(change, obligation, point, "superieur")
        case Ring.NOTICE:
            _tell_late(change, obligation, point, "informe")


def told(change: Change, obligation: Obligation, point: Point) -> list[Holder]:
    """Return who a ring writes to: nobody for an overrun or a proof, which only go down in the journal."""
    if point.ring is Ring.REMINDER:
        return [obligation.debtor]
    if point.ring is Ring.SUPERVISOR:
        above = supervisor_of(change.circuit, change.dossier, obligation.debtor)
        return [above] if above else []
    named = beneficiaries(change.circuit, change.dossier, point.actors)
    return [holder for holder in named if _may_be_told(change, obligation, holder)]


def _proven(change: Change, obligation: Obligation) -> None:
    """Three working days without refusal: the last mile by mail is proved (DESIGN §1)."""
    calendar = change.calendar(obligation.debtor)
    accepted = calendar.local_date(obligation.accepted_at).isoformat() if obligation.accepted_at else ""
    discharge(change, obligation, f"courriel accepté le {accepted}")
    change.record("preuve", {"n": obligation.n, "code": obligation.code})


def _overrun(change: Change, obligation: Obligation) -> None:
    """The date passed: a fact with a start, never a decision. A complement not received stops holding the asker."""
    obligation.late = True
    due = obligation.due.isoformat() if obligation.due else None
    if obligation.kind is Kind.COMPLEMENT and obligation.due:
        resume(change, obligation, obligation.due)
    change.record("depassement_debut", {"n": obligation.n, "code": obligation.code, "echeance": due})


def _tell_late(change: Change, obligation: Obligation, point: Point, why: str) -> None:
    for holder in told(change, obligation, point):
        about = About(why, obligation, days=point.offset)
        tell(change, LATE, holder, _key(obligation, point), about)


def _may_be_told(change: Change, obligation: Obligation, holder: Holder) -> bool:
    """While a delay is indicative, nobody's supervisor in another organisation is copied (DESIGN §4)."""
    actors = change.circuit.definition.actors.values()
    supervises = holder.actor in {actor.supervisor for actor in actors}
    foreign = house_of(change.dossier, holder) != house_of(change.dossier, obligation.debtor)
    return not (change.circuit.dues[obligation.code].indicative and supervises and foreign)


def _key(obligation: Obligation, point: Point) -> str:
    return f"d{obligation.n}:{obligation.due}:{point.offset:+d}"
