"""How often each letter of a sequence occurs, as bars."""

from __future__ import annotations

from collections import Counter

from tools.inputs.alphabets import Alphabet
from tools.outputs import Plot, Series

_USUAL = {"dna": "ACGT", "rna": "ACGU", "protein": "ACDEFGHIKLMNPQRSTVWY"}


def composition_plot(residues: str, alphabet: Alphabet) -> Plot:
    """One bar for each letter of the alphabet, those that do not occur too, then for other letters that do."""
    counts = Counter(residues)
    letters = [*_USUAL[alphabet], *sorted(set(counts) - set(_USUAL[alphabet]))]
    unit = "residues" if alphabet == "protein" else "bases"
    series = Series(
        name="composition",
        x=tuple(float(place) for place in range(1, len(letters) + 1)),
        y=tuple(float(counts[letter]) for letter in letters),
    )
    return Plot(
        title=f"Composition, {len(residues):,} {unit}",
        style="bar",
        x_label="residue" if alphabet == "protein" else "base",
        y_label=f"count ({unit})",
        x_names=tuple(letters),
        series=(series,),
    )
