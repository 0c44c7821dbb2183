"""A series of molecules cut into a common core and what stands at each of its places, for ``rgroup_table``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rdkit import Chem, rdBase

from errors import ToolInputError, shown
from tools.chemistry.core_symmetry import Exchange, Row, aligned, different, exchanges, improved
from tools.chemistry.free_wilson import HYDROGEN

SEARCH_S = 20
MOST_COMPARED = 100  # molecules that are decomposed by a second score, too


@dataclass(frozen=True)
class Decomposed:
    """``rows`` is parallel to the molecules: the substituent at each of ``positions``, or None without the core.

    ``ways``: how the symmetry of the core exchanges its labelled places, the first of them not at all; empty where it does not.
    """

    positions: tuple[str, ...]
    rows: tuple[Row | None, ...]
    ways: tuple[Exchange, ...] = ()

    @property
    def equal(self) -> tuple[str, ...]:
        """The places that could be exchanged."""
        return tuple(place for place in self.positions if any(way[place] != place for way in self.ways))

    def others_as_good(self, places: Iterable[int]) -> Iterator[tuple[Row | None, ...]]:
        """The rows with that at one of ``places`` turned in another way, and others after it, that need no more different groups."""
        with_core = [place for place, row in enumerate(self.rows) if row is not None]
        rows = [row for row in self.rows if row is not None]
        fewest = different(rows)
        for place in places:
            if self.rows[place] is None:
                continue
            at = with_core.index(place)
            for way in self.ways[1:]:
                turned = {here: rows[at].get(way[here], HYDROGEN) for here in rows[at]}
                if turned == rows[at]:
                    continue
                other = improved([*rows[:at], turned, *rows[at + 1 :]], self.ways, kept=at)
                if different(other) <= fewest:
                    made: list[Row | None] = [None] * len(self.rows)
                    for number, row in zip(with_core, other, strict=True):
                        made[number] = row
                    yield tuple(made)


def decomposed(mols: Sequence[Chem.Mol], core: Chem.Mol, text: str) -> Decomposed:
    """Cut each molecule at the core; raises ``ToolInputError`` where none contains it, or it takes too long.

    Where the core fits a molecule in several ways RDKit chooses one, by its default score or, for a labelled core, by that of
    two scores which leaves fewer different groups; then the places that are equal by symmetry are exchanged to the same end.
    """
    from rdkit.Chem.rdRGroupDecomposition import RGroupScore

    matched, rows = _by_rdkit(mols, core, text, RGroupScore.Match)
    found, ways = _turned(rows, core)
    if any(atom.GetAtomMapNum() for atom in core.GetAtoms()) and len(mols) <= MOST_COMPARED:
        try:
            _, others = _by_rdkit(mols, core, text, RGroupScore.FingerprintVariance)
            other = _turned(others, core)
        except ToolInputError:  # out of time, but the first score has given an answer
            other = (found, ways)
        if different(other[0]) < different(found):
            found, ways = other
    all_rows: list[Row | None] = [None] * len(mols)
    for place, row in zip(matched, found, strict=True):
        all_rows[place] = row
    return Decomposed(tuple(found[0]), tuple(all_rows), tuple(ways))


def _by_rdkit(mols: Sequence[Chem.Mol], core: Chem.Mol, text: str, score: object) -> tuple[list[int], list[Row]]:
    """The places of the molecules with the core, and their rows."""
    from rdkit.Chem import rdRGroupDecomposition

    options = rdRGroupDecomposition.RGroupDecompositionParameters()
    options.timeout = SEARCH_S
    options.scoreMethod = score
    with rdBase.BlockLogs():
        try:
            decomposition = rdRGroupDecomposition.RGroupDecomposition([core], options)
            matched = [place for place, mol in enumerate(mols) if decomposition.Add(mol) >= 0]
            processed = bool(matched) and decomposition.Process()
        except RuntimeError:
            raise ToolInputError(
                f"The decomposition on {shown(text)} took over {SEARCH_S} s",
                "core",
                "give fewer molecules or a less symmetric core",
            ) from None
        if not matched:
            raise ToolInputError(
                f"None of the molecules contains the core {shown(text)}",
                "core",
                "give a smaller core, or one that they share",
            )
        if not processed:
            raise ToolInputError(f"RDKit cannot decompose the molecules on {shown(text)}", "core", "give another core")
        found = decomposition.GetRGroupsAsRows(asSmiles=False)
    positions = [label for label in found[0] if label != "Core"]
    return matched, [{label: _written(groups.get(label)) for label in positions} for groups in found]


def _turned(rows: list[Row], core: Chem.Mol) -> tuple[list[Row], list[Exchange]]:
    """The rows with the substituents at equal places of the core exchanged where that suits the series, and the ways to do it."""
    ways = exchanges(core)
    labels = sorted({label for way in ways for label in way}, key=lambda label: int(label[1:]))
    spanning = any("[*:" in group or group == "none" for row in rows for group in row.values())
    if len(ways) < 2 or not set(rows[0]) <= set(labels) or spanning:
        return rows, []
    turned = aligned([{label: row.get(label, HYDROGEN) for label in labels} for row in rows], ways)
    kept = [label for label in labels if any(row[label] != HYDROGEN for row in turned)]
    return [{label: row[label] for label in kept} for row in turned], ways


def _written(group: Chem.Mol | None) -> str:
    """An R-group as SMILES with * for the bond to the core (``*OC``), "H" for hydrogen, "none" where there is no place for one."""
    if group is None or not group.GetNumAtoms():
        return "none"
    with rdBase.BlockLogs():
        mol = Chem.RemoveHs(Chem.Mol(group), sanitize=False)
    heavy = [atom for atom in group.GetAtoms() if atom.GetAtomicNum() > 1]
    dummies = [atom for atom in group.GetAtoms() if atom.GetAtomicNum() == 0]
    if not heavy:
        return HYDROGEN if len(dummies) == 1 else ".".join([HYDROGEN] * len(dummies))
    labels = {atom.GetAtomMapNum() for atom in dummies}
    if len(labels) == 1:
        for atom in mol.GetAtoms():
            atom.SetAtomMapNum(0)
            if atom.GetAtomicNum() == 0:
                atom.SetIsotope(0)
    return Chem.MolToSmiles(mol)
