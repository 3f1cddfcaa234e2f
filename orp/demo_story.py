"""The moments of the walking story: who acts when, and what is carried."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.triggers import FieldValue


@dataclass(frozen=True, slots=True)
class Moment:
    """Somebody acts at a given time; or, without an act, time alone has passed."""

    at: str
    actor: str
    """Who acts, in the words of the circuit."""
    said: str
    act: str = ""
    """A decision, or a verb and the code of what is rendered."""
    fields: Mapping[str, FieldValue] = field(default_factory=dict)


VALIDATED = "La gouvernance valide la transmission à l’ARS : le territoire ne peut pas combler seul ce manque d’offre."
INTERIM = "La délégation a consulté les services de soins du secteur ; une réunion est prévue avec l’hôpital."
ANSWER = (
    "La délégation partage le constat : aucun service infirmier ne peut ouvrir de place sur ce secteur cette année."
)

STORY = (
    Moment(
        "2026-01-05T10:00",
        "redacteur",
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
        "2026-01-05T16:00",
        "responsable_antenne",
        "Yann, responsable d’antenne, la prend en charge.",
        "prendre_en_charge_antenne",
    ),
    Moment(
        "2026-01-06T09:30",
        "responsable_antenne",
        "Yann la retient pour analyse.",
        "retenir_pour_analyse",
        {"nature": "averee"},
    ),
    Moment(
        "2026-01-08T14:00",
        "analyste",
        "Nolwenn, analyste, demande un complément ; son délai s’arrête.",
        "demander_complement",
        {"questions": "Depuis quel mois, et qui a été appelé ?"},
    ),
    Moment(
        "2026-01-15T11:00",
        "redacteur",
        "Maëlle répond ; le délai repart.",
        "acquitter complement",
        {"reponse": "Depuis décembre. Trois cabinets et le service de soins ont été appelés."},
    ),
    Moment(
        "2026-01-21T16:00",
        "pilote_orp",
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
        "2026-01-21T18:00",
        "pilote_orp",
        "À Fougères, le GT ORP territorial la regarde d’abord ; il la présente à la gouvernance.",
        "presenter",
    ),
    Moment(
        "2026-01-22T09:30",
        "pilote_orp",
        "Katell dit à Maëlle ce que l’analyse a donné, par courriel.",
        "acquitter F2",
        {
            "moyen": "courriel",
            "mot": "Votre situation a été analysée et proposée à la gouvernance, qui l’examine le 10 février.",
        },
    ),
    Moment(
        "2026-01-23T15:00",
        "redacteur",
        "Maëlle complète le formulaire national.",
        "acquitter D27",
        {
            "domaines": ["soins"],
            "causes_profondes": ["OFFRE_SATURATION"],
            "gravite": "forte",
            "atteintes": ["sante", "autonomie"],
            "compensations_suffisantes": "non",
            "tente": "Les quatre cabinets du secteur ont été appelés.",
            "recurrence": "repetee",
            "preconisations_niveau": ["departement"],
        },
    ),
    Moment(
        "2026-01-26T10:00",
        "secretaire",
        "Claire, secrétaire, l’inscrit à la séance du 10 février.",
        "inscrire_seance",
        {"seance": "2026-02-10"},
    ),
    Moment(
        "2026-02-10T18:00",
        "secretaire",
        "La gouvernance valide la transmission à l’ARS.",
        "valider",
        {"presences": "Six collèges présents sur six.", "dd": "dd-35", "priorite": "normale", "retour": VALIDATED},
    ),
    Moment("2026-02-11T09:00", "", "Le délai d’annulation est passé : l’outil transmet à la DD 35."),
    Moment(
        "2026-02-12T10:00",
        "pilote_orp",
        "Katell dit à Maëlle, de vive voix, que c’est validé.",
        "acquitter F3",
        {"moyen": "oral", "le": "2026-02-12"},
    ),
    Moment(
        "2026-02-16T11:00",
        "dd",
        "Sophie, à la DD 35, prend en charge.",
        "prendre_en_charge",
        {"officier": "sophie.carre"},
    ),
    Moment(
        "2026-03-12T15:00",
        "dd",
        "Sophie écrit un premier retour au DAC.",
        "acquitter D12",
        {"retour": INTERIM},
    ),
    Moment(
        "2026-04-25T09:00",
        "",
        "Plus de nouvelles : le délai de la DD est dépassé depuis huit jours, rien n’est décidé à sa place.",
    ),
    Moment(
        "2026-04-28T10:00",
        "dd",
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
        "pilote_orp",
        "Katell transmet le retour à Maëlle, par courriel.",
        "acquitter F5",
        {"moyen": "courriel"},
    ),
    Moment(
        "2026-05-12T09:00",
        "",
        "Courriel accepté, aucun refus sous trois jours ouvrés : plus rien n’est dû, la situation se clôt.",
    ),
)
