"""Relations of structures with the same heavy-atom skeleton: protonation states, tautomers, redox states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from rdkit import Chem, rdBase

from tools.chemistry import atom_frames, metal_geometry
from tools.chemistry.drawing_relations import component_charges
from tools.chemistry.mobile_hydrogens import tautomer_reasons
from tools.chemistry.neutral_forms import neutralized
from tools.chemistry.relation import Relation, of_stereo
from tools.chemistry.stereo_comparison import compare_stereo

#: Acids (or their anions) that give their proton to any base: both ways of drawing the salt mean one substance.
_STRONG_ACIDS = tuple(
    Chem.MolFromSmarts(smarts)
    for smarts in (
        "[F,Cl,Br,I;X0,X1;H1,-1;!$(*~[!#1])]",
        "S(=O)(=O)[OX2H,OX1-]",
        "P(=O)[OX2H,OX1-]",
        "[NX3+](=O)([O-])[OX2H,OX1-]",
        "[Cl,Br,I](~O)(~O)[O]",
        "C(F)(F)(F)C(=O)[OX2H,OX1-]",
    )
)


def hydrogens_and_charges(a: Chem.Mol, b: Chem.Mol) -> Relation | None:
    """The relation of two structures whose heavy atoms are bonded alike, or None where hydrogens do not explain it."""
    numbers = [[atom.GetAtomicNum() for atom in mol.GetAtoms()] for mol in (a, b)]
    frame, other = atom_frames.frames(a, b, (numbers[0], numbers[1]))
    ways = atom_frames.matches(frame, other)
    if not ways:
        return None
    image = min(ways, key=lambda way: sum(map(abs, _more_hydrogens(a, b, way).values())))
    change = _more_hydrogens(a, b, image)
    found = _by_protons(a, b, change)
    if found is None:
        return None
    sites_b = frozenset(at for at, number in change.items() if number)
    sites_a = frozenset(image[at] for at in sites_b)
    stereo = compare_stereo(a, b, image, frame, same_bonds=False)
    detail = of_stereo(stereo, "")
    found = replace(found, atoms_a=sites_a, atoms_b=sites_b, stereo=detail.stereo, notes=(*found.notes, *detail.notes))
    if stereo.outcome == "same":
        return found
    reasons = (*found.reasons, *detail.reasons[1:])
    if stereo.outcome == "open":
        return replace(found, same=False, decided=found.decided and not found.same, reasons=reasons)
    return replace(
        found,
        name=f"{found.name}, of different stereoisomers",
        kinds=(*found.kinds, *detail.kinds),
        same=False,
        reasons=reasons,
        atoms_a=sites_a | detail.atoms_a,
        atoms_b=sites_b | detail.atoms_b,
    )


def proton_makes_equal(a: Chem.Mol, b: Chem.Mol) -> bool:
    """Whether stereoisomers, as drawn, are one compound since a proton that moves breaks their symmetry in the drawing only.

    So the standard InChI, which merges mobile protons, is the same, and so is the configuration on the bare skeleton.
    Neither knows the geometry at a metal, so that cis and trans complexes are told apart before.
    """
    if metal_geometry.compared(a, b) == "different":
        return False
    with rdBase.BlockLogs():
        keys = [Chem.MolToInchi(mol) for mol in (a, b)]
    if keys[0] != keys[1] or not keys[0]:
        return False
    numbers = [[atom.GetAtomicNum() for atom in mol.GetAtoms()] for mol in (a, b)]
    frame, other = atom_frames.frames(a, b, (numbers[0], numbers[1]))
    image = atom_frames.mapping(frame, other)
    return image is not None and compare_stereo(a, b, image, frame, same_bonds=False).outcome == "same"


def _more_hydrogens(a: Chem.Mol, b: Chem.Mol, image: Mapping[int, int]) -> dict[int, int]:
    """For each atom of b how many hydrogens it has more than its image in a."""
    return {at: b.GetAtomWithIdx(at).GetTotalNumHs() - a.GetAtomWithIdx(to).GetTotalNumHs() for at, to in image.items()}


def _by_protons(a: Chem.Mol, b: Chem.Mol, change: Mapping[int, int]) -> Relation | None:
    hydrogens = sum(change.values())
    charge = Chem.GetFormalCharge(b) - Chem.GetFormalCharge(a)
    if charge and not any(change.values()):
        electrons = f"{abs(charge)} electron{'s' * (abs(charge) > 1)} {'fewer' if charge > 0 else 'more'}"
        reason = f"The same atoms bonded alike; b has {electrons} than a."
        return Relation("redox states", ("charge states", "redox states"), reasons=(reason,))
    if hydrogens != charge:
        return None
    if not any(change.values()):
        if Counter(component_charges(a)) == Counter(component_charges(b)):
            return None  # isomers by other bonds, such as the two forms of a substituted cyclooctatetraene
        return Relation(
            "redox states", ("charge states", "redox states"), reasons=("An electron is at another component.",)
        )
    neutral = [neutralized(mol) for mol in (a, b)]
    if hydrogens:
        return _acid_and_base(neutral, hydrogens, change)
    if _is_one_drawing(*neutral):
        return _proton_elsewhere(a, b)
    reasons = tautomer_reasons(*neutral)
    if not reasons:
        return None
    if _carbonyl_has_moved(b, change) and Chem.MolToInchiKey(a)[:14] != Chem.MolToInchiKey(b)[:14]:
        first = "A carbonyl and a hydroxyl group have changed places, as in an aldose and its ketose: they interconvert through an enediol."
        kinds = ("constitutional isomers", "tautomers")
        return Relation("constitutional isomers (interconvertible through an enol)", kinds, reasons=(first, *reasons))
    return Relation(
        "tautomers", ("tautomers",), reasons=("They differ by the place of hydrogens and double bonds.", *reasons)
    )


def _carbonyl_has_moved(b: Chem.Mol, change: Mapping[int, int]) -> bool:
    """Whether hydrogens have gone from carbon to carbon and from one O, N or S to another, both."""
    carbon = {number > 0 for at, number in change.items() if number and b.GetAtomWithIdx(at).GetSymbol() == "C"}
    others = {number > 0 for at, number in change.items() if number and b.GetAtomWithIdx(at).GetSymbol() != "C"}
    return len(carbon) == 2 and len(others) == 2


def _acid_and_base(neutral: list[Chem.Mol], hydrogens: int, change: Mapping[int, int]) -> Relation | None:
    """Where one is the other with protons added, or a tautomer of that."""
    added_only = sum(map(abs, change.values())) == abs(hydrogens)
    reasons = () if added_only or _is_one_drawing(*neutral) else tautomer_reasons(*neutral)
    if not (added_only or reasons or _is_one_drawing(*neutral)):
        return None
    many = f"{abs(hydrogens)} proton{'s' * (abs(hydrogens) > 1)}"
    first = f"b has {many} {'more' if hydrogens > 0 else 'fewer'} than a, and the charge that goes with it: conjugate acid and base."
    return Relation("protonation states", ("charge states", "protonation states"), reasons=(first, *reasons))


def _proton_elsewhere(a: Chem.Mol, b: Chem.Mol) -> Relation:
    """The neutral forms are the same: a proton has moved inside a component or from one to another."""
    if Counter(component_charges(a)) != Counter(component_charges(b)):
        first = "The same components, with a proton at the base in one drawing and at the acid in the other."
        if all(any(mol.HasSubstructMatch(acid) for acid in _STRONG_ACIDS) for mol in (a, b)):
            name = "identical (salt drawn with and without proton transfer)"
            return Relation(name, ("identical", "protonation states"), True, True, (first,))
        second = "Whether acid and base make a salt or a co-crystal depends on their pKa values, which a drawing does not tell."
        kinds = ("charge states", "protonation states")
        return Relation("not decided (salt or co-crystal)", kinds, False, False, (first, second))
    positive = [sum(atom.GetFormalCharge() > 0 for atom in mol.GetAtoms()) for mol in (a, b)]
    first = "The same molecule but for a proton that stands at other atoms; in solution such forms turn into each other at once."
    if positive[0] == positive[1]:
        return Relation("tautomers", ("tautomers",), reasons=(first,))
    return Relation("tautomers (zwitterion and uncharged form)", ("tautomers", "zwitterion"), reasons=(first,))


def _is_one_drawing(a: Chem.Mol, b: Chem.Mol) -> bool:
    """Whether two neutral forms are the same up to stereo, bond orders and charges."""
    labels = [[(atom.GetAtomicNum(), atom.GetTotalNumHs()) for atom in mol.GetAtoms()] for mol in (a, b)]
    return atom_frames.mapping(*atom_frames.frames(a, b, (labels[0], labels[1]))) is not None
