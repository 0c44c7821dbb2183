"""The views in a real Chromium: what a sandboxed frame may load and draw, and what a click on a header does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.ui.views import view_html
from tests.browser.sites import bare_page, site_of


def aspirin_conformers() -> dict[str, object]:
    from rdkit import Chem
    from rdkit.Chem import AllChem

    molecule = Chem.AddHs(Chem.MolFromSmiles("CC(=O)Oc1ccccc1C(=O)O"))
    ids = AllChem.EmbedMultipleConfs(molecule, 3, randomSeed=7)
    return {
        "kind": "structure3d",
        "format": "sdf",
        "models": [Chem.MolToMolBlock(molecule, confId=i) for i in ids],
        "labels": ["0.0 kJ/mol", "2.1 kJ/mol", "5.4 kJ/mol"],
        "style": "ballstick",
        "title": "Aspirin",
        "caption": "Three conformers (ETKDG)",
    }


def drawing() -> dict[str, object]:
    from rdkit import Chem
    from rdkit.Chem.Draw import rdMolDraw2D

    drawer = rdMolDraw2D.MolDraw2DSVG(300, 200)
    drawer.DrawMolecule(Chem.MolFromSmiles("CC(=O)Oc1ccccc1C(=O)O"))
    drawer.FinishDrawing()
    return {"kind": "svg", "svg": drawer.GetDrawingText(), "title": "Aspirin", "caption": "Aspirin, C9H8O4"}


# Average masses in g/mol and boiling points in °C: CRC Handbook of Chemistry and Physics.
TABLE = {
    "kind": "table",
    "title": "Alcohols",
    "columns": ["name", "SMILES", "mass", "boiling point"],
    "units": ["", "", "g/mol", "°C"],
    "rows": [["ethanol", "CCO", 46.069, 78.29], ["methanol", "CO", 32.042, 64.6], ["no data", "C", None, None]],
}
PLOT = {
    "kind": "plot",
    "title": "Vapour pressure of water",
    "style": "line",
    "x_label": "temperature / °C",
    "y_label": "pressure / kPa",
    "series": [{"name": "IAPWS", "x": [0, 20, 40, 60, 80, 100], "y": [0.611, 2.339, 7.385, 19.95, 47.41, 101.42]}],
}
# Human insulin, UniProt P01308.
SEQUENCE = {
    "kind": "sequence",
    "alphabet": "protein",
    "title": "Insulin",
    "residues": "MALWMRLLPLLALLALWGPDPAAAFVNQHLCGSHLVEALYLVCGERGFFYTPKTRREAEDLQVGQVELGG"
    "GPGAGSLQPLALEGSLQKRGIVEQCCTSICSLYQLENYCN",
    "features": [{"name": "signal", "start": 1, "end": 24}, {"name": "B chain", "start": 25, "end": 54}],
}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    views = [drawing(), TABLE, SEQUENCE, aspirin_conformers(), PLOT]
    body = "".join(view_html(view) for view in views)
    style = "body{margin:1rem auto;max-width:46rem;padding:0 12px;background:var(--view-paper);font:16px serif}"

    def page(theme: str) -> str:
        return (
            f"<!doctype html><meta name=viewport content='width=device-width'><link rel=stylesheet href=/own/views.css>"
            f"<style>{style}</style><body class='{theme}'>{body}<script src=/own/views.js></script>"
        )

    with site_of(page) as url:
        yield url


@pytest.mark.parametrize(("dark", "width"), [(0, 900), (1, 900), (0, 390)])
def test_every_view_draws_under_the_pages_policy_and_nothing_is_wider_than_the_page(
    site: str, browser, tmp_path: Path, dark: int, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 1700})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{site}/page/{'dark' if dark else 'light'}")
    for frame in page.frames[1:]:
        frame.wait_for_selector("html[data-state]", timeout=30_000)
        assert frame.locator("html").get_attribute("data-state") == "ready", said
    page.wait_for_timeout(500)
    viewer = page.frame_locator(".structure iframe")
    assert viewer.locator("canvas").count() >= 1
    colours = _colours_in(viewer.locator("#scene").screenshot())
    assert colours > 50, "an empty canvas has one colour"
    assert page.frame_locator(".plot iframe").locator("path.js-line").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [line for line in said if "favicon" not in line and "404" not in line] == []
    page.screenshot(path=str(tmp_path / f"views-{dark}-{width}.png"), full_page=True)
    page.close()


def _colours_in(png: bytes) -> int:
    import io

    from PIL import Image

    return len(Image.open(io.BytesIO(png)).convert("RGB").getcolors(10_000_000))


def test_a_header_sorts_its_column_by_number_with_gaps_last_by_click_and_by_key(site: str, browser) -> None:
    page = browser.new_page()
    page.goto(f"{site}/page/light")
    names = "[...document.querySelectorAll('.view.table tbody tr')].slice(0, 3).map(row => row.cells[0].textContent)"
    header = page.locator(".view.table th", has_text="boiling point").first
    header.locator("button").click()
    assert page.evaluate(names) == ["methanol", "ethanol", "no data"]
    assert header.get_attribute("aria-sort") == "ascending"
    header.locator("button").press("Enter")
    assert page.evaluate(names) == ["ethanol", "methanol", "no data"]
    page.close()


def test_copying_a_sequence_gives_its_letters_only(site: str, browser) -> None:
    page = browser.new_page()
    page.goto(f"{site}/page/light")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.residues'))")
    copied = page.evaluate("getSelection().toString()")
    assert "".join(copied.split()) == SEQUENCE["residues"]
    assert "\n" not in copied and " " not in copied
    page.close()


def test_the_next_button_shows_the_next_conformer_and_its_energy(site: str, browser) -> None:
    page = browser.new_page()
    page.goto(f"{site}/page/light")
    viewer = page.frame_locator(".structure iframe")
    viewer.locator("#next").click()
    assert viewer.locator("#label").text_content() == "2 of 3 · 2.1 kJ/mol"
    page.close()


def test_a_surface_draws_under_the_pages_policy(site: str, browser, tmp_path: Path) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{site}/page/light")
    viewer = page.frame_locator(".structure iframe")
    viewer.locator("#surface").click()
    page.wait_for_timeout(1500)
    assert viewer.locator("#surface").get_attribute("aria-pressed") == "true"
    assert _colours_in(viewer.locator("#scene").screenshot(path=str(tmp_path / "surface.png"))) > 50
    assert [line for line in said if "favicon" not in line and "404" not in line] == []
    page.close()


#: Turns the molecule until no atom stands before one of these, and gives their places on the screen.
TURNED = """(wanted) => {
  for (let turn = 0; turn < 60; turn += 1) {
    const places = viewer.getModel().selectedAtoms({}).map((atom) => viewer.modelToScreen(atom));
    const apart = wanted.every((i) => places.every((p, j) => i === j || Math.hypot(p.x - places[i].x, p.y - places[i].y) > 16));
    if (apart) return wanted.map((i) => places[i]);
    viewer.rotate(turn % 2 ? 20 : 15, turn % 2 ? 'y' : 'x');
    viewer.render();
  }
}"""


def test_clicked_atoms_give_distance_angle_and_torsion(site: str, browser) -> None:
    from rdkit import Chem
    from rdkit.Chem import rdMolTransforms

    conformer = Chem.MolFromMolBlock(aspirin_conformers()["models"][0], removeHs=False).GetConformer()
    page = browser.new_page(viewport={"width": 900, "height": 1700})
    page.goto(f"{site}/page/light")
    viewer = page.frame_locator(".structure iframe")
    viewer.locator("html[data-state=ready]").wait_for()
    measured = viewer.locator("#measured")
    assert "Click two atoms for their distance" in measured.text_content()
    # CC(=O)O: the torsion of the ester, which 3Dmol numbers as the file does
    expected = [
        ("C1 – C2", f"{rdMolTransforms.GetBondLength(conformer, 0, 1):.3f} Å"),
        ("C1 – C2 – O4", f"{rdMolTransforms.GetAngleDeg(conformer, 0, 1, 3):.1f}°"),
        ("C1 – C2 – O4 – C5", f"{rdMolTransforms.GetDihedralDeg(conformer, 0, 1, 3, 4):.1f}°"),
    ]
    outer = page.locator(".structure iframe").bounding_box()
    frame = page.locator(".structure iframe").element_handle().content_frame()
    first, *others = frame.evaluate(TURNED, [0, 1, 3, 4])
    page.mouse.click(outer["x"] + first["x"], outer["y"] + first["y"])
    assert measured.text_content() == "C1: click another atom"
    for place, (names, value) in zip(others, expected, strict=True):
        page.mouse.click(outer["x"] + place["x"], outer["y"] + place["y"])
        assert measured.text_content() == f"{names}: {value}"
    page.close()


def test_a_structure_spins_and_is_there_as_a_picture_and_as_a_file(site: str, browser, tmp_path: Path) -> None:
    from PIL import Image
    from rdkit import Chem

    page = browser.new_page(viewport={"width": 900, "height": 1700}, accept_downloads=True)
    page.goto(f"{site}/page/light")
    viewer = page.frame_locator(".structure iframe")
    viewer.locator("html[data-state=ready]").wait_for()
    viewer.locator("#spin").click()
    before = viewer.locator("#scene").screenshot()
    page.wait_for_timeout(600)
    assert viewer.locator("#scene").screenshot() != before
    viewer.locator("#spin").click()
    with page.expect_download() as picture:
        viewer.locator("#picture").click()
    assert picture.value.suggested_filename == "Aspirin.png"
    assert Image.open(picture.value.path()).size[0] > 100
    with page.expect_download() as file:
        viewer.get_by_role("button", name="SDF").click()
    read = list(Chem.SDMolSupplier(str(file.value.path())))
    assert [Chem.MolToSmiles(molecule) for molecule in read] == ["CC(=O)Oc1ccccc1C(=O)O"] * 3
    page.close()


def test_a_gel_has_bands_by_length_and_sticks_have_names(browser) -> None:
    from tools.biology.restriction import restriction_digest
    from tools.chemistry.isotope_pattern import isotope_pattern

    sequence = "ACGT" * 100 + "GAATTC" + "CCGA" * 200
    gel = next(view for view in restriction_digest(sequence, "EcoRI").views if view.kind == "plot")
    sticks = isotope_pattern("C6H4Br2", "M+").views[0]
    body = view_html(gel.model_dump()) + view_html(sticks.model_dump())
    with site_of(lambda _: bare_page(body)) as url:
        page = browser.new_page(viewport={"width": 900, "height": 1200})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{url}/page/0")
        for frame in page.frames[1:]:
            frame.wait_for_selector("html[data-state=ready]", timeout=30_000)
        gel_frame, stick_frame = page.frames[1:]
        bands = gel_frame.locator(".trace.scatter").nth(1).locator("path.js-line")
        heights = [
            float(re.match(r"M[\d.]+,([\d.]+)", path)[1])
            for path in bands.evaluate_all("all => all.map(one => one.getAttribute('d'))")
        ]
        assert len(heights) == 2 and heights[0] > heights[1], "401 bp runs further than 805 bp"
        assert gel_frame.locator(".xtick text").all_text_contents() == ["1 kb Plus ladder", "EcoRI"]
        assert stick_frame.locator(".annotation-text").all_text_contents() == ["M", "M+2", "M+3", "M+4"]
        assert errors == []
        page.close()
