"""The constitutional isomers of a molecular formula, counted and listed, for ``enumerate_isomers``."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Mapping
from typing import Any

from rdkit import Chem, rdBase

from errors import ToolInputError, shown
from tools.chemistry import constitutional as constitutions
from tools.chemistry.counting import atom_counts, molecular_formula
from tools.chemistry.isomer_views import MOST_LISTED, isomer_views
from tools.chemistry.stereoisomers import TooSymmetric, stereoisomers
from tools.inputs.elements import ELEMENT_NAMES
from tools.inputs.formulas import hill_formula, parse_formula
from tools.inputs.molecules import ParsedMolecule
from tools.outputs import ToolOutput

SEARCH_S = 40.0  # of the 60 s of a call; the rest is for stereoisomers, writing and drawing
STEREO_S = 10.0
#: Heavy atoms that are searched, by degrees of unsaturation; 8 with more of them.
MOST_HEAVY_ATOMS = {0: 12, 1: 10}
MOST_HEAVY_ATOMS_ELSE = 8
_WITH_DIGITS = {"D", "T", "Me", "Et", "Ph"}  # written in formulas, but in abbreviations, too


def formula_counts(text: str) -> tuple[dict[str, int] | None, tuple[str, ...]]:
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


def isomers_of_the_formula(parsed: ParsedMolecule) -> ToolOutput:
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
    return isomers_of_counts(counts, parsed.label, notes, itself=mol)


def is_countable(mol: Chem.Mol) -> bool:
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


def isomers_of_counts(
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
    if complete and found == len(listed):
        data["count_with_stereoisomers"] = with_stereo = _with_stereoisomers(listed)
        if with_stereo is not None:
            notes += (f"With all their stereoisomers told apart they are {with_stereo}.",)
    data |= {"smiles": listed, "complete": complete}
    return ToolOutput(summary=summary, data=data, views=isomer_views(listed, f"Isomers of {formula}"), notes=notes)


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


def _with_stereoisomers(listed: list[str]) -> int | None:
    """How many stereoisomers all of the listed constitutions have together; None where that is open or takes too long."""
    deadline, total = time.monotonic() + STEREO_S, 0
    for smiles in listed:
        try:
            found = stereoisomers(Chem.MolFromSmiles(smiles)).count
        except TooSymmetric:
            return None
        if found is None or time.monotonic() > deadline:
            return None
        total += found
    return total


def _constitutional_notes(
    counts: Mapping[str, int], itself: Chem.Mol | None, listed: list[str], all_listed: bool
) -> tuple[str, ...]:
    notes = [
        "Counted is every connected molecule with C 4-, N and P 3-, O and S 2-bonded and H and halogens 1-bonded, with bonds up "
        "to triple, however strained it is; the count does not tell stereoisomers apart.",
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
