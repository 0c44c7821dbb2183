"""What is this compound? Any notation, or a name, to one record: ``resolve_structure`` and ``name_to_structure``."""

from __future__ import annotations

from typing import Any

from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcExactMolWt

from errors import ToolInputError, shown
from tools.chemistry.atomic_masses import molecule_average_mass
from tools.chemistry.counting import molecular_formula
from tools.chemistry.drawing import drawn_if_legible, molecule_svg
from tools.chemistry.inchi_writing import inchi_of
from tools.inputs import AnyNotation, CompoundName
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.inputs.names import NamedStructure, look_up_name
from tools.outputs import Table, ToolOutput, View
from tools.registry import tool

MOST_LISTED = 12
_NOTATIONS = {"smiles": "SMILES", "inchi": "InChI", "selfies": "SELFIES", "molfile": "a molfile"}
MASS_NOTE = (
    "average_mass_da uses the standard atomic weights of IUPAC 2021, monoisotopic_mass_da the most abundant isotopes."
)


@tool(
    group="molecule",
    libraries=("rdkit", "selfies", "chemicals"),
    asks=(
        "what is this", "what compound is", "what molecule is", "identify", "resolve", "canonical SMILES",
        "InChIKey of", "what is the InChIKey", "InChI of", "SMILES of", "structure of", "CAS number of",
    ),
)  # fmt: skip
def resolve_structure(text: AnyNotation) -> ToolOutput:
    """Say what a structure is: SMILES, InChI, SELFIES, molfile, CAS number or name to canonical SMILES, formula, InChI,
    InChIKey, charge and components.

    Masses are in dalton. Raises ``ToolInputError`` for a text that is not exactly one compound.
    """
    parsed = parse_molecule(text, "text")
    record = structure_record(parsed)
    summary = f"{subject(parsed)} is {record['smiles']}, {record['formula']}"
    summary += f", InChIKey {record['inchikey']}." if record["inchikey"] else "."
    if len(summary) > 400:
        key = f" and the InChIKey {record['inchikey']}" if record["inchikey"] else ""
        summary = f"{subject(parsed)} has the formula {record['formula']}{key}."
    drawings, undrawn = drawn_if_legible(parsed, parsed.label)
    views: tuple[View, ...] = (*drawings, _record_table(parsed, record))
    return ToolOutput(summary=summary, data=record, views=views, notes=(*parsed.notes, *undrawn, *_notes(record)))


@tool(
    group="molecule",
    libraries=("rdkit", "chemicals"),
    asks=(
        "structure of", "SMILES of", "SMILES for", "draw the structure of", "what is the structure of", "formula of",
        "name to structure", "convert the name", "IUPAC name to SMILES", "which compound is CAS",
    ),
)  # fmt: skip
def name_to_structure(name: CompoundName) -> ToolOutput:
    """Give the structure of a compound from its trivial name, IUPAC name or CAS number; lists all compounds that bear
    the name.

    Looked up in tables and parsed by OPSIN where Java is installed, never guessed. Raises ``ToolInputError`` for a
    SMILES or another notation, and for a name that is not known.
    """
    bearers = [] if not name.strip() else look_up_name(name)
    principal = [entry for entry in bearers if entry.principal] or bearers
    parsed_bearers: dict[str, tuple[NamedStructure, ParsedMolecule]] = {}
    for entry in principal:
        parsed = parse_molecule(entry.smiles, "name")
        parsed_bearers.setdefault(parsed.smiles, (entry, parsed))
    if len(parsed_bearers) < 2:
        parsed = parse_molecule(name, "name")
        if parsed.notation not in ("name", "cas"):
            raise ToolInputError(
                f"{shown(name)} is a structure ({_NOTATIONS[parsed.notation]}), not a name", "name",
                "use resolve_structure for it",
            )  # fmt: skip
        record = structure_record(parsed)
        record["cas"] = principal[0].cas if principal else ""
        summary = f"{parsed.label} is {record['smiles']}, {record['formula']}."
        drawn, undrawn = drawn_if_legible(parsed, parsed.label)
        views: tuple[View, ...] = (*drawn, _record_table(parsed, record))
        return ToolOutput(summary=summary, data=record, views=views, notes=(*parsed.notes, *undrawn, *_notes(record)))
    rows = [
        (entry.name, entry.cas, molecular_formula(parsed.mol), parsed.smiles, entry.source)
        for entry, parsed in parsed_bearers.values()
    ][:MOST_LISTED]
    listed = ", ".join(f"{row[0]} ({row[1]})" if row[1] else row[0] for row in rows)
    table = Table(
        title=f"Compounds named {name.strip()}",
        columns=("Name", "CAS", "Formula", "SMILES", "Source"),
        rows=tuple(rows),
    )
    drawings = [
        molecule_svg(parsed, f"{entry.name} ({entry.cas})" if entry.cas else entry.name)
        for entry, parsed in list(parsed_bearers.values())[:4]
    ]
    return ToolOutput(
        summary=f"{len(parsed_bearers)} different compounds bear the name {name.strip()}: {listed}.",
        data={
            "name": name.strip(),
            "count": len(parsed_bearers),
            "compounds": [dict(zip(("name", "cas", "formula", "smiles"), row[:4], strict=True)) for row in rows],
        },
        views=(*drawings, table),
        notes=("The name alone does not say which one is meant; none was chosen.",),
    )


def structure_record(parsed: ParsedMolecule) -> dict[str, Any]:
    """The identity of a molecule as flat JSON: masses in dalton, ``charge`` in elementary charges.

    ``inchi`` and ``inchikey`` are empty where InChI has no way to say the structure (a dative complex, for one).
    """
    mol = parsed.mol
    inchi = inchi_of(mol)
    return {
        "smiles": parsed.smiles,
        "formula": molecular_formula(mol),
        "inchi": inchi,
        "inchikey": Chem.InchiToInchiKey(inchi) if inchi else "",
        "average_mass_da": round(molecule_average_mass(mol), 3),
        "monoisotopic_mass_da": round(CalcExactMolWt(mol), 5),
        "charge": Chem.GetFormalCharge(mol),
        "components": len(Chem.GetMolFrags(mol)),
        "heavy_atoms": mol.GetNumHeavyAtoms(),
        "notation_given": parsed.notation,
    }


def subject(parsed: ParsedMolecule) -> str:
    """What a sentence that begins with the molecule calls it; a SMILES keeps its small letters."""
    label = parsed.label[:1].upper() + parsed.label[1:] if parsed.notation in ("inchi", "molfile") else parsed.label
    return label


def _record_table(parsed: ParsedMolecule, record: dict[str, Any]) -> Table:
    rows = (
        ("Canonical SMILES", record["smiles"], ""),
        ("Formula", record["formula"], ""),
        ("Average mass", record["average_mass_da"], "Da"),
        ("Monoisotopic mass", record["monoisotopic_mass_da"], "Da"),
        ("Charge", record["charge"], "e"),
        ("Components", record["components"], ""),
        ("InChI", record["inchi"] or "none", ""),
        ("InChIKey", record["inchikey"] or "none", ""),
    )
    return Table(title=f"Identity of {parsed.label}", columns=("Property", "Value", "Unit"), rows=rows)


def _notes(record: dict[str, Any]) -> tuple[str, ...]:
    return (MASS_NOTE,) if record["inchikey"] else (MASS_NOTE, "InChI cannot express this structure.")
