"""A ``Plot`` view as a still drawing: for pages and notebooks in which no script runs."""

from __future__ import annotations

import io
import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

from app.ui.views.drawing import safe_svg

MOST_POINTS = 20_000
WIDTH_IN, HEIGHT_IN, GEL_HEIGHT_IN = 6.4, 3.2, 4.6
#: Stands for the ink of the page, which is dark by day and light by night.
INK = "#010203"
#: At least 3:1 on the paper of both themes.
COLOURS = ("#1f8a99", "#b8692b", "#7d63b8", "#4c8a3f", "#b0526b", "#7a7466")
#: Text stays text, a label is no formula, and the ids are the same each time.
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "retort",
    "font.family": "serif",
    "text.parse_math": False,
}
#: Beyond it the arithmetic of an axis has no numbers any more.
_LARGEST = 1e100


def plot_svg(view: Mapping[str, Any]) -> str:
    """The plot as a safe ``<svg>`` whose ink is the text colour around it; empty if there is no point to draw."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells on the console that it looks for fonts
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    mpl.rcParams.update(_SETTINGS)
    is_gel = view.get("style") == "gel"
    lines = [line for one in view["series"] if (line := _points(one, above_zero=is_gel))[1]]
    if not lines:
        return ""
    figure = Figure(figsize=(WIDTH_IN, GEL_HEIGHT_IN if is_gel else HEIGHT_IN), layout="constrained")
    FigureCanvasSVG(figure)
    axes = figure.add_subplot()
    for number, (series, xs, ys) in enumerate(lines):
        _draw(
            axes,
            str(series.get("style") or view.get("style", "line")),
            str(series["name"]),
            xs,
            ys,
            COLOURS[number % len(COLOURS)],
        )
    axes.set_xlabel(_plain(view["x_label"]), color=INK)
    axes.set_ylabel(_plain(view["y_label"]), color=INK)
    names = [_plain(name) for name in view.get("x_names") or ()]
    if names:
        axes.set_xticks(range(1, len(names) + 1), names, rotation=30 if len(names) > 8 else 0)
    if is_gel:
        axes.set_yscale("log")
    elif len(lines) > 1:
        axes.legend(frameon=False, labelcolor=INK, fontsize="small")
    axes.tick_params(colors=INK)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(INK)
    written = io.StringIO()
    figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return safe_svg(_without_prologue(written.getvalue()), str(view.get("title", ""))).replace(INK, "currentColor")


def _points(series: Mapping[str, Any], *, above_zero: bool) -> tuple[Mapping[str, Any], list[float], list[float]]:
    """The series with those of its points that can be drawn, a part of them evenly spread if they are too many."""
    least = 1e-100 if above_zero else -_LARGEST
    pairs = [
        (x, y)
        for x, y in zip(series["x"], series["y"], strict=False)
        if -_LARGEST < x < _LARGEST and least < y < _LARGEST
    ]
    pairs = pairs[:: math.ceil(len(pairs) / MOST_POINTS) or 1]
    return series, [x for x, _ in pairs], [y for _, y in pairs]


def _draw(axes: Any, style: str, name: str, xs: Sequence[float], ys: Sequence[float], colour: str) -> None:
    label = _plain(name)
    if style == "points":
        axes.plot(xs, ys, "o", markersize=4, color=colour, label=label)
    elif style == "bar":
        axes.bar(xs, ys, color=colour, label=label)
    elif style == "sticks":
        axes.vlines(xs, 0, ys, color=colour, linewidth=1.4, label=label)
        axes.set_ylim(bottom=0)
    elif style == "gel":
        axes.hlines(ys, [x - 0.35 for x in xs], [x + 0.35 for x in xs], color=INK, linewidth=2.2)
    else:
        axes.plot(xs, ys, color=colour, linewidth=1.4, label=label)


def _plain(text: object) -> str:
    """A label of one line; one that began with an underscore would be left out of the legend."""
    line = " ".join(str(text).split())[:120]
    return f" {line}" if line.startswith("_") else line


def _without_prologue(svg: str) -> str:
    """From ``<svg`` on: what stands before it names a document type."""
    return svg[svg.index("<svg") :]
