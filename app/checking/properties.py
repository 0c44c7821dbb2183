"""The properties that statements give: the words for each, its units, and where the tools tell it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

About = Literal["compound", "sequence", "element"]

#: To daltons.
MASS_UNITS = {
    "g/mol": 1.0, "g·mol⁻¹": 1.0, "g mol⁻¹": 1.0, "g·mol^-1": 1.0, "g mol^-1": 1.0, "g mol-1": 1.0, "g·mol-1": 1.0, "g/mole": 1.0,
    "gmol-1": 1.0, "g.mol-1": 1.0, "g.mol⁻¹": 1.0, "g mol−1": 1.0, "g·mol−1": 1.0, "g⋅mol⁻¹": 1.0, "g⋅mol^-1": 1.0, "grams per mole": 1.0,
    "grams/mole": 1.0, "gram per mole": 1.0, "g per mole": 1.0, "g per mol": 1.0, "grams per mol": 1.0, "Da": 1.0, "Daltons": 1.0, "daltons": 1.0, "Dalton": 1.0,
    "dalton": 1.0, "amu": 1.0, "u": 1.0, "kDa": 1000.0, "kilodaltons": 1000.0, "kilodalton": 1000.0, "kg/mol": 1000.0, "mg/mmol": 1.0,
    "g/mmol": 1000.0, "mDa": 0.001, "kg mol⁻¹": 1000.0,
}  # fmt: skip
AREA_UNITS = dict.fromkeys(
    ("Å²", "Å2", "Å^2", "Å^{2}", "A^2", "A²", "A2", "Ų", "square angstroms", "square ångströms"), 1.0
) | {"nm²": 100.0, "nm^2": 100.0}
PERCENT = {"%": 0.01, "percent": 0.01, "per cent": 0.01}
CELSIUS = dict.fromkeys(("°C", "ºC", "°c", "degrees Celsius", "degrees C", "℃", "deg C", "C", "° C", "degrees"), 1.0)
EXTINCTION = dict.fromkeys(
    (
        "M⁻¹ cm⁻¹",
        "M⁻¹cm⁻¹",
        "M^-1 cm^-1",
        "M-1 cm-1",
        "L/(mol·cm)",
        "L mol⁻¹ cm⁻¹",
        "M−1 cm−1",
        "M⁻¹·cm⁻¹",
        "M^-1cm^-1",
        "/M/cm",
    ),
    1.0,
)


@dataclass(frozen=True)
class Property:
    """``keys``: where ``describe`` and its like tell it; ours is any of their values. ``before``, ``after``: the words for it that
    stand before a number and after one. ``units``: to what the keys have; empty: a bare number. ``relative``, ``absolute``:
    what may differ beyond the digits given, since sources differ so. ``definitions``: others count it otherwise, up to this many more
    or fewer, and only what is beyond is different; ``slack`` is that, relative, for values that other years' atomic weights give.
    """

    name: str
    about: tuple[About, ...]
    keys: tuple[str, ...]
    before: str
    after: str = ""
    units: tuple[tuple[str, float], ...] = ()
    relative: float = 0.0
    absolute: float = 0.0
    definitions: float = 0.0
    slack: float = 0.0
    integer: bool = False

    @cached_property
    def said_before(self) -> re.Pattern[str]:
        return _compiled(self.before)

    @cached_property
    def said_after(self) -> re.Pattern[str]:
        return _compiled(self.after)


def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(words.replace(r"\s+", r"[\s_]+"), re.IGNORECASE)


def _units(units: dict[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(units.items(), key=lambda unit: -len(unit[0])))


_MASS = _units(MASS_UNITS)
_DONORS = r"(?:hydrogen|h)[-\s]?bond(?:ing)?[-\s]+(?:donating\s+groups|donors?|donor\s+count)|\bHBD\b|\bdonors?\b"
_ACCEPTORS = r"(?:hydrogen|h)[-\s]?bond(?:ing)?[-\s]+(?:acceptors?|acceptor\s+count)|\bHBA\b|\bacceptors?\b"
_STEREO = r"(?:stereogenic|stereo|chiral(?:ity)?|asymmetric)[-\s]?(?:cent(?:er|re)s?|carbons?(?: atoms?)?|atoms?)|stereocent(?:er|re)s?"
_UNSATURATION = r"degrees? of unsaturation|double[-\s]bond equivalents?|\bDBEs?\b|\bDoU\b|ind(?:ex|ices) of hydrogen deficiency|\bIHD\b|\bunsaturation\b"
_AROMATIC = r"aromatic\s+rings?"

#: In this order a word is looked for: the first that fits a place wins where they begin together, the longer one.
PROPERTIES: tuple[Property, ...] = (
    Property("monoisotopic_mass", ("compound", "sequence"), ("monoisotopic_mass_da",),
             r"mono-?isotopic(?:\s+(?:molecular\s+)?(?:mass(?:es)?|weights?))?(?!\s+residue)|exact(?:\s+molecular)?\s+(?:mass(?:es)?|weights?)|accurate\s+mass(?:es)?", r"mono-?isotopic|exact mass", units=_MASS, relative=2e-7, absolute=0.0006),
    Property("nominal_mass", ("compound",), ("nominal_mass_da",), r"nominal\s+(?:molecular\s+)?mass", units=_MASS, integer=True),
    Property("average_mass", ("compound", "sequence", "element"), ("average_mass_da", "atomic_weight"),
             r"(?:(?:average|relative)\s+)?molecular\s+(?:weights?|mass(?:es)?)|mol\.?\s*wt\.?|molar\s+(?:mass(?:es)?|weights?)|formula\s+(?:weight|mass)|average\s+mass|\bM\.?W\.?(?![\w-])|\bMr\b|\bM_r\b|\bFW\b"
             r"|relative\s+(?:formula|molecular)\s+mass|(?-i:\bM)(?=\s*(?:\([^()]{1,40}\)\s*)?[=≈])",
             r"average\s+mass|molecular\s+weight|molar\s+mass", units=_MASS, relative=2e-5, slack=1.6e-4),
    Property("atomic_weight", ("element",), ("atomic_weight",), r"(?:standard\s+|relative\s+|average\s+)?atomic\s+(?:weight|mass)\b|(?-i:(?<!\[)\bA_?r\b(?!\]))", units=_MASS, relative=2e-5, slack=1.6e-4),
    Property("atomic_number", ("element",), ("atomic_number",), r"atomic\s+number|\bZ(?=\s*=)|proton\s+number|element\s+(?:number|no\.)|number\s+of\s+protons", r"protons\b", integer=True),
    Property("group", ("element",), ("group",), r"\bgroup\b", integer=True),
    Property("period", ("element",), ("period",), r"\bperiod\b", integer=True),
    Property("electronegativity", ("element",), ("electronegativity_pauling",), r"electronegativity|Pauling\s+(?:scale|value)", absolute=0.011),
    Property("logp", ("compound",), ("logp_crippen",), r"\b[cax]?log\s?P(?:o/w|ow)?\b(?:\s*\((?:Crippen|Wildman[-–]Crippen|RDKit)\))?|\b(?:Mol|Wildman[-–]?Crippen\s+|Crippen\s+|X|A|C)log\s?P3?\b|Crippen(?:[’']s)?\s+(?:value|estimate|method\s+gives|gives)", absolute=0.006),
    Property("tpsa", ("compound",), ("tpsa_a2",), r"\bt?PSAs?\b|(?:topological\s+)?polar\s+surface(?:\s+area)?", units=_units(AREA_UNITS), absolute=0.011, definitions=4.0),
    Property("h_bond_donors", ("compound",), ("h_bond_donors",), _DONORS, _DONORS, integer=True),
    Property("h_bond_acceptors", ("compound",), ("h_bond_acceptors",), _ACCEPTORS, _ACCEPTORS, integer=True, definitions=1),
    Property("rotatable_bonds", ("compound",), ("rotatable_bonds",), r"rotatable\s+bonds?|\brotors?\b", r"(?:freely\s+)?rotatable\s+(?:single\s+)?bonds?|rotors?\b", integer=True, definitions=1),
    Property("aromatic_rings", ("compound",), ("aromatic_ring_count",), _AROMATIC, _AROMATIC, integer=True),
    Property("rings", ("compound",), ("ring_count",), r"\brings\b|ring\s+count|number\s+of\s+rings", r"(?:fused\s+)?rings?\b(?!\s*(?:system|strain|closure|opening|bond|carbon|nitrogen|atom|size|proton))", integer=True),
    Property("stereocentres", ("compound",), ("stereocentres_assigned", "stereocentres_unassigned"), _STEREO, rf"(?:defined\s+|undefined\s+|tetrahedral\s+)?(?:{_STEREO})", integer=True),
    Property("heavy_atoms", ("compound",), ("heavy_atom_count",), r"heavy[-\s]atoms?(?:\s+count)?|non-hydrogen\s+atoms", r"(?:heavy|non-hydrogen)[-\s]atoms?", integer=True),
    Property("unsaturation", ("compound",), ("degrees_of_unsaturation",), _UNSATURATION, _UNSATURATION, integer=True),
    Property("electrons", ("element",), ("atomic_number",), r"number\s+of\s+electrons", r"electrons\b(?=\s+(?:with|in\s+its|and\s+\d+\s+protons|arranged|in\s+the\s+neutral))", integer=True),
    Property("fraction_csp3", ("compound",), ("fraction_csp3",), r"\bF(?:raction\s+(?:of\s+)?C?)?sp3\b|fraction\s+csp3", absolute=0.006),
    Property("qed", ("compound",), ("qed",), r"\bQED\b", absolute=0.006),
    Property("molar_refractivity", ("compound",), ("molar_refractivity",), r"molar\s+refractivity", absolute=0.06),
    Property("atom_count", ("compound",), ("atom_count",), r"total\s+(?:number\s+of\s+)?atoms|atoms\s+in\s+total", r"atoms\b(?=\s+(?:in\s+(?:total|all)|altogether|per\s+(?:molecule|formula\s+unit)))|total\s+atoms", integer=True),
    Property("length", ("sequence",), ("length",), r"\blength\b|\blong\b|number\s+of\s+(?:residues|amino\s+acids|bases|nucleotides)",
             r"(?:-|\s)?(?:nt|bp|mers?)\b|(?:\w+\s)?(?:nucleotides?|bases?|base\s+pairs?|amino[-\s]acids?(?:\s+residues?)?|residues?)\b(?!\s+per)|-(?:residue|amino[-\s]acid|nucleotide|base)\b", integer=True),
    Property("gc", ("sequence",), ("gc_fraction",), r"\bG\s?\+?C(?:\s+(?:content|fraction|percentage))?\b|\bGC%|%\s?GC", r"GC\b|G\+C\b", units=_units(PERCENT), absolute=0.00051),
    Property("tm", ("sequence",), ("tm_c",), r"\bT[_\s]?m\b|melting\s+temperature", units=_units(CELSIUS)),
    Property("pi", ("sequence",), ("isoelectric_point",), r"\bpI\b|isoelectric\s+point", absolute=0.011),
    Property("extinction", ("sequence",), ("extinction_coefficient_reduced", "extinction_coefficient_oxidized"), r"extinction\s+coefficient|molar\s+absorptivity|\bε(?:_?280)?\b", units=_units(EXTINCTION), relative=0.001),
    Property("gravy", ("sequence",), ("gravy",), r"\bGRAVY\b", absolute=0.006),
    Property("instability", ("sequence",), ("instability_index",), r"instability\s+index", absolute=0.06),
    Property("aliphatic", ("sequence",), ("aliphatic_index",), r"aliphatic\s+index", absolute=0.06),
    Property("protein_charge", ("sequence",), ("charge_at_ph_7",), r"net\s+charge(?:\s+at\s+(?:neutral\s+pH|pH\s*7(?:\.0)?))", absolute=0.35),
)  # fmt: skip
#: How many atoms of one element.
ELEMENT_COUNT = Property("element_count", ("compound",), ("composition",), r"(?!)", integer=True)
#: Headers of tables that are a property by themselves.
COLUMNS = {
    "M": "average_mass",
    "Mass": "average_mass",
    "Z": "atomic_number",
    "MW": "average_mass",
    "Ar": "atomic_weight",
    "A_r": "atomic_weight",
}
BY_NAME = {one.name: one for one in PROPERTIES}
