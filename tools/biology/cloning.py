"""Putting DNA parts together: ``simulate_cloning``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from errors import ToolInputError
from tools.argument_forms import also_called
from tools.biology.assemblies import Assembly, Joint, assemblies
from tools.biology.cloning_joints import (
    Method,
    gibson_joint,
    is_palindromic,
    is_type_iis,
    no_product,
    open_ends,
    refuse_ambiguous,
    sticky_joint,
)
from tools.biology.melting_formulas import PRIMER_TM_MODEL, primer_tm
from tools.biology.pieces import Piece, digested, whole
from tools.biology.restriction_enzymes import Enzyme, parse_enzymes
from tools.biology.restriction_sites import find_sites
from tools.biology.topology import taken_as_circular
from tools.inputs.sequences import ParsedSequence, parse_nucleotides
from tools.outputs import Cell, Feature, SequenceView, Table, ToolOutput, View
from tools.registry import tool

MOST_PARTS, MOST_BASES = 20, 200_000
MOST_BLUNT_PARTS = 4
SHORTEST_PART = 10
LEAST_OVERLAP, LONGEST_IN_DATA, MOST_LISTED, MOST_VIEWS = 8, 10_000, 20, 4
_COLD_OVERLAP_C = 48.0  # Tm of the overlap that makers of the mixtures ask for

Parts = Annotated[
    str | list[str],
    Field(
        description="The DNA parts, a list of sequences (FASTA keeps their names), each 5' to 3'",
        json_schema_extra={"entity": "nucleotides_list"},
    ),
]
MethodName = Annotated[
    Literal["gibson", "golden_gate", "ligation"],
    also_called(
        {
            "gibson": "gibson assembly|gibson cloning|hifi|nebuilder|hifi assembly|overlap|isothermal assembly",
            "golden_gate": "golden gate assembly|golden gate cloning|moclo|type iis|goldengate",
            "ligation": "restriction ligation|restriction and ligation|restriction-ligation|digestion and ligation|ligate|"
            "restriction cloning|cut and paste|blunt ligation|sticky-end ligation|traditional cloning|restriction/ligation|"
            "digest and ligate|restriction enzyme cloning|sticky end ligation|blunt-end ligation|t4 ligase",
        }
    ),
]


@tool(
    group="sequence",
    libraries=("biopython",),
    asks=(
        "Gibson assembly", "Golden Gate", "ligation", "ligate", "cloning", "clone", "assemble", "assembly of the fragments",
        "plasmid construct", "insert into the vector", "overlaps", "BsaI", "BsmBI", "sticky ends", "join the parts", "in silico cloning",
        "vector and insert",
    ),
    time_limit_s=60,
)  # fmt: skip
def simulate_cloning(
    parts: Parts,
    method: MethodName,
    enzymes: Annotated[
        str | list[str] | None,
        Field(
            description="For golden_gate and ligation: BsaI, BsmBI, or EcoRI and BamHI",
            json_schema_extra={"entity": "restriction_enzymes"},
        ),
    ] = None,
    circular_parts: Annotated[
        list[int] | int | None, Field(description="Numbers, from 1, of the parts that are circular plasmids")
    ] = None,
    product: Literal["auto", "circular", "linear"] = "auto",
    minimum_overlap: int = 20,
) -> ToolOutput:
    """Simulate cloning: join DNA parts by Gibson assembly, Golden Gate (BsaI, BsmBI, …) or restriction and ligation (sticky or
    blunt); circular or linear products, with every overlap or overhang.

    ``product``: auto takes a circle where the parts close to one, and else a chain. Every product holds each part once.
    Raises ``ToolInputError`` that names the junction where an overlap is missing or ambiguous.
    """
    notes: list[str] = []
    parsed = _parsed_parts(parts)
    names = [one.name or f"part {number}" for number, one in enumerate(parsed, 1)]
    circles = _circles(circular_parts, parsed, names, notes)
    chosen = _enzymes(enzymes, method, notes)
    if method == "gibson":
        candidates, joint = _for_gibson(parsed, names, circles, minimum_overlap)
    else:
        candidates, joint = _for_ligase(parsed, names, circles, chosen, method, notes)
    wanted = "circular" if product == "auto" and any(circles) else product
    products = _products(candidates, joint, wanted, method, minimum_overlap)
    if method != "ligation":
        refuse_ambiguous(candidates, products, joint, method)
    notes += _notes(products, candidates, joint, method, chosen, minimum_overlap)
    return _output(products, method, chosen, notes)


def _parsed_parts(parts: str | list[str]) -> list[ParsedSequence]:
    texts = [parts] if isinstance(parts, str) else parts
    if len(texts) == 1 and len(re.findall(r"^>", texts[0], re.MULTILINE)) > 1:
        texts = [record for record in re.split(r"(?=^>)", texts[0], flags=re.MULTILINE) if record.strip()]
    if not 1 <= len(texts) <= MOST_PARTS:
        raise ToolInputError(f"{len(texts)} parts are given", "parts", f"give 1 to {MOST_PARTS}")
    parsed = []
    for number, text in enumerate(texts, 1):
        where = f"parts, item {number}"
        one = parse_nucleotides(text, where)
        if one.alphabet == "rna":
            raise ToolInputError(f"Part {number} is RNA (it holds U)", where, "give DNA, with T")
        if len(one.residues) < SHORTEST_PART:
            raise ToolInputError(
                f"Part {number} has {len(one.residues)} bp", where, f"give parts of at least {SHORTEST_PART} bp"
            )
        parsed.append(one)
    if (total := sum(len(one.residues) for one in parsed)) > MOST_BASES:
        raise ToolInputError(f"The parts have {total:,} bp together", "parts", f"give at most {MOST_BASES:,}")
    return parsed


def _circles(
    numbers: list[int] | int | None, parsed: list[ParsedSequence], names: list[str], notes: list[str]
) -> list[bool]:
    listed = [numbers] if isinstance(numbers, int) else numbers
    for number in listed or ():
        if not 1 <= number <= len(parsed):
            raise ToolInputError(
                f"There is no part {number}", "circular_parts", f"give numbers from 1 to {len(parsed)}"
            )
    circles = []
    for number, (one, name) in enumerate(zip(parsed, names, strict=True), 1):
        notes += [f"{name}: {note[:1].lower()}{note[1:]}" for note in one.notes]
        asked = None if listed is None else number in listed
        said: list[str] = []
        circles.append(taken_as_circular(one, asked, name.capitalize() if not one.name else name, said))
        notes += [note for note in said if circles[-1] or "though" in note]
    if not any(circles):
        notes.append("All parts were taken as linear; name circular plasmids in circular_parts.")
    return circles


def _enzymes(enzymes: str | list[str] | None, method: Method, notes: list[str]) -> list[Enzyme]:
    if method == "gibson":
        if enzymes:
            raise ToolInputError(
                "Gibson assembly uses no restriction enzyme",
                "enzymes",
                "give the parts as they are after cutting, linear",
            )
        return []
    if not enzymes:
        if method == "golden_gate":
            raise ToolInputError("Golden Gate needs its enzyme", "enzymes", "name it, such as BsaI or BsmBI")
        notes.append("No enzyme was named: the parts are ligated as given, with blunt ends.")
        return []
    chosen = parse_enzymes(enzymes, notes)
    for enzyme in chosen:
        if len(enzyme.cuts) > 1:
            raise ToolInputError(
                f"{enzyme.name} cuts on both sides of its site", "enzymes", "name an enzyme that cuts once"
            )
        if method == "golden_gate" and not is_type_iis(enzyme):
            raise ToolInputError(
                f"{enzyme.name} ({enzyme.written}) does not cut beside its site",
                "enzymes",
                "Golden Gate needs a type IIS enzyme such as BsaI, BsmBI or SapI; for others take ligation",
            )
    notes.append(
        "Complete digestion by " + ", ".join(f"{one.name} ({one.written}, {one.overhang})" for one in chosen) + "."
    )
    return chosen


def _for_gibson(
    parsed: list[ParsedSequence], names: list[str], circles: list[bool], minimum: int
) -> tuple[list[list[Piece]], Joint]:
    if not LEAST_OVERLAP <= minimum <= 500:
        raise ToolInputError(
            f"An overlap of {minimum} bp cannot be asked for", "minimum_overlap", f"give {LEAST_OVERLAP} to 500"
        )
    if any(circles):
        at = circles.index(True)
        raise ToolInputError(
            f"{names[at]} is circular and has no ends to overlap",
            f"parts, item {at + 1}",
            "give it linear, as it is after cutting or PCR",
        )
    return [[whole(at, names[at], one.residues)] for at, one in enumerate(parsed)], gibson_joint(minimum)


def _for_ligase(
    parsed: list[ParsedSequence],
    names: list[str],
    circles: list[bool],
    enzymes: list[Enzyme],
    method: Method,
    notes: list[str],
) -> tuple[list[list[Piece]], Joint]:
    """The pieces of each part that can be in a product, and how their ends join."""
    candidates = []
    named = " or ".join(enzyme.name for enzyme in enzymes)
    for at, one in enumerate(parsed):
        where = f"parts, item {at + 1}"
        pieces = digested(at, names[at], one.residues, circles[at], enzymes)
        uncut = not any(find_sites(one.residues, enzyme, circles[at])[0] for enzyme in enzymes)
        if circles[at] and (uncut or not pieces):
            hint = "name an enzyme that cuts it" if enzymes else "name the enzymes that open it"
            raise ToolInputError(f"{names[at]} is circular and stays uncut", where, hint)
        if method == "golden_gate":
            if uncut:
                raise ToolInputError(
                    f"{names[at]} has no site of {named}", where, "add the sites by its primers, or take another enzyme"
                )
            pieces = [piece for piece in pieces if not piece.recut and _is_sticky(piece)]
            if not pieces:
                raise ToolInputError(
                    f"Every piece of {names[at]} keeps a site of {named} and is cut again",
                    where,
                    "let the sites point at the piece that is wanted, or take away those within it",
                )
        elif uncut and enzymes:
            notes.append(f"{names[at]} has no site of {named} and keeps its blunt ends.")
        pieces = [piece for piece in pieces if piece.left.joins or piece.right.joins]
        candidates.append(pieces)
    blunt = method == "ligation"
    if (
        blunt
        and len(parsed) > MOST_BLUNT_PARTS
        and any(piece.left.kind == "blunt" and piece.left.joins for group in candidates for piece in group)
    ):
        raise ToolInputError(
            "Blunt ends all fit each other", "parts", f"give at most {MOST_BLUNT_PARTS} parts with blunt ends"
        )
    return candidates, sticky_joint(blunt)


def _is_sticky(piece: Piece) -> bool:
    return piece.left.kind != "blunt" or piece.right.kind != "blunt"


def _products(
    candidates: Sequence[Sequence[Piece]], joint: Joint, wanted: str, method: Method, minimum: int
) -> list[Assembly]:
    if wanted != "linear" and (circles := assemblies(candidates, joint, circular=True)):
        return circles
    if wanted != "circular" and len(candidates) > 1 and (chains := assemblies(candidates, joint, circular=False)):
        return chains
    raise no_product(candidates, joint, method, wanted == "circular" or len(candidates) == 1, minimum)


def _output(products: list[Assembly], method: Method, enzymes: list[Enzyme], notes: list[str]) -> ToolOutput:
    first = products[0]
    letters = first.residues
    topology = "circular" if first.circular else "linear"
    data: dict[str, object] = {
        "method": method,
        "enzymes": [enzyme.name for enzyme in enzymes],
        "count": len(products),
        "topology": topology,
        "length": len(letters) if len(products) == 1 else None,
        "lengths": [len(one.residues) for one in products[:MOST_LISTED]],
        "product": letters if len(products) == 1 and len(letters) <= LONGEST_IN_DATA else None,
        "products": [{"length": len(one.residues), "order": one.order} for one in products[:MOST_LISTED]],
        "junctions": _junctions(first),
    }
    told = " + ".join(_told(piece) for piece in first.pieces)
    named = {"gibson": "Gibson assembly", "golden_gate": "Golden Gate", "ligation": "Ligation"}[method]
    if len(products) == 1:
        summary = f"{named} gives one {topology} product of {len(letters):,} bp: {told}."
    else:
        lengths = ", ".join(f"{len(one.residues):,}" for one in products[:6]) + (", …" if len(products) > 6 else "")
        summary = (
            f"{named} gives {len(products)} possible {topology} products ({lengths} bp), the first of them {told}."
        )
    views: list[View] = [_view(product, number) for number, product in enumerate(products[:MOST_VIEWS], 1)]
    views.append(_junction_table(first))
    if len(products) > 1:
        rows = tuple((at, len(one.residues), " + ".join(one.order)) for at, one in enumerate(products[:MOST_LISTED], 1))
        views.append(
            Table(title="Products", columns=("Product", "Length", "Order of parts"), rows=rows, units=("", "bp", ""))
        )
    if len(letters) > LONGEST_IN_DATA:
        notes = [*notes, "The sequence of the product is in the view and not in the data, for its length."]
    return ToolOutput(summary=summary, data=data, views=tuple(views), notes=tuple(notes))


def _told(piece: Piece) -> str:
    return piece.name if piece.strand == 1 else f"{piece.name} reversed"


def _junctions(product: Assembly) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for at, shared in enumerate(product.shared):
        one, other = product.pieces[at], product.pieces[(at + 1) % len(product.pieces)]
        letters = one.residues[len(one.residues) - shared :]
        found.append(
            {"from": _told(one), "to": _told(other), "sequence": letters, "length": shared, "end": one.right.kind}
        )
    return found


def _junction_table(product: Assembly) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for one in _junctions(product):
        tm = primer_tm(str(one["sequence"]))
        rows.append(
            (
                str(one["from"]),
                str(one["to"]),
                str(one["sequence"]),
                int(str(one["length"])),
                None if tm is None else round(tm, 1),
            )
        )
    columns = ("From", "To", "Shared sequence", "Length", "Tm")
    return Table(title="Junctions", columns=columns, rows=tuple(rows), units=("", "", "", "bp", "°C"))


def _view(product: Assembly, number: int) -> SequenceView:
    letters = product.residues
    features = []
    for piece, start in zip(product.pieces, product.starts(), strict=True):
        end = start + len(piece.residues) - 1
        end = (end - 1) % len(letters) + 1 if product.circular else min(end, len(letters))
        features.append(Feature(name=piece.name, start=start, end=end, strand=piece.strand))
    shape = "circular" if product.circular else "linear"
    return SequenceView(
        alphabet="dna",
        residues=letters,
        title=f"Product {number}, {shape}, {' + '.join(product.order)}",
        features=tuple(features),
        circular=product.circular,
    )


def _notes(
    products: list[Assembly],
    candidates: Sequence[Sequence[Piece]],
    joint: Joint,
    method: Method,
    enzymes: list[Enzyme],
    minimum: int,
) -> list[str]:
    first = products[0]
    notes = ["Every product holds each part once; others, of fewer parts or of several copies, form beside it."]
    if first.circular:
        notes.append("A circular product begins with the first base of part 1 as given (after its digestion).")
    else:
        notes.append(open_ends(first, method, minimum))
        notes.append("A chain is written in the direction in which more parts stand as given.")
    overhangs = [
        one.residues[len(one.residues) - shared :]
        for one, shared in zip(first.pieces, first.shared, strict=False)
        if shared
    ]
    if method == "gibson":
        notes.append(
            f"Overlaps of at least {minimum} bp, at the very ends of the parts; the longest one of each junction is taken."
        )
        cold = [letters for letters in overhangs if (tm := primer_tm(letters)) is not None and tm < _COLD_OVERLAP_C]
        if cold:
            notes.append(
                f"{len(cold)} of the overlaps melt below {_COLD_OVERLAP_C:.0f} °C ({PRIMER_TM_MODEL}); the usual protocols want more."
            )
    if method != "gibson":
        notes += [
            f"The overhang {letters} is its own complement: pieces with it also join to their own copies."
            for letters in sorted({text for text in overhangs if is_palindromic(text)})
        ]
    if method == "ligation":
        if len(products) > 1:
            notes.append(
                "The ends do not decide between the products: they differ in which pieces, or which way round they join."
            )
        notes += [
            f"The piece of {len(piece.residues):,} bp of {piece.name} can also close on itself; a vector is dephosphorylated against it."
            for group in candidates
            for piece in group
            if len(candidates) > 1 and joint(piece, piece) is not None
        ]
        notes.append(
            "Ligase needs a 5' phosphate at each junction; ends made by PCR have none unless the primers brought it."
        )
    if method == "golden_gate" and any(find_sites(first.residues, enzyme, first.circular)[0] for enzyme in enzymes):
        notes.append("The product still holds a site of the enzyme and would be cut again.")
    return notes
