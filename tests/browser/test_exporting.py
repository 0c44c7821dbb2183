"""A conversation leaves the page as a file and comes back: each export is clicked, opened, and taken in again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_conversation import A_WHILE, ask, finished, open_page
from tests.browser.test_page_behaviour import scripted

CALLS = (
    ("describe_molecule", {"molecule": "CC(=O)Oc1ccccc1C(=O)O"}),
    ("isotope_pattern", {"formula": "C6H5Br"}),
    ("show_3d", {"molecule": "CCO"}),
    ("describe_molecule", {"molecule": "C1CC"}),
)
HOSTILE = (
    "Aspirin weighs **180.16** Da. <script>document.title='owned'</script> <img src=x onerror=\"document.title='owned'\"> "
    "![p](http://outside.example/p.png) [l](javascript:alert(1)) and `CC(=O)O`."
)
SCRIPT = [
    "<think>I call tools for <b>all</b> of it.</think>"
    + "".join(f"<tool_call>\n{json.dumps({'name': name, 'arguments': given})}\n</tool_call>" for name, given in CALLS),
    HOSTILE,
]
STORY = " ".join(f"word{number}" for number in range(1, 401))


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    running = scripted(tmp_path_factory.mktemp("exporting"), SCRIPT, rate=400)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    running = scripted(tmp_path_factory.mktemp("slowly"), [STORY], rate=20)
    yield running
    running.stop()


@pytest.fixture
def answered(page, quick) -> Page:
    open_page(page, quick.url)
    ask(page, "What is aspirin?")
    expect(page.locator(".tool-card")).to_have_count(len(CALLS), timeout=A_WHILE)
    finished(page)
    return page


def downloaded(page: Page, name: str, folder: Path) -> Path:
    """The file that a click on this export gives."""
    link = page.locator("#export").get_by_role("link", name=name, exact=True)
    if not link.is_visible():
        page.locator("#export summary").click()
    with page.expect_download() as downloading:
        link.click()
    path = folder / downloading.value.suggested_filename
    downloading.value.save_as(path)
    return path


def test_each_export_is_a_file_with_the_computed_number(answered, tmp_path):
    # average mass 180.16 g/mol: PubChem, CID 2244
    markdown = downloaded(answered, "Markdown", tmp_path)
    assert markdown.name == "what-is-aspirin.md"
    assert "average mass 180.16 Da" in markdown.read_text(encoding="utf-8")
    exported = json.loads(downloaded(answered, "JSON", tmp_path).read_text(encoding="utf-8"))
    assert (exported["format"], exported["version"]) == ("retort-conversation", 1)
    results = [part for part in exported["messages"][1]["parts"] if part["type"] == "tool_result"]
    assert [result["ok"] for result in results] == [True, True, True, False]
    assert results[0]["content"]["data"]["average_mass_da"] == 180.159
    notebook = json.loads(downloaded(answered, "Notebook", tmp_path).read_text(encoding="utf-8"))
    made = [cell for cell in notebook["cells"] if cell["metadata"].get("retort", {}).get("part") == "call"]
    assert len(made) == len(CALLS)
    assert "180.159" in json.dumps(made[0]["outputs"])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_html_page_stands_alone_asks_nobody_and_runs_nothing(answered, browser, tmp_path, theme, width):
    path = downloaded(answered, "HTML", tmp_path)
    alone = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, offline=True)
    asked: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    page = alone.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    assert page.title() == "What is aspirin?"
    assert page.locator("script, iframe, object, embed, form, img").count() == 0
    assert [url for url in asked if url != path.as_uri()] == []
    assert said == [], "the page's own policy had to refuse something"
    expect(page.locator(".view.molecule svg").first).to_be_visible()
    expect(page.locator(".view.plot svg").first).to_be_visible()
    expect(page.locator(".view.table").first).to_contain_text("180.159")
    expect(page.locator(".tool-error")).to_contain_text("C1CC")
    expect(page.locator(".prose").last).to_contain_text("<script>document.title='owned'</script>")
    expect(page.locator("details.thinking")).not_to_have_attribute("open", "")
    page.locator("details.thinking summary").click()
    expect(page.locator("details.thinking")).to_contain_text("I call tools for <b>all</b> of it.")
    page.locator("details.card summary").first.click()
    expect(page.locator("details.card").first).to_contain_text(re.compile(r"Computed by\s*rdkit \d"))
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Coordinates as SDF").click()
    assert "V2000" in Path(downloading.value.path()).read_text()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "nothing hangs over the edge"
    paper, ink = page.evaluate(
        "(({backgroundColor, color}) => [backgroundColor, color])(getComputedStyle(document.body))"
    )
    light, dark = "rgb(251, 250, 247)", "rgb(23, 22, 20)"
    assert paper == (light if theme == "light" else dark)
    assert ink != paper
    alone.close()


def test_an_export_is_chosen_by_keyboard_taken_in_and_exported_the_same_again(answered, tmp_path):
    exported = downloaded(answered, "JSON", tmp_path)
    first = answered.url
    with answered.expect_file_chooser() as choosing:
        answered.locator("#import-conversation").press("Enter")
    choosing.value.set_files(exported)
    expect(answered).not_to_have_url(first)
    expect(answered.locator(".tool-card")).to_have_count(len(CALLS))
    expect(answered.locator(".view.molecule svg").first).to_be_visible()
    expect(answered.locator("#conversations .current")).to_contain_text("What is aspirin?")
    assert answered.title() != "owned"
    again = downloaded(answered, "JSON", tmp_path / "again")
    assert again.read_bytes() == exported.read_bytes()


def test_a_file_dropped_on_the_list_is_taken_in_and_one_that_is_no_export_is_refused_in_a_sentence(answered, tmp_path):
    text = downloaded(answered, "JSON", tmp_path).read_text(encoding="utf-8")
    drop = """([text, name]) => {
      const carried = new DataTransfer();
      carried.items.add(new File([text], name, {type: "application/json"}));
      document.querySelector("#conversations").dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: carried}));
    }"""
    count = answered.locator("#conversations li").count()
    answered.evaluate(drop, ["{}", "other.json"])
    expect(answered.locator("#import-status")).to_have_text(
        "The file is no conversation that Retort exported; export the conversation again as JSON."
    )
    expect(answered.locator("#conversations li")).to_have_count(count)
    answered.evaluate(drop, [text, "what-is-aspirin.json"])
    expect(answered.locator("#conversations li")).to_have_count(count + 1)
    expect(answered.locator("#import-status")).to_have_text("")


def test_exports_are_reached_on_a_narrow_page(answered, tmp_path):
    answered.set_viewport_size({"width": 390, "height": 800})
    answered.locator("#sidebar-button button").click()
    for name in ("Markdown", "HTML", "Notebook", "JSON"):
        path = downloaded(answered, name, tmp_path)
        assert path.stat().st_size > 1_000
    box = answered.locator("#export p").bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_an_answer_that_is_being_written_is_exported_as_far_as_it_is(page, slow):
    open_page(page, slow.url)
    ask(page, "Tell me a story")
    expect(page.locator("#chat")).to_contain_text("word40", timeout=A_WHILE)  # what streams is kept every half second
    address = page.locator("#export a").first.get_attribute("href") or ""
    exported = page.request.get(f"{slow.url}/{address.removesuffix('.md')}.json").json()
    answer = exported["messages"][1]
    assert answer["status"] == "running"
    assert answer["parts"][0]["text"].startswith("word1 word2")
    markdown = page.request.get(f"{slow.url}/{address}").text()
    assert "This answer was still being written when it was exported." in markdown
    page.locator("#composer .stop-button").click()
    finished(page)


def test_a_call_is_copied_from_its_card_as_json_and_as_python(answered, quick):
    answered.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=quick.url)
    card = answered.locator(".tool-card").first
    card.locator("summary").click()
    expect(card).to_contain_text("local: nothing left this machine")
    expect(card).to_contain_text(re.compile(r"Python \d+\.\d+"))
    card.get_by_role("button", name="Copy call").click()
    copied = json.loads(answered.evaluate("navigator.clipboard.readText()"))
    assert copied == {"tool": "describe_molecule", "arguments": {"molecule": "CC(=O)Oc1ccccc1C(=O)O"}}
    card.get_by_role("button", name="Copy as Python").click()
    assert "result = call('describe_molecule'" in answered.evaluate("navigator.clipboard.readText()")
    refused = answered.locator(".tool-card[data-state=failed]")
    refused.locator("summary").click()
    expect(refused).to_contain_text('{"tool": "describe_molecule", "arguments": {"molecule": "C1CC"}}')
