"""Oxidation states from a formula: its known ions and ligands, and the balance of charge for the atoms that are left."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction

from tools.chemistry.oxidation_balance import UNBALANCED, FreeAtoms, Undetermined, remaining, solve
from tools.chemistry.oxidation_by_structure import States, signed
from tools.chemistry.oxidation_groups import Cut, Group, Part, Unit, atoms_of, cuts_of, ion_of, known_compound
from tools.chemistry.oxidation_tables import (
    ALKALI,
    ALKALINE_EARTH,
    ANION_STATES,
    HALOGENS,
    METALLOIDS,
    element,
    is_metal,
    takes_electrons,
)
from tools.inputs.formulas import ATOMIC_NUMBERS, hill_formula, hill_order

#: Ions that are bonded through C, S or nothing: beside C, its bond to them need not go to them.
_NOT_THROUGH_O_OR_N = frozenset(
    ("cyanide", "thiocyanate", "selenocyanate", "cyanate", "fulminate", "thiosulfate", "hydrogensulfide", "triiodide")
)
#: Ions that are bonded through O or N only, so that another nonmetal beside them is the positive atom of that bond.
_THROUGH_O_OR_N = frozenset(
    (
        "hydroxide",
        "nitrate",
        "perchlorate",
        "acetate",
        "trifluoroacetate",
        "amide",
        "azide",
        "methoxide",
        "ethoxide",
        "isopropoxide",
        "tert-butoxide",
        "phenoxide",
    )
)
_CARBANIONS = frozenset(("cyclopentadienyl", "pentamethylcyclopentadienyl", "allyl", "acetylacetonate", "methylene"))
#: Odd-electron molecules that are well known as such, by Hill formula; others are likely ions without their charge.
_RADICALS = frozenset(("NO", "NO2", "ClO2", "ClO", "BrO", "IO", "HO", "HO2", "CH3"))
#: Metals that form compounds with alkali metals in which they are the negative part (Zintl phases).
_ZINTL = frozenset(("Au", "Pt", "Tl", "Sn", "Pb", "Bi", "Ga", "In"))
_NITROSYL = (
    "the state of a metal with the ligand NO depends on whether its M-N-O group is linear (counted as NO+) or bent (as NO−), "
    "which a formula does not show"
)


@dataclass(frozen=True)
class Solution:
    """``how`` says for each element, in a few words, where its states are from; ``penalty`` counts unusual states."""

    states: States
    how: dict[str, list[str]]
    notes: tuple[str, ...]
    penalty: int = 0
    covered: int = 0
    groups: int = 0


def solved(part: Part) -> Solution:
    """The oxidation states of one part of a formula; raises ``Undetermined``."""
    counts = atoms_of(part.units)
    if len(counts) == 1:
        return _of_one_element(counts, part.charge)
    if compound := known_compound(hill_formula(dict(counts), part.charge)):
        return _of_compound(compound, counts)
    if "C" not in counts and part.charge and (ion := ion_of(counts)) and ion.charge == part.charge:
        return Solution(ion.states, {one: [f"in {ion.name}"] for one in counts}, ion.notes)
    if all(map(is_metal, counts)) and not part.charge and (alloy := _alloy(counts)):
        return alloy
    _refuse_ion_without_charge(counts, part)
    if any(is_metal(one) and one not in ALKALI | ALKALINE_EARTH for one in counts) and _has_nitrosyl(part.units):
        raise Undetermined(_NITROSYL)
    found: list[Solution] = []
    reasons: list[str] = []
    for cut in sorted(cuts_of(part.units, inline=not _is_molecular(part.units)), key=lambda one: one.free.total()):
        try:
            found += _solutions(cut, part.charge)
        except Undetermined as reason:
            reasons.append(str(reason))
    if not found:
        raise Undetermined(_best_reason(reasons, counts, part))
    best = min(found, key=lambda one: (one.penalty, -one.covered, one.groups))
    return replace(best, notes=best.notes + _neutral_as_written(counts, part))


def _best_reason(reasons: list[str], counts: Counter[str], part: Part) -> str:
    """The reason to tell: an ion without its charge, else what the readings with fewest groups said."""
    ion = None if part.charge else ion_of(counts)
    if ion is not None and ion.charge:
        return _without_charge(ion)
    telling = [reason for reason in reversed(reasons) if reason != UNBALANCED]
    return telling[0] if telling else UNBALANCED


def _has_nitrosyl(units: tuple[Unit, ...]) -> bool:
    written = [(unit.symbol, unit.count) for unit in units]
    inside = [unit.inner for unit in units if not unit.symbol]
    last = written[-2:] == [("N", 1), ("O", 1)] and written[-3:-2] != [("C", 1)]  # not the cyanate CNO
    return last or any(map(_has_nitrosyl, inside))


def _without_charge(ion: Group) -> str:
    sign = f"{abs(ion.charge) if abs(ion.charge) > 1 else ''}{'+' if ion.charge > 0 else '-'}"
    return f"it has the composition of {ion.name}, but no charge (write {ion.formula.strip('()')}^{sign})"


def _neutral_as_written(counts: Counter[str], part: Part) -> tuple[str, ...]:
    """A note for SO3, NO2 and the like, which are ions with a charge and molecules without."""
    ion = None if part.charge else ion_of(counts)
    if ion is None or not ion.charge:
        return ()
    return (f"Read as the neutral compound; {ion.name} has a charge of {signed(Fraction(ion.charge))}.",)


def _of_one_element(counts: Counter[str], charge: int) -> Solution:
    symbol, count = next(iter(counts.items()))
    state = Fraction(charge, count)
    how = "an element is 0" if not charge else "an ion of one element: its charge over its atoms"
    return Solution({symbol: Counter({state: count})}, {symbol: [how]}, ())


def _of_compound(compound: Group, counts: Counter[str]) -> Solution:
    symbol = next(iter(counts))
    whole = sum(compound.states[symbol].values())
    states = {
        one: Counter({state: n * counts[symbol] // whole for state, n in held.items()})
        if all(n * counts[symbol] % whole == 0 for n in held.values())
        else held
        for one, held in compound.states.items()
    }
    return Solution(states, {one: [compound.name] for one in states}, compound.notes)


def _alloy(counts: Counter[str]) -> Solution | None:
    """Metals only: each is 0, as in the elements; a salt-like phase of an alkali metal is none."""
    if any(one in ALKALI | ALKALINE_EARTH for one in counts) and any(one in _ZINTL for one in counts):
        return None
    note = "Only metals: read as an alloy or intermetallic phase, whose atoms are counted as 0, as in the elements."
    return Solution(
        {one: Counter({Fraction(0): n}) for one, n in counts.items()}, {one: ["alloy"] for one in counts}, (note,)
    )


def _refuse_ion_without_charge(counts: Counter[str], part: Part) -> None:
    ion = None if part.charge else ion_of(counts)
    if ion is None or ion.charge == 0:
        return
    odd = sum(ATOMIC_NUMBERS[symbol] * n for symbol, n in counts.items()) % 2
    if odd and hill_formula(dict(counts)) not in _RADICALS:
        raise Undetermined(_without_charge(ion))


def _is_molecular(units: tuple[Unit, ...]) -> bool:
    """Whether the units are a molecular formula in Hill's order, such as C6H5NO2, which says nothing of groups."""
    symbols = [unit.symbol for unit in units]
    if "" in symbols or len(set(symbols)) < len(symbols) or not {"C", "H"} <= set(symbols):
        return False
    return symbols == hill_order(dict.fromkeys(symbols, 1))


def _solutions(cut: Cut, charge: int) -> list[Solution]:
    """What the groups and the balance of charge give; raises ``Undetermined`` where nothing fits."""
    residual = Fraction(charge - cut.charge)
    if not cut.free:
        if residual:
            raise Undetermined(UNBALANCED)
        return [_merged(cut, FreeAtoms(Counter(), residual))]
    if not _may_stand_together(cut):
        raise Undetermined(remaining([one for one in cut.free if one not in ("O", "H")] or list(cut.free)))
    found, reason = [], ""
    for hydrogen, penalty in _hydrogen_states(cut):
        free = FreeAtoms(cut.free, residual, penalty=penalty)
        try:
            solve(free, hydrogen, bool(cut.groups))
            _check_beside_groups(free, cut)
        except Undetermined as problem:
            reason = reason or str(problem)
            continue
        found.append(_merged(cut, free))
    if not found:
        raise Undetermined(reason)
    if [one.penalty for one in found] == [0, 1]:
        raise Undetermined("H could be an acid's (+1) or bonded to a less electronegative atom (−1)")
    return found


def _merged(cut: Cut, free: FreeAtoms) -> Solution:
    states: States = defaultdict(Counter)
    how: dict[str, list[str]] = defaultdict(list)
    notes: list[str] = []
    covered = 0
    for group, times in cut.groups:
        notes += group.notes
        for symbol, held in group.states.items():
            for state, n in held.items():
                states[symbol][state] += n * times
                covered += n * times
            how[symbol].append(f"in {group.name}")
    for symbol, state in free.states.items():
        states[symbol][state] += free.counts[symbol]
        how[symbol].append(free.how[symbol])
    penalty = free.penalty + sum(_penalty(symbol, state) for symbol, state in free.states.items())
    return Solution(
        dict(states), dict(how), tuple(dict.fromkeys([*notes, *free.notes])), penalty, covered, len(cut.groups)
    )


def _penalty(symbol: str, state: Fraction) -> int:
    """How far a state is from the usual ones; an element that has but one is hardly in another."""
    if symbol in ("C", "H", "O") or state == ANION_STATES.get(symbol):
        return 0
    usual = element(symbol).usual
    return 0 if state in usual else 6 if len(usual) == 1 else 2


def _may_stand_together(cut: Cut) -> bool:
    """Whether the groups can keep their charges beside the atoms that are left."""
    kinds = {group.kind for group, _ in cut.groups}
    names = {group.name for group, _ in cut.groups}
    free = set(cut.free)
    if "lone cation" in kinds:
        return False
    if "alkyl" in kinds:
        centres = free - HALOGENS - {"H"}
        if not centres or not all(is_metal(one) or one in METALLOIDS or one == "P" for one in centres):
            return False
    if "C" in free:
        nothing_else = "azide" in names and "H" not in free  # C2N3 is dicyanamide
        carbon = any("C" in group.states for group, _ in cut.groups)
        return not names & _NOT_THROUGH_O_OR_N and not carbon and not nothing_else
    return True


def _check_beside_groups(free: FreeAtoms, cut: Cut) -> None:
    """Beside an anion a nonmetal is an anion itself, unless that anion is surely bonded to it through O or N."""
    names = {group.name for group, _ in cut.groups if group.charge < 0}
    salt = any(map(is_metal, free.counts))
    for symbol, state in free.states.items():
        if names and symbol in ("N", "S", "Se", "Cl", "Br", "I"):
            between_ions = state == ANION_STATES[symbol] and (
                salt or symbol in HALOGENS
            )  # H2NO3S is no nitrate sulfide
            if not between_ions and not (state > 0 and names <= _THROUGH_O_OR_N):
                raise Undetermined(remaining([symbol]))
        if symbol == "O" and cut.groups and state not in (-2, -1):
            raise Undetermined(UNBALANCED)


def _hydrogen_states(cut: Cut) -> list[tuple[int, int]]:
    """+1 and −1 with the penalty of each: −1 only beside atoms that are less electronegative."""
    if "H" not in cut.free:
        return [(1, 0)]
    others = [one for one in cut.free if one != "H"]
    givers = [one for one in others if takes_electrons("H", one) > 0]
    neutral = bool(cut.groups) and all(group.kind == "ligand" or group.name in _CARBANIONS for group, _ in cut.groups)
    if others and len(givers) == len(others) and (not cut.groups or neutral):
        return [(-1, 0)]
    acid = "O" in cut.free and not {"B", "Al", "Si", "Ga", "Ge"} & set(givers)
    salt = set(givers) <= ALKALI | ALKALINE_EARTH
    return [(1, 0)] if acid or salt else [(1, 0), (-1, 1)]
