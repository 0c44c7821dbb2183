"""A model that sees, from files to the page: a small random checkpoint of Intern-S1-mini's shape."""

from __future__ import annotations

import re

import PIL.Image
import pytest
from playwright.sync_api import expect

from tests.browser.server import Server
from tests.browser.test_conversation import A_WHILE, ask, finished, open_page
from tests.model.clips import write_clip
from tests.model.interns1_checkpoint import write_checkpoint


@pytest.fixture(scope="module")
def seeing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seeing")
    running = Server(folder / "data", "--model", str(write_checkpoint(folder / "Intern-S1-mini")))
    yield running
    running.stop()


def test_pictures_and_videos_are_priced_before_they_are_sent_and_shown_as_they_were_seen(page, seeing, tmp_path):
    PIL.Image.new("RGB", (640, 480), "navy").save(tmp_path / "a.png")
    film = write_clip(tmp_path / "clip.mp4", frames=30)
    open_page(page, seeing.url)
    expect(page.locator("#model-status")).to_contain_text("Intern-S1-mini is ready", timeout=A_WHILE)
    page.locator("#choices summary").click()
    page.get_by_label("Tokens of an answer").fill("16")
    page.get_by_label("Frames of a video").fill("5")
    page.locator("#composer input[type=file]").set_input_files([str(tmp_path / "a.png"), str(film)])
    # 640 x 480 is 12 tiles and a thumbnail, 3,330 tokens; five frames are 1,290
    expect(page.locator("#cost")).to_contain_text("4,620 tokens", timeout=A_WHILE)
    page.get_by_label("Tiles of a message").fill("1")
    page.get_by_label("Tiles of a message").press("Tab")
    expect(page.locator("#cost")).to_contain_text("1,548 tokens")
    ask(page, "What moves?")
    finished(page)
    expect(page.locator("#cost p")).to_be_hidden()
    expect(page.locator(".frames figcaption")).to_have_text("clip.mp4, as 5 frames")
    sheet = page.locator(".frames img")
    expect(sheet).to_have_js_property("complete", True)
    assert sheet.evaluate("image => image.naturalWidth") == 4 * 174  # four in a row
    expect(page.locator(".ended")).to_contain_text("Cut off after 16 tokens")
    # the picture and the frames are in the prompt
    counted = page.locator(".usage").text_content()
    assert "Written16 tokens" in counted
    assert int(re.search(r"Prompt([\d,]+) tokens", counted).group(1).replace(",", "")) > 1_548


def test_a_file_that_is_neither_is_refused_with_a_sentence_and_stays_in_the_composer(page, seeing, tmp_path):
    (tmp_path / "film.mp4").write_bytes(write_clip(tmp_path / "whole.mp4", frames=30).read_bytes()[:-2000])
    open_page(page, seeing.url)
    expect(page.locator("#model-status")).to_contain_text("is ready", timeout=A_WHILE)
    page.locator("#composer input[type=file]").set_input_files(str(tmp_path / "film.mp4"))
    expect(page.locator("#composer .thumbnail-item")).to_be_visible()
    ask(page, "What moves?")
    expect(page.locator(".toast-body")).to_contain_text("is cut off")


def test_how_a_question_was_tokenized_is_shown(page, seeing):
    open_page(page, seeing.url)
    expect(page.locator("#model-status")).to_contain_text("is ready", timeout=A_WHILE)
    page.locator("#choices summary").click()
    page.get_by_label("Tokens of an answer").fill("16")
    ask(page, "What is CC(=O)Oc1ccccc1C(=O)O <b>good</b> for?")
    finished(page)
    page.locator(".question").hover()
    page.get_by_label("How the model read this question").click()
    expect(page.locator("#tokens mark.smiles").first).to_have_text("CC(=O)Oc1ccccc1C(=O)O")
    expect(page.locator("#tokens h2")).to_have_text(
        re.compile(r"^\d+ tokens, \d+ fewer than by the vocabulary of prose alone$")
    )
    expect(page.locator("#tokens .tokenized")).to_contain_text("<b>good</b>")
    page.keyboard.press("Escape")
    expect(page.locator("#tokens")).to_have_count(0)


def test_the_model_is_unloaded_and_another_loaded_from_the_page(page, seeing):
    open_page(page, seeing.url)
    status = page.locator("#model-status")
    expect(status).to_contain_text("is ready", timeout=A_WHILE)
    page.locator("#model-choice summary").click()
    page.get_by_role("button", name="Unload").click()
    expect(status).to_contain_text("No model is loaded", timeout=A_WHILE)
    expect(status).to_contain_text(re.compile(r"freed -?\d+\.\d\d GB"))
    ask(page, "Hello?")
    expect(page.locator("#chat .tool-error")).to_contain_text("load one to ask")
    page.get_by_label("A folder, or an id").fill("/nowhere/at/all")
    page.get_by_role("button", name="Load it").click()
    expect(status).to_contain_text("There is no folder", timeout=A_WHILE)
    page.get_by_label("A folder, or an id").fill("")
    page.get_by_role("button", name="Load it").click()
    expect(status).to_contain_text("SmolLM2-135M-Instruct is ready", timeout=A_WHILE)
    expect(page.get_by_label("Think before answering")).to_be_hidden()
    page.get_by_role("button", name="Load it").click()
    expect(status).to_contain_text(
        re.compile(r"Unloading SmolLM2-135M-Instruct freed .* before, .* after"), timeout=A_WHILE
    )
