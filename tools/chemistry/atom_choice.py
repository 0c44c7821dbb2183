"""Which atoms of a molecule are meant: an index, an atom map number, a dummy atom or an element's only atoms."""

from __future__ import annotations

import re
from collections.abc import Callable

from rdkit import Chem, rdBase

from errors import ToolInputError, shown
from tools.inputs.molecules import ParsedMolecule

HINT = "give an index counted from 0, an atom map such as :3, or * for a dummy atom"
_INDEX = re.compile(r"(?:(?:atom|index|atom index|idx)\s*#?\s*)?(\d{1,9})", re.IGNORECASE)
_MAP = re.compile(r"(?::|(?:atom )?map(?: number)?\s*:?\s*)(\d{1,9})", re.IGNORECASE)
_DUMMY = re.compile(r"\d*\*(?::\d+)?")
_SYMBOLS = frozenset(Chem.GetPeriodicTable().GetElementSymbol(number) for number in range(1, 119))


def two_atoms(parsed: ParsedMolecule, start: int | str, end: int | str) -> tuple[int, int]:
    """The indices of both; ``*`` or an element at both ends means the two atoms that it fits.

    Where one end alone is plain, the other is what is left. Raises ``ToolInputError`` where it is still open which atoms
    are meant.
    """
    firsts, seconds = candidates(parsed, start, "start"), candidates(parsed, end, "end")
    if firsts == seconds and len(firsts) == 2:
        return firsts[0], firsts[1]
    if firsts == seconds and len(firsts) == 1 and not _is_number(start) and str(start).strip() == str(end).strip():
        raise ToolInputError(
            f"{shown(parsed.label)} has one atom {shown(start)}, and a path has two ends", "start, end",
            "give two indices counted from 0, or atom maps such as :3",
        )  # fmt: skip
    if len(firsts) == 1 and len(seconds) > 1:
        seconds = [atom for atom in seconds if atom != firsts[0]]
    elif len(seconds) == 1 and len(firsts) > 1:
        firsts = [atom for atom in firsts if atom != seconds[0]]
    return _only(parsed, firsts, start, "start"), _only(parsed, seconds, end, "end")


def candidates(parsed: ParsedMolecule, which: int | str, where: str) -> list[int]:
    """The indices of all atoms that ``which`` may mean, at least one; raises ``ToolInputError``."""
    text = str(which).strip()
    if index := _INDEX.fullmatch(text):
        return [_index(parsed, int(index[1]), where)]
    if mapped := _MAP.fullmatch(text):
        number = int(mapped[1])
        return _those(parsed, lambda atom: atom.GetAtomMapNum() == number, which, where)
    if text in _SYMBOLS:
        return _those(parsed, lambda atom: atom.GetSymbol() == text, which, where)
    if _DUMMY.fullmatch(text) or re.fullmatch(r"\[[^\[\]]*\]", text):
        bracketed = text if text.startswith("[") else f"[{text}]"
        with rdBase.BlockLogs():
            wanted = Chem.MolFromSmiles(bracketed, sanitize=False)
        if wanted is not None and wanted.GetNumAtoms() == 1:
            return _those(parsed, _like(wanted.GetAtomWithIdx(0)), which, where)
    raise ToolInputError(f"{shown(which)} names no atom", where, HINT)


def _like(wanted: Chem.Atom) -> Callable[[Chem.Atom], bool]:
    """Whether an atom is the one that stands in brackets: its map number says so, else everything must be equal."""

    def same(atom: Chem.Atom) -> bool:
        if atom.GetAtomicNum() != wanted.GetAtomicNum():
            return False
        if wanted.GetAtomMapNum():
            return atom.GetAtomMapNum() == wanted.GetAtomMapNum()
        if wanted.GetAtomicNum() == 0:
            return wanted.GetIsotope() in (0, atom.GetIsotope())
        return (
            atom.GetIsotope() == wanted.GetIsotope()
            and atom.GetFormalCharge() == wanted.GetFormalCharge()
            and atom.GetTotalNumHs() == wanted.GetTotalNumHs()
        )

    return same


def _those(parsed: ParsedMolecule, fits: Callable[[Chem.Atom], bool], which: int | str, where: str) -> list[int]:
    found = [atom.GetIdx() for atom in parsed.mol.GetAtoms() if fits(atom)]
    if not found:
        merged = " (its hydrogens are not atoms of their own)" if re.search(r"\bH\b|:\d", str(which)) else ""
        raise ToolInputError(f"{shown(parsed.label)} has no atom {shown(which)}{merged}", where, HINT)
    return found


def _only(parsed: ParsedMolecule, found: list[int], which: int | str, where: str) -> int:
    if len(found) == 1:
        return found[0]
    listed = ", ".join(map(str, found[:10])) + ", …" * (len(found) > 10)
    raise ToolInputError(
        f"{shown(which)} could be {len(found)} atoms of {shown(parsed.label)} (indices {listed})",
        where,
        "give one index",
    )


def _index(parsed: ParsedMolecule, index: int, where: str) -> int:
    if parsed.notation in ("name", "cas"):
        raise ToolInputError(
            f"A name or number such as {shown(parsed.label)} gives its atoms no order, so atom {index} could be any",
            where,
            f"give the molecule as SMILES, such as {parsed.smiles[:80]}, and count its atoms from 0",
        )
    atoms = parsed.mol.GetNumAtoms()
    if index >= atoms:
        span = "one atom, which is 0" if atoms == 1 else f"{atoms} atoms, counted from 0 to {atoms - 1}"
        raise ToolInputError(
            f"There is no atom {index}: {shown(parsed.label)} has {span}, and hydrogens are not among them", where, HINT
        )
    return index


def _is_number(which: int | str) -> bool:
    text = str(which).strip()
    return bool(_INDEX.fullmatch(text) or _MAP.fullmatch(text))
