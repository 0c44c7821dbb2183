"""A protein's numbers, as ExPASy ProtParam defines them: ``protein_report``."""

from __future__ import annotations

from Bio.SeqUtils.IsoelectricPoint import IsoelectricPoint
from Bio.SeqUtils.ProtParam import ProteinAnalysis
from Bio.SeqUtils.ProtParamData import kd

from errors import ToolInputError
from tools.biology.composition import composition_plot
from tools.biology.masses import average_mass, composition, formula, has_mass, monoisotopic_mass
from tools.inputs import ProteinText
from tools.inputs.alphabets import UNSURE_RESIDUES
from tools.inputs.sequences import counted, parse_protein
from tools.outputs import Plot, SequenceView, Series, Table, ToolOutput, View
from tools.registry import tool

WINDOW = 9  # residues of the hydropathy window, Kyte and Doolittle 1982
_STANDARD = frozenset("ACDEFGHIKLMNPQRSTVWY")
CONVENTIONS = (
    "Masses of the linear, unmodified chain, from its elements: standard atomic weights (IUPAC 2021, abridged) and, "
    "monoisotopic, the most abundant isotopes.",
    "Isoelectric point and charge: pK values of Bjellqvist et al. 1993/1994, as ExPASy uses them; no modifications.",
    "Extinction coefficients at 280 nm in water: Pace et al. 1995 (Trp 5500, Tyr 1490, cystine 125).",
    "GRAVY and hydropathy: Kyte and Doolittle 1982; instability index: Guruprasad et al. 1990 (above 40: unstable in "
    "the test tube); aliphatic index: Ikai 1980.",
)
RARE_RESIDUES = (
    "Sec (U) and Pyl (O) are in the masses; pI and charge leave their side chains uncharged (the selenol of Sec, pKa about "
    "5.2, Huber and Criddle 1967, would lower both), extinction coefficients take them as not absorbing at 280 nm, and "
    "GRAVY, hydropathy and instability have no values for them and are not given."
)


@tool(
    group="protein and structure",
    libraries=("biopython",),
    asks=(
        "isoelectric point", "pI", "extinction coefficient", "molecular weight of the protein", "mass of the protein", "mass",
        "GRAVY", "hydropathy", "hydrophobicity", "instability index", "aliphatic index", "protein properties", "protparam",
        "net charge at pH 7", "charge", "absorbance", "A280", "hydrophobic", "molecular weight", "weight", "mw", "kDa", "theoretical pI", "stable",
        "amino acid composition",
    ),
)  # fmt: skip
def protein_report(sequence: ProteinText) -> ToolOutput:
    """Report on a protein or peptide: mass (molecular weight), isoelectric point (pI), extinction coefficient, GRAVY, instability
    and aliphatic index, charge, composition, hydropathy.

    Mass in dalton, extinction coefficients in M⁻¹ cm⁻¹. Raises ``ToolInputError`` for DNA, RNA, words, and residues
    without a definite mass.
    """
    parsed = parse_protein(sequence)
    residues = parsed.residues
    if not has_mass(residues, "protein"):
        unsure = sorted(set(residues) & UNSURE_RESIDUES.keys())
        first = min(residues.index(letter) for letter in unsure)
        raise ToolInputError(
            f"The protein holds {', '.join(unsure)}: no one residue, so that its mass and pI are open",
            f"sequence, position {first + 1}",
            "replace it with the residue that is meant",
        )
    analysis = ProteinAnalysis(residues)
    reduced, oxidized = analysis.molar_extinction_coefficient()
    atoms = composition(residues, "protein")
    average = average_mass(atoms)
    standard = set(residues) <= _STANDARD
    data = {
        "length": len(residues),
        "formula": formula(atoms),
        "average_mass_da": round(average, 2),
        "monoisotopic_mass_da": round(monoisotopic_mass(atoms), 3),
        "isoelectric_point": round(isoelectric_point(analysis), 2),
        "charge_at_ph_7": round(analysis.charge_at_pH(7.0), 2),
        "extinction_coefficient_reduced": reduced,
        "extinction_coefficient_oxidized": oxidized,
        "absorbance_1_g_per_l_oxidized": round(oxidized / average, 3),
        "gravy": round(analysis.gravy(), 3) if standard else None,
        "instability_index": round(analysis.instability_index(), 2) if standard and len(residues) > 1 else None,
        "aliphatic_index": round(aliphatic_index(residues), 2),
        "aromaticity": round(analysis.aromaticity(), 3),
        "composition": {letter: residues.count(letter) for letter in sorted(set(residues))},
    }
    views: list[View] = [SequenceView(alphabet="protein", residues=residues, title=parsed.label), _table(data)]
    if len(residues) >= WINDOW and standard:
        views.append(_hydropathy(residues))
    views.append(composition_plot(residues, "protein"))
    gravy = f", GRAVY {data['gravy']:.3f}" if standard else ""
    summary = (
        f"{parsed.name or 'Protein'} of {counted(len(residues), 'protein')}: average mass {average:.1f} Da, "
        f"pI {data['isoelectric_point']:.2f} (Bjellqvist pK values), extinction coefficient at 280 nm {oxidized} M⁻¹ cm⁻¹ "
        f"(cystines) or {reduced} (reduced){gravy}."
    )
    return ToolOutput(
        summary=summary, data=data, views=tuple(views), notes=(*parsed.notes, *_notes(residues, oxidized))
    )


def _notes(residues: str, oxidized: int) -> list[str]:
    notes = [*CONVENTIONS]
    if not set(residues) <= _STANDARD:
        notes.append(RARE_RESIDUES)
    if len(residues) < 10:
        notes.append("So short a peptide: pI, instability and hydropathy say little.")
    cysteines = residues.count("C")
    if cysteines == 1:
        notes.append("Its one Cys has no partner for a cystine: 'oxidized' equals 'reduced'.")
    elif cysteines:
        notes.append(
            f"{cysteines} Cys: 'reduced' counts them free, 'oxidized' pairs {cysteines // 2 * 2} of them as cystines; "
            "the masses count them reduced."
        )
    if not oxidized:
        notes.append("Without Trp, Tyr and cystines it does not absorb at 280 nm: its amount cannot be measured there.")
    return notes


def isoelectric_point(analysis: ProteinAnalysis) -> float:
    """The pH at which the charge is zero, by bisection from 0 to 14 as ExPASy does it.

    Biopython's own search stays between 4.05 and 12, and gives these ends for the most acidic and the most basic chains.
    """
    charge = IsoelectricPoint(analysis.sequence, analysis.count_amino_acids()).charge_at_pH
    low, high = 0.0, 14.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if charge(middle) > 0 else (low, middle)
    return (low + high) / 2


def aliphatic_index(residues: str) -> float:
    """Relative volume of aliphatic side chains: X(Ala) + 2.9 X(Val) + 3.9 (X(Ile) + X(Leu)), in mole per cent (Ikai 1980)."""
    share = {letter: 100 * residues.count(letter) / len(residues) for letter in "AVIL"}
    return share["A"] + 2.9 * share["V"] + 3.9 * (share["I"] + share["L"])


def _table(data: dict) -> Table:
    rows = (
        ("Length", data["length"], "residues"),
        ("Average mass", data["average_mass_da"], "Da"),
        ("Monoisotopic mass", data["monoisotopic_mass_da"], "Da"),
        ("Isoelectric point", data["isoelectric_point"], ""),
        ("Charge at pH 7", data["charge_at_ph_7"], "e"),
        ("Extinction coefficient, reduced", data["extinction_coefficient_reduced"], "M⁻¹ cm⁻¹"),
        ("Extinction coefficient, cystines", data["extinction_coefficient_oxidized"], "M⁻¹ cm⁻¹"),
        ("Absorbance of 1 g/L, cystines", data["absorbance_1_g_per_l_oxidized"], ""),
        ("GRAVY", data["gravy"], ""),
        ("Instability index", data["instability_index"], ""),
        ("Aliphatic index", data["aliphatic_index"], ""),
        ("Aromaticity", data["aromaticity"], ""),
    )
    return Table(title="Properties", columns=("Property", "Value", "Unit"), rows=rows)


def _hydropathy(residues: str) -> Plot:
    half = WINDOW // 2
    values = [kd[letter] for letter in residues]
    x = tuple(float(index + half + 1) for index in range(len(values) - WINDOW + 1))
    y = tuple(round(sum(values[index : index + WINDOW]) / WINDOW, 3) for index in range(len(values) - WINDOW + 1))
    return Plot(
        title=f"Hydropathy (Kyte-Doolittle, window of {WINDOW})",
        x_label="residue number",
        y_label="mean hydropathy",
        series=(Series(name="hydropathy", x=x, y=y),),
        caption=f"Mean over {WINDOW} residues, at the middle one; above 0 hydrophobic, below hydrophilic. The scale has no unit.",
    )
