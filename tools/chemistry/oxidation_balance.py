"""The states of atoms whose ions are not known: fixed ones in their order, and the balance of charge for what is left.

Nothing is guessed: where more than one element stays open, it is solved only if exactly one combination of usual states
fits, and otherwise ``Undetermined`` says which elements those are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from tools.chemistry.oxidation_by_structure import signed
from tools.chemistry.oxidation_tables import (
    ALKALI,
    ALKALINE_EARTH,
    ANION_STATES,
    HALOGENS,
    element,
    is_metal,
    pair_note,
    takes_electrons,
)

#: Elements that are no part of a combination of usual states: they have too many, or their states are fixed.
_NO_COMBINATION = frozenset(("C", "H", "O", "F"))
#: Elements with usual states two apart, whose compounds of the state between hold both (TlSe, Cs2SbCl6).
_TWO_APART = frozenset(("Au", "Ga", "In", "Tl", "Sn", "Pb", "As", "Sb", "Te"))
UNBALANCED = "its charge does not balance with the usual states"


class Undetermined(Exception):
    """The formula alone does not tell; the text says what stays open."""


@dataclass
class FreeAtoms:
    """Atoms outside recognised groups, on the way to their states: ``open`` ones have none yet."""

    counts: Counter[str]
    residual: Fraction
    states: dict[str, Fraction] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    penalty: int = 0

    @property
    def open(self) -> list[str]:
        return [symbol for symbol in self.counts if symbol not in self.states]

    def give(self, symbol: str, state: Fraction | int, how: str) -> None:
        self.states[symbol] = Fraction(state)
        self.how[symbol] = how

    def left_for(self, symbol: str) -> Fraction:
        """What the balance of charge leaves for each atom of the one open element."""
        others = sum((self.counts[one] * state for one, state in self.states.items()), Fraction(0))
        return (self.residual - others) / self.counts[symbol]

    def balanced(self) -> bool:
        return sum((self.counts[one] * state for one, state in self.states.items()), Fraction(0)) == self.residual


def solve(free: FreeAtoms, hydrogen: int, grouped: bool) -> None:
    """Give every free atom its state, by rules in their order and by the balance of charge."""
    if len(free.counts) > 1 or grouped:
        _give_fixed(free, hydrogen)
    if len(free.open) > 1 and {"C", "H"} <= set(free.counts) and "C" in free.open and hydrogen > 0:
        _give_organic(free)
    while len(free.open) > 1 and (anion := _next_anion(free)):
        free.give(anion, ANION_STATES[anion], "takes the electrons of its bonds")
    if len(free.open) > 1:
        _give_single_states(free)
    if len(free.open) > 1:
        _give_combination(free)
    for symbol in free.open:
        free.give(symbol, free.left_for(symbol), "balance of charge")
        _check_last(free, symbol)
    if not free.balanced():
        raise Undetermined(UNBALANCED)
    _add_notes(free, hydrogen)


def _give_fixed(free: FreeAtoms, hydrogen: int) -> None:
    fixed = {"F": (-1, "F is always −1")}
    fixed |= dict.fromkeys(ALKALI, (1, "alkali metal")) | dict.fromkeys(ALKALINE_EARTH, (2, "alkaline-earth metal"))
    for symbol in free.counts:
        if symbol in fixed and (len(free.open) > 1 or symbol not in free.open):
            free.give(symbol, *fixed[symbol])
    if "H" in free.open and len(free.open) > 1:
        free.give("H", hydrogen, "with nonmetals +1" if hydrogen > 0 else "with less electronegative elements −1")
    if "O" in free.open and len(free.open) > 1:
        free.give("O", -2, "oxide, not peroxide")


def _give_organic(free: FreeAtoms) -> None:
    """A formula with C and H: every other element must have one possible state, so that C can be balanced."""
    counts = free.counts
    for symbol in [one for one in free.open if one != "C"]:
        alone = counts[symbol] == 1 and not {"O", "F"} & set(counts)
        if symbol in HALOGENS:
            free.give(symbol, -1, "halogen on carbon")
        elif symbol == "N" and alone and not {"S", "P"} & set(counts):
            free.give("N", -3, "bonded to C and H only")
        elif symbol == "S" and alone and not {"N", "P"} & set(counts):
            free.give("S", -2, "bonded to C and H only")
        elif is_metal(symbol) and len(element(symbol).usual) == 1:
            free.give(symbol, next(iter(element(symbol).usual)), "its one usual state")
            free.penalty += 8  # a reading with known ions is better
        else:
            raise Undetermined(remaining([one for one in free.open if one != "C"] + ["C"]))


def _next_anion(free: FreeAtoms) -> str:
    """The open element that takes the electrons of all its bonds, or an empty text where none surely does."""
    for symbol in free.open:
        others = [one for one in free.open if one != symbol]
        if all(takes_electrons(symbol, one) > 0 for one in others) and _is_anion(symbol, others, free.counts):
            return symbol
    return ""


def _is_anion(symbol: str, others: list[str], counts: Counter[str]) -> bool:
    if symbol in HALOGENS:
        return True
    if symbol in ("S", "Se", "Te"):
        return "O" not in counts
    if symbol == "N":
        return not {"O", "F"} & set(counts) and ("C" not in others or counts["N"] == 1)
    if symbol in ("P", "As", "Sb"):
        return "O" not in counts and all(is_metal(one) or one in ("B", "Si", "Ge") for one in others)
    if symbol == "C":
        return all(is_metal(one) or one in ("B", "Si") for one in others) and not {"H", "O", "N"} & set(counts)
    return False


def _give_single_states(free: FreeAtoms) -> None:
    """Where all open elements but one have a single usual state (Al, Zn, La), those are given."""
    several = [one for one in free.open if len(element(one).usual) != 1]
    if len(several) <= 1 and not set(several) & {"C", "N"}:
        for symbol in [one for one in free.open if one not in several]:
            if len(free.open) > 1:
                free.give(symbol, next(iter(element(symbol).usual)), "its one usual state")
                free.penalty += 1


def _give_combination(free: FreeAtoms) -> None:
    """The one combination of usual states that balances the charge; raises ``Undetermined`` for none or several."""
    symbols = free.open
    nonmetals = [one for one in symbols if not is_metal(one)]
    if set(symbols) & _NO_COMBINATION or len(nonmetals) > 1 or (nonmetals and "O" not in free.counts):
        raise Undetermined(remaining(symbols))
    fitting = []
    for states in product(*(sorted(element(one).usual) for one in symbols)):
        given = dict(zip(symbols, states, strict=True))
        total = sum((free.counts[one] * Fraction(state) for one, state in given.items()), Fraction(0))
        if total + sum((free.counts[one] * state for one, state in free.states.items()), Fraction(0)) == free.residual:
            fitting.append(given)
    if len(fitting) != 1:
        listed = "; ".join(
            ", ".join(f"{one} {signed(Fraction(n))}" for one, n in given.items()) for given in fitting[:4]
        )
        what = (
            f"several combinations balance ({listed})" if fitting else "no combination of their usual states balances"
        )
        raise Undetermined(f"{remaining(symbols)}: {what}")
    for symbol, state in fitting[0].items():
        free.give(symbol, state, "the one combination of usual states that balances")
    words = ", ".join(f"{one} {signed(Fraction(state))}" for one, state in fitting[0].items())
    free.notes.append(f"Of the usual states of {_listed(symbols)}, only {words} balances the charge.")


def _check_last(free: FreeAtoms, symbol: str) -> None:
    """Raise for a state beyond what is known, or one that a metallic or S-S bonded compound would make up."""
    state = free.states[symbol]
    _check(symbol, state)
    others = [one for one in free.counts if one != symbol]
    if symbol in HALOGENS and state == 0:
        raise Undetermined(f"{symbol} would be 0 on average, so that its atoms must differ")
    if symbol in ("Se", "Te") and others == ["S"] and state > 4:
        raise Undetermined(f"{symbol} would be {signed(state)} unless it has bonds between atoms of S")
    if symbol == "H" and state not in (1, -1):
        raise Undetermined(f"H would be {signed(state)}")
    usual = state in element(symbol).usual
    if is_metal(symbol) and symbol not in ALKALI | ALKALINE_EARTH:
        if state < 0 and any(map(is_metal, others)) and state.denominator > 1:
            raise Undetermined("it is an intermetallic phase without definite states")
        if state < 0 and ({"O", "S", "N"} | HALOGENS) & set(others) and not set(others) <= ALKALI | ALKALINE_EARTH:
            raise Undetermined(f"{symbol} would be {signed(state)}")
        formal = {"C", "P", "As", "Sb"} & set(others) and not usual
        if len(others) == 1 and (formal or ("N" in others and state.denominator > 1)):
            raise Undetermined(f"{symbol} would be {signed(state)}: a metallic compound without definite states")
        if (
            {"S", "Se", "Te"} & set(others)
            and not usual
            and state.denominator == 1
            and free.counts.total() > 2
            and state > 3
        ):
            raise Undetermined(f"{symbol} would be {signed(state)} unless it has bonds between atoms of {others[-1]}")
    elements = {"B", "Si", "Ge"} & set(free.counts)
    network = all(one in elements or is_metal(one) or one in ("C", "P", "As") for one in free.counts)
    salt = set(others) <= ALKALI | ALKALINE_EARTH
    compound = symbol in elements and usual and set(others) <= {"C", "P", "As"}
    if elements and network and not salt and not compound:
        raise Undetermined(f"{symbol} would be {signed(state)}: a metallic compound or network without definite states")


def _check(symbol: str, state: Fraction) -> None:
    known = element(symbol).known
    if not min(known) <= state <= max(known):
        raise Undetermined(f"{symbol} would be {signed(state)}, which is not known of it")


def _add_notes(free: FreeAtoms, hydrogen: int) -> None:
    states, counts = free.states, free.counts
    oxygen = states.get("O", Fraction(-2))
    named = {-1: "a peroxide", Fraction(-1, 2): "a superoxide", Fraction(-1, 3): "an ozonide"}
    if oxygen != -2:
        name = "O is positive, because F is the more electronegative" if oxygen > 0 else named.get(oxygen)
        words = (
            name
            if oxygen > 0
            else f"O is {signed(oxygen)}, as in {name}"
            if name
            else f"O is {signed(oxygen)} on average"
        )
        free.notes.append(f"Exception to O −2: {words}.")
    if "H" in counts and states.get("H") == -1:
        free.notes.append("H is −1 (hydride): it is bonded to less electronegative elements.")
    if "C" in counts and "H" in counts and counts["C"] > 1 and "balance" in free.how.get("C", ""):
        free.notes.append(
            "The state of C is the average of all its atoms; a structure (SMILES or name) gives each one."
        )
    if "C" in counts and "H" in counts and counts["O"] > 1:
        free.notes.append("O-O bonds, which the formula would not show, were assumed to be absent.")
    symbols = [one for one in counts if one in states]
    for one in symbols:
        for other in symbols:
            bonded = states[one] * states[other] < 0 and one < other and not {one, other} & {"O", "F"}
            if bonded and (one, other) != ("B", "H") and not (states.get("H") == -1 and "H" in (one, other)):
                note = pair_note(one, other)
                if note and (counts.keys() <= {one, other, "O"} or "C" in (one, other) or "N" in (one, other)):
                    free.notes.append(note)
    for symbol, state in states.items():
        balanced = free.how[symbol] == "balance of charge" and counts[symbol] > 1
        if state.denominator == 1 and balanced and symbol in ("N", "S", "Cl", "Br", "I") and "O" in counts:
            free.notes.append(f"{symbol} {signed(state)} is the average of its {counts[symbol]} atoms, if they differ.")
        if state.denominator > 1 and symbol not in ("C", "O", "H"):
            words = (
                "mixed valence or delocalised electrons" if is_metal(symbol) else "its atoms are bonded to each other"
            )
            free.notes.append(f"{symbol} {signed(state)} is an average ({words}).")
        elif (
            is_metal(symbol)
            and {"C", "N"} & set(counts)
            and len(counts) == 2
            and element(symbol).usual - {1, 2} != set()
            and symbol not in ("Al", "Ga", "In", "Tl")
        ):
            free.notes.append("Formal values: carbides and nitrides of transition metals are metallic or interstitial.")
        elif symbol in _TWO_APART and {state - 1, state + 1} <= element(symbol).usual - {state}:
            both = f"{signed(state - 1)} and {signed(state + 1)}"
            free.notes.append(f"{symbol} {signed(state)} may be the average of {both}, which a formula does not show.")
        elif is_metal(symbol) and state.denominator == 1 and state > max(element(symbol).usual, default=99):
            free.notes.append(f"{symbol} {signed(state)} is above the usual states of {symbol}: check the formula.")
        elif state.denominator == 1 and is_metal(symbol) and state not in element(symbol).known:
            free.notes.append(f"{symbol} {signed(state)} is not among the states listed for it.")


def remaining(symbols: list[str]) -> str:
    return f"the formula alone does not tell the states of {_listed(symbols)}"


def _listed(symbols: list[str]) -> str:
    return " and ".join([", ".join(symbols[:-1]), symbols[-1]]) if len(symbols) > 1 else symbols[0]
