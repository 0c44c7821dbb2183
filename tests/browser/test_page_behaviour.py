"""What the page does while an answer streams, with a scripted model: nothing is lost, nothing is painted elsewhere."""

from __future__ import annotations

import io
import json
import re

import PIL.Image
import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.test_conversation import A_WHILE, ask, finished, open_page

STORY = " ".join(f"word{number}" for number in range(1, 401))
ALANINE = "C[C@H](N)C(=O)O"
CALL = json.dumps({"name": "describe_molecule", "arguments": {"molecule": "caffeine"}})
HOSTILE = (
    f"<think>I read a file.</think>L-alanine is {ALANINE} and a polymer *CC*. <img src='http://outside.example/a.png'> "
    "![x](http://outside.example/b.png) <form action='http://outside.example'><input></form> "
    "<script>document.title = 'taken'</script> The end."
)


def scripted(folder, script: list[str], rate: float) -> Server:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "script.json"
    file.write_text(json.dumps(script))
    flags = ("--script", str(file), "--rate", str(rate))
    return Server(folder, *flags, program=("-m", "tests.browser.scripted_app"))


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    running = scripted(tmp_path_factory.mktemp("slow"), [f"<think>Let me see.</think>{STORY}"], rate=20)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    script = [
        f"<think>A tool knows.</think><tool_call>\n{CALL}\n</tool_call>",
        "<think>The tool has said it.</think>Caffeine weighs 194.19 Da.",
    ]
    running = scripted(tmp_path_factory.mktemp("quick"), script, rate=400)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    running = scripted(tmp_path_factory.mktemp("hostile"), [HOSTILE], rate=400)
    yield running
    running.stop()


def said(page: Page) -> str:
    return page.locator("#chat").inner_text()


def streaming(page: Page) -> None:
    expect(page.locator("#chat")).to_contain_text("word5", timeout=A_WHILE)


def test_an_answer_goes_on_unpainted_while_another_conversation_is_asked_and_is_there_on_return(page, slow):
    open_page(page, slow.url)
    ask(page, "Tell me the first story")
    streaming(page)
    page.locator("#new-chat").click()
    expect(page.locator(".question")).to_have_count(0)
    page.wait_for_timeout(1000)
    assert "word" not in said(page), "the other conversation's answer is not painted here"
    ask(page, "Tell me the second story")
    expect(page.locator(".question")).to_have_text(re.compile("second"))
    streaming(page)
    page.locator("#conversations").get_by_text("Tell me the first story").click()
    expect(page.locator(".question")).to_have_text(re.compile("first"))
    before = said(page)
    page.wait_for_timeout(1000)
    assert len(said(page)) > len(before) and "second" not in said(page), "the first one still grows"
    page.locator("#composer .stop-button").click()
    finished(page)
    expect(page.locator("#chat")).to_contain_text("Stopped.")
    page.locator("#conversations").get_by_text("Tell me the second story").click()
    expect(page.locator("#composer .stop-button")).to_be_visible()
    page.locator("#composer .stop-button").click()
    finished(page)


def test_after_a_reload_in_the_middle_the_answer_is_settled_and_can_be_asked_again(page, slow):
    open_page(page, slow.url)
    ask(page, "Tell me a story to reload")
    streaming(page)
    page.reload()
    expect(page.locator("#chat")).to_contain_text("word5", timeout=A_WHILE)
    finished(page)
    expect(page.locator(".answer-notice")).to_have_count(0)
    expect(page.locator("#chat")).to_contain_text("Stopped.")
    expect(page.locator("#composer .submit-button")).to_be_visible()


def test_a_question_asked_before_the_page_has_loaded_its_list_is_not_painted_over(page, slow):
    held = []
    page.route("**/queue/join*", lambda route: route.continue_() if held else held.append(route))  # the load's own
    open_page(page, slow.url)
    ask(page, "Tell me a hasty story")
    streaming(page)
    held[0].continue_()
    page.wait_for_timeout(1000)
    before = said(page)
    page.wait_for_timeout(1000)
    assert len(said(page)) > len(before) > 0
    assert "?c=" in page.url, "a reload finds the conversation"
    page.locator("#composer .stop-button").click()
    finished(page)
    expect(page.locator("#conversations")).to_contain_text("hasty")


def test_how_it_answers_is_sent_with_the_question_and_kept_over_a_reload(page, quick):
    open_page(page, quick.url)
    expect(page.locator("#model-status")).to_contain_text("is ready")
    page.locator("#choices summary").click()
    expect(page.get_by_label("Think before answering")).to_be_visible()
    expect(page.get_by_label("Tiles of a message")).to_be_hidden()  # this model sees nothing
    page.get_by_label("Seed").fill("7")
    page.get_by_label("Style").select_option("precise")
    page.get_by_label("Tokens of thinking").fill("3")  # below the least, so that it does not count
    ask(page, "What does caffeine weigh?")
    finished(page)
    expect(page.locator(".usage dl")).to_contain_text("7: with it, this model")
    page.reload()
    page.locator("#choices summary").click()
    expect(page.get_by_label("Seed")).to_have_value("7")
    expect(page.get_by_label("Style")).to_have_value("precise")
    expect(page.get_by_label("Tokens of thinking")).to_have_value("")


def test_a_second_tab_follows_the_same_answer_to_its_end(context, slow):
    one, other = context.new_page(), context.new_page()
    open_page(one, slow.url)
    ask(one, "Tell me a story for two")
    streaming(one)
    open_page(other, one.url)
    streaming(other)
    before = said(other)
    other.wait_for_timeout(1200)
    assert len(said(other)) > len(before)
    other.locator("#composer .stop-button").click()
    finished(one)
    finished(other)
    expect(other.locator("#chat")).to_contain_text("Stopped.")


def test_what_would_cut_into_a_running_answer_is_refused_with_a_sentence(page, slow):
    open_page(page, slow.url)
    ask(page, "Tell me a story to interrupt")
    streaming(page)
    page.locator(".question").hover()
    page.locator(".question [data-action=edit]").click()
    expect(page.locator(".toast-body")).to_contain_text("stop it first")
    expect(page.locator(".question")).to_have_count(1)
    page.locator("#composer .stop-button").click()
    finished(page)


def test_thinking_a_card_and_an_answer_stand_in_one_answer_with_one_row_of_actions(page, quick):
    open_page(page, quick.url)
    ask(page, "What does caffeine weigh?")
    finished(page)
    expect(page.locator(".tool-card")).to_have_count(1)
    # average mass 194.19 g/mol: PubChem, CID 2519
    expect(page.locator(".view.table")).to_contain_text("194.19")
    expect(page.locator("#chat")).to_contain_text("Caffeine weighs 194.19 Da.")
    expect(page.locator("#chat").get_by_text(re.compile("Thought for"))).to_have_count(2)
    expect(page.get_by_text("A tool knows.")).to_be_hidden()
    expect(page.locator(".answer-actions")).to_have_count(1)
    page.locator("#chat").get_by_text(re.compile("Thought for")).first.click()
    expect(page.get_by_text("A tool knows.")).to_be_visible()
    assert page.get_by_role("button", name=re.compile("^(Undo|Like|Dislike|Flag)$")).count() == 0


def test_copy_takes_the_tools_sentences_and_the_words(context, quick):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    open_page(page, quick.url)
    ask(page, "What does caffeine weigh?")
    finished(page)
    page.locator(".answer-actions").hover()
    page.locator(".answer-actions [data-action=copy]").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("[describe_molecule] Caffeine, C8H10N4O2: average mass 194.19 Da")
    # whose check a busy machine may not end in time
    assert copied.removesuffix("\n\n[1 checked: 1 from tools]").endswith("Caffeine weighs 194.19 Da.")


def test_a_question_is_edited_taken_back_and_asked_again_with_its_picture(page, quick, tmp_path):
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (40, 30), "teal").save(buffer, "PNG")
    (tmp_path / "flask.png").write_bytes(buffer.getvalue())
    open_page(page, quick.url)
    page.locator("#composer input[type=file]").set_input_files(str(tmp_path / "flask.png"))
    expect(page.locator("#composer .thumbnail-item, #composer img").first).to_be_visible()
    ask(page, "What is in this flask?")
    finished(page)
    picture = page.locator(".question img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 40
    page.locator(".question").hover()
    page.locator(".question [data-action=edit]").click()
    expect(page.locator("#composer textarea")).to_have_value("What is in this flask?")
    expect(page.locator("#editing-note")).to_contain_text("replaces the earlier question")
    page.locator("#editing-note button").click()
    expect(page.locator("#composer textarea")).to_have_value("")
    expect(page.locator("#editing-note")).to_have_text("")
    page.locator(".question").hover()
    page.locator(".question [data-action=edit]").click()
    expect(page.locator("#composer textarea")).to_have_value("What is in this flask?")
    ask(page, "What was in this flask?")
    expect(page.locator(".question")).to_have_text(re.compile("What was in"), timeout=A_WHILE)
    finished(page)
    expect(page.locator(".question")).to_have_count(1)
    expect(page.locator(".question img")).to_be_visible()
    page.locator(".answer-actions").hover()
    page.locator("[data-action=undo]").click()
    expect(page.locator("#composer textarea")).to_have_value("What was in this flask?")
    expect(page.locator(".question")).to_have_count(0)
    page.locator("#composer .submit-button").click()
    finished(page)
    expect(page.locator(".question img")).to_be_visible()


def test_what_was_typed_stays_when_another_conversation_is_opened(page, quick):
    open_page(page, quick.url)
    ask(page, "What does caffeine weigh?")
    finished(page)
    page.locator("#composer textarea").fill("a thought to keep")
    page.locator("#new-chat").click()
    expect(page.locator(".question")).to_have_count(0)
    page.wait_for_timeout(500)
    expect(page.locator("#composer textarea")).to_have_value("a thought to keep")


def test_a_file_that_is_no_picture_is_one_sentence_and_the_question_stays(page, quick, tmp_path):
    (tmp_path / "notes.png").write_bytes(b"\x89PNG\r\n\x1a\nand no picture")
    open_page(page, quick.url)
    page.locator("#composer input[type=file]").set_input_files(str(tmp_path / "notes.png"))
    page.wait_for_timeout(500)
    ask(page, "What is this?")
    expect(page.locator(".toast-body")).to_contain_text("is not a whole PNG")
    expect(page.locator("#composer textarea")).to_have_value("What is this?")


def test_what_a_model_writes_reaches_no_host_and_its_smiles_survive(page, hostile):
    open_page(page, hostile.url)
    ask(page, "What is L-alanine?")
    finished(page)
    text = said(page)
    assert ALANINE in text and "*CC*" in text and "The end." in text
    chat = page.locator("#chat")
    for element in ("form", "script", "input:not([type=hidden])", "img"):
        assert chat.locator(element).count() == 0, element
    assert page.title() == "Retort"


def test_a_narrow_page_begins_with_the_composer_and_opens_the_list_on_request(browser, quick):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    open_page(page, quick.url)
    expect(page.locator("#new-chat")).to_be_hidden()
    page.locator("[data-action=sidebar]").click()
    expect(page.locator("#new-chat")).to_be_visible()
    page.locator("#new-chat").click()
    expect(page.locator("#new-chat")).to_be_hidden()
    context.close()


def test_the_page_follows_the_text_to_the_question_and_from_the_end_on_and_leaves_a_reader_alone(browser, slow):
    context = browser.new_context(viewport={"width": 500, "height": 360})
    page = context.new_page()
    open_page(page, slow.url)
    ask(page, "Tell me a story to scroll")
    expect(page.locator("#chat")).to_contain_text("word120", timeout=A_WHILE)
    beyond_the_end = "document.documentElement.scrollHeight - window.innerHeight - window.scrollY"
    page.wait_for_timeout(200)
    top = page.locator(".question").bounding_box()["y"]
    assert 0 <= top < 40, "the question stands at the top, and what is read below it does not move"
    page.mouse.wheel(0, 5000)
    page.wait_for_timeout(1500)
    assert page.evaluate(beyond_the_end) < 40, "who goes to the end is kept there"
    page.mouse.wheel(0, -150)
    page.wait_for_timeout(300)
    place = page.evaluate("window.scrollY")
    page.wait_for_timeout(1500)
    assert page.evaluate("window.scrollY") == place, "a reader who went up is left alone"
    page.locator("#composer .stop-button").click()
    finished(page)
    context.close()


def test_a_chosen_theme_is_kept(page, quick):
    open_page(page, quick.url)
    page.locator("[data-action=theme]").click()
    assert page.evaluate("document.body.classList.contains('dark')")
    page.reload()
    expect(page.locator("#composer textarea")).to_be_visible(timeout=A_WHILE)
    page.wait_for_function("document.body.classList.contains('dark')")
