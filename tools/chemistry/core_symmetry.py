"""Which substituent stands at which of the equal places of a symmetric core: ``[*:1]c1ccc([*:2])cc1`` leaves that open.

Any choice is right for one molecule; for a series the useful one has as few different substituents at each place as can be, since
then a fit of their contributions has the fewest parameters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rdkit import Chem

from tools.chemistry.free_wilson import HYDROGEN

MOST_SYMMETRIES = 200
MOST_PASSES = 20
MOST_STARTS = 12
_NO_ELEMENT = 118  # stands for the places of attachment in a match

Row = dict[str, str]
Exchange = dict[str, str]  # each place to the place whose substituent it takes


def exchanges(core: Chem.Mol) -> list[Exchange]:
    """The ways to exchange labelled places that leave the core as it is, the one that changes nothing first; none where there
    are too many.
    """
    if any(atom.HasQuery() and atom.GetAtomicNum() for atom in core.GetAtoms()):
        return []  # a SMARTS
    labels = {
        atom.GetIdx(): f"R{atom.GetAtomMapNum() or atom.GetIsotope()}"
        for atom in core.GetAtoms()
        if atom.GetAtomicNum() == 0 and (atom.GetAtomMapNum() or atom.GetIsotope())
    }
    plain = Chem.RWMol(core)
    for atom in plain.GetAtoms():
        atom.SetAtomMapNum(0)
        if atom.GetAtomicNum() == 0:
            atom.SetIsotope(0)
            atom.SetAtomicNum(_NO_ELEMENT)
    found = plain.GetSubstructMatches(plain, uniquify=False, useChirality=True, maxMatches=MOST_SYMMETRIES + 1)
    if len(found) > MOST_SYMMETRIES:
        return []
    ways = [
        {labels[at]: labels[match[at]] for at in labels} for match in found if all(match[at] in labels for at in labels)
    ]
    unlike = {tuple(way.items()): way for way in ways}
    return sorted(unlike.values(), key=lambda way: sum(here != there for here, there in way.items()))


def aligned(rows: Sequence[Row], ways: Sequence[Exchange]) -> list[Row]:
    """Each row in one of the ``ways`` such that the places have the fewest different substituents in all; as given where no
    other choice is better.

    A search that goes on from several starts until no single row can be turned to advantage.
    """
    starts = [list(rows)]
    for seed in range(min(len(rows), MOST_STARTS)):
        made: list[Row] = [rows[seed]]
        for row in rows:
            made.append(_best(row, ways, _counted(made)))
        starts.append(made[1:])
    return min((improved(start, ways) for start in starts), key=different)


def improved(rows: Sequence[Row], ways: Sequence[Exchange], kept: int = -1) -> list[Row]:
    """The rows, each but that at ``kept`` turned until no single one can be turned to advantage."""
    rows, counts = list(rows), _counted(rows)
    for _ in range(MOST_PASSES):
        turned = False
        for place, row in enumerate(rows):
            if place == kept:
                continue
            counts.subtract(row.items())
            best = _best(row, ways, counts)
            counts.update(best.items())
            turned |= best != row
            rows[place] = best
        if not turned:
            break
    return rows


def _best(row: Row, ways: Sequence[Exchange], others: Counter[tuple[str, str]]) -> Row:
    """The row in the way that brings the fewest substituents which no other row has at their place; of equals the first."""
    options = [{here: row.get(way.get(here, here), HYDROGEN) for here in row} for way in ways]
    return min(options, key=lambda option: sum(others[item] <= 0 for item in option.items()))


def different(rows: Iterable[Row]) -> int:
    """How many different groups there are at all places together."""
    return len(_counted(rows))


def _counted(rows: Iterable[Row]) -> Counter[tuple[str, str]]:
    return Counter(item for row in rows for item in row.items())
