"""A few values of a circuit file written anew where they stand; the rest, comments included, stays as it is."""

import re
from collections.abc import Mapping

from workflow.circuit.reader import read

_SCALAR = re.compile(r"""'[^']*'|"[^"]*"|[^\s,}#]+""")


def rewritten(text: str, values: Mapping[str, str]) -> str:
    """Return a file with these values at its first level; a key that is not there is left out."""
    places = read("", text).values
    lines = text.splitlines(keepends=True)
    for key, value in values.items():
        if place := places.get((key,)):
            line, column = place[0] - 1, place[1] - 1
            lines[line] = lines[line][:column] + _SCALAR.sub(value, lines[line][column:], count=1)
    return "".join(lines)
