"""One flaw for each invariant: what is changed in a right circuit, what must be said of it, on which line."""

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.circuit.loader import load, shared_files, shipped_circuits
from workflow.circuit.soundness import prove
from workflow.errors import Fault, InvalidDefinition

NATIONAL, LOCAL = "circuits/national.yaml", "circuits/gallo/mon-dac.yaml"
DAC = "circuit: mon-dac\nversion: 1\ntitre: Mon DAC\ncouche: dac\netend: national\n"
"""Five lines: what a flaw of a local circuit adds begins on the sixth."""
GROUP = """\
ajouts:
  groupe:
    apres: [{after}]
    etape:
      niveau: {level}
      titre: Groupe territorial
      responsable: {holder}
      horloge: D_groupe
      delai: 30 j
      decisions:
        {decisions}
"""
PRESENT = "presenter: {code: T13, titre: Présenter, par: [pilote_orp], vers: suite, doit: [F2]}"

WRITE = "ecrire: {code: T22, titre: Écrire, par: [pilote_orp], vers: transmise_dd, exige: [retour], doit: [F3]}"


@dataclass(frozen=True)
class Flaw:
    """A circuit that breaks one invariant."""

    code: str
    edits: tuple[tuple[str, str], ...]
    """What is replaced in the national circuit, or in the first form that holds it, and by what."""
    excerpt: str
    """A piece of the line that is to be changed."""
    story: str
    local: str = ""
    """Lines of a local circuit: the flaw is then in its file."""


def group(
    decisions: str, after: str = "en_analyse.proposer_gouvernance", level: str = "dac", holder: str = "pilote_orp"
) -> str:
    return GROUP.format(decisions=decisions, after=after, level=level, holder=holder)


def found(files: dict[str, str], name: str = "national", antenne: str | None = None) -> list[Fault]:
    """Everything that is wrong with a circuit: what stops it from being loaded, else what cannot be proved."""
    try:
        loaded = load(files, name, antenne)
    except InvalidDefinition as error:
        return list(error.faults)
    return prove(loaded.circuit, loaded.source)


def shipped() -> dict[str, str]:
    return shipped_circuits() | shared_files()


def flawed(flaw: Flaw) -> list[Fault]:
    files = shipped() | {LOCAL: DAC + flaw.local}
    for old, new in flaw.edits:
        file = next(file for file in sorted(files) if old in files[file] and not file.startswith("circuits/bretagne"))
        files[file] = files[file].replace(old, new)
    return found(files, "mon-dac" if flaw.local else "national")


def _line(text: str, name: str, after: str = "") -> str:
    """The line of a decision of the national circuit, the first after some other line."""
    begin = text.index(after) if after else 0
    start = text.index(f"      {name}: {{", begin)
    return text[start : text.index("\n", start)]


_TEXT = shipped_circuits()[NATIONAL]


def _changed(step: str, name: str, *changes: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Change one decision of one step; the lines from the step's to the decision's are replaced together."""
    begin = _TEXT.index(f"\n  {step}:")
    old = _line(_TEXT, name, _TEXT[begin : begin + len(step) + 4])
    end = _TEXT.index(old, begin) + len(old)
    new = old
    for before, after in changes:
        assert before in new, (step, name, before)
        new = new.replace(before, after)
    whole = _TEXT[begin:end]
    return ((whole, whole.removesuffix(old) + new),)


def _in_step(step: str, old: str, new: str) -> tuple[tuple[str, str], ...]:
    begin = _TEXT.index(f"\n  {step}:")
    end = _TEXT.index(old, begin) + len(old)
    whole = _TEXT[begin:end]
    return ((whole, whole.removesuffix(old) + new),)


def _without(code: str, piece: str) -> tuple[tuple[str, str], ...]:
    """Take a piece out of the line of a dû."""
    start = _TEXT.index(f"  {code}: {{")
    old = _TEXT[start : _TEXT.index("\n", start)]
    return ((old, old.replace(piece, "", 1)),)


FLAWS: Sequence[Flaw] = (
    Flaw("INV-01", (("niveau: national", "niveau: region"),), "etapes:", "devant l’équipe nationale"),
    Flaw(
        "INV-02",
        ((", porte: validation_gouvernance", ""),),
        "valider: {code: T18",
        "Une situation déposée, en qualification, en analyse, proposée à la gouvernance, à l’ordre du jour, validée, "
        "à transmettre, transmise à la DD n’aurait pas été validée par la gouvernance",
    ),
    Flaw(
        "INV-02",
        (),
        "vers: transmise_dd",
        "passée par « Groupe territorial », transmise à la DD n’aurait pas été validée",
        group(f"{PRESENT}\n        {WRITE}"),
    ),
    Flaw(
        "INV-02",
        (),
        "apres: [inscrite_seance.valider]",
        "passée par « Groupe territorial », validée, à transmettre, transmise à la DD n’aurait pas été validée",
        group(PRESENT, "inscrite_seance.valider"),
    ),
    Flaw(
        "INV-02",
        (),
        "porte: validation_gouvernance",
        "« Présenter » vaudrait accord de la gouvernance sans être une de ses décisions",
        group(PRESENT.replace("doit", "porte: validation_gouvernance, doit")),
    ),
    Flaw(
        "INV-03",
        _changed("en_instruction_dd", "relayer", ("transmise_region", "transmise_national")),
        "vers: transmise_national",
        "n’aurait pas été vue par l’ARS siège",
    ),
    Flaw(
        "INV-04",
        _in_step("proposee_gouvernance", "    responsable: secretaire\n", ""),
        "proposee_gouvernance:",
        "Personne ne serait responsable d’une situation à l’étape « Proposée à la gouvernance »",
    ),
    Flaw(
        "INV-04",
        (("pendant: [deposee, en_qualification]", "pendant: [deposee, en_qualification, en_analyse]"),),
        "en_analyse:",
        "attend plusieurs décisions à la fois",
    ),
    Flaw(
        "INV-05",
        _changed("en_traitement_local", "faire_le_point", (", prochaine_date", "")),
        "faire_le_point:",
        "Une situation déposée, en qualification, en analyse, traitée localement (en cours) pourrait attendre à "
        "l’étape « Traitée localement (en cours) » sans qu’aucune date soit fixée, après « Faire le point »",
    ),
    Flaw(
        "INV-05",
        _in_step("en_analyse", "    pause: oui\n", "    pause: oui\n    rappels: [J-7]\n"),
        "rappels: [J-7]",
        "Personne ne serait relancé après la date de « D04 »",
    ),
    Flaw("INV-05", (("bornes: [10 j, 60 j]", "bornes: [40 j, 60 j]"),), "delai: 30 j", "sort de ses bornes"),
    Flaw(
        "INV-06",
        _changed("validee", "annuler_validation", (", exige: [motif], motifs: annulation", ""), (", fois: 2", "")),
        "annuler_validation:",
        "pourrait tourner sans fin par « Validée, à transmettre » : « Annuler la validation » ne dit pas pourquoi",
    ),
    Flaw(
        "INV-06",
        _changed("en_qualification", "demander_complement", (", exige: [questions], fois: 2", "")),
        "demander_complement:",
        "« Demander un complément au rédacteur » ne dit pas pourquoi",
    ),
    Flaw(
        "INV-06",
        (),
        "apres: [en_analyse.proposer_gouvernance, en_traitement_local.proposer_gouvernance",
        "pourrait ne plus jamais trouver de fin",
        group(
            PRESENT.replace("vers", "fois: 1, vers"),
            ", ".join(
                f"{step}.proposer_gouvernance" for step in ("en_analyse", "en_traitement_local", "en_observation")
            ),
        ),
    ),
    Flaw(
        "INV-07",
        _changed("en_analyse", "proposer_gouvernance", (", doit: [F2]", "")),
        "proposer_gouvernance:",
        "Une situation déposée, en qualification, en analyse pourrait changer de niveau par « Proposer à la "
        "gouvernance » sans que personne n’ait de retour",
    ),
    Flaw(
        "INV-07",
        (),
        "presenter:",
        "passée par « Groupe territorial » pourrait changer de niveau par « Présenter » sans que personne",
        group(PRESENT.replace(", doit: [F2]", "")),
    ),
    Flaw(
        "INV-08",
        _without("F5", ", partenaires_consultes"),
        "F5: {genre: retour",
        "sans que les partenaires consultés aient de retour",
    ),
    Flaw(
        "INV-08",
        (("F2_final: {genre: retour, par: dac, a: [redacteur]", "F2_final: {genre: retour, par: dac, a: [direction]"),),
        "F2_final: {genre: retour",
        "Une situation déposée, en qualification pourrait être close par « Réorienter hors ORP » sans que le "
        "rédacteur ait de retour",
    ),
    Flaw(
        "INV-09",
        (),
        "F5: {remis: [dac, antenne]}",
        "« gouvernance »",
        "dus:\n  F5: {remis: [dac, antenne]}\n",
    ),
    Flaw(
        "INV-10",
        _in_step(
            "en_analyse",
            "    decisions:\n",
            "    decisions:\n      oublier: {code: T09, titre: Laisser, par: [systeme], vers: en_observation, "
            "quand: {apres: 60 j, depuis: retenir_pour_analyse}}\n",
        ),
        "vers: en_observation",
        "Le silence ne mène jamais à « en_observation »",
    ),
    Flaw(
        "INV-11",
        _changed("en_instruction_dd", "clore_sans_action", ("[motif, retour], motifs: cloture", "[retour]")),
        "clore_sans_action:",
        "en instruction à la DD pourrait être close sans motif, par « Clore sans action, avec un motif »",
    ),
    Flaw(
        "INV-12",
        _changed("en_instruction_dd", "traiter", ("action_dd, ", "")),
        "traiter:",
        "n’aurait aucune action en cours à l’étape « Actions départementales en cours »",
    ),
    Flaw(
        "INV-12",
        _changed("en_instruction_dd", "traiter", ("[actions, retour]", "[retour]")),
        "action_dd",
        "sans demander « actions »",
    ),
    Flaw(
        "INV-12",
        (
            *_changed("en_instruction_region", "traiter", ("[action_region, F7]", "[F7]")),
            *_without("action_region", "  action_region: {genre: action, par: region, courriel: M19}"),
            ("dispense: [action_region], ", ""),
        ),
        "traiter:",
        "n’aurait aucune action en cours à l’étape « Actions régionales en cours »",
    ),
    Flaw(
        "INV-13",
        (("\n  recurrence:\n", "\n  frequence:\n"), ("\n  recurrence: {", "\n  frequence: {")),
        "fiches: [",
        "« recurrence »",
    ),
    Flaw("INV-14", (("fiches: [courte", "typologie: alarm\nfiches: [courte"),), "typologie: alarm", "liste nationale"),
    Flaw(
        "INV-17",
        (("epci:\n", "epci:\n    sensibilite: identifiante\n    visible_jusqu_a: dd\n"),),
        "visible_jusqu_a: dd",
        "ne se voit jamais au-dessus du DAC",
    ),
    Flaw(
        "INV-18",
        _in_step("transmise_dd", "    horloge: D11\n", "    horloge: D11\n    pause: oui\n"),
        "pause: oui",
        "L’horloge « D11 » pourrait s’arrêter",
    ),
    Flaw(
        "INV-18",
        (("D12: {genre: retour,", "D12: {genre: retour, pause: oui,"),),
        "D12:",
        "Seule l’horloge d’une décision",
    ),
    Flaw(
        "INV-19",
        (("urgent: 7 j\n    bornes: [15 j, 120 j]", "urgent: 60 j\n    bornes: [15 j, 120 j]"),),
        "urgent: 60 j",
        "plus long que le délai ordinaire",
    ),
    Flaw(
        "INV-21",
        (("fonction: analyste, superieur: responsable_antenne", "fonction: analyste"),),
        "analyste: {titre",
        "À l’étape « En analyse », personne d’autre que l’analyste de l’antenne ne pourrait rien débloquer",
    ),
    Flaw(
        "INV-22",
        _changed("en_instruction_dd", "accepter_retrait", ("par: [dd]", "par: [dd, pilote_orp]")),
        "par: [dd, pilote_orp]",
        "pourrait être retirée sans l’accord de qui l’examine",
    ),
    Flaw(
        "INV-22",
        _without("F13", ", niveaux_traverses"),
        "F13:",
        "sans que la gouvernance",
    ),
)
