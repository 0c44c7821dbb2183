"""The secondary structure of an RNA by free energy: ``fold_rna``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from errors import ToolInputError, shown
from tools.biology.rna_energies import BASES, energies
from tools.biology.rna_mfe import Folder, Folding
from tools.biology.rna_traceback import least_energy_folding
from tools.inputs import NucleotideText
from tools.inputs.sequences import ParsedSequence, parse_nucleotides
from tools.outputs import Cell, Feature, Plot, SequenceView, Series, Table, Text, ToolOutput, View
from tools.registry import tool

LONGEST = 1000
_COLDEST, _HOTTEST = 0.0, 100.0
_PAIRS_IN_DATA = 200
_UNSURE_LENGTH = 200
CONVENTIONS = (
    "Nearest neighbours of Turner 2004 (Mathews et al. 2004; NNDB, Turner and Mathews 2010), 1 M NaCl; the mismatch at each stem of "
    "multiloops and of the open chain counts, as in ViennaRNA's default.",
    "The structure of least free energy among nested ones: pseudoknots, tertiary contacts, Mg2+ and proteins are not considered, and "
    "others of nearly the same energy may be as real.",
)


@tool(
    group="sequence",
    libraries=("numpy", "biopython"),
    asks=(
        "fold the RNA", "RNA folding", "RNA secondary structure", "secondary structure of the RNA", "dot-bracket", "hairpin",
        "minimum free energy", "MFE", "stem-loop", "RNAfold", "folding free energy", "base pairs of the RNA", "Turner", "cloverleaf",
    ),
    time_limit_s=60,
)  # fmt: skip
def fold_rna(
    sequence: NucleotideText,
    temperature: Annotated[float, Field(description="°C")] = 37.0,
) -> ToolOutput:
    """Fold an RNA: secondary structure of minimum free energy in dot-bracket notation, free energy in kcal/mol (Turner 2004), base
    pairs, helices and loops.

    Up to 1,000 nt, nested structures only. Raises ``ToolInputError`` for DNA (its parameters are others), ambiguity codes, a
    protein, and temperatures outside 0 to 100 °C.
    """
    parsed = parse_nucleotides(sequence)
    _refuse_what_is_no_rna(parsed)
    if not _COLDEST <= temperature <= _HOTTEST:
        raise ToolInputError(
            f"RNA is not folded at {temperature:g} °C", "temperature", "give 0 to 100 °C (310.15 K is 37 °C)"
        )
    letters = parsed.residues
    folding = least_energy_folding(
        Folder(letters, [BASES.index(letter) for letter in letters], energies(float(temperature)))
    )
    return _output(parsed, folding, temperature)


def _refuse_what_is_no_rna(parsed: ParsedSequence) -> None:
    letters = parsed.residues
    if "T" in letters:
        raise ToolInputError(
            f"{shown(letters)} is DNA (T at position {letters.index('T') + 1}), which folds with other parameters than RNA",
            "sequence",
            "write U for T if its RNA is meant",
        )
    if unsure := [at for at, letter in enumerate(letters) if letter not in BASES]:
        raise ToolInputError(
            f"{letters[unsure[0]]} stands for several bases, which pair differently",
            f"sequence, position {unsure[0] + 1}",
            "write the base that is meant",
        )
    if len(letters) > LONGEST:
        raise ToolInputError(
            f"The RNA has {len(letters):,} nt, and at most {LONGEST:,} are folded",
            "sequence",
            "give a part that folds by itself",
        )


def _output(parsed: ParsedSequence, folding: Folding, temperature: float) -> ToolOutput:
    letters = parsed.residues
    structure = "".join("." if other < 0 else "(" if other > at else ")" for at, other in enumerate(folding.pairs))
    pairs = [(at + 1, other + 1) for at, other in enumerate(folding.pairs) if other > at]
    helices = _helices(folding.pairs)
    energy = round(folding.energy / 100, 2) + 0.0  # no -0.0
    notes = [*parsed.notes, *CONVENTIONS]
    if "U" not in letters:
        notes.append("Without T and U it could be DNA as well; it was folded as RNA.")
    if temperature != 37:
        notes.append(f"At {temperature:g} °C by the enthalpies of the same tables.")
    if not pairs:
        notes.append("No structure is more stable than the open chain, whose free energy is 0 by definition.")
    if len(letters) > _UNSURE_LENGTH:
        notes.append("Of so long an RNA commonly only about half of the predicted pairs are right.")
    data = {
        "length": len(letters),
        "dot_bracket": structure,
        "free_energy_kcal_mol": energy,
        "temperature_c": temperature,
        "count": len(pairs),
        "base_pairs": [list(pair) for pair in pairs] if len(pairs) <= _PAIRS_IN_DATA else None,
        "helices": len(helices),
        "hairpins": sum(loop.kind == "hairpin" for loop in folding.loops),
        "multiloops": sum(loop.kind == "multiloop" for loop in folding.loops),
    }
    said = structure if len(structure) <= 80 else f"{len(pairs)} base pairs in {len(helices)} helices"
    summary = f"{parsed.name or f'RNA of {len(letters):,} nt'} folds to {said}, {energy:.2f} kcal/mol at {temperature:g} °C (Turner 2004)."
    if not pairs:
        summary = f"{parsed.name or f'RNA of {len(letters):,} nt'} stays open at {temperature:g} °C: no structure has a negative free energy (Turner 2004)."
    features = [
        Feature(name=f"helix {number}{side}", start=start, end=end, strand=0, group=f"helix {number}")
        for number, helix in enumerate(helices, 1)
        for side, (start, end) in zip(("", "'"), helix, strict=True)
    ]
    views: list[View] = [
        Text(title=f"Structure of {parsed.label}, {energy:.2f} kcal/mol", text=_wrapped(letters, structure)),
        SequenceView(alphabet="rna", residues=letters, title=parsed.label, features=tuple(features)),
    ]
    if pairs:
        views += [_mountain(folding.pairs), _loops(folding, letters)]
    return ToolOutput(summary=summary, data=data, views=tuple(views), notes=tuple(notes))


def _helices(pairs: tuple[int, ...]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Runs of stacked pairs: positions from 1 of the 5' and of the 3' strand."""
    helices = []
    at = 0
    while at < len(pairs):
        if (other := pairs[at]) <= at:
            at += 1
            continue
        size = 1
        while pairs[at + size] == other - size and at + size < other - size:
            size += 1
        helices.append(((at + 1, at + size), (other - size + 2, other + 1)))
        at += size
    return helices


def _wrapped(letters: str, structure: str, width: int = 80) -> str:
    lines = []
    for start in range(0, len(letters), width):
        lines += [letters[start : start + width], structure[start : start + width], ""]
    return "\n".join(lines[:-1])


def _mountain(pairs: tuple[int, ...]) -> Plot:
    heights, height = [], 0
    for at, other in enumerate(pairs):
        height -= 0 <= other < at
        heights.append(float(height))
        height += other > at
    x = tuple(float(at + 1) for at in range(len(pairs)))
    series = Series(name="pairs around the base", x=x, y=tuple(heights))
    return Plot(
        title="Mountain plot: slopes are helices, plateaus loops",
        x_label="base",
        y_label="pairs that enclose it",
        series=(series,),
    )


def _loops(folding: Folding, letters: str) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            loop.kind,
            None if loop.i < 0 else f"{letters[loop.i]}{loop.i + 1}-{letters[loop.j]}{loop.j + 1}",
            round(loop.energy / 100, 2),
        )
        for loop in folding.loops
    ]
    return Table(
        title="Loops, whose energies add up",
        columns=("Loop", "Closed by", "Energy"),
        rows=tuple(rows),
        units=("", "", "kcal/mol"),
    )
