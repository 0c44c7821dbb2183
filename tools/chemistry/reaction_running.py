"""Running a reaction on molecules: which reactant plays which role, what comes out, and its stereochemistry.

RDKit's engine does the rewriting. Around it: hydrogens are made implicit (an explicit one on a carbon that becomes a
carbonyl would leave five bonds), all products come as one ``Mol`` so that nothing is copied twice, centres whose
ligands change are inverted, kept or cleared as the table says, and double bonds keep their geometry where the
leaving ligand was a stereo mark.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rdkit import Chem, rdBase
from rdkit.Chem import AllChem

from tools.chemistry.reactions_by_name import NamedReaction, Variant

MOST_RAW_PRODUCTS = 500
MOST_OUTCOMES = 40
#: Rings that close faster than two molecules meet.
EASY_RING = 7
_UNSPECIFIED = Chem.ChiralType.CHI_UNSPECIFIED


@dataclass(frozen=True)
class Outcome:
    """One way in which the reaction can go: canonical SMILES of the products, by-products and spectator ions.

    ``roles`` are the reactants' places, one for each template; ``ring`` is the size of the ring that an intramolecular
    reaction closes, 0 for a reaction between molecules. ``unassigned`` counts the stereo elements left open by it.
    """

    products: tuple[str, ...]
    by_products: tuple[str, ...]
    spectators: tuple[str, ...]
    variant: Variant
    roles: tuple[int, ...]
    ring: int
    unassigned: int


@dataclass(frozen=True)
class Reacted:
    """All distinct outcomes; ``dropped`` counts products that were no possible molecules, ``capped`` says that more
    outcomes exist than are listed."""

    outcomes: tuple[Outcome, ...]
    dropped: int
    capped: bool


def ready(mol: Chem.Mol) -> Chem.Mol:
    """A copy for the engine: no atom map numbers, and hydrogens implicit wherever their number stays the same."""
    copy = Chem.RWMol(mol)
    _join_metals(copy)
    for atom in copy.GetAtoms():
        atom.SetAtomMapNum(0)
        if atom.GetNumExplicitHs() and not atom.GetIsAromatic() and not atom.GetNumRadicalElectrons():
            hydrogens = atom.GetTotalNumHs()
            explicit = atom.GetNumExplicitHs()
            atom.SetNoImplicit(False)
            atom.SetNumExplicitHs(0)
            atom.UpdatePropertyCache(strict=False)
            if atom.GetTotalNumHs() != hydrogens:
                atom.SetNumExplicitHs(explicit)
                atom.SetNoImplicit(True)
                atom.UpdatePropertyCache(strict=False)
        elif atom.GetNoImplicit() and not atom.GetIsAromatic() and not atom.GetNumExplicitHs():
            atom.SetNoImplicit(False)
            atom.UpdatePropertyCache(strict=False)
            if atom.GetTotalNumHs():
                atom.SetNoImplicit(True)
                atom.UpdatePropertyCache(strict=False)
    done = copy.GetMol()
    Chem.SanitizeMol(done)
    return done


def _join_metals(mol: Chem.RWMol) -> None:
    """Make carbanions, magnesium, zinc or lithium ions and halides covalent, as the templates write these reagents."""
    metals = [atom for atom in mol.GetAtoms() if atom.GetSymbol() in ("Mg", "Zn", "Li") and atom.GetFormalCharge() > 0]
    for metal in metals:
        anions = [atom for atom in mol.GetAtoms() if atom.GetFormalCharge() == -1]
        if not any(atom.GetSymbol() == "C" for atom in anions) and metal.GetDegree() == 0:
            continue
        anions.sort(key=lambda atom: atom.GetSymbol() != "C")
        for anion in anions[: metal.GetFormalCharge()]:
            if anion.GetSymbol() == "C" or (anion.GetSymbol() in ("Cl", "Br", "I") and not anion.GetDegree()):
                mol.AddBond(metal.GetIdx(), anion.GetIdx(), Chem.BondType.SINGLE)
                anion.SetFormalCharge(0)
                metal.SetFormalCharge(metal.GetFormalCharge() - 1)


def react(reaction: NamedReaction, mols: Sequence[Chem.Mol]) -> Reacted:
    """Every distinct outcome of a named reaction of these molecules (from ``ready``), all of which take part.

    The reactants are tried in every role. One molecule alone reacts with itself: within itself where that closes a
    ring of at most 7 atoms, else also two of it.
    """
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], Outcome] = {}
    dropped, capped = 0, False
    arities = sorted({len(variant.templates) for variant in reaction.variants if len(variant.templates) >= len(mols)})
    for arity in arities:
        for variant in reaction.variants:
            if len(variant.templates) != arity:
                continue
            for outcome in _of_variant(reaction, variant, mols):
                if outcome is None:
                    dropped += 1
                elif len(found) >= MOST_OUTCOMES:
                    capped = True
                else:
                    found.setdefault((outcome.products, outcome.by_products), outcome)
        if found:
            break
    outcomes = list(found.values())
    if any(0 < outcome.ring <= EASY_RING for outcome in outcomes):
        outcomes = [outcome for outcome in outcomes if 0 < outcome.ring <= EASY_RING]
    unchanged = {Chem.MolToSmiles(mol) for mol in mols}
    outcomes = [outcome for outcome in outcomes if not set(outcome.products) <= unchanged]
    return Reacted(tuple(outcomes), dropped, capped)


def _of_variant(reaction: NamedReaction, variant: Variant, mols: Sequence[Chem.Mol]) -> Iterator[Outcome | None]:
    arity = len(variant.templates)
    if len(mols) == 1 and arity > 1 and reaction.intramolecular != "no":
        for outcome in run(variant.within, variant, mols, (0,) * arity, reaction):
            if outcome is None or reaction.smallest_ring <= outcome.ring <= reaction.largest_ring:
                yield outcome
    if reaction.intramolecular == "only":
        return
    if len(mols) < arity and not (variant.twice or (len(mols) == 1 and arity == 2)):
        return
    fits = [[mol.HasSubstructMatch(template) for mol in mols] for template in variant.templates]
    for places in itertools.product(range(len(mols)), repeat=arity):
        if len(set(places)) == len(mols) and all(fits[role][place] for role, place in enumerate(places)):
            yield from run(variant.between, variant, [mols[place] for place in places], places, reaction)


def run(
    engine: AllChem.ChemicalReaction,
    variant: Variant,
    mols: Sequence[Chem.Mol],
    places: tuple[int, ...],
    reaction: NamedReaction,
) -> Iterator[Outcome | None]:
    """The outcomes of one assignment, None for each product that is no possible molecule; duplicates included."""
    with rdBase.BlockLogs():
        raw = engine.RunReactants(tuple(mols), maxProducts=MOST_RAW_PRODUCTS)
        for (product,) in raw:
            if reaction.anti and not _lies_anti(product, mols, reaction.anti):
                continue
            yield _outcome(product, variant, mols, places, reaction)


def _outcome(
    product: Chem.Mol, variant: Variant, mols: Sequence[Chem.Mol], places: tuple[int, ...], reaction: NamedReaction
) -> Outcome | None:
    mol = finished(product, mols, reaction.invert, reaction.retain)
    if mol is None:
        return None
    within = len(mols) == 1 and len(places) > 1
    ring = _closed_ring(mol, mols) if within else 0
    products: list[str] = []
    by_products: list[str] = []
    for atoms in Chem.GetMolFrags(mol):
        maps = {mol.GetAtomWithIdx(atom).GetIntProp("old_mapno") for atom in atoms if _has_map(mol, atom)}
        smiles = fragment_smiles(mol, atoms)
        (products if maps & variant.main_maps else by_products).append(smiles)
    used = [mols[0]] if within else mols
    spectators = _spectators(mol, used)
    before = sum(open_stereo(one) for one in used)
    after = sum(open_stereo(Chem.MolFromSmiles(smiles)) for smiles in products)
    return Outcome(
        tuple(sorted(products)),
        tuple(sorted(by_products)),
        spectators,
        variant,
        places,
        ring,
        max(0, after - before),
    )


def finished(
    product: Chem.Mol, mols: Sequence[Chem.Mol], invert: frozenset[int], retain: frozenset[int] | None
) -> Chem.Mol | None:
    """The engine's product sanitized, its stereochemistry put right; None if it is no possible molecule.

    ``retain`` None leaves the stereochemistry as the engine made it (for SMARTS that are not of the table).
    """
    mol = Chem.RWMol(product)
    for atom in mol.GetAtoms():
        source = _source(atom, mols)
        if atom.GetNoImplicit() and _made_by_template(atom) and not atom.GetIsAromatic():
            atom.SetNoImplicit(source is None or source.GetNoImplicit())
    radicals = sum(atom.GetNumRadicalElectrons() for one in mols for atom in one.GetAtoms())
    try:
        Chem.SanitizeMol(mol)
    except (Chem.MolSanitizeException, ValueError):
        return None
    if sum(atom.GetNumRadicalElectrons() for atom in mol.GetAtoms()) > radicals:
        return None
    if retain is not None:
        _set_centres(mol, mols, invert, retain)
    Chem.AssignStereochemistry(mol, cleanIt=True, force=True)
    _keep_double_bonds(mol, mols)  # afterwards: assigning anew would look for bond directions, which are not there
    return mol.GetMol()


def fragment_smiles(mol: Chem.Mol, atoms: Sequence[int]) -> str:
    """Canonical SMILES of one fragment, as ``parse_molecule`` would write it."""
    smiles = Chem.MolFragmentToSmiles(mol, atomsToUse=list(atoms))
    again = Chem.MolFromSmiles(smiles)
    return Chem.MolToSmiles(again) if again is not None else smiles


def open_stereo(mol: Chem.Mol) -> int:
    """How many possible stereo elements of a molecule are not specified; those of cumulated bonds (azides) are none."""
    with rdBase.BlockLogs():
        elements = Chem.FindPotentialStereo(Chem.Mol(mol))
    return sum(
        bool(element.specified == Chem.StereoSpecified.Unspecified) and not _is_cumulated(mol, element)
        for element in elements
    )


def _is_cumulated(mol: Chem.Mol, element: Chem.StereoInfo) -> bool:
    if element.type != Chem.StereoType.Bond_Double:
        return False
    bond = mol.GetBondWithIdx(element.centeredOn)
    ends = (bond.GetBeginAtom(), bond.GetEndAtom())
    return any(sum(b.GetBondType() == Chem.BondType.DOUBLE for b in end.GetBonds()) > 1 for end in ends)


def _has_map(mol: Chem.Mol, atom: int) -> bool:
    return mol.GetAtomWithIdx(atom).HasProp("old_mapno")


def _made_by_template(atom: Chem.Atom) -> bool:
    return bool(atom.HasProp("old_mapno"))


def _source(atom: Chem.Atom, mols: Sequence[Chem.Mol]) -> Chem.Atom | None:
    """The reactants' atom that a product's atom was; None for one that the template adds."""
    if not atom.HasProp("react_atom_idx"):
        return None
    which = atom.GetIntProp("react_idx") if atom.HasProp("react_idx") else 0
    return mols[which].GetAtomWithIdx(atom.GetIntProp("react_atom_idx"))


def _key(atom: Chem.Atom) -> tuple[int, int] | None:
    if not atom.HasProp("react_atom_idx"):
        return None
    return (atom.GetIntProp("react_idx") if atom.HasProp("react_idx") else 0, atom.GetIntProp("react_atom_idx"))


def _set_centres(mol: Chem.RWMol, mols: Sequence[Chem.Mol], invert: frozenset[int], retain: frozenset[int]) -> None:
    """Invert, keep or clear the centres whose ligands changed; the engine keeps them as if the new one stood in the
    old one's place."""
    for atom in mol.GetAtoms():
        if atom.GetChiralTag() == _UNSPECIFIED or not _made_by_template(atom):
            continue
        source = _source(atom, mols)
        if source is None or source.GetChiralTag() == _UNSPECIFIED:
            atom.SetChiralTag(_UNSPECIFIED)
            continue
        which = atom.GetIntProp("react_idx") if atom.HasProp("react_idx") else 0
        before = {(which, neighbour.GetIdx()) for neighbour in source.GetNeighbors()}
        after = {_key(neighbour) for neighbour in atom.GetNeighbors()}
        if before == after and source.GetTotalNumHs() == atom.GetTotalNumHs():
            continue
        number = atom.GetIntProp("old_mapno")
        one_for_one = len(before - after) == 1 == len(after - before) and source.GetDegree() == atom.GetDegree()
        if one_for_one and number in invert:
            atom.InvertChirality()
        elif not (one_for_one and number in retain):
            atom.SetChiralTag(_UNSPECIFIED)


def _keep_double_bonds(mol: Chem.RWMol, mols: Sequence[Chem.Mol]) -> None:
    """Give a double bond its geometry back where a ligand that marked it was replaced by another on the same carbon."""
    places = {_key(atom): atom.GetIdx() for atom in mol.GetAtoms() if _key(atom) is not None}
    for which, one in enumerate(mols):
        for bond in one.GetBonds():
            if bond.GetStereo() not in (
                Chem.BondStereo.STEREOE,
                Chem.BondStereo.STEREOZ,
                Chem.BondStereo.STEREOCIS,
                Chem.BondStereo.STEREOTRANS,
            ):
                continue  # fmt: skip
            ends = (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
            now = [places.get((which, end)) for end in ends]
            kept = mol.GetBondBetweenAtoms(*now) if None not in now else None
            if (
                kept is None
                or kept.GetBondType() != Chem.BondType.DOUBLE
                or kept.GetStereo() > Chem.BondStereo.STEREOANY
            ):
                continue
            marks = [
                _standing_in(mol, one, which, end, mark, places)
                for end, mark in zip(ends, bond.GetStereoAtoms(), strict=True)
            ]
            if None in marks:
                continue
            begins_so = kept.GetBeginAtomIdx() == now[0]
            kept.SetStereoAtoms(*(marks if begins_so else reversed(marks)))
            # E and Z are named by priority, which the marks of a bond carry: they are the higher ones
            trans = bond.GetStereo() in (Chem.BondStereo.STEREOE, Chem.BondStereo.STEREOTRANS)
            kept.SetStereo(Chem.BondStereo.STEREOTRANS if trans else Chem.BondStereo.STEREOCIS)


def _standing_in(
    mol: Chem.RWMol, one: Chem.Mol, which: int, end: int, mark: int, places: dict[tuple[int, int] | None, int]
) -> int | None:
    """The product's atom that stands where the mark stood at this end: itself, or the one new ligand."""
    here = mol.GetAtomWithIdx(places[(which, end)])
    still = places.get((which, mark))
    if still is not None and mol.GetBondBetweenAtoms(here.GetIdx(), still) is not None:
        return still
    before = {(which, neighbour.GetIdx()) for neighbour in one.GetAtomWithIdx(end).GetNeighbors()}
    new = [neighbour.GetIdx() for neighbour in here.GetNeighbors() if _key(neighbour) not in before]
    same_degree = here.GetDegree() == one.GetAtomWithIdx(end).GetDegree()
    return new[0] if len(new) == 1 and same_degree else None


def _lies_anti(product: Chem.Mol, mols: Sequence[Chem.Mol], numbers: Sequence[int]) -> bool:
    """Whether the reactant's atoms of these map numbers lie anti across the double bond of the inner two, or its
    geometry is not given."""
    atoms = {atom.GetIntProp("old_mapno"): atom for atom in product.GetAtoms() if atom.HasProp("old_mapno")}
    sources = [_source(atoms[number], mols) for number in numbers]
    first, begin, end, last = sources
    if first is None or begin is None or end is None or last is None:
        return True
    owner = begin.GetOwningMol()
    bond = owner.GetBondBetweenAtoms(begin.GetIdx(), end.GetIdx())
    stereo = bond.GetStereo()
    if stereo <= Chem.BondStereo.STEREOANY:
        return True
    marks = set(bond.GetStereoAtoms())
    trans = stereo in (Chem.BondStereo.STEREOE, Chem.BondStereo.STEREOTRANS)
    other = (first.GetIdx() not in marks) + (last.GetIdx() not in marks)
    return trans == (other % 2 == 0)


def _closed_ring(mol: Chem.Mol, mols: Sequence[Chem.Mol]) -> int:
    """The smallest ring with a bond that the reaction made between two atoms of the one reactant; 0 for none."""
    sizes = []
    rings = mol.GetRingInfo()
    for bond in mol.GetBonds():
        begin, end = _source(bond.GetBeginAtom(), mols), _source(bond.GetEndAtom(), mols)
        if begin is None or end is None or mols[0].GetBondBetweenAtoms(begin.GetIdx(), end.GetIdx()):
            continue
        if rings.NumBondRings(bond.GetIdx()):
            sizes.append(min(len(ring) for ring in rings.BondRings() if bond.GetIdx() in ring))
    return min(sizes, default=0)


def _spectators(mol: Chem.Mol, mols: Sequence[Chem.Mol]) -> tuple[str, ...]:
    """The components of the reactants that took no part, such as counter-ions."""
    found = []
    present = {_key(atom) for atom in mol.GetAtoms()}
    for which, one in enumerate(mols):
        components = Chem.GetMolFrags(one)
        if len(components) > 1:
            found += [
                fragment_smiles(one, atoms)
                for atoms in components
                if not any((which, atom) in present for atom in atoms)
            ]
    return tuple(sorted(found))
