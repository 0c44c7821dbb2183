"""A lookup asks in the answer, is allowed once, for good or not, outlives a reload, and is listed; the instructions are edited."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.server import Server
from tests.browser.stand_in import PUBCHEM, standing_in
from tests.browser.test_conversation import A_WHILE, finished, open_page

SCRIPTED = ("-m", "tests.browser.scripted_app")


def call(name, **arguments):
    return f"<tool_call>{json.dumps({'name': name, 'arguments': arguments})}</tool_call>"


@pytest.fixture
def stand_in(monkeypatch):
    with standing_in() as standing:
        monkeypatch.setenv("RETORT_STAND_IN", standing.address)
        yield standing


@pytest.fixture
def asking(tmp_path, stand_in):
    """A server whose model looks aspirin up, then caffeine, then aspirin again, and so on."""
    script = tmp_path / "script.json"
    turns = [call("pubchem_lookup", compound="aspirin"), "So much for aspirin."]
    turns += [call("pubchem_lookup", compound="caffeine"), "So much for caffeine."]
    script.write_text(json.dumps(turns))
    running = Server(tmp_path, "--script", str(script), program=SCRIPTED)
    yield running
    running.stop()


def ask(page, question="Look it up"):
    page.locator("#composer textarea").fill(question)
    page.keyboard.press("Enter")


def choose(page, choice):
    page.locator(".permission").get_by_role("button", name=choice, exact=True).click(timeout=A_WHILE)


def test_a_lookup_asks_who_and_for_what_and_once_gives_an_answer_with_its_source_and_date(page, asking, stand_in):
    open_page(page, asking.url)
    expect(page.locator("#left")).to_have_text("Nothing has left this machine")
    ask(page)
    card = page.locator(".permission")
    expect(card).to_contain_text(f"pubchem_lookup wants to ask {PUBCHEM} for: compound 'aspirin'.", timeout=A_WHILE)
    expect(card).to_contain_text(f"GET https://{PUBCHEM}/rest/pug/compound/name/aspirin/property/")
    assert stand_in.asked == []
    choose(page, "Once")
    finished(page)
    expect(card).to_have_count(0)
    expect(page.locator(".tool-card summary").first).to_contain_text(
        re.compile(r" s · PubChem, 20\d\d-\d\d-\d\d · \d notes")
    )
    page.locator(".tool-card summary").first.click()
    expect(page.locator(".tool-card")).to_contain_text(PUBCHEM)
    expect(page.locator(".tool-card")).to_contain_text(
        re.compile(r"From PubChem, https://\S+, answered 20\d\d-\d\d-\d\d \d\d:\d\d UTC")
    )
    expect(page.locator("#left")).to_have_text("What left this machine (1)")
    assert len(stand_in.asked) == 1


def test_always_asks_no_more_until_it_is_taken_back_on_the_page_of_the_ledger(page, asking, stand_in):
    open_page(page, asking.url)
    ask(page)
    choose(page, "Always this host")
    finished(page)
    ask(page)
    expect(page.locator("#chat")).to_contain_text("So much for caffeine.", timeout=A_WHILE)
    assert [address.partition("/name/")[2].partition("/")[0] for _, address, _ in stand_in.asked] == [
        "aspirin",
        "caffeine",
    ]

    page.goto(f"{asking.url}/ledger")
    expect(page.locator("#sent li")).to_have_count(2)
    expect(page.locator("#sent li").first).to_contain_text("caffeine")
    expect(page.locator("#sent li").first).to_contain_text("pubchem_lookup, for Look it up · answered 200")
    expect(page.locator("#allowed li")).to_contain_text(PUBCHEM)
    page.get_by_role("button", name=f"No longer always allow {PUBCHEM}").click()
    expect(page.locator("#allowed")).to_be_hidden()
    page.set_viewport_size({"width": 820, "height": 500})  # so that both answers are not seen at once
    page.locator("#sent li").last.get_by_role("link", name="Look it up").click()
    expect(page.locator("#chat")).to_contain_text("So much for caffeine.", timeout=A_WHILE)
    cards = page.locator(".tool-card[data-call]")
    expect(cards).to_have_count(2)
    expect(cards.first).to_be_in_viewport()
    expect(cards.last).not_to_be_in_viewport()


def test_no_by_the_keyboard_sends_nothing_and_the_answer_goes_on(page, asking, stand_in):
    open_page(page, asking.url)
    ask(page)
    expect(page.locator(".permission")).to_be_visible(timeout=A_WHILE)
    page.locator("#composer textarea").focus()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.dataset.text") == "no":
            break
    page.keyboard.press("Enter")
    finished(page)
    expect(page.locator("#chat")).to_contain_text(f"Nothing was sent: pubchem_lookup was not allowed to ask {PUBCHEM}.")
    expect(page.locator("#chat")).to_contain_text("So much for aspirin.")
    expect(page.locator("#left")).to_have_text("Nothing has left this machine")
    assert stand_in.asked == []


def test_a_reload_in_the_middle_shows_the_question_again_and_another_tab_may_answer_it(page, context, asking, stand_in):
    open_page(page, asking.url)
    ask(page)
    expect(page.locator(".permission")).to_be_visible(timeout=A_WHILE)
    page.wait_for_url(re.compile(r"\?c="))
    page.reload()
    expect(page.locator(".permission")).to_contain_text("compound 'aspirin'", timeout=A_WHILE)
    page.wait_for_timeout(1500)  # the server learns late that the first page is gone
    other = context.new_page()
    other.goto(page.url)
    choose(other, "Once")
    for each in (page, other):
        expect(each.locator("#chat")).to_contain_text("So much for aspirin.", timeout=A_WHILE)
        finished(each)
        expect(each.locator(".permission")).to_have_count(0)
    assert len(stand_in.asked) == 1


def test_stop_is_heard_while_it_asks_also_after_a_reload(page, asking, stand_in):
    open_page(page, asking.url)
    ask(page)
    expect(page.locator(".permission")).to_be_visible(timeout=A_WHILE)
    page.wait_for_url(re.compile(r"\?c="))
    page.reload()
    expect(page.locator(".permission")).to_be_visible(timeout=A_WHILE)
    page.locator("#composer .stop-button").click()
    expect(page.locator(".stopped")).to_be_visible(timeout=A_WHILE)
    expect(page.locator(".permission")).to_have_count(0)
    assert stand_in.asked == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_question_ledger_and_instructions_fit_any_width_and_can_be_touched(browser, asking, scheme, width):
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, has_touch=True)
    page = context.new_page()
    fits = "document.documentElement.scrollWidth <= window.innerWidth"
    open_page(page, asking.url)
    ask(page)
    expect(page.locator(".permission")).to_be_visible(timeout=A_WHILE)
    assert page.evaluate(fits)
    sizes = [button.bounding_box()["height"] for button in page.locator(".permission button").all()]
    assert len(sizes) == 3
    assert min(sizes) >= 24  # CSS pixels: WCAG 2.2, 2.5.8
    page.locator(".permission").get_by_role("button", name="Once", exact=True).tap()
    expect(page.locator("#chat")).to_contain_text("So much for aspirin.", timeout=A_WHILE)
    for name, shown in (("ledger", "#sent li"), ("prompt", "#text")):
        page.goto(f"{asking.url}/{name}")
        expect(page.locator(shown)).to_be_visible()
        assert page.evaluate(fits)
    context.close()


def test_an_empty_ledger_says_so_in_a_sentence(page, asking):
    page.goto(f"{asking.url}/ledger")
    expect(page.locator("#told")).to_have_text(
        "Nothing has left this machine. A lookup asks before it does, and is listed here."
    )
    expect(page.locator("#sent")).to_be_hidden()
    page.goto(f"{asking.url}/status")
    expect(page.get_by_role("link", name="Nothing has left this machine")).to_be_visible()


def test_instructions_are_edited_used_told_with_the_answer_and_taken_back(page, tmp_path):
    script = tmp_path / "script.json"
    script.write_text(json.dumps(["Oui."]))
    running = Server(tmp_path, "--script", str(script), program=SCRIPTED)
    page.goto(f"{running.url}/prompt")
    text = page.locator("#text")
    expect(text).to_have_value(re.compile("^You are Retort, a research assistant"))
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    text.fill(text.input_value().replace("You are Retort", "You are Retorte"))
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#told")).to_contain_text("Saved. These are your own")
    expect(page.locator("#differs ins")).to_contain_text("+ You are Retorte, a research assistant")
    assert (tmp_path / "data" / "prompt.md").read_text().startswith("You are Retorte")

    open_page(page, running.url)
    ask(page, "Bonjour")
    finished(page)
    page.locator(".usage summary").click()
    with page.expect_popup() as opened:
        page.locator(".usage").get_by_role("link", name="edited; these they were").click()
    expect(opened.value.locator("#earlier pre")).to_contain_text("You are Retorte")
    opened.value.get_by_role("button", name="Take ours").click()
    expect(opened.value.locator("#told")).to_have_text("These are ours.")
    assert not (tmp_path / "data" / "prompt.md").exists()
    running.stop()
