"""One notation to another, with what it cannot say: ``convert_notation``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field
from rdkit import Chem, rdBase

from errors import ToolInputError, shown
from tools.argument_forms import also_called
from tools.chemistry.drawing import drawn_if_legible
from tools.chemistry.inchi_writing import inchi_of
from tools.chemistry.molblocks import laid_out
from tools.inputs import MoleculeText
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.outputs import Text, ToolOutput
from tools.registry import tool

Notation = Annotated[
    Literal["smiles", "inchi", "inchikey", "selfies", "molfile"],
    also_called(
        {
            "smiles": "canonical smiles|isomeric smiles",
            "inchi": "standard inchi",
            "inchikey": "standard inchikey",
            "molfile": "mol|mol block|mdl molfile|v2000",
        }
    ),
]
_NAMES = {
    "smiles": "canonical SMILES",
    "inchi": "InChI",
    "inchikey": "InChIKey",
    "selfies": "SELFIES",
    "molfile": "V2000 molfile",
}
_V2000_MOST = 999  # atoms or bonds
MOST_ROOTS = 40


@tool(
    group="molecule",
    libraries=("rdkit", "selfies"),
    asks=(
        "convert", "InChI", "InChIKey", "SELFIES", "molfile", "mol block", "SMILES", "to InChI", "to InChIKey", "to SELFIES", "to SMILES",
        "canonical SMILES", "as InChI", "hash of the molecule", "in SMILES notation", "MOL file",
    ),
    time_limit_s=30.0,  # the layout of a molfile of 1,000 atoms
)  # fmt: skip
def convert_notation(
    molecule: MoleculeText, to: Annotated[Notation, Field(description="The notation wanted")]
) -> ToolOutput:
    """Convert a molecule to another notation: canonical SMILES, InChI, InChIKey, SELFIES or a molfile.

    What the wanted notation loses is said. Raises ``ToolInputError`` for a wrong molecule, or where the notation has no way
    to write it.
    """
    parsed = parse_molecule(molecule)
    text, notes = _written(parsed, to)
    name = "V3000 molfile" if to == "molfile" and "V3000" in text else _NAMES[to]
    said = text if len(text) <= 200 and "\n" not in text else f"given below, {len(text):,} characters"
    data: dict[str, Any] = {"to": to, "smiles": parsed.smiles, to: text}
    drawings, undrawn = drawn_if_legible(parsed)
    return ToolOutput(
        summary=f"The {name} of {parsed.label} is {said}.",
        data=data,
        views=(Text(text=text, title=f"{name} of {parsed.label}"), *drawings),
        notes=(*_parser_notes(parsed, to), *undrawn, *notes),
    )


def _parser_notes(parsed: ParsedMolecule, to: Notation) -> list[str]:
    """The parser's notes; of map numbers, whether the wanted notation has them."""
    if to in ("smiles", "molfile"):
        return list(parsed.notes)
    gone = f"Atom map numbers are not in {_NAMES[to]}."
    return [gone if note.startswith("Atom map numbers") else note for note in parsed.notes]


def _written(parsed: ParsedMolecule, to: Notation) -> tuple[str, list[str]]:
    """The text in that notation, and notes on what it does not hold."""
    if to == "smiles":
        return parsed.smiles, ["Canonical by RDKit: other programs order the atoms in other ways."]
    if to == "selfies":
        return _selfies(parsed)
    if to == "molfile":
        return _molfile(parsed)
    inchi = inchi_of(parsed.mol)
    with rdBase.BlockLogs():
        back = Chem.MolFromInchi(inchi) if inchi else None
    if not inchi:
        raise _impossible(parsed, _NAMES[to])
    notes = ["Standard InChI: tautomers that differ in mobile hydrogens are not told apart, bonds to metals are cut."]
    if back is None or Chem.MolToSmiles(back) != Chem.MolToSmiles(_without_maps(parsed.mol)):
        notes.append(f"It does not hold all of the structure: RDKit reads it back as {_smiles_or_nothing(back)}.")
    if to == "inchi":
        return inchi, notes
    return Chem.InchiToInchiKey(inchi), [*notes, "An InChIKey is a hash: it cannot be turned back into a structure."]


def _smiles_or_nothing(mol: Chem.Mol | None) -> str:
    return "nothing" if mol is None else Chem.MolToSmiles(mol)


def _selfies(parsed: ParsedMolecule) -> tuple[str, list[str]]:
    """The SELFIES of the first SMILES that survives the way there and back; raises ``ToolInputError`` if none does."""
    import selfies  # a second of import that only SELFIES need

    mol = _without_maps(parsed.mol)
    wanted = Chem.MolToSmiles(mol)
    for smiles in _ways_to_write(mol):
        try:
            text = selfies.encoder(smiles)
            decoded = selfies.decoder(text) if text else ""
        except (selfies.EncoderError, selfies.DecoderError):
            continue
        with rdBase.BlockLogs():
            back = Chem.MolFromSmiles(decoded) if decoded else None
        if back is not None and Chem.MolToSmiles(back) == wanted:
            notes = ["Read back, it gives the same molecule."]
            if _read_back(text) != wanted:
                notes.append(
                    "The text could be taken for a SMILES, which would mean something else: say that it is SELFIES."
                )
            return text, notes
    raise _impossible(parsed, "SELFIES")


def _ways_to_write(mol: Chem.Mol) -> Iterator[str]:
    """The canonical SMILES, its Kekulé form, and those that begin at one atom after another: some lose less than others."""
    yield Chem.MolToSmiles(mol)
    kekule = Chem.Mol(mol)
    Chem.Kekulize(kekule, clearAromaticFlags=True)
    yield Chem.MolToSmiles(kekule, kekuleSmiles=True)
    for root in range(min(mol.GetNumAtoms(), MOST_ROOTS)):
        yield Chem.MolToSmiles(kekule, rootedAtAtom=root, kekuleSmiles=True)


def _molfile(parsed: ParsedMolecule) -> tuple[str, list[str]]:
    """A V2000 block, or V3000 where that keeps more; raises ``ToolInputError`` where neither gives the molecule back."""
    mol, crossed = laid_out(parsed.mol)
    notes = ["The coordinates are those of a 2D drawing; hydrogens are implied."]
    if crossed:
        notes.append("Double bonds whose configuration is not given are drawn crossed.")
    small = max(mol.GetNumAtoms(), mol.GetNumBonds()) <= _V2000_MOST
    for extended in (False, True) if small else (True,):
        text = Chem.MolToV3KMolBlock(mol) if extended else Chem.MolToMolBlock(mol)
        if _read_back(text) == parsed.smiles:
            return text, [*notes, "Read back, it gives the same molecule."]
    raise ToolInputError(
        f"{shown(parsed.label)} cannot be written as a molfile that keeps its stereochemistry",
        "to",
        "convert it to SMILES",
    )


def _read_back(text: str) -> str:
    """The canonical SMILES of what this program takes the text for, or nothing."""
    try:
        return parse_molecule(text).smiles
    except ToolInputError:
        return ""


def _without_maps(mol: Chem.Mol) -> Chem.Mol:
    copy = Chem.Mol(mol)
    for atom in copy.GetAtoms():
        atom.SetAtomMapNum(0)
    return copy


def _impossible(parsed: ParsedMolecule, name: str) -> ToolInputError:
    return ToolInputError(
        f"{shown(parsed.label)} cannot be written as {name}", "to", "convert it to SMILES or a molfile"
    )
