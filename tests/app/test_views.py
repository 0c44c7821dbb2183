"""Tool views as HTML: everything from a tool or a file is text, whatever it says."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.views import view_html
from tools.outputs import AlignmentView, Chain3D, Feature, Plot, SequenceView, Series, Structure3D, Svg, Table, Text

# The classes of attack in OWASP's cross-site scripting filter evasion cheat sheet.
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style></textarea><svg onload=alert(1)>",
    "</iframe><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "javascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u2028</ScRiPt\t>\u2029",
)


class _Reader(HTMLParser):
    """What a browser would see: the elements and their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def assert_harmless(fragment: str) -> None:
    for tag, attributes in _Reader(fragment).elements:
        assert tag not in {"script", "img", "object", "embed", "form", "link", "style", "foreignobject", "a"}, fragment
        for name, value in attributes.items():
            assert not name.startswith("on"), fragment
            assert (
                "javascript:" not in (value or "")
                or name in {"title", "aria-label", "srcdoc"}
                or name.startswith("data-")
            ), fragment
        if tag == "iframe":
            assert attributes["sandbox"] == "allow-scripts allow-downloads"
            scripts = [one for one in _Reader(attributes["srcdoc"] or "").elements if one[0] == "script"]
            assert len(scripts) == 3, "the contents, the library, and ours"


def views_saying(text: str) -> list[dict[str, object]]:
    """One of each view, with ``text`` wherever a tool may put text."""
    return [
        Svg(svg=f"<svg><text>{html.escape(text)}</text></svg>", title=text, caption=text),
        Svg(svg=text, title=text),
        Structure3D(format="xyz", models=(text,), labels=(text,), title=text, caption=text),
        Structure3D(
            format="pdb",
            models=(text,),
            title=text,
            chains=(Chain3D(name=text, kind=text, residues=(text,), secondary=text, ligands=(text,)),),
            secondary_source=text,
            conformations={text: text},
        ),
        Plot(
            title=text,
            style="gel",
            x_label=text,
            y_label=text,
            x_names=(text,),
            series=(Series(name=text, x=(1.0,), y=(2.0,), labels=(text,)),),
        ),
        Table(title=text, columns=(text, text), rows=((text, 1.5), (None, text)), units=(text, text)),
        Plot(title=text, x_label=text, y_label=text, series=(Series(name=text, x=(1.0,), y=(2.0,)),), caption=text),
        SequenceView(
            alphabet="dna", residues=text, title=text, features=(Feature(name=text, start=1, end=4, protein=text),)
        ),
        AlignmentView(
            alphabet="dna",
            names=(text,),
            rows=(text,),
            starts=(1,),
            marks=text,
            title=text,
            legend=text,
            consensus=text,
        ),
        Text(text=text, title=text),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_every_view(text: str) -> None:
    for view in views_saying(text):
        assert_harmless(view_html(view.model_dump()))


PIECES = st.sampled_from(
    ["<script", ">", '"', "'", "</", "<!--", "-->", "&", "svg", " onload=", "`", "]]>", "\n", "C=C"]
)


@given(st.lists(PIECES | st.text(max_size=5), max_size=12).map("".join))
def test_no_text_whatever_opens_a_script(text: str) -> None:
    for view in views_saying(text):
        fragment = view_html(view.model_dump(), source=text)
        assert "<script" not in fragment.lower()
        assert_harmless(fragment)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><img src='x'/></body></foreignObject>",
        "<a href='javascript:alert(1)'><text>x</text></a>",
        "<image href='http://example.org/x.png'/>",
        "<use href='http://example.org/x.svg#a'/>",
        "<use xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='data:image/svg+xml,x'/>",
        "<path onclick='alert(1)' d='M0 0'/>",
        "<path style='fill:url(http://example.org/x)' d='M0 0'/>",
        "<path fill='url(//example.org/x)' d='M0 0'/>",
        "<path style='position:fixed;fill:red' d='M0 0'/>",
        "<style>*{background:url(http://example.org)}</style>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<set attributeName='onmouseover' to='alert(1)'/>",
    ],
)
def test_what_a_drawing_could_run_or_load_is_gone_and_the_drawing_stays(inside: str) -> None:
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>{inside}<circle r='2'/></svg>"
    shown = view_html(Svg(svg=svg, title="drawing").model_dump())
    assert_harmless(shown)
    assert '<circle r="2">' in shown
    for gone in ("example.org", "position", "alert", "data:"):
        assert gone not in shown


def test_a_drawing_that_declares_entities_is_refused_in_a_sentence() -> None:
    svg = '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>'
    shown = view_html(Svg(svg=svg, title="x").model_dump())
    assert "cannot be shown: it declares a document type" in shown and "<svg" not in shown


def test_a_gradient_is_still_found_by_its_new_name_and_variables_keep_their_names() -> None:
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg'><defs><linearGradient id='g'/></defs>"
        "<path fill='url(#g)' d='M0,0' style='stroke:var(--atom-o);stroke-width:2px'/></svg>"
    )
    shown = view_html(Svg(svg=svg, title="x").model_dump())
    name = re.search(r'linearGradient id="([^"]+)"', shown)
    assert name and name[1] != "g" and f'fill="url(#{name[1]})"' in shown
    assert 'style="stroke:var(--atom-o);stroke-width:2px"' in shown


def test_an_rdkit_drawing_of_aspirin_keeps_all_its_bonds() -> None:
    chem, draw = pytest.importorskip("rdkit.Chem"), pytest.importorskip("rdkit.Chem.Draw.rdMolDraw2D")
    drawer = draw.MolDraw2DSVG(300, 200)
    drawer.DrawMolecule(chem.MolFromSmiles("CC(=O)Oc1ccccc1C(=O)O"))
    drawer.FinishDrawing()
    shown = view_html(Svg(svg=drawer.GetDrawingText(), title="Aspirin").model_dump())
    # 13 heavy atoms and one ring are 13 bonds.
    assert {int(n) for n in re.findall(r"\bbond-(\d+)", shown)} == set(range(13))
    assert 'role="img" aria-label="Aspirin"' in shown and "viewBox" in shown


def test_a_table_has_units_in_its_head_numbers_to_sort_by_and_says_what_it_leaves_out() -> None:
    rows = tuple(("ethanol", 46.069) for _ in range(501))
    shown = view_html(Table(title="Masses", columns=("name", "mass"), rows=rows, units=("", "g/mol")).model_dump())
    assert 'mass <span class="unit">g/mol</span>' in shown
    assert '<td class="number" data-value="46.069">46.069</td>' in shown
    assert shown.count("<tr>") == 501 and "The first 500 of 501 rows are shown." in shown


def test_infinities_become_gaps_that_a_frame_can_read() -> None:
    series = Series(name="y", x=(1.0, 2.0), y=(float("nan"), float("inf")))
    shown = view_html(Plot(title="t", x_label="x", y_label="y", series=(series,)).model_dump())
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', shown)[1])  # type: ignore[index]
    contents = json.loads(re.search(r'id="contents">(.*?)</script>', page)[1])  # type: ignore[index]
    assert contents["series"][0]["y"] == [None, None]


def test_measured_points_stand_beside_a_fitted_line() -> None:
    points = Series(name="points", x=(1.0, 2.0), y=(1.0, 2.0), style="points")
    line = Series(name="fit", x=(1.0, 2.0), y=(1.0, 2.0))
    shown = view_html(Plot(title="t", x_label="x", y_label="y", series=(points, line)).model_dump())
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', shown)[1])  # type: ignore[index]
    contents = json.loads(re.search(r'id="contents">(.*?)</script>', page)[1])  # type: ignore[index]
    assert [series["style"] for series in contents["series"]] == ["points", "line"]


def test_a_drawings_legend_names_its_colours_and_is_escaped():
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><title>x</title></svg>"
    html = view_html({"kind": "svg", "svg": svg, "title": "x", "legend": ["ester", "<b>amide"]})
    assert '<span class="mark mark-0"></span>ester' in html
    assert '<span class="mark mark-1"></span>&lt;b&gt;amide' in html


def test_lines_keep_their_blanks_and_the_empty_first_line_that_html_would_swallow():
    molfile = "\n     RDKit          2D\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n"
    shown = view_html(Text(text=molfile, title="methane & more").model_dump())
    opened = shown.index(">", shown.index("<pre")) + 1
    assert shown[opened : shown.index("</pre>")] == "\n" + molfile
    assert 'aria-label="methane &amp; more"' in shown
    assert "<figcaption>" in shown


def _contents(shown: str) -> dict[str, Any]:
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', shown)[1])  # type: ignore[index]
    return json.loads(re.search(r'id="contents">(.*?)</script>', page)[1])  # type: ignore[index]


def test_the_bands_of_a_gel_are_a_table_of_lanes_and_lengths() -> None:
    lanes = (Series(name="ladder", x=(1.0, 1.0), y=(1000.0, 500.0)), Series(name="EcoRI", x=(2.0,), y=(2686.0,)))
    plot = Plot(
        title="Gel", style="gel", x_label="lane", y_label="length (bp)", x_names=("ladder", "EcoRI"), series=lanes
    )
    shown = view_html(plot.model_dump())
    assert shown.startswith('<figure class="view plot gel">') and "The 3 points as numbers" in shown
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", shown)
    assert cells == ["ladder", "1000", "ladder", "500", "EcoRI", "2686"]


def test_a_source_is_the_name_of_a_file_and_never_its_text() -> None:
    view = Structure3D(format="pdb", models=("",), title="t", chains=(Chain3D(name="A"),)).model_dump()
    assert _contents(view_html(view, source="file_1"))["source"] == "file_1"
    assert _contents(view_html(view, source="ATOM\nATOM"))["source"] == ""
    assert _contents(view_html(view, source="ATOM" * 100))["source"] == ""


def test_the_viewers_own_scripts_are_whole_and_close_no_element() -> None:
    shown = view_html(Structure3D(format="sdf", models=("",), title="t").model_dump())
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', shown)[1])  # type: ignore[index]
    assert not re.search(r"@[A-Z]+@", page)
    assert page.lower().count("</script") == 3
