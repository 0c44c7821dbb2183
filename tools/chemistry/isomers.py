"""The isomers of a molecule or of a formula: ``enumerate_isomers``."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from rdkit import Chem, rdBase

from errors import ToolInputError, shown
from tools.argument_forms import also_called
from tools.chemistry import constitutional as constitutions
from tools.chemistry import stereoisomers as stereo
from tools.chemistry.counting import atom_counts, molecular_formula
from tools.chemistry.drawing import molecule_svg
from tools.chemistry.tautomers import CONVENTIONS as TAUTOMER_CONVENTIONS
from tools.chemistry.tautomers import MOST_TAUTOMERS, tautomers
from tools.inputs import MoleculeOrFormula
from tools.inputs.elements import ELEMENT_NAMES
from tools.inputs.formulas import hill_formula, parse_formula
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

MOST_LISTED = 100
MOST_DRAWN = 12
MOST_DRAWN_ATOMS = 100
SEARCH_S = 40.0  # of the 60 s of a call; the rest is for writing and drawing
#: Heavy atoms that are searched, by degrees of unsaturation; 8 with more of them.
MOST_HEAVY_ATOMS = {0: 12, 1: 10}
MOST_HEAVY_ATOMS_ELSE = 8
MOST_TAUTOMER_ATOMS = 60
#: Neutral atoms whose stereo is tetrahedral or none: what else is bonded to three or more atoms may have a geometry of its own.
_TETRAHEDRAL = frozenset((1, 5, 6, 7, 8, 9, 14, 15, 16, 17, 32, 33, 34, 35, 53))

_WITH_DIGITS = {"D", "T", "Me", "Et", "Ph"}  # written in formulas, but in abbreviations, too

Kind = Annotated[
    Literal["stereoisomers", "tautomers", "constitutional"],
    also_called(
        {
            "stereoisomers": "stereo|stereoisomer|stereochemical",
            "tautomers": "tautomer|tautomeric",
            "constitutional": "constitutional isomers|constitutional isomer|structural|structural isomers|structural isomer|constitution",
        }
    ),
]


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "isomers", "isomer", "stereoisomers", "enantiomers", "diastereomers", "tautomers", "tautomer", "constitutional isomers",
        "structural isomers", "how many isomers", "possible isomers", "cis-trans isomers", "geometric isomers", "meso",
        "keto-enol", "enumerate", "possible structures",
    ),
    time_limit_s=60,
)  # fmt: skip
def enumerate_isomers(molecule_or_formula: MoleculeOrFormula, kind: Kind | None = None) -> ToolOutput:
    """Count and list the isomers of a molecule (stereoisomers or tautomers) or of a small molecular formula (constitutional
    isomers).

    Without ``kind``: constitutional isomers for a formula, stereoisomers for a molecule, and where it has none its
    constitutional isomers. Raises ``ToolInputError`` for what is neither, and for what is too large to be counted.
    """
    counts, notes = _formula(molecule_or_formula)
    if counts is not None:
        if kind in ("stereoisomers", "tautomers"):
            raise ToolInputError(
                f"{shown(molecule_or_formula)} is a formula, and {kind} belong to one structure",
                "molecule_or_formula",
                "give a SMILES or a name, or ask for constitutional isomers",
            )
        return _constitutional(counts, molecule_or_formula, notes)
    parsed = parse_molecule(molecule_or_formula, "molecule_or_formula")
    if kind == "tautomers":
        return _tautomers(parsed)
    if kind == "constitutional":
        return _constitutional_of(parsed)
    if kind is None and not stereo.stereo_elements(_bare(parsed.mol)) and _is_small(parsed.mol):
        output = _constitutional_of(parsed)
        said = f"{parsed.label} has no stereoisomers, so its constitutional isomers were counted."
        return output.model_copy(update={"notes": (said, *output.notes)})
    return _stereoisomers(parsed)


def _formula(text: str) -> tuple[dict[str, int] | None, tuple[str, ...]]:
    """The counts and notes of a text that is a formula and no SMILES (C4H10, but not CO, CCO or pentane), or None."""
    bare = unicodedata.normalize("NFKC", re.sub(r"[\s_{}^]", "", text))  # C₄H₁₀ and C_4H_{10} are C4H10
    if not re.fullmatch(r"[A-Z(\[][A-Za-z\d()\[\]]*[+-]?\d*[+-]?", bare) or not re.search(r"[\dH]", bare):
        return None, ()
    symbols = re.findall(r"[A-Z][a-z]?|[a-z]", bare)
    if not set(symbols) <= set(ELEMENT_NAMES) | (_WITH_DIGITS if re.search(r"\d", bare) else set()):
        return None, ()  # such as THF
    with rdBase.BlockLogs():
        if Chem.MolFromSmiles(bare) is not None:
            return None, ()
    if "H" not in symbols and len(set(symbols)) < len(symbols):
        return None, ()  # such as C1CC, a ring left open
    formula = parse_formula(text, "molecule_or_formula")
    if formula.charge:
        raise ToolInputError(
            f"{shown(text)} has the charge {formula.charge:+d}; isomers are counted for neutral formulas",
            "molecule_or_formula",
            "give the neutral formula, or the ion as SMILES for its stereoisomers",
        )
    notes = (*formula.notes, f"{shown(text)} was read as a molecular formula.")
    if formula.isotopes:
        notes += ("Isotope labels are not told apart: deuterium and tritium count as hydrogen.",)
    return formula.counts, notes


def _is_small(mol: Chem.Mol) -> bool:
    """Whether the constitutional isomers can be counted."""
    try:
        _refuse_formula(_plain_counts(mol), "")
    except ToolInputError:
        return False
    return len(Chem.GetMolFrags(mol)) == 1 and not any(
        a.GetIsotope() or a.GetNumRadicalElectrons() for a in mol.GetAtoms()
    )


def _plain_counts(mol: Chem.Mol) -> dict[str, int]:
    if Chem.GetFormalCharge(mol):
        raise ToolInputError("The molecule is charged", "molecule_or_formula", "give a neutral one")
    return atom_counts(mol)


def _constitutional_of(parsed: ParsedMolecule) -> ToolOutput:
    mol = parsed.mol
    if Chem.GetFormalCharge(mol) or len(Chem.GetMolFrags(mol)) > 1:
        raise ToolInputError(
            f"{shown(parsed.label)} is charged or has several components; constitutional isomers are counted for one neutral "
            "molecule",
            "molecule_or_formula",
            "give a neutral molecule or its formula",
        )
    counts = atom_counts(mol)
    notes = (*parsed.notes, f"The constitutional isomers are those of its formula, {molecular_formula(mol)}.")
    if any(atom.GetIsotope() for atom in mol.GetAtoms()):
        notes += ("Isotope labels are not told apart.",)
    return _constitutional(counts, parsed.label, notes, itself=mol)


def _refuse_formula(counts: Mapping[str, int], text: str) -> None:
    """Raise for a formula whose isomers cannot be counted here."""
    where = "molecule_or_formula"
    formula = hill_formula(counts)
    if foreign := sorted(set(counts) - set(constitutions.VALENCES) - {"H"}):
        raise ToolInputError(
            f"{shown(text)} contains {', '.join(foreign)}; constitutional isomers are counted for H, C, N, O, F, P, S, Cl, Br and I",
            where,
            "give a formula of these elements",
        )
    extra = constitutions.unsaturation(counts)
    if extra != int(extra):
        raise ToolInputError(
            f"{formula} has an odd number of odd valences, so that every molecule of it would be a radical",
            where,
            "check the number of hydrogens",
        )
    if extra < 0:
        raise ToolInputError(
            f"{formula} has {-2 * int(extra)} hydrogens or halogens more than the valences of one molecule can hold",
            where,
            "check the number of hydrogens",
        )
    heavy = sum(n for element, n in counts.items() if element != "H")
    most = MOST_HEAVY_ATOMS.get(int(extra), MOST_HEAVY_ATOMS_ELSE)
    if heavy > most:
        raise ToolInputError(
            f"{formula} has {heavy} heavy atoms; with {int(extra)} degrees of unsaturation at most {most} are counted",
            where,
            "give a smaller formula",
        )


def _constitutional(
    counts: dict[str, int], text: str, notes: tuple[str, ...], *, itself: Chem.Mol | None = None
) -> ToolOutput:
    _refuse_formula(counts, text)
    formula = hill_formula(counts)
    found, listed, complete = _searched(counts)
    if complete and not found:
        raise ToolInputError(
            f"No molecule of the formula {formula} has the standard valences (C 4, N 3, O 2, S 2, P 3, halogens 1)",
            "molecule_or_formula",
            "give a molecule as SMILES for its stereoisomers or tautomers",
        )
    amount = "1 constitutional isomer" if found == 1 else f"{found:,} constitutional isomers"
    valences = constitutions.valence_words(counts)
    if complete:
        summary = f"{formula} has {amount}{valences}."
    else:
        summary = f"{formula} has more than {found:,} constitutional isomers{valences}; the search was stopped after {SEARCH_S:g} s."
    notes += _constitutional_notes(counts, itself, listed, complete and found == len(listed))
    if found > len(listed):
        notes += (f"Listed are the first {len(listed)}, those with fewest rings first.",)
    data: dict[str, Any] = {"kind": "constitutional", "formula": formula, "count": found if complete else None}
    if not complete:
        data["at_least"] = found
        notes += ("The search was stopped early, so that there is no count; 'at_least' is how many had been found.",)
    data |= {"smiles": listed, "complete": complete}
    return ToolOutput(summary=summary, data=data, views=_views(listed, f"Isomers of {formula}"), notes=notes)


def _searched(counts: Mapping[str, int]) -> tuple[int, list[str], bool]:
    """How many there are, up to 100 of them, and whether the search came to its end."""
    if not set(counts) - {"H"}:  # H2, the one molecule without a heavy atom
        return (1, ["[H][H]"], True) if counts.get("H") == 2 else (0, [], True)
    deadline = time.monotonic() + SEARCH_S
    found, listed = 0, dict[str, None]()
    try:
        for isomer in constitutions.constitutional_isomers(counts, deadline):
            found += 1
            if len(listed) < MOST_LISTED:
                smiles = isomer.smiles(kekule="C" not in counts)  # RDKit takes P4 and O3 for aromatic
                listed[isomer.smiles(kekule=True) if smiles in listed else smiles] = None
    except constitutions.OutOfTime:
        return found, list(listed), False
    return found, list(listed), True


def _constitutional_notes(
    counts: Mapping[str, int], itself: Chem.Mol | None, listed: list[str], all_listed: bool
) -> tuple[str, ...]:
    notes = [
        "Counted is every connected molecule with C 4-, N and P 3-, O and S 2-bonded and H and halogens 1-bonded, with bonds up "
        "to triple, however strained it is; stereoisomers are not told apart.",
        "The two Kekulé forms of a benzene-like ring are one isomer.",
    ]
    if any(counts.get(element) for element in ("N", "O", "P", "S")):
        notes.append(
            "Forms with other valences or with charges (nitro groups, N-oxides, isocyanides, CO, sulfoxides, sulfones, phosphates) "
            "are not among them."
        )
    if (
        itself is not None
        and all_listed
        and Chem.CanonSmiles(Chem.MolToSmiles(itself, isomericSmiles=False)) not in listed
    ):
        notes.append("The molecule that was given is not among them, because it has other valences or charges.")
    return tuple(notes)


def _bare(mol: Chem.Mol) -> Chem.Mol:
    bare = Chem.Mol(mol)
    Chem.RemoveStereochemistry(bare)
    return bare


def _stereoisomers(parsed: ParsedMolecule) -> ToolOutput:
    _refuse_other_geometries(parsed)
    try:
        found = stereo.stereoisomers(parsed.mol)
    except stereo.TooSymmetric:
        raise ToolInputError(
            f"{shown(parsed.label)} has more than {stereo.MOST_SYMMETRIES:,} symmetries, too many to go through",
            "molecule_or_formula",
            "give a smaller or less symmetric molecule",
        ) from None
    listed = stereo.isomer_smiles(parsed.mol, found, MOST_LISTED)
    elements = _counted(found)
    notes = [*parsed.notes]
    if found.count is None:
        summary = (
            f"{parsed.label} has {elements}, which makes {found.formal:,} stereoisomers on paper; its rings allow fewer, and how "
            "many was not found out."
        )
    elif found.count == 1:
        summary = f"{parsed.label} has no stereoisomers but itself" + (
            f", though it has {elements}." if found.elements else "."
        )
    else:
        summary = f"{parsed.label} has {found.count:,} stereoisomers ({elements}){_mirror_words(found)}."
    notes += _stereo_notes(parsed, found, listed)
    data: dict[str, Any] = {
        "kind": "stereoisomers",
        "count": found.count,
        "count_on_paper": found.formal,
        "achiral": found.achiral,
        "enantiomer_pairs": None if found.achiral is None else ((found.count or 0) - found.achiral) // 2,
        "stereo_elements": len(found.elements),
        "smiles": listed,
        "complete": found.count is not None,
    }
    return ToolOutput(
        summary=summary, data=data, views=_views(listed, f"Stereoisomers of {parsed.label}"), notes=tuple(notes)
    )


def _refuse_other_geometries(parsed: ParsedMolecule) -> None:
    for atom in parsed.mol.GetAtoms():
        bonded = atom.GetDegree() + atom.GetTotalNumHs()
        if bonded > 4 or (bonded > 1 and atom.GetAtomicNum() not in _TETRAHEDRAL):
            raise ToolInputError(
                f"{shown(parsed.label)} has {atom.GetSymbol()} bonded to {bonded} atoms, whose stereoisomers (square planar, octahedral, "
                "…) are not counted here",
                "molecule_or_formula",
                "give a molecule whose centres are tetrahedral",
            )


def _counted(found: stereo.Stereoisomers) -> str:
    """ "2 possible stereocentres and 1 possible stereo double bond"."""
    names = {"centre": "stereocentre", "double bond": "stereo double bond", "axis": "allene axis"}
    parts = []
    for kind, name in names.items():
        n = sum(element.kind == kind for element in found.elements)
        if n:
            plural = "axes" if kind == "axis" and n > 1 else name.rsplit(" ", 1)[-1] + ("s" if n > 1 else "")
            parts.append(f"{n} possible {' '.join([*name.split()[:-1], plural])}")
    return " and ".join(parts) if parts else "no stereo elements"


def _mirror_words(found: stereo.Stereoisomers) -> str:
    if found.achiral is None or found.count is None:
        return ""
    pairs = (found.count - found.achiral) // 2
    words = [f"{pairs} pair{'s' * (pairs > 1)} of enantiomers"] if pairs else []
    if found.achiral:
        chiral_elements = any(element.kind != "double bond" for element in found.elements)
        words.append(f"{found.achiral} achiral{' (meso)' * bool(chiral_elements and pairs)}")
    return f": {' and '.join(words)}"


def _stereo_notes(parsed: ParsedMolecule, found: stereo.Stereoisomers, listed: list[str]) -> list[str]:
    notes = []
    marked = any(a.GetChiralTag() != Chem.ChiralType.CHI_UNSPECIFIED for a in parsed.mol.GetAtoms()) or any(
        bond.GetStereo() > Chem.BondStereo.STEREOANY for bond in parsed.mol.GetBonds()
    )
    if marked:
        notes.append(
            "All stereoisomers of the constitution are counted, the given one included; its stereo marks were set aside."
        )
    notes.append(
        "Counted: tetrahedral centres, double bonds (in rings from 8 atoms on) and allene axes, each molecule once (symmetry "
        "included, so that a meso form is one). Not counted: hindered rotation, helices, planar chirality, inverting nitrogen, C=N-H."
    )
    if found.count is not None and found.count < found.formal:
        notes.append(
            f"{found.formal:,} differ on paper; the others need a configuration that small rings do not allow, as far as RDKit's "
            "3D embedding and force field can tell."
        )
    if found.untested_rings:
        notes.append("RDKit could embed none of them in 3D, so that those which the rings allow could not be counted.")
    if found.count is not None and not found.listed:
        notes.append(f"With more than {stereo.MOST_LISTED_ELEMENTS} stereo elements they are counted, but not listed.")
    elif found.count is not None and len(listed) < min(found.count, MOST_LISTED):
        notes.append(
            "Some of them share a SMILES, since RDKit writes no stereo axes and drops marks that its rules do not see."
        )
    elif found.count is not None and found.count > len(listed):
        notes.append(f"Listed are the first {len(listed)}.")
    if len(Chem.GetMolFrags(parsed.mol)) > 1:
        notes.append("All components were counted together.")
    return notes


def _tautomers(parsed: ParsedMolecule) -> ToolOutput:
    if parsed.mol.GetNumHeavyAtoms() > MOST_TAUTOMER_ATOMS:
        raise ToolInputError(
            f"{shown(parsed.label)} has {parsed.mol.GetNumHeavyAtoms()} heavy atoms; tautomers are enumerated up to "
            f"{MOST_TAUTOMER_ATOMS}",
            "molecule_or_formula",
            "give a part of it",
        )
    smiles, complete = tautomers(parsed.mol)
    count = len(smiles)
    amount = "1 tautomer, itself" if count == 1 else f"{count:,} tautomers, itself included"
    if complete:
        summary = f"{parsed.label} has {amount}, by RDKit's tautomer transforms."
    else:
        summary = f"{parsed.label} has at least {count:,} tautomers by RDKit's transforms; the enumeration stopped at its limit."
    notes = [*parsed.notes, *TAUTOMER_CONVENTIONS, f"RDKit's canonical tautomer is {smiles[0]}, listed first."]
    data: dict[str, Any] = {"kind": "tautomers", "count": count if complete else None}
    if not complete:
        data["at_least"] = count
        notes.append(
            f"The enumeration stopped at {MOST_TAUTOMERS:,} tautomers or transforms, so that there is no count."
        )
    if count > MOST_LISTED:
        notes.append(f"Listed are {MOST_LISTED} of them.")
    listed = smiles[:MOST_LISTED]
    data |= {"smiles": listed, "complete": complete, "canonical_tautomer": smiles[0]}
    views = _views(listed, f"Tautomers of {parsed.label}")
    return ToolOutput(summary=summary, data=data, views=views, notes=tuple(notes))


def _views(smiles: list[str], title: str) -> tuple[View, ...]:
    """The first twelve drawn, and all in a table."""
    drawings = []
    for number, one in enumerate(smiles[:MOST_DRAWN], 1):
        parsed = replace(_drawn(one), label=one)
        if parsed.mol.GetNumHeavyAtoms() <= MOST_DRAWN_ATOMS:
            drawings.append(
                molecule_svg(parsed, f"{title}, {number}", caption=one if len(one) <= 120 else "", stereo_labels=True)
            )
    rows = tuple(enumerate(smiles, 1))
    return (*drawings, Table(title=title, columns=("Number", "SMILES"), rows=rows))


def _drawn(smiles: str) -> ParsedMolecule:
    with rdBase.BlockLogs():
        return ParsedMolecule(Chem.MolFromSmiles(smiles), smiles, smiles, "smiles", smiles, ())
