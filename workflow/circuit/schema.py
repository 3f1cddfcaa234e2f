"""The JSON Schema an editor completes a circuit file from: `python -m workflow.circuit.schema` writes it again.

It comes from the models, under the French keys; a value the engine reads out of a text (a delay, a day, yes
and no) is the pattern of that text. It helps while writing: only the checks say whether a circuit is right.
"""

import json
from importlib import resources
from pathlib import Path
from typing import Any

from workflow.circuit.layer import LayerDefinition
from workflow.circuit.model import CircuitDefinition

FILE, LAYER_FILE = "circuit.schema.json", "couche.schema.json"

WORDS = {
    "a_l_essai_jusqu_au": "Jour où ce circuit, à l’essai, est à revoir : « 2026-12-31 ».",
    "ajouts": "Les étapes ajoutées, chacune sur le chemin de décisions du circuit du dessus.",
    "antennes": "Ce qui change pour une antenne en particulier.",
    "approbations": "Les instances qui approuvent ce circuit avant sa publication.",
    "champs": "Les champs que personne en dessous n’enlève.",
    "couche": "À qui est ce circuit : « region », « dac » ou « dd ».",
    "delais": "Les délais les plus longs que personne en dessous ne dépasse.",
    "depot_anonyme": "« oui » : aucune adresse de rédacteur n’est gardée, chacun revient avec un code de suivi.",
    "departements": "Les départements que cette délégation, ou ce DAC, couvre.",
    "destinataires": "Les destinataires d’un retour que personne en dessous n’enlève.",
    "etape": "L’étape ajoutée ; ses décisions mènent à « suite » pour reprendre le chemin.",
    "etend": "Le circuit du dessus, dont celui-ci ne dit que les différences.",
    "incontournables": "Ce qu’aucun circuit du dessous n’affaiblit.",
    "ouvert_aux_partenaires": "« oui » : des professionnels du territoire déposent aussi ; « non » : le DAC seul.",
    "parent": "La version du circuit du dessus avec laquelle celui-ci a été vérifié : « bretagne@3 ».",
    "sans": "Les antennes qui ne prennent pas cette étape.",
    "seulement": "Les seules antennes qui prennent cette étape.",
    "a": "À qui ce retour, ce complément ou cet avis reste à dire.",
    "accepte_le": "Jour où le délai a été accepté : « 2026-01-31 ».",
    "fixe_par": "Qui seul change ce délai : l’équipe nationale, la région, le DAC ou la délégation qui reçoit.",
    "accepte_par": "Qui a accepté ce délai ; sans cela il est indicatif.",
    "acteurs": "Les noms employés dans « par », « a », « remis » : une fonction dans une structure.",
    "annulation": "Pendant combien de temps une validation s’annule, par exemple « 15 min ».",
    "apres": "Combien de temps après ; « annulation » pour la fin du délai d’annulation.",
    "au_plus_tot_de": "Le premier terme qui échoit, par exemple « 45 j » et « prochaine séance + 7 j ».",
    "bornes": "Le délai le plus court et le plus long qu’un circuit local peut fixer.",
    "calendrier": "Quand l’instance se réunit, par exemple « 2e mardi du mois ».",
    "circuit": "Nom du circuit, celui de son fichier.",
    "code": "Code de la décision, par exemple « T18 ».",
    "colleges": "Qui chaque collège représente, par exemple « Usagers: [usagers] ».",
    "comme": "L’étape dont celle-ci reprend tout, sauf ce qui est écrit ici.",
    "courriel": "Modèle du courriel envoyé, par exemple « M07 ».",
    "decisions": "Ce qui peut être décidé à cette étape.",
    "delai": "Dans combien de temps, par exemple « 30 j » ou « 2 jo » (jours ouvrés).",
    "depassement": "Qui est prévenu d’un retard, et combien de jours après l’échéance : « J+7: [direction] ».",
    "depuis": "La décision à partir de laquelle on compte ; « ouvrir » pour le début du brouillon.",
    "dispense": "Les dûs qui n’ont plus d’objet une fois cette décision prise.",
    "doit": "Les dûs que cette décision ouvre.",
    "dus": "Tout ce qui est attendu de quelqu’un : chaque dû est nommé une fois.",
    "etapes": "Les étapes ; la première est celle du brouillon.",
    "exige": "Ce que la décision doit porter : champs de la décision ou d’une fiche.",
    "fiches": "Les fiches que ce circuit emploie.",
    "finale": "« oui » : plus aucune décision n’y est due.",
    "fois": "Combien de fois cette décision peut être prise à cette étape.",
    "fonction": "La fonction tenue dans la structure.",
    "genre": "Le genre du dû.",
    "horloge": "Code du dû de décision propre à cette étape.",
    "informe": "Qui est prévenu de cette décision.",
    "instance": "L’instance dont on compte la prochaine séance.",
    "instances": "Les instances qui se réunissent.",
    "instruction": "« oui » : un niveau y instruit ; une réouverture y revient.",
    "issue": "Comment la situation se termine.",
    "motifs": "Les motifs permis.",
    "niveau": "Le niveau où se trouve la situation.",
    "par": "Qui décide, ou de qui le dû est attendu.",
    "pause": "« oui » : ce délai s’arrête pendant qu’un complément est attendu.",
    "pendant": "Les étapes pendant lesquelles ce dû est attendu.",
    "fiche": "La fiche que cette tâche attend : ses réponses la terminent.",
    "fin_du_parent": "Dès que la situation à laquelle celle-ci est rattachée se termine ainsi.",
    "plus_rien_du": "« oui » : dès que plus rien n’est dû à personne.",
    "porte": "Ce que cette décision autorise pour la suite.",
    "preuve": "Comment la personne qui décide est reconnue.",
    "quand": "À quel moment le système prend cette décision.",
    "quorum": "La part des sièges sans laquelle l’instance ne décide pas.",
    "rappels": "Jours de rappel comptés depuis l’échéance, par exemple « J-7 ».",
    "remis": "À qui ce retour est remis aussitôt par l’outil.",
    "rend": "Les dûs que cette décision rend en passant.",
    "renouvelle": "Combien de temps après ce retour le suivant est attendu.",
    "responsable": "Qui répond de cette étape.",
    "sans_delai": "Rien n’est dû ici : la situation suit celle à laquelle elle est rattachée.",
    "structure": "La structure où cette fonction est tenue.",
    "superieur": "Qui est prévenu d’un retard qui dure, et peut dispenser ou prolonger.",
    "suppose": "Les dûs qui doivent être ouverts pour que cette décision soit possible.",
    "titre": "Ce que les personnes lisent.",
    "typologie": "La liste des causes ; sans elle, la liste nationale.",
    "urgent": "Le délai si l’urgence est accordée ; sur une décision, « oui » pour l’accorder, « non » pour la lever.",
    "vers": "L’étape où mène la décision ; « meme » pour rester.",
    "version": "Numéro de version, à augmenter à chaque publication.",
}
"""What each key is for, shown by the editor; a test keeps the table complete."""


def layer_schema() -> dict[str, Any]:
    """Return the JSON Schema of the file of a local layer: what it changes is named as in the circuit above."""
    made = _in_french(LayerDefinition.model_json_schema(by_alias=True))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Circuit local", **made}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a circuit file."""
    made = _in_french(CircuitDefinition.model_json_schema(by_alias=True))
    _let_steps_be_like_others(made)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Circuit de remontée", **made}


def _let_steps_be_like_others(made: dict[str, Any]) -> None:
    """A step with `comme` writes its differences only: nothing else is required of it, nor of its decisions."""
    defs, step = made["$defs"], made["$defs"]["StepDefinition"]
    defs["DecisionDifferences"] = {key: rule for key, rule in defs["DecisionDefinition"].items() if key != "required"}
    decisions = _each(step["properties"]["decisions"], {"$ref": "#/$defs/DecisionDifferences"})
    differences = {**step["properties"], "decisions": decisions}
    defs["StepDifferences"] = {**step, "properties": differences, "required": ["comme"]}
    either = [{"$ref": "#/$defs/StepDefinition"}, {"$ref": "#/$defs/StepDifferences"}]
    made["properties"]["etapes"] = _each(made["properties"]["etapes"], {"anyOf": either})


def _each(block: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
    """Return the rule of a block of names with another rule for what each name holds."""
    return {**block, "patternProperties": dict.fromkeys(block["patternProperties"], rule)}


def _in_french(node: Any) -> Any:
    """Leave out titles and descriptions made from the code, and describe each key."""
    if isinstance(node, list):
        return [_in_french(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _in_french(value) for key, value in node.items() if key not in ("title", "description", "default")}
    # Under « properties » and « $defs », « titre » and the like are names, not words of JSON Schema.
    for names in ("properties", "$defs"):
        if names in node:
            kept[names] = {name: _in_french(value) for name, value in node[names].items()}
    for name, value in kept.get("properties", {}).items():
        kept["properties"][name] = {"description": WORDS.get(name, "")} | value
    if "anyOf" in kept:
        # An empty value is refused by the reader: what may be left out is not written at all.
        branches = [branch for branch in kept.pop("anyOf") if branch != {"type": "null"}]
        kept |= branches[0] if len(branches) == 1 else {"anyOf": branches}
    if "description" in node and node.get("pattern"):
        kept["description"] = node["description"]
    return kept


def text(made: dict[str, Any]) -> str:
    """Return a file as it is committed."""
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write the files again."""
    for file, made in ((FILE, schema()), (LAYER_FILE, layer_schema())):
        Path(str(resources.files("definitions") / file)).write_text(text(made), encoding="utf-8")


if __name__ == "__main__":
    main()
