"""What a reader sees of a checked answer: marks that open by mouse, key and finger, cards, drawings, and a correction."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.test_conversation import A_WHILE, ask, finished, open_page

CALL = json.dumps({"name": "describe_molecule", "arguments": {"molecule": "aspirin"}})
ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
ANSWER = rf"""**Aspirin** ({ASPIRIN}) has the formula C9H8O4 and a molar mass of **180.16 g/mol**, so 0.5 g are 2.78 mmol.

| property | value | unit |
|---|---|---|
| molar mass | 180.16 | g/mol |
| logP | 2.90 | |
| TPSA | **63.6** | Å² |
| CAS | 50-78-3 | |

1. Salicylic acid, `O=C(O)c1ccccc1O`, weighs 138.12 g/mol.
2. Acetic anhydride, CC(=O)OC(C)=O, weighs 112.09 g/mol.
   - It boils at 139.8 °C.

The yield is $$\eta = \frac{{m}}{{M \cdot n}} = 0.81$$ and inline \(M = 180.16\) as well; C7H6O3 + C4H6O3 → C9H8O4 + C2H4O2.

> Caffeine is CN1C=NC2=C1C(=O)N(C(=O)N2C)C and its mass is 194.19 g/mol.

```python
mass = 99.99  # no mark lies in code
```

The InChIKey is BSYNRYMUTXBXSQ-UHFFFAOYSA-N, and water is H<sub>2</sub>O at 18.02 g/mol; ethanol, CCO, weighs 46.07 g/mol."""
CORRECTED = "Acetic anhydride weighs 102.09 g/mol, and still 77.7 g/mol is wrong."


def mark(span: str, verdict: str, ours: str = "", kind: str = "average_mass", smiles: str = "", **more: str) -> dict:
    call = {} if verdict == "invalid" else {"tool": "describe_molecule", "arguments": {"molecule": "aspirin"}}
    return {"span": span, "verdict": verdict, "ours": ours, "kind": kind, "smiles": smiles, "call": call, **more}


MARKS = [
    mark(ASPIRIN, "tool", kind="smiles", smiles=ASPIRIN, card="describe_molecule"),
    mark("C9H8O4", "tool", "C9H8O4", "formula", ASPIRIN, card="describe_molecule"),
    mark("180.16 g/mol", "tool", "180.16 g/mol", card="describe_molecule"),
    mark("2.78 mmol", "equal", "2.775 mmol"),
    mark("2.90", "different", "1.31", "logp"),
    mark("63.6", "equal", "63.6 Å²", "tpsa"),
    mark("50-78-3", "invalid", "the check digit should be 2", "cas"),
    mark("O=C(O)c1ccccc1O", "equal", kind="smiles"),
    mark("138.12 g/mol", "equal", "138.12 g/mol"),
    mark("CC(=O)OC(C)=O", "equal", kind="smiles"),
    mark("112.09 g/mol", "different", "102.09 g/mol"),
    mark("M = 180.16", "equal", "180.16 g/mol"),
    mark("C7H6O3 + C4H6O3 → C9H8O4 + C2H4O2", "equal", "balanced", "reaction"),
    mark("CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "equal", kind="smiles"),
    mark("194.19 g/mol", "equal", "194.19 g/mol"),
    mark("99.99", "different", "180.16 g/mol"),  # stands in a fence
    mark("BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "equal", kind="inchikey", smiles=ASPIRIN),
    mark("H<sub>2</sub>O", "equal", kind="formula", smiles="O"),
    mark("18.02 g/mol", "equal", "18.015 g/mol"),
    mark("46.07 g/mol", "equal", "46.069 g/mol", smiles="CCO"),
    mark("77.7 g/mol", "different", "102.09 g/mol"),  # of the corrected answer
]
SUMMARY = "20 checked: 3 from tools, 13 equal, 3 different, 1 invalid"
TURNS = [f"<think>A tool knows.</think><tool_call>\n{CALL}\n</tool_call>", ANSWER, CORRECTED]


def scripted(folder: Path, script: list[str], rate: float, marks: list[dict] | None = None) -> Server:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "script.json").write_text(json.dumps(script))
    flags = ["--script", str(folder / "script.json"), "--rate", str(rate)]
    if marks is not None:
        (folder / "marks.json").write_text(json.dumps(marks))
        flags += ["--marks", str(folder / "marks.json")]
    return Server(folder, *flags, program=("-m", "tests.browser.scripted_app"))


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    running = scripted(tmp_path_factory.mktemp("checked"), TURNS, 400, MARKS)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def correcting(tmp_path_factory):
    """Another one, so that what its model says next is known: each test that asks it hears all of its turns."""
    running = scripted(tmp_path_factory.mktemp("correcting"), TURNS, 400, MARKS)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def conversation(browser, checked) -> str:
    """The address of a conversation with the marked answer."""
    context = browser.new_context()
    page = context.new_page()
    open_page(page, checked.url)
    ask(page, "What is aspirin?")
    expect(page.locator(".checks summary")).to_have_text(SUMMARY, timeout=A_WHILE)
    finished(page)
    address = page.url
    context.close()
    return address


@pytest.fixture
def answer(page, conversation) -> Page:
    """A page that was loaded anew: what is seen was kept."""
    open_page(page, conversation)
    expect(page.locator(".checks summary")).to_have_text(SUMMARY, timeout=A_WHILE)
    return page


def marked(page: Page, text: str):
    return page.locator("#chat .checked").filter(has_text=text).last


def test_twenty_marks_stand_in_a_text_that_reads_as_without_them(answer):
    marks = answer.locator("#chat .md .checked")
    # one lies in the fence, where no mark can stand; "M = 180.16" is drawn by KaTeX, which reads it twice
    expect(marks).to_have_count(19)
    chat = answer.locator("#chat")
    said = chat.inner_text()
    assert "<span" not in said and "mark-" not in said and "role=" not in said
    expect(chat.locator(".md table").last.locator("td")).to_have_count(12)
    expect(chat.locator(".md td strong .checked")).to_have_text("63.6")
    expect(chat.locator(".md ol > li")).to_have_count(2)
    expect(chat.locator(".md ol ul > li")).to_have_count(1)
    expect(chat.locator(".md .katex-display")).to_have_count(1)
    expect(chat.locator(".md .checked .katex")).to_have_count(1)
    expect(chat.locator(".md blockquote .checked")).to_have_count(2)
    expect(chat.locator(".md pre .checked")).to_have_count(0)
    expect(chat.locator(".md .checked sub")).to_have_text("2")
    assert marked(answer, ASPIRIN).locator("code").inner_text() == ASPIRIN


def test_the_four_verdicts_differ_by_more_than_colour(answer):
    seen = {}
    for verdict in ("tool", "equal", "different", "invalid"):
        seen[verdict] = answer.locator(f"#chat .checked.{verdict}").last.evaluate(
            "mark => [getComputedStyle(mark).textDecorationStyle, getComputedStyle(mark, '::after').content[1]]"
        )
    assert seen == {
        "tool": ["solid", "✓"],
        "equal": ["dotted", "="],
        "different": ["double", "≠"],
        "invalid": ["wavy", "✗"],
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("180.16 g/mol", ["180.16 g/mol average mass", "From a tool: describe_molecule", '"molecule": "aspirin"']),
        ("2.78 mmol", ["Recomputed: equal within the digits given", "2.775 mmol"]),
        ("112.09 g/mol", ["Recomputed: 102.09 g/mol"]),
        ("50-78-3", ["CAS number", "Cannot be right: the check digit should be 2", "no tool was called"]),
    ],
)
def test_a_click_opens_what_was_checked_and_a_click_beside_it_closes_that(answer, text, told):
    marked(answer, text).click()
    panel = answer.locator("#check")
    expect(panel).to_be_visible()
    shown = re.sub(r"\s+", " ", panel.inner_text())
    for words in told:
        assert words.lower() in shown.lower()
    expect(panel.get_by_text("Show its card")).to_have_count(1 if text == "180.16 g/mol" else 0)
    answer.locator("#chat .md p").last.click(position={"x": 1, "y": 1})
    expect(panel).to_have_count(0)


def test_by_keyboard_a_mark_opens_its_card_can_be_reached_and_escape_goes_back(answer):
    one = marked(answer, "180.16 g/mol")
    one.focus()
    answer.keyboard.press("Enter")
    panel = answer.locator("#check")
    expect(panel).to_be_focused()
    answer.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(one).to_be_focused()
    answer.keyboard.press(" ")
    answer.keyboard.press("Shift+Tab")
    expect(panel).to_have_count(0)
    expect(one).to_be_focused()
    answer.keyboard.press("Enter")
    answer.keyboard.press("Tab")
    expect(answer.locator("#check [data-card]")).to_be_focused()
    answer.keyboard.press("Enter")
    card = answer.locator(".tool-card[data-call]")
    expect(card).to_have_attribute("open", "")
    expect(card.locator("summary")).to_be_focused()
    expect(card).to_be_in_viewport()
    expect(card).to_contain_text("Computed by")


def test_the_call_is_copied_as_json(context, conversation):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    open_page(page, conversation)
    marked(page, "180.16 g/mol").click()
    page.locator("#check [data-action=copy]").click()
    expect(page.locator("#check")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert json.loads(copied) == {"tool": "describe_molecule", "arguments": {"molecule": "aspirin"}}


def test_a_molecule_is_drawn_under_the_mouse_and_under_the_focus_and_goes_again(answer):
    one = marked(answer, "O=C(O)c1ccccc1O")
    one.hover()
    drawing = answer.locator("#check .drawn svg")
    expect(drawing).to_be_visible()
    assert drawing.get_attribute("aria-label") == "O=C(O)c1ccccc1O"
    expect(one).not_to_be_focused()
    answer.mouse.move(2, 2)
    expect(answer.locator("#check")).to_have_count(0)
    marked(answer, "18.02 g/mol").focus()
    answer.keyboard.press("Tab")  # to ethanol's mass, whose structure is told with it
    expect(marked(answer, "46.07 g/mol")).to_be_focused()
    expect(drawing).to_be_visible()
    assert drawing.get_attribute("aria-label") == "CCO"
    answer.keyboard.press("Tab")
    expect(answer.locator("#check")).to_have_count(0)


def test_a_finger_opens_a_mark_on_a_narrow_page_within_its_edges(browser, conversation):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_page(page, conversation)
    for text in (ASPIRIN, "C7H6O3 + C4H6O3", "46.07 g/mol"):
        marked(page, text).tap()
        panel = page.locator("#check")
        expect(panel).to_be_visible()
        if text == ASPIRIN:
            expect(panel.locator("svg")).to_be_visible()
        box = panel.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        page.locator("#model-status").tap()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    context.close()


def test_the_line_below_opens_to_all_that_was_checked_also_where_no_mark_can_stand(answer):
    answer.locator(".checks summary").click()
    entries = answer.locator(".checks li")
    expect(entries).to_have_count(20)
    expect(entries.filter(has_text="99.99")).to_contain_text("ecomputed: 180.16 g/mol")


def test_a_correction_is_asked_for_by_a_click_and_both_versions_stay(page, correcting):
    open_page(page, correcting.url)
    ask(page, "What is aspirin, please?")
    finished(page)
    page.locator("#composer textarea").fill("a thought to keep")
    page.locator("[data-action=correct]").click()
    expect(page.locator("#chat")).to_contain_text("Acetic anhydride weighs 102.09 g/mol", timeout=A_WHILE)
    finished(page)
    asked = page.locator(".question.by-retort")
    expect(asked).to_have_count(1)
    expect(asked).to_contain_text("“112.09 g/mol” is different when computed: 102.09 g/mol")
    expect(asked).to_contain_text("“50-78-3” cannot be right: the check digit should be 2")
    expect(asked.locator("button")).to_have_count(0)
    expect(page.locator("#chat")).to_contain_text("weighs 112.09 g/mol")
    expect(page.locator(".checks summary")).to_have_count(2)
    expect(page.locator("[data-action=correct]")).to_have_count(1)  # of the correction, which is wrong once more
    page.locator(".answer-actions").last.hover()
    page.locator("[data-action=undo]").last.click()
    expect(asked).to_have_count(0)
    expect(page.locator("#composer textarea")).to_have_value("a thought to keep")
    expect(page.locator("[data-action=correct]")).to_have_count(1)


def test_where_it_was_chosen_a_correction_follows_once_by_itself(page, correcting):
    open_page(page, correcting.url)
    page.locator("#choices summary").click()
    page.get_by_label("Correct what is different, once").check()
    ask(page, "What is aspirin, then?")
    expect(page.locator("#chat")).to_contain_text("Acetic anhydride weighs 102.09 g/mol", timeout=A_WHILE)
    finished(page)
    page.wait_for_timeout(1500)
    expect(page.locator(".question.by-retort")).to_have_count(1)  # the correction has an error, too, and is left so
    expect(page.locator(".question")).to_have_count(2)
    expect(page.locator(".checks summary").last).to_have_text("1 checked: 1 different")


def test_a_correction_that_follows_by_itself_leaves_a_reader_who_has_gone_elsewhere(page, tmp_path):
    story = " ".join(f"word{number}" for number in range(1, 60))
    server = scripted(tmp_path, [f"{story} 112.09 g/mol", f"{story} Corrected."], 20, MARKS)
    open_page(page, server.url)
    page.locator("#choices summary").click()
    page.get_by_label("Correct what is different, once").check()
    ask(page, "Tell me slowly")
    expect(page.locator("#chat")).to_contain_text("word5", timeout=A_WHILE)
    page.locator("#new-chat").click()
    expect(page.locator(".question")).to_have_count(0)
    page.locator("#composer textarea").fill("another thought")
    page.wait_for_timeout(6000)  # by now the correction streams
    expect(page.locator(".question")).to_have_count(0)
    expect(page.locator("#composer textarea")).to_have_value("another thought")
    page.locator("#conversations").get_by_text("Tell me slowly").click()
    expect(page.locator("#chat")).to_contain_text("Corrected.", timeout=A_WHILE)
    expect(page.locator(".question.by-retort")).to_have_count(1)
    finished(page)
    server.stop()


def test_marks_come_while_the_answer_streams_and_escape_closes_one_without_stopping_it(page, tmp_path):
    story = " ".join(f"word{number}" for number in range(1, 120))
    server = scripted(tmp_path, [f"It weighs 180.16 g/mol.\n\n{story} and 2.90 at the end."], 20, MARKS)
    open_page(page, server.url)
    ask(page, "Tell me slowly")
    one = page.locator("#chat .checked")
    expect(one).to_have_text("180.16 g/mol", timeout=A_WHILE)
    expect(page.locator(".checks summary")).to_have_text("1 checked: 1 from tools")
    one.click()
    expect(page.locator("#check")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#check")).to_have_count(0)
    expect(page.locator("#composer .stop-button")).to_be_visible()
    expect(page.locator(".checks summary")).to_have_text("2 checked: 1 from tools, 1 different", timeout=A_WHILE)
    finished(page)
    expect(page.locator("#chat")).not_to_contain_text("Stopped.")
    server.stop()


def test_the_real_checker_marks_what_stands_on_a_tool_and_what_a_model_gets_wrong(page, tmp_path):
    # average masses 180.16 and 194.19 g/mol: PubChem, CID 2244 and 2519; 50-78-2 is the number of aspirin there
    said = "Aspirin has a molar mass of 180.16 g/mol, its CAS number is 50-78-3. Caffeine has a molar mass of 204.19 g/mol."
    server = scripted(tmp_path, [TURNS[0], said], 400)
    open_page(page, server.url)
    ask(page, "What do you know?")
    finished(page)
    page.locator("#new-chat").click()
    expect(page.locator(".answer-actions")).to_have_count(0)  # else the question goes to the chat that is left
    ask(page, "What else do you know?")  # a busy machine may need more than five seconds to start tools and tables
    expect(page.locator(".checks summary")).to_have_text(
        "3 checked: 1 from tools, 1 different, 1 invalid", timeout=A_WHILE
    )
    finished(page)
    expect(page.locator("#chat .checked.invalid")).to_have_text("50-78-3")
    expect(page.locator("#chat .checked.different")).to_have_text(re.compile("204.19"))
    page.locator("#chat .checked.different").click()
    expect(page.locator("#check .verdict")).to_have_text(re.compile(r"194\.19?"))
    page.keyboard.press("Escape")
    expect(page.locator("#check")).to_have_count(0)
    page.locator("#chat .checked.tool").click()
    page.locator("#check [data-card]").click()
    expect(page.locator(".tool-card[open] summary")).to_be_focused()
    server.stop()
