"""When a duplex of an oligonucleotide and its complement melts: ``melting_temperature``."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from errors import ToolInputError, shown
from tools.argument_forms import also_called
from tools.biology.duplex_energies import TABLES, duplex_energy, is_self_complementary
from tools.biology.melting_formulas import (
    FORMULAS,
    WALLACE,
    Conditions,
    SaltCorrection,
    formula_tm,
    nearest_neighbour_tm,
)
from tools.inputs import NucleotideText
from tools.inputs.sequences import ParsedSequence, parse_nucleotides
from tools.outputs import Cell, SequenceView, Table, ToolOutput
from tools.registry import tool

SHORTEST, LONGEST_TWO_STATE, LONGEST = 6, 60, 100_000
_WALLACE_RANGE = (14, 20)
_BOILING_C = 100.0

Method = Annotated[
    Literal[
        "nearest_neighbour", "santalucia_1998", "allawi_1997", "santalucia_2004", "sugimoto_1996", "breslauer_1986",
        "xia_1998", "freier_1986", "chen_2012", "sugimoto_1995", "wallace", "gc", "gc_marmur_doty", "gc_basic",
        "gc_quikchange", "gc_rychlik", "gc_wetmur", "gc_von_ahsen",
    ],
    also_called(
        {
            "nearest_neighbour": "nearest neighbor|nn|nearest-neighbour model|nearest-neighbor model|nearest neighbour "
            "method|nearest neighbor method|nearest neighbors|nearest neighbours|thermodynamic|default|auto|Tm_NN",
            "santalucia_1998": "santalucia|santalucia98|santalucia '98|santalucia 98|unified|santalucia et al. 1998",
            "allawi_1997": "allawi|allawi & santalucia 1997|allawi and santalucia 1997|DNA_NN3|allawi '97",
            "santalucia_2004": "santalucia & hicks|santalucia and hicks|santalucia & hicks 2004|santalucia and hicks 2004|santalucia hicks 2004|DNA_NN4|santalucia '04",
            "sugimoto_1996": "sugimoto|DNA_NN2|sugimoto '96|sugimoto et al. 1996",
            "breslauer_1986": "breslauer|DNA_NN1|breslauer '86|breslauer et al. 1986",
            "xia_1998": "xia|RNA_NN2|xia '98|xia et al. 1998",
            "freier_1986": "freier|RNA_NN1|freier '86|freier et al. 1986",
            "chen_2012": "chen|RNA_NN3|chen '12|chen et al. 2012",
            "sugimoto_1995": "R_DNA_NN1|rna/dna|rna-dna hybrid|hybrid|sugimoto '95|sugimoto et al. 1995",
            "wallace": "wallace rule|tm_wallace|2+4|2+4 rule|4+2|4+2 rule|2-4 rule|rule of thumb|2(A+T)+4(G+C)|4(G+C)+2(A+T)|"
            "the wallace rule|itakura",
            "gc": "gc content|%gc|gc formula|gc method|tm_gc|primer3plus|gc-based|percent gc",
            "gc_marmur_doty": "marmur-doty|marmur doty|marmur and doty|marmur & doty 1962|marmur and doty 1962",
            "gc_basic": "basic|oligocalc basic|basic gc|64.9 + 41(G+C-16.4)/N|64.9+41*(G+C-16.4)/N",
            "gc_quikchange": "quikchange|quickchange",
            "gc_rychlik": "rychlik|schildkraut-lifson|schildkraut and lifson|rychlik 1990",
            "gc_wetmur": "wetmur|wetmur 1991",
            "gc_von_ahsen": "von ahsen|von ahsen 2001",
        }
    ),
]  # fmt: skip
_MOLAR = {"M": 1.0, "mM": 1e-3, "µM": 1e-6, "μM": 1e-6, "uM": 1e-6, "nM": 1e-9, "pM": 1e-12}
_CONCENTRATION = re.compile(r"(\d{1,12}(?:\.\d{1,12})?(?:[eE][+-]?\d{1,2})?)\s*([mµμunp]?M)")


def _in(unit: str) -> BeforeValidator:
    """For a number in ``unit``: what is written with another one (``0.05 M``, ``250 nM``) is converted."""

    def converted(value: Any) -> Any:
        written = _CONCENTRATION.fullmatch(value.strip()) if isinstance(value, str) else None
        return float(f"{float(written[1]) * _MOLAR[written[2]] / _MOLAR[unit]:.12g}") if written else value

    return BeforeValidator(converted)


Salt = Annotated[
    SaltCorrection,
    also_called(
        {"santalucia_1998": "default|auto|santalucia|santalucia entropy", "none": "no|off", "owczarzy_2004": "owczarzy"}
    ),
]


@tool(
    group="sequence",
    libraries=("biopython",),
    asks=(
        "melting temperature", "Tm", "melting point of the primer", "annealing temperature", "primer Tm", "oligo Tm",
        "nearest neighbour", "nearest neighbor", "SantaLucia", "Wallace rule", "melt", "denature", "duplex stability",
        "hybridization temperature", "primer melting", "salt correction",
    ),
)  # fmt: skip
def melting_temperature(
    sequence: NucleotideText,
    method: Method = "nearest_neighbour",
    sodium: Annotated[
        float, _in("mM"), Field(description="Na+ (or all monovalent cations, K+ as one, Tris as half), mM")
    ] = 50.0,
    magnesium: Annotated[float, _in("mM"), Field(description="Mg2+, mM")] = 0.0,
    dntps: Annotated[float, _in("mM"), Field(description="All dNTPs together, mM; they bind Mg2+")] = 0.0,
    oligo: Annotated[float, _in("nM"), Field(description="Total concentration of both strands, nM")] = 50.0,
    salt_correction: Salt = "santalucia_1998",
) -> ToolOutput:
    """Melting temperature (Tm) of a primer, oligonucleotide or duplex: nearest-neighbour tables (SantaLucia 1998 and others, RNA,
    RNA on DNA), GC formulas or the Wallace rule, at given sodium (mM), magnesium, dNTP and strand concentrations.

    ``nearest_neighbour`` takes SantaLucia 1998 for DNA and Xia et al. 1998 for RNA. Temperatures in °C. Raises
    ``ToolInputError`` for ambiguity codes, lengths that the method is not for, and a method of the other nucleic acid.
    """
    conditions = _conditions(sodium, magnesium, dntps, oligo)
    parsed = parse_nucleotides(sequence)
    residues = parsed.residues
    _refuse_ambiguous(residues, method)
    chosen = method
    if method == "nearest_neighbour":
        chosen = "xia_1998" if parsed.alphabet == "rna" else "santalucia_1998"
    if chosen in TABLES:
        return _by_neighbours(parsed, chosen, conditions, salt_correction)
    return _by_formula(parsed, chosen, conditions)


def _by_neighbours(parsed: ParsedSequence, method: str, conditions: Conditions, salt: SaltCorrection) -> ToolOutput:
    residues, model = parsed.residues, TABLES[method]
    _refuse_other_acid(residues, method)
    if len(residues) > LONGEST_TWO_STATE:
        raise ToolInputError(
            f"{parsed.label} is longer than {LONGEST_TWO_STATE} nt: it does not melt in one step, as nearest-neighbour models assume",
            "sequence",
            "give the part that anneals, or take the method gc, a formula for long duplexes",
        )
    symmetric = model.strands != "RNA on DNA" and is_self_complementary(residues)
    energy = duplex_energy(residues, model.table, symmetric)
    tm = nearest_neighbour_tm(residues, model.table, conditions, salt, symmetric)
    _refuse_no_temperature(tm, parsed.label)
    duplex = "RNA strand on DNA" if model.strands == "RNA on DNA" else f"{model.strands} duplex"
    notes = [
        *parsed.notes,
        f"Two-state model of a {duplex} of the sequence and its exact complement, without overhangs.",
        f"Nearest neighbours: {model.named}.",
        conditions.salt_note(salt),
        _concentration_note(conditions.oligo, symmetric),
        "ΔH, ΔS and ΔG are those at 1 M NaCl. Expect ±2 °C or so of a measurement; other tables and salts give other numbers.",
    ]
    if tm < 0:
        notes.append("Below 0 °C: at this concentration there is no stable duplex.")
    if method in ("santalucia_1998", "allawi_1997"):
        notes.append("SantaLucia 1998 and Allawi and SantaLucia 1997 hold the same values for matched neighbours.")
    if method == "breslauer_1986":
        notes.append(
            "Initiation entropies as in the paper (-16.8 with a G·C pair, -20.1 without); Primer3's version, after Rychlik et al. "
            "1990, takes -10.8 and comes out several degrees higher."
        )
    if model.strands != "DNA":
        notes.append("The salt correction was measured on DNA; for RNA it is an approximation.")
    if symmetric:
        alone = nearest_neighbour_tm(residues, model.table, conditions, salt, symmetric=False)
        notes.append(
            f"The sequence is its own complement: two copies pair, with the symmetry term of {model.table['sym'][1]} cal/(mol K); "
            f"taken as a strand with a different partner it would be {alone:.2f} °C."
        )
    data = {
        "tm_c": round(tm, 2),
        "method": model.named,
        "salt_correction": salt,
        **conditions.as_data(),
        "length": len(residues),
        "self_complementary": symmetric,
        "delta_h_kcal_mol": round(energy.enthalpy, 2),
        "delta_s_cal_mol_k": round(energy.entropy, 2),
        "delta_g_37_kcal_mol": round(energy.free_energy_37, 2),
    }
    summary = f"The Tm of {_named(parsed)} is {tm:.1f} °C ({model.named}; {conditions.said()}, total strands {conditions.oligo:g} nM)."
    table = _comparison(residues, model.strands, conditions, salt, symmetric)
    return ToolOutput(summary=summary, data=data, views=(table, _view(parsed)), notes=tuple(notes))


def _by_formula(parsed: ParsedSequence, method: str, conditions: Conditions) -> ToolOutput:
    residues, formula = parsed.residues, FORMULAS[method]
    _refuse_short(residues, method)
    if method == "gc_wetmur":
        formula = FORMULAS["gc_wetmur_rna" if parsed.alphabet == "rna" else "gc_wetmur"]
    tm = formula_tm(residues, formula, conditions)
    _refuse_no_temperature(tm, parsed.label)
    notes = [*parsed.notes, f"Formula: {formula.written}; {formula.source}."]
    if formula is WALLACE:
        notes.append(
            "The Wallace rule knows no concentrations; it was made for about 0.9 M Na+ and for oligonucleotides of 14 to 20 nt."
        )
        if not _WALLACE_RANGE[0] <= len(residues) <= _WALLACE_RANGE[1]:
            notes.append(f"At {len(residues)} nt it is only a rough guide; the nearest-neighbour methods are better.")
    elif formula.uses_salt:
        notes.append(conditions.salt_note(formula.salt))
    else:
        notes.append("This formula has no term for salt or for the concentration of the strands; they were not used.")
    if formula is not WALLACE:
        notes.append(
            "GC formulas do not know the order of the bases; for oligonucleotides nearest-neighbour methods are better."
        )
    if parsed.alphabet == "rna" and method != "gc_wetmur":
        notes.append("The formula was made for DNA; for RNA it is rough.")
    data: dict[str, object] = {
        "tm_c": round(tm, 2),
        "method": formula.named,
        "formula": formula.written,
        "length": len(residues),
    }
    if formula.uses_salt:
        data |= {"sodium_mm": conditions.sodium, "magnesium_mm": conditions.magnesium, "dntps_mm": conditions.dntps}
    salt = f"; {conditions.said()}" if formula.uses_salt else ""
    summary = f"The Tm of {_named(parsed)} is {tm:.1f} °C ({formula.named}{salt})."
    return ToolOutput(summary=summary, data=data, views=(_view(parsed),), notes=tuple(notes))


def _comparison(residues: str, strands: str, conditions: Conditions, salt: SaltCorrection, symmetric: bool) -> Table:
    """What the other tables for the same strands give under the same conditions."""
    rows: list[tuple[Cell, ...]] = []
    for model in TABLES.values():
        if model.strands == strands:
            energy = duplex_energy(residues, model.table, symmetric)
            tm = nearest_neighbour_tm(residues, model.table, conditions, salt, symmetric)
            rows.append(
                (
                    model.named,
                    round(tm, 1),
                    round(energy.enthalpy, 1),
                    round(energy.entropy, 1),
                    round(energy.free_energy_37, 2),
                )
            )
    columns = ("Nearest neighbours", "Tm", "ΔH", "ΔS", "ΔG at 37 °C")
    units = ("", "°C", "kcal/mol", "cal/(mol K)", "kcal/mol")
    return Table(title="By method, under the same conditions", columns=columns, rows=tuple(rows), units=units)


def _named(parsed: ParsedSequence) -> str:
    return parsed.name or (parsed.residues if len(parsed.residues) <= LONGEST_TWO_STATE else f"the {parsed.label}")


def _view(parsed: ParsedSequence) -> SequenceView:
    return SequenceView(alphabet=parsed.alphabet, residues=parsed.residues, title=parsed.label)


def _conditions(sodium: float, magnesium: float, dntps: float, oligo: float) -> Conditions:
    for name, value, most in (("sodium", sodium, 2000), ("magnesium", magnesium, 200), ("dntps", dntps, 200)):
        if not 0 <= value <= most:
            raise ToolInputError(
                f"{shown(value)} mM is no concentration that is used", name, f"give 0 to {most} mM (1 M is 1000)"
            )
    if not 0.001 <= oligo <= 1e7:
        raise ToolInputError(
            f"{shown(oligo)} nM of strands cannot be used", "oligo", "give 0.001 to 10,000,000 nM (1 µM is 1000)"
        )
    if not sodium and not magnesium > dntps:
        raise ToolInputError(
            "Without sodium and free magnesium no duplex forms", "sodium", "give the concentration in mM, such as 50"
        )
    return Conditions(sodium, magnesium, dntps, oligo)


def _refuse_ambiguous(residues: str, method: str) -> None:
    exact = set("ACGTU") | (set("SW") if method in FORMULAS else set())  # S and W count without doubt in GC formulas
    if unsure := [at for at, letter in enumerate(residues) if letter not in exact]:
        raise ToolInputError(
            f"{residues[unsure[0]]} stands for several bases, which melt at different temperatures",
            f"sequence, position {unsure[0] + 1}",
            "give each sequence that is meant on its own",
        )
    if len(residues) < SHORTEST:
        raise ToolInputError(
            f"{shown(residues)} is too short to have a melting temperature", "sequence", f"give at least {SHORTEST} nt"
        )


def _refuse_other_acid(residues: str, method: str) -> None:
    strands, named = TABLES[method].strands, TABLES[method].named
    if strands == "DNA" and "U" in residues:
        raise ToolInputError(
            f"The sequence is RNA (U at position {residues.index('U') + 1}), and {named} is for DNA",
            "method",
            "take xia_1998 or chen_2012 for RNA, sugimoto_1995 for RNA on DNA, or write T",
        )
    if strands != "DNA" and "T" in residues:
        raise ToolInputError(
            f"The sequence is DNA (T at position {residues.index('T') + 1}), and {named} needs the RNA strand",
            "method",
            "write U instead of T, or take santalucia_1998 for DNA",
        )


def _refuse_short(residues: str, method: str) -> None:
    if method != "wallace" and len(residues) < _WALLACE_RANGE[0]:
        raise ToolInputError(
            f"{shown(residues)} has {len(residues)} nt, and GC formulas are for {_WALLACE_RANGE[0]} or more",
            "sequence",
            "take a nearest-neighbour method, or wallace",
        )


def _refuse_no_temperature(tm: float, label: str) -> None:
    if not -100 < tm <= _BOILING_C + 20:
        raise ToolInputError(
            f"For {label} the method gives {tm:.0f} °C, which is no melting temperature in water",
            "method",
            "take another method, or conditions that are used",
        )


def _concentration_note(oligo: float, symmetric: bool) -> str:
    if symmetric:
        return f"Total strand concentration {oligo:g} nM; for a strand that pairs with its copy all of it counts (C)."
    return f"Total strand concentration {oligo:g} nM, half of it each strand; in the logarithm stands a quarter of it (C/4)."
