"""Is somebody there to run the circuits: proved on the directory as it is now (INV-04, 15, 16, 21)."""

from collections.abc import Iterator

from orp.bootstrap import Application
from storage.unit_of_work import SqlWork
from workflow.circuit.composition import name_of
from workflow.circuit.stack import layer_of
from workflow.composing import side_of
from workflow.staffing import Directory, Lack, lacks


def lacking(app: Application) -> list[str]:
    """Return what each DAC lacks to run the circuit in force there, one French sentence each, each once."""
    with app.store.reading() as work:
        directory = work.directory.everybody(app.clock.now())
        return list(dict.fromkeys(lack.sentence for lack in _of_all(app, work, directory)))


def _of_all(app: Application, work: SqlWork, directory: Directory) -> Iterator[Lack]:
    published = work.published(app.clock.now())
    for dac in directory.inside("dac"):
        key = side_of(published, dac).key
        layer = layer_of(work.circuits.files(key) or {}, name_of(key))
        yield from lacks(app.circuits.get(key), directory, dac.id, layer.departements if layer else ())
