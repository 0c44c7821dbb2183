"""Which column of a table holds what an argument takes: by its header, and by whether its first cells can be read as such."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from errors import ToolInputError, shown
from tools.inputs.formulas import parse_formula
from tools.inputs.molecules import parse_molecule
from tools.inputs.reactions import parse_reaction
from tools.inputs.sequences import parse_nucleotides, parse_protein, parse_sequence
from tools.inputs.smarts import parse_smarts
from tools.over_records import Records

CELLS_TRIED = 8
COLUMNS_TRIED = 40
LONGEST_CELL_TRIED = 10_000
_STRUCTURES = frozenset(("smiles", "inchi", "selfies", "molfile"))
_CAS = r"cas(?: ?(?:no|nr|number|rn|registry number))?"
_NAME = r"(?:.* )?name|.*iupac.*"
_MOLECULE_WORDS = (
    r"molecules?|mol|compounds?|drugs?|ligands?|substances?|chemicals?|reagents?|solvents?|analytes?|solutes?"
)
_STRUCTURE_COLUMNS = (
    r"smiles", r"iso(?:meric)? ?smiles", r"can(?:onical)? ?smiles", r".*smiles.*",
    r"(?:std|standard)? ?inchi|selfies|structure|molfile|mol ?block",
)  # fmt: skip
_MOLECULE = (*_STRUCTURE_COLUMNS, _MOLECULE_WORDS, _CAS, _NAME)
_COMPOUND = (_CAS, _NAME, _MOLECULE_WORDS, *_STRUCTURE_COLUMNS)
_FORMULA = (r"(?:(?:molecular|sum|chemical|mol|hill) ?)?formula|mf", r".*formula.*")
_SEQUENCE = (r"sequence|seq", r".*\b(?:sequence|seq)\b.*")
_NUCLEOTIDES = (*_SEQUENCE, r"dna|rna|cdna|mrna|oligo\w*|primer|cds|orf|gene|insert|template")
_PROTEIN = (*_SEQUENCE, r"proteins?|peptides?|chain")
#: How the header of a column may read, the surest first, for each entity of ``tools.inputs``.
_HEADERS: dict[str, tuple[str, ...]] = {
    "molecule": _MOLECULE, "molecules": _MOLECULE, "notation": _MOLECULE, "name": (_NAME, _MOLECULE_WORDS, _CAS),
    "compound": _COMPOUND, "solute": (*_COMPOUND, *_FORMULA), "molecule_or_formula": (*_MOLECULE, *_FORMULA), "formula": _FORMULA,
    "sequence": (*_NUCLEOTIDES, *_PROTEIN[2:]), "nucleotides": _NUCLEOTIDES, "protein": _PROTEIN,
    "reaction": (r"(?:reaction|rxn)(?: smiles)?", r".*(?:reaction|rxn).*"), "reactants": (r"equation|reaction|rxn",),
    "element": (r"element|symbol",), "smarts": (r"smarts|pattern|query",), "quantity": (r"value|amount|quantity",),
    "reaction_name": (r"reaction|reaction name",),
}  # fmt: skip


def _molecule(text: str) -> str:
    return parse_molecule(text).notation


def _molecule_or_formula(text: str) -> str:
    try:
        return _molecule(text)
    except ToolInputError:
        return _formula(text)


def _formula(text: str) -> str:
    parse_formula(text)
    return "formula"


def _reads(parse: Callable[[str], object]) -> Callable[[str], str]:
    def read(text: str) -> str:
        parse(text)
        return ""

    return read


#: A cell to its notation; raises ``ToolInputError``. Entities that are not here are told by the header alone.
_READERS: dict[str, Callable[[str], str]] = {
    "molecule": _molecule, "molecules": _molecule, "notation": _molecule, "compound": _molecule, "name": _molecule,
    "molecule_or_formula": _molecule_or_formula, "solute": _molecule_or_formula, "formula": _formula,
    "sequence": _reads(parse_sequence), "nucleotides": _reads(parse_nucleotides), "protein": _reads(parse_protein),
    "reaction": _reads(parse_reaction), "smarts": _reads(parse_smarts),
}  # fmt: skip


def column_named(wanted: str, columns: Sequence[str], where: str) -> str:
    """The column of that name, whatever its capitals where that is one; raises ``ToolInputError`` that lists the columns."""
    if wanted in columns:
        return wanted
    alike = [column for column in columns if column.strip().casefold() == wanted.strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    what = f"has {len(alike)} columns" if alike else "has no column"
    raise ToolInputError(f"The file {what} {shown(wanted)}", where, f"its columns are: {listed(columns)}")


def listed(columns: Sequence[str]) -> str:
    return ", ".join(map(shown, columns[:30])) + (" …" if len(columns) > 30 else "") if columns else "none"


def is_header_word(cell: str) -> bool:
    """Whether a cell is what a column is called, and so no compound or sequence itself."""
    plain = _plain(cell)
    return any(re.fullmatch(header, plain) for headers in _HEADERS.values() for header in headers)


def can_be_read(cell: str, entity: str) -> bool:
    """Whether a cell is a molecule, a sequence, … as its parser reads it; False where there is no parser for it."""
    return bool(_notation(cell, entity) is not None) if entity in _READERS else False


class ColumnChoice:
    """The column for an argument that takes an ``entity``."""

    def __init__(self, records: Records, entity: str, argument: str) -> None:
        self._columns = records.columns
        self._entity, self._argument = entity, argument
        self._first = [record.values for record in records.first() if not record.broken]
        self._notations: dict[str, list[str | None]] = {}

    def made(self) -> tuple[str, str]:
        """The column, and why it was taken; raises ``ToolInputError`` that lists the columns where none or several could be meant."""
        if len(self._columns) == 1:
            return self._columns[0], "it is the only one"
        ranks = {column: rank for column in self._columns if (rank := self._rank(column)) is not None}
        for rank in sorted(set(ranks.values())):
            meant = [column for column in ranks if ranks[column] == rank and self.share(column) > 0]
            if meant:
                return self._only(meant), "by its header"
        if self._entity in _READERS:
            holding = [column for column in self._columns[:COLUMNS_TRIED] if self.share(column) >= 0.5]
            structures = [column for column in holding if _STRUCTURES & set(self._tried(column))]
            if holding:
                return self._only(structures or holding), "by its first cells"
        if ranks:
            best = min(ranks.values())
            return self._only([column for column in ranks if ranks[column] == best]), "by its header"
        raise ToolInputError(
            f"No column could be told to hold what '{self._argument}' takes",
            "column",
            f"name one of them: {listed(self._columns)}",
        )

    def share(self, column: str) -> float:
        """Of the first filled cells, how many can be read as what is wanted; 1 where that cannot be tried."""
        tried = self._tried(column)
        if self._entity not in _READERS:
            return 1.0
        return sum(notation is not None for notation in tried) / len(tried) if tried else 0.0

    def best_share(self) -> float:
        return max((self.share(column) for column in self._columns[:COLUMNS_TRIED]), default=0.0)

    def has_named_column(self) -> bool:
        return any(self._rank(column) is not None for column in self._columns)

    def _tried(self, column: str) -> list[str | None]:
        if column not in self._notations:
            filled = [cell for values in self._first if (cell := values.get(column, "").strip())]
            self._notations[column] = [_notation(cell, self._entity) for cell in filled[:CELLS_TRIED]]
        return self._notations[column]

    def _rank(self, column: str) -> int | None:
        plain = _plain(column)
        if plain == _plain(self._argument):
            return -1
        headers = _HEADERS.get(self._entity, ())
        return next((rank for rank, header in enumerate(headers) if re.fullmatch(header, plain)), None)

    def _only(self, meant: Sequence[str]) -> str:
        if len(meant) > 1:
            raise ToolInputError(
                f"Several columns could be '{self._argument}'", "column", f"name one of them: {listed(meant)}"
            )
        return meant[0]


def _notation(cell: str, entity: str) -> str | None:
    if len(cell) > LONGEST_CELL_TRIED or entity not in _READERS:
        return None
    try:
        return _READERS[entity](cell)
    except ToolInputError:
        return None


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", header.lower()).strip()
