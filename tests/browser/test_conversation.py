"""What a person does on their first day, in a real Chromium, with the embedded model."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

LYSOZYME = (  # hen egg-white lysozyme, UniProt P00698, the mature chain (residues 19-147)
    "KVFGRCELAAAMKRHGLDNYRGYSLGNWVCAAKFESNFNTQATNRNTDGSTDYGILQINSRWWCNDGRTPGSRNLCNIPCSALLSSDITASVNCAKKIVSDGNGMNAWVAWRNRCKGTDVQAWIRGCRL"
)
A_WHILE = 60_000  # the embedded model loads, and shares two cores with Chromium


def open_page(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("#composer textarea")).to_be_visible(timeout=A_WHILE)


def ask(page: Page, question: str) -> None:
    page.locator("#composer textarea").fill(question)
    page.keyboard.press("Enter")


def finished(page: Page) -> None:
    """The answer has its actions and nothing runs any more."""
    expect(page.locator(".answer-actions").last).to_be_attached(timeout=A_WHILE)
    expect(page.locator("#composer .stop-button")).to_be_hidden(timeout=A_WHILE)


@pytest.fixture
def chat(page, server) -> Page:
    open_page(page, server.url)
    return page


def test_drawing_aspirin_gives_a_card_a_drawing_and_the_right_number(chat):
    ask(chat, "Draw aspirin and tell me its molecular weight")
    expect(chat.locator(".tool-card")).to_have_count(2, timeout=A_WHILE)
    finished(chat)
    expect(chat.locator(".molecule svg").first).to_be_visible()
    # average mass 180.16 g/mol: PubChem, CID 2244
    expect(chat.locator("#chat")).to_contain_text("180.16")
    expect(chat.locator("#chat")).to_contain_text("C9H8O4")


def test_a_protein_gets_its_mass_and_pi_and_a_numbered_sequence(chat):
    ask(chat, f"What are the mass and pI of {LYSOZYME}?")
    finished(chat)
    # 14,313.1 Da and pI 9.32: ExPASy ProtParam for P00698, 19-147
    expect(chat.locator("#chat")).to_contain_text(re.compile(r"14,?313\."))
    expect(chat.locator("#chat")).to_contain_text("9.32")
    expect(chat.locator(".view.sequence").first).to_be_visible()


def test_a_wrong_smiles_gets_its_sentence_and_no_number(chat):
    ask(chat, "What is the molecular weight of c1ccccc?")
    finished(chat)
    expect(chat.locator("#chat")).to_contain_text("ring")
    assert not re.search(r"\d+\.\d+ Da", chat.locator("#chat").inner_text())


def test_stop_in_the_middle_keeps_what_was_said_and_frees_the_composer(chat):
    ask(chat, "Tell me a long story about a chemist and her garden, with many details.")
    expect(chat.locator("#composer .stop-button")).to_be_visible(timeout=A_WHILE)
    chat.wait_for_timeout(2500)
    chat.locator("#composer .stop-button").click()
    finished(chat)
    expect(chat.locator("#chat")).to_contain_text("Stopped")
    said = chat.locator("#chat").inner_text()
    chat.wait_for_timeout(1500)
    assert chat.locator("#chat").inner_text() == said, "nothing is added after the stop"


def test_a_reload_in_the_middle_keeps_the_partial_answer(chat):
    ask(chat, "Tell me a long story about a biologist at sea, with many details.")
    expect(chat.locator("#composer .stop-button")).to_be_visible(timeout=A_WHILE)
    chat.wait_for_timeout(3000)
    chat.reload()
    expect(chat.locator("#chat")).to_contain_text("a biologist at sea", timeout=A_WHILE)
    chat.wait_for_timeout(1500)
    question = "Tell me a long story about a biologist at sea, with many details."
    assert len(chat.locator("#chat").inner_text().replace(question, "")) > 20, "part of the answer is there"


def test_two_tabs_answer_at_once_and_a_stop_in_one_leaves_the_other(context, server):
    one, other = context.new_page(), context.new_page()
    for tab in (one, other):
        open_page(tab, server.url)
    other.locator("#new-chat").click()
    ask(one, "Tell me a long story about a river.")
    ask(other, "Count the carbon atoms in CCOC(=O)c1ccccc1")
    expect(one.locator("#composer .stop-button")).to_be_visible(timeout=A_WHILE)
    one.wait_for_timeout(1000)
    one.locator("#composer .stop-button").click()
    finished(one)
    finished(other)
    # ethyl benzoate, C9H10O2
    expect(other.locator("#chat")).to_contain_text("9")
    expect(other.locator(".tool-card")).to_have_count(1)
    expect(one.locator("#chat")).not_to_contain_text("carbon")


def test_an_earlier_conversation_is_listed_and_opens_again(chat):
    ask(chat, "How many oxygen atoms are in OCC(O)CO?")
    finished(chat)
    chat.locator("#new-chat").click()
    expect(chat.locator(".tool-card")).to_have_count(0)
    chat.locator("#conversations").get_by_text("How many oxygen atoms are in OCC(O)CO?").first.click()
    expect(chat.locator(".tool-card")).to_have_count(1, timeout=A_WHILE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_nothing_overflows_at_any_width_in_either_scheme(browser, server, scheme, width):
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    open_page(page, server.url)
    ask(page, "Draw caffeine")
    finished(page)
    expect(page.locator(".molecule svg").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red, green, blue = map(int, re.findall(r"\d+", background)[:3])
    assert (red + green + blue > 600) == (scheme == "light")
    context.close()
