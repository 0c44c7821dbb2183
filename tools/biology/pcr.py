"""What two primers amplify from a template: ``simulate_pcr``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from Bio.SeqUtils import gc_fraction
from pydantic import Field

from errors import ToolInputError, shown
from tools.biology.annealing import NearestPlace, Site, annealing_sites, nearest_place
from tools.biology.melting_formulas import PRIMER_TM_MODEL, primer_tm
from tools.biology.restriction_enzymes import reverse_complement
from tools.biology.topology import taken_as_circular
from tools.inputs import NucleotideText
from tools.inputs.sequences import ParsedSequence, parse_nucleotides
from tools.outputs import Cell, Feature, SequenceView, Table, ToolOutput, View
from tools.registry import tool

SHORTEST_PRIMER, LONGEST_PRIMER = 6, 300
MINIMUM_MATCH = 13
MOST_SITES, MOST_PRODUCTS = 50, 20
LONGEST_IN_DATA = 10_000
LONGEST_SHOWN = 100_000  # of a template, in a view
LONG_PRODUCT = 5_000  # bp beyond which ordinary Taq fails


@dataclass(frozen=True)
class Product:
    """``residues`` read from the 5' end of the primer at ``left`` to the complement of the one at ``right``.

    ``start`` and ``end`` are the template's first and last amplified positions, from 1; on a circle ``end`` may be lower.
    """

    left: Site
    right: Site
    residues: str
    start: int
    end: int
    overlap: int


@tool(
    group="sequence",
    libraries=("biopython", "numpy"),
    asks=(
        "PCR", "in silico PCR", "amplicon", "amplify", "amplification", "PCR product", "primers bind", "primer binding site",
        "product length", "product size", "forward primer", "reverse primer", "primer pair", "inverse PCR", "anneal",
    ),
    time_limit_s=30,
)  # fmt: skip
def simulate_pcr(
    template: NucleotideText,
    forward: NucleotideText,
    reverse: NucleotideText,
    circular: Annotated[
        bool | None, Field(description="true for a plasmid; left out: linear, unless the template's record says so")
    ] = None,
    minimum_match: int | None = None,
) -> ToolOutput:
    """Simulate a PCR: amplicon (sequence, length, coordinates) from a linear or circular DNA template with a forward and a reverse
    primer, both written 5' to 3'; binding sites, tails (5' overhangs), mismatches, Tm of each primer.

    ``minimum_match``: bases at the primer's 3' end that must pair without a mismatch (13, or the whole of a shorter primer).
    Positions count from 1 and are of the given strand. Raises ``ToolInputError`` where nothing is amplified, and says why.
    """
    parsed = _dna(template, "template")
    primers = {"forward": _primer(forward, "forward"), "reverse": _primer(reverse, "reverse")}
    sites: list[Site] = []
    notes = [*parsed.notes]
    circular = taken_as_circular(parsed, circular, "The template", notes)
    for name, primer in primers.items():
        notes += [f"The {name} primer: {note[:1].lower()}{note[1:]}" for note in primer.notes]
        if circular and len(primer.residues) > len(parsed.residues):
            raise ToolInputError(
                f"The {name} primer is longer than the circular template", name, "give the whole template"
            )
        needed = _minimum(minimum_match, primer.residues, name)
        sites += _sites(name, primer.residues, parsed, needed, circular)
    products = _products(sites, primers, parsed.residues, circular)
    if not products:
        raise _nothing_amplified(sites, primers, circular)
    return _output(parsed, primers, sites, products, notes, circular, minimum_match)


def _dna(text: str, where: str) -> ParsedSequence:
    parsed = parse_nucleotides(text, where)
    if parsed.alphabet == "rna":
        raise ToolInputError(
            f"The {where} is RNA (U at position {parsed.residues.index('U') + 1}), and PCR is simulated with DNA",
            where,
            "give the DNA (of an RNA its cDNA), with T for U",
        )
    return parsed


def _primer(text: str, where: str) -> ParsedSequence:
    parsed = _dna(text, where)
    if not SHORTEST_PRIMER <= len(parsed.residues) <= LONGEST_PRIMER:
        raise ToolInputError(
            f"The {where} primer has {len(parsed.residues)} nt",
            where,
            f"give one of {SHORTEST_PRIMER} to {LONGEST_PRIMER} nt",
        )
    return parsed


def _minimum(asked: int | None, primer: str, name: str) -> int:
    if asked is None:
        return min(MINIMUM_MATCH, len(primer))
    if not SHORTEST_PRIMER <= asked <= len(primer):
        raise ToolInputError(
            f"{asked} pairing bases at the 3' end cannot be asked of a {name} primer of {len(primer)} nt",
            "minimum_match",
            f"give {SHORTEST_PRIMER} to {len(primer)}",
        )
    return asked


def _sites(name: str, primer: str, template: ParsedSequence, needed: int, circular: bool) -> list[Site]:
    sites = annealing_sites(name, primer, template.residues, needed, circular)
    if not sites:
        nearest = nearest_place(primer, template.residues, circular)
        raise ToolInputError(
            f"The {name} primer {shown(primer)} has no binding site: nowhere do its {needed} bases at the 3' end pair",
            name,
            _nearest_said(nearest, primer, template.residues),
        )
    if len(sites) > MOST_SITES:
        raise ToolInputError(
            f"The {name} primer {shown(primer)} has {len(sites):,} binding sites and amplifies nothing in particular",
            name,
            "give a more specific one",
        )
    return sites


def _nearest_said(nearest: NearestPlace, primer: str, template: str) -> str:
    """Where it would come closest, and whether it is written the wrong way round."""
    if primer[::-1] in template or reverse_complement(primer[::-1]) in template:
        return f"read backwards it has one: it seems to be written from 3' to 5'; write {shown(primer[::-1])}"
    paired = len(primer) - len(nearest.unpaired)
    if paired < 0.7 * len(primer):
        return "give the template that holds its site, and write primers from 5' to 3'"
    ends = max(nearest.start, 0) + 1, min(nearest.end, len(template))
    from_3 = len(primer) + 1 - nearest.unpaired[-1]
    if from_3 == 1:
        why = "its 3' base does not, so that it is not extended"
    else:
        why = f"base {from_3} from its 3' end does not; a lower minimum_match would take it"
    return f"at {ends[0]}-{ends[1]} {paired} of its {len(primer)} bases pair, but {why}"


def _products(sites: list[Site], primers: dict[str, ParsedSequence], template: str, circular: bool) -> list[Product]:
    """Of every pair of sites that face each other, the pairs of different primers first, then by length."""
    products = [
        product
        for left in sites
        if left.strand == 1
        for right in sites
        if right.strand == -1
        if (product := _product(left, right, primers, template, circular))
    ]
    return sorted(products, key=lambda one: (one.left.primer == one.right.primer, len(one.residues), one.start))


def _product(
    left: Site, right: Site, primers: dict[str, ParsedSequence], template: str, circular: bool
) -> Product | None:
    """None where the two do not face each other: the 3' ends must point at, or reach over, one another."""
    length = len(template)
    first = primers[left.primer].residues
    last = reverse_complement(primers[right.primer].residues)
    gap = right.start - left.end
    if circular:
        gap %= length
    elif gap < 0 and not (left.start <= right.start and left.end <= right.end):
        return None
    middle = "".join((template + template)[left.end % length :][:gap]) if gap > 0 else ""
    residues = first + middle + last[max(-gap, 0) :]
    return Product(left, right, residues, left.start + 1, (right.end - 1) % length + 1, max(-gap, 0))


def _nothing_amplified(sites: list[Site], primers: dict[str, ParsedSequence], circular: bool) -> ToolInputError:
    strands = {site.strand for site in sites}
    if len(strands) == 1:
        turned = reverse_complement(primers["reverse"].residues)
        return ToolInputError(
            f"Both primers read like the same strand ({_listed(sites)}), so that nothing lies between them",
            "reverse",
            f"write the reverse primer 5' to 3' as the complement of the given strand; turned round it would be {shown(turned)}",
        )
    hint = "give primers that face each other" + ("" if circular else ", or say circular if the template is a plasmid")
    return ToolInputError(f"The primers point away from each other ({_listed(sites)})", "forward", hint)


def _listed(sites: list[Site]) -> str:
    def said(site: Site) -> str:
        return (
            f"{site.primer} at {site.start + 1}-{site.end}, {'given' if site.strand == 1 else 'complementary'} strand"
        )

    return "; ".join(said(site) for site in sites[:6]) + ("; …" if len(sites) > 6 else "")


def _output(
    template: ParsedSequence,
    primers: dict[str, ParsedSequence],
    sites: list[Site],
    products: list[Product],
    notes: list[str],
    circular: bool,
    asked: int | None,
) -> ToolOutput:
    first = products[0]
    length = len(first.residues)
    temperatures = {name: _tm(_site_of(name, first, sites), primers[name].residues) for name in primers}
    data: dict[str, object] = {
        "count": len(products),
        "length": length if len(products) == 1 else None,
        "lengths": [len(product.residues) for product in products[:MOST_PRODUCTS]],
        "product": first.residues if len(products) == 1 and length <= LONGEST_IN_DATA else None,
        "start": first.start,
        "end": first.end,
        "circular": circular,
        "gc_fraction": round(gc_fraction(first.residues, ambiguous="remove"), 4),
    }
    for name, primer in primers.items():
        site = _site_of(name, first, sites)
        data |= {
            f"{name}_sites": [
                f"{one.start + 1}-{one.end} ({'+' if one.strand == 1 else '-'})" for one in sites if one.primer == name
            ],
            f"{name}_annealing": primer.residues[site.tail :],
            f"{name}_tail": primer.residues[: site.tail],
            f"{name}_mismatches": list(site.mismatches),
            f"{name}_tm_c": None if (tm := temperatures[name]) is None else round(tm, 1),
        }
    views: list[View] = [_product_view(product, number) for number, product in enumerate(products[:3], 1)]
    views.append(_products_table(products))
    if len(template.residues) <= LONGEST_SHOWN:
        views.append(_template_view(template, sites, products, circular))
    return ToolOutput(
        summary=_summary(template, products),
        data=data,
        views=tuple(views),
        notes=(*notes, *_notes(template, primers, sites, products, temperatures, circular, asked)),
    )


def _site_of(name: str, product: Product, sites: list[Site]) -> Site:
    """The site of that primer in the product, or its first one."""
    here = [site for site in (product.left, product.right) if site.primer == name]
    return here[0] if here else next(site for site in sites if site.primer == name)


def _tm(site: Site, primer: str) -> float | None:
    """Of the bases at the 3' end that pair without a mismatch."""
    return primer_tm(primer[len(primer) - site.run :])


def _summary(template: ParsedSequence, products: list[Product]) -> str:
    first = products[0]
    place = f"{first.start}-{first.end} of {template.label}"
    if len(products) == 1:
        return f"The primers amplify {len(first.residues):,} bp: {place}, with the primers' tails."
    lengths = ", ".join(f"{len(product.residues):,} bp ({product.start}-{product.end})" for product in products[:5])
    more = f" and {len(products) - 5} more" if len(products) > 5 else ""
    return f"The primers amplify {len(products)} products of {template.label}: {lengths}{more}."


def _notes(
    template: ParsedSequence,
    primers: dict[str, ParsedSequence],
    sites: list[Site],
    products: list[Product],
    temperatures: dict[str, float | None],
    circular: bool,
    asked: int | None,
) -> list[str]:
    first = products[0]
    needed = {name: _minimum(asked, primer.residues, name) for name, primer in primers.items()}
    said = " and ".join(f"{number} of the {name} primer" for name, number in needed.items())
    notes = [
        "It was taken as double-stranded; positions count from 1 on the given strand.",
        f"A primer binds where its last bases at the 3' end pair without a mismatch: at least {said}.",
        f"Tm of the bases that pair at the 3' end: {PRIMER_TM_MODEL}; by the settings of a polymerase's maker it is different.",
    ]
    known = [tm for tm in temperatures.values() if tm is not None]
    if len(known) == 2 and abs(known[0] - known[1]) > 5:
        notes.append(f"The primers' Tm differ by {abs(known[0] - known[1]):.1f} °C; pairs within 5 °C work better.")
    for name, primer in primers.items():
        here = [site for site in sites if site.primer == name]
        if len(here) > 1:
            notes.append(f"The {name} primer has {len(here)} binding sites: {_listed(here)}.")
        if len(primer.residues) < MINIMUM_MATCH:
            notes.append(f"The {name} primer of {len(primer.residues)} nt is too short to be specific in a genome.")
        site = _site_of(name, first, sites)
        if site.tail:
            notes.append(
                f"The {name} primer has a tail of {site.tail} nt ({shown(primer.residues[: site.tail])}), which is in the product."
            )
        if site.mismatches:
            places = ", ".join(map(str, site.mismatches))
            notes.append(
                f"The {name} primer has mismatches at its position {places}; the product carries the primer's base."
            )
        if set(primer.residues) - set("ACGT"):
            notes.append(
                f"The {name} primer is degenerate: it pairs with each base its codes stand for, and the product shows the codes."
            )
    if set(template.residues) - set("ACGT"):
        notes.append("Ambiguity codes in the template pair with no primer.")
    if (first.left.primer, first.right.primer) == ("reverse", "forward"):
        notes.append(
            "The primer given as forward binds the given strand and the reverse one its complement: they are named the other way round."
        )
    if any(product.left.primer == product.right.primer for product in products):
        notes.append("A product with one primer at both ends is among them.")
    if first.overlap:
        notes.append(f"The primers overlap by {first.overlap} bases: the product is little more than a dimer of them.")
    if circular and first.end < first.start:
        notes.append("The product runs over the origin of the circle.")
    if circular and len(first.residues) > len(template.residues):
        notes.append("The product is longer than the circle: its two ends repeat each other, or are tails.")
    if len(first.residues) > LONG_PRODUCT:
        notes.append(f"{len(first.residues):,} bp need a polymerase for long products.")
    if len(first.residues) > LONGEST_IN_DATA and len(products) == 1:
        notes.append("The sequence of the product is in the view and not in the data, for its length.")
    return notes


def _product_view(product: Product, number: int) -> SequenceView:
    length = len(product.residues)
    left, right = product.left, product.right
    features = [
        Feature(name=f"{left.primer} primer", start=1, end=_length(left)),
        Feature(name=f"{right.primer} primer", start=length - _length(right) + 1, end=length, strand=-1),
    ]
    title = f"Product {number}, {product.start}-{product.end} of the template"
    return SequenceView(alphabet="dna", residues=product.residues, title=title, features=tuple(features))


def _template_view(
    template: ParsedSequence, sites: list[Site], products: list[Product], circular: bool
) -> SequenceView:
    """Where the primers bind (without their tails), and what lies between them, unless it is longer than its circle."""
    length = len(template.residues)
    features = [
        Feature(name=f"product {number}", start=one.start, end=one.end, strand=0)
        for number, one in enumerate(products[:MOST_PRODUCTS], 1)
        if len(one.residues) <= length and (circular or one.start <= one.end)
    ]
    features += [
        Feature(
            name=f"{site.primer} primer",
            start=site.start % length + 1,
            end=(site.end - 1) % length + 1,
            strand=site.strand,
        )
        for site in sites
    ]
    return SequenceView(
        alphabet="dna",
        residues=template.residues,
        title=f"Template, {template.label}",
        features=tuple(features),
        circular=circular,
    )


def _length(site: Site) -> int:
    return site.end - site.start + site.tail


def _products_table(products: list[Product]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (number, len(one.residues), one.start, one.end, f"{one.left.primer}, {one.right.primer}")
        for number, one in enumerate(products[:MOST_PRODUCTS], 1)
    ]
    columns = ("Product", "Length", "Start", "End", "Primers")
    return Table(title="Products", columns=columns, rows=tuple(rows), units=("", "bp", "", "", ""))
