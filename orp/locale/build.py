"""Compile the French catalogue of click's messages: ``python -m orp.locale.build``."""

from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "fr" / "LC_MESSAGES"
SOURCE = FOLDER / "messages.po"
COMPILED = FOLDER / "messages.mo"


def compiled() -> bytes:
    """Return what ``messages.mo`` must hold, read from ``messages.po``."""
    with SOURCE.open("rb") as source:
        catalogue = read_po(source, locale="fr", abort_invalid=True)
    binary = BytesIO()
    write_mo(binary, catalogue)
    return binary.getvalue()


def main() -> None:
    """Write ``messages.mo``."""
    COMPILED.write_bytes(compiled())


if __name__ == "__main__":
    main()
