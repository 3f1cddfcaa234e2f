"""The fields a decision may carry that no form holds: one closed list for the reader and for the rules."""

DECISION_FIELDS = {
    "actions": "les actions, avec porteur et date",
    "ajout": "ce que la gouvernance ajoute à l’analyse",
    "antenne": "l’antenne qui prend la suite",
    "au_dela": "pourquoi la réponse dépasse ce niveau, et ce qui a été tenté",
    "axe_prs": "l’axe du projet régional de santé",
    "co_antenne": "l’antenne qui suit aussi la situation",
    "dd": "la délégation départementale destinataire",
    "dd_competente": "la délégation départementale compétente",
    "destinataire": "le ministère ou la caisse à qui proposer",
    "elements": "les éléments nouveaux",
    "motif": "le motif",
    "officier": "la personne en charge",
    "parent": "la situation à laquelle rattacher",
    "partenaires": "les partenaires à consulter",
    "point": "où en sont les choses",
    "presences": "les présences par collège",
    "priorite": "la priorité",
    "prochaine_date": "la prochaine date",
    "questions": "les questions posées",
    "resultat": "le résultat",
    "retour": "le retour",
    "seance": "la date de la séance",
    "suggestion": "ce que la gouvernance suggère",
    "version_relue": "la version relue, sans donnée identifiante",
}
"""Name of each field, and how a sentence says it."""

REVIEWED = "version_relue"
"""Confirmed once, it stands for every later decision that asks for it (DESIGN §7)."""

PLAIN_TEXTS = (
    "ajout",
    "au_dela",
    "axe_prs",
    "destinataire",
    "elements",
    "point",
    "presences",
    "questions",
    "resultat",
    "suggestion",
)
"""Fields that are a text and nothing else."""
