"""The viewer of sequences in a real Chromium: what is drawn of 100,000 letters, what is selected, found, copied and asked."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from app.routing import Router
from app.ui.views import view_html, viewer_head
from tests.browser.sites import site_of
from tools.biology.multiple_alignment import align_many
from tools.biology.orfs import find_orfs
from tools.biology.restriction import restriction_digest
from tools.outputs import AlignmentView, Feature, SequenceView, View
from tools.registry import Toolbox

DRAWS = random.Random(11)
LONG = "".join(DRAWS.choice("ACGT") for _ in range(100_000))
# Human insulin, UniProt P01308, with its chains.
INSULIN = (
    "MALWMRLLPLLALLALWGPDPAAAFVNQHLCGSHLVEALYLVCGERGFFYTPKTRREAEDLQVGQVELGGGPGAGSLQPLALEGSLQKRGIVEQCCTSICSLYQLENYCN"
)
CHAINS = (
    Feature(name="signal peptide", start=1, end=24),
    Feature(name="B chain", start=25, end=54),
    Feature(name="C peptide", start=57, end=87),
    Feature(name="A chain", start=90, end=110),
)
# EcoRI (G^AATTC) and BsaI (GGTCTC(1/5)) as New England Biolabs gives them.
PLASMID = "TTCAAGGTCTCAGCTACCATGACCGAATTCTGCAACTGATAAGGGCCCATGAA"


def sequence(letters: str, **more: object) -> SequenceView:
    return SequenceView(alphabet="dna", residues=letters, title="DNA", **more)  # type: ignore[arg-type]


def many_features() -> tuple[Feature, ...]:
    starts = [DRAWS.randint(1, 99_000) for _ in range(200)]
    return tuple(
        Feature(name=f"gene {n}", start=start, end=min(100_000, start + DRAWS.randint(5, 4000)), strand=n % 2 * 2 - 1)
        for n, start in enumerate(starts)
    )


PAGES: dict[str, tuple[View, ...]] = {
    "long": (sequence(LONG, features=many_features()),),
    "insulin": (SequenceView(alphabet="protein", residues=INSULIN, title="Insulin", features=CHAINS),),
    "orfs": find_orfs(PLASMID, minimum=5).views[:1],
    "cut": tuple(v for v in restriction_digest(PLASMID, "EcoRI, BsaI", True).views if v.kind == "sequence"),
    "aligned": align_many(">one\nMKTAYIAKQRQISF\n>two\nMKTYIAKQRQISFVK\n>three\nMKTAYIAKQRQSF").views[:1],
    "hostile": (
        sequence("AC<GT", features=(Feature(name="<img src=x onerror=alert(1)>", start=1, end=4),)),
        AlignmentView(
            alphabet="dna",
            names=("<b>x", '"y'),
            rows=("A<C", "A>C"),
            starts=(1, 1),
            marks="<&>",
            title="<i>",
            legend="<u>",
        ),
    ),
}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    style = "body{margin:1rem auto;max-width:46rem;padding:0 12px;background:var(--view-paper);font:16px serif}"

    def page(name: str) -> str:
        body = "".join(view_html(view.model_dump()) for view in PAGES[name])
        return (
            "<!doctype html><meta name=viewport content='width=device-width'><link rel=stylesheet href=/own/views.css>"
            f"<style>{style}</style>{viewer_head()}"
            "<script>window.asked = []; window.retort = { compose: (text) => asked.push(text) }</script>"
            f"<body>{body}"
        )

    with site_of(page) as url:
        yield url


@pytest.fixture
def opened(site: str, context):
    """Opens one of the pages; errors of its scripts fail the test."""
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    errors: list[str] = []

    def open_page(name: str, width: int = 900):
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 1000})
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{site}/page/{name}")
        page.locator(".line").first.wait_for()
        return page

    yield open_page
    assert errors == []


def rows_of(page, line: int) -> list[str]:
    rows = page.locator(".line").nth(line).locator(".row").all_text_contents()
    return [row.replace(" ", "") for row in rows]


def drag(page, line: int, row: int, first: int, last: int) -> None:
    """Over letters (counted from 0, within the first ten) of a row of a line."""
    box = page.locator(".line").nth(line).locator(".row").nth(row).bounding_box()
    letter = page.locator(".probe").first.evaluate("(probe) => probe.getBoundingClientRect().width / 100")
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + (first + 0.5) * letter, y)
    page.mouse.down()
    page.mouse.move(box["x"] + (last + 0.5) * letter, y, steps=3)
    page.mouse.up()


def copied(page) -> str:
    page.locator(".copy").first.click()
    page.locator(".copy", has_text="Copied").first.wait_for()
    return page.evaluate("navigator.clipboard.readText()")


def asked_for(page) -> str:
    page.locator(".ask").first.click()
    return page.evaluate("asked.at(-1)")


ELEMENTS = "document.querySelector('.residues').shadowRoot.querySelectorAll('*').length"


def test_of_a_hundred_thousand_letters_only_lines_in_sight_are_elements(opened) -> None:
    page = opened("long")
    counts = [page.evaluate(ELEMENTS)]
    for place in (0.25, 0.5, 1.0):
        page.locator(".scroller").evaluate("(box, place) => { box.scrollTop = place * box.scrollHeight }", place)
        page.wait_for_timeout(200)
        counts.append(page.evaluate(ELEMENTS))
        number = int(page.locator(".line .number").first.text_content())
        columns = len(rows_of(page, 0)[0])
        assert number % columns == 1 and abs(number - place * 100_000) < 12_000
        assert rows_of(page, 0)[0] == LONG[number - 1 : number - 1 + columns]
    assert max(counts) < 4000
    last = int(page.locator(".line .number").last.text_content())
    assert rows_of(page, page.locator(".line").count() - 1)[0] == LONG[last - 1 :]


def test_lanes_do_not_overlap_and_stand_in_their_lines(opened) -> None:
    page = opened("long")
    for place in (0.1, 0.6):
        page.locator(".scroller").evaluate("(box, place) => { box.scrollTop = place * box.scrollHeight }", place)
        page.wait_for_timeout(200)
        boxes = page.evaluate(
            """[...document.querySelector('.residues').shadowRoot.querySelectorAll('.lane')].map((lane) => {
                 const { left, right, top, bottom } = lane.getBoundingClientRect();
                 return [left, right, top, bottom];
               })"""
        )
        assert len(boxes) > 20
        for index, (left, right, top, bottom) in enumerate(boxes):
            for other_left, other_right, other_top, other_bottom in boxes[:index]:
                apart = right <= other_left + 0.5 or other_right <= left + 0.5
                assert apart or bottom <= other_top or other_bottom <= top


def test_lines_are_broken_anew_for_a_narrow_page_and_keep_their_place(opened) -> None:
    page = opened("long")
    assert len(rows_of(page, 0)[0]) == 70
    page.locator(".scroller").evaluate("(box) => { box.scrollTop = 0.5 * box.scrollHeight }")
    page.wait_for_timeout(200)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert len(rows_of(page, 0)[0]) == 30
    assert abs(int(page.locator(".line .number").first.text_content()) - 50_000) < 5_000
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_dragged_over_is_told_copied_and_asked_about(opened) -> None:
    page = opened("insulin")
    drag(page, 0, 0, 2, 6)
    assert page.locator(".selected").text_content() == "5 residues"
    assert (page.locator(".from").input_value(), page.locator(".to").input_value()) == ("3", "7")
    assert copied(page) == "LWMRL"
    assert asked_for(page).endswith(">residues_3-7\nLWMRL")


def test_the_lower_strand_is_copied_from_5_to_3(opened) -> None:
    page = opened("cut")
    assert rows_of(page, 0)[1] == PLASMID.translate(str.maketrans("ACGT", "TGCA"))
    drag(page, 0, 1, 0, 4)  # TTCAA above, AAGTT below
    assert page.locator(".selected").text_content() == "5 bases, lower strand from 5′ to 3′"
    assert copied(page) == "TTGAA"
    assert asked_for(page).endswith(">bases_5-1\nTTGAA")


def test_keys_select_as_the_mouse_does(opened) -> None:
    page = opened("insulin")
    scroller = page.locator(".scroller")
    scroller.focus()
    for _ in range(5):
        page.keyboard.press("Shift+ArrowRight")
    assert page.locator(".selected").text_content() == "5 residues"
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "MALWM"
    page.keyboard.press("Shift+ArrowDown")
    assert page.locator(".to").input_value() == "75"
    page.keyboard.press("Control+a")
    assert copied(page) == INSULIN
    scroller.focus()
    page.keyboard.press("Escape")
    assert page.locator(".doing").is_hidden()


def test_numbers_select_and_a_feature_is_selected_from_its_lane_and_from_the_list(opened) -> None:
    page = opened("insulin")
    page.locator(".from").fill("25")
    page.locator(".to").fill("54")
    page.locator(".to").press("Enter")
    assert copied(page) == "FVNQHLCGSHLVEALYLVCGERGFFYTPKT"  # the B chain
    page.locator(".lane", has_text="A chain").click()
    assert copied(page) == "GIVEQCCTSICSLYQLENYCN"
    page.locator("summary").click()
    page.locator(".features li", has_text="signal peptide").click()
    assert page.locator(".selected").text_content() == "signal peptide: 24 residues"
    assert page.locator(".lane", has_text="B chain").get_attribute("title") == "B chain, 25–54 (30 residues)"


def test_a_motif_is_found_on_both_strands_by_iupac_codes(opened) -> None:
    page = opened("cut")
    found = {"GAATTC": 1, "GGNCC": 1, "GAGACC": 1, "ATG": 2, "CAT": 2, "GARYTC": 1, "CCCCC": 0}
    for motif, count in found.items():
        both = [PLASMID, PLASMID.translate(str.maketrans("ACGT", "TGCA"))[::-1]]
        pattern = motif.replace("N", "[ACGT]").replace("R", "[AG]").replace("Y", "[CT]")
        sides = [len(re.findall(f"(?=({pattern}))", side + side[: len(motif) - 1])) for side in both]
        is_palindromic = motif in ("GAATTC", "GGNCC", "GARYTC")
        expected = sides[0] if is_palindromic else sum(sides)
        page.locator(".motif").fill(motif)
        page.wait_for_timeout(400)
        said = page.locator(".hits").text_content()
        assert said == (f"1 of {expected}" if expected else "not found"), motif
        assert expected >= count
    page.locator(".motif").fill("GAATTCAAG")  # over the origin
    page.wait_for_timeout(400)
    assert (page.locator(".from").input_value(), page.locator(".to").input_value()) == ("51", "6")
    assert copied(page) == "GAATTCAAG"


def test_cuts_are_drawn_between_the_bases_that_they_part(opened) -> None:
    page = opened("cut")
    places = page.evaluate(
        """[...document.querySelector('.residues').shadowRoot.querySelectorAll('.line .cut')].map((cut) => {
             const letter = document.querySelector('.residues').shadowRoot.querySelector('.probe').getBoundingClientRect().width / 100;
             return [Math.round(parseFloat(cut.style.left) / letter * 10) / 10, cut.style.top || '0', cut.style.width !== ''];
           })"""
    )
    row = page.evaluate(
        "getComputedStyle(document.querySelector('.residues').shadowRoot.querySelector('.viewer')).getPropertyValue('--row')"
    )

    def column(place: int) -> float:  # a blank after each ten, a cut in its middle
        return place + (place - 1) // 10 + (0.5 if place % 10 == 0 else 0)

    ecori = PLASMID.index("GAATTC")
    bsai = PLASMID.index("GGTCTC") + 6
    over_origin = PLASMID.rindex("GAA")  # the circle goes on with TTC
    above = {column(ecori + 1), column(bsai + 1), column(over_origin + 1)}
    below = {column(ecori + 5), column(bsai + 5), column(over_origin + 5 - len(PLASMID))}
    assert {left for left, top, wide in places if top == "0"} == above
    assert {left for left, top, wide in places if top == row and not wide} == below


def test_an_orf_shows_its_residues_under_the_middle_of_their_codons(opened) -> None:
    page = opened("orfs")
    start = PLASMID.index("ATGACC")
    lanes = page.locator(".codons").all_text_contents()
    [codons] = [lane for lane in lanes if "MTEFCN*" in lane.replace(" ", "")]  # the standard code, by hand
    letters = [codons[place + place // 10] for place in range(len(PLASMID)) if place + place // 10 < len(codons)]
    assert "".join(letters[start + 1 :: 3]).strip() == "MTEFCN*"
    page.locator(".lane", has_text="ORF").first.click()
    assert asked_for(page).startswith("Translate:\n>bases_")


def test_an_alignment_is_copied_by_rows_with_and_without_gaps(opened) -> None:
    page = opened("aligned")
    assert page.locator(".bars path").count() == 1
    view = PAGES["aligned"][0]
    assert isinstance(view, AlignmentView)
    assert page.locator(".line .row").all_text_contents()[:3] == list(view.rows)
    page.locator(".from").fill("1")
    page.locator(".to").fill("6")
    page.locator(".to").press("Enter")
    assert copied(page) == "".join(f">{name}\n{row[:6]}\n" for name, row in zip(view.names, view.rows, strict=True))
    page.locator(".gaps").uncheck()
    assert "-" not in copied(page).replace("\n", "")
    drag(page, 2, 0, 0, 5)
    letters = view.rows[1][:6].replace("-", "")
    assert page.locator(".selected").text_content() == f"two: residues 1–{len(letters)} ({len(letters)})"
    assert copied(page) == letters
    page.locator(".motif").fill("TYI")  # over the gap of the second row, in whose letters it stands
    page.wait_for_timeout(400)
    assert page.locator(".hits").text_content() == "1 of 1"
    assert page.locator(".selected").text_content() == "two: residues 3–5 (3)"


def test_colours_and_the_lower_strand_can_be_turned_off(opened) -> None:
    page = opened("cut")
    letter = page.locator(".row span").first
    ink = "(letter) => getComputedStyle(letter).color"
    coloured = letter.evaluate(ink)
    page.locator(".in-colour").uncheck()
    assert letter.evaluate(ink) != coloured
    page.locator(".both").uncheck()
    assert len(rows_of(page, 0)) == 1


def test_text_from_outside_stays_text(opened) -> None:
    page = opened("hostile")
    assert page.evaluate(
        "[...document.querySelectorAll('.residues')].every((one) => !one.shadowRoot.querySelector('img, b, u'))"
    )
    assert page.locator(".lane span").text_content() == "<img src=x onerror=alert(1)>"
    assert page.locator(".line .name").first.text_content() == "<b>x"


def test_paper_gets_all_letters_in_numbered_lines(opened) -> None:
    page = opened("insulin")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    lines = page.locator(".printed").inner_text().splitlines()
    assert "".join(re.sub(r"[\d\s]", "", line) for line in lines) == INSULIN
    assert lines[1].startswith(" 61  ")
    assert page.locator(".scroller").is_hidden()


@pytest.mark.parametrize(
    ("name", "tool"), [("insulin", "protein_report"), ("cut", "sequence_report"), ("orfs", "translate"), ("aligned", "align_many")]
)  # fmt: skip
def test_what_is_asked_about_a_selection_finds_its_tool_without_a_model(opened, name: str, tool: str) -> None:
    router = Router([{**one.schema, "group": one.group, "asks": one.asks} for one in Toolbox.load()])
    page = opened(name)
    if name == "orfs":
        page.locator(".lane").first.click()
    else:
        page.locator(".from").fill("1")
        page.locator(".to").fill("12")
        page.locator(".to").press("Enter")
    [routed] = router.route(asked_for(page))
    assert routed.tool == tool


def test_what_is_made_anew_by_the_page_shows_what_it_showed(opened) -> None:
    page = opened("long")
    page.locator(".from").fill("60000")
    page.locator(".to").fill("60010")
    page.locator(".to").press("Enter")
    page.wait_for_timeout(200)
    shown = page.locator(".line .number").first.text_content()
    page.evaluate(  # as Gradio does with a message that has changed
        "(() => { const view = document.querySelector('.view'); view.outerHTML = view.outerHTML; })()"
    )
    page.wait_for_timeout(300)
    assert (page.locator(".from").input_value(), page.locator(".to").input_value()) == ("60000", "60010")
    assert page.locator(".line .number").first.text_content() == shown
