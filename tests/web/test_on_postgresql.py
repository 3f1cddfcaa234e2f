"""The mails, the organisation and the first steps on PostgreSQL: the same pages, the same answers."""

from tests.postgres import Postgres
from tests.web.site import make_site
from tests.world import VALIDATION


def test_the_same_pages_on_postgresql(postgres: Postgres) -> None:
    with postgres.fresh() as url:
        site = make_site(url)
        reference = site.world.to_agenda()
        pilot = site.signed_in("katell.morvan")
        for path in (
            "/courriels",
            "/courriels?etat=en-erreur",
            "/courriels/adresses",
            "/organisation",
            "/premiers-pas",
        ):
            assert pilot.get(path).status == 200, path
        fields = {"personne": "claire.legoff", "remplacant": "paul.tanguy", "du": "2026-01-05", "au": "2026-01-16"}
        pilot.get("/organisation").post("/organisation/absences", fields)
        assert "Claire Le Goff Remplacement par : Paul Tanguy" in pilot.words
        link = {"dac": "dactiv", "genre": "bilan", "lien": "https://intranet.dactiv.example/bilan"}
        for _ in range(2):
            pilot.get("/premiers-pas").post("/premiers-pas", link)
        assert "Document : Bilan annuel (fait)" in pilot.words
        given = {"acte": "donner", "fonction": "secretaire", "nom": "Inès Roy", "courriel": "ines.roy@dactiv.example"}
        place = "/organisation/gouvernance-dactiv"
        assert "Inès Roy" in pilot.get(place).post(place, given).words
        site.world.decide(reference, "valider", "paul.tanguy", dict(VALIDATION))
        assert site.world.journal(reference)[-1]["remplace"] == "claire.legoff"
        mail = next(m["id"] for m in site.mails() if m["mail"] == "M22")
        assert site.signed_in("claire.legoff").get(f"/courriels/{mail}").status == 200
        site.world.store.engine.dispose()
