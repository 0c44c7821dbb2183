"""Reactions drawn as SVG: every molecule as ``molecule_svg`` draws it, at one bond length, with plus signs and arrow.

RDKit's own drawing of a reaction shrinks long ones to fit, and has no coefficients; here a long one takes several rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from tools.chemistry.drawing import MOST_ATOMS_DRAWN, molecule_svg
from tools.inputs.molecules import ParsedMolecule
from tools.inputs.reactions import without_maps
from tools.outputs import Svg

ROW_WIDTH_PX = 760.0
GAP_PX = 14.0
ARROW_PX = 56.0
_INK = "var(--atom-c, #2b2a27)"
_SIZE = re.compile(r"width='(\d+(?:\.\d+)?)px' height='(\d+(?:\.\d+)?)px'")


def reaction_svg(
    reactants: Sequence[ParsedMolecule],
    products: Sequence[ParsedMolecule],
    agents: Sequence[ParsedMolecule] = (),
    *,
    counts: tuple[Sequence[int], Sequence[int]] | None = None,
    title: str,
    caption: str = "",
) -> Svg:
    """Reactants, an arrow and products, the agents in words above the arrow; ``counts`` are the coefficients.

    A molecule that is written twice is drawn once, with its coefficient.
    """
    left = _gathered(reactants, counts[0] if counts else [1] * len(reactants))
    right = _gathered(products, counts[1] if counts else [1] * len(products))
    pieces = [*_side(left), _arrow(", ".join(agent.label for agent in agents)), *_side(right)]
    body, width, height = _in_rows(pieces)
    described = f"Reaction scheme: {_in_words(left)} give {_in_words(right)}."
    if agents:
        described += f" Above the arrow: {', '.join(agent.smiles for agent in agents)}."
    svg = (
        f"<svg version='1.1' xmlns='http://www.w3.org/2000/svg' width='{width:.0f}px' height='{height:.0f}px' "
        f"viewBox='0 0 {width:.0f} {height:.0f}'><title>{escape(title)}</title><desc>{escape(described)}</desc>"
        f"{body}</svg>"
    )
    return Svg(svg=svg, title=title, caption=caption)


def is_legible(molecules: Sequence[ParsedMolecule]) -> bool:
    """Whether the molecules have at most 300 heavy atoms together, so that their scheme can be read."""
    return sum(one.mol.GetNumHeavyAtoms() for one in molecules) <= MOST_ATOMS_DRAWN


def _gathered(molecules: Sequence[ParsedMolecule], counts: Sequence[int]) -> list[tuple[ParsedMolecule, int]]:
    """Each distinct molecule once, with how often it stands there."""
    found: dict[str, tuple[ParsedMolecule, int]] = {}
    for molecule, count in zip(molecules, counts, strict=True):
        bare = without_maps(molecule)
        first, already = found.get(bare.smiles, (bare, 0))
        found[bare.smiles] = (first, already + count)
    return list(found.values())


def _in_words(side: Sequence[tuple[ParsedMolecule, int]]) -> str:
    return " + ".join(f"{count} {one.smiles}" if count > 1 else one.smiles for one, count in side)


def _side(molecules: Sequence[tuple[ParsedMolecule, int]]) -> list[tuple[str, float, float]]:
    """The drawings of one side as (SVG, width, height); a plus sign belongs to the molecule after it."""
    pieces: list[tuple[str, float, float]] = []
    for number, (molecule, count) in enumerate(molecules):
        drawing = molecule_svg(molecule).svg
        size = _SIZE.search(drawing)
        assert size is not None  # RDKit writes the size of every drawing
        width, height = float(size[1]), float(size[2])
        inner = drawing[drawing.index("</desc>") + len("</desc>") : drawing.rindex("</svg>")]
        inner = re.sub(r"<!--.*?-->", "", inner, flags=re.DOTALL)
        sign = ("+ " if number else "") + (str(count) if count > 1 else "")
        before = 10.0 * len(sign.strip()) + 8.0 if sign else 0.0
        text = _text(sign.strip(), before / 2 - 2, height / 2 + 6) if sign else ""
        pieces.append((f"{text}<g transform='translate({before:.1f} 0)'>{inner}</g>", width + before, height))
    return pieces


def _arrow(agents: str) -> tuple[str, float, float]:
    words = agents if len(agents) <= 40 else agents[:39] + "…"
    width = max(ARROW_PX, 7.0 * len(words) + 16.0)
    text = _text(words, width / 2, 10, size=12) if words else ""
    line = (
        f"<path d='M 2,18 L {width - 9:.1f},18' style='fill:none;stroke:{_INK};stroke-width:1.6px'/>"
        f"<path d='M {width - 2:.1f},18 L {width - 11:.1f},13.5 L {width - 11:.1f},22.5 Z' style='fill:{_INK};stroke:none'/>"
    )
    return text + line, width, 36.0


def _text(words: str, x: float, y: float, size: int = 17) -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' style='font-size:{size}px;font-family:sans-serif;text-anchor:middle;"
        f"fill:{_INK}'>{escape(words)}</text>"
    )


def _in_rows(pieces: Sequence[tuple[str, float, float]]) -> tuple[str, float, float]:
    """The pieces side by side, centred in rows of at most 760 px (or one piece), and the size of it all."""
    rows: list[list[tuple[str, float, float]]] = [[]]
    used = 0.0
    for piece in pieces:
        if rows[-1] and used + piece[1] > ROW_WIDTH_PX:
            rows.append([])
            used = 0.0
        rows[-1].append(piece)
        used += piece[1] + GAP_PX
    body, top, widest = "", GAP_PX / 2, 0.0
    for row in rows:
        height = max(piece[2] for piece in row)
        left = GAP_PX / 2
        for drawing, width, own in row:
            body += f"<g transform='translate({left:.1f} {top + (height - own) / 2:.1f})'>{drawing}</g>"
            left += width + GAP_PX
        widest = max(widest, left - GAP_PX / 2)
        top += height + GAP_PX
    return body, widest, top - GAP_PX / 2
