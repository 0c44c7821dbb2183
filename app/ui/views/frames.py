"""Views that need a script: 3D structures and plots, each in a sandboxed frame of its own.

The frame may run scripts and offer what it drew as a file, and nothing else: its origin is null, so it can reach neither the
page nor its cookies.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.ui.views.markup import escape, script_json
from app.ui.views.notation import figure
from app.ui.views.table import rows_html

ASSETS = Path(__file__).resolve().parents[3] / "assets"
MOST_MODELS = 200
MOST_MODEL_CHARACTERS = 8_000_000
MOST_POINTS = 50_000
LONGEST_SOURCE = 120  # what is longer is the text of a file and not its name
_OWN_SCRIPTS = {
    "@MEASURE@": "measure3d.js",
    "@LEGEND@": "legend3d.js",
    "@BIOMOLECULE@": "biomolecule3d.js",
    "@VIEWER@": "viewer3d.js",
}
_OF_BIOMOLECULES: dict[str, Any] = {
    "chains": (),
    "secondary_source": "",
    "b_column": "",
    "conformations": {},
    "selected": (),
    "near": (),
}


def structure_html(view: Mapping[str, Any], vendor_url: str, source: str = "") -> str:
    """A ``Structure3D``: one model at a time, with its label, and a choice of styles and colours.

    ``source`` is what a question about a residue calls the file (``file_1``); without it, its title.
    """
    title, caption = str(view.get("title", "")), str(view.get("caption", ""))
    models = [str(model) for model in view["models"]][:MOST_MODELS]
    if sum(map(len, models)) > MOST_MODEL_CHARACTERS:
        body = '<p class="unshown">These coordinates are too many to be drawn here (more than 8 MB).</p>'
        return figure("structure", body, title, caption)
    scene = {
        "format": str(view["format"]),
        "models": models,
        "labels": [str(label) for label in view.get("labels") or ()][:MOST_MODELS],
        "style": str(view.get("style", "ballstick")),
        "title": title,
        "source": source if len(source) <= LONGEST_SOURCE and "\n" not in source else "",
        **{key: view.get(key) or empty for key, empty in _OF_BIOMOLECULES.items()},
    }
    return figure(
        "structure polymer" if scene["chains"] else "structure",
        _frame("viewer3d.html", scene, f"{vendor_url}/3Dmol-min.js", title),
        title,
        caption,
    )


def plot_html(view: Mapping[str, Any], vendor_url: str) -> str:
    """A ``Plot``, with its numbers as a table for who cannot see or wants to copy them."""
    title, caption = str(view.get("title", "")), str(view.get("caption", ""))
    series = [
        {
            "name": str(one["name"]),
            "x": [_finite(value) for value in one["x"][:MOST_POINTS]],
            "y": [_finite(value) for value in one["y"][:MOST_POINTS]],
            "style": str(one.get("style") or view.get("style", "line")),
            "labels": [str(label) for label in one.get("labels") or ()][:MOST_POINTS],
        }
        for one in view["series"]
    ]
    x_label, y_label = str(view["x_label"]), str(view["y_label"])
    style, x_names = str(view.get("style", "line")), [str(name) for name in view.get("x_names") or ()]
    chart = {
        "style": style,
        "x_names": x_names,
        "x_label": x_label,
        "y_label": y_label,
        "series": series,
        "title": title,
    }
    frame = _frame("plot.html", chart, f"{vendor_url}/plotly-basic.min.js", title)
    kind = "plot gel" if style == "gel" else "plot"
    return figure(kind, frame + _numbers(x_label, y_label, series, x_names), title, caption)


def _finite(value: float) -> float | None:
    """JSON has no infinity and no NaN; a gap is what a plot can draw."""
    return value if math.isfinite(value) else None


def _numbers(x_label: str, y_label: str, series: Sequence[Mapping[str, Any]], x_names: Sequence[str]) -> str:
    """All points as a table; a column says which series they are of, if there are several and their x does not say it."""
    tells = len(series) > 1 and [one["name"] for one in series] != list(x_names)
    rows = [
        ((one["name"],) if tells else ()) + (_named(x, x_names), y)
        for one in series
        for x, y in zip(one["x"], one["y"], strict=False)
    ]
    heads = (("series",) if tells else ()) + (x_label, y_label)
    table = rows_html(heads, rows, (), "")
    return f"<details><summary>The {len(rows):,} points as numbers</summary>{table}</details>"


def _named(x: float | None, names: Sequence[str]) -> str | float | None:
    return names[int(x) - 1] if x is not None and names and 1 <= x <= len(names) else x


def _frame(template: str, contents: Mapping[str, Any], script_url: str, title: str) -> str:
    page = _template(template).replace("@SCRIPT@", escape(script_url)).replace("@CONTENTS@", script_json(contents))
    return (
        f'<iframe class="frame" sandbox="allow-scripts allow-downloads" loading="lazy" referrerpolicy="no-referrer" '
        f'title="{escape(title)}" srcdoc="{escape(page)}"></iframe>'
    )


@lru_cache
def _template(name: str) -> str:
    """The page with its own scripts in it."""
    page = (ASSETS / name).read_text(encoding="utf-8")
    for place, script in _OWN_SCRIPTS.items():
        page = page.replace(place, (ASSETS / script).read_text(encoding="utf-8"))
    return page
