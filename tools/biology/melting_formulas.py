"""Melting temperatures by formula: nearest neighbours with a salt correction, GC content, and the Wallace rule.

The arithmetic of nearest neighbours and salts is Biopython's (``Bio.SeqUtils.MeltingTemp``); here stand the names under
which its methods are published, and their conditions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from Bio.SeqUtils import MeltingTemp

SaltCorrection = Literal[
    "santalucia_1998", "santalucia_1998_tm", "santalucia_1996", "schildkraut_1965", "wetmur_1991", "owczarzy_2004",
    "owczarzy_2008", "none",
]  # fmt: skip
#: Biopython's number of each correction, and how it reads; [Na+] in M, N base pairs.
_SALTS: dict[SaltCorrection, tuple[int, str]] = {
    "none": (0, "none: 1 M NaCl, the salt of the tables"),
    "schildkraut_1965": (1, "Schildkraut and Lifson 1965, 16.6 log10[Na+]"),
    "wetmur_1991": (2, "Wetmur 1991, 16.6 log10([Na+]/(1 + 0.7 [Na+]))"),
    "santalucia_1996": (3, "SantaLucia et al. 1996, 12.5 log10[Na+]"),
    "santalucia_1998_tm": (4, "SantaLucia 1998, 11.7 log10[Na+] on Tm"),
    "santalucia_1998": (5, "SantaLucia 1998, 0.368 (N - 1) ln[Na+] on ΔS"),
    "owczarzy_2004": (6, "Owczarzy et al. 2004, on 1/Tm"),
    "owczarzy_2008": (7, "Owczarzy et al. 2008, on 1/Tm, with Mg2+"),
}


@dataclass(frozen=True)
class Conditions:
    """``sodium`` (all monovalent cations), ``magnesium`` and ``dntps`` in mM; ``oligo``, both strands together, in nM."""

    sodium: float = 50.0
    magnesium: float = 0.0
    dntps: float = 0.0
    oligo: float = 50.0

    def said(self) -> str:
        """``50 mM Na+, 1.5 mM Mg2+``."""
        parts = [f"{self.sodium:g} mM Na+"]
        parts += [f"{self.magnesium:g} mM Mg2+"] if self.magnesium else []
        parts += [f"{self.dntps:g} mM dNTPs"] if self.dntps else []
        return ", ".join(parts)

    def salt_note(self, salt: SaltCorrection) -> str:
        if salt == "none":
            return "No salt correction: the value holds for 1 M NaCl; sodium and magnesium were not used."
        note = f"Salt correction: {_SALTS[salt][1]}, at {self.said()}."
        if self.magnesium and salt != "owczarzy_2008":
            free = (
                "120 ([Mg2+] - [dNTP])^0.5" if self.magnesium > self.dntps else "nothing, as the dNTPs bind all of it"
            )
            note += f" Mg2+ counts as Na+ after von Ahsen et al. 2001 (mM): {free}."
        return note

    def as_data(self) -> dict[str, float]:
        return {
            "sodium_mm": self.sodium,
            "magnesium_mm": self.magnesium,
            "dntps_mm": self.dntps,
            "oligo_nm": self.oligo,
        }


@dataclass(frozen=True)
class Formula:
    """``tm`` = offset + per_gc · %GC - per_length / N + the salt correction; the Wallace rule counts bases instead."""

    named: str
    written: str
    source: str
    offset: float = 0.0
    per_gc: float = 0.0
    per_length: float = 0.0
    salt: SaltCorrection = "none"

    @property
    def uses_salt(self) -> bool:
        return self.salt != "none"


WALLACE = Formula("Wallace rule", "2 (A + T) + 4 (G + C)", "Thein and Wallace 1986")
FORMULAS = {
    "wallace": WALLACE,
    "gc": Formula(
        "GC formula of Primer3Plus", "81.5 + 0.41 %GC - 600/N + 16.6 log10[Na+]", "as Primer3Plus and Biopython have it",
        81.5, 0.41, 600, "schildkraut_1965",
    ),
    "gc_marmur_doty": Formula(
        "GC formula of Marmur and Doty", "69.3 + 0.41 %GC - 650/N", "Marmur and Doty 1962; Chester and Marshak 1993",
        69.3, 0.41, 650,
    ),
    "gc_basic": Formula(
        "basic GC formula", "64.9 + 41 (G + C - 16.4)/N", "OligoCalc, Kibbe 2007; for 50 mM Na+, 50 nM strands", 64.9, 0.41, 672.4,
    ),
    "gc_quikchange": Formula(
        "QuikChange formula", "81.5 + 0.41 %GC - 675/N, less %mismatch (none here)", "for primers of QuikChange mutagenesis",
        81.5, 0.41, 675,
    ),
    "gc_rychlik": Formula(
        "GC formula of Rychlik", "81.5 + 0.41 %GC - 675/N + 16.6 log10[Na+]",
        "Marmur and Doty 1962; Schildkraut and Lifson 1965; Rychlik et al. 1990", 81.5, 0.41, 675, "schildkraut_1965",
    ),
    "gc_wetmur": Formula(
        "GC formula of Wetmur for DNA", "81.5 + 0.41 %GC - 500/N + 16.6 log10([Na+]/(1 + 0.7 [Na+]))", "Wetmur 1991",
        81.5, 0.41, 500, "wetmur_1991",
    ),
    "gc_wetmur_rna": Formula(
        "GC formula of Wetmur for RNA", "78 + 0.7 %GC - 500/N + 16.6 log10([Na+]/(1 + 0.7 [Na+]))", "Wetmur 1991",
        78.0, 0.7, 500, "wetmur_1991",
    ),
    "gc_von_ahsen": Formula(
        "GC formula of von Ahsen", "77.1 + 0.41 %GC - 528/N + 11.7 log10[Na+]", "von Ahsen et al. 2001",
        77.1, 0.41, 528, "santalucia_1998_tm",
    ),
}  # fmt: skip


def formula_tm(strand: str, formula: Formula, conditions: Conditions) -> float:
    """In °C, of capitals A, C, G, T, U, S (G or C) and W (A or T)."""
    strong = sum(map(strand.count, "GCS"))
    if formula is WALLACE:
        return 4.0 * strong + 2.0 * (len(strand) - strong)
    tm = formula.offset + formula.per_gc * 100 * strong / len(strand) - formula.per_length / len(strand)
    if formula.uses_salt:
        tm += MeltingTemp.salt_correction(
            Na=conditions.sodium,
            Mg=conditions.magnesium,
            dNTPs=conditions.dntps,
            method=_SALTS[formula.salt][0],
            seq=strand,
        )
    return tm


def nearest_neighbour_tm(
    strand: str, table: dict[str, tuple[float, float]], conditions: Conditions, salt: SaltCorrection, symmetric: bool
) -> float:
    """In °C, of a strand (capitals A, C, G, T or U) and its complement; ``symmetric``: two copies of the strand."""
    each = conditions.oligo if symmetric else conditions.oligo / 2
    return MeltingTemp.Tm_NN(
        strand,
        nn_table=table,
        dnac1=each,
        dnac2=each,
        selfcomp=symmetric,
        Na=conditions.sodium,
        Mg=conditions.magnesium,
        dNTPs=conditions.dntps,
        saltcorr=_SALTS[salt][0],
    )


def primer_tm(strand: str) -> float | None:
    """The Tm in °C that a primer's annealing part is given by: SantaLucia 1998, 50 mM Na+, 50 nM; None where the model ends."""
    if not 6 <= len(strand) <= 60 or not set(strand) <= set("ACGT"):
        return None
    return nearest_neighbour_tm(strand, MeltingTemp.DNA_NN3, Conditions(), "santalucia_1998", symmetric=False)


PRIMER_TM_MODEL = "nearest neighbours of SantaLucia 1998, 50 mM Na+, 50 nM strands, no Mg2+"
