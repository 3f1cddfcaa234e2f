"""The walking story: one situation deposited in Fougères, its answer back to the rédacteur.

Everything is real but the clock: the SQLite file, the engine, the scheduler's beat, the SMTP server.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from orp.bootstrap import Application, build
from orp.demo_mailbox import mailbox
from orp.preparation import prepare
from orp.settings import read_settings
from orp.ticker import beat
from orp.times import PARIS, in_paris
from storage.database import open_database
from storage.demo_clock import DemoClock, read_demo_clock
from workflow.engine import Draft
from workflow.errors import Infrastructure, Refusal
from workflow.model import Decision, FieldValue
from workflow.words import counted

BEAT = timedelta(hours=3)
"""How often the scheduler beats in the story; another pace would change nothing."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Somebody acts at a given time; or, without a decision, time alone has passed."""

    at: str
    by: str
    said: str
    decision: str = ""
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    due: str = ""
    """Code of what is rendered, for the verbs."""


VALIDATED = "La gouvernance valide la transmission à l’ARS : le territoire ne peut pas combler seul ce manque d’offre."
INTERIM = "La délégation a consulté les services de soins du secteur ; une réunion est prévue avec l’hôpital."
ANSWER = (
    "La délégation partage le constat : aucun service infirmier ne peut ouvrir de place sur ce secteur cette année."
)

STORY = (
    Moment(
        "2026-01-05T10:00",
        "maelle.riou",
        "Maëlle, référente de parcours à Fougères, dépose la fiche.",
        "deposer",
        {
            "qui": "infirmier",
            "fait": "arrete",
            "quoi": "soins",
            "pourquoi": "Le logement encombré ne permet plus de faire les soins.",
            "ou": "domicile",
            "age": "a75_84",
            "resume": "Les soins quotidiens se sont arrêtés ; la personne reste seule, sans relais.",
        },
    ),
    Moment(
        "2026-01-06T09:30",
        "yann.lebihan",
        "Yann, responsable d’antenne, la retient pour analyse.",
        "retenir_pour_analyse",
        {"nature": "averee"},
    ),
    Moment(
        "2026-01-08T14:00",
        "nolwenn.prigent",
        "Nolwenn, analyste, demande un complément ; son délai s’arrête.",
        "demander_complement",
        {"questions": "Depuis quel mois, et qui a été appelé ?"},
    ),
    Moment(
        "2026-01-15T11:00",
        "maelle.riou",
        "Maëlle répond ; le délai repart.",
        "acquitter",
        {"reponse": "Depuis décembre. Trois cabinets et le service de soins ont été appelés."},
        "complement",
    ),
    Moment(
        "2026-01-21T16:00",
        "katell.morvan",
        "Katell, pilote ORP, propose la situation à la gouvernance, version relue par Yann.",
        "proposer_gouvernance",
        {
            "causes": "offre",
            "impact": "Deux hospitalisations en un mois.",
            "compensations": "La référente a appelé chaque jour.",
            "preconisations": "Une équipe mobile de soins sur le secteur.",
            "version_relue": {
                "texte": "Une personne âgée vit seule à domicile. Ses soins se sont arrêtés.",
                "lecteur": "yann.lebihan",
            },
        },
    ),
    Moment(
        "2026-01-22T09:30",
        "katell.morvan",
        "Katell dit à Maëlle ce que l’analyse a donné, par courriel.",
        "acquitter",
        {
            "moyen": "courriel",
            "mot": "Votre situation a été analysée et proposée à la gouvernance, qui l’examine le 10 février.",
        },
        "F2",
    ),
    Moment(
        "2026-01-26T10:00",
        "claire.legoff",
        "Claire, secrétaire, l’inscrit à la séance du 10 février.",
        "inscrire_seance",
        {"seance": "2026-02-10"},
    ),
    Moment(
        "2026-02-10T18:00",
        "claire.legoff",
        "La gouvernance valide la transmission à l’ARS.",
        "valider",
        {"presences": "Six collèges présents sur six.", "dd": "dd-35", "priorite": "normale", "retour": VALIDATED},
    ),
    Moment("2026-02-11T09:00", "", "Le délai d’annulation est passé : l’outil transmet à la DD 35."),
    Moment(
        "2026-02-12T10:00",
        "katell.morvan",
        "Katell dit à Maëlle, de vive voix, que c’est validé.",
        "acquitter",
        {"moyen": "oral", "le": "2026-02-12"},
        "F3",
    ),
    Moment(
        "2026-02-16T11:00",
        "sophie.carre",
        "Sophie, à la DD 35, prend en charge.",
        "prendre_en_charge",
        {"officier": "sophie.carre"},
    ),
    Moment(
        "2026-03-12T15:00",
        "sophie.carre",
        "Sophie écrit un premier retour au DAC.",
        "acquitter",
        {"retour": INTERIM},
        "D12",
    ),
    Moment(
        "2026-04-25T09:00",
        "",
        "Plus de nouvelles : le délai de la DD est dépassé depuis huit jours, rien n’est décidé à sa place.",
    ),
    Moment(
        "2026-04-28T10:00",
        "sophie.carre",
        "Sophie décide : constat partagé, pas de moyen d’action à ce niveau.",
        "constater",
        {
            "motif": "offre_insuffisante",
            "retour": {
                "texte": ANSWER,
                "actions": "Aucune cette année ; une demande de places est portée au projet régional.",
                "conserve": "La situation compte dans la carte des manques d’offre.",
                "prochaine": "2026-10-01",
                "contact": "Pôle parcours de la DD 35",
            },
        },
    ),
    Moment(
        "2026-04-29T09:30",
        "katell.morvan",
        "Katell transmet le retour à Maëlle, par courriel.",
        "acquitter",
        {"moyen": "courriel"},
        "F5",
    ),
    Moment(
        "2026-05-12T09:00",
        "",
        "Courriel accepté, aucun refus sous trois jours ouvrés : plus rien n’est dû, la situation se clôt.",
    ),
)


def play(out: Path) -> dict[str, Any]:
    """Play the story in `out` and return it: its moments, its figures, where the files lie.

    Raises:
        Infrastructure: `out` holds a database that is not a demonstration.
    """
    path, mails = out / "demo.sqlite", out / "mails"
    _clear(path, mails)
    with mailbox(mails) as port:
        url = f"sqlite:///{path}"
        settings = read_settings(DATABASE_URL=url, SMTP_HOTE="127.0.0.1", SMTP_PORT=port, SMTP_SECURITE="aucune")
        with resources.as_file(resources.files("definitions") / "territoires" / "bretagne.yaml") as directory:
            prepare(settings, directory, datetime.fromisoformat("2026-01-05T09:00").replace(tzinfo=PARIS))
        app = build(settings)
        reference = app.engine.open([Draft("demo", "maelle.riou", "antenne-fougeres", "35")])[0].reference
        story = list(_tell(app, reference, mails))
    with app.store.reading() as work:
        audit = work.journal.audit()
    state = "à examiner" if audit.broken else "intact"
    report = [
        f"Journal : {counted(audit.entries, 'ligne')}, {state}.",
        f"Courriels reçus : {len(list(mails.glob('*.eml')))}, dans {mails}",
        f"Base : {path} (à regarder avec « orp show {reference} --db {path} »)",
    ]
    return {
        "reference": reference,
        "histoire": story,
        "bilan": report,
        "base": str(path),
        "courriels": str(mails),
        "intact": not audit.broken,
    }


def _clear(path: Path, mails: Path) -> None:
    """Remove the files of an earlier demonstration, and nothing else."""
    if path.exists():
        database = open_database(f"sqlite:///{path}")
        if read_demo_clock(database) is None:
            raise Infrastructure(
                f"{path} n’est pas une base de démonstration : choisissez un autre dossier avec --out."
            )
        database.dispose()
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in (path, *path.parent.glob("demo.sqlite-*"), *mails.glob("*.eml")):
        old.unlink(missing_ok=True)


def _tell(app: Application, reference: str, mails: Path) -> Iterator[dict[str, Any]]:
    received = 0
    for number, moment in enumerate(STORY):
        _advance(app, datetime.fromisoformat(moment.at).replace(tzinfo=PARIS))
        if moment.decision:
            _act(app, reference, moment, number)
        beat(app)
        with app.store.reading() as work:
            case, names = work.screens.case(reference), work.screens.names()
        now = len(list(mails.glob("*.eml")))
        step = app.circuits.get(case.circuit).step(case.step).title
        who = names.get(moment.by, "l’outil")
        yield {
            "date": in_paris(app.clock.now()),
            "qui": who,
            "fait": moment.said,
            "etape": step,
            "courriels": now - received,
        }
        received = now


def _advance(app: Application, until: datetime) -> None:
    """Let time pass, beating all along."""
    clock = app.clock
    if not isinstance(clock, DemoClock):
        raise TypeError("a demonstration runs on its own clock")
    while (now := clock.now()) < until:
        clock.set(min(until, now + BEAT))
        beat(app)


def _act(app: Application, reference: str, moment: Moment, number: int) -> None:
    with app.store.reading() as work:
        owed = {
            code: o.n for o in work.screens.obligations(reference) if o.is_open for code in _answers(o.code, o.answers)
        }
    due = owed[moment.due] if moment.due else None
    decision = Decision(
        f"demo-{number}", reference, moment.decision, moment.by, moment.fields, due=due, salt=f"demo-{number}"
    )
    result = app.engine.decide([decision])[0]
    if isinstance(result, Refusal):
        raise result


def _answers(code: str, answers: list[str]) -> set[str]:
    """An obligation answers to its own code and to those of the retours it took in."""
    return {code} | {answer.partition(":")[0] for answer in answers}
