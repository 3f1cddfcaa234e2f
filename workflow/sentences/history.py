"""The journal of a situation in sentences people read. Never a text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflow.arranging import DELEGATE, PROLONG, WAIVERS
from workflow.circuit.compiled import Circuit
from workflow.circuit.model import Kind
from workflow.discharging import DISCHARGE
from workflow.judging import JUDGE, VERDICT
from workflow.model import Obligation
from workflow.reassigning import REASSIGN
from workflow.records import Entry
from workflow.sentences.followed import Followed
from workflow.sentences.wording import day, name_of
from workflow.words import in_paris

EVENTS = {
    "ouvrir": "Fiche commencée",
    "depassement_debut": "Échéance dépassée",
    "depassement_fin": "Retard terminé",
    "preuve": "Retour remis : courriel accepté, sans refus depuis trois jours ouvrés",
    "courriel_accepte": "Courriel du retour accepté",
    "circuit": "La situation suit un autre circuit",
    "etape_remplacee": "L’étape n’existe plus dans la nouvelle version du circuit",
    "adresse_refusee": "Adresse refusée par le serveur de messagerie, à corriger",
    "courriel_refuse": "Courriel du retour refusé : le retour reste à faire",
}
DONE = {
    Kind.COMPLEMENT: "donné",
    Kind.OPINION: "donné",
    Kind.RETOUR: "écrit et remis",
    Kind.TASK: "fait",
}
MEANS = {
    "courriel": "transmis par courriel",
    "oral": "fait de vive voix",
    "lu": "lu",
    "publie": "publié sous le code de suivi",
}
ENDS = {"faite": "faite", "abandonnee": "abandonnée", "hors_circuit": "se poursuit hors du circuit"}


@dataclass(frozen=True, slots=True)
class History:
    """What the lines of a journal speak of."""

    followed: Followed
    obligations: Mapping[int, Obligation]
    """All of them by number, the closed ones too."""
    names: Mapping[str, str]

    def line(self, entry: Entry) -> dict[str, str]:
        """Return one line of the journal as people read it."""
        content = json.loads(entry.content)
        return {
            "date": in_paris(datetime.fromisoformat(entry.effective_at)),
            "fait": self.fact(entry, content),
            "par": self._who(entry, content),
        }

    def _who(self, entry: Entry, content: Mapping[str, Any]) -> str:
        """« Paul Tanguy », « Paul Tanguy pour Claire Le Goff » while she is away."""
        who, away = self.names.get(entry.author, "l’outil"), content.get("remplace")
        return f"{who} pour {self.names.get(away, 'une personne absente')}" if away else who

    def sentence(self, entry: Entry, content: Mapping[str, Any]) -> str:
        """Return a line of the journal as a sentence: who, in whose name, did what, and where it led."""
        who, circuit = self._who(entry, content), self.followed.at(entry.seq)
        who = who[0].upper() + who[1:]
        if entry.kind == "decision":
            decision = circuit.decision(content["de"], content["decision"])
            acting = self.names.get(content["pour"], "")
            name = f"{who}, pour {acting}" if acting and entry.author in self.names else who
            led = circuit.step(content["vers"]).title
            moved = f" La situation passe à l’étape « {led} »." if content["de"] != content["vers"] else ""
            return f"{name} : « {decision.title} ».{moved}"
        if entry.kind == "acte":
            return f"{who} : {self._act(circuit, content)}."
        if entry.kind in ("depassement_debut", "depassement_fin"):
            return f"{EVENTS[entry.kind]} : {name_of(circuit, self.obligations[content['n']])}."
        if "code" in content:  # a code of the circuit says nothing to who reads sentences
            return f"{EVENTS[entry.kind]}."
        return f"{self.fact(entry, content)}."

    def fact(self, entry: Entry, content: Mapping[str, Any]) -> str:
        """Return what a line of the journal says happened."""
        if entry.kind == "decision":
            circuit = self.followed.at(entry.seq)
            decision = circuit.decision(content["de"], content["decision"])
            arrived = circuit.step(content["vers"]).title
            return f"{decision.title} ({content['code']})" + (
                f" → {arrived}" if content["de"] != content["vers"] else ""
            )
        if entry.kind == "acte":
            return self._act(self.followed.at(entry.seq), content)
        if entry.kind == "adresse_refusee":
            return f"{EVENTS[entry.kind]} : {self.names.get(content['a'], 'rédacteur de la fiche')}"
        if entry.kind == "circuit":
            return f"{EVENTS[entry.kind]} : {content['vers']}"
        if entry.kind == "etape_remplacee":
            arrived = self.followed.at(entry.seq).step(content["vers"]).title
            return f"{EVENTS[entry.kind]} ({content['version']}) → {arrived}"
        code = f" ({content['code']})" if "code" in content else ""
        return EVENTS[entry.kind] + code

    def _act(self, circuit: Circuit, content: Mapping[str, Any]) -> str:
        """« Retour au rédacteur de la fiche : fait de vive voix »: what was owed, in words, and what became of it."""
        verb, codes = content["verbe"], content.get("codes", {})
        until = f"jusqu’au {day(date.fromisoformat(codes['jusqu_au']))}" if "jusqu_au" in codes else ""
        if verb == DELEGATE:
            return f"Délégation à {self.names.get(codes['personne'], codes['personne'])}, {until}"
        if verb == JUDGE:
            return f"Le rédacteur dit si le retour répond à la situation : {codes[VERDICT]}"
        if verb == REASSIGN:
            return f"Confiée à {self.names.get(codes['personne'], codes['personne'])}"
        owed = self.obligations[content["du"]]
        what = name_of(circuit, owed)
        if verb == DISCHARGE:
            return f"{what} : {_done(owed, codes)}"
        if verb == PROLONG:
            return f"{what} : prolongation {until}"
        motif = circuit.definition.reasons.get(WAIVERS, {}).get(codes["motif"], codes["motif"])
        return f"{what} : dispense ({motif})"


def _done(owed: Obligation, codes: Mapping[str, str]) -> str:
    if owed.kind is Kind.ACTION:
        return ENDS[owed.proof or ""]
    return MEANS[codes["moyen"]] if "moyen" in codes else DONE[owed.kind]
