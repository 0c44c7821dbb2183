"""What a sequence is made of, and what it codes for: ``sequence_report`` and ``translate``."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Literal

from Bio.Data.IUPACData import protein_letters_1to3_extended
from Bio.Seq import Seq
from Bio.SeqUtils import gc_fraction

from errors import ToolInputError
from tools.biology.composition import composition_plot
from tools.biology.genetic_codes import GeneticCodeNumber, code_name, genetic_code, translated
from tools.biology.masses import average_mass, composition, has_mass
from tools.inputs import NucleotideText, SequenceText
from tools.inputs.alphabets import UNSURE_RESIDUES
from tools.inputs.sequences import counted, parse_nucleotides, parse_sequence, unit
from tools.outputs import Feature, SequenceView, Table, ToolOutput, View
from tools.registry import tool

LONGEST_COMPLEMENT = 1000
_KIND = {"dna": "DNA", "rna": "RNA", "protein": "Protein"}


@tool(
    group="sequence",
    libraries=("biopython",),
    asks=(
        "GC content", "GC", "percent GC", "length", "how long", "base composition", "amino acid composition",
        "nucleotides", "bases", "reverse complement", "sequence", "complexity", "what kind of sequence",
        "analyse", "analyze", "DNA or protein", "DNA or RNA", "RNA or protein", "complement", "molecular weight",
        "mass", "AT content", "number of bases",
    ),
)  # fmt: skip
def sequence_report(sequence: SequenceText, kind: Literal["auto", "dna", "rna", "protein"] = "auto") -> ToolOutput:
    """Report on a DNA, RNA or protein sequence: kind, length, GC content, composition, mass, reverse complement, complexity.

    Mass in dalton. Raises ``ToolInputError`` for what is not one sequence.
    """
    parsed = parse_sequence(sequence, kind)
    residues, alphabet = parsed.residues, parsed.alphabet
    counts = Counter(residues)
    data: dict[str, object] = {
        "alphabet": alphabet,
        "length": len(residues),
        "composition": dict(sorted(counts.items())),
        "shannon_entropy_bits": round(_entropy(counts), 3),
    }
    longest = max((match.group() for match in re.finditer(r"(.)\1*", residues)), key=len)
    data["longest_run_letter"], data["longest_run_length"] = longest[0], len(longest)
    notes = [
        *parsed.notes,
        f"Read as {_KIND[alphabet]}: {parsed.why}.",
        "Complexity is the Shannon entropy of the composition, in bits per residue.",
    ]
    summary = f"{_KIND[alphabet]} of {counted(len(residues), alphabet)}"
    if parsed.name:
        summary = f"{parsed.name}: {summary}"
    if alphabet != "protein":
        gc = _gc_fraction(residues)
        data["gc_fraction"] = None if gc is None else round(gc, 4)
        summary += "" if gc is None else f", GC content {100 * gc:.1f} %"
        notes.append("GC content counts G, C and S among A, C, G, T, U, S and W; other ambiguity codes are left out.")
        if len(residues) <= LONGEST_COMPLEMENT:
            strand = Seq(residues)
            data["reverse_complement"] = str(
                strand.reverse_complement_rna() if alphabet == "rna" else strand.reverse_complement()
            )
    if has_mass(residues, alphabet):
        mass = average_mass(composition(residues, alphabet))
        data["average_mass_da"] = round(mass, 2)
        summary += f", average mass {mass:.1f} Da"
        notes.append(
            "Mass of the linear, unmodified chain."
            if alphabet == "protein"
            else "Mass of the linear single strand with a 5' phosphate; with a 5' hydroxyl, as oligonucleotides are "
            "usually synthesized, it is 79.98 Da less."
        )
    else:
        notes.append("No mass is given: letters that stand for several residues have none.")
    views: tuple[View, ...] = (
        SequenceView(alphabet=alphabet, residues=residues, title=parsed.label),
        _composition_table(counts, len(residues), unit(alphabet)),
        composition_plot(residues, alphabet),
    )
    return ToolOutput(summary=summary + ".", data=data, views=views, notes=tuple(notes))


@tool(
    group="sequence",
    libraries=("biopython",),
    asks=(
        "translate",
        "translation",
        "codons",
        "encoded protein",
        "encode",
        "reading frame",
        "amino acid sequence of this DNA",
        "protein sequence from",
        "to protein",
        "to amino acids",
        "which peptide",
        "code for",
    ),
)
def translate(
    sequence: NucleotideText,
    table: GeneticCodeNumber = 1,
    frame: Literal[1, 2, 3, -1, -2, -3] = 1,
    to_stop: bool = False,
) -> ToolOutput:
    """Translate DNA or RNA to protein, in one reading frame and with any NCBI genetic code.

    ``table`` is NCBI's number (1 standard, 4 mycoplasma, 11 bacteria), negative frames read the reverse complement.
    Raises ``ToolInputError`` for less than one codon, an unknown table, or what is not DNA or RNA.
    """
    code = genetic_code(table)
    parsed = parse_nucleotides(sequence)
    strand = Seq(parsed.residues.replace("U", "T"))
    if frame < 0:
        strand = strand.reverse_complement()
    read = strand[abs(frame) - 1 :]
    remaining = len(read) % 3
    read = read[: len(read) - remaining]
    if not read:
        raise ToolInputError(
            f"{len(parsed.residues)} nt in frame {frame} hold no whole codon", "sequence", "give at least three bases"
        )
    whole = translated(str(read), table)
    protein = whole.split("*")[0] if to_stop else whole
    stops = whole.count("*")
    notes = [
        *parsed.notes,
        f"Genetic code {code_name(code)}.",
        _frame_note(frame),
    ]
    if dual := sorted(set(code.stop_codons) & code.forward_table.keys()):
        notes.append(f"In this code {', '.join(dual)} can also be a stop; translated as the residue.")
    if remaining:
        notes.append(
            f"{remaining} base{'s' if remaining > 1 else ''} at the end make no codon and were not translated."
        )
    if internal := whole[:-1].count("*"):
        where = "translation ended at the first" if to_stop else "shown as *"
        notes.append(f"{internal} stop codon{'s stand' if internal > 1 else ' stands'} inside the sequence; {where}.")
    if (first := str(read[:3])) in code.start_codons and first != "ATG":
        notes.append(
            f"{first} is a start codon in this code; it was translated as {protein_letters_1to3_extended[whole[0]]}, not as Met."
        )
    if unsure := sorted(set(whole) & UNSURE_RESIDUES.keys()):
        meanings = ", ".join(f"{letter} ({UNSURE_RESIDUES[letter]})" for letter in unsure)
        notes.append(f"Codons whose ambiguity codes leave several residues are {meanings}.")
    length = len(protein.replace("*", ""))
    data = {
        "protein": protein,
        "length": length,
        "stops": stops,
        "remaining_bases": remaining,
        "table": table,
        "frame": frame,
    }
    shown_protein = protein if len(protein) <= 60 else protein[:57] + "…"
    said = counted(length, "protein") + (f" ({shown_protein})" if protein else "")
    summary = f"Frame {frame} of {parsed.label} codes for {said} by genetic code {table}."
    views = [
        SequenceView(
            alphabet=parsed.alphabet,
            residues=parsed.residues,
            title=f"{parsed.label}, as given",
            features=(_read_frame(frame, protein, len(parsed.residues)),) if protein else (),
        )
    ]
    if protein:
        views.insert(
            0, SequenceView(alphabet="protein", residues=protein, title=f"Translation, frame {frame}, code {table}")
        )
    return ToolOutput(summary=summary, data=data, views=tuple(views), notes=tuple(notes))


def _read_frame(frame: int, protein: str, length: int) -> Feature:
    """Where the translated codons stand on the strand as given."""
    first, last = abs(frame), abs(frame) + 3 * len(protein) - 1
    name = f"frame {frame}"
    if frame > 0:
        return Feature(name=name, start=first, end=last, protein=protein)
    return Feature(name=name, start=length - last + 1, end=length - first + 1, strand=-1, protein=protein)


def _frame_note(frame: int) -> str:
    strand = "the strand as given" if frame > 0 else "the reverse complement"
    return f"Frame {frame}: {strand}, from its base {abs(frame)}."


def _entropy(counts: Counter[str]) -> float:
    total = sum(counts.values())
    return sum(-count / total * math.log2(count / total) for count in counts.values())


def _gc_fraction(residues: str) -> float | None:
    """None where no letter is certain to be, or not to be, G or C."""
    return gc_fraction(residues, ambiguous="remove") if set(residues) & set("ACGTUSW") else None


def _composition_table(counts: Counter[str], length: int, count_unit: str) -> Table:
    rows = tuple((letter, count, round(100 * count / length, 1)) for letter, count in sorted(counts.items()))
    return Table(title="Composition", columns=("Letter", "Count", "Share"), rows=rows, units=("", count_unit, "%"))
