"""What cuts a protein where: proteases and reagents by name, from ``assets/tables/proteases.tsv``."""

from __future__ import annotations

import csv
import functools
import re
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process

from errors import ToolInputError, shown

TABLE = Path(__file__).resolve().parents[2] / "assets" / "tables" / "proteases.tsv"
MOST_TOGETHER = 4
_TOGETHER = re.compile(r"\s*(?:[+,;&/]|\band\b|\bwith\b)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Protease:
    """``pattern`` matches the residue behind which a bond is cut, ``rule`` says it in words.

    ``other_pattern`` and ``other_rule`` are another convention that is in wide use, or empty.
    """

    name: str
    other_names: tuple[str, ...]
    pattern: str
    rule: str
    other_pattern: str
    other_rule: str
    source: str

    def tells_apart(self, letters: str) -> bool:
        """Whether any place of the pattern takes one of ``letters`` and not another of them."""
        classes = re.findall(r"\[(\^?)([A-Z]+)\]|([A-Z])(?!-)", self.pattern.replace("[A-Z]", "."))
        for _, several, single in classes:
            taken = set(several or single)
            if taken & set(letters) and not set(letters) <= taken:
                return True
        return False


@functools.cache
def known_proteases() -> tuple[Protease, ...]:
    """The table's rows in its order; raises ``re.error`` for a broken pattern."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = [line for line in file if not line.startswith("#")]
    found = []
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        for pattern in (row["pattern"], row["other_pattern"]):
            re.compile(pattern)
        others = tuple(name for name in row["other_names"].split("|") if name)
        found.append(
            Protease(
                row["enzyme"],
                others,
                row["pattern"],
                row["rule"],
                row["other_pattern"],
                row["other_rule"],
                row["source"],
            )
        )
    return tuple(found)


@functools.cache
def _by_name() -> dict[str, Protease]:
    return {_plain(name): one for one in known_proteases() for name in (one.name, *one.other_names)}


def proteases_named(text: str, where: str) -> tuple[Protease, ...]:
    """One protease, or several that are used together (``trypsin + Asp-N``); raises ``ToolInputError`` for another name."""
    if not text.strip():
        raise ToolInputError("No enzyme is named", where, "name one, such as trypsin or Lys-C")
    whole = _by_name().get(_plain(text))
    if whole is not None:
        return (whole,)
    parts = [part for part in _TOGETHER.split(text.strip()) if part]
    if len(parts) > MOST_TOGETHER:
        raise ToolInputError(f"{shown(text)} names {len(parts)} enzymes", where, f"name at most {MOST_TOGETHER}")
    return tuple(dict.fromkeys(_one(part, where) for part in parts))


def _one(name: str, where: str) -> Protease:
    known = _by_name()
    if (found := known.get(_plain(name))) is not None:
        return found
    near = [match for match, _, _ in process.extract(_plain(name[:60]), list(known), limit=2, score_cutoff=75)]
    close = f"; near: {', '.join(dict.fromkeys(known[match].name for match in near))}" if near else ""
    every = ", ".join(one.name for one in known_proteases())
    raise ToolInputError(f"{shown(name)} is no enzyme or reagent known here{close}", where, f"choose one of: {every}")


def _plain(name: str) -> str:
    """``LysC``, ``Lys C`` and ``lys-c`` are one name; the strokes and signs that tell trypsin from trypsin/P stay."""
    return re.sub(r"[\s_\-()]|(?<=\w)'s\b", "", name).casefold()
