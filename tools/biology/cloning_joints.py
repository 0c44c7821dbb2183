"""What joins in each method of cloning, and which end is to blame where nothing does.

Gibson: identical sequences at the ends (Gibson et al. 2009). Golden Gate and ligation: ends that a restriction enzyme left,
of one kind and with complementary overhangs (Engler et al. 2008).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from errors import ToolInputError, shown
from tools.biology.assemblies import Assembly, Joint
from tools.biology.pieces import Piece
from tools.biology.restriction_enzymes import Enzyme, reverse_complement

Method = Literal["gibson", "golden_gate", "ligation"]
_SHORTEST_SAID = 4
_MOST_SAID = 4


@dataclass(frozen=True)
class Contact:
    """One end of a candidate (``right``: of the piece as given) that joins an end of another one."""

    piece: Piece
    right: bool
    partner: Piece
    partner_right: bool


def gibson_joint(minimum: int) -> Joint:
    """The longest sequence, of ``minimum`` bases or more, that ends one piece and begins the other."""

    def joint(one: Piece, other: Piece) -> int | None:
        return terminal_overlap(one.residues, other.residues, minimum)

    return joint


def sticky_joint(blunt: bool) -> Joint:
    """Ends of one kind whose overhangs pair; ``blunt``: also blunt ones."""

    def joint(one: Piece, other: Piece) -> int | None:
        right, left = one.right, other.left
        if not (right.joins and left.joins) or right.kind != left.kind or right.overhang != left.overhang:
            return None
        if right.kind == "blunt" and not blunt:
            return None
        return len(right.overhang) if set(right.overhang) <= set("ACGT") else None

    return joint


def terminal_overlap(one: str, other: str, minimum: int) -> int | None:
    """The most bases (A, C, G, T; fewer than either has) that end ``one`` and begin ``other``."""
    longest = min(len(one), len(other)) - 1
    if longest < minimum:
        return None
    seed, place = other[:minimum], len(one) - longest
    while (place := one.find(seed, place)) != -1:
        overlap = one[place:]
        if other.startswith(overlap) and set(overlap) <= set("ACGT"):
            return len(overlap)
        place += 1
    return None


def contacts(candidates: Sequence[Sequence[Piece]], joint: Joint) -> list[Contact]:
    """Every pair of ends of different parts that join, from both sides."""
    pieces = [piece for group in candidates for piece in group]
    found = []
    for piece in pieces:
        for right in (True, False):
            facing = piece if right else piece.turned()
            for partner in pieces:
                if partner.part == piece.part:
                    continue
                if joint(facing, partner) is not None:
                    found.append(Contact(piece, right, partner, False))
                if joint(facing, partner.turned()) is not None:
                    found.append(Contact(piece, right, partner, True))
    return found


def refuse_ambiguous(
    candidates: Sequence[Sequence[Piece]], products: Sequence[Assembly], joint: Joint, method: Method
) -> None:
    """Raise where an end of a part that is in a product joins two different ends, so that parts can be left out or turned."""
    in_products = {(piece.part, piece.start, piece.end) for product in products for piece in product.pieces}
    kept = [[piece for piece in group if (piece.part, piece.start, piece.end) in in_products] for group in candidates]
    partners: dict[tuple[int, int, bool], list[Contact]] = {}
    for contact in contacts(kept, joint):
        partners.setdefault((contact.piece.part, contact.piece.start, contact.right), []).append(contact)
    for (part, _, right), found in partners.items():
        if len(found) > 1:
            ends = " and ".join(f"the {_side(one.partner_right)} of {one.partner.name}" for one in found[:3])
            piece = found[0].piece
            raise ToolInputError(
                f"The junction is ambiguous: {_end_said(piece, right, method)} at the {_side(right)} of {piece.name} joins {ends}",
                f"parts, item {part + 1}",
                "give each junction an overlap of its own"
                if method == "gibson"
                else "give each junction an overhang of its own",
            )
    if len(products) > 1:
        orders = "; ".join(" + ".join(product.order) for product in products[:3])
        raise ToolInputError(
            f"The parts can be joined in {len(products)} ways ({orders})", "parts", "give each junction ends of its own"
        )


def no_product(
    candidates: Sequence[Sequence[Piece]], joint: Joint, method: Method, circular: bool, minimum: int
) -> ToolInputError:
    """Names the junction that fails: the two ends without a partner, else the first neighbours of the given order that do not join."""
    count = len(candidates)
    if count == 1:
        return _not_closing(candidates[0], method, minimum)
    alone = _ends_alone(candidates, joint)
    if len(alone) == 2 and alone[0][0].part != alone[1][0].part and method == "gibson":
        (one, one_right), (other, other_right) = alone
        left = one if one_right else one.turned()
        right = other.turned() if other_right else other
        if not one_right and other_right:
            left, right = other, one
        return _no_overlap(left, right, minimum)
    junctions = [(at, at + 1) for at in range(count - 1)] + ([(count - 1, 0)] if circular else [])
    for left_part, right_part in junctions:
        ones, others = candidates[left_part], candidates[right_part]
        if not any(_meet(one, other, joint) for one in ones for other in others):
            if method == "gibson":
                return _no_overlap(ones[0], others[0], minimum)
            return ToolInputError(
                f"No end of {ones[0].name} fits one of {others[0].name}",
                f"parts, items {left_part + 1} and {right_part + 1}",
                f"their ends are {_ends_said(ones)}; {_ends_said(others)}",
            )
    for piece, at_right in alone:
        return ToolInputError(
            f"At the {_side(at_right)} of {piece.name}, {_end_said(piece, at_right, method)} joins no other part",
            f"parts, item {piece.part + 1}",
            "the circle would stay open there: give it a partner" if circular else "give it a partner",
        )
    shape = "a circle" if circular else "a chain"
    return ToolInputError(
        f"No order of the {count} parts makes {shape} with each of them once",
        "parts",
        f"check their ends: {'; '.join(_ends_said(group) for group in candidates[:_MOST_SAID])}",
    )


def open_ends(chain: Assembly, method: Method, minimum: int) -> str:
    """Why a chain is no circle."""
    last, first = chain.pieces[-1], chain.pieces[0]
    if method == "gibson":
        return f"It does not close to a circle: {_shared_said(last, first)}; {minimum} are needed."
    return f"It does not close to a circle: its ends are {first.left} ({first.name}) and {last.right} ({last.name})."


def _ends_alone(candidates: Sequence[Sequence[Piece]], joint: Joint) -> list[tuple[Piece, bool]]:
    """Of each part the ends (``True``: the end, ``False``: the start) that in none of its pieces join another part."""
    met = {(one.piece.part, one.piece.start, one.right) for one in contacts(candidates, joint)}
    return [
        (group[0], right)
        for group in candidates
        for right in (False, True)
        if all((piece.part, piece.start, right) not in met for piece in group)
    ]


def _not_closing(pieces: Sequence[Piece], method: Method, minimum: int) -> ToolInputError:
    if method == "gibson":
        return _no_overlap(pieces[0], pieces[0], minimum)
    return ToolInputError(
        f"{pieces[0].name} does not close on itself", "parts, item 1", f"its ends are {_ends_said(pieces)}"
    )


def _meet(one: Piece, other: Piece, joint: Joint) -> bool:
    turns = [(a, b) for a in (one, one.turned()) for b in (other, other.turned())]
    return any(joint(a, b) is not None for a, b in turns)


def _no_overlap(one: Piece, other: Piece, minimum: int) -> ToolInputError:
    return ToolInputError(
        f"{_shared_said(one, other)[:1].upper()}{_shared_said(one, other)[1:]}, and {minimum} are needed",
        f"parts, items {one.part + 1} and {other.part + 1}",
        "add the overlap by the primers, or lower minimum_overlap; bases beyond the overlap must be cut off first",
    )


def _shared_said(one: Piece, other: Piece) -> str:
    shared = terminal_overlap(one.residues, other.residues, _SHORTEST_SAID) or 0
    found = f"only {shared} bp ({shown(one.residues[-shared:])})" if shared else f"fewer than {_SHORTEST_SAID} bp"
    return f"the end of {_turned_name(one)} and the start of {_turned_name(other)} share {found}"


def _turned_name(piece: Piece) -> str:
    return piece.name if piece.strand == 1 else f"{piece.name} reversed"


def _side(right: bool) -> str:
    return "end" if right else "start"


def _end_said(piece: Piece, right: bool, method: Method) -> str:
    if method == "gibson":
        letters = piece.residues[-12:] if right else piece.residues[:12]
        return f"the sequence …{letters}" if right else f"the sequence {letters}…"
    return f"the overhang {piece.right if right else piece.left}"


def _ends_said(pieces: Sequence[Piece]) -> str:
    said = [f"{piece.left} and {piece.right}" for piece in pieces if piece.left.joins or piece.right.joins]
    return f"{pieces[0].name}: {'; '.join(said[:_MOST_SAID])}" if said else f"{pieces[0].name}: none that joins"


def is_palindromic(overhang: str) -> bool:
    return bool(overhang) and overhang == reverse_complement(overhang)


def is_type_iis(enzyme: Enzyme) -> bool:
    """Whether it cuts beside its site, at one place, with an overhang."""
    return (
        len(enzyme.cuts) == 1
        and not enzyme.palindromic
        and all(cut >= len(enzyme.site) or cut <= 0 for cut in enzyme.cuts[0])
        and enzyme.overhang != "blunt"
    )
