"""Primer pairs around a region: ``design_primers``, where Primer3 is installed."""

from __future__ import annotations

import importlib
import re
from types import ModuleType
from typing import Annotated, Any

from pydantic import Field

from errors import ToolInputError, shown
from tools.biology.melting_formulas import Conditions
from tools.inputs import NucleotideText
from tools.inputs.sequences import ParsedSequence, parse_nucleotides
from tools.outputs import Cell, Feature, SequenceView, Table, ToolOutput, View
from tools.registry import tool

SHORTEST_PRIMER, BEST_PRIMER, LONGEST_PRIMER = 18, 20, 27
MOST_PAIRS = 10
LONGEST_PRODUCT = 10_000
_MARGIN = 300  # bases beyond the region that a product may have, if nothing else was asked
_LEAST_FRAGMENT = 75
_DIMER_WARNING_C = 45.0  # Tm of a hairpin or dimer that Primer3 itself avoids (47) less a little

Region = Annotated[
    str | list[int] | None,
    Field(
        description="First and last base that must lie between the primers, from 1, both included: 250-349; left out: any"
    ),
]


@tool(
    group="sequence",
    libraries=("biopython",),
    asks=(
        "design primers", "primer design", "primers for", "primer pair", "pick primers", "Primer3", "PCR primers", "qPCR primers",
        "primers to amplify", "hairpins", "primer dimers", "sequencing primers",
    ),
    time_limit_s=60,
)  # fmt: skip
def design_primers(
    sequence: NucleotideText,
    region: Region = None,
    product_length: Annotated[
        str | list[int] | None, Field(description="Shortest and longest product in bp: 100-400")
    ] = None,
    count: int = 5,
    tm: Annotated[float, Field(description="Wanted melting temperature, °C")] = 60.0,
    sodium: Annotated[float, Field(description="Monovalent cations, mM")] = 50.0,
    magnesium: Annotated[float, Field(description="Mg2+, mM")] = 1.5,
    dntps: Annotated[float, Field(description="All dNTPs together, mM")] = 0.6,
    oligo: Annotated[float, Field(description="Each primer, nM")] = 50.0,
) -> ToolOutput:
    """Design PCR primer pairs around a region of a DNA sequence with Primer3: positions, Tm, GC, product length, hairpins and dimers.

    Needs the extra package primer3-py. Tm: nearest neighbours of SantaLucia 1998 with its salt correction. Raises
    ``ToolInputError`` where Primer3 is not installed, the region is not in the sequence, or no pair fits.
    """
    primer3 = _primer3()
    parsed = parse_nucleotides(sequence)
    if parsed.alphabet == "rna":
        raise ToolInputError(
            "Primers are designed on DNA, and the sequence is RNA (it holds U)", "sequence", "write its cDNA, with T"
        )
    length = len(parsed.residues)
    if length < _LEAST_FRAGMENT:
        raise ToolInputError(
            f"{parsed.label} is too short for a pair of primers", "sequence", f"give at least {_LEAST_FRAGMENT} nt"
        )
    if not 1 <= count <= MOST_PAIRS:
        raise ToolInputError(f"{count} pairs cannot be asked for", "count", f"ask for 1 to {MOST_PAIRS}")
    if not 40 <= tm <= 75:
        raise ToolInputError(f"Primers that melt at {tm:g} °C are not designed", "tm", "give 40 to 75 °C")
    conditions = Conditions(sodium, magnesium, dntps, oligo)
    target = _range(region, "region", length)
    if target and (target[0] <= SHORTEST_PRIMER or length - target[1] < SHORTEST_PRIMER):
        raise ToolInputError(
            f"The region {target[0]}-{target[1]} leaves no room for a primer of {SHORTEST_PRIMER} nt on both sides of it",
            "region",
            f"give more sequence, or a region within {SHORTEST_PRIMER + 1}-{length - SHORTEST_PRIMER}",
        )
    sizes = _sizes(product_length, target, length)
    answer = _asked(primer3, parsed.residues, target, sizes, count, tm, conditions)
    pairs = [_pair(answer, number) for number in range(answer["PRIMER_PAIR_NUM_RETURNED"])]
    if not pairs:
        raise ToolInputError(
            f"Primer3 finds no pair: {_why(answer)}",
            "region" if target else "sequence",
            f"give more sequence around it, or other lengths than {sizes[0]}-{sizes[1]} bp",
        )
    return _output(parsed, pairs, target, sizes, tm, conditions, primer3.__version__)


def _primer3() -> ModuleType:
    try:
        return importlib.import_module("primer3")
    except ImportError:
        raise ToolInputError(
            "Primer design needs Primer3, which is not installed here (its licence is the GPL, so it does not come with Retort)",
            "design_primers",
            "install it with: pip install primer3-py; then ask again",
        ) from None


def _range(value: str | list[int] | None, where: str, most: int) -> tuple[int, int] | None:
    """Two numbers, the first not above the second, from 1 to ``most``; None for nothing given."""
    if value is None:
        return None
    numbers = [int(number) for number in re.findall(r"\d+", value)] if isinstance(value, str) else value
    if isinstance(value, str) and not re.fullmatch(
        r"\s*\[?\(?\s*\d{1,9}\s*(?:-|–|\.\.|,|:|\s|to)\s*\d{1,9}\s*\)?\]?\s*", value
    ):
        raise ToolInputError(f"{shown(value)} is not two positions", where, "write them as 250-349")
    if len(numbers) != 2 or not 1 <= numbers[0] <= numbers[1] <= most:
        raise ToolInputError(
            f"{shown(value)} is not a range within 1-{most:,}",
            where,
            "give the first and the last base, counted from 1",
        )
    return numbers[0], numbers[1]


def _sizes(value: str | list[int] | None, target: tuple[int, int] | None, length: int) -> tuple[int, int]:
    asked = _range(value, "product_length", LONGEST_PRODUCT)
    inner = target[1] - target[0] + 1 if target else 0
    least = inner + 2 * SHORTEST_PRIMER
    if asked is None:
        smallest = max(least, _LEAST_FRAGMENT if target else min(100, length))
        return smallest, min(length, max(inner + _MARGIN, smallest, _MARGIN if not target else 0))
    if asked[1] < least or asked[0] > length:
        raise ToolInputError(
            f"No product of {asked[0]}-{asked[1]} bp can hold the region and two primers ({least} bp at least, {length} at most)",
            "product_length",
            "give other lengths",
        )
    return asked[0], min(asked[1], length)


def _asked(
    primer3: ModuleType,
    residues: str,
    target: tuple[int, int] | None,
    sizes: tuple[int, int],
    count: int,
    tm: float,
    conditions: Conditions,
) -> dict[str, Any]:
    sequence: dict[str, Any] = {"SEQUENCE_ID": "sequence", "SEQUENCE_TEMPLATE": residues}
    if target:
        sequence["SEQUENCE_TARGET"] = [[target[0] - 1, target[1] - target[0] + 1]]
    wanted = {
        "PRIMER_NUM_RETURN": count,
        "PRIMER_PRODUCT_SIZE_RANGE": [list(sizes)],
        "PRIMER_MIN_SIZE": SHORTEST_PRIMER, "PRIMER_OPT_SIZE": BEST_PRIMER, "PRIMER_MAX_SIZE": LONGEST_PRIMER,
        "PRIMER_MIN_TM": tm - 3, "PRIMER_OPT_TM": tm, "PRIMER_MAX_TM": tm + 3, "PRIMER_PAIR_MAX_DIFF_TM": 3.0,
        "PRIMER_MIN_GC": 30.0, "PRIMER_MAX_GC": 70.0,
        "PRIMER_TM_FORMULA": 1, "PRIMER_SALT_CORRECTIONS": 1,  # SantaLucia 1998, both
        "PRIMER_SALT_MONOVALENT": conditions.sodium, "PRIMER_SALT_DIVALENT": conditions.magnesium,
        "PRIMER_DNTP_CONC": conditions.dntps, "PRIMER_DNA_CONC": conditions.oligo,
        "PRIMER_THERMODYNAMIC_OLIGO_ALIGNMENT": 1, "PRIMER_EXPLAIN_FLAG": 1,
    }  # fmt: skip
    try:
        return primer3.design_primers(sequence, wanted)
    except (OSError, ValueError) as error:
        raise ToolInputError(
            f"Primer3 refuses the task: {error}", "sequence", "give another region or other lengths"
        ) from None


def _pair(answer: dict[str, Any], number: int) -> dict[str, Any]:
    """Positions from 1, temperatures in °C; structures by the Tm that they would melt at, 0 where there is none."""
    pair: dict[str, Any] = {"product_length": answer[f"PRIMER_PAIR_{number}_PRODUCT_SIZE"]}
    for side, name in (("LEFT", "forward"), ("RIGHT", "reverse")):
        key = f"PRIMER_{side}_{number}"
        start, size = answer[key]
        first = start + 1 if side == "LEFT" else start - size + 2
        pair |= {
            name: answer[f"{key}_SEQUENCE"],
            f"{name}_start": first,
            f"{name}_end": first + size - 1,
            f"{name}_tm_c": round(answer[f"{key}_TM"], 1),
            f"{name}_gc_percent": round(answer[f"{key}_GC_PERCENT"], 1),
            f"{name}_hairpin_tm_c": _structure(answer[f"{key}_HAIRPIN_TH"]),
            f"{name}_self_dimer_tm_c": _structure(answer[f"{key}_SELF_ANY_TH"]),
        }
    pair["pair_dimer_tm_c"] = _structure(answer[f"PRIMER_PAIR_{number}_COMPL_ANY_TH"])
    return pair


def _structure(tm: float) -> float:
    return round(max(tm, 0.0), 1)


def _why(answer: dict[str, Any]) -> str:
    sides = (("forward", "LEFT"), ("reverse", "RIGHT"), ("pairs", "PAIR"))
    return "; ".join(f"{name}: {answer.get(f'PRIMER_{side}_EXPLAIN', 'none')}" for name, side in sides)


def _output(
    parsed: ParsedSequence,
    pairs: list[dict[str, Any]],
    target: tuple[int, int] | None,
    sizes: tuple[int, int],
    tm: float,
    conditions: Conditions,
    version: str,
) -> ToolOutput:
    best = pairs[0]
    around = f" around {target[0]}-{target[1]}" if target else ""
    summary = (
        f"The best of {len(pairs)} primer pairs{around} of {parsed.label}: {best['forward']} and {best['reverse']}, "
        f"product {best['product_length']} bp, Tm {best['forward_tm_c']} and {best['reverse_tm_c']} °C."
    )
    notes = [
        *parsed.notes,
        f"Designed by Primer3 (primer3-py {version}); both primers are written 5' to 3', positions count from 1, ends included.",
        f"Tm: nearest neighbours and salt correction of SantaLucia 1998, {conditions.said()}, {conditions.oligo:g} nM primer; without "
        "Mg2+ it is about 5 °C lower.",
        f"Asked for: {SHORTEST_PRIMER} to {LONGEST_PRIMER} nt, Tm {tm - 3:g} to {tm + 3:g} °C, GC 30 to 70 %, product {sizes[0]}-{sizes[1]} bp.",
        "Hairpins and dimers are given by the temperature below which they would form; 0 is none.",
        "Other binding sites, in a genome say, were not looked for.",
    ]
    for number, pair in enumerate(pairs, 1):
        structures = [value for key, value in pair.items() if key.endswith(("hairpin_tm_c", "dimer_tm_c"))]
        if max(structures) > _DIMER_WARNING_C:
            notes.append(f"Pair {number} forms a hairpin or dimer that melts only at {max(structures):.0f} °C.")
    data: dict[str, Any] = {"count": len(pairs), **best, "pairs": pairs}
    features = [
        Feature(name="product", start=best["forward_start"], end=best["reverse_end"], strand=0),
        Feature(name="forward primer", start=best["forward_start"], end=best["forward_end"]),
        Feature(name="reverse primer", start=best["reverse_start"], end=best["reverse_end"], strand=-1),
    ]
    if target:
        features.append(Feature(name="region", start=target[0], end=target[1], strand=0))
    view: View = SequenceView(
        alphabet="dna", residues=parsed.residues, title=f"{parsed.label}, best pair", features=tuple(features)
    )
    return ToolOutput(summary=summary, data=data, views=(_table(pairs), view), notes=tuple(notes))


def _table(pairs: list[dict[str, Any]]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            number, name, pair[name], pair[f"{name}_start"], pair[f"{name}_end"], pair[f"{name}_tm_c"], pair[f"{name}_gc_percent"],
            pair[f"{name}_hairpin_tm_c"], pair[f"{name}_self_dimer_tm_c"], pair["pair_dimer_tm_c"], pair["product_length"],
        )
        for number, pair in enumerate(pairs, 1)
        for name in ("forward", "reverse")
    ]  # fmt: skip
    columns = (
        "Pair",
        "Primer",
        "Sequence",
        "Start",
        "End",
        "Tm",
        "GC",
        "Hairpin",
        "Self-dimer",
        "Pair dimer",
        "Product",
    )
    units = ("", "", "", "", "", "°C", "%", "°C", "°C", "°C", "bp")
    return Table(title="Primer pairs", columns=columns, rows=tuple(rows), units=units)
