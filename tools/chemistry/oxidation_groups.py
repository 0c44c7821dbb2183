"""The ions, ligands and compounds that are recognised in a formula, and how a formula is cut into them and single atoms."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from rdkit import Chem, rdBase

from tools.chemistry.oxidation_by_structure import States, states_of_atoms, tally
from tools.inputs.formula_charges import without_charge
from tools.inputs.formula_writing import PlainText, closed_up, plain_text
from tools.inputs.formulas import GROUPS, parse_formula
from tools.inputs.name_variants import without_ion

_TABLE = Path(__file__).parents[2] / "assets" / "tables" / "oxidation_groups.csv"
MOST_CUTS = 400
MOST_READINGS = 4_000
#: Abbreviated ligands that the parser of formulas refuses, and their formulas; in brackets, as in [Co(en)3]3+.
_ABBREVIATIONS = {
    "en": "C2H8N2", "py": "C5H5N", "bpy": "C10H8N2", "bipy": "C10H8N2", "phen": "C12H8N2", "terpy": "C15H11N3",
    "tpy": "C15H11N3", "dien": "C4H13N3", "acac": "C5H7O2", "ox": "C2O4", "Cp": "C5H5", "Cp*": "C10H15", "edta": "C10H12N2O8",
    "EDTA": "C10H12N2O8", "dppe": "C26H24P2", "cod": "C8H12", "COD": "C8H12", "thf": "C4H8O", "THF": "C4H8O", "dmso": "C2H6OS",
    "dmg": "C4H7N2O2", "dmgH": "C4H7N2O2", "Hdmg": "C4H7N2O2", "dba": "C17H14O", "salen": "C16H14N2O2", "tpp": "C44H28N4",
    "TPP": "C44H28N4", "tmeda": "C6H16N2", "dppp": "C27H26P2", "dppm": "C25H22P2", "binap": "C44H32P2", "trien": "C6H18N4",
    "tren": "C6H18N4", "cyclam": "C10H24N4", "tacn": "C6H15N3", "hfac": "C5HF6O2", "gly": "C2H4NO2",
    "DMSO": "C2H6OS", "dmf": "C3H7NO", "DMF": "C3H7NO", "OAc": "CH3COO", "AcO": "CH3COO", "nbd": "C7H8", "OTf": "CF3SO3",
}  # fmt: skip
_ABBREVIATED = re.compile(r"\((" + "|".join(map(re.escape, _ABBREVIATIONS)) + r")\)|(Cp\*|Cp)(?![a-z])")


@dataclass(frozen=True)
class Unit:
    """An element, or a bracketed group (``inner``), and how often it stands there."""

    symbol: str
    inner: tuple[Unit, ...]
    count: int

    @property
    def atoms(self) -> Counter[str]:
        if self.symbol:
            return Counter({self.symbol: self.count})
        return Counter({symbol: n * self.count for symbol, n in atoms_of(self.inner).items()})


@dataclass(frozen=True)
class Part:
    """What stands between two dots of a formula: ``factor`` times ``units`` with ``charge`` each."""

    factor: int
    units: tuple[Unit, ...]
    charge: int
    text: str


@dataclass(frozen=True)
class Group:
    """A row of the table. ``kind``: "ion", "lone cation", "ligand", "alkyl" or "compound"; ``states`` of its atoms."""

    formula: str
    name: str
    kind: str
    smiles: str
    note: str
    bracketed: bool
    units: tuple[Unit, ...]

    @property
    def charge(self) -> int:
        return _charge_of(self.smiles)

    @property
    def states(self) -> States:
        return _states_of(self.smiles)[0]

    @property
    def notes(self) -> tuple[str, ...]:
        return ((self.note,) if self.note else ()) + _states_of(self.smiles)[1]


@lru_cache(maxsize=512)
def _charge_of(smiles: str) -> int:
    with rdBase.BlockLogs():
        return Chem.GetFormalCharge(Chem.MolFromSmiles(smiles))


@lru_cache(maxsize=512)
def _states_of(smiles: str) -> tuple[States, tuple[str, ...]]:
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    found = states_of_atoms(mol)
    return tally(mol, found), found.notes


@dataclass(frozen=True)
class Cut:
    """One way to read a part: recognised groups with their numbers, and the atoms that are left."""

    groups: tuple[tuple[Group, int], ...]
    free: Counter[str]

    @property
    def charge(self) -> int:
        return sum(group.charge * count for group, count in self.groups)


@lru_cache(maxsize=1)
def _groups() -> tuple[Group, ...]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        if row["kind"] in ("compound", "name"):
            continue
        for written in row["formulas"].split("|"):
            units = _Reader(written).units()
            bracketed = len(units) == 1 and not units[0].symbol and units[0].count == 1
            units = units[0].inner if bracketed else units
            found.append(Group(written, row["name"], row["kind"], row["smiles"], row["note"], bracketed, units))
    return tuple(found)


@lru_cache(maxsize=1)
def _compounds() -> dict[str, Group]:
    """Formula in Hill's order, with the charge, to the compound whose states its composition does not tell."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "compound"]
    return {
        parse_formula(written).hill: Group(
            written, row["name"], "compound", row["smiles"], row["note"], False, ()
        )
        for row in rows
        for written in row["formulas"].split("|")
    }  # fmt: skip


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Names in lower case to the formula, as written in the table."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in ("compound", "name")]
    return {
        name.strip().lower(): row["formulas"].split("|")[0]
        for row in rows
        for name in re.split(r"\||, ", row["name"])
    }  # fmt: skip


def formula_of_name(name: str) -> str:
    """The formula of a compound or ion that the table names, or an empty text."""
    wanted = " ".join(name.lower().split())
    ion, _ = without_ion(wanted)
    formula = _names().get(wanted, "") or _names().get(ion, "")
    return "" if ion and formula and not parse_formula(formula).charge else formula


def known_compound(hill: str) -> Group | None:
    return _compounds().get(hill)


def ion_of(counts: Counter[str]) -> Group | None:
    """The ion that has this composition, as sulfate has SO4."""
    return next((group for group in _groups() if group.kind == "ion" and atoms_of(group.units) == counts), None)


def atoms_of(units: tuple[Unit, ...]) -> Counter[str]:
    total: Counter[str] = Counter()
    for unit in units:
        total.update(unit.atoms)
    return total


def spelled_out(text: str) -> tuple[str, tuple[str, ...]]:
    """The formula with (en), (bpy), Cp and the like written as atoms, and notes of that."""
    notes = []

    def expanded(found: re.Match[str]) -> str:
        short = found[1] or found[2]
        notes.append(f"{short} was read as the ligand {_ABBREVIATIONS[short]}.")
        return f"({_ABBREVIATIONS[short]})"

    written = _ABBREVIATED.sub(expanded, text)
    return written, tuple(dict.fromkeys(notes))


def read_parts(text: str, where: str) -> list[Part]:
    """The parts of a formula that ``parse_formula`` has accepted."""
    plain, _ = plain_text(text, where)
    plain, _ = closed_up(plain, text, where)
    pieces = _split(plain)
    parts = []
    for piece in pieces:
        bare = without_charge(piece, lambda body: parse_formula(body.text).atoms, text, where)
        body = bare.body.text
        number = re.match(r"\d+(?=[A-Z(\[])", body) if len(pieces) > 1 else None
        body = body[number.end() :] if number else body
        parts.append(Part(int(number[0]) if number else 1, _Reader(body).units(), bare.charge, body))
    return parts


def _split(plain: PlainText) -> list[PlainText]:
    cuts, depth = [-1], 0
    for at, character in enumerate(plain.text):
        depth += (character in "([{") - (character in ")]}")
        if character in "·." and depth == 0:
            cuts.append(at)
    return [plain[start + 1 : stop] for start, stop in zip(cuts, [*cuts[1:], len(plain.text)], strict=True)]


class _Reader:
    """The units of a formula without charge that is known to be right."""

    _ISOTOPE = re.compile(r"[\[(]\^?\{?\d{1,3}\}?([A-Z][a-z]?)(\d*)[\])]|\^\{?\d{1,3}\}?([A-Z][a-z]?)()")
    _MASS = re.compile(r"\d{2,3}(?=[A-Z])")

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def units(self, closing: str = "") -> tuple[Unit, ...]:
        found: list[Unit] = []
        if closing and (mass := self._MASS.match(self.text, self.at)):
            self.at = mass.end()  # [13CH4]
        while self.at < len(self.text) and self.text[self.at] != closing:
            character = self.text[self.at]
            if isotope := self._ISOTOPE.match(self.text, self.at):
                self.at = isotope.end()
                found.append(self._element(isotope[1] or isotope[3], int(isotope[2] or 1) * self._count()))
            elif character in "([{":
                self.at += 1
                inner = self.units({"(": ")", "[": "]", "{": "}"}[character])
                self.at += 1
                found.append(Unit("", inner, self._count()))
            elif character in "·.":
                self.at += 1
                number = self._count()
                rest = self.units(closing)
                found.append(Unit("", rest, number))
            elif symbol := re.compile(r"[A-Z][a-z]?").match(self.text, self.at):
                self.at = symbol.end()
                found.append(self._element(symbol[0], self._count()))
            else:
                self.at += 1
        return tuple(found)

    def _element(self, symbol: str, count: int) -> Unit:
        if symbol in ("D", "T"):
            return Unit("H", (), count)
        if symbol in GROUPS and symbol != "Es":
            return Unit("", tuple(Unit(one, (), n) for one, n in GROUPS[symbol].items()), count)
        return Unit(symbol, (), count)

    def _count(self) -> int:
        digits = re.compile(r"\d*").match(self.text, self.at)
        assert digits is not None
        self.at = digits.end()
        return int(digits[0] or 1)


def cuts_of(units: tuple[Unit, ...], *, inline: bool) -> list[Cut]:
    """Every way to read the units as groups and atoms, at most 400; ``inline`` looks for groups outside brackets, too."""
    found: dict[tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]], Cut] = {}
    for groups, free in islice(_read(units, inline), MOST_READINGS):
        merged: dict[str, tuple[Group, int]] = {}
        for group, count in groups:
            merged[group.name] = (group, merged.get(group.name, (group, 0))[1] + count)
        key = (tuple(sorted((name, count) for name, (_, count) in merged.items())), tuple(sorted(free.items())))
        found.setdefault(key, Cut(tuple(merged.values()), free))
        if len(found) >= MOST_CUTS:
            break
    return list(found.values())


_Reading = tuple[tuple[tuple[Group, int], ...], Counter[str]]


def _read(units: tuple[Unit, ...], inline: bool, before: tuple[Unit, ...] = ()) -> Iterator[_Reading]:
    """The readings of a run of units; ``before`` are those to its left."""
    if not units:
        yield (), Counter()
        return
    first = units[0]
    if inline:
        for group in _groups():
            size = len(group.units)
            if not group.bracketed and units[:size] == group.units and _fits(group, before, units[size:]):
                for groups, free in _read(units[size:], inline, before + units[:size]):
                    yield ((group, 1), *groups), free
    heads: list[_Reading] = []
    if not first.symbol:
        heads += [(((group, first.count),), Counter()) for group in _bracketed(first.inner)]
        for groups, free in _read(first.inner, True):
            multiplied = tuple((group, count * first.count) for group, count in groups)
            heads.append((multiplied, Counter({one: n * first.count for one, n in free.items()})))
    else:
        heads.append(((), first.atoms))
    for groups, free in heads:
        for others, rest in _read(units[1:], inline, (*before, first)):
            yield (*groups, *others), free + rest


def _bracketed(inner: tuple[Unit, ...]) -> list[Group]:
    """The groups that a pair of brackets holds: as written, else by composition where only one has it."""
    written = [group for group in _groups() if group.units == inner]
    if written:
        return written
    if len(inner) == 1 and not inner[0].symbol and inner[0].count == 1:
        return _bracketed(inner[0].inner)
    counts = atoms_of(inner)
    same = {group.name: group for group in _groups() if atoms_of(group.units) == counts}
    return list(same.values()) if len(same) == 1 else []


def _fits(group: Group, before: tuple[Unit, ...], after: tuple[Unit, ...]) -> bool:
    """Whether the neighbours allow it: an alkyl group stands beside its metal, NH2 beside no N, O or halogen (NH2OH, NH2Cl)."""
    if group.kind == "alkyl":
        organic = {"C", "N", "O", "S"}
        return not (before and before[-1].symbol in organic) and not (after and after[0].symbol in organic | {"H"})
    if group.name == "cyanide":
        return not (before and before[-1].symbol in {"C", "N", "O", "S", "Se"}) and not (
            after and after[0].symbol == "O"
        )
    if group.formula not in ("NH2", "H2N", "NH3", "H3N"):
        return True
    heavy = [unit for unit in before if unit.symbol != "H"]
    left = heavy[-1].symbol if heavy else ""
    right = after[0].symbol if after else ""
    bad = {"N", "O", "F", "Cl", "Br", "I", "S"}
    if group.charge == 0:  # ammonia: NH3OH is hydroxylammonium, NH3Cl2 nothing
        bad = {"N", "O"}
    return left not in bad - ({"O"} if group.charge == 0 else set()) and right not in bad
