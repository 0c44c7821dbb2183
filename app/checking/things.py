"""What statements are about: compounds, sequences, elements, each by whatever it is written as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ThingKind = Literal["name", "smiles", "inchi", "inchikey", "cas", "formula", "element", "dna", "rna", "protein"]
COMPOUNDS = frozenset(["name", "smiles", "inchi", "formula", "cas", "element"])
SEQUENCES = frozenset(["dna", "rna", "protein"])
#: Elements whose molecules have two atoms: "oxygen" may be either.
DIATOMIC = frozenset(["H", "N", "O", "F", "Cl", "Br", "I"])


@dataclass(frozen=True)
class Thing:
    """``text`` as the tools take it; it stands at ``start`` to ``end`` of the plain text."""

    kind: ThingKind
    text: str
    start: int
    end: int
