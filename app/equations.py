"""Chemical equations in a person's words: "Balance H2 + O2 -> H2O" has the sides "H2 + O2" and "H2O"."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain, islice

from app.notations import is_formula
from errors import RetortError
from tools.inputs.formulas import parse_formula

LONGEST_NAME_WORDS = 3
LONGEST_SIDE = 500
MOST_ARROWS = 8
_ARROW = re.compile(r"\s*(?:<?[-–—−]{1,3}>|<?={1,2}>|[→⟶⟹⇒⇌⇄⇋⟷↔])\s*|\s+={1,2}\s+|\s*(?<=[\w)\]}])={1,2}(?=[A-Z\[(])")
_SAID = re.compile(
    r",?\s+(?:to (?:give|form|make|yield|produce)|gives?|yields?|forms?|produces?|makes?)\s+", re.IGNORECASE
)
_PLUS = re.compile(r"\s+\+\s*|(?<=[A-Za-z)\]])\+(?=\d*\s?[A-Z(\[])")
_COEFFICIENT = re.compile(r"^(?:\d+(?:[./]\d+)?|[½¼¾])\s*(?=[A-Za-z(\[])")
_STATE = re.compile(r"\s*\((?:s|l|g|aq)\)$")
_END = re.compile(r"[,.;:?!]+(?=\s|$)|\n")


def take_equations(request: str, is_name: Callable[[str], bool], take: Callable[..., bool]) -> None:
    """Hands the two sides of every equation to ``take(kind, start, end)`` as "reactants" and "products"."""
    arrows = chain(islice(_ARROW.finditer(request), MOST_ARROWS), islice(_SAID.finditer(request), MOST_ARROWS))
    for arrow in arrows:
        start = max(0, arrow.start() - LONGEST_SIDE)
        start = max((end.end() for end in _END.finditer(request, start, arrow.start())), default=start)
        end = min(len(request), arrow.end() + LONGEST_SIDE)
        stop = next((found.start() for found in _END.finditer(request, arrow.end(), end)), end)
        left = _side(request[start : arrow.start()], is_name, from_end=True)
        right = _side(request[arrow.end() : stop], is_name, from_end=False)
        spoken = arrow.re is _SAID or arrow.group().strip().strip("=") == ""
        if not left or not right or not _can_be_one(left, right, spoken):
            continue
        first = arrow.start() - len(left)
        take("reactants", first, arrow.start())
        take("products", arrow.end(), arrow.end() + len(right))


def _side(text: str, is_name: Callable[[str], bool], *, from_end: bool) -> str:
    """The species next to the arrow, with all that pluses join to it; the outermost may stand among other words."""
    text = text.rstrip() if from_end else text.lstrip()
    chunks = [(found.start(), found.end()) for found in _PLUS.finditer(text)]
    bounds = [0, *(place for chunk in chunks for place in chunk), len(text)]
    parts = [text[bounds[place] : bounds[place + 1]] for place in range(0, len(bounds), 2)]
    outermost = parts[0] if from_end else parts[-1]
    if not all(_is_species(part, is_name) for part in (parts[1:] if from_end else parts[:-1])):
        return ""
    words = [(found.start(), found.end()) for found in re.finditer(r"\S+", outermost)]
    for count in range(min(len(words), LONGEST_NAME_WORDS + 1), 0, -1):
        span = (words[-count][0], words[-1][1]) if from_end else (words[0][0], words[count - 1][1])
        if _is_species(outermost[slice(*span)], is_name):
            if from_end:
                return text[span[0] :]
            return text[: len(text) - len(outermost) + span[1]]
    return ""


def _is_species(text: str, is_name: Callable[[str], bool]) -> bool:
    bare = _STATE.sub("", _COEFFICIENT.sub("", text.strip()))
    return bool(bare) and (bare in ("e-", "e^-") or _is_formula(bare) or is_name(bare))


def _is_formula(text: str) -> bool:
    return bool(re.match(r"[\[({]*[A-Z]", text)) and " " not in text and is_formula(text)


def _can_be_one(left: str, right: str, spoken: bool) -> bool:
    """Whether both sides share elements (25 C -> K does not); words and "=" need a plus, too. Names are taken at their word."""
    if spoken and not (_PLUS.search(left) or _PLUS.search(right)):
        return False
    elements = [_elements(side) for side in (left, right)]
    return not all(elements) or bool(elements[0] & elements[1])


def _elements(side: str) -> set[str]:
    found: set[str] = set()
    for part in _PLUS.split(side):
        try:
            found |= set(parse_formula(_STATE.sub("", _COEFFICIENT.sub("", part.strip()))).counts)
        except RetortError:
            return set()
    return found
