"""DD 35 takes charge, then says nothing for ninety days: everybody knows, nothing is decided for it (INV-10)."""

from tests.world import LONG, NATIONAL, World

DD, LATE = "Boîte de service de la DD 35", "M13"


def test_ninety_days_of_silence_then_an_answer(world: World) -> None:
    # 5 January: taken in charge; interim retour due on 4 February, decision on 6 March
    reference = world.to_dd()
    world.act(reference, "F2", "katell.morvan", {"moyen": "oral"})
    world.act(reference, "D27", "maelle.riou", NATIONAL)
    before = world.case(reference)
    world.fresh(reference)

    # 6 March: the interim retour is thirty days late; the DAC and Maëlle were told
    world.until("2026-03-07")
    late = [mail for mail in world.fresh(reference) if mail[0] == LATE]
    assert late.count((LATE, "Katell Morvan")) == 1
    assert late.count((LATE, "rédacteur")) == 1
    assert {o.code for o in world.owed(reference) if o.late} == {"D12", "D13"}

    # 7 April: ninety days and more; the same step, the same page, twice late
    world.until("2026-04-08")
    after = world.case(reference)
    assert (after.step, after.version) == (before.step, before.version)
    told = {name for mail, name in world.fresh(reference) if mail == LATE}
    assert told == {"Marc Aubin", "Katell Morvan", "rédacteur"}
    assert "Alain Perrot" not in str(world.mails(reference))  # ARS siège is not copied: the delays are indicative

    # 8 April: DD 35 writes at last; a notice of lateness was never a retour
    assert all(o.status == "ouvert" for o in world.every(reference, "D12"))
    world.act(reference, "D12", "sophie.carre", {"retour": LONG})
    assert ("M11", "Katell Morvan") in world.fresh(reference)
    assert [str(o.due) for o in world.owed(reference, "D12")] == ["2026-07-07"]
    assert world.kinds(reference).count("depassement_fin") == 1
