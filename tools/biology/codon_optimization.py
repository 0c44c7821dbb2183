"""A coding sequence for a protein in a host: ``codon_optimize``."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from errors import ToolInputError, shown
from tools.argument_forms import also_called
from tools.biology.codon_choices import Constraints, as_used, gc_fraction, is_pattern, mended, most_used, possible_gc
from tools.biology.codon_usage import Host, adaptation_index, parse_host
from tools.biology.genetic_codes import translated
from tools.biology.restriction_enzymes import find_enzyme
from tools.inputs import ProteinText
from tools.inputs.sequences import counted, parse_protein
from tools.outputs import Feature, Plot, SequenceView, Series, Table, ToolOutput, View
from tools.registry import tool

_MOST_RESIDUES = 3000
_LONGEST_AVOIDED = 500  # characters
_MOST_AVOIDED = 20
_RARE = 0.1  # share of a residue's codons below which one is called rare
_METHOD = Annotated[
    Literal["best codon", "match usage"],
    also_called(
        {
            "best codon": "best|use best codon|most frequent|cai|maximize cai|one codon",
            "match usage": "match|match codon usage|harmonize usage|usage",
        }
    ),
]


@tool(
    group="sequence",
    libraries=("dnachisel", "python_codon_tables", "biopython"),
    asks=(
        "codon optimize", "codon optimise", "codon optimization", "optimize for expression", "back-translate", "back translate",
        "reverse translate", "reverse translation", "synthetic gene", "gene for expression in", "codon usage", "CAI",
        "coding sequence for this protein", "express in E. coli", "DNA that encodes",
    ),
    time_limit_s=60.0,
)  # fmt: skip
def codon_optimize(
    protein: ProteinText,
    host: Annotated[
        str,
        Field(
            description="E. coli, yeast, human, mouse, CHO, Pichia, B. subtilis, C. elegans, D. melanogaster or chicken",
            json_schema_extra={"entity": "host"},
        ),
    ],
    avoid: Annotated[
        str | list[str] | None,
        Field(description="restriction enzymes or bases that must not occur, such as EcoRI, BsaI, AAAAAA"),
    ] = None,
    gc_min: Annotated[float | None, Field(description="least GC content, as a fraction or in per cent")] = None,
    gc_max: Annotated[float | None, Field(description="greatest GC content, as a fraction or in per cent")] = None,
    method: _METHOD = "best codon",
    stop: Annotated[bool, Field(description="true: add the host's most used stop codon")] = False,
    seed: int = 1,
) -> ToolOutput:
    """Codon-optimize a protein for a host (back-translate): a coding sequence (CDS) that translates back, without given
    restriction sites and within a range of GC content.

    Raises ``ToolInputError`` for residues without a codon, a stop inside the protein, a host without a table, and for what no
    coding sequence can keep to.
    """
    parsed = parse_protein(protein, "protein")
    residues = parsed.residues
    chosen = parse_host(host)
    if stranger := re.search("[^ACDEFGHIKLMNPQRSTVWY]", residues):
        letter = stranger.group()
        why = "its UGA needs an element of the mRNA" if letter == "U" else "it stands for no one of the twenty residues"
        raise ToolInputError(
            f"{letter} has no codon of its own: {why}",
            f"protein, position {stranger.start() + 1}",
            "replace it with one of the twenty",
        )
    if len(residues) > _MOST_RESIDUES:
        raise ToolInputError(
            f"The protein has {len(residues):,} residues; at most {_MOST_RESIDUES:,} are taken",
            "protein",
            "give a part of it",
        )
    ends_in_stop = stop or protein.rstrip().endswith("*")
    notes = [*parsed.notes]
    constraints = Constraints(_avoided(avoid, notes), _gc_range(gc_min, gc_max))
    coded = residues + ("*" if ends_in_stop else "")
    _refuse_impossible_gc(constraints, coded, chosen)
    match = method == "match usage"
    bases = as_used(coded, chosen, seed) if match else most_used(coded, chosen)
    if constraints.broken(bases):
        bases = mended(bases, coded, chosen, constraints, match, seed)
    _check(bases, coded, constraints)
    codons = [bases[place : place + 3] for place in range(0, len(bases), 3)]
    index = adaptation_index(codons, chosen)
    gc = gc_fraction(bases)
    rare = sum(chosen.share(codon) < _RARE for codon in codons)
    not_best = sum(codon != chosen.best(residue) for codon, residue in zip(codons, coded, strict=True))
    notes += _notes(chosen, method, seed, constraints, residues, ends_in_stop, not_best)
    data = {
        "sequence": bases,
        "length": len(bases),
        "protein": residues,
        "host": chosen.key,
        "gc_fraction": round(gc, 4),
        "cai": None if index is None else round(index, 3),
        "rare_codons": rare,
        "codons_not_the_most_used": not_best,
        "stop_codon": codons[-1] if ends_in_stop else None,
        "avoided": list(constraints.avoided),
    }
    views: tuple[View, ...] = (
        SequenceView(
            alphabet="dna",
            residues=bases,
            title=f"CDS for {chosen.species}",
            features=(Feature(name=parsed.name or "CDS", start=1, end=len(bases), protein=coded),),
        ),
        _usage_table(codons, chosen),
        _usage_plot(codons, chosen),
    )
    said = "" if index is None else f", CAI {index:.2f}"
    name = parsed.name or f"the protein of {counted(len(residues), 'protein')}"
    summary = f"CDS of {len(bases):,} nt for {name} in {chosen.species}: GC content {100 * gc:.1f} %{said}; it translates back to the protein."
    return ToolOutput(summary=summary, data=data, views=views, notes=tuple(notes))


def _avoided(avoid: str | list[str] | None, notes: list[str]) -> dict[str, str]:
    """Name to letters: enzymes by their sites, runs of bases by themselves."""
    for text in [avoid] if isinstance(avoid, str) else (avoid or []):
        if len(text) > _LONGEST_AVOIDED:
            raise ToolInputError(
                f"{shown(text)} has {len(text):,} characters",
                "avoid",
                f"give sites of at most {_LONGEST_AVOIDED} in all",
            )
    pieces = re.split(r"\s*(?:[,;+/\n]|\band\b)\s*", avoid.strip()) if isinstance(avoid, str) else (avoid or [])
    names = [str(piece).strip() for piece in pieces if str(piece).strip()]
    if len(names) > _MOST_AVOIDED:
        raise ToolInputError(f"{len(names)} sites are to be avoided", "avoid", f"name at most {_MOST_AVOIDED}")
    found = {}
    for place, name in enumerate(names, 1):
        letters = name.upper().replace("U", "T")
        if is_pattern(letters):
            found[letters] = letters
            continue
        enzyme = find_enzyme(name, f"avoid, name {place}", notes)
        found[enzyme.name] = enzyme.site
    return found


def _gc_range(least: float | None, most: float | None) -> tuple[float, float]:
    values = []
    for value, name, otherwise in ((least, "gc_min", 0.0), (most, "gc_max", 1.0)):
        given = otherwise if value is None else float(value)
        fraction = given / 100 if 1 < given <= 100 else given
        if not 0 <= fraction <= 1:
            raise ToolInputError(
                f"{value} is not a GC content", name, "give a fraction such as 0.45, or per cent such as 45"
            )
        values.append(fraction)
    if values[0] > values[1]:
        raise ToolInputError(
            f"The least GC content ({shown(least)}) is above the greatest ({shown(most)})", "gc_min", "exchange them"
        )
    return values[0], values[1]


def _refuse_impossible_gc(constraints: Constraints, coded: str, host: Host) -> None:
    least, most = possible_gc(coded, host)
    if constraints.gc[0] > most or constraints.gc[1] < least:
        raise ToolInputError(
            f"No coding sequence has {constraints.gc_words}",
            "gc_min, gc_max",
            f"the codons of this protein allow {100 * least:.1f} to {100 * most:.1f} %",
        )


def _check(bases: str, coded: str, constraints: Constraints) -> None:
    """Whatever made the sequence: it must code for the protein and keep to what was asked."""
    if translated(bases, 1) != coded:
        raise ToolInputError(
            "The coding sequence found does not translate back", "protein", "ask for fewer constraints"
        )
    if broken := constraints.broken(bases):
        raise ToolInputError(
            f"The coding sequence found does not keep to {', '.join(broken)}",
            "avoid, gc_min, gc_max",
            "ask for fewer constraints",
        )


def _notes(
    host: Host, method: str, seed: int, constraints: Constraints, residues: str, ends_in_stop: bool, not_best: int
) -> list[str]:
    ways = {
        "best codon": "the most used codon of each residue, changed by DnaChisel only where a constraint asks for it",
        "match usage": f"each codon as often as the host uses it, in an order drawn with seed {seed}",
    }
    notes = [host.source, f"Method '{method}': {ways[method]}."]
    if method == "best codon" and not_best:
        notes.append(f"{not_best} {'codon is' if not_best == 1 else 'codons are'} not the most used one.")
    asked = [
        f"no {name} site ({letters})" if name != letters else f"no {letters}"
        for name, letters in constraints.avoided.items()
    ]
    if constraints.gc != (0.0, 1.0):
        asked.append(f"{constraints.gc_words} over the whole")
    notes.append(
        f"Constraints, checked on both strands: {'; '.join(asked)}."
        if asked
        else "No constraints: restriction sites, repeats, hairpins and GC content were not looked at."
    )
    if residues[0] != "M":
        notes.append(f"It begins with {residues[0]}, so no start codon: none is added.")
    notes.append(
        "A stop codon, the host's most used one, ends it."
        if ends_in_stop
        else "No stop codon is added; stop = true adds one."
    )
    notes.append(
        "CAI: Sharp and Li 1987, but with the weights of the host's whole table instead of highly expressed genes, so it "
        "compares with itself alone. Expression depends on more than codons."
    )
    return notes


def _usage_table(codons: list[str], host: Host) -> Table:
    rows = []
    for residue in sorted(host.usage):
        for codon, share in sorted(host.usage[residue].items()):
            total = sum(codons.count(other) for other in host.usage[residue])
            if total:
                rows.append((residue, codon, codons.count(codon), round(codons.count(codon) / total, 2), share))
    columns = ("Residue", "Codon", "Used", "Share here", "Share in the host")
    return Table(title="Codons", columns=columns, rows=tuple(rows))


def _usage_plot(codons: list[str], host: Host) -> Plot:
    """How used each codon along the CDS is, beside the most used one of its residue."""
    relative = []
    for codon in codons:
        shares = next(shares for shares in host.usage.values() if codon in shares)
        relative.append(round(shares[codon] / max(shares.values()), 3))
    series = Series(
        name="relative adaptiveness", x=tuple(float(n) for n in range(1, len(codons) + 1)), y=tuple(relative)
    )
    return Plot(
        title=f"Codons along the CDS, {host.species}",
        x_label="codon",
        y_label="use over that of the best codon",
        series=(series,),
    )
