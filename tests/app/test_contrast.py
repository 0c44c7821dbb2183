"""What is read keeps WCAG 2.2's AA contrast (1.4.3: 4.5 to 1) in both themes, the elements of a drawing included."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ASSETS = Path(__file__).resolve().parents[2] / "assets"
AA = 4.5


def variables(theme: str) -> dict[str, str]:
    """The colours that page.css and views.css define for a theme; the dark one changes some of the light ones."""
    found: dict[str, str] = {}
    for selector in (":root", ".dark") if theme == "dark" else (":root",):
        for name in ("page.css", "views.css"):
            css = (ASSETS / name).read_text(encoding="utf-8")
            [block] = re.findall(rf"^{re.escape(selector)} {{(.*?)}}", css, re.DOTALL | re.MULTILINE)
            found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
    return found


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two sRGB colours, ``#rrggbb`` each."""

    def luminance(colour: str) -> float:
        channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # WebAIM's contrast checker


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_and_atoms_can_be_read_on_the_paper(theme):
    colours = variables(theme)
    read = ["ink", "quiet", "accent", "warn", *(name for name in colours if name.startswith(("atom-", "view-")))]
    read = [name for name in read if name not in ("view-line", "view-paper")]
    weak = {name: round(contrast(colours[name], colours["paper"]), 2) for name in read}
    assert {name: ratio for name, ratio in weak.items() if ratio < AA} == {}
    assert contrast(colours["ink"], colours["wash"]) >= AA and contrast(colours["quiet"], colours["wash"]) >= AA


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_highlighted_can_still_be_read(theme):
    colours = variables(theme)
    grounds = [name for name in colours if name.startswith(("highlight-", "feature-"))]
    assert len(grounds) == 12
    assert min(contrast(colours["atom-c"], colours[name]) for name in grounds) >= AA


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_letters_of_sequences_can_be_read_on_the_paper_and_where_they_are_chosen(theme):
    colours = variables(theme)
    letters = [name for name in colours if name.startswith(("residue-", "base-"))]
    assert len(letters) == 12
    grounds = (colours["paper"], colours["view-paper"], colours["chosen"])
    weak = {name: [round(contrast(colours[name], ground), 2) for ground in grounds] for name in letters}
    assert {name: ratios for name, ratios in weak.items() if min(ratios) < AA} == {}
    assert contrast(colours["bar"], colours["view-paper"]) >= 3  # WCAG 1.4.11, of graphics
