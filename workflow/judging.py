"""« Ce retour répond-il à la situation ? »: the rédacteur says so; on a « non » the DAC calls, nothing is reopened."""

from workflow.change import Change
from workflow.circuit.model import CALL_BACK
from workflow.errors import IllegalDecision, MissingData, WrongRole
from workflow.model import Person
from workflow.obligations import open_task
from workflow.texts import Carried, text_of
from workflow.triggers import Decision

JUDGE, VERDICT = "juger", "juge"


def judge(change: Change, decision: Decision, person: Person) -> Carried:
    """Take in whether a retour answers the situation; a « non » owes a call (DESIGN §1).

    Raises:
        WrongRole: somebody else than the rédacteur.
        IllegalDecision: no such retour was made, or the situation is archived.
        MissingData: neither « oui » nor « non ».
    """
    step = change.circuit.step(change.case.step)
    if person.id != change.case.writer:
        raise WrongRole("Seul le rédacteur de la fiche dit si un retour répond à la situation.")
    made = decision.due is not None and 0 < decision.due < change.case.next_n
    if (step.final and not step.decisions) or not made or any(o.n == decision.due for o in change.still_open()):
        raise IllegalDecision("Indiquez un retour qui vous a été fait, d’une situation qui n’est pas archivée (--due).")
    answer = text_of(decision.fields.get("reponse", ""))
    if answer not in ("oui", "non"):
        raise MissingData(("La réponse (reponse) attend oui ou non.",))
    if answer == "non" and CALL_BACK in change.circuit.dues:
        open_task(change, CALL_BACK)
    return Carried(codes={VERDICT: answer})
