"""Drawn structures read by OSRA: drugs drawn here in five styles and four sizes, and pictures that hold no structure.

The right answer is the SMILES that was drawn (``bench/drugs.tsv``, approved drugs), without stereo, which is OSRA's weak side.
How much a heteroatom counts in a vote (``osra.HETEROATOM``) was chosen on these drawings.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from PIL import ImageDraw, ImageFont, ImageOps
from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

from errors import ToolInputError
from tools.chemistry import osra
from tools.chemistry.picture_contents import kind_of
from tools.chemistry.structure_image import read_structure_image
from tools.inputs.pictures import open_picture

DRUGS = Path(__file__).parents[2] / "bench" / "drugs.tsv"
SIZES = ((400, 300), (500, 400), (600, 450), (700, 500))
needs_osra = pytest.mark.skipif(shutil.which("osra") is None, reason="OSRA is not installed: apt install osra")


def _drugs(most: int) -> list[str]:
    with DRUGS.open(encoding="utf-8", newline="") as file:
        rows = [row["smiles"] for row in csv.DictReader(file, delimiter="\t")]
    return [one for one in rows if "." not in one and 8 <= Chem.MolFromSmiles(one).GetNumHeavyAtoms() <= 30][:most]


def _drawn(smiles: str, number: int, path: Path) -> Path:
    """Black, coloured, bold, turned and as a journal prints it, by number, each in four sizes."""
    mol = Chem.MolFromSmiles(smiles)
    rdDepictor.Compute2DCoords(mol)
    style, (width, height) = number % 5, SIZES[number // 5 % 4]
    if style == 4:  # the proportions of the ACS 1996 style, enlarged
        scale = (2.0, 2.5, 3.0, 4.0)[number // 5 % 4]
        drawer = rdMolDraw2D.MolDraw2DCairo(-1, -1)
        options = drawer.drawOptions()
        options.fixedBondLength, options.scalingFactor = 14.4 * scale, 14.4 * scale / 1.5
        options.bondLineWidth, options.fixedFontSize = 0.6 * scale, int(7.5 * scale)
        options.multipleBondOffset = 0.18
    else:
        drawer = rdMolDraw2D.MolDraw2DCairo(width, height)
        options = drawer.drawOptions()
        options.bondLineWidth = 3 if style == 2 else 2
        options.rotate = 30 if style == 3 else 0
    if style != 1:
        options.useBWAtomPalette()
    rdMolDraw2D.PrepareAndDrawMolecule(drawer, mol)
    drawer.FinishDrawing()
    path.write_bytes(drawer.GetDrawingText())
    return path


def _flat(smiles: str) -> str:
    mol = Chem.MolFromSmiles(smiles)
    Chem.RemoveStereochemistry(mol)
    return Chem.MolToSmiles(mol)


@needs_osra
def test_nine_of_ten_of_a_hundred_drawings_are_read_right_and_what_readings_agree_on_hardly_ever_wrong(tmp_path):
    drugs = _drugs(100)
    assert len(drugs) == 100
    right, sure, surely_wrong = 0, 0, []
    for number, smiles in enumerate(drugs):
        try:
            output = read_structure_image(str(_drawn(smiles, number, tmp_path / f"{number}.png")))
        except ToolInputError:
            continue
        read = [_flat(one["smiles"]) for one in output.data["structures"]]
        right += read == [_flat(smiles)]
        if output.data["structures"][0]["confidence"] == "high":
            sure += 1
            surely_wrong += [smiles] * (read != [_flat(smiles)])
    assert right >= 90
    assert len(surely_wrong) <= 0.05 * sure, surely_wrong


def _photograph(path: Path) -> Path:
    """Smooth colours with noise, as a landscape has them."""
    rows, columns = np.mgrid[0:400, 0:600]
    noise = np.random.default_rng(1).normal(0, 18, (400, 600, 3))
    shades = np.stack((columns / 3, rows / 2, 128 + 90 * np.sin(columns / 60) * np.cos(rows / 45)), axis=-1)
    PIL.Image.fromarray(np.clip(shades + noise, 0, 255).astype(np.uint8)).save(path)
    return path


def _page_of_text(path: Path, size: int = 16) -> Path:
    page = PIL.Image.new("RGB", (700, 500), "white")
    words = "The crude product was taken up in ethyl acetate and washed with brine. After drying over\n"
    ImageDraw.Draw(page).multiline_text((20, 20), words * 18, fill="black", font=ImageFont.load_default(size))
    page.save(path)
    return path


def _scheme(path: Path) -> Path:
    page = PIL.Image.new("RGB", (1000, 320), "white")
    for x, smiles in ((0, "OC(=O)c1ccccc1Br"), (600, "COC(=O)c1ccccc1Br")):
        drawn = PIL.Image.open(_drawn(smiles, 0, path.with_suffix(".part.png")))
        page.paste(drawn, (x, 10))
    pen = ImageDraw.Draw(page)
    pen.line((430, 160, 570, 160), fill="black", width=3)
    pen.polygon([(570, 160), (550, 152), (550, 168)], fill="black")
    page.save(path)
    return path


@needs_osra
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: PIL.Image.new("RGB", (400, 300), "white").save(path), "is empty"),
        (_photograph, "looks like a photograph"),
        (_page_of_text, "looks like a page of text"),
        (lambda path: _page_of_text(path, 30), "looks like a page of text"),
        (_scheme, "a reaction scheme is not read"),
        (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n and then nothing"), "is not a whole picture"),
        (lambda path: path.write_text("CCO"), "is not a whole picture"),
    ],
    ids=["empty", "photograph", "text", "large text", "scheme", "broken", "no picture"],
)
def test_what_holds_no_structure_gets_a_sentence_and_no_molecule(tmp_path, make, words):
    make(tmp_path / "a.png")
    with pytest.raises(ToolInputError, match=words):
        read_structure_image(str(tmp_path / "a.png"))


@needs_osra
def test_two_structures_are_read_with_their_places_from_left_to_right(tmp_path):
    page = PIL.Image.new("RGB", (900, 320), "white")
    for x, smiles in ((0, "CC(=O)Nc1ccc(O)cc1"), (480, "CC(C)Cc1ccc(cc1)C(C)C(=O)O")):
        page.paste(PIL.Image.open(_drawn(smiles, 0, tmp_path / "part.png")), (x, 10))
    page.save(tmp_path / "a.png")
    output = read_structure_image(str(tmp_path / "a.png"))
    assert [one["smiles"] for one in output.data["structures"]] == [
        Chem.CanonSmiles("CC(=O)Nc1ccc(O)cc1"),
        Chem.CanonSmiles("CC(C)Cc1ccc(cc1)C(C)C(=O)O"),
    ]
    left, right = (one["box_px"] for one in output.data["structures"])
    assert left[2] < 450 < right[0]
    assert output.data["needs_confirmation"] is True
    assert [view.kind for view in output.views] == ["svg", "svg", "table"]
    assert any("About one drawing in ten is misread" in note for note in output.notes)


@needs_osra
def test_a_page_in_dark_mode_and_a_transparent_drawing_are_read_as_well(tmp_path):
    drawn = PIL.Image.open(_drawn("CC(=O)Nc1ccc(O)cc1", 0, tmp_path / "a.png")).convert("L")
    ImageOps.invert(drawn).save(tmp_path / "dark.png")
    clear = PIL.Image.new("RGBA", drawn.size, (0, 0, 0, 0))
    clear.putalpha(ImageOps.invert(drawn))
    clear.save(tmp_path / "clear.png")
    for name in ("dark.png", "clear.png"):
        output = read_structure_image(str(tmp_path / name))
        assert output.data["smiles"] == Chem.CanonSmiles("CC(=O)Nc1ccc(O)cc1")


def test_without_osra_a_sentence_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setattr(osra.shutil, "which", lambda program: None)
    with pytest.raises(ToolInputError, match="apt install osra"):
        read_structure_image(str(tmp_path / "a.png"))


def test_a_drawing_is_told_from_text_whatever_its_letters(tmp_path):
    drawn = open_picture(str(_drawn("OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O", 0, tmp_path / "a.png")))
    assert kind_of(np.asarray(drawn.grey)) == "drawing"
    assert kind_of(np.asarray(open_picture(str(_page_of_text(tmp_path / "b.png"))).grey)) == "text"
