"""SVG drawings, rebuilt element by element from an allow-list (never passed through as text)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from app.ui.views.markup import escape
from app.ui.views.notation import figure, notation_html

MOST_CHARACTERS = 4_000_000
DEEPEST = 60
COLOURS = 6  # of highlights, as views.css has them

ELEMENTS = frozenset(
    [
        "svg",
        "g",
        "path",
        "line",
        "polyline",
        "polygon",
        "rect",
        "circle",
        "ellipse",
        "text",
        "tspan",
        "title",
        "desc",
        "defs",
        "use",
        "symbol",
        "marker",
        "clipPath",
        "linearGradient",
        "radialGradient",
        "stop",
    ]
)
ATTRIBUTES = frozenset(
    [
        "d",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
        "dx",
        "dy",
        "width",
        "height",
        "points",
        "transform",
        "viewBox",
        "preserveAspectRatio",
        "offset",
        "id",
        "fill",
        "fill-opacity",
        "fill-rule",
        "stroke",
        "stroke-width",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-dasharray",
        "stroke-opacity",
        "stroke-miterlimit",
        "opacity",
        "color",
        "font-size",
        "font-family",
        "font-weight",
        "font-style",
        "text-anchor",
        "dominant-baseline",
        "alignment-baseline",
        "baseline-shift",
        "letter-spacing",
        "rotate",
        "clip-path",
        "clip-rule",
        "marker-start",
        "marker-mid",
        "marker-end",
        "markerWidth",
        "markerHeight",
        "markerUnits",
        "refX",
        "refY",
        "orient",
        "gradientUnits",
        "gradientTransform",
        "stop-color",
        "stop-opacity",
        "vector-effect",
        "paint-order",
        "textLength",
        "lengthAdjust",
    ]
)
STYLE_PROPERTIES = ATTRIBUTES | {"text-align", "font"}
# No `url()`, no quoting, no escapes: what a colour, a length or a list of numbers needs.
PLAIN_VALUE = re.compile(r"[\w\s#.,%+\-()/]*")
FUNCTION = re.compile(r"([\w-]*)\(")
FUNCTIONS = frozenset(
    ["var", "rgb", "rgba", "hsl", "hsla", "calc", "matrix", "translate", "scale", "rotate", "skewX", "skewY"]
)
LOCAL_URL = re.compile(r"url\(\s*['\"]?#([\w.-]+)['\"]?\s*\)")
NAME = re.compile(r"[\w.-]+")
# The classes RDKit gives to the atoms and bonds of a drawing; any other could borrow the page's own styles.
DRAWING_CLASS = re.compile(r"(?:atom|bond|note|legend|molecule|highlight)(?:-[\w-]+)?")


class _NotADrawing(Exception):
    """The text is no SVG that may be shown."""


def drawing_html(view: Mapping[str, Any]) -> str:
    """An ``Svg`` view as a figure; a text that is no safe SVG becomes a sentence."""
    title, caption = str(view.get("title", "")), str(view.get("caption", ""))
    try:
        body = safe_svg(str(view["svg"]), title)
    except _NotADrawing as problem:
        body = f'<p class="unshown">This drawing cannot be shown: {escape(problem)}.</p>'
    legend = "".join(
        f'<li><span class="mark mark-{index % COLOURS}"></span>{notation_html(str(text))}</li>'
        for index, text in enumerate(view.get("legend") or ())
    )
    return figure(
        "molecule",
        body + (f'<ul class="marks">{legend}</ul>' if legend else ""),
        title,
        caption,
        show_title=not caption,
    )


def safe_svg(svg: str, label: str) -> str:
    """``svg`` with only drawing elements and attributes left, ids of its own, and ``label`` for a screen reader."""
    if len(svg) > MOST_CHARACTERS:
        raise _NotADrawing("it is larger than 4 million characters")
    # Entities are the one way in which a small XML text becomes a large one or reads a file: refuse all declarations.
    if re.search(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", svg, re.IGNORECASE):
        raise _NotADrawing("it declares a document type")
    try:
        # Without its declaration: a str has no encoding any more.
        root = ElementTree.fromstring(re.sub(r"\A\s*<\?xml[^>]*\?>\s*", "", svg))
    except (ElementTree.ParseError, ValueError):
        raise _NotADrawing("it is not well-formed SVG") from None
    if _local(root.tag) != "svg":
        raise _NotADrawing("its outer element is not <svg>")
    prefix = "d" + hashlib.sha256(svg.encode("utf-8", "replace")).hexdigest()[:10] + "-"
    _give_viewbox(root)
    extra = f' role="img" aria-label="{escape(label)}"'
    return _element(root, prefix, extra, 0)


def _local(tag: object) -> str:
    """A tag without its namespace; comments and instructions (whose tag is a function) have none."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _give_viewbox(root: ElementTree.Element) -> None:
    """Without a ``viewBox`` a drawing is cut off instead of scaled on a narrow page."""
    sizes = [re.fullmatch(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*", root.get(side, "")) for side in ("width", "height")]
    if root.get("viewBox") is None and sizes[0] and sizes[1]:
        root.set("viewBox", f"0 0 {sizes[0][1]} {sizes[1][1]}")


def _element(element: ElementTree.Element, prefix: str, extra: str, depth: int) -> str:
    if depth > DEEPEST:
        raise _NotADrawing("its elements are nested too deeply")
    tag = _local(element.tag)
    attributes = "".join(_attribute(_local(name), value, prefix, tag) for name, value in element.attrib.items())
    parts = [f"<{tag}{attributes}{extra}>", escape(element.text or "")]
    for child in element:
        if _local(child.tag) in ELEMENTS:
            parts.append(_element(child, prefix, "", depth + 1))
        parts.append(escape(child.tail or ""))
    return "".join(parts) + f"</{tag}>"


def _attribute(name: str, value: str, prefix: str, tag: str) -> str:
    if name == "id":
        kept = prefix + value if NAME.fullmatch(value) else ""
    elif name == "class":
        kept = " ".join(word for word in value.split() if DRAWING_CLASS.fullmatch(word))
    elif name == "href":
        kept = f"#{prefix}{value[1:]}" if tag == "use" and re.fullmatch(r"#[\w.-]+", value) else ""
    elif name == "style":
        kept = _style(value, prefix)
    elif name in ATTRIBUTES:
        kept = _value(value, prefix)
    else:
        kept = ""
    return f' {name}="{escape(kept)}"' if kept else ""


def _style(style: str, prefix: str) -> str:
    kept = []
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), _value(value.strip(), prefix)
        if value and name in STYLE_PROPERTIES:
            kept.append(f"{name}:{value}")
    return ";".join(kept)


def _value(value: str, prefix: str) -> str:
    """``value`` where it can neither load nor run anything, else an empty string."""
    local = LOCAL_URL.fullmatch(value.strip())
    if local:
        return f"url(#{prefix}{local[1]})"
    if PLAIN_VALUE.fullmatch(value) and FUNCTIONS.issuperset(FUNCTION.findall(value)):
        return value
    return ""
