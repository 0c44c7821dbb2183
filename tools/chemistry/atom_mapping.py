"""The atoms of one notation in another of the same molecule: ``map_atoms``."""

from __future__ import annotations

from dataclasses import replace

from rdkit import Chem

from errors import ToolInputError, shown
from tools.chemistry.counting import molecular_formula
from tools.chemistry.drawing import drawn_if_legible
from tools.chemistry.structures import subject
from tools.inputs import MoleculeText
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.inputs.reactions import without_maps
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

MOST_MAPPINGS = 1000
_NO_ELEMENT = 118  # stands for dummy atoms in a match


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "map the atoms", "atom mapping", "atom numbering", "map atoms", "corresponding atoms", "which atom corresponds", "atom order",
        "renumber", "same atom in the other SMILES", "atom correspondence",
    ),
)  # fmt: skip
def map_atoms(a: MoleculeText, b: MoleculeText) -> ToolOutput:
    """Map the atom numbers of one SMILES to those of another SMILES of the same molecule.

    ``mapping`` is pairs (index in a, index in b) of heavy atoms, counted from 0 in the order of each input. Raises
    ``ToolInputError`` where the two are not the same molecule.
    """
    given = (_given(a, "a"), _given(b, "b"))
    first, second = map(without_maps, given)
    mapping, ways, notes = same_molecule_mapping(first, second)
    pairs = ", ".join(f"{one}→{other}" for one, other in mapping[:12]) + " …" * (len(mapping) > 12)
    same = all(one == other for one, other in mapping)
    summary = f"The {len(mapping)} heavy atoms of {first.label} are mapped to those of {second.label}: {pairs}."
    if same:
        summary = f"{subject(first)} and {second.label} number the atoms of the molecule in the same order."
    notes = [*_named(given[0], "a"), *_named(given[1], "b"), *notes]
    notes.append("Heavy atoms are numbered from 0 in the order of each input; hydrogens have no number.")
    if ways > 1:
        many = f"more than {MOST_MAPPINGS:,}" if ways > MOST_MAPPINGS else f"{ways}"
        notes.append(f"Symmetry makes atoms equal: {many} mappings are right, and one of them is given.")
    symbols = [first.mol.GetAtomWithIdx(index).GetSymbol() for index in _numbered(first.mol)]
    table = Table(
        title="Atom numbers",
        columns=("Element", "In a", "In b"),
        rows=tuple((symbols[one], one, other) for one, other in mapping),
    )
    views: list[View] = []
    for name, parsed in (("a", first), ("b", second)):
        drawings, undrawn = drawn_if_legible(
            _with_numbers(parsed), f"{name}: {parsed.label}", caption=f"{name}: {parsed.smiles}"[:200]
        )
        views += drawings
        notes += [f"{name}: {note}" for note in undrawn]
    data = {
        "smiles": first.smiles,
        "mapping": [list(pair) for pair in mapping],
        "mappings": min(ways, MOST_MAPPINGS),
        "same_order": same,
    }
    return ToolOutput(summary=summary, data=data, views=(*views, table), notes=tuple(dict.fromkeys(notes)))


def same_molecule_mapping(
    first: ParsedMolecule, second: ParsedMolecule
) -> tuple[list[tuple[int, int]], int, list[str]]:
    """Heavy-atom number in the first and in the second, how many such mappings there are (capped), and notes.

    Elements, isotopes, charges, hydrogens, bonds and configurations are the same on both sides of it; a configuration that
    only one of the two has is passed over and said. Raises ``ToolInputError`` where they are two molecules.
    """
    hint = "give two notations of one molecule, or use compare_structures to see what differs"
    one, other = first.mol, second.mol
    if one.GetNumAtoms() != other.GetNumAtoms():  # a hydrogen that a / bond needs stays an atom
        one, other = _without_hydrogens(one), _without_hydrogens(other)
    if _flat(one) != _flat(other):
        formulas = [molecular_formula(mol) for mol in (one, other)]
        kind = f" ({formulas[0]} and {formulas[1]})" if formulas[0] != formulas[1] else f" (both {formulas[0]})"
        raise ToolInputError(
            f"{shown(first.label)} and {shown(second.label)} are not the same molecule{kind}", "a, b", hint
        )
    matches = _matches(one, other, strict=True)
    passed_over = not matches or _marks(one) != _marks(other)
    matches = matches or _matches(one, other, strict=False)
    if not matches:
        raise ToolInputError(
            f"{shown(first.label)} and {shown(second.label)} are different stereoisomers", "a, b", hint
        )
    notes = []
    if passed_over:
        notes.append("Not all stereo marks are in both; where one has none, the mark of the other was passed over.")
    numbers = [{index: number for number, index in enumerate(_numbered(mol))} for mol in (one, other)]
    best = min(matches)
    return [(number, numbers[1][best[index]]) for index, number in numbers[0].items()], len(matches), notes


def _matches(one: Chem.Mol, other: Chem.Mol, *, strict: bool) -> list[tuple[int, ...]]:
    """Every way to lay one upon the other, at most one more than ``MOST_MAPPINGS``; if strict, with all marks of the first.

    Atoms are matched by a number that stands for all that they must have in common, written in place of the isotope: RDKit's
    match alone lets charges, hydrogens and dummy atoms pass.
    """
    settings = Chem.SubstructMatchParameters()
    settings.useChirality = True
    settings.specifiedStereoQueryMatchesUnspecified = not strict
    settings.uniquify = False
    settings.maxMatches = MOST_MAPPINGS + 1
    numbers = {label: number for number, label in enumerate(sorted({*_labels(one), *_labels(other)}), 1)}
    coded = []
    for mol in (one, other):
        copy = Chem.RWMol(mol)
        for atom, label in zip(copy.GetAtoms(), _labels(mol), strict=True):
            atom.SetIsotope(numbers[label])
            if not atom.GetAtomicNum():
                atom.SetAtomicNum(_NO_ELEMENT)
        coded.append(copy.GetMol())
    return list(coded[1].GetSubstructMatches(coded[0], settings))


def _labels(mol: Chem.Mol) -> list[tuple[int, ...]]:
    """What each atom must have in common with its image; the rank in the constitution keeps the search short."""
    flat = Chem.Mol(mol)
    Chem.RemoveStereochemistry(flat)
    ranks = Chem.CanonicalRankAtoms(flat, breakTies=False, includeChirality=False)
    return [
        (
            rank, atom.GetAtomicNum(), atom.GetIsotope(), atom.GetFormalCharge(),
            atom.GetTotalNumHs(includeNeighbors=True), atom.GetNumRadicalElectrons(),
        )
        for rank, atom in zip(ranks, mol.GetAtoms(), strict=True)
    ]  # fmt: skip


def _marks(mol: Chem.Mol) -> tuple[int, int]:
    """How many atoms and how many bonds have a configuration."""
    atoms = sum(atom.GetChiralTag() != Chem.ChiralType.CHI_UNSPECIFIED for atom in mol.GetAtoms())
    return atoms, sum(bond.GetStereo() > Chem.BondStereo.STEREOANY for bond in mol.GetBonds())


def _flat(mol: Chem.Mol) -> str:
    """The canonical SMILES without stereo marks, isotopes kept."""
    bare = Chem.Mol(mol)
    Chem.RemoveStereochemistry(bare)
    return Chem.MolToSmiles(bare)


def _without_hydrogens(mol: Chem.Mol) -> Chem.Mol:
    settings = Chem.RemoveHsParameters()
    settings.removeDefiningBondStereo = True
    return Chem.RemoveHs(mol, settings)


def _numbered(mol: Chem.Mol) -> list[int]:
    """The indices of the atoms that have a number: all but hydrogens, or all where there is nothing else."""
    return [atom.GetIdx() for atom in mol.GetAtoms() if atom.GetAtomicNum() != 1] or list(range(mol.GetNumAtoms()))


def _with_numbers(parsed: ParsedMolecule) -> ParsedMolecule:
    """A copy whose drawing writes the numbers beside the atoms."""
    mol = Chem.Mol(parsed.mol)
    for number, index in enumerate(_numbered(mol)):
        mol.GetAtomWithIdx(index).SetProp("atomNote", str(number))
    return replace(parsed, mol=mol)


def _given(text: str, where: str) -> ParsedMolecule:
    parsed = parse_molecule(text, where, dummies=True)
    if parsed.notation in ("name", "cas"):
        raise ToolInputError(
            f"A name or number such as {shown(parsed.label)} gives its atoms no order", where,
            f"give the molecule as SMILES, such as {parsed.smiles[:80]}",
        )  # fmt: skip
    return parsed


def _named(parsed: ParsedMolecule, name: str) -> list[str]:
    """The parser's notes, each with the argument's name; map numbers count for nothing here."""
    notes = [note for note in parsed.notes if not note.startswith("Atom map numbers")]
    if len(notes) < len(parsed.notes):
        notes.append("Atom map numbers were left aside.")
    return [f"{name}: {note}" for note in notes]
