"""The status page and the footer of an answer, while a model with figures answers."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.test_conversation import A_WHILE, ask, finished, open_page

STORY = " ".join(f"word{number}" for number in range(1, 301))
RATE = 30
CONTEXT = 340  # a story and the prompt with its tools nearly fill it
HIDE = "Object.defineProperty(document, 'hidden', { value: %s, configurable: true })"


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("counted")
    (folder / "script.json").write_text(json.dumps([STORY]))
    flags = ("--script", str(folder / "script.json"), "--rate", str(RATE), "--context", str(CONTEXT))
    running = Server(folder, *flags, program=("-m", "tests.browser.scripted_app"))
    yield running
    running.stop()


def shown(page: Page, name: str) -> str:
    return page.locator(f'[data-shows="{name}"]').inner_text()


def written(page: Page) -> int:
    return int(shown(page, "new").replace(",", ""))


def hide(page: Page, hidden: bool) -> None:
    """As a browser does when another tab is brought before this one; a headless one shows all its tabs."""
    page.evaluate(HIDE % json.dumps(hidden) + "; document.dispatchEvent(new Event('visibilitychange'))")


def test_the_status_page_moves_while_an_answer_streams_and_asks_nothing_while_it_is_hidden(context, counted):
    chat, status = context.new_page(), context.new_page()
    asked: list[str] = []
    status.on("request", lambda request: asked.append(request.url))
    open_page(chat, counted.url)
    expect(chat.locator("#model-status")).to_contain_text("is ready", timeout=A_WHILE)
    status.goto(counted.url + "/status")
    expect(status.locator('[data-shows="model"]')).to_have_text("scripted")
    expect(status.locator('[data-shows="under_way"]')).to_have_text("0 of 8 at most")
    ask(chat, "Tell me a story")
    expect(status.locator('[data-shows="under_way"]')).to_have_text("1 of 8 at most", timeout=A_WHILE)
    expect(status.locator('[data-shows="speed"]')).to_have_text(str(RATE))
    expect(status.locator('[data-shows="answering"]')).to_have_text("200 MB")
    assert status.locator('.bar [data-width="answering"]').evaluate("bar => bar.style.width") == "20%"
    expect(status.locator('[data-shows="new"]')).not_to_have_text("0")
    before = written(status)
    status.wait_for_timeout(2500)
    assert written(status) > before
    expect(status.locator("#speed .line")).to_have_attribute("d", re.compile(r"^M.*L"))
    hide(status, True)
    asked.clear()
    status.wait_for_timeout(3500)
    assert asked == []
    with status.expect_request("**/status.json"):
        hide(status, False)
    finished(chat)
    expect(status.locator('[data-shows="under_way"]')).to_have_text("0 of 8 at most")
    expect(status.locator('[data-shows="new"]')).to_have_text("300")
    expect(status.locator('[data-shows="ended"]')).to_have_text("1, of them 0 stopped, 0 failed")


def test_a_status_page_whose_server_does_not_answer_says_so_and_goes_on_when_it_does(page, counted):
    page.goto(counted.url + "/status")
    expect(page.locator("#told")).to_contain_text("Counted since")
    page.route("**/status.json", lambda route: route.abort())
    expect(page.locator("#told")).to_contain_text("does not answer")
    page.unroute("**/status.json")
    expect(page.locator("#told")).to_contain_text("Counted since", timeout=A_WHILE)


def test_the_link_beside_the_model_opens_the_status_page_in_a_tab_of_its_own(context, counted):
    chat = context.new_page()
    open_page(chat, counted.url)
    with context.expect_page() as opened:
        chat.get_by_role("link", name="scripted").click()
    expect(opened.value.get_by_role("heading", name="How Retort stands")).to_be_visible()


def test_the_footer_opens_to_the_counts_and_a_context_nearly_full_is_seen_without_pointing_at_it(page, counted):
    open_page(page, counted.url)
    ask(page, "Tell me a story")
    finished(page)
    meter = page.get_by_role("meter", name="Context used")
    expect(meter).to_have_attribute("aria-valuemax", str(CONTEXT))
    assert int(meter.get_attribute("aria-valuenow")) >= 0.85 * CONTEXT
    page.mouse.move(0, 0)
    expect(page.locator(".answer-actions")).to_have_css("opacity", "1")
    expect(page.locator(".usage dl")).to_be_hidden()
    page.locator(".usage summary").click()
    expect(page.locator(".usage dl")).to_contain_text("300 tokens")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_the_status_page_fits_any_width_in_either_scheme_and_keeps_the_theme_that_was_chosen(
    browser, counted, scheme, width
):
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    page.goto(counted.url + "/status")
    expect(page.locator("#told")).to_contain_text("Counted since")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    is_dark = "document.body.classList.contains('dark')"
    assert page.evaluate(is_dark) == (scheme == "dark")
    other = "light" if scheme == "dark" else "dark"
    page.evaluate(f"localStorage.setItem('retort-theme', '{other}')")
    page.reload()
    assert page.evaluate(is_dark) == (other == "dark")
    context.close()
