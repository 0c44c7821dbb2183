"""Every way to join one piece of each part into a chain or a circle.

What joins what is a question for the method: ``Joint`` gives the number of bases that two neighbours share, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from errors import ToolInputError
from tools.biology.pieces import Piece
from tools.biology.restriction_enzymes import reverse_complement

Joint = Callable[[Piece, Piece], int | None]
MOST_ASSEMBLIES = 200
_MOST_STEPS = 50_000


@dataclass(frozen=True)
class Assembly:
    """``pieces`` in order and orientation; ``shared[i]`` bases are common to piece i and the next one (of a circle: also the last)."""

    pieces: tuple[Piece, ...]
    shared: tuple[int, ...]
    circular: bool

    @property
    def residues(self) -> str:
        """The top strand; a circle begins with the first base of its first piece."""
        letters = self.pieces[0].residues
        for piece, overlap in zip(self.pieces[1:], self.shared, strict=False):
            letters += piece.residues[overlap:]
        return letters[: len(letters) - self.shared[-1]] if self.circular and self.shared[-1] else letters

    @property
    def order(self) -> list[str]:
        """``1``, ``3 reversed``: numbers of the parts."""
        return [f"{piece.part + 1}{'' if piece.strand == 1 else ' reversed'}" for piece in self.pieces]

    def starts(self) -> list[int]:
        """Where each piece begins in the product, from 1."""
        places, place = [], 1
        for number, piece in enumerate(self.pieces):
            places.append(place)
            place += len(piece.residues) - (self.shared[number] if number < len(self.shared) else 0)
        return places

    def turned(self) -> Assembly:
        """A chain read from its other end."""
        return Assembly(tuple(piece.turned() for piece in reversed(self.pieces)), self.shared[::-1], self.circular)


def assemblies(candidates: Sequence[Sequence[Piece]], joint: Joint, circular: bool) -> list[Assembly]:
    """All that hold exactly one candidate of every part, each molecule once; raises ``ToolInputError`` beyond a bound."""
    oriented = [turn for pieces in candidates for piece in pieces for turn in (piece, piece.turned())]
    joints = [[joint(one, other) if one.part != other.part else None for other in oriented] for one in oriented]
    starts = [at for at, piece in enumerate(oriented) if not circular or (piece.part == 0 and piece.strand == 1)]
    found: dict[tuple[str, ...], Assembly] = {}
    steps = 0
    stack: list[tuple[int, ...]] = [(start,) for start in reversed(starts)]
    while stack:
        chain = stack.pop()
        steps += 1
        if steps > _MOST_STEPS or len(found) > MOST_ASSEMBLIES:
            raise ToolInputError("The parts can be joined in too many ways", "parts", "give fewer parts, or other ends")
        if len(chain) < len(candidates):
            used = {oriented[at].part for at in chain}
            following = [
                at for at, piece in enumerate(oriented) if piece.part not in used and joints[chain[-1]][at] is not None
            ]
            stack += [(*chain, at) for at in reversed(following)]
            continue
        pieces = tuple(oriented[at] for at in chain)
        shared = [joints[one][other] or 0 for one, other in pairwise(chain)]
        if circular:
            closing = joint(pieces[-1], pieces[0])
            if closing is None:
                continue
            shared.append(closing)
        assembly = Assembly(pieces, tuple(shared), circular)
        if not circular and _rank(assembly.turned()) > _rank(assembly):
            continue
        found.setdefault(_key(assembly), assembly)
    return sorted(found.values(), key=lambda one: (-sum(piece.strand == 1 for piece in one.pieces), -len(one.residues)))


def _rank(assembly: Assembly) -> tuple[int, ...]:
    """Of a chain and its reverse the one with more parts as given, then with the earlier part first, is taken."""
    return sum(piece.strand for piece in assembly.pieces), assembly.pieces[-1].part - assembly.pieces[0].part


def _key(assembly: Assembly) -> tuple[str, ...]:
    """The same for the two readings of one molecule; circles begin with part 1 as given, and are one if their letters are."""
    letters = assembly.residues
    return (letters,) if assembly.circular else tuple(sorted((letters, reverse_complement(letters))))
