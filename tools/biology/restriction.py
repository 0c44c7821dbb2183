"""Cutting DNA with restriction enzymes: ``restriction_digest``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from errors import ToolInputError
from tools.biology.gels import gel
from tools.biology.restriction_enzymes import NEEDS_METHYLATION, Enzyme, catalogue_enzymes, parse_enzymes
from tools.biology.restriction_sites import (
    Cut,
    Fragment,
    Site,
    cuts_of,
    excluding_each_other,
    find_sites,
    fragments_of,
)
from tools.biology.topology import taken_as_circular
from tools.inputs import NucleotideText
from tools.inputs.sequences import ParsedSequence, parse_nucleotides
from tools.outputs import Feature, SequenceView, Table, ToolOutput, View
from tools.registry import tool

_MOST_LISTED = 100  # cuts spelled out in ``data``; the table has them all
_MOST_FEATURES = 500
_MOST_LANES = 8
_NEAR_AN_END = 6  # bases beside a site below which many enzymes cut it badly
_METHYLATED = (("dam", "GATC", re.compile("(?=GATC)"), 4), ("dcm", "CCWGG", re.compile("(?=CC[AT]GG)"), 5))
_EVERY = re.compile(r"all(?: enzymes)?|any|common(?:ly available)?|commercial|\*", re.IGNORECASE)
_CONVENTIONS = (
    "A cut position n lies after base n, counted from 1 (Biopython's numbers, which name the base after the cut, are one "
    "higher); bottom-strand positions are counted along the top strand.",
    "Fragment lengths are those of the top strand, in 5' to 3' order, of a complete digest; the first one has base 1.",
)


@tool(
    group="sequence",
    libraries=("biopython",),
    asks=(
        "restriction digest", "restriction enzyme", "restriction sites", "restriction map", "digest the plasmid", "digest with",
        "cut sites", "cut with", "fragments", "EcoRI", "BamHI", "HindIII", "BsaI", "endonuclease", "gel", "bands", "sticky ends",
        "overhang", "unique cutters", "does it cut", "how many times does it cut", "linearize",
    ),
)  # fmt: skip
def restriction_digest(
    sequence: NucleotideText,
    enzymes: Annotated[
        str | list[str],
        Field(
            description="Restriction enzymes, such as EcoRI, or several; 'all' makes a map of those in NEB's catalogue",
            json_schema_extra={"entity": "restriction_enzymes"},
        ),
    ],
    circular: Annotated[
        bool | None,
        Field(description="true for a plasmid, false for linear DNA; left out: linear, unless its record says so"),
    ] = None,
) -> ToolOutput:
    """Cut DNA with restriction enzymes: sites, cut positions on both strands, overhangs, fragment lengths, a simulated gel;
    linear or circular (plasmid).

    Positions in bases, fragments in bp. Raises ``ToolInputError`` for RNA, a protein, or an enzyme that is not in REBASE.
    """
    parsed = parse_nucleotides(sequence)
    if parsed.alphabet == "rna":
        raise ToolInputError(
            f"RNA is not cut by restriction enzymes: U stands at position {parsed.residues.index('U') + 1}",
            "sequence",
            "write its DNA, with T",
        )
    notes = [*parsed.notes]
    circular = taken_as_circular(parsed, circular, "The DNA", notes)
    if isinstance(enzymes, str) and _EVERY.fullmatch(enzymes.strip()):
        return _map(parsed, circular, notes)
    chosen = parse_enzymes(enzymes, notes)
    residues, length = parsed.residues, len(parsed.residues)
    sites: dict[str, list[Site]] = {}
    for enzyme in chosen:
        sites[enzyme.name], possible = find_sites(residues, enzyme, circular)
        if possible:
            notes.append(
                f"Ambiguity codes leave {possible} further {_plural(possible, 'site')} of {enzyme.name} possible; not cut here."
            )
    every = [site for found in sites.values() for site in found]
    kept = _without_excluded(every, chosen, notes)
    cuts, beyond = cuts_of(kept, residues, circular)
    notes.extend(
        f"{site.enzyme.name} binds at {site.start + 1} to {site.end}, but would cut beyond the end of this linear DNA."
        for site in dict.fromkeys(beyond)
    )
    fragments = fragments_of(cuts, length, circular)
    notes += [*_site_notes(sites, residues, circular), *_CONVENTIONS]
    if not cuts and circular:
        notes.append(
            "Nothing is cut: the circle stays a circle, which does not run like a linear fragment of its length."
        )
    lanes = _lanes(chosen, sites, fragments, residues, circular)
    data = {
        "length": length,
        "circular": circular,
        "enzymes": {enzyme.name: enzyme.written for enzyme in chosen},
        "overhangs": {enzyme.name: enzyme.overhang for enzyme in chosen},
        "site_counts": {name: len(found) for name, found in sites.items()},
        "cut_positions": {
            enzyme.name: sorted({cut.top for cut in _cuts_by(enzyme, sites, residues, circular)}) for enzyme in chosen
        },
        "count": len(fragments),
        "fragments": [fragment.length for fragment in fragments],
        "cuts": [_cut_row(cut, length) for cut in cuts[:_MOST_LISTED]],
    }
    views: tuple[View, ...] = (
        _fragment_table(fragments),
        _cut_table(cuts, length),
        gel(lanes, f"Simulated gel, {_shape(circular)} {parsed.label}"),
        SequenceView(
            alphabet="dna",
            residues=residues,
            title=parsed.label,
            features=_features(every, cuts, length),
            circular=circular,
        ),
    )
    return ToolOutput(
        summary=_summary(parsed, circular, sites, cuts, fragments), data=data, views=views, notes=tuple(notes)
    )


def _shape(circular: bool) -> str:
    return "circular" if circular else "linear"


def _plural(number: int, word: str) -> str:
    return word if number == 1 else word + "s"


def _without_excluded(sites: list[Site], chosen: list[Enzyme], notes: list[str]) -> list[Site]:
    """Without those that another enzyme, named earlier, cuts away; of one enzyme all are kept, and what that means is said."""
    rank = {enzyme.name: place for place, enzyme in enumerate(chosen)}
    dropped: set[Site] = set()
    overlapping: dict[str, int] = {}
    for one, other in excluding_each_other(sites):
        if one.enzyme == other.enzyme:
            overlapping[one.enzyme.name] = overlapping.get(one.enzyme.name, 0) + 1
            continue
        first, second = sorted((one, other), key=lambda site: rank[site.enzyme.name])
        if first not in dropped and second not in dropped:
            dropped.add(second)
            notes.append(
                f"{first.enzyme.name} (site at {first.start + 1}) and {second.enzyme.name} (site at {second.start + 1}) "
                f"destroy each other's site: a molecule is cut by one of them, here by {first.enzyme.name}, named first."
            )
    for name, pairs in overlapping.items():
        notes.append(
            f"{pairs} {_plural(pairs, 'pair')} of sites of {name} overlap: a molecule is cut at one of the two, while all "
            "cuts are listed and counted in the fragments."
        )
    return [site for site in sites if site not in dropped]


def _cuts_by(enzyme: Enzyme, sites: dict[str, list[Site]], residues: str, circular: bool) -> list[Cut]:
    return cuts_of(sites[enzyme.name], residues, circular)[0]


def _lanes(
    chosen: list[Enzyme], sites: dict[str, list[Site]], fragments: list[Fragment], residues: str, circular: bool
) -> dict[str, list[int]]:
    """The digest with each enzyme alone, and with all together."""
    lanes = {
        enzyme.name: [
            f.length for f in fragments_of(_cuts_by(enzyme, sites, residues, circular), len(residues), circular)
        ]
        for enzyme in chosen[:_MOST_LANES]
        if len(chosen) > 1
    }
    return lanes | {" + ".join(enzyme.name for enzyme in chosen): [fragment.length for fragment in fragments]}


def _site_notes(sites: dict[str, list[Site]], residues: str, circular: bool) -> list[str]:
    """What the letters of the sequence alone do not show: methylation, and ends too near."""
    notes = []
    for name, found in sites.items():
        if name in NEEDS_METHYLATION:
            notes.append(f"{name} cuts only methylated DNA; the sites are those it would cut if they are methylated.")
            continue
        for system, motif, pattern, size in _METHYLATED:
            read = residues + residues[: size - 1] if circular else residues
            places = {match.start() for match in pattern.finditer(read)}
            if hit := sum(any(p in places for p in range(s.start - size + 1, s.end)) for s in found):
                notes.append(
                    f"{hit} of {len(found)} {_plural(len(found), 'site')} of {name} overlap {motif}, which {system}+ "
                    f"E. coli methylates: see whether {name} is blocked by {system}; here nothing is taken as methylated."
                )
        near = [s for s in found if not circular and min(s.start, len(residues) - s.end) < _NEAR_AN_END]
        if near:
            where = ", ".join(str(site.start + 1) for site in near[:5])
            notes.append(
                f"{name} at {where}: fewer than {_NEAR_AN_END} bases beside the site to the end; many enzymes cut there badly."
            )
    return notes


def _cut_row(cut: Cut, length: int) -> dict[str, object]:
    return {
        "enzyme": cut.site.enzyme.name,
        "site_start": cut.site.start + 1,
        "site_end": (cut.site.end - 1) % length + 1,
        "strand": cut.site.strand,
        "top_cut": cut.top,
        "bottom_cut": (cut.bottom - 1) % length + 1,
        "overhang": cut.kind,
        "overhang_sequence": cut.overhang,
    }


def _cut_table(cuts: list[Cut], length: int) -> Table:
    rows = tuple(tuple(_cut_row(cut, length).values()) for cut in cuts)
    columns = ("Enzyme", "Site from", "to", "Strand", "Cut after, top", "Cut after, bottom", "Ends", "Overhang (top strand, 5' to 3')")  # fmt: skip
    return Table(title="Cuts", columns=columns, rows=rows)  # type: ignore[arg-type]


def _fragment_table(fragments: list[Fragment]) -> Table:
    rows = tuple(
        (number, f.length, f.start, f.end, _end(f.left), _end(f.right)) for number, f in enumerate(fragments, 1)
    )
    columns = ("Fragment", "Length", "From", "To", "Left end", "Right end")
    return Table(title="Fragments", columns=columns, rows=rows, units=("", "bp", "", "", "", ""))


def _end(cut: Cut | None) -> str:
    if cut is None:
        return "as given"
    return f"{cut.site.enzyme.name}, {cut.kind}" + (f" ({cut.overhang})" if cut.overhang else "")


def _features(sites: list[Site], cuts: list[Cut], length: int) -> tuple[Feature, ...]:
    """The sites, those over a circle's origin with their end before their start, each with the cuts it makes here."""
    made: dict[Site, list[tuple[int, int]]] = {}
    for cut in cuts:
        made.setdefault(cut.site, []).append((cut.top, cut.bottom))
    return tuple(
        Feature(
            name=site.enzyme.name,
            start=site.start + 1,
            end=(site.end - 1) % length + 1,
            strand=0 if site.enzyme.palindromic else site.strand,
            cuts=tuple(made.get(site, ())),
        )
        for site in sorted(sites, key=lambda site: site.start)[:_MOST_FEATURES]
    )


def _summary(
    parsed: ParsedSequence, circular: bool, sites: dict[str, list[Site]], cuts: list[Cut], fragments: list[Fragment]
) -> str:
    names = " + ".join(sites)
    molecule = f"{_shape(circular)} {parsed.label}" + (f" ({len(parsed.residues):,} bp)" if parsed.name else "")
    if not cuts:
        return (
            f"{names} does not cut {molecule}." if len(sites) == 1 else f"None of {', '.join(sites)} cuts {molecule}."
        )
    lengths = [fragment.length for fragment in fragments]
    listed = ", ".join(f"{length:,}" for length in lengths[:12]) + (", …" if len(lengths) > 12 else "")
    counts = ", ".join(f"{name} {len(found)} {_plural(len(found), 'site')}" for name, found in sites.items())
    return f"{names} on {molecule} ({counts}): {len(lengths)} {_plural(len(lengths), 'fragment')} of {listed} bp."


def _map(parsed: ParsedSequence, circular: bool, notes: list[str]) -> ToolOutput:
    """Each enzyme of the catalogue by itself: how often it cuts, and where."""
    by_count: dict[int, list[str]] = {}
    rows = []
    for enzyme in catalogue_enzymes():
        sites, _ = find_sites(parsed.residues, enzyme, circular)
        cuts, _ = cuts_of(sites, parsed.residues, circular)
        count = len({cut.site for cut in cuts})
        by_count.setdefault(count, []).append(enzyme.name)
        places = ", ".join(str(cut.top) for cut in cuts[:20]) + (", …" if len(cuts) > 20 else "")
        rows.append((enzyme.name, enzyme.written, enzyme.overhang, count, places))
    rows.sort(key=lambda row: (row[3] == 0, row[3], row[0]))
    once, none = by_count.get(1, []), by_count.get(0, [])
    data = {
        "length": len(parsed.residues),
        "circular": circular,
        "count": len(rows) - len(none),
        "cut_once": once,
        "cut_twice": by_count.get(2, []),
        "cut_never": none,
    }
    notes += [
        f"A map of each of {len(rows)} enzymes by itself, those of New England Biolabs' catalogue by REBASE; no digest, so no fragments.",
        "Isoschizomers are listed each. Sites that only some reading of ambiguity codes has are left out.",
        _CONVENTIONS[0],
    ]
    table = Table(title="Restriction map", columns=("Enzyme", "Site", "Ends", "Sites", "Cut after"), rows=tuple(rows))
    named = f": {', '.join(once[:15])}{', …' if len(once) > 15 else ''}" if once else ""
    summary = f"Of {len(rows)} enzymes {len(rows) - len(none)} cut {_shape(circular)} {parsed.label}, {len(once)} of them once{named}."
    view = SequenceView(alphabet="dna", residues=parsed.residues, title=parsed.label, circular=circular)
    return ToolOutput(summary=summary, data=data, views=(table, view), notes=tuple(notes))
