"""Results as they stand in a page or a notebook in which no script of ours runs: drawings, tables and letters as they are."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from app.exporting.plots import plot_svg
from app.ui.views import escape, notation_html, view_html
from app.ui.views.notation import figure
from app.ui.views.table import rows_html
from tools.rerun import Answer

#: Of coordinates that are offered as a file within the page; larger ones stand in the JSON export.
MOST_COORDINATES = 2_000_000
_MEDIA_TYPES = {
    "sdf": "chemical/x-mdl-sdfile",
    "pdb": "chemical/x-pdb",
    "mmcif": "chemical/x-cif",
    "xyz": "chemical/x-xyz",
}
_NEEDS_NO_SCRIPT = ("svg", "sequence", "alignment", "text")


def still_view(view: Mapping[str, Any]) -> str:
    """A view as HTML that is safe and needs no script."""
    kind = view.get("kind")
    if kind == "table":
        units, title = view.get("units") or (), str(view.get("title", ""))
        return rows_html(view["columns"], view["rows"], units, title, sortable=False)
    if kind == "plot":
        return _plot(view)
    if kind == "structure3d":
        return _structure(view)
    return view_html(view) if kind in _NEEDS_NO_SCRIPT else ""


def still_views(views: Iterable[Mapping[str, Any]]) -> str:
    return "".join(map(still_view, views))


def points_of(view: Mapping[str, Any]) -> list[list[Any]]:
    """The points of a ``Plot`` as rows: series, x (or its name), y."""
    names = list(view.get("x_names") or ())
    return [
        [series["name"], names[int(x) - 1] if x in range(1, len(names) + 1) else x, y]
        for series in view["series"]
        for x, y in zip(series["x"], series["y"], strict=False)
    ]


def shown_in_notebook(answer: Answer) -> dict[str, str]:
    """What a notebook shows of an answer: its words and data as text, and its views as HTML."""
    if not answer.get("ok", True):
        return {"text/plain": f"refused: {answer['error']['sentence']}"}
    notes = "".join(f"\n- {note}" for note in answer["notes"])
    data = json.dumps(answer["data"], indent=2, ensure_ascii=False)
    views = still_views(answer["views"])
    html = f"<p>{escape(answer['summary'])}</p>{views}<pre>{escape(data)}</pre>"
    listed = "".join(f"<li>{notation_html(note)}</li>" for note in answer["notes"])
    return {
        "text/plain": f"{answer['summary']}\n{data}{notes}",
        "text/html": html + (f"<ul>{listed}</ul>" if listed else ""),
    }


def data_address(media_type: str, contents: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(contents).decode()}"


def _plot(view: Mapping[str, Any]) -> str:
    title, caption = str(view.get("title", "")), str(view.get("caption", ""))
    drawn = plot_svg(view) or '<p class="unshown">There is no point to be drawn.</p>'
    points = points_of(view)
    heads = ("series", str(view["x_label"]), str(view["y_label"]))
    numbers = rows_html(heads, points, (), "", sortable=False)
    return figure(
        "plot",
        f"{drawn}<details><summary>The {len(points):,} points as numbers</summary>{numbers}</details>",
        title,
        caption,
    )


def _structure(view: Mapping[str, Any]) -> str:
    """Coordinates cannot be turned here: they are offered as a file."""
    title, format_ = str(view.get("title", "")), str(view["format"])
    text = "".join(model if model.endswith("\n") else f"{model}\n" for model in view["models"])
    count = len(view["models"])
    models = "a structure" if count == 1 else f"{count} structures"
    if len(text) > MOST_COORDINATES:
        body = f'<p class="view-note">Here Retort shows {models} in space; the coordinates are too many for this page and stand in the JSON export.</p>'
    else:
        address = data_address(_MEDIA_TYPES[format_], text.encode())
        body = (
            f'<p class="view-note">Here Retort shows {models} in space. '
            f'<a download="structure.{format_}" href="{address}">Coordinates as {format_.upper()}</a></p>'
        )
    return figure("structure", body, title, str(view.get("caption", "")))
