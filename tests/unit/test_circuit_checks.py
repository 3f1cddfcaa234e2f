"""A small circuit that is right, and what is said of each way to spoil it."""

import time
from inspect import isfunction

import pytest

from workflow.circuit import check_dues, check_links, check_moves, check_names
from workflow.circuit.checks import MOST_SHOWN, RULES
from workflow.circuit.decision_fields import DECISION_FIELDS
from workflow.circuit.loader import load_circuit, load_shipped, shipped_files
from workflow.errors import Fault, InvalidDefinition
from workflow.readers import READERS
from workflow.verbs import VERBS

SAFETY_S = 10
"""A loaded machine is slow; how fast it really is, `make bench` says."""

CIRCUIT = """\
circuit: petit
version: 1
titre: Petit circuit
annulation: 15 min
fiches: [courte, longue]
acteurs:
  redacteur: {titre: le rédacteur, structure: antenne, fonction: redacteur}
  analyste: {titre: l'analyste, structure: antenne, fonction: analyste, superieur: dac}
  dac: {titre: le DAC, structure: dac, fonction: pilote_orp}
instances:
  bureau: {titre: Le bureau}
motifs:
  refus: {doublon: Déjà décrite}
dus:
  D09:
    genre: decision
    par: dac
    pendant: [examen]
    instance: bureau
    delai: {au_plus_tot_de: [45 j, prochaine séance + 7 j]}
    urgent: 7 j
    bornes: [15 j, 120 j]
    pause: oui
    depassement: {J+7: [analyste]}
  F1: {genre: retour, par: systeme, remis: [redacteur]}
  F3: {genre: retour, par: dac, a: [redacteur], remis: [dac, niveaux_traverses], delai: 7 j}
  F12: {genre: retour, par: dac, a: [redacteur], pendant: [examen], delai: 30 j, renouvelle: 90 j}
  demande: {genre: complement, par: redacteur, a: [dac], delai: 5 jo, urgent: 7 j}
etapes:
  brouillon:
    niveau: terrain
    titre: Brouillon
    responsable: redacteur
    horloge: D01
    delai: 90 j
    bornes: [2 mois, 6 mois]
    decisions:
      deposer: {code: T01, titre: Déposer, par: [redacteur], vers: examen, exige: [qui], doit: [F1]}
      retirer: {code: T46, titre: Retirer, par: [redacteur], vers: retiree, issue: retiree}
      expirer:
        code: T46
        titre: Expirer
        par: [systeme]
        vers: retiree
        quand: {apres: 90 j, depuis: ouvrir}
        issue: retiree
  examen:
    niveau: dac
    titre: Examen
    responsable: dac
    decisions:
      demander: {code: T05, titre: Demander, par: [dac], vers: meme, exige: [questions], doit: [demande]}
      conclure:
        code: T32
        titre: Conclure
        par: [dac, analyste]
        vers: diffusion
        exige: [motif, retour]
        motifs: refus
        issue: cloturee
        doit: [F3]
  diffusion:
    niveau: dac
    titre: Diffusion
    decisions:
      cloturer:
        code: T45
        titre: Clôturer
        par: [systeme]
        vers: cloturee
        quand: {plus_rien_du: oui, issue: cloturee}
        informe: [dac]
  cloturee: {niveau: dac, titre: Clôturée}
  retiree: {niveau: dac, titre: Retirée}
"""

COURTE = """\
fiche: courte
version: 1
titre: Fiche courte
champs:
  qui: {libelle: Qui ?, type: choix, valeurs: {medecin: Médecin}}
  depuis: {libelle: Depuis quand ?, type: mois}
  resume: {libelle: Résumé, type: texte}
"""

LONGUE = """\
fiche: longue
version: 1
titre: Fiche longue
champs:
  note: {libelle: Note, type: texte}
  nature: {libelle: Nature, type: choix, valeurs: {averee: Avérée}}
  causes: {libelle: Causes, type: typologie, niveau: 1}
  impact: {libelle: Impact, type: liste_texte}
  recurrence: {libelle: Fréquence, type: choix, valeurs: {isolee: Isolée}}
"""

TYPOLOGY = """\
typologie: nationale
version: 1
titre: Causes
codes:
  OFFRE: {libelle: Offre}
"""

FILES = {
    "circuits/petit.yaml": CIRCUIT,
    "fiches/courte.yaml": COURTE,
    "fiches/longue.yaml": LONGUE,
    "typologies/nationale.yaml": TYPOLOGY,
}


def faults_of(files: dict[str, str], name: str = "petit") -> tuple[Fault, ...]:
    with pytest.raises(InvalidDefinition) as caught:
        load_circuit(files, name)
    return caught.value.faults


def spoilt(old: str, new: str, file: str = "circuits/petit.yaml") -> dict[str, str]:
    """The files of the small circuit with one thing changed."""
    assert FILES[file].count(old) == 1, old
    return FILES | {file: FILES[file].replace(old, new)}


def line_of(text: str, piece: str) -> int:
    return text[: text.index(piece)].count("\n") + 1


def test_the_small_circuit_is_right() -> None:
    circuit = load_circuit(FILES, "petit")
    assert circuit.key == "petit@1"
    assert circuit.initial == "brouillon"
    assert set(circuit.fields) == {"qui", "depuis", "resume", "note", "nature", "causes", "impact", "recurrence"}
    assert circuit.moves.target("examen", "conclure") == "diffusion"
    assert load_circuit({file: text.encode() for file, text in FILES.items()}, "petit").key == "petit@1"


STEP_B = "  retiree: {niveau: dac, titre: Retirée}\n"

SPOILT: list[tuple[str, str, str, str, str]] = [
    # what is replaced, by what, code, a piece of the line shown, a piece of the sentence
    ("vers: diffusion", "vers: difusion", "nom-inconnu", "vers: difusion", "vouliez-vous dire « diffusion »"),
    ("pendant: [examen]\n", "pendant: [examen, xx]\n", "nom-inconnu", "[examen, xx]", "L’étape « xx »"),
    ("par: [dac, analyste]", "par: [dac, annaliste]", "nom-inconnu", "annaliste", "« analyste »"),
    ("a: [dac]", "a: [dca]", "nom-inconnu", "a: [dca]", "vouliez-vous dire « dac »"),
    ("informe: [dac]", "informe: [zzz]", "nom-inconnu", "zzz", "L’acteur « zzz » n’existe pas."),
    ("responsable: redacteur", "responsable: personne", "nom-inconnu", "personne", "L’acteur"),
    ("superieur: dac", "superieur: dax", "nom-inconnu", "superieur: dax", "L’acteur"),
    ("{J+7: [analyste]}", "{J+7: [analiste]}", "nom-inconnu", "analiste", "L’acteur"),
    ("remis: [redacteur]", "remis: [lecteur]", "nom-inconnu", "lecteur", "L’acteur"),
    ("a: [dac]", "a: [niveaux_traverses]", "nom-inconnu", "a: [niveaux", "« remis »"),
    ("doit: [demande]", "doit: [demandes]", "nom-inconnu", "[demandes]", "vouliez-vous dire « demande »"),
    ("motifs: refus", "motifs: refu", "nom-inconnu", "motifs: refu", "La liste de motifs « refu »"),
    ("depuis: ouvrir", "depuis: depot", "nom-inconnu", "depuis: depot", "La décision « depot »"),
    ("informe: [dac]", "informe: [systeme]", "systeme", "informe: [systeme]", "que dans « par »"),
    ("responsable: redacteur", "responsable: systeme", "systeme", "responsable: systeme", "« par »"),
    ("exige: [qui]", "exige: [quoi]", "champ-inconnu", "[quoi]", "vouliez-vous dire « qui »"),
    (
        STEP_B,
        STEP_B + "  perdue: {niveau: dac, titre: P}\n",
        "etape-inatteignable",
        "perdue",
        "depuis « brouillon »",
    ),
    ("vers: retiree\n", "vers: cloturee\n", "INV-10", "vers: cloturee\n        quand: {apres", "INV-10"),
    ("vers: retiree\n", "vers: diffusion\n", "INV-10", "vers: diffusion\n        quand", "INV-10"),
    (
        "    horloge: D01\n    delai: 90 j\n    bornes: [2 mois, 6 mois]\n",
        "",
        "INV-05",
        "brouillon:",
        "répond",
    ),
    ("[examen]\n", "[diffusion]\n", "INV-05", "examen:", "Personne ne répond"),
    (
        "    responsable: dac\n",
        "    responsable: dac\n    horloge: D2\n    delai: 3 j\n",
        "INV-04",
        "examen:",
        "D09",
    ),
    ("    responsable: redacteur\n", "", "horloge", "horloge: D01", "« responsable »"),
    ("    delai: 90 j\n", "", "horloge", "horloge: D01", "« delai »"),
    (
        "    titre: Diffusion\n",
        "    titre: Diffusion\n    delai: 3 j\n",
        "horloge",
        "delai: 3 j",
        "sans effet",
    ),
    ("doit: [F3]", "doit: [F3, F12]", "du-deux-fois", "[F3, F12]", "s’ouvre avec l’étape"),
    ("doit: [F1]", "doit: [F1, D01]", "du-deux-fois", "[F1, D01]", "s’ouvre avec l’étape"),
    (
        "  F1: {",
        "  D77: {genre: decision, par: dac, delai: 3 j}\n  F1: {",
        "du-sans-etape",
        "D77",
        "pendant quelles étapes",
    ),
    (", doit: [demande]", "", "du-jamais-ouvert", "demande: {", "Rien n’ouvre jamais"),
    ("    horloge: D01", "    horloge: D09", "code-double", "horloge: D09", "déjà un autre dû"),
    ("delai: 5 jo, ", "", "du-sans-fin", "demande: {", "n’a pas de délai"),
    (", delai: 7 j}", "}", "du-sans-fin", "F3: {", "n’a pas de délai"),
    ("pendant: [examen], delai: 30 j", "pendant: [examen]", "du-sans-fin", "F12: {", "n’a pas de délai"),
    (", remis: [redacteur]}", "}", "retour-sans-destinataire", "F1: {", "Personne ne reçoit"),
    ("a: [dac], delai", "a: [dac], remis: [dac], delai", "cle-deplacee", "remis: [dac], delai", "« remis »"),
    ("a: [dac], delai", "a: [dac], pause: oui, delai", "INV-18", "pause: oui, delai", "pause"),
    ("delai: 7 j}", "delai: 7 j, renouvelle: 9 j}", "cle-deplacee", "renouvelle: 9 j", "« renouvelle »"),
    ("remis: [redacteur]}", "a: [redacteur], delai: 3 j}", "systeme", "F1: {", "ne doit rien"),
    ("[15 j, 120 j]", "[50 j, 120 j]", "INV-05", "delai: {au_plus", "sort de ses bornes"),
    ("[15 j, 120 j]", "[15 j, 20 j]", "INV-05", "delai: {au_plus", "45 j"),
    ("[2 mois, 6 mois]", "[6 mois, 2 mois]", "bornes", "bornes: [6 mois", "à l’envers"),
    ("urgent: 7 j\n", "urgent: 46 j\n", "INV-19", "urgent: 46 j", "plus long"),
    ("urgent: 7 j}", "urgent: 8 j}", "INV-19", "urgent: 8 j", "plus long"),
    ("        quand: {apres: 90 j, depuis: ouvrir}\n", "", "systeme", "expirer:", "Rien ne dit quand"),
    ("par: [dac, analyste]", "par: [dac, systeme]", "systeme", "[dac, systeme]", "ne partage pas"),
    (
        "par: [dac], vers: meme",
        "par: [dac], quand: {apres: 3 j, depuis: deposer}, vers: meme",
        "systeme",
        "demander:",
        "Seul « systeme »",
    ),
    ("{apres: 90 j, depuis: ouvrir}", "{apres: 90 j}", "quand", "quand: {apres: 90 j}", "clairement"),
    ("{apres: 90 j, depuis: ouvrir}", "{apres: 90 j, issue: retiree}", "quand", "90 j, issue", "clairement"),
    (
        "depuis: ouvrir}\n",
        "depuis: ouvrir}\n        exige: [qui]\n",
        "systeme",
        "exige: [qui]\n ",
        "n’écrit rien",
    ),
    ("        motifs: refus\n", "", "motif", "exige: [motif", "lesquels"),
    ("exige: [motif, retour]", "exige: [retour]", "motif", "motifs: refus", "n’exige pas de motif"),
    ("exige: [motif, retour]", "exige: [motif]", "retour-sans-texte", "doit: [F3]", "« F3 » sans en porter"),
    ("        issue: cloturee\n", "", "issue", "conclure:", "sans dire son issue"),
    (
        "        issue: cloturee\n",
        "        issue: reorientee\n",
        "issue",
        "issue: reorientee",
        "« reorientee »",
    ),
    ("circuit: petit", "circuit: grand", "nom-de-fichier", "circuit: grand", "« petit »"),
    ("[courte, longue]", "[courte, longues]", "fiche-absente", "longues", "vouliez-vous dire « longue »"),
    ("      demander:", "      ouvrir:", "nom-reserve", "ouvrir:", "déjà un sens"),
    ("      demander:", "      prolonger:", "nom-reserve", "prolonger:", "déjà un sens"),
    ("    instance: bureau\n", "", "seance-sans-instance", "delai: {au_plus", "quelle instance"),
    ("instance: bureau\n", "instance: bureaux\n", "nom-inconnu", "instance: bureaux", "« bureau »"),
    (
        "titre: Diffusion\n",
        "titre: Diffusion\n    instance: bureau\n",
        "horloge",
        "instance: bureau\n    dec",
        "sans effet",
    ),
    ("titre: Brouillon\n", "titre: Brouillon\n    finale: oui\n", "finale", "finale: oui", "« D01 » y est due"),
    ("titre: Examen\n", "titre: Examen\n    finale: oui\n", "finale", "finale: oui", "« D09 » y est due"),
    (
        "{niveau: dac, titre: Clôturée}",
        "{niveau: dac, titre: Clôturée, finale: oui, instruction: oui}",
        "finale",
        "Clôturée",
        "personne n’y instruit",
    ),
    (
        "titre: Examen\n",
        "titre: Examen\n    sans_delai: suit le parent\n",
        "sans-delai",
        "sans_delai:",
        "« D09 » y est due",
    ),
    ("par: [dac], vers: meme", "par: [dac], vers: derniere_instruction", "cible", "demander:", "n’est une instruction"),
    ("genre: complement, par: redacteur", "genre: complement, par: partenaire", "partenaire", "demande: {", "des avis"),
    ("par: [dac, analyste]", "par: [dac, partenaire]", "partenaire", "[dac, partenaire]", "ne prend pas"),
    ("complement, par: redacteur", "avis, par: partenaire", "exige-manquant", "doit: [demande]", "« partenaires »"),
    ("genre: complement", "genre: action", "INV-12", "doit: [demande]", "« actions »"),
    ("exige: [questions],", "exige: [questions], rend: [D01],", "du-ailleurs", "rend: [D01]", "« examen »"),
    ("exige: [qui],", "exige: [qui], suppose: [D09],", "du-ailleurs", "suppose: [D09]", "« brouillon »"),
    ("exige: [questions],", "exige: [questions], preuve: lien,", "preuve", "preuve: lien", "« questions »"),
    ("depuis: ouvrir}\n", "depuis: ouvrir}\n        preuve: code\n", "systeme", "preuve: code", "quelqu’un"),
    ("depuis: ouvrir}\n", "depuis: ouvrir}\n        suppose: [F3]\n", "systeme", "suppose: [F3]", "quelqu’un"),
    ("delai: 5 jo", "delai: 5 jours", "delai", "delai: 5 jours", "n’est pas un délai"),
    ("version: 1", "version:", "vide", "version:", "manque une valeur"),
    ("        titre: Conclure\n", "", "cle-manquante", "conclure:", "« titre »"),
    (
        "        titre: Conclure\n",
        "        tire: C\n        titre: C\n",
        "cle-inconnue",
        "tire: C",
        "« titre »",
    ),
    ("niveau: terrain", "niveau: terain", "valeur", "niveau: terain", "vouliez-vous dire « terrain »"),
    ("  F1: {genre: retour, ", "  F1: {genre: retuor, ", "valeur", "F1:", "« retour »"),
    ("par: [dac, analyste]", "par: dac", "type", "par: dac\n        vers", "Une liste"),
    ("vers: diffusion", "vers: Diffusion !", "forme", "vers: Diffusion", "forme attendue"),
]


@pytest.mark.parametrize(("old", "new", "code", "piece", "word"), SPOILT)
def test_one_mistake_makes_one_fault(old: str, new: str, code: str, piece: str, word: str) -> None:
    files = spoilt(old, new)
    faults = faults_of(files)
    assert [fault.code for fault in faults] == [code], faults
    assert (faults[0].file, faults[0].line) == (
        "circuits/petit.yaml",
        line_of(files["circuits/petit.yaml"], piece),
    )
    assert word in faults[0].sentence
    assert faults[0].excerpt.strip()


@pytest.mark.parametrize(
    ("file", "old", "new", "codes", "piece"),
    [
        (
            "courte",
            "  resume:",
            "  motif: {libelle: M, type: texte}\n  resume:",
            ["champ-ambigu"],
            "exige: [motif",
        ),
        ("longue", "  note:", "  resume:", ["champ-double"], "resume:"),
        ("courte", ", valeurs: {medecin: Médecin}", "", ["champ-valeurs"], "qui:"),
        ("longue", "type: texte", "type: mois, valeurs: {xx: y}", ["champ-valeurs"], "note:"),
        ("longue", "fiche: longue", "fiche: autre", ["nom-de-fichier"], "fiche: autre"),
        ("longue", "type: texte", "type: text", ["valeur"], "type: text"),
        ("courte", "champs:", "champ:", ["cle-manquante", "cle-inconnue"], "fiche: courte"),
        ("courte", "champs:", "champs: [", ["syntaxe"], ""),
    ],
)
def test_forms_are_checked_with_the_circuit(file: str, old: str, new: str, codes: list[str], piece: str) -> None:
    files = spoilt(old, new, f"fiches/{file}.yaml")
    faults = faults_of(files)
    assert [fault.code for fault in faults] == codes, faults
    assert not piece or faults[0].line == line_of(files[faults[0].file], piece)


TRAP = """\
  piege:
    niveau: dac
    titre: Piège
    responsable: dac
    horloge: D8
    delai: 3 j
    decisions:
      tourner: {code: T9, titre: Tourner, par: [dac], vers: meme}
"""


def test_a_step_without_an_end_in_sight() -> None:
    door = "      entrer: {code: T8, titre: Entrer, par: [dac], vers: piege}\n"
    files = spoilt("      conclure:\n", door + "      conclure:\n")
    files["circuits/petit.yaml"] += TRAP
    assert [(fault.code, fault.excerpt) for fault in faults_of(files)] == [("INV-06", "  piege:")]


def test_a_cut_path_is_told_from_both_sides() -> None:
    faults = faults_of(spoilt("        vers: cloturee\n", "        vers: meme\n"))
    assert [(fault.code, fault.excerpt.strip().split(":")[0]) for fault in faults] == [
        ("INV-06", "examen"),
        ("INV-06", "diffusion"),
        ("etape-inatteignable", "cloturee"),
    ]


AGAIN = """\
  {name}:
    niveau: dac
    titre: Sans fin
    responsable: dac
    horloge: {code}
    delai: 3 j
    decisions:
      encore: {{code: T7, titre: Encore, par: [dac], vers: examen}}
"""


def test_nothing_to_resume_where_nobody_enters() -> None:
    faults = faults_of(spoilt("vers: examen", "vers: reprise"))
    assert faults[0].code == "cible"
    assert "rien à reprendre" in faults[0].sentence
    assert {fault.code for fault in faults[1:]} == {"etape-inatteignable"}


def test_an_opinion_is_asked_from_partners() -> None:
    faults = faults_of(spoilt("genre: complement", "genre: avis"))
    assert [fault.code for fault in faults] == ["partenaire", "exige-manquant"]
    assert "que la décision nomme" in faults[0].sentence


def test_a_circuit_without_any_end() -> None:
    text = CIRCUIT
    for name, title, code in (("cloturee", "Clôturée", "D7"), ("retiree", "Retirée", "D6")):
        text = text.replace(f"  {name}: {{niveau: dac, titre: {title}}}\n", AGAIN.format(name=name, code=code))
    faults = faults_of(FILES | {"circuits/petit.yaml": text})
    assert [(fault.code, fault.excerpt) for fault in faults] == [("INV-06", "etapes:")]


def test_three_mistakes_of_the_national_circuit_in_one_run() -> None:
    files = shipped_files("national")
    path = "circuits/national.yaml"
    head, analyse = files[path].split("  en_analyse:\n")
    analyse = analyse.replace("delai: 30 j", "delai: 15 jour", 1).replace("par: [analyste,", "par: [annaliste,", 1)
    files[path] = head + "  en_analyse:\n" + analyse + "  perdue: {niveau: dac, titre: Perdue}\n"
    faults = faults_of(files, "national")
    lines = [line_of(files[path], piece) for piece in ("15 jour", "annaliste", "  perdue:")]
    assert [fault.line for fault in faults] == lines
    assert [fault.code for fault in faults] == ["delai", "nom-inconnu", "etape-inatteignable"]
    assert str(faults[1]).startswith(f"{path}:{lines[1]}:")
    assert "vouliez-vous dire « analyste » ?" in str(faults[1])


def test_the_shipped_circuit_loads_quickly() -> None:
    begin = time.perf_counter()
    circuit = load_shipped("national")
    assert time.perf_counter() - begin < SAFETY_S
    assert circuit.key == "national@1"
    assert {form.name for form in circuit.forms} == {"courte", "analyse", "nationale"}


@pytest.mark.parametrize("name", ["nationale", "../circuits/national", "", "/etc/passwd"])
def test_a_circuit_that_is_not_shipped(name: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        load_shipped(name)
    assert [fault.code for fault in caught.value.faults] == ["fichier-absent"]


def test_a_form_cannot_be_named_out_of_its_folder() -> None:
    files = spoilt("[courte, longue]", "[courte, ../circuits/petit]")
    assert {fault.code for fault in faults_of(files)} == {"fiche-absente"}


def test_the_file_of_the_circuit_must_be_there() -> None:
    assert [fault.code for fault in faults_of({})] == ["fichier-absent"]


def test_unreadable_values_do_not_hide_the_rest() -> None:
    text = CIRCUIT.replace("niveau: terrain", "niveau: [terrain]").replace("a: [dac]", "a: [dca]")
    text = text.replace("genre: decision", "genre:").replace("vers: diffusion", "vers: Non !")
    text = text.replace("exige: [qui]", "exige: [quoi]").replace("urgent: 7 j\n", "urgent: 400 j\n")
    codes = [fault.code for fault in faults_of(FILES | {"circuits/petit.yaml": text})]
    assert codes == ["vide", "INV-19", "nom-inconnu", "type", "champ-inconnu", "forme"]


def test_twenty_faults_are_shown_in_the_order_of_the_files() -> None:
    actors = "".join(f"  a{n}: {{titre: x, structure: dac, fonction: x_x, superieur: zz{n}}}\n" for n in range(25))
    files = spoilt("instances:\n", actors + "instances:\n") | {"fiches/longue.yaml": "fiche:\n"}
    faults = faults_of(files)
    assert len(faults) == MOST_SHOWN + 1
    assert [fault.line for fault in faults[:-1]] == sorted(fault.line for fault in faults[:-1])
    assert faults[-1].code == "suite"
    assert faults[-1].sentence.startswith("9 autres fautes")
    assert {fault.file for fault in faults} == {"circuits/petit.yaml"}


@pytest.mark.parametrize(
    "block",
    [
        "dus: {" + ", ".join(f"d{n}: {{par: x{n}}}" for n in range(2000)) + "}\n",
        "etapes: {" + ", ".join(f"e{n}: {{decisions: {{de: {{vers: f{n}}}}}}}" for n in range(1200)) + "}\n",
        "fiches: [" + ", ".join(f"f{n}" for n in range(5000)) + "]\n",
        "".join(f"cle{n}: {{}}\n" for n in range(3000)),
        "acteurs: [" * 3 + "]" * 3,
        "etapes: x\ndus: []\nacteurs:\nmotifs: {a: [b]}\nfiches: {a: b}\n",
    ],
)
def test_absurd_files_are_refused_quickly(block: str) -> None:
    begin = time.perf_counter()
    assert len(faults_of({"circuits/petit.yaml": block})) <= MOST_SHOWN + 1
    assert time.perf_counter() - begin < 10  # a safety bound


def test_rules_and_fields_are_what_the_engine_knows() -> None:
    assert set(DECISION_FIELDS) == set(READERS)
    assert tuple(VERBS) == check_names.VERBS
    assert len(set(RULES)) == len(RULES)


def test_every_rule_of_the_package_is_applied() -> None:
    modules = (check_dues, check_links, check_moves, check_names)
    written = {
        rule
        for module in modules
        for name, rule in vars(module).items()
        if isfunction(rule) and rule.__module__ == module.__name__ and not name.startswith("_")
    }
    assert written <= set(RULES)
