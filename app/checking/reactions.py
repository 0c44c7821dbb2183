"""Chemical equations in an answer: whether both sides have the same atoms and the same charge."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence

from app.checking.doubts import REPORTED
from app.checking.facts import Fact, Facts
from app.checking.marks import Mark
from app.checking.sentences import Sentence
from errors import RetortError
from tools.inputs.equations import ParsedEquation, parse_equation

_ARROW = re.compile(r"\s*(?:<?[-–—−]{1,3}>|<?=>|[→⟶⟹⇒⇌⇄⇋⟷↔])(?:\[[^\[\]\n]{0,40}\]){0,2}\s*|\s+={1,2}\s+")
_CHARGE = r"(?:\^?\{?\d?[+\-−–]\}?(?![\w(\[])|\^?\{\d?[+\-−–]\}|[⁰¹²³⁴⁵⁶⁷⁸⁹]*[⁺⁻])"
_FORMULA = rf"[\[({{]*[A-Z](?:[A-Za-z0-9()\[\]{{}}·•]|\.(?=\d*[A-Z])|\*(?=\d))*{_CHARGE}?|e\^?\{{?[-−⁻–]\}}?"
_TERM = rf"(?:(?:\d+(?:[./]\d+)?|[½¼¾⅓⅔n])\s*[·×*]?\s?)?(?:{_FORMULA})(?:\s?\((?:s|l|g|aq|solid|liquid|gas)\)|\s?[↑↓])?"
_SIDE = rf"{_TERM}(?:\s*\+\s*{_TERM})*"
_LEFT = re.compile(rf"(?<![\w+)\]}}])(?P<side>{_SIDE})\s*$")
_RIGHT = re.compile(rf"\s*(?P<side>{_SIDE})(?=$|[\s.,;:!?)\]|])")
_UNBALANCED_SAID = re.compile(
    r"unbalanced|not (?:yet )?balanced|skeleton|before balancing|incomplete|schematic|simplified|without coefficients|word equation|to balance|balance (?:the|this)|half[-\s]reaction"
    r"|not conserved|does not conserve|wrong|incorrect|mistake|instead of|rather than|\bif\b|start(?:ing)? (?:from|with)",
    re.IGNORECASE,
)
_NO_EQUATION = re.compile(r"\[O\]|\[H\]|\^\d+[A-Z]|(?<![A-Za-z])R(?![a-z])")
LONGEST_SIDE = 400
MOST = 60


def reactions_in(
    text: str, sentences: Sequence[Sentence], facts: Facts, stop: threading.Event | None = None
) -> Iterator[Mark]:
    """A mark for each equation of formulas; one that leaves out by-products without a coefficient or a plus is a scheme, and none."""
    count = 0
    for sentence in sentences:
        arrows = list(_ARROW.finditer(text, sentence.start, sentence.end))
        for arrow in arrows:
            left = _LEFT.search(text[max(sentence.start, arrow.start() - LONGEST_SIDE) : arrow.start()])
            right = _RIGHT.match(text[arrow.end() : min(sentence.end, arrow.end() + LONGEST_SIDE)])
            if left is None or right is None or count == MOST or (stop is not None and stop.is_set()):
                continue
            start = arrow.start() - (len(left.string) - left.start("side"))
            end = arrow.end() + right.end("side")
            if re.match(r"\s*\+", text[end : end + 4]):
                continue  # it goes on with what was not read
            if len(arrows) > 1 and re.match(r"\s*(?:[-–—=]{1,2}>|[→⟶⇒⇌])", text[end : end + 4]):
                continue  # a chain of steps
            mark = _checked(text, start, arrow, end, left["side"], right["side"], facts, stop)
            if mark is not None:
                count += 1
                yield mark


def _checked(
    text: str,
    start: int,
    arrow: re.Match[str],
    end: int,
    left: str,
    right: str,
    facts: Facts,
    stop: threading.Event | None,
) -> Mark | None:
    written = text[start:end]
    is_equals = arrow[0].strip() in ("=", "==")
    if _NO_EQUATION.search(written) or (is_equals and "+" not in written):
        return None
    try:
        equation = parse_equation(left, right)
    except RetortError:
        return None
    elements = [set().union(*(one.atoms for one in side)) for side in (equation.reactants, equation.products)]
    if not elements[0] & elements[1]:
        return None
    balanced = _difference(equation) == {}
    if not balanced:
        has_sign = " + " in written or "+" in re.sub(_CHARGE, "", written) or re.search(r"(?<!\w)\d", written)
        before = text[max(0, start - 90) : start]
        if (
            not has_sign
            or REPORTED.search(text[max(text.rfind("\n", 0, start), start - 250, 0) : start])
            or (_UNBALANCED_SAID.search(before) and not re.search(r"\be\^?\{?[-−⁻]", written))
            or re.match(
                r"\W{0,3}(?:\(?(?:is |are )?not (?:yet )?balanced|\(?(?:is )?unbalanced|does not balance|\([+−-])",
                text[end : end + 26],
            )
        ):
            return None
    fact = _balance(equation, facts, stop)
    call = fact.call if fact else {}
    if balanced:
        return Mark(start, end, written, "equal", "balanced", call, "reaction")
    ours = f"not balanced: {_in_words(_difference(equation))}"
    if fact and fact.data.get("determined"):
        ours += f"; balanced it is {fact.data['equation']}"
    return Mark(start, end, written, "invalid", ours, call, "reaction")


def _difference(equation: ParsedEquation) -> dict[str, float]:
    """Atoms of each element, and charge, on the right beyond those on the left; empty if balanced."""
    total: Counter[str] = Counter()
    for side, sign in ((equation.reactants, -1), (equation.products, 1)):
        for one in side:
            for element, count in one.atoms.items():
                total[element] += sign * one.coefficient * count  # type: ignore[assignment]
            total["charge"] += sign * one.coefficient * one.charge  # type: ignore[assignment]
    return {element: float(count) for element, count in total.items() if count}


def _in_words(difference: dict[str, float]) -> str:
    return ", ".join(f"{count:+g} {element}" for element, count in sorted(difference.items())) + " on the right"


def _balance(equation: ParsedEquation, facts: Facts, stop: threading.Event | None) -> Fact | None:
    sides = [[one.label for one in side] for side in (equation.reactants, equation.products)]
    try:
        return facts.ask(
            "balance_reaction", {"reactants": " + ".join(sides[0]), "products": " + ".join(sides[1])}, stop
        )
    except RetortError:
        return None
