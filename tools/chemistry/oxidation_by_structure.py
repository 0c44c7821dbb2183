"""Oxidation states of the atoms of a structure, by the ionic approximation of its bonds (IUPAC Recommendations 2016).

P. Karen, P. McArdle, J. Takats, Pure Appl. Chem. 2016, 88, 831: an atom's oxidation state is its charge after every bond's
electrons have gone to the more electronegative atom (Allen's scale), those between atoms of one element shared equally.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from rdkit import Chem

from tools.chemistry.oxidation_tables import HALOGENS, element, is_metal, pair_note, takes_electrons

MOST_KEKULE_FORMS = 500
#: Single bonds of an atom that obeys the octet rule without charge; with more it is hypervalent as drawn.
_OCTET_BONDS = {"N": 3, "P": 3, "As": 3, "O": 2, "S": 2, "Se": 2, "Te": 2}

States = dict[str, Counter[Fraction]]  # element to (state to number of atoms)


@dataclass(frozen=True)
class AtomStates:
    """``atoms``: the state of each atom of the molecule, by index; ``hydrogens``: that of the hydrogens each one carries."""

    atoms: tuple[Fraction, ...]
    hydrogens: tuple[Fraction, ...]
    notes: tuple[str, ...]


def states_of_atoms(mol: Chem.Mol) -> AtomStates:
    """The oxidation state of each atom of a sanitized molecule; they add up to its charge."""
    atoms = list(mol.GetAtoms())
    states = [Fraction(atom.GetFormalCharge()) for atom in atoms]
    hydrogens = [Fraction(0)] * len(atoms)
    pairs: set[tuple[str, str]] = set()
    for atom in atoms:
        if count := atom.GetTotalNumHs():
            taken = takes_electrons(atom.GetSymbol(), "H")
            states[atom.GetIdx()] -= taken * count
            hydrogens[atom.GetIdx()] = Fraction(taken)
            pairs.add((atom.GetSymbol(), "H"))
    orders, kekule_notes = _bond_orders(mol)
    for bond in mol.GetBonds():
        begin, end = bond.GetBeginAtom(), bond.GetEndAtom()
        if bond.GetBondType() == Chem.BondType.DATIVE:
            continue  # the pair stays with the donor, which brought it
        taken = takes_electrons(begin.GetSymbol(), end.GetSymbol())
        states[begin.GetIdx()] -= taken * orders[bond.GetIdx()]
        states[end.GetIdx()] += taken * orders[bond.GetIdx()]
        pairs.add((begin.GetSymbol(), end.GetSymbol()))
    notes = sorted({note for pair in pairs if (note := pair_note(*pair))})
    notes += sorted(kekule_notes)
    notes += _moved_radicals(atoms, states)
    elements = _fragments_of_one_element(mol)
    notes += _shared_in_clusters(mol, states, {index for fragment in elements for index in fragment})
    notes += _shared_by_symmetry(mol, states, set(elements))
    notes += _shared_in_elements(mol, elements, states, hydrogens)
    if any(
        takes_electrons(b.GetBeginAtom().GetSymbol(), b.GetEndAtom().GetSymbol())
        and is_metal(b.GetBeginAtom().GetSymbol())
        and is_metal(b.GetEndAtom().GetSymbol())
        for b in mol.GetBonds()
    ):
        notes.append(
            "A bond between two different metals was given to the one with the higher Allen electronegativity."
        )
    return AtomStates(tuple(states), tuple(hydrogens), tuple(notes))


def tally(mol: Chem.Mol, found: AtomStates) -> States:
    """The states by element, hydrogens included."""
    states: States = defaultdict(Counter)
    for atom, state, hydrogen in zip(list(mol.GetAtoms()), found.atoms, found.hydrogens, strict=True):
        states[atom.GetSymbol()][state] += 1
        if count := atom.GetTotalNumHs():
            states["H"][hydrogen] += count
    return dict(states)


def unheard_of(states: States) -> list[tuple[str, Fraction]]:
    """The elements with a state beyond any that is known of them."""
    return [
        (symbol, state)
        for symbol, counts in states.items()
        for state in counts
        if not min(element(symbol).known) <= state <= max(element(symbol).known)
    ]


def _bond_orders(mol: Chem.Mol) -> tuple[list[Fraction], set[str]]:
    """The order of each bond, averaged over the Kekulé forms of a ring with different elements, and notes of that."""
    kekulized = Chem.Mol(mol)
    Chem.Kekulize(kekulized, clearAromaticFlags=True)
    orders = [Fraction(bond.GetBondTypeAsDouble()) for bond in kekulized.GetBonds()]
    aromatic = [bond for bond in mol.GetBonds() if bond.GetIsAromatic()]
    notes = set()
    for system in _connected((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in aromatic):
        bonds = [bond for bond in aromatic if bond.GetBeginAtomIdx() in system]
        if all(bond.GetBeginAtom().GetAtomicNum() == bond.GetEndAtom().GetAtomicNum() for bond in bonds):
            continue
        doubled = {
            index
            for bond in bonds
            if orders[bond.GetIdx()] == 2
            for index in (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
        }
        links = [
            (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx(), bond.GetIdx())
            for bond in bonds
            if bond.GetBeginAtomIdx() in doubled and bond.GetEndAtomIdx() in doubled
        ]
        forms = _pairings(doubled, links)
        if 1 < len(forms) <= MOST_KEKULE_FORMS:
            notes.add("Atoms of aromatic rings have the average over the Kekulé forms.")
            for _, _, index in links:
                orders[index] = 1 + Fraction(sum(index in form for form in forms), len(forms))
        elif len(forms) > MOST_KEKULE_FORMS:
            notes.add(
                f"An aromatic system has over {MOST_KEKULE_FORMS} Kekulé forms; its atoms have the states of one of them."
            )
    return orders, notes


def _pairings(atoms: set[int], links: list[tuple[int, int, int]]) -> list[frozenset[int]]:
    """Every way to put double bonds so that each atom has one; stops once there are too many."""
    found: list[frozenset[int]] = []
    stack: list[tuple[frozenset[int], frozenset[int]]] = [(frozenset(atoms), frozenset())]
    while stack and len(found) <= MOST_KEKULE_FORMS:
        left, chosen = stack.pop()
        if not left:
            found.append(chosen)
            continue
        choices: dict[int, list[tuple[int, int, int]]] = {atom: [] for atom in left}
        for link in links:
            if link[0] in left and link[1] in left:
                choices[link[0]].append(link)
                choices[link[1]].append(link)
        tightest = min(choices.values(), key=len)
        stack += [(left - {one, other}, chosen | {index}) for one, other, index in tightest]
    return found


def _moved_radicals(atoms: list[Chem.Atom], states: list[Fraction]) -> list[str]:
    """O=Cl-[O] stands for ClO2: the unpaired electron is counted with the central atom, so that O is −2."""
    moved = set()
    for atom in atoms:
        if (
            atom.GetSymbol() == "O"
            and atom.GetNumRadicalElectrons() == 1
            and not atom.GetFormalCharge()
            and atom.GetDegree() == 1
            and not atom.GetTotalNumHs()
        ):
            centre = atom.GetNeighbors()[0]
            below = states[centre.GetIdx()] < max(element(centre.GetSymbol()).known)
            if below and (centre.GetSymbol() in HALOGENS - {"F"} | {"N", "S", "Se"} or is_metal(centre.GetSymbol())):
                states[atom.GetIdx()] -= 1
                states[centre.GetIdx()] += 1
                moved.add(centre.GetSymbol())
    return [f"The unpaired electron was counted with {symbol}, so that O is −2." for symbol in sorted(moved)]


def _shared_in_clusters(mol: Chem.Mol, states: list[Fraction], left_out: set[int]) -> list[str]:
    """Atoms of one element between which charge is only a way of drawing (N2O, azides, thiosulfate) share their sum."""
    notes = []
    for cluster in _connected(
        (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
        for bond in mol.GetBonds()
        if bond.GetBeginAtomIdx() not in left_out and _is_way_of_drawing(bond)
    ):
        symbol = mol.GetAtomWithIdx(min(cluster)).GetSymbol()
        drawn = sorted({states[index] for index in cluster})
        _average(states, cluster)
        if len(drawn) > 1:
            own = " and ".join(map(signed, drawn))
            what = f"The bonded {symbol} atoms share their charge differently in different Lewis formulas"
            if symbol == "S" and len(cluster) == 2 and states[min(cluster)] == 2:
                what += " (thiosulfate: −1 and +5 with a single S-S bond, −2 and +6 when named as sulfate with S for O)"
                notes.append(f"{what}, so their average is given.")
            else:
                notes.append(f"{what} ({own} as drawn), so their average is given.")
    return list(dict.fromkeys(notes))


def _is_way_of_drawing(bond: Chem.Bond) -> bool:
    begin, end = bond.GetBeginAtom(), bond.GetEndAtom()
    if begin.GetAtomicNum() != end.GetAtomicNum() or bond.GetBondType() == Chem.BondType.DATIVE:
        return False
    charges = (begin.GetFormalCharge(), end.GetFormalCharge())
    if charges[0] * charges[1] < 0 or (charges[0] != charges[1] and bond.GetBondTypeAsDouble() >= 2):
        return True
    for terminal, centre in ((begin, end), (end, begin)):
        usual = _OCTET_BONDS.get(centre.GetSymbol(), 99)
        open_ended = bond.GetBondTypeAsDouble() == 2 or terminal.GetFormalCharge() < 0
        if (
            terminal.GetDegree() == 1
            and open_ended
            and centre.GetTotalValence() > usual
            and not terminal.GetTotalNumHs()
        ):
            return True
    return False


def _shared_by_symmetry(mol: Chem.Mol, states: list[Fraction], left_out: set[tuple[int, ...]]) -> list[str]:
    """Atoms that only the place of a charge tells apart ([cH-] in cyclopentadienide) have their average."""
    if not any(atom.GetFormalCharge() for atom in mol.GetAtoms()):
        return []
    skeleton = Chem.RWMol(mol)
    for atom in skeleton.GetAtoms():
        hydrogens = atom.GetTotalNumHs()
        atom.SetFormalCharge(0)
        atom.SetNumRadicalElectrons(0)
        atom.SetIsAromatic(False)
        atom.SetNoImplicit(True)
        atom.SetNumExplicitHs(hydrogens)
    for bond in skeleton.GetBonds():
        bond.SetBondType(Chem.BondType.SINGLE)
        bond.SetIsAromatic(False)
    skeleton.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(skeleton)
    ranks = list(Chem.CanonicalRankAtoms(skeleton, breakTies=False, includeChirality=False))
    classes: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, fragment in enumerate(Chem.GetMolFrags(mol)):
        for index in fragment if fragment not in left_out else ():
            classes[(number, ranks[index])].append(index)
    symbols = set()
    for members in classes.values():
        charges = {mol.GetAtomWithIdx(index).GetFormalCharge() for index in members}
        if len(charges) > 1 and len({states[index] for index in members}) > 1:
            _average(states, members)
            symbols.add(mol.GetAtomWithIdx(members[0]).GetSymbol())
    return [
        f"Equivalent {symbol} atoms, over which a charge is delocalised, have their average."
        for symbol in sorted(symbols)
    ]


def _fragments_of_one_element(mol: Chem.Mol) -> list[tuple[int, ...]]:
    """The fragments of several atoms that are all of one element, hydrogens counted."""
    found = []
    for fragment in Chem.GetMolFrags(mol):
        atoms = [mol.GetAtomWithIdx(index) for index in fragment]
        symbols = {atom.GetSymbol() for atom in atoms} | {"H" for atom in atoms if atom.GetTotalNumHs()}
        if len(symbols) == 1 and len(atoms) + atoms[0].GetTotalNumHs() > 1:
            found.append(fragment)
    return found


def _shared_in_elements(
    mol: Chem.Mol, fragments: list[tuple[int, ...]], states: list[Fraction], hydrogens: list[Fraction]
) -> list[str]:
    """In a fragment of one element (O2, O3, I3-, N3-) each atom has the charge over the number of atoms."""
    notes = []
    for fragment in fragments:
        atoms = [mol.GetAtomWithIdx(index) for index in fragment]
        count = len(atoms) + sum(atom.GetTotalNumHs() for atom in atoms)
        share = Fraction(sum(atom.GetFormalCharge() for atom in atoms), count)
        for index in fragment:
            states[index] = hydrogens[index] = share
        if share:
            notes.append(f"The charge of an ion of {atoms[0].GetSymbol()} alone is shared equally by its atoms.")
    return list(dict.fromkeys(notes))


def _average(states: list[Fraction], members: Iterable[int]) -> None:
    members = list(members)
    share = sum((states[index] for index in members), Fraction(0)) / len(members)
    for index in members:
        states[index] = share


def _connected(pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    """The groups of atoms that the pairs link."""
    groups: list[set[int]] = []
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        merged = set(pair).union(*touched)
        groups = [group for group in groups if group not in touched] + [merged]
    return groups


def signed(state: Fraction) -> str:
    """``+2``, ``0``, ``−1``, ``+8/3``: how a sentence writes an oxidation state."""
    return f"{'+' if state > 0 else '−' if state < 0 else ''}{abs(state)}"
