"""One Chromium for all browser tests, a fresh context for each, and a server with the embedded model."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import chromium
from tests.browser.server import Server

LOOPBACK = re.compile(r"^(https?|wss?)://(127\.0\.0\.1|localhost)(:\d+)?/|^(data|blob|about):")


@pytest.fixture(scope="package")
def browser():
    """The only one: Playwright keeps an event loop in this thread, and a second one cannot start beside it."""
    path = chromium.bring()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, headless=True, args=list(chromium.FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def context(browser):
    """A fresh profile; the test fails if anything asked a host other than this machine's loopback."""
    asked: list[str] = []
    fresh = browser.new_context(viewport={"width": 1440, "height": 900})
    fresh.on("request", lambda request: asked.append(request.url))
    yield fresh
    fresh.close()
    outside = [url for url in asked if not LOOPBACK.match(url)]
    assert outside == [], "the page asked another host"


@pytest.fixture
def page(context):
    """A page whose uncaught errors fail the test."""
    errors: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    assert errors == []


@pytest.fixture(scope="package")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("retort"))
    yield running
    running.stop()
