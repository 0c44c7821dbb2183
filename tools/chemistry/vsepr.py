"""The shape of a molecule of one central atom and single atoms around it, by electron-pair repulsion.

Force fields know few of these: sulfur hexafluoride, xenon tetrafluoride, the carbonate ion. Bonding and lone pairs of the centre
point to the corners of a line, triangle, tetrahedron, trigonal or pentagonal bipyramid or octahedron; lone pairs, then double
bonds, then the less electronegative atoms take the equatorial places of a trigonal bipyramid (R. J. Gillespie and I. Hargittai,
The VSEPR Model of Molecular Geometry, 1991). Angles are idealised.
"""

from __future__ import annotations

import math
from collections import Counter
from types import MappingProxyType

import numpy as np
from rdkit import Chem

from errors import ToolInputError

#: Pauling's electronegativities of atoms that stand alone on a centre (A. L. Allred, J. Inorg. Nucl. Chem. 1961, 17, 215).
_ELECTRONEGATIVITIES = MappingProxyType({
    "H": 2.20, "C": 2.55, "N": 3.04, "O": 3.44, "F": 3.98, "P": 2.19, "S": 2.58, "Cl": 3.16, "Se": 2.55, "Br": 2.96, "I": 2.66,
})  # fmt: skip
_THIRD = 2 * math.pi / 3
_FIFTH = 2 * math.pi / 5
_TETRAHEDRON = np.array([(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)]) / math.sqrt(3)
_OCTAHEDRON = np.array([(0, 0, 1), (0, 0, -1), (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0)], dtype=float)
_LINE = np.array([(0, 0, 1), (0, 0, -1)], dtype=float)
_TRIANGLE = np.array([(math.cos(k * _THIRD), math.sin(k * _THIRD), 0) for k in range(3)])
_PENTAGON = np.array([(math.cos(k * _FIFTH), math.sin(k * _FIFTH), 0) for k in range(5)])
_D10_GROUP = frozenset(("Cu", "Ag", "Au", "Zn", "Cd", "Hg"))
_BENT_DIHALIDES = frozenset(("Ca", "Sr", "Ba", "Ra"))
#: Group numbers of transition metals, for the d electrons that are left.
_GROUPS = MappingProxyType({
    symbol: group
    for row in ("Sc Ti V Cr Mn Fe Co Ni Cu Zn", "Y Zr Nb Mo Tc Ru Rh Pd Ag Cd", "Lu Hf Ta W Re Os Ir Pt Au Hg")
    for group, symbol in enumerate(row.split(), 3)
})  # fmt: skip


def is_star(mol: Chem.Mol) -> bool:
    """Whether ``mol``, with its hydrogens as atoms, is a diatomic molecule or one atom with single atoms around it."""
    return mol.GetNumAtoms() > 1 and mol.GetNumBonds() == mol.GetNumAtoms() - 1 == max(
        a.GetDegree() for a in mol.GetAtoms()
    )


def star_places(mol: Chem.Mol, label: str) -> tuple[np.ndarray, str]:
    """Coordinates (n × 3, Å) of such a molecule, at sums of covalent radii, and the shape in words.

    Raises ``ToolInputError`` where electron-pair repulsion does not tell the shape.
    """
    centre = max(mol.GetAtoms(), key=lambda atom: atom.GetDegree())
    ligands = sorted(centre.GetNeighbors(), key=lambda atom: atom.GetIdx())
    if len(ligands) == 1:
        directions, shape = _LINE[:1], "a line"
    else:
        pairs = _lone_pairs(centre, ligands, label)
        ligands, directions, shape = _arranged(centre, ligands, pairs, label)
    radius = Chem.GetPeriodicTable().GetRcovalent
    places = np.zeros((mol.GetNumAtoms(), 3))
    for ligand, direction in zip(ligands, directions, strict=True):
        places[ligand.GetIdx()] = direction * (radius(centre.GetAtomicNum()) + radius(ligand.GetAtomicNum()))
    return places, shape


def _lone_pairs(centre: Chem.Atom, ligands: list[Chem.Atom], label: str) -> int:
    """Places that lone pairs and single electrons of the centre take."""
    symbol, count = centre.GetSymbol(), len(ligands)
    orders = int(sum(bond.GetBondTypeAsDouble() for bond in centre.GetBonds()))
    if symbol in _GROUPS:
        electrons = _GROUPS[symbol] - orders - centre.GetFormalCharge()
        same = len({_kind(ligand) for ligand in ligands}) == 1
        if (count == 2 and symbol in _D10_GROUP and electrons == 10) or (count == 4 and electrons in (0, 10)):
            return 0
        if count == 6 and same:
            return 0
        raise _undecided(label, f"the {count} ligands of {symbol} with {electrons} d electrons")
    if symbol in _BENT_DIHALIDES and count == 2:
        raise _undecided(label, f"the two ligands of {symbol}, some of which are bent and some straight")
    if Chem.GetPeriodicTable().GetNOuterElecs(centre.GetAtomicNum()) > 8 or 57 <= centre.GetAtomicNum() <= 71:
        raise _undecided(label, f"the ligands of {symbol}")
    left = Chem.GetPeriodicTable().GetNOuterElecs(centre.GetAtomicNum()) - orders - centre.GetFormalCharge()
    if left < 0:
        raise _undecided(label, f"{symbol} with {orders} bonds")
    if left == 1 and count == 3:
        if symbol == "C" and {_kind(ligand)[0] for ligand in ligands} == {"H"}:
            return 0  # the methyl radical is flat (G. Herzberg, Proc. R. Soc. A 1961, 262, 291)
        raise _undecided(label, "a radical of three ligands")
    return math.ceil(left / 2)


def _arranged(
    centre: Chem.Atom, ligands: list[Chem.Atom], pairs: int, label: str
) -> tuple[list[Chem.Atom], np.ndarray, str]:
    """The ligands in the order of their directions."""
    bond_order = {
        ligand.GetIdx(): centre.GetOwningMol()
        .GetBondBetweenAtoms(centre.GetIdx(), ligand.GetIdx())
        .GetBondTypeAsDouble()
        for ligand in ligands
    }
    kinds = Counter(_kind(ligand) for ligand in ligands)
    # resonance makes all terminal oxygens alike, so the highest order of a kind counts for each of the kind
    order = {kind: max(bond_order[one.GetIdx()] for one in ligands if _kind(one) == kind) for kind in kinds}
    space = {kind: (-order[kind], _ELECTRONEGATIVITIES.get(kind[0], 2.0)) for kind in kinds}
    by_space = sorted(ligands, key=lambda one: (space[_kind(one)], one.GetIdx()))  # the most demanding first
    places, count = len(ligands) + pairs, len(ligands)
    if places <= 4:
        corners = {2: _LINE, 3: _TRIANGLE, 4: _TETRAHEDRON}[places]
        return ligands, corners[:count], _SHAPES[count, pairs]
    if places == 5:
        equatorial, axial = by_space[: 3 - pairs], by_space[3 - pairs :]
        if (
            equatorial
            and _kind(equatorial[-1]) != _kind(axial[0])
            and space[_kind(equatorial[-1])] == space[_kind(axial[0])]
        ):
            raise _undecided(label, "which of its ligands are axial")
        return by_space, np.vstack((_TRIANGLE[pairs:], _LINE)), _SHAPES[count, pairs]
    rare = [one for one in by_space if kinds[_kind(one)] == 1]
    uniform = len(kinds) == 1
    one_differs = len(kinds) == 2 and len(rare) >= 1
    if places == 6 and (uniform or (one_differs and pairs == 0)):
        axial_first = [*rare[:1], *(one for one in ligands if one not in rare[:1])]
        return axial_first, _octahedral(count, pairs), _SHAPES[count, pairs]
    if places == 6 and pairs == 1 and one_differs and order[_kind(rare[0])] > 1:
        return (
            [rare[0], *(one for one in ligands if one is not rare[0])],
            _octahedral(count, pairs),
            _SHAPES[count, pairs],
        )
    if places == 7 and pairs != 1 and (uniform or (one_differs and pairs == 0 and order[_kind(rare[0])] > 1)):
        ordered = [*rare[:1], *(one for one in ligands if one not in rare[:1])]
        return ordered, np.vstack((_LINE, _PENTAGON)) if not pairs else _PENTAGON, _SHAPES[count, pairs]
    raise _undecided(label, f"{count} ligands and {pairs} lone pairs around {centre.GetSymbol()}")


def _octahedral(count: int, pairs: int) -> np.ndarray:
    """Six corners, the first axial; a first lone pair opposite to it, two lone pairs on the axis."""
    if pairs == 1:
        return np.delete(_OCTAHEDRON, 1, axis=0)
    return _OCTAHEDRON[2:] if pairs == 2 else _OCTAHEDRON[:count]


def _kind(atom: Chem.Atom) -> tuple[str, int]:
    return atom.GetSymbol(), atom.GetIsotope()


_SHAPES = MappingProxyType({
    (2, 0): "a line", (2, 1): "bent", (2, 2): "bent", (2, 3): "a line", (3, 0): "a flat triangle", (3, 1): "a trigonal pyramid",
    (3, 2): "a T", (4, 0): "a tetrahedron", (4, 1): "a seesaw", (4, 2): "a flat square", (5, 0): "a trigonal bipyramid",
    (5, 1): "a square pyramid", (6, 0): "an octahedron", (7, 0): "a pentagonal bipyramid", (5, 2): "a flat pentagon",
})  # fmt: skip


def _undecided(label: str, what: str) -> ToolInputError:
    return ToolInputError(
        f"The shape of {label} does not follow from electron-pair repulsion: {what}",
        "molecule",
        "take its point group from a measured structure",
    )
