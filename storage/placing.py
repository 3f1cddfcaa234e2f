"""Where new situations go: the structures of the funnel, read once for a whole batch."""

from collections.abc import Collection

from sqlalchemy import Connection, RowMapping, bindparam, or_, select

from storage.tables import TABLES
from workflow.circuit.model import Slot
from workflow.errors import Refusal
from workflow.model import Party
from workflow.ports.work import Places

ORGANISATIONS = TABLES["organisations"]
ABOVE = ("dac", "gouvernance", "dd", "region", "national")
WANTED = bindparam("wanted", expanding=True, type_=ORGANISATIONS.c.id.type)
FUNNEL = (
    select(ORGANISATIONS)
    .where(or_(ORGANISATIONS.c.kind.in_(ABOVE), ORGANISATIONS.c.id.in_(WANTED)))
    .order_by(ORGANISATIONS.c.id)
)
ANTENNES = select(ORGANISATIONS.c.id).where(ORGANISATIONS.c.kind == "antenne").order_by(ORGANISATIONS.c.id)


class Placing:
    """Finds the organisations that situations of these antennes will meet."""

    def __init__(self, connection: Connection, antennes: Collection[str]) -> None:
        self._connection = connection
        rows = connection.execute(FUNNEL, {"wanted": list(antennes)}).mappings()
        self._known: dict[str, RowMapping] = {row["id"]: row for row in rows}

    def find(self, antenne: str, departement: str) -> Places | Refusal:
        """Return where a situation of this antenne and département goes: the département decides, not the DAC.

        The région is the ARS of the département's delegation; only the reference bears that of the DAC.
        A Refusal says that the antenne is unknown, or that the département lacks its delegation.
        """
        try:
            return self._find(antenne, departement)
        except Refusal as refusal:
            return refusal

    def _find(self, antenne: str, departement: str) -> Places:
        dac = self._known[self._dac_of(antenne)]
        governance = self._one(
            self._of_kind("gouvernance", parent=dac["id"]), f"Le DAC « {dac['id']} » n’a pas de gouvernance."
        )
        delegation = self._one(
            self._of_kind("dd", departement=departement),
            f"Aucune délégation départementale n’est enregistrée pour le département « {departement} ».",
        )
        ars = self._of_kind("region", id=self._known[delegation]["parent"])
        found = {
            Slot.ANTENNE: antenne,
            Slot.DAC: dac["id"],
            Slot.GOVERNANCE: governance,
            Slot.DD: delegation,
            Slot.REGION: _only(ars),
            Slot.NATIONAL: _only(self._of_kind("national")),
        }
        parties = {str(slot): Party(str(slot), known, None) for slot, known in found.items() if known}
        return Places(dac["id"], self._known[dac["parent"]]["code"], dac["code"], parties)

    def _dac_of(self, antenne: str) -> str:
        row = self._known.get(antenne)
        if row is None or row["kind"] != "antenne" or not row["parent"]:
            known = ", ".join(self._connection.execute(ANTENNES).scalars())
            raise Refusal(f"« {antenne} » n’est pas une antenne connue. Antennes : {known or 'aucune'}.")
        return str(row["parent"])

    def _of_kind(self, kind: str, **having: str | None) -> list[str]:
        rows = (row for row in self._known.values() if row["kind"] == kind)
        return [row["id"] for row in rows if all(row[name] == value for name, value in having.items())]

    def _one(self, found: list[str], sentence: str) -> str:
        if len(found) > 1:
            raise Refusal(f"Une seule structure est attendue là où l’annuaire en a plusieurs : {', '.join(found)}.")
        if not found:
            raise Refusal(sentence)
        return found[0]


def _only(found: list[str]) -> str | None:
    """The one, None if there is none or more than one."""
    return found[0] if len(found) == 1 else None
