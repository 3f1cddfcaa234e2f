"""`orp doctor`: what an operator must look at."""

from typing import TYPE_CHECKING, Any

import click

from orp.options import application, as_json, database

if TYPE_CHECKING:
    from orp.diagnosis import Diagnosis


@click.command()
@as_json
@database
def command(as_json: bool, db: str | None) -> None:
    """Examiner le service : versions, horloge, messagerie, retards, incidents (sort en 1 s’il y a à regarder)."""
    import json
    import sys

    from orp.diagnosis import diagnose

    found = diagnose(application(db))
    if as_json:
        click.echo(json.dumps(_told(found), ensure_ascii=False))
    else:
        _print(found)
    sys.exit(1 if found.to_look_at else 0)


def _told(found: "Diagnosis") -> dict[str, Any]:
    clock, mail = found.database_clock, found.oldest_mail
    return {
        "a_regarder": found.to_look_at,
        "versions": found.versions,
        "journalisation": found.journal,
        "heure": found.now.isoformat(),
        "demonstration": found.demo,
        "heure_de_la_base": clock.isoformat() if clock else None,
        "messagerie": {"serveur": found.smtp, "panne": found.smtp_failure},
        "echeances": [
            {
                "reference": due["reference"],
                "nature": due["kind"],
                "le": due["due"].isoformat(),
                "attendu_de": due["name"],
            }
            for due in found.next_due
        ],
        "plus_ancien_courriel": mail
        and {
            "n": mail["id"],
            "courriel": mail["mail"],
            "pas_avant": mail["not_before"].isoformat(),
            "essais": mail["attempts"],
            "raison": mail["reason"],
        },
        "retard_en_secondes": int(found.lag.total_seconds()),
        "incidents": [
            {
                "reference": incident.reference,
                "cause": incident.cause,
                "essais": incident.attempts,
                "depuis": incident.since.isoformat(),
                "prochain_essai": incident.next_try.isoformat(),
            }
            for incident in found.incidents
        ],
        "adresses_refusees": [{"pour": _whose(row), "depuis": row["refused_at"].isoformat()} for row in found.refused],
    }


def _print(found: "Diagnosis") -> None:
    from orp.tables import print_table
    from workflow.circuit.model import Kind
    from workflow.sentences.wording import KINDS
    from workflow.words import in_paris

    for sentence in found.to_look_at or ["Rien à signaler."]:
        click.echo(("À regarder : " if found.to_look_at else "") + sentence)
    print_table(("Quoi", "État"), _state(found), title="Service")
    due = [
        (row["reference"], KINDS[Kind(row["kind"])], f"{row['due']:%d/%m/%Y}", row["name"]) for row in found.next_due
    ]
    print_table(
        ("Situation", "Attendu", "Le", "De"), due, title="Prochaines échéances", empty="Aucune échéance à venir."
    )
    incidents = [
        (one.reference, one.cause, str(one.attempts), in_paris(one.since), in_paris(one.next_try))
        for one in found.incidents
    ]
    columns = ("Situation", "Cause", "Essais", "Depuis", "Prochain essai")
    print_table(columns, incidents, title="Situations mises de côté", empty="Aucune situation n’est mise de côté.")
    refused = [(_whose(row), in_paris(row["refused_at"])) for row in found.refused]
    print_table(("Pour", "Depuis"), refused, title="Adresses refusées", empty="Aucune adresse n’est refusée.")


def _state(found: "Diagnosis") -> list[tuple[str, str]]:
    from workflow.words import in_paris

    v, mail, clock = found.versions, found.oldest_mail, found.database_clock
    minutes = int(found.lag.total_seconds()) // 60
    return [
        ("Versions", f"orp {v['orp']}, schéma {v['schema']}, Python {v['python']}, {v['base']}"),
        ("Journalisation de la base", found.journal),
        ("Heure", in_paris(found.now) + (" (démonstration)" if found.demo else "")),
        ("Heure de la base", in_paris(clock) if clock else "celle de cette machine"),
        ("Messagerie", f"{found.smtp}, {found.smtp_failure or 'prête'}"),
        ("Plus ancien courriel à envoyer", _waiting(mail) if mail else "aucun"),
        ("Retard de l’ordonnanceur", f"{minutes} min" if minutes else "aucun"),
    ]


def _waiting(mail: dict[str, Any]) -> str:
    from workflow.sentences.mails import TITLES
    from workflow.words import in_paris

    return f"{TITLES[mail['mail']]}, pas avant le {in_paris(mail['not_before'])}" + (
        f" ({mail['reason']})" if mail["reason"] else ""
    )


def _whose(row: dict[str, Any]) -> str:
    """Whose address it is; the address itself is shown to nobody."""
    return row["name"] or f"rédacteur de la fiche {row['reference']}"
