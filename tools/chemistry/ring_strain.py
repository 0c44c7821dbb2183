"""Which configurations small fused and bridged rings allow, as far as distance geometry and a force field can tell."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from rdkit import Chem, rdBase
from rdkit.Chem import rdDistGeom, rdForceFieldHelpers

LARGEST_RING = 8  # larger rings bend enough for every configuration
LARGEST_FUSED = 4  # a ring of 3 or 4 atoms is tested where it is fused to another, too
ATTEMPTS = 40
SHAPES = 4
MOST_STEPS = 500
MOST_FUSED_ATOMS = 8  # trans-bicyclo[4.1.0]heptane, 3 and 6, is the smallest that was made
MOST_BRIDGE_ATOMS = 7  # in,out isomers of larger bicycles exist: ingenol is one of bicyclo[4.4.1]undecane
MOST_STRAIN_KCAL_MOL = 20.0  # trans-bicyclo[4.2.0]octane is some 5 above cis, trans-norcarane 25, an in-bridgehead more
SEED = 61453


@dataclass
class _Pair:
    """Two rings and the two atoms where their ways part; ``allowed`` by whether the chiral tags of these are the same."""

    each: tuple[set[int], set[int]]
    ends: tuple[int, int]
    allowed: dict[bool, bool] = field(default_factory=dict)

    @property
    def rings(self) -> set[int]:
        return self.each[0] | self.each[1]


class StrainTest:
    """Tests the configuration at the ring-fusion and bridgehead atoms of one molecule, two rings at a time.

    RDKit must find 3D coordinates of the two rings with it, at most 20 kcal/mol (MMFF94, else UFF) above the other
    configuration. ``critical`` are the centres that are tested; ``caged`` says that three rings
    meet somewhere, where two rings at a time do not tell everything.
    """

    def __init__(self, bare: Chem.Mol, centres: set[int]) -> None:
        rings = [set(ring) for ring in bare.GetRingInfo().AtomRings() if len(ring) <= LARGEST_RING]
        self._pairs = [pair for pair in _pairs(bare, rings) if set(pair.ends) <= centres]
        self.critical = {atom for pair in self._pairs for atom in pair.ends}
        meetings = Counter(itertools.chain.from_iterable(rings))
        self.caged = any(meetings[atom] >= 3 for atom in centres)

    def allows(self, isomer: Chem.Mol) -> bool:
        """Whether each pair of rings of the isomer can be embedded."""
        for pair in self._pairs:
            same = _same_tags(isomer, pair.ends)
            pair.allowed = pair.allowed or _tested(isomer, pair)
            if not pair.allowed[same]:
                return False
        return True

    def ties(self, isomer: Chem.Mol, asked: Callable[[int, int], bool]) -> list[tuple[int, int, bool]]:
        """The pairs ``asked`` for that have one possible relation alone, and whether it is that of equal chiral tags.

        ``isomer`` has a tag, whichever, at every centre. Bridges of few atoms leave no choice, the others are tested.
        """
        found = []
        for pair in self._pairs:
            if not asked(*pair.ends):
                continue
            if (same := _by_bridges(isomer, pair)) is not None:
                found.append((*pair.ends, same))
                continue
            pair.allowed = pair.allowed or _tested(isomer, pair)
            if pair.allowed[True] != pair.allowed[False]:
                found.append((*pair.ends, pair.allowed[True]))
        return found


def _by_bridges(mol: Chem.Mol, pair: _Pair) -> bool | None:
    """Whether the bridgeheads of a small bicycle have equal chiral tags, their outer ligands pointing away from each other.

    That is out,out for three bridges of 7 atoms at most, and cis for fused rings of 8 atoms at most in all (bicyclo[3.1.0]hexane
    and smaller). None for larger ones.
    """
    one, other = pair.each
    shared = one & other
    fused = len(shared) == 2
    if (len(one) + len(other) > MOST_FUSED_ATOMS) if fused else (len(one | other) - 2 > MOST_BRIDGE_ATOMS):
        return None
    ways = (shared, one - other, other - one)
    senses = []
    for end in pair.ends:
        near = [bond.GetOtherAtomIdx(end) for bond in mol.GetAtomWithIdx(end).GetBonds()]
        bridges = [[at for at in near if at in way] for way in ways]
        if any(len(found) != 1 for found in bridges):
            return None
        outer = [at for at in near if at not in one | other]
        order = [near.index(at) for at in (*(found[0] for found in bridges), *outer)]
        senses.append(sum(a > b for a, b in itertools.combinations(order, 2)) % 2)
    return (
        senses[0] != senses[1]
    )  # seen from outside, the bridges run clockwise at one end and anticlockwise at the other


def _pairs(mol: Chem.Mol, rings: list[set[int]]) -> list[_Pair]:
    found = []
    for one, other in itertools.combinations(rings, 2):
        shared, both = one & other, one | other
        if len(shared) >= 3 or (len(shared) == 2 and min(len(one), len(other)) <= LARGEST_FUSED):
            near = {at: sum(n.GetIdx() in both for n in mol.GetAtomWithIdx(at).GetNeighbors()) for at in shared}
            ends = tuple(sorted(at for at, neighbours in near.items() if neighbours >= 3))
            if len(ends) == 2:
                found.append(_Pair((one, other), ends))  # type: ignore[arg-type]
    return found


def _tested(isomer: Chem.Mol, pair: _Pair) -> dict[bool, bool]:
    """For ends of the same and of opposite sense, whether the two rings allow it; all are allowed that cannot be tested."""
    skeleton, place = _skeleton(isomer, pair)
    if skeleton is None:
        return {True: True, False: True}
    ends = (place[pair.ends[0]], place[pair.ends[1]])
    energies = _energies(skeleton, ends)
    if not energies:
        return {True: True, False: True}
    limit = min(energies.values()) + MOST_STRAIN_KCAL_MOL
    return {same: same in energies and energies[same] < limit for same in (True, False)}


def _same_tags(mol: Chem.Mol, ends: tuple[int, int]) -> bool:
    return mol.GetAtomWithIdx(ends[0]).GetChiralTag() == mol.GetAtomWithIdx(ends[1]).GetChiralTag()


def _skeleton(isomer: Chem.Mol, pair: _Pair) -> tuple[Chem.Mol | None, dict[int, int]]:
    """The two rings, with a carbon for each substituent and stereo at the ends alone, and where its atoms are now.

    None where the skeleton has no proper valences.
    """
    mol = Chem.RWMol(isomer)
    for bond in mol.GetBonds():
        bond.SetStereo(Chem.BondStereo.STEREONONE)
        bond.SetBondDir(Chem.BondDir.NONE)
    Chem.Kekulize(mol, clearAromaticFlags=True)
    kept = pair.rings | {near.GetIdx() for at in pair.rings for near in mol.GetAtomWithIdx(at).GetNeighbors()}
    for atom in mol.GetAtoms():
        if atom.GetIdx() not in pair.ends:
            atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
        if atom.GetIdx() in kept - pair.rings:
            atom.SetAtomicNum(6)
            atom.SetFormalCharge(0)
            atom.SetIsotope(0)
            atom.SetNumExplicitHs(0)
            atom.SetNoImplicit(False)
            atom.SetNumRadicalElectrons(0)
    mol.BeginBatchEdit()
    for atom in mol.GetAtoms():
        if atom.GetIdx() not in kept:
            mol.RemoveAtom(atom.GetIdx())
    mol.CommitBatchEdit()
    place = {old: new for new, old in enumerate(sorted(kept))}
    with rdBase.BlockLogs():
        try:
            Chem.SanitizeMol(mol)
        except Chem.MolSanitizeException:
            return None, place
        return Chem.AddHs(mol), place


def _settings() -> rdDistGeom.EmbedParameters:
    settings = rdDistGeom.ETKDGv3()
    settings.randomSeed = SEED
    settings.maxIterations = ATTEMPTS
    return settings


def _energies(skeleton: Chem.Mol, ends: tuple[int, int]) -> dict[bool, float]:
    """The lowest energy (kcal/mol) found for ends of the same sense (True) and of opposite sense, if any was embedded."""
    found: dict[bool, float] = {}
    opposite = Chem.Mol(skeleton)
    opposite.GetAtomWithIdx(ends[0]).InvertChirality()
    free = Chem.Mol(skeleton)
    for at in ends:
        free.GetAtomWithIdx(at).SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    for mol in (skeleton, opposite, free):
        with rdBase.BlockLogs():
            try:
                shapes = list(rdDistGeom.EmbedMultipleConfs(mol, SHAPES, _settings()))
                energies = _optimized(mol) if shapes else []
            except RuntimeError:  # the minimizer gave up on a shape that cannot be
                continue
        for shape, energy in zip(shapes, energies, strict=True):
            same = _turn(mol, shape, ends[0]) == _turn(mol, shape, ends[1])
            found[same] = min(energy, found.get(same, energy))
    return found


def _optimized(mol: Chem.Mol) -> list[float]:
    if rdForceFieldHelpers.MMFFHasAllMoleculeParams(mol):
        results = rdForceFieldHelpers.MMFFOptimizeMoleculeConfs(mol, maxIters=MOST_STEPS)
    else:
        results = rdForceFieldHelpers.UFFOptimizeMoleculeConfs(mol, maxIters=MOST_STEPS)
    return [energy for _, energy in results]


def _turn(mol: Chem.Mol, shape: int, at: int) -> bool:
    """The sense of an atom's first three neighbours in the order of its bonds, as its chiral tag has it."""
    conformer = mol.GetConformer(shape)
    centre = mol.GetAtomWithIdx(at)
    start = conformer.GetAtomPosition(at)
    first, second, third = (
        conformer.GetAtomPosition(bond.GetOtherAtomIdx(at)) - start for bond in list(centre.GetBonds())[:3]
    )
    return first.DotProduct(second.CrossProduct(third)) > 0
