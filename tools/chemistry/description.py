"""The record a chemist wants first: ``describe_molecule``."""

from __future__ import annotations

from typing import Any

from rdkit import Chem
from rdkit.Chem import Crippen, Descriptors, Lipinski, rdMolDescriptors

from tools.chemistry import qed
from tools.chemistry.atomic_masses import molecule_average_mass
from tools.chemistry.configurations import UNASSIGNED, configurations_of_all
from tools.chemistry.counting import molecular_formula
from tools.chemistry.drawing import drawn_if_legible
from tools.chemistry.inchi_writing import inchikey_of
from tools.chemistry.rings import cyclomatic_number
from tools.inputs import MoleculeText
from tools.inputs.graph import atoms_of
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.inputs.reactions import without_maps
from tools.outputs import Table, ToolOutput
from tools.registry import tool

CONVENTIONS = (
    "Average mass: standard atomic weights of IUPAC 2021; monoisotopic mass: the most abundant isotope of each element.",
    "Donors are N-H, O-H and S-H and acceptors as RDKit's feature definitions count them; rotatable bonds by RDKit's "
    "strict definition (no amide C-N, no ring bonds).",
    "logP and molar refractivity: Wildman and Crippen 1999; TPSA: Ertl 2000, without S and P.",
)
#: Elements that Crippen's atom types were fitted for.
_CRIPPEN_ELEMENTS = frozenset((1, 6, 7, 8, 9, 15, 16, 17, 35, 53))
_ROWS = (
    ("formula", "Formula (Hill)", ""),
    ("average_mass_da", "Average mass", "Da"),
    ("monoisotopic_mass_da", "Monoisotopic mass", "Da"),
    ("charge", "Charge", "e"),
    ("logp_crippen", "logP (Crippen)", ""),
    ("tpsa_a2", "TPSA (Ertl)", "Å²"),
    ("h_bond_donors", "Hydrogen-bond donors", ""),
    ("h_bond_acceptors", "Hydrogen-bond acceptors", ""),
    ("rotatable_bonds", "Rotatable bonds", ""),
    ("ring_count", "Rings (SSSR)", ""),
    ("aromatic_ring_count", "Aromatic rings", ""),
    ("heavy_atom_count", "Heavy atoms", ""),
    ("fraction_csp3", "Fraction of sp³ carbons", ""),
    ("stereocentres_assigned", "Stereocentres, assigned", ""),
    ("stereocentres_unassigned", "Stereocentres, unassigned", ""),
    ("qed", "QED", ""),
    ("molar_refractivity", "Molar refractivity (Crippen)", "cm³/mol"),
    ("inchikey", "InChIKey", ""),
    ("smiles", "Canonical SMILES", ""),
)


@tool(
    group="molecule",
    libraries=("rdkit",),
    asks=(
        "molecular weight", "molecular mass", "molar mass", "weigh", "mw", "exact mass", "monoisotopic mass", "formula",
        "logP", "lipophilicity", "TPSA", "polar surface area", "hydrogen bond donors", "acceptors", "rotatable bonds",
        "QED", "properties", "describe", "descriptors", "charge", "stereocentres", "heavy", "heavier", "weight", "mass", "mass per mole", "g/mol", "Mr", "H-bond donors", "H-bond acceptors", "drug-like",
    ),
)  # fmt: skip
def describe_molecule(molecule: MoleculeText) -> ToolOutput:
    """Describe a molecule: molecular formula, average (molecular weight) and monoisotopic (exact) mass, logP (Crippen), TPSA,
    hydrogen-bond donors and acceptors, rotatable bonds, rings, stereocentres, QED.

    Masses in dalton, TPSA in Å². Raises ``ToolInputError`` for anything that is not exactly one molecule.
    """
    parsed = parse_molecule(molecule)
    data = properties(parsed)
    summary = (
        f"{parsed.label}, {data['formula']}: average mass {data['average_mass_da']:.2f} Da, "
        f"monoisotopic mass {data['monoisotopic_mass_da']:.4f} Da, logP (Crippen) {data['logp_crippen']:.2f}, "
        f"TPSA {data['tpsa_a2']:.1f} Å²."
    )
    rows = tuple((name, data[key], unit) for key, name, unit in _ROWS)
    table = Table(title=f"Properties of {parsed.label}", columns=("Property", "Value", "Unit"), rows=rows)
    drawings, undrawn = drawn_if_legible(parsed, caption=parsed.label)
    notes = (*parsed.notes, *undrawn, *_limits(parsed.mol, data), *CONVENTIONS)
    return ToolOutput(summary=summary, data=data, views=(*drawings, table), notes=notes)


def properties(parsed: ParsedMolecule) -> dict[str, Any]:
    """The numbers, rounded to the digits that mean something."""
    mol = parsed.mol
    centres = [one.label for one in configurations_of_all(without_maps(parsed).mol).found if one.kind == "centre"]
    return {
        "smiles": parsed.smiles,
        "formula": molecular_formula(mol),
        "inchikey": inchikey_of(mol),
        "average_mass_da": round(molecule_average_mass(mol), 3),
        "monoisotopic_mass_da": round(Descriptors.ExactMolWt(mol), 5),  # type: ignore[attr-defined]
        "charge": Chem.GetFormalCharge(mol),
        "logp_crippen": round(Crippen.MolLogP(mol), 2),  # type: ignore[attr-defined]
        "tpsa_a2": round(rdMolDescriptors.CalcTPSA(mol), 2),
        "h_bond_donors": rdMolDescriptors.CalcNumHBD(mol),
        "h_bond_acceptors": rdMolDescriptors.CalcNumHBA(mol),
        "rotatable_bonds": rdMolDescriptors.CalcNumRotatableBonds(mol),
        "ring_count": cyclomatic_number(mol),
        "aromatic_ring_count": rdMolDescriptors.CalcNumAromaticRings(mol),
        "heavy_atom_count": Lipinski.HeavyAtomCount(mol),  # type: ignore[attr-defined]
        "fraction_csp3": round(rdMolDescriptors.CalcFractionCSP3(mol), 3),
        "stereocentres_assigned": sum(label != UNASSIGNED for label in centres),
        "stereocentres_unassigned": centres.count(UNASSIGNED),
        "qed": round(qed.estimate(mol), 3),
        "molar_refractivity": round(Crippen.MolMR(mol), 2),  # type: ignore[attr-defined]
    }


def _limits(mol: Chem.Mol, data: dict[str, Any]) -> list[str]:
    """Where a number stands on thin ice for this molecule."""
    notes = []
    if not data["inchikey"]:
        notes.append("InChI cannot express this structure, so it has no InChIKey.")
    if data["charge"]:
        notes.append(
            "The monoisotopic mass counts the electrons of the charge (0.00055 Da each); the average mass is the sum of the "
            "atomic weights."
        )
    atoms = atoms_of(mol)
    if any(atom.GetFormalCharge() for atom in atoms) or len(Chem.GetMolFrags(mol)) > 1:
        notes.append(
            "logP (Crippen) is fitted to neutral single compounds: for ions, salts and mixtures it is no more than a rough sum."
        )
    foreign = sorted({atom.GetSymbol() for atom in atoms if atom.GetAtomicNum() not in _CRIPPEN_ELEMENTS})
    if foreign:
        notes.append(f"logP and QED are not fitted for {', '.join(foreign)}.")
    if any(atom.GetIsotope() for atom in atoms):
        notes.append("Isotope labels are counted with the mass of that isotope, in the average mass, too.")
    return notes
