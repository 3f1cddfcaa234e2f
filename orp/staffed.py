"""Is somebody there to run the circuits: proved on the directory as it is now (INV-04, 15, 16, 21)."""

from orp.bootstrap import Application
from workflow.staffing import lacks


def lacking(app: Application) -> list[str]:
    """Return what each DAC lacks to run its circuit, one French sentence each, each once."""
    with app.store.reading() as work:
        directory = work.directory.everybody(app.clock.now())
    circuit = app.circuits.latest()
    found = (lack.sentence for dac in directory.inside("dac") for lack in lacks(circuit, directory, dac.id))
    return list(dict.fromkeys(found))
