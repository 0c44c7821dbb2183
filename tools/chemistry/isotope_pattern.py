"""The envelope that a mass spectrometer shows: ``isotope_pattern``."""

from __future__ import annotations

from typing import Any

import numpy as np

from errors import ToolInputError, shown
from tools.chemistry.adducts import ion_of, parse_adduct
from tools.chemistry.atomic_masses import (
    ELECTRON_MASS_DA,
    average_mass,
    labelled_mass,
    monoisotopic_mass,
    nominal_mass,
    unlabelled,
    weight_notes,
)
from tools.chemistry.isotope_distributions import Isotopologue, envelope, fine_structure
from tools.inputs import AdductText, FormulaText
from tools.inputs.formulas import ParsedFormula
from tools.inputs.named_formulas import parse_formula_or_name
from tools.outputs import Plot, Series, Table, ToolOutput
from tools.registry import tool

LEAST_PERCENT = 0.01  # of the base peak; smaller peaks are left out
MOST_PEAKS = 60
MOST_ISOTOPOLOGUES = 60
NOTES = (
    "Isotope abundances: IUPAC 2013, and for elements whose composition is an interval (H, C, N, O, S, Cl, Br and others) the "
    "representative values of IUPAC 2009; masses: AME 2020. Natural material varies.",
    "Peaks hold all isotopologues of one nominal mass, at their mean m/z weighted by abundance, relative to the highest (100 %); M "
    "is the monoisotopic peak, of the most abundant isotope of each element.",
)


@tool(
    group="formula and lab",
    libraries=("IsoSpecPy", "molmass", "mendeleev"),
    asks=(
        "isotope pattern", "isotopic pattern", "isotope distribution", "isotopic envelope", "mass spectrum", "M+1", "M+2",
        "m/z", "adduct", "[M+H]+", "[M+Na]+", "[M-H]-", "protonated", "most abundant peak", "base peak", "isotopologues",
    ),
)  # fmt: skip
def isotope_pattern(formula: FormulaText, adduct: AdductText | None = None) -> ToolOutput:
    """Calculate the isotope pattern of a formula in a mass spectrum: m/z and relative abundance of M, M+1, M+2, …, with an
    adduct such as [M+H]+, [M+Na]+, [M-H]-, [M+2H]2+ or [2M+H]+.

    ``adduct`` left out: the pattern of the formula itself, with the charge it writes. Raises ``ToolInputError`` for what is no
    formula, no adduct, or an adduct whose charge is not that of its species.
    """
    molecule = parse_formula_or_name(formula)
    if not molecule.counts:
        raise ToolInputError(f"{shown(formula)} has no atoms", "formula", "give the formula of an ion or molecule")
    wanted = parse_adduct(adduct)
    ion, written, said = (molecule, "", []) if wanted is None else ion_of(molecule, wanted)
    peaks, left_out = _peaks(ion)
    isotopologues = _fine(ion)
    for peak in peaks:
        peak["isotopologues"] = _contributions(peak["label"], isotopologues)
    base = max(peaks, key=lambda peak: peak["relative_abundance_percent"])
    data = {
        "formula": molecule.hill,
        "adduct": written or None,
        "ion_formula": ion.hill,
        "charge": ion.charge,
        "monoisotopic_mass_da": round(monoisotopic_mass(molecule), 5),
        "monoisotopic_mz": round(_mz(monoisotopic_mass(ion), ion.charge), 5),
        "average_mz": round(_mz(average_mass(ion), ion.charge), 3),
        "base_peak": base["label"],
        "base_peak_mz": base["mz"],
        "peaks": peaks,
        "fine_structure": isotopologues[:12],
    }
    notes = (*molecule.notes, *said, *_conventions(molecule, ion, written), *left_out)
    views = (_plot(ion, written, peaks), _table(ion, peaks), _fine_table(ion, isotopologues))
    return ToolOutput(summary=_summary(molecule, ion, written, data), data=data, views=views, notes=notes)


def _mz(mass: float, charge: int) -> float:
    """``mass`` of the ion, electrons counted; of a neutral molecule its mass."""
    return mass / (abs(charge) or 1)


def _peaks(ion: ParsedFormula) -> tuple[list[dict[str, Any]], list[str]]:
    """The peaks of at least 0.01 % of the highest, in order of m/z; at most ``MOST_PEAKS``, the highest, and a note if so."""
    found = envelope(unlabelled(ion.counts, ion.isotopes))
    fixed = labelled_mass(ion.isotopes) - ion.charge * ELECTRON_MASS_DA
    labelled_nucleons = sum(number * count for (_, number), count in ion.isotopes.items())
    relative = 100 * found.probabilities / found.probabilities.max()
    kept = [int(place) for place in np.flatnonzero(relative >= LEAST_PERCENT)]
    notes = []
    if len(kept) > MOST_PEAKS:
        highest = sorted(kept, key=lambda place: -relative[place])[:MOST_PEAKS]
        notes.append(f"The {MOST_PEAKS} highest of {len(kept)} peaks are listed.")
        kept = sorted(highest)
    offset = found.first + labelled_nucleons - nominal_mass(ion)
    return [
        {
            "label": _label(place + offset),
            "mz": round(float(_mz(found.masses[place] + fixed, ion.charge)), 5),
            "relative_abundance_percent": round(float(relative[place]), 2),
        }
        for place in kept
    ], notes


def _label(offset: int) -> str:
    """``M``, ``M+2``, ``M-1``: nucleons from the monoisotopic peak."""
    return f"M{offset:+d}" if offset else "M"


def _fine(ion: ParsedFormula) -> list[dict[str, Any]]:
    """The likeliest isotopologues, relative to the likeliest, in order of abundance."""
    fixed = labelled_mass(ion.isotopes) - ion.charge * ELECTRON_MASS_DA
    plain = unlabelled(ion.counts, ion.isotopes)
    found = fine_structure(plain, MOST_ISOTOPOLOGUES, LEAST_PERCENT / 100)
    reference = nominal_mass(ion) - sum(number * count for (_, number), count in ion.isotopes.items())
    return [
        {
            "isotopologue": _isotopes(one),
            "label": _label(one.nucleons - reference),
            "mz": round(_mz(one.mass + fixed, ion.charge), 5),
            "relative_abundance_percent": round(100 * one.probability / found[0].probability, 2),
        }
        for one in found
    ]


def _isotopes(one: Isotopologue) -> str:
    return one.difference() or "monoisotopic"


def _contributions(label: str, isotopologues: list[dict[str, Any]]) -> str:
    """The likeliest isotopologues of a peak, at most three."""
    return ", ".join([one["isotopologue"] for one in isotopologues if one["label"] == label][:3])


def _conventions(molecule: ParsedFormula, ion: ParsedFormula, written: str) -> list[str]:
    notes = [*NOTES, *(note for note in weight_notes(unlabelled(ion.counts, ion.isotopes)) if "longest-lived" in note)]
    if ion.charge:
        notes.insert(0, f"m/z counts the electrons of the charge ({ELECTRON_MASS_DA:.6f} Da each).")
    else:
        notes.insert(
            0,
            "No charge: the masses are those of the neutral molecule, which no mass spectrometer sees; give an adduct.",
        )
    if ion.isotopes:
        notes.append("Labelled atoms are taken as isotopically pure.")
    if molecule.charge and not written:
        notes.append(f"The pattern is that of the ion with its charge of {molecule.charge:+d}.")
    return notes


def _summary(molecule: ParsedFormula, ion: ParsedFormula, written: str, data: dict[str, Any]) -> str:
    given = molecule.text.strip()
    name = molecule.hill if given == molecule.hill or len(given) > 40 else f"{given} ({molecule.hill})"
    axis = "m/z" if ion.charge else "mass"
    highest = sorted(data["peaks"], key=lambda peak: -peak["relative_abundance_percent"])[:4]
    highest.sort(key=lambda peak: peak["mz"])
    listed = ", ".join(
        f"{peak['label']} {peak['mz']:.5f} ({peak['relative_abundance_percent']:g} %)" for peak in highest
    )
    return f"{name}{f' as {written}' if written else ''}: monoisotopic {axis} {data['monoisotopic_mz']:.5f}; highest peaks {listed}."


def _plot(ion: ParsedFormula, written: str, peaks: list[dict[str, Any]]) -> Plot:
    return Plot(
        title=f"Isotope pattern of {ion.hill}",
        style="sticks",
        x_label="m/z" if ion.charge else "mass (Da)",
        y_label="relative abundance (%)",
        series=(
            Series(
                name=written or ion.hill,
                x=tuple(peak["mz"] for peak in peaks),
                y=tuple(peak["relative_abundance_percent"] for peak in peaks),
                labels=tuple(peak["label"] for peak in peaks),
            ),
        ),
    )


def _table(ion: ParsedFormula, peaks: list[dict[str, Any]]) -> Table:
    return Table(
        title="Peaks at nominal resolution",
        columns=("Peak", "m/z" if ion.charge else "Mass", "Relative abundance", "Main isotopologues"),
        rows=tuple((one["label"], one["mz"], one["relative_abundance_percent"], one["isotopologues"]) for one in peaks),
        units=("", "" if ion.charge else "Da", "%", ""),
    )


def _fine_table(ion: ParsedFormula, isotopologues: list[dict[str, Any]]) -> Table:
    ordered = sorted(isotopologues, key=lambda one: one["mz"])
    return Table(
        title="Fine structure: the likeliest isotopologues",
        columns=("Isotopologue", "Peak", "m/z" if ion.charge else "Mass", "Relative to the likeliest"),
        rows=tuple(
            (one["isotopologue"], one["label"], one["mz"], one["relative_abundance_percent"]) for one in ordered
        ),
        units=("", "", "" if ion.charge else "Da", "%"),
    )
