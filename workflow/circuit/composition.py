"""Which published versions a situation follows, in one key (DESIGN §5, INV-20)."""

from dataclasses import dataclass

NATIONAL = "national"
"""The circuit under every other."""


@dataclass(frozen=True, slots=True)
class Composition:
    """« dactiv@1/antenne-fougeres+dd-35@2 »: what rules the DAC's side, what rules the delegation's.

    A version names the one above it, so that these two say the whole chain of each side.
    """

    dac: str
    dd: str
    antenne: str | None = None
    """The antenne, if the DAC's side treats it apart: all the others share one circuit."""

    def __str__(self) -> str:
        """Return the key; a side ruled by the same version as the other is written once."""
        side = f"{self.dac}/{self.antenne}" if self.antenne else self.dac
        return side if self.dd == self.dac else f"{side}+{self.dd}"

    @classmethod
    def of(cls, key: str) -> "Composition":
        """Read a key back."""
        side, _, dd = key.partition("+")
        dac, _, antenne = side.partition("/")
        return cls(dac, dd or dac, antenne or None)


@dataclass(frozen=True, slots=True)
class Published:
    """The version of a layer that situations take up today."""

    key: str
    variants: frozenset[str]
    """Antennes that it, or a layer above, treats apart."""

    def variant(self, antenne: str) -> str | None:
        """Return the antenne if it is treated apart."""
        return antenne if antenne in self.variants else None


def version_key(name: str, number: int) -> str:
    """Return « dactiv@3 »."""
    return f"{name}@{number}"


def name_of(key: str) -> str:
    """Return the layer a version is of."""
    return key.partition("@")[0]


def number_of(key: str) -> int:
    """Return the number of a version."""
    return int(key.partition("@")[2])
