"""A protein cut into peptides, with their masses: ``digest_protein``."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from errors import ToolInputError
from tools.biology.masses import average_mass, composition, has_mass, monoisotopic_mass
from tools.biology.proteases import Protease, proteases_named
from tools.inputs import ProteinText
from tools.inputs.alphabets import UNSURE_RESIDUES
from tools.inputs.sequences import counted, parse_protein
from tools.outputs import Feature, SequenceView, Table, ToolOutput, View
from tools.registry import tool

ProteaseName = Annotated[
    str,
    BeforeValidator(lambda value: " + ".join(map(str, value)) if isinstance(value, list) else value),
    Field(
        description="Such as trypsin, Lys-C or CNBr; several: trypsin + Asp-N", json_schema_extra={"entity": "protease"}
    ),
]
PROTON_DA = 1.007276466621  # CODATA 2018 (Tiesinga et al., Rev. Mod. Phys. 2021, 93, 025010), in dalton
MOST_MISSED = 10
MOST_PEPTIDES = 20_000
MOST_IN_DATA = 300
MOST_MARKED = 400
_UNSURE = {"B": "DN", "Z": "EQ", "J": "LI", "X": "ACDEFGHIKLMNPQRSTVWY"}
#: What cyanogen bromide takes from the methionine behind which it cuts: Met becomes homoserine lactone (Gross and Witkop 1962).
_LACTONE_LOSS = Counter({"C": 1, "H": 4, "S": 1})


@dataclass(frozen=True)
class Peptide:
    """``start`` and ``end`` are 1-based and both included; masses in dalton, None where a residue is not one for certain."""

    residues: str
    start: int
    end: int
    missed: int
    monoisotopic_da: float | None
    average_da: float | None

    @property
    def protonated_mz(self) -> float | None:
        """m/z of [M+H]+, monoisotopic."""
        return None if self.monoisotopic_da is None else self.monoisotopic_da + PROTON_DA


@tool(
    group="protein and structure",
    libraries=("pyteomics",),
    asks=(
        "digest", "digestion", "trypsin", "tryptic peptides", "cleave", "cut the protein", "peptides", "missed cleavages", "Lys-C",
        "Glu-C", "V8", "chymotrypsin", "Asp-N", "Arg-C", "CNBr", "cyanogen bromide", "pepsin", "proteolysis", "protease", "peptide masses",
        "peptide mass fingerprint", "proteolytic fragments", "in silico digest",
    ),
)  # fmt: skip
def digest_protein(sequence: ProteinText, enzyme: ProteaseName = "trypsin", missed: int = 0) -> ToolOutput:
    """Digest a protein with a protease or reagent (trypsin, Lys-C, Glu-C, chymotrypsin, Asp-N, Arg-C, pepsin, CNBr, …): the
    peptides, their positions, and their masses, with up to ``missed`` missed cleavages.

    Masses in dalton, m/z of [M+H]+. Raises ``ToolInputError`` for an unknown enzyme, for residues that leave open where it cuts, and
    for more peptides than can be listed.
    """
    parsed = parse_protein(sequence)
    enzymes = proteases_named(enzyme, "enzyme")
    if not 0 <= missed <= MOST_MISSED:
        raise ToolInputError(
            f"{missed} missed cleavages cannot be used", "missed", f"give a number from 0 to {MOST_MISSED}"
        )
    residues = _decided(parsed.residues, enzymes)
    cuts = cut_behind(residues, [one.pattern for one in enzymes])
    number = sum(len(cuts) + 1 - skipped for skipped in range(min(missed, len(cuts)) + 1))
    if number > MOST_PEPTIDES:
        raise ToolInputError(
            f"{number:,} peptides come of {len(cuts):,} cut bonds with up to {missed} missed cleavages",
            "missed",
            f"at most {MOST_PEPTIDES:,} are listed: allow fewer missed cleavages, or give a part of the protein",
        )
    reagent = any(one.name == "CNBr" for one in enzymes)
    peptides = _peptides(parsed.residues, cuts, missed, reagent)
    label = " + ".join(one.name for one in enzymes)
    limit = sum(peptide.missed == 0 for peptide in peptides)
    distinct = len({peptide.residues for peptide in peptides})
    name = parsed.name or "the protein"
    summary = f"{label} cuts {name} ({counted(len(residues), 'protein')}) at {_bonds(len(cuts))}: {_counted(limit)}"
    summary += (
        f", {_counted(len(peptides))} with up to {missed} missed cleavage{'s' if missed > 1 else ''}" if missed else ""
    )
    if not cuts:
        summary = f"{label} does not cut {name} ({counted(len(residues), 'protein')}): no bond fits its rule"
    data: dict[str, Any] = {
        "enzyme": label,
        "rule": "; ".join(one.rule for one in enzymes),
        "length": len(residues),
        "missed": missed,
        "cut_bonds": len(cuts),
        "cuts_after": cuts[:MOST_IN_DATA],
        "count": len(peptides),
        "distinct_count": distinct,
        "peptides": [_as_data(peptide) for peptide in peptides[:MOST_IN_DATA]],
    }
    notes = [*parsed.notes, *_notes(residues, cuts, enzymes, peptides)]
    if len(peptides) > MOST_IN_DATA:
        notes.append(f"The data hold the first {MOST_IN_DATA} of {len(peptides):,} peptides; the table holds all.")
    return ToolOutput(
        summary=summary + ".", data=data, views=_views(parsed.residues, peptides, label), notes=tuple(notes)
    )


def cut_behind(residues: str, patterns: Sequence[str]) -> list[int]:
    """How many residues stand before each bond that is cut, in order: pyteomics' cleavage by regular expressions."""
    from pyteomics.parser import xcleave

    if not residues:
        return []
    starts = {start for pattern in patterns for start, _ in xcleave(residues, pattern, regex=True)}
    return sorted(starts - {0})


def _peptides(residues: str, cuts: list[int], missed: int, lactones: bool) -> list[Peptide]:
    edges = [0, *cuts, len(residues)]
    masses = functools.cache(_masses)
    found = []
    for first in range(len(edges) - 1):
        for last in range(first + 1, min(first + missed + 2, len(edges))):
            piece = residues[edges[first] : edges[last]]
            lactone = lactones and last < len(edges) - 1 and piece.endswith("M")
            monoisotopic, average = masses(piece, lactone)
            found.append(Peptide(piece, edges[first] + 1, edges[last], last - first - 1, monoisotopic, average))
    return found


def _masses(piece: str, lactone: bool) -> tuple[float | None, float | None]:
    """Monoisotopic and average, in Da, of the uncharged peptide with free ends, or with homoserine lactone at its end."""
    piece = piece.replace("J", "L")  # Leu and Ile are isomers
    if not has_mass(piece, "protein"):
        return None, None
    atoms = composition(piece, "protein")
    if lactone:
        atoms = atoms - _LACTONE_LOSS
    return monoisotopic_mass(atoms), average_mass(atoms)


def _decided(residues: str, enzymes: Sequence[Protease]) -> str:
    """The residues with B, Z and J as one of the two they may be, where the enzyme does not tell them apart.

    Raises ``ToolInputError`` where it does, or for X.
    """
    decided = residues
    for letter, meanings in _UNSURE.items():
        if letter not in residues:
            continue
        if any(one.tells_apart(meanings) for one in enzymes):
            raise ToolInputError(
                f"{letter} ({UNSURE_RESIDUES[letter]}) leaves open whether a bond beside it is cut",
                f"sequence, position {residues.index(letter) + 1}",
                "replace it with the residue that is meant",
            )
        decided = decided.replace(letter, meanings[0])
    return decided


def _notes(residues: str, cuts: list[int], enzymes: Sequence[Protease], peptides: list[Peptide]) -> list[str]:
    notes = [f"{one.name} cuts {one.rule} ({one.source})." for one in enzymes]
    for one in enzymes:
        if not one.other_pattern:
            continue
        mine, other = set(cut_behind(residues, [one.pattern])), set(cut_behind(residues, [one.other_pattern]))
        if differing := sorted(mine ^ other):
            notes.append(
                f"Another convention would differ here: {one.other_rule}. It concerns the bond{'s' if len(differing) > 1 else ''} "
                f"{', '.join(_bond(residues, place) for place in differing[:8])}"
                f"{f' and {len(differing) - 8} more' if len(differing) > 8 else ''}."
            )
    notes.append(
        "Masses are of the uncharged, unmodified peptides with free ends, cysteines reduced; m/z is of [M+H]+ "
        f"(proton {PROTON_DA:.6f} Da)."
    )
    if "C" in residues:
        notes.append("Each carbamidomethylated Cys (iodoacetamide) adds 57.0215 Da.")
    if any(one.name == "CNBr" for one in enzymes) and cuts:
        notes.append(
            "Peptides that end where cyanogen bromide cut are counted with homoserine lactone in place of Met (48.0034 Da less); as "
            "homoserine they have 18.0106 Da more. Met-Ser and Met-Thr bonds are cut slowly."
        )
    if any(peptide.monoisotopic_da is None for peptide in peptides):
        notes.append("Peptides with B, Z or X have no mass.")
    notes.append("The protein is cut as given: no signal peptide, propeptide or initiator methionine is removed.")
    return notes


def _bond(residues: str, place: int) -> str:
    return f"{residues[place - 1]}{place}-{residues[place]}{place + 1}"


def _as_data(peptide: Peptide) -> dict[str, Any]:
    return {
        "sequence": peptide.residues,
        "start": peptide.start,
        "end": peptide.end,
        "missed": peptide.missed,
        "monoisotopic_mass_da": _rounded(peptide.monoisotopic_da, 4),
        "average_mass_da": _rounded(peptide.average_da, 2),
        "mh_plus_mz": _rounded(peptide.protonated_mz, 4),
    }


def _views(residues: str, peptides: list[Peptide], label: str) -> tuple[View, ...]:
    rows = tuple(
        (f"{one.start}–{one.end}", one.residues, len(one.residues), one.missed, _rounded(one.protonated_mz, 4),
         _rounded(one.monoisotopic_da, 4), _rounded(one.average_da, 2))
        for one in peptides
    )  # fmt: skip
    table = Table(
        title=f"Peptides by {label}",
        columns=("Position", "Peptide", "Length", "Missed", "[M+H]+", "Monoisotopic mass", "Average mass"),
        rows=rows,
        units=("", "", "residues", "", "m/z", "Da", "Da"),
    )
    whole = [one for one in peptides if one.missed == 0][:MOST_MARKED]
    features = tuple(Feature(name=f"{one.start}–{one.end}", start=one.start, end=one.end) for one in whole)
    view = SequenceView(alphabet="protein", residues=residues, title=f"Cut by {label}", features=features)
    return table, view


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _counted(number: int) -> str:
    return f"{number:,} peptide{'' if number == 1 else 's'}"


def _bonds(number: int) -> str:
    return f"{number:,} bond{'' if number == 1 else 's'}"
