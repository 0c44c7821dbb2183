"""The nearest-neighbour tables of duplexes, and what they add up to: enthalpy, entropy and free energy of a whole duplex.

The tables are those of Biopython (``Bio.SeqUtils.MeltingTemp``), which names their papers: enthalpies in kcal/mol, entropies
in cal/(mol K), both at 1 M NaCl. A key such as ``CA/GT`` reads 5'-CA-3' over 3'-GT-5'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from Bio.Seq import Seq
from Bio.SeqUtils import MeltingTemp

Strands = Literal["DNA", "RNA", "RNA on DNA"]
_BODY_K = 310.15


@dataclass(frozen=True)
class NearestNeighbours:
    """One published set; ``strands`` says which duplexes it is for, ``table`` is Biopython's."""

    named: str
    strands: Strands
    table: dict[str, tuple[float, float]]


#: SantaLucia 1998 unified the values of Allawi and SantaLucia 1997 with those of five other groups: the two sets are one.
TABLES = {
    "santalucia_1998": NearestNeighbours("SantaLucia 1998 (unified)", "DNA", MeltingTemp.DNA_NN3),
    "allawi_1997": NearestNeighbours("Allawi and SantaLucia 1997", "DNA", MeltingTemp.DNA_NN3),
    "santalucia_2004": NearestNeighbours("SantaLucia and Hicks 2004", "DNA", MeltingTemp.DNA_NN4),
    "sugimoto_1996": NearestNeighbours("Sugimoto et al. 1996", "DNA", MeltingTemp.DNA_NN2),
    "breslauer_1986": NearestNeighbours("Breslauer et al. 1986", "DNA", MeltingTemp.DNA_NN1),
    "xia_1998": NearestNeighbours("Xia et al. 1998", "RNA", MeltingTemp.RNA_NN2),
    "freier_1986": NearestNeighbours("Freier et al. 1986", "RNA", MeltingTemp.RNA_NN1),
    "chen_2012": NearestNeighbours("Chen et al. 2012", "RNA", MeltingTemp.RNA_NN3),
    "sugimoto_1995": NearestNeighbours("Sugimoto et al. 1995", "RNA on DNA", MeltingTemp.R_DNA_NN1),
}


@dataclass(frozen=True)
class DuplexEnergy:
    """Of forming the duplex from its strands at 1 M NaCl: kcal/mol, cal/(mol K)."""

    enthalpy: float
    entropy: float

    @property
    def free_energy_37(self) -> float:
        """kcal/mol at 37 °C."""
        return self.enthalpy - _BODY_K * self.entropy / 1000


def is_self_complementary(strand: str) -> bool:
    """Whether capitals ``strand`` (DNA or RNA) is its own reverse complement."""
    dna = strand.replace("U", "T")
    return str(Seq(dna).reverse_complement()) == dna


def duplex_energy(strand: str, table: dict[str, tuple[float, float]], symmetric: bool) -> DuplexEnergy:
    """Sums over all neighbours and the initiation of ``strand`` (capitals, two or more of A, C, G, T or U) and its complement."""
    top = strand.replace("U", "T")
    below = str(Seq(top).complement())
    pairs = [f"{top[at : at + 2]}/{below[at : at + 2]}" for at in range(len(top) - 1)]
    terms = [table[pair] if pair in table else table[pair[::-1]] for pair in pairs]
    terms.append(table["init"])
    terms.append(table["init_oneG/C" if set(top) & {"G", "C"} else "init_allA/T"])
    terms += [table["init_A/T" if end in "AT" else "init_G/C"] for end in (top[0], top[-1])]
    terms += [table["init_5T/A"]] * (top.startswith("T") + top.endswith("A"))
    if symmetric:
        terms.append(table["sym"])
    return DuplexEnergy(sum(term[0] for term in terms), sum(term[1] for term in terms))
