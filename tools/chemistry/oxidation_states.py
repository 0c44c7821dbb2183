"""The oxidation states of a compound, from its formula or its structure: ``oxidation_states``."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from errors import ToolInputError, shown
from tools.chemistry.counting import atom_counts
from tools.chemistry.drawing import drawn_if_legible
from tools.chemistry.oxidation_balance import Undetermined
from tools.chemistry.oxidation_by_formula import solved
from tools.chemistry.oxidation_by_structure import AtomStates, States, signed, states_of_atoms, tally, unheard_of
from tools.chemistry.oxidation_groups import (
    Group,
    atoms_of,
    formula_of_name,
    ion_of,
    known_compound,
    read_parts,
    spelled_out,
)
from tools.chemistry.oxidation_tables import is_metal
from tools.inputs import MoleculeOrFormula, notations
from tools.inputs.formulas import ParsedFormula, hill_formula, parse_formula
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.inputs.names import look_up_name
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

WHERE = "molecule_or_formula"
MOST_LABELLED_ATOMS = 60  # more numbers beside the atoms of a drawing cannot be read
_BY_STRUCTURE = (
    "By the ionic approximation of IUPAC (Recommendations 2016): the electrons of a bond go to the atom of higher Allen "
    "electronegativity, are shared between atoms of one element, and stay with the donor of a dative bond."
)
_BY_FORMULA = (
    "From the formula, by IUPAC's ionic approximation: known ions and ligands first, then the fixed states (F −1, alkali metals +1, "
    "alkaline-earth metals +2, H +1, O −2, halides −1), and the balance of charge for the rest."
)
#: How the ligands of a complex stand, which bears on no oxidation state: cis-[PtCl2(NH3)2].
_PLACED = re.compile(r"(?:cis|trans|fac|mer|[ΔΛ])-(\[.+)", re.DOTALL)
_STOCK_NUMBER = re.compile(r"\((?:[IVX]+|0)\)", re.IGNORECASE)
#: Texts that are SMILES of something else, but much better known as formulas.
_RATHER_FORMULAS = frozenset(
    ("CO", "NO", "CS", "SO", "BN", "BP", "PN", "ClO", "BrO", "IO", "COS", "OCS", "SCO", "FCN", "ClCN", "BrCN", "ICN", "CNCl", "CNBr",
     "NOCl", "NOBr", "NOF", "NOI", "ClNO", "SOF", "C", "N", "O", "F", "P", "S", "B", "Cl", "Br", "I")
)  # fmt: skip


@dataclass(frozen=True)
class _Formula:
    """A formula as it was read; ``written`` has abbreviated ligands spelled out."""

    parsed: ParsedFormula
    written: str
    notes: tuple[str, ...]


@tool(
    group="formula and lab",
    libraries=("rdkit",),
    asks=(
        "oxidation state", "oxidation states", "oxidation number", "oxidation numbers", "oxidized", "oxidised", "oxidation level",
        "valence state", "mixed valence", "redox state", "degree of oxidation", "oxidation state of the metal",
    ),
)  # fmt: skip
def oxidation_states(molecule_or_formula: MoleculeOrFormula) -> ToolOutput:
    """Find the oxidation state (oxidation number) of each element in a compound or ion, from its formula (KMnO4, S2O3^2-,
    [Fe(CN)6]^4-) or, atom by atom, from its structure (SMILES or name), by the IUPAC rules.

    ``oxidation_states`` gives each element the list of its values. Raises ``ToolInputError`` for what is neither a formula
    nor a molecule, and for a formula that leaves the states open.
    """
    read = _read(molecule_or_formula)
    if isinstance(read, _Formula):
        if structure := _condensed(read):
            return _of_structure(structure, molecule_or_formula)
        return _of_formula(read, molecule_or_formula)
    return _of_structure(read, molecule_or_formula)


def _read(text: str) -> _Formula | ParsedMolecule:
    """What the text is: a formula wherever it can be one, unless it is a SMILES of more than that."""
    if isinstance(text, str) and (formula := formula_of_name(text)):
        return _Formula(parse_formula(formula, WHERE), formula, (f"{text.strip()} was read as {formula}.",))
    if not isinstance(text, str) or notations.is_selfies(text.strip()):
        return parse_molecule(text, WHERE)
    placed = _PLACED.match(text.strip())
    written, notes = spelled_out(placed[1] if placed else text)
    try:
        parsed = parse_formula(written, WHERE)
    except ToolInputError as complaint:
        return _read_as_molecule(text, complaint)
    bare = text.strip()
    other = _smiles_formula(bare)
    if not other:
        return _Formula(parsed, written, notes)
    if other == parsed.hill:
        return parse_molecule(text, WHERE)  # [Na+].[Cl-], Br[GeH](Br)Br: nothing is left open
    if bare in _RATHER_FORMULAS:
        note = f"{shown(bare)} was read as the formula {parsed.hill}, not as the SMILES of {other}."
        return _Formula(parsed, written, (*notes, note))
    if "[" not in bare and (ion := ion_of(Counter(parsed.counts))) and not parsed.charge:
        raise ToolInputError(
            f"{shown(bare)} could be the ion {ion.name} without its charge or the SMILES of {other}", WHERE,
            f"write {bare}{_charge_sign(ion)} or {other}",
        )  # fmt: skip
    if "[" not in bare and "C" not in parsed.counts:
        raise ToolInputError(
            f"{shown(bare)} could be the formula {parsed.hill} or the SMILES of {other}", WHERE,
            f"write {other}, or the formula with its charge or with counts",
        )  # fmt: skip
    molecule = parse_molecule(text, WHERE)
    note = f"{shown(bare)} was read as the SMILES of {other}, not as a formula."
    return replace(molecule, notes=(note, *molecule.notes))


def _charge_sign(ion: Group) -> str:
    return f"^{abs(ion.charge) if abs(ion.charge) > 1 else ''}{'+' if ion.charge > 0 else '-'}"


def _smiles_formula(text: str) -> str:
    """Hill's formula of the text as a SMILES, empty where it is none."""
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(text) if text.isascii() else None
    if mol is None or not mol.GetNumAtoms():
        return ""
    return hill_formula(atom_counts(mol), Chem.GetFormalCharge(mol))


def _read_as_molecule(text: str, complaint: ToolInputError) -> ParsedMolecule:
    """The molecule, or the complaint that fits what the text looks like."""
    try:
        return parse_molecule(text, WHERE)
    except ToolInputError as other:
        if "case-sensitive" in complaint.hint and not re.search(r"\s|[a-z]{6}", text):
            raise complaint from None
        bare = re.sub(r"[\s_^{}]", "", text)
        ligand = re.search(r"[\])A-Za-z\d]\(([a-z]{2,6}\*?)\)", bare)
        if ligand and not re.search(r"^[A-Za-z]*[a-z]{3}", bare):
            raise ToolInputError(
                f"{shown(text)} holds ({ligand[1]}), which is no abbreviation of a ligand that is known here", WHERE,
                "write the ligand's atoms in its place, as (C2H8N2) for ethylenediamine",
            ) from None  # fmt: skip
        formula_like = re.fullmatch(r"[A-Z(\[][A-Za-z\d()\[\]·.]*(?:\d*[+-]+|[+-]\d*)?", bare)
        if formula_like and re.search(r"\d|[+-]$|[)\]]", bare) and not re.search(r"[a-z]{3}", bare):
            raise complaint from None
        raise other from None


def _condensed(read: _Formula) -> ParsedMolecule | None:
    """The structure of a condensed formula of an organic compound, such as CH3COOH, where the tables know it."""
    counts, text = read.parsed.counts, read.parsed.text.strip()
    symbols = re.findall(r"[A-Z][a-z]?", read.written)
    if not {"C", "H"} <= set(counts) or len(set(symbols)) == len(symbols) or read.parsed.isotopes:
        return None
    return _named_structure(text, read.parsed)


def _named_structure(text: str, formula: ParsedFormula) -> ParsedMolecule | None:
    """The one structure that the tables list under a formula, if its composition and charge agree."""
    found = {Chem.CanonSmiles(entry.smiles): entry for entry in look_up_name(text, systematic=False)}
    if len(found) != 1:
        return None
    entry = next(iter(found.values()))
    parsed = parse_molecule(entry.smiles, WHERE)
    if hill_formula(atom_counts(parsed.mol), Chem.GetFormalCharge(parsed.mol)) != hill_formula(
        formula.counts, formula.charge
    ):
        return None
    note = f"{text} was read as {entry.name}, whose structure is from {entry.source}."
    return replace(parsed, text=text, notation="name", label=text, notes=(note, *parsed.notes))


def _of_formula(read: _Formula, text: str) -> ToolOutput:
    parsed = read.parsed
    if not parsed.counts:
        raise ToolInputError(
            f"{shown(text)} is an electron, which has no oxidation state", WHERE, "give a compound or an ion"
        )
    states: States = defaultdict(Counter)
    how: dict[str, list[str]] = defaultdict(list)
    notes: list[str] = []
    try:
        for part in read_parts(read.written, WHERE):
            solution = solved(part)
            for symbol in atoms_of(part.units):
                for state, count in solution.states[symbol].items():
                    states[symbol][state] += count * part.factor
                how[symbol] += solution.how[symbol]
            notes += solution.notes
    except Undetermined as reason:
        if structure := _named_structure(parsed.text.strip(), parsed):
            return _of_structure(structure, text)
        raise ToolInputError(
            f"The oxidation states of {shown(text)} cannot be told from the formula: {reason}", WHERE,
            "give the structure as SMILES or a name, or a formula that shows its ions and ligands",
        ) from None  # fmt: skip
    label = text.strip() if read.written == parsed.text or len(text) <= 60 else parsed.hill
    data = {"formula": parsed.hill, "charge": parsed.charge, "read_as": "formula", **_values(states)}
    rows = [
        (symbol, signed(state), count, "; ".join(dict.fromkeys(how[symbol])))
        for symbol, held in states.items()
        for state, count in sorted(held.items())
    ]
    table = Table(
        title=f"Oxidation states in {label}", columns=("Element", "Oxidation state", "Atoms", "From"), rows=tuple(rows)
    )
    said = tuple(dict.fromkeys([*read.notes, *parsed.notes, *notes, *_averages(states), _BY_FORMULA]))
    return ToolOutput(summary=_summary(label, states), data=data, views=(table,), notes=said)


def _of_structure(parsed: ParsedMolecule, text: str) -> ToolOutput:
    mol = parsed.mol
    found = states_of_atoms(mol)
    states = tally(mol, found)
    if parsed.notation in ("name", "cas"):
        hill = hill_formula(atom_counts(mol), Chem.GetFormalCharge(mol))
        if known_compound(hill) and not _STOCK_NUMBER.search(text):  # the tables draw pyrite as S=[Fe]=S
            note = f"{parsed.label} was read as {hill}."
            return _of_formula(_Formula(parse_formula(hill, WHERE), hill, (note,)), parsed.label)
    lone = _lone_atoms(mol, text)
    if mol.GetNumBonds() and (beyond := unheard_of(states)):
        symbol, state = beyond[0]
        raise ToolInputError(
            f"{shown(text)} as drawn would make {symbol} {signed(state)}, which is not known of it", WHERE,
            "check its charges and bonds; write a ligand's dative bond as in [C-]#[O+]->[Fe], or ions apart",
        )  # fmt: skip
    states = {symbol: states[symbol] for symbol in atom_counts(mol)}
    data: dict[str, Any] = {
        "formula": CalcMolFormula(mol),
        "charge": Chem.GetFormalCharge(mol),
        "read_as": "structure",
        "smiles": parsed.smiles,
        **_values(states),
        "atom_oxidation_states": [_number(state) for state in found.atoms],
    }
    views: list[View] = []
    notes = list(parsed.notes)
    if mol.GetNumHeavyAtoms() <= MOST_LABELLED_ATOMS:
        drawings, undrawn = drawn_if_legible(_labelled(parsed, found), caption="Numbers: oxidation states")
    else:
        drawings, undrawn = drawn_if_legible(parsed)
        notes.append(f"The atoms of a drawing are labelled up to {MOST_LABELLED_ATOMS} of them; the table has all.")
    views += [*drawings, _element_table(parsed.label, states), _atom_table(parsed, found)]
    notes += [*undrawn, *lone, *found.notes, *_averages(states), _BY_STRUCTURE]
    if len(found.atoms) > 1:
        notes.append("Atoms are numbered from 0 in the order of the structure; hydrogens are listed with their atom.")
    summary = _summary(parsed.label, states)
    return ToolOutput(summary=summary, data=data, views=tuple(views), notes=tuple(dict.fromkeys(notes)))


def _lone_atoms(mol: Chem.Mol, text: str) -> tuple[str, ...]:
    """A note on metal atoms without bond and charge; raises for nonmetals of that kind, as in [Fe].[O], a list of atoms."""
    fragments = Chem.GetMolFrags(mol)
    atoms = [mol.GetAtomWithIdx(fragment[0]) for fragment in fragments if len(fragment) == 1]
    lone = {atom.GetSymbol() for atom in atoms if not atom.GetFormalCharge() and not atom.GetTotalNumHs()}
    if len(fragments) == 1 or not lone:
        return ()
    if nonmetals := sorted(symbol for symbol in lone if not is_metal(symbol)):
        raise ToolInputError(
            f"{shown(text)} has {nonmetals[0]} as a lone atom without charge beside other parts", WHERE,
            "draw its bonds or write ions, as in [Na+].[Cl-], or give the formula",
        )  # fmt: skip
    return (f"{', '.join(sorted(lone))} without bond and charge was counted as the metal, 0.",)


def _labelled(parsed: ParsedMolecule, found: AtomStates) -> ParsedMolecule:
    mol = Chem.Mol(parsed.mol)
    for atom, state in zip(list(mol.GetAtoms()), found.atoms, strict=True):
        atom.SetProp("atomNote", signed(state).replace("−", "-"))  # RDKit's font has no minus sign and drops it
    return replace(parsed, mol=mol)


def _element_table(label: str, states: States) -> Table:
    rows = [(symbol, signed(state), count) for symbol, held in states.items() for state, count in sorted(held.items())]
    return Table(
        title=f"Oxidation states in {label}", columns=("Element", "Oxidation state", "Atoms"), rows=tuple(rows)
    )


def _atom_table(parsed: ParsedMolecule, found: AtomStates) -> Table:
    rows = [
        (
            atom.GetIdx(),
            atom.GetSymbol(),
            signed(state),
            f"{count} × {signed(hydrogen)}" if (count := atom.GetTotalNumHs()) else "",
        )
        for atom, state, hydrogen in zip(list(parsed.mol.GetAtoms()), found.atoms, found.hydrogens, strict=True)
    ]
    return Table(
        title=f"Atoms of {parsed.label}",
        columns=("Atom", "Element", "Oxidation state", "Its hydrogens"),
        rows=tuple(rows),
    )


def _values(states: States) -> dict[str, Any]:
    """The list of distinct states of each element, and their average over its atoms."""
    return {
        "oxidation_states": {symbol: [_number(state) for state in sorted(held)] for symbol, held in states.items()},
        "average_oxidation_states": {symbol: _number(_average(held)) for symbol, held in states.items()},
    }


def _number(state: Fraction) -> int | float:
    return int(state) if state.denominator == 1 else round(float(state), 4)


def _average(held: Mapping[Fraction, int]) -> Fraction:
    return sum((state * count for state, count in held.items()), Fraction(0)) / sum(held.values())


def _averages(states: States) -> list[str]:
    several = [(symbol, held) for symbol, held in states.items() if len(held) > 1]
    words = ", ".join(f"{symbol} {signed(_average(held))}" for symbol, held in several)
    return [f"Averages over all atoms of an element: {words}."] if several else []


def _summary(label: str, states: States) -> str:
    """ "KMnO4: K +1, Mn +7, O −2."; several states of an element with their average."""
    parts = []
    for symbol, held in states.items():
        values = [signed(state) for state in sorted(held)]
        if len(values) == 1:
            parts.append(f"{symbol} {values[0]}")
        else:
            listed = (
                f"{', '.join(values[:-1])} and {values[-1]}"
                if len(values) <= 5
                else f"from {values[0]} to {values[-1]}"
            )
            parts.append(f"{symbol} {listed} (average {signed(_average(held))})")
    return f"Oxidation states in {label}: {', '.join(parts)}."
