"""The strict parser of SMARTS patterns, and whether one names hydrogens."""

from __future__ import annotations

import re

from rdkit import Chem, rdBase

from errors import ToolInputError, shown
from tools.inputs.notations import reaction_arrow, refuse_odd_characters

LONGEST_PATTERN = 500
_HINT = "give a SMARTS or SMILES such as C(=O)O"
#: Outside brackets: organic-subset atoms, aromatic ones, wildcards, bonds, ring closures, branches (Daylight theory manual).
_OUTSIDE = re.compile(r"Cl|Br|[BCNOPSFIAbcnopsa*]|%\d\d|\d|[-=#$:~@/\\!&,;().]|->|<-")


def parse_smarts(text: str, where: str = "smarts") -> Chem.Mol:
    """One SMARTS pattern of at most 500 characters; raises ``ToolInputError`` that names the place where it can."""
    if not text.strip():
        raise ToolInputError("The pattern is empty", where, _HINT)
    if len(text) > LONGEST_PATTERN:
        raise ToolInputError(
            f"{shown(text)} has {len(text):,} characters; at most {LONGEST_PATTERN} are read",
            where,
            "give a shorter pattern",
        )
    refuse_odd_characters(text, where)
    written, shift = text.strip(), len(text) - len(text.lstrip())
    if blank := re.search(r"\s", written):  # RDKit would leave out what follows
        raise ToolInputError(
            f"{shown(text)} goes on after a blank", f"{where}, character {blank.start() + 1 + shift}", _HINT
        )
    if (arrow := reaction_arrow(written)) >= 0:
        raise ToolInputError(
            f"{shown(text)} is a reaction SMARTS, not a pattern", f"{where}, character {arrow + 1 + shift}",
            "give the pattern of one side",
        )  # fmt: skip
    with rdBase.BlockLogs():
        pattern = Chem.MolFromSmarts(written)
    if pattern is None or not pattern.GetNumAtoms():
        complaint, position = _complaint(written)
        place = f"{where}, character {position + 1 + shift}" if position >= 0 else where
        raise ToolInputError(f"{shown(text)} is not a valid SMARTS{complaint}", place, _HINT)
    return pattern


def names_hydrogens(pattern: Chem.Mol) -> bool:
    """Whether the pattern has hydrogen atoms of its own ([H], [#1]), which implicit hydrogens do not match.

    ``[!#1]``, which is met by every other atom, and ``[2H]``, which is an atom of its own, are not meant.
    """
    return bool(re.search(r"(?<!!)#1(?!\d|&\d+\*)", Chem.MolToSmarts(pattern)))


def _complaint(text: str) -> tuple[str, int]:
    """What is wrong with a pattern that RDKit refuses, and the index of it: nothing and -1 where that is not plain."""
    opened: list[int] = []
    rings: dict[str, int] = {}
    at = 0
    while at < len(text):
        if text[at] == "[":
            end = _closing(text, at)
            if end < 0:
                return ": its '[' is not closed", at
            at = end + 1
            continue
        found = _OUTSIDE.match(text, at)
        if not found:
            return f": {shown(text[at])} is no atom or bond outside brackets", at
        if found[0] == "(":
            opened.append(at)
        elif found[0] == ")":
            if not opened:
                return ": its ')' closes nothing", at
            opened.pop()
        elif found[0].lstrip("%").isdecimal():
            number = found[0].lstrip("%0") or "0"
            if rings.pop(number, None) is None:
                rings[number] = at
        at = found.end()
    if opened:
        return ": its '(' is not closed", opened[-1]
    if rings:
        number, at = next(iter(rings.items()))
        return f": ring bond {number} is not closed", at
    return "", -1


def _closing(text: str, start: int) -> int:
    """Index of the bracket that closes the one at ``start``, -1 if there is none; recursive patterns hold brackets, too."""
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == "[") - (text[at] == "]")
        if not depth:
            return at
    return -1
