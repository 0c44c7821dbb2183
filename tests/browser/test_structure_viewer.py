"""The structure viewer in a real Chromium: entries of the Protein Data Bank, drawn, coloured, picked and asked about."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from app.ui.views import view_html
from tests.browser.sites import bare_page, site_of
from tests.tools.test_structure_report import CAPSID, CRO, ECHINOMYCIN, LAC, helix, text_of
from tools.biology.structures import structure_report

HOSTILE = '<img src=x onerror="top.hit=1">'


def viewed(file: str, select: str = "") -> dict[str, Any]:
    return structure_report(file, select).views[0].model_dump()


def trace(text: str) -> str:
    """Alpha carbons and phosphorus alone."""
    return "\n".join(line for line in text.splitlines() if line[:4] != "ATOM" or line[12:16].strip() in ("CA", "P"))


def predicted(text: str) -> str:
    """The entry as if AlphaFold had made it: its alpha carbons' pLDDT is 90.5, 90, 70, 69.9, 50 and 49.9 in turn."""
    lines = []
    for line in text.splitlines():
        if line.startswith("ATOM  "):
            value = (90.5, 90.0, 70.0, 69.9, 50.0, 49.9)[int(line[22:26]) % 6]
            lines.append(f"{line[:60]}{value:6.2f}{line[66:]}")
    return "\n".join(["TITLE     ALPHAFOLD MONOMER V2.0 PREDICTION", *lines, "END", ""])


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    renamed = text_of(LAC).replace("STRUCTURE OF THE COMPLEX", HOSTILE.upper()[:20])
    evil = viewed(renamed)
    evil["title"] = HOSTILE
    for chain in evil["chains"]:
        chain["kind"] = HOSTILE
    views = [viewed(CRO), viewed(LAC), viewed(ECHINOMYCIN), viewed(predicted(text_of(CAPSID))), evil,
             viewed(helix(30, without=(12, 13, 14))), viewed(ECHINOMYCIN, "QUI B 9"), viewed(trace(text_of(LAC)))]  # fmt: skip
    sources = ["file_1", "file_2", "", "file_4", HOSTILE * 5, "", "file_7", "file_8"]
    pages = [bare_page(view_html(view, source=source)) for view, source in zip(views, sources, strict=True)]
    with site_of(lambda number: pages[int(number)]) as url:
        yield url


def opened(browser: Any, site: str, number: int) -> tuple[Any, Any, list[str]]:
    page = browser.new_page(viewport={"width": 900, "height": 900})
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{site}/page/{number}")
    frame = page.frames[1]
    frame.wait_for_selector("html[data-state]", timeout=30_000)
    assert frame.locator("html").get_attribute("data-state") == "ready", said
    return page, frame, said


def atoms(frame: Any, condition: str, wanted: str) -> list[Any]:
    return frame.evaluate(f"viewer.getModel().selectedAtoms({{}}).filter((a) => {condition}).map((a) => {wanted})")


def choose(frame: Any, text: str) -> str:
    frame.locator("#goto").fill(text)
    frame.locator("#goto").press("Enter")
    return frame.locator("#measured").text_content()


def test_chains_have_colours_of_their_own_and_a_legend(site: str, browser) -> None:
    page, frame, said = opened(browser, site, 1)
    assert frame.locator("#legend").inner_text().split("\n") == ["B DNA", "C DNA", "A protein"]
    colours = {chain: set(atoms(frame, f"a.chain === '{chain}' && !a.hetflag", "a.color")) for chain in "ABC"}
    assert all(len(one) == 1 for one in colours.values())
    assert len(set.union(*colours.values())) == 3
    assert [line for line in said if "favicon" not in line and "404" not in line] == []
    page.close()


def test_conformations_insertion_codes_and_residues_are_those_of_the_file(site: str, browser) -> None:
    # 1ORC: GLN 27 has conformations A and B; five residues were inserted after 56 (56A to 56E); MET 1 and GLU 2 were not seen
    page, frame, _ = opened(browser, site, 0)
    side_chain = atoms(frame, "a.residue.number === '27' && a.residue.part === 'polymer'", "a.atom")
    assert sorted(side_chain) == ["C", "CA", "CB", "CD", "CG", "N", "NE2", "O", "OE1"]
    assert choose(frame, "A:27") == "GLN 27, chain A · conformation A of A, B"
    assert choose(frame, "56c") == choose(frame, "A 56C") == "GLU 56C, chain A"
    assert "is no residue" in choose(frame, "A:1")
    # 1PFE, mmCIF: atoms of nucleotides have names with quotes, and DG 1 is fuller in conformation B
    page, frame, _ = opened(browser, site, 2)
    assert atoms(frame, "a.residue.number === '1' && a.chain === 'A' && a.atom === \"C4'\"", "a.z") == [19.329]
    assert choose(frame, "QUI") == "QUI 0, chain B · the first of 2"
    page.close()


def test_helices_and_strands_are_drawn_where_the_entry_lists_them(site: str, browser) -> None:
    # HELIX and SHEET records of 1ORC
    page, frame, _ = opened(browser, site, 0)
    letters = dict(atoms(frame, "a.atom === 'CA'", "[a.residue.number, a.ss]"))
    assert {letters[str(number)] for number in (*range(7, 15), *range(16, 24), *range(27, 36))} == {"h"}
    assert {letters[str(number)] for number in (*range(39, 45), *range(50, 56))} == {"s"}
    frame.locator("#colour").select_option("secondary")
    assert frame.locator("#legend").inner_text().split("\n") == ["helix", "strand", "neither", "as the file lists it"]
    page.close()


def test_waters_are_hidden_until_they_are_wanted(site: str, browser) -> None:
    page, frame, _ = opened(browser, site, 0)
    shown = "viewer.getModel().selectedAtoms({}).filter((a) => a.residue.part === 'water' && Object.keys(a.style).length).length"
    assert frame.evaluate(shown) == 0
    frame.locator("#waters").click()
    assert frame.evaluate(shown) == 57  # HOH of 1ORC, of which two have two conformations
    page.close()


def test_b_factors_have_a_legend_in_numbers_and_are_no_plddt(site: str, browser) -> None:
    import gemmi

    page, frame, _ = opened(browser, site, 0)
    assert frame.locator("#colour option").all_text_contents() == [
        "chain",
        "secondary structure",
        "along the chain",
        "B factor",
    ]
    frame.locator("#colour").select_option("b")
    polymer = gemmi.read_pdb_string(text_of(CRO))[0][0].get_polymer()
    values = [atom.b_iso for residue in polymer for atom in residue if atom.altloc in ("\0", "A")]
    told = frame.locator("#legend").inner_text()
    assert told.split("\n")[:2] == [
        f"{min(values):.1f}" if min(values) < 10 else f"{min(values):.0f}",
        f"{max(values):.0f} Å²",
    ]
    page.close()


def test_a_predicted_model_shows_plddt_in_alphafolds_bands_from_the_start(site: str, browser) -> None:
    page, frame, _ = opened(browser, site, 3)
    assert frame.locator("#colour").input_value() == "b"
    assert "B factor" not in frame.locator("#colour").inner_text()
    assert frame.locator("#legend").inner_text().split("\n") == [
        "very high (> 90)", "confident (70–90)", "low (50–70)", "very low (< 50)",
    ]  # fmt: skip
    bands = dict(atoms(frame, "a.atom === 'CA'", "[a.b, a.color.toString(16).padStart(6, '0')]"))
    # the colours of the AlphaFold database
    assert bands == {90.5: "0053d6", 90: "65cbf3", 70: "65cbf3", 69.9: "ffdb13", 50: "ffdb13", 49.9: "ff7d45"} or bands == {
        "90.5": "0053d6", "90": "65cbf3", "70": "65cbf3", "69.9": "ffdb13", "50": "ffdb13", "49.9": "ff7d45",
    }  # fmt: skip
    page.close()


def test_a_click_names_a_residue_and_its_question_goes_into_the_composer(site: str, browser) -> None:
    page, frame, said = opened(browser, site, 1)
    assert frame.locator("#ask").is_hidden()
    outer = page.locator("iframe").bounding_box()
    # turned until the alpha carbon of ARG 22 is in front
    place = frame.evaluate(
        """() => { for (let turn = 0; turn < 24; turn += 1) {
          const all = viewer.getModel().selectedAtoms({ atom: ['CA', 'P'] });
          const wanted = all.find((a) => a.chain === 'A' && a.residue.number === '22'), at = viewer.modelToScreen(wanted);
          if (all.every((a) => a === wanted || Math.hypot(viewer.modelToScreen(a).x - at.x, viewer.modelToScreen(a).y - at.y) > 12)) return at;
          viewer.rotate(15, 'y'); viewer.render(); } }"""
    )
    page.mouse.click(outer["x"] + place["x"], outer["y"] + place["y"])
    named = frame.locator("#measured").text_content()
    assert named.endswith((", chain A", ", chain B", ", chain C"))
    residue, chain = named.split(", chain ")
    frame.locator("#ask").click()
    page.wait_for_function("window.composed")
    name, number = residue.split()
    assert page.evaluate("window.composed") == f"What is around {name} {chain} {number} in file_2?"
    assert [line for line in said if "favicon" not in line and "404" not in line] == []
    page.close()


def test_residues_are_reached_by_the_keyboard_in_every_way_of_writing_them(site: str, browser) -> None:
    page, frame, _ = opened(browser, site, 1)
    for text in ("A:22", "ARG A 22", "a 22", "A/22", "ARG22", "arg:22"):
        assert choose(frame, text).startswith("ARG 22, chain A"), text
    assert choose(frame, "NA") == "NA 12, chain C"
    assert choose(frame, "A") == "Chain A, protein, 51 residues."
    assert choose(frame, "<b>Z</b>") == "“<b>Z</b>” is no residue, ligand or chain of it; its chains are B, C, A."
    choose(frame, "A:22")
    frame.locator("#next").click()
    assert frame.locator("#label").text_content() == "2 of 3 · model 2"
    assert frame.locator("#measured").text_content() == "ARG 22, chain A"
    page.close()


def test_a_gap_is_dashed_and_residues_beside_it_are_not_joined(site: str, browser) -> None:
    page, frame, _ = opened(browser, site, 5)
    assert "1 gap inside the chains, dashed" in page.locator("figcaption").inner_text()
    before, after = atoms(frame, "a.atom === 'CA' && ['11', '15'].includes(a.residue.number)", "[a.resi, a.reschain]")
    assert after[0] - before[0] > 1 and after[1] != before[1]
    assert frame.evaluate("viewer.shapes.filter(Boolean).length") == 1
    page.close()


def test_measuring_is_a_mode_in_which_clicks_choose_nothing(site: str, browser) -> None:
    page, frame, _ = opened(browser, site, 0)
    choose(frame, "A:27")
    frame.locator("#measure").click()
    assert "Click two atoms" in frame.locator("#measured").text_content()
    assert frame.locator("#ask").is_hidden()
    frame.locator("#measure").click()
    assert frame.locator("#measured").text_content().startswith("GLN 27")
    page.close()


def test_a_surface_is_drawn_chain_by_chain_and_called_off(site: str, browser) -> None:
    page, frame, said = opened(browser, site, 1)
    frame.locator("#surface").click()
    frame.wait_for_function(
        "Object.keys(viewer.surfaces || {}).length === 3 || document.getElementById('measured').textContent.startsWith('Click')",
        timeout=60_000,
    )
    assert frame.locator("#surface").get_attribute("aria-pressed") == "true"
    frame.locator("#surface").click()
    assert frame.locator("#measured").text_content().startswith("Click a residue")
    assert [line for line in said if "favicon" not in line and "404" not in line] == []
    page.close()


def test_what_a_file_says_is_text_and_a_long_source_is_no_name(site: str, browser) -> None:
    page, frame, _ = opened(browser, site, 4)
    choose(frame, "NA")
    frame.locator("#ask").click()
    page.wait_for_function("window.composed")
    assert page.evaluate("window.composed") == f"What is around NA C 12 in {HOSTILE}?"
    assert frame.locator("img").count() == 0 and page.evaluate("window.hit") is None
    page.close()


def test_only_a_viewer_of_the_page_may_propose_a_question_and_a_short_one(site: str, browser) -> None:
    page, frame, _ = opened(browser, site, 0)
    page.evaluate("window.postMessage({ retortAsk: 'from the page itself' }, '*')")
    page.evaluate(
        """() => { const other = document.createElement('iframe');
        other.srcdoc = "<script>parent.postMessage({ retortAsk: 'from another frame' }, '*')</" + "script>";
        document.body.append(other); }"""
    )
    page.wait_for_timeout(400)
    assert page.evaluate("window.composed") is None
    frame.evaluate("parent.postMessage({ retortAsk: { toString: 1 } }, '*')")
    frame.evaluate("parent.postMessage({ retortAsk: 'a\\n'.repeat(1000) }, '*')")
    page.wait_for_function("window.composed")
    assert page.evaluate("window.composed") == ("a " * 150)[:300]
    page.close()


def test_a_selection_that_was_asked_about_is_chosen_with_what_touches_it(site: str, browser) -> None:
    page, frame, _ = opened(browser, site, 6)
    assert frame.locator("#measured").text_content() == "QUI 9, chain B"
    sticks = set(atoms(frame, "a.residue.kind === 'DNA' && a.style.stick", "a.residue.number"))
    # 1PFE: each quinoxaline of echinomycin lies between two base pairs of the DNA (Cuesta-Seijo and Sheldrick 2005)
    assert sticks and sticks < {str(number) for number in range(1, 9)}
    page.close()


def test_models_of_alpha_carbons_and_phosphates_alone_are_tubes(site: str, browser) -> None:
    page, frame, _ = opened(browser, site, 7)
    assert set(atoms(frame, "true", "a.style.cartoon && a.style.cartoon.style")) == {"trace", None}
    assert len(atoms(frame, "a.residue.traced", "0")) == len(atoms(frame, "['CA', 'P'].includes(a.atom)", "0"))
    colours = frame.evaluate(
        "() => { viewer.render(); return new Set(Object.values(viewer.getModel().selectedAtoms({})).map((a) => a.color)).size; }"
    )
    assert colours >= 3
    page.close()


def test_a_viewer_whose_drawing_context_was_taken_gets_one_again_when_it_is_turned_to(site: str, browser) -> None:
    page, frame, said = opened(browser, site, 0)
    frame.evaluate("viewer.renderer.getContext().getExtension('WEBGL_lose_context').loseContext()")
    frame.wait_for_function("viewer.renderer.isLost()")
    page.locator("iframe").hover()
    frame.wait_for_function("!viewer.renderer.isLost()")
    assert choose(frame, "A:27").startswith("GLN 27")
    picture = Image.open(io.BytesIO(frame.locator("#scene").screenshot())).convert("RGB")
    assert len(picture.getcolors(10_000_000)) > 50
    assert [line for line in said if "favicon" not in line and "404" not in line] == []
    page.close()
