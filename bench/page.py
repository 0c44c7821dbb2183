"""Tokens a second that reach the page, beside what the model makes: with an empty chat and with 100,000 characters in it.

A scripted model of 200 tokens/s answers in a real Chromium; an observer in the page notes when the answer's text has
grown. Its own speed is taken in the same run, read without a page.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from app.store import Store, sqlite_url
from bench.rows import Row
from model.events import Options, TextDelta
from model.messages import Message, Text
from model.scripted import ScriptedModel
from tests.browser import chromium
from tests.browser.server import Server

RATE = 200.0
TOKENS = 1600
ANSWER = " ".join(f"word{number:04d}" for number in range(TOKENS))
HISTORY_CHARACTERS = 100_000

#: Notes the time and the length of the last answer's text whenever the page changes.
OBSERVE = """() => {
  window.grown = [];
  const look = () => {
    const answers = document.querySelectorAll('#chat .bot');
    const length = answers.length ? answers[answers.length - 1].textContent.length : 0;
    const last = window.grown[window.grown.length - 1];
    if (!last || last[1] !== length) window.grown.push([performance.now(), length]);
  };
  new MutationObserver(look).observe(document.querySelector('#chat'), {childList: true, subtree: true, characterData: true});
}"""


def measure() -> list[Row]:
    own = _own_characters_per_second()
    rows = []
    for history in (0, HISTORY_CHARACTERS):
        reached = _page_characters_per_second(history)
        what = f"tokens/s that reach the page, {history:,} characters of history"
        per_token = len(ANSWER) / TOKENS
        rows.append(Row(what, reached / per_token, own / per_token, "tokens/s", 0.95))
    return rows


def _own_characters_per_second() -> float:
    model = ScriptedModel([ANSWER], delay_s=1 / RATE)
    seen: list[tuple[float, int]] = []
    length = 0
    for event in model.stream([Message("user", (Text("go"),))], (), Options(), threading.Event()):
        if isinstance(event, TextDelta):
            length += len(event.text)
            seen.append((time.perf_counter(), length))
    return _slope(seen)


def _page_characters_per_second(history: int) -> float:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        script = folder / "script.json"
        script.write_text(json.dumps([ANSWER]))
        _fill(folder / "data", history)
        flags = ("--script", str(script), "--rate", str(RATE))
        server = Server(folder, *flags, program=("-m", "tests.browser.scripted_app"))
        browser = playwright.chromium.launch(executable_path=chromium.bring(), headless=True, args=list(chromium.FLAGS))
        try:
            page = browser.new_page()
            page.goto(server.url)
            page.locator("#composer textarea").wait_for(timeout=60_000)
            if history:
                page.locator("#conversations").get_by_text("A long conversation").first.click()
                page.locator("#chat .bot").first.wait_for(timeout=60_000)
            return _ask_and_watch(page)
        finally:
            browser.close()
            server.stop()


def _ask_and_watch(page: Page) -> float:
    page.evaluate(OBSERVE)
    page.locator("#composer textarea").fill("go")
    page.keyboard.press("Enter")
    last = f"word{TOKENS - 1:04d}"
    page.wait_for_function(
        f"document.querySelector('#chat').textContent.includes('{last}')", timeout=120_000, polling=200
    )
    grown = [(at / 1000, length) for at, length in page.evaluate("window.grown")]
    start = next(index for index, (_, length) in enumerate(grown) if 0 < length < 2000)
    return _slope(grown[start:])


def _slope(seen: list[tuple[float, int]]) -> float:
    """Characters a second between the first and the last sight."""
    (first_at, first), (last_at, last) = seen[0], max(seen, key=lambda sight: sight[1])
    return (last - first) / (last_at - first_at)


def _fill(folder: Path, characters: int) -> None:
    if not characters:
        return
    folder.mkdir(parents=True)
    store = Store(sqlite_url(folder))
    conversation = store.create_conversation("A long conversation")
    paragraph = "Aspirin acetylates a serine of cyclooxygenase, and the enzyme stays blocked. " * 26
    for _ in range(characters // (len(paragraph) + 20)):
        store.add_message(conversation, "user", [Text("Tell me more, please")])
        store.add_message(conversation, "assistant", [Text(paragraph)])
    store.close()
