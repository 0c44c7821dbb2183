"""A model that is not on this machine: nothing is asked before the click, and it answers after it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.server import Server
from tests.browser.test_conversation import A_WHILE, ask, finished, open_page
from tests.model.checkpoints import write_tiny_checkpoint
from tests.model.hub import Hub, serving


def test_a_model_is_fetched_when_a_person_asks_for_it_and_not_before(page, tmp_path, monkeypatch):
    with serving(Hub(), monkeypatch, tmp_path / "cache") as hub:
        hub.add("someone/Tiny", write_tiny_checkpoint(tmp_path / "tiny"))
        hub.refusals["someone/Gated"] = (403, "GatedRepo")
        running = Server(tmp_path / "served", "--model", "someone/Gated")
        open_page(page, running.url)
        status = page.locator("#model-status")
        expect(status).to_contain_text("nothing is fetched unasked", timeout=A_WHILE)
        assert hub.asked == []
        page.get_by_role("button", name="Fetch someone/Gated from 127.0.0.1").click()
        expect(status).to_contain_text("is gated: accept its terms", timeout=A_WHILE)

        page.locator("#model-choice summary").click()
        page.locator("#model-choice input").fill("someone/Tiny")
        page.get_by_role("button", name="Load it").click()
        page.get_by_role("button", name="Fetch someone/Tiny").click(timeout=A_WHILE)
        expect(status).to_contain_text("Tiny is ready", timeout=A_WHILE)
        ask(page, "Hello")
        finished(page)
        running.stop()
