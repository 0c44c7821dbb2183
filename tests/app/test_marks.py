"""Marks in what a model wrote: each stands around what was checked, and nothing else of the text changes."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.checking.correcting import correction_request
from app.checking.kept import as_kept, author_text, marks_of
from app.checking.marks import Mark
from app.drawings import drawing_routes
from app.store import StoredMessage
from app.ui.markdown import safe_markdown
from app.ui.marked_text import Placed
from app.ui.marks import BY_FORM, checks_html
from app.ui.rendering import answer_text, chat_messages, message_parts
from model.messages import Text, Thinking
from tools.registry import TOOL_MODULES
from tools.running import Workers

READER = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
TAG = re.compile(
    r'<span class="checked (?:tool|equal|different|invalid)(?: goes-on)?(?: mark-\d+-\d+)+" role="button" tabindex="0">|</span>'
)
PIECES = (
    "CCO", "C[C@H](N)C(=O)O", "180.16", "g/mol", "**", "*", "_", "__", "~~", "~", "`", "`CCO`", "`a|b`", "|", "\n", "\n\n", " ",
    "    ", "- ", "1. ", "> ", "# ", "**180.16**", "*is*", "_x_", "(", ")", ",", ".", "“", "”", "\\(", "\\)", "$$", "\\[", "\\]",
    "$x_1$", "[a](https://b.example/c)", "https://a.example", "<sub>2</sub>", "H", "2", "<", ">", "&lt;", "&", "\\", "\\*", "\\|",
    "\\`", "\n```\n", "\n~~~ `\n", "\n| a | b |\n|---|---|\n| 1 | **2** |\n", "-0.4", "α", "www.a.org", "a@b.org", "![x](y)", "[", "](",
    "---", "===", "\t", "**Mass:** ", "'", '"', "snake_case_word", "a*b*c", "\r\n", "\r", "</span>", '<span class="checked tool">', "\x00",
)  # fmt: skip


def marked(text: str, *spans: str, verdict: str = "tool") -> str:
    """``text`` with a mark at the first place of each of the spans."""
    return safe_markdown(
        text,
        [Placed(text.index(span), text.index(span) + len(span), verdict, f"7-{n}") for n, span in enumerate(spans)],
    )


def inside(shown: str) -> list[str]:
    """What stands in the elements of the marks."""
    return re.findall(r'<span class="checked [^>]*>(.*?)</span>', shown, re.DOTALL)


@pytest.mark.parametrize(
    ("text", "span", "found"),
    [
        ("Its mass is 180.16 g/mol.", "180.16 g/mol", ["180.16 g/mol"]),
        ("Its mass is **180.16 g/mol**, so", "180.16 g/mol", ["180.16 g/mol"]),
        ("**Mass: 180.16** g/mol", "180.16** g/mol", ["180.16", "g/mol"]),  # no element holds half of an emphasis
        ("It is CC(=O)O, an acid.", "C(=O)O", ["`CC(=O)O`"]),  # a SMILES as a whole
        ("It is `CC(=O)O`.", "CC(=O)O", ["`CC(=O)O`"]),  # a code span with its ticks
        ("So `m = 180.16 g`.", "180.16", ["`m = 180.16 g`"]),
        (r"So \(M = 180.16\) here", "180.16", [r"\(M = 180.16\)"]),
        ("See [180.16](https://a.example) there", "180.16", ["[180.16](https://a.example) (a.example)"]),
        ("| mass | logP |\n|---|---|\n| 180.16 | 1.31 |", "180.16 | 1.31", ["180.16", "1.31"]),
        ("- 180.16 g/mol", "- 180.16 g/mol", ["180.16 g/mol"]),
        ("  3. CCO", "3. CCO", ["CCO"]),
        ("> # C9H8O4\n> CCO", "# C9H8O4\n> CCO", ["C9H8O4", "CCO"]),
        ("H<sub>2</sub>O is water", "H<sub>2</sub>O", ["H<sub>2</sub>O"]),
        ("snake_case_9 g", "snake_case_9", ["snake_case_9"]),
        ("1.\n\n        CCO", "CCO", []),  # indented code
        ("```\nCCO\n```", "CCO", []),
        ("| a |\n|---|", "---", []),
        ("first\r\nCCO last", "CCO", ["CCO"]),
    ],
)
def test_a_mark_stands_around_what_was_checked_and_whole_pieces(text: str, span: str, found: list[str]) -> None:
    assert inside(marked(text, span)) == found


@pytest.mark.parametrize("place", [(0, 0), (5, 2), (3, 10**30), (10**30, 10**31), (6, 7)])
def test_a_mark_that_lies_nowhere_is_not_shown_and_one_that_goes_too_far_ends_with_the_text(
    place: tuple[int, int],
) -> None:
    shown = safe_markdown("It is \x00CCO", [Placed(*place, "tool", "7-0")])
    assert inside(shown) == (["is CCO"] if place[0] == 3 else [])


@pytest.mark.parametrize(
    "piece", ["*a ", "`a` ", "\n- a", "| a ", "a.b@c.d ", "**a** ", "1. ", "H<sub>2</sub>O ", "\\"]
)
def test_no_text_with_many_marks_takes_more_than_a_moment(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    marks = [Placed(start, start + 20, "equal", f"7-{start}") for start in range(0, len(text), 25)]
    started = time.perf_counter()
    safe_markdown(text, marks)
    assert time.perf_counter() - started < 5.0  # where quadratic ways took minutes of a quiet machine


def test_a_mark_over_paragraphs_has_a_part_in_each_and_none_in_an_empty_one() -> None:
    assert inside(marked("first CCO\n\n\n\nCCC last", "CCO\n\n\n\nCCC")) == ["CCO", "CCC"]


def test_marks_that_come_to_lie_on_one_piece_share_an_element_with_the_gravest_sign() -> None:
    text = "`CCO = 46.07 g/mol`"
    shown = safe_markdown(text, [Placed(1, 4, "tool", "7-0"), Placed(7, 18, "different", "7-1")])
    assert shown == f'<span class="checked different mark-7-0 mark-7-1" role="button" tabindex="0">{text}</span>'


def test_only_the_last_part_of_a_mark_carries_its_sign() -> None:
    shown = marked("**Mass: 180.16** g/mol", "180.16** g/mol")
    assert re.findall(r'class="([^"]*)"', shown) == ["checked tool goes-on mark-7-0", "checked tool mark-7-0"]


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Placed]]:
    text = "".join(draw(st.lists(st.sampled_from([*PIECES, *(f"{piece} " for piece in PIECES)]), max_size=25)))
    spans = draw(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 12)), max_size=5))
    verdicts = st.sampled_from(["tool", "equal", "different", "invalid"])
    return text, [
        Placed(start, min(len(text), start + length), draw(verdicts), f"7-{number}")
        for number, (start, length) in enumerate(spans)
        if start < len(text)
    ]


@settings(max_examples=300, deadline=None)
@given(marked_texts())
def test_without_their_elements_a_marked_text_is_read_as_without_marks(case: tuple[str, list[Placed]]) -> None:
    text, marks = case
    plain, shown = safe_markdown(text), safe_markdown(text, marks)
    assert TAG.sub("", shown) == TAG.sub("", plain)  # which may hold such a tag as the text of a fence
    assert TAG.sub("", READER.render(shown)) == READER.render(plain)


@settings(max_examples=300, deadline=None)
@given(marked_texts())
def test_no_text_can_make_a_mark_of_its_own_or_change_one(case: tuple[str, list[Placed]]) -> None:
    text, marks = case
    assert "<span" not in READER.render(safe_markdown(text))
    read = READER.render(safe_markdown(text, marks))
    made = re.findall(r"<span[^>]*>", read)
    assert all(map(TAG.fullmatch, made)) and len(made) == read.count("</span>")
    assert set(re.findall(r"mark-\d+-\d+", " ".join(made))) <= {f"mark-{mark.name}" for mark in marks}


def test_of_what_streams_a_paragraph_that_has_ended_keeps_its_marks() -> None:
    text = "Aspirin weighs 180.16 g/mol.\n\nIt melts at 135 °C, as **tables** say."
    mark = Placed(15, 27, "tool", "7-0")
    for end in range(29, len(text) + 1):
        assert inside(safe_markdown(text[:end], [mark])) == ["180.16 g/mol"]


def answer(*marks: dict[str, Any], text: str = "Its mass is 200.1 g/mol.", status: str = "complete") -> StoredMessage:
    return StoredMessage(7, "assistant", (Text(text),), status, {"marks": [{**MARK, **mark} for mark in marks]})


MARK = {"part": 0, "start": 12, "end": 23, "span": "200.1 g/mol", "verdict": "different", "ours": "194.2 g/mol", "kind": "average_mass",
        "call": {"tool": "describe_molecule", "arguments": {"molecule": "caffeine"}}, "card": "", "smiles": ""}  # fmt: skip


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ({"verdict": "tool", "ours": "194.2 g/mol", "card": "7-call_1"}, "from a tool: describe_molecule"),
        ({"verdict": "equal", "ours": "194.2 g/mol"}, "recomputed: equal within the digits given"),
        ({"verdict": "different"}, "recomputed: 194.2 g/mol"),
        ({"verdict": "invalid", "ours": "the check digit should be 2", "call": {}}, "cannot be right: the check digit should be 2"),
    ],
)  # fmt: skip
def test_an_entry_says_the_claim_the_verdict_and_the_call_and_no_more(mark: dict[str, Any], told: str) -> None:
    shown = checks_html(answer(mark))
    assert f'<p class="verdict">{told}</p>' in shown
    assert "<q>200.1 g/mol</q>" in shown and "average mass" in shown
    call = html.escape(json.dumps(MARK["call"]))
    assert (f"<code>{call}</code>" in shown) == (f'data-text="{call}"' in shown) == ("call" not in mark)
    assert (BY_FORM in shown) == (mark.get("call") == {})
    assert ('data-card="7-call_1"' in shown) == (mark["verdict"] == "tool")


def test_a_claim_is_told_as_it_is_read() -> None:
    spans = ["H<sub>2</sub>O", "180.16** g/mol", "`CC*`", r"M = 180.16\)"]
    shown = checks_html(answer(*({"span": span} for span in spans)))
    assert re.findall(r"<q>(.*?)</q>", shown) == ["H2O", "180.16 g/mol", "CC*", "M = 180.16"]


def test_the_line_below_an_answer_counts_and_offers_a_correction_where_something_is_wrong() -> None:
    marks = [{"verdict": "tool"}, {"verdict": "tool"}, {"verdict": "equal"}, {"verdict": "different"}]
    parts = list(message_parts("c", answer(*marks)))
    ending = parts[-1]["content"]["value"]
    assert "<summary>4 checked: 2 from tools, 1 equal, 1 different</summary>" in ending
    assert ending.count('data-action="correct" data-id="7"') == 1
    assert "mark-7-0 mark-7-1 mark-7-2 mark-7-3" in parts[0]["content"]
    [*_, asked_for] = message_parts("c", answer(*marks), is_corrected=True)
    [*_, right] = message_parts("c", answer(*marks[:3]))
    [*_, running] = message_parts("c", answer(*marks, status="running"))
    for part in (asked_for, right, running):
        assert 'class="checks quiet"' in part["content"]["value"] and "correct" not in part["content"]["value"]


def test_the_notice_of_a_model_that_cannot_be_relied_on_does_not_contradict_the_marks() -> None:
    for marks, told in (([], "The model’s own words, not checked"), ([{}], "of which only what is marked was checked")):
        message = answer(*marks)
        message.details["unchecked"] = True
        notice, *_ = message_parts("c", message)
        assert told in notice["content"]["value"]
        assert told in answer_text(message)
    assert answer_text(message).endswith("[1 checked: 1 different]")


def test_what_is_no_mark_in_an_imported_message_is_passed_over() -> None:
    bad = [
        {"verdict": "proven"},
        {"start": "0"},
        {"end": True},
        {"start": -1},
        {"part": None},
        {"call": []},
        {"span": None},
    ]
    message = answer(*bad, {"verdict": "equal"})
    message.details["marks"] += ["text", None, 7, {}]
    assert [mark.verdict for _, mark in marks_of(message.details)] == ["equal"]
    assert marks_of({"marks": {"0": MARK}}) == marks_of({}) == []


def test_what_a_mark_holds_is_text_on_the_page() -> None:
    hostile = '"><img src=x onerror=alert(1)>'
    texts = dict.fromkeys(("span", "ours", "kind", "card", "smiles"), hostile)
    shown = checks_html(
        answer({**texts, "call": {hostile: hostile}}, {**texts, "verdict": "tool", "call": {"tool": hostile}})
    )
    assert "<img" not in shown
    assert shown.count("&lt;img") >= 10


@pytest.mark.parametrize(
    ("mark", "drawn"),
    [
        ({"smiles": "CCO"}, "CCO"),
        ({"kind": "smiles", "span": "C[C@H](N)C(=O)O"}, "C[C@H](N)C(=O)O"),
        ({"kind": "smiles", "span": "c1ccccc", "verdict": "invalid"}, None),
        ({"smiles": "C" * 1_001}, None),
        ({}, None),
    ],
)
def test_a_structure_is_drawn_where_one_is_meant(mark: dict[str, Any], drawn: str | None) -> None:
    assert re.findall(r'data-smiles="([^"]*)"', checks_html(answer(mark))) == ([drawn] if drawn else [])


def test_a_correction_is_asked_for_with_each_wrong_statement_the_value_and_the_call() -> None:
    marks = [
        {"verdict": "equal", "span": "right"},
        {},
        {"span": "50-78-3", "verdict": "invalid", "ours": "the check digit should be 2", "call": {}},
        {},
    ]
    assert correction_request(answer(*marks).details) == (
        "Some statements of your answer above do not agree with what was computed:\n"
        "- “200.1 g/mol” is different when computed: 194.2 g/mol "
        '({"tool": "describe_molecule", "arguments": {"molecule": "caffeine"}})\n'
        "- “50-78-3” cannot be right: the check digit should be 2\n"
        "Write the corrected answer in full, with these values, and do not repeat what was wrong."
    )
    assert correction_request(answer({"verdict": "tool"}, {"verdict": "equal"}).details) == ""


def test_the_question_for_a_correction_is_retorts_and_cannot_be_edited() -> None:
    asked = StoredMessage(8, "user", (Text("Correct **it**", source="retort"),), "complete", {})
    [shown] = message_parts("c", asked)
    assert "by-retort" in shown["content"]["value"] and "Retort asks for a correction" in shown["content"]["value"]
    assert "data-action" not in shown["content"]["value"]
    log = chat_messages("c", [answer({}), asked])
    assert 'data-action="correct"' not in str(log)
    assert 'data-action="correct"' in str(chat_messages("c", [answer({})]))


def test_marks_of_several_parts_are_counted_within_their_own() -> None:
    parts = (Text("A tool’s.", source="tool"), Text("Aspirin weighs"), Thinking("hm"), Text("180.16 g/mol."))
    text, places = author_text(parts)
    assert text == "Aspirin weighs\n\n180.16 g/mol."
    found = [
        Mark(0, 7, "Aspirin", "equal", "", {}),
        Mark(16, 28, "180.16 g/mol", "tool", "", {}),
        Mark(8, 20, "x", "tool", "", {}),
    ]
    kept = as_kept(found, places)
    assert [(one["part"], one["start"], one["end"]) for one in kept] == [
        (1, 0, 7),
        (3, 0, 12),
    ]  # the third lies in no one part
    assert [mark.span for _, mark in marks_of({"marks": kept})] == ["Aspirin", "180.16 g/mol"]


@pytest.fixture(scope="module")
def drawings() -> Iterator[TestClient]:
    workers = Workers(TOOL_MODULES, size=1)
    app = FastAPI()
    app.include_router(drawing_routes(workers))
    yield TestClient(app)
    workers.close()


def test_a_molecule_is_drawn_by_its_smiles_as_a_picture_that_can_do_nothing(drawings: TestClient) -> None:
    answered = drawings.get("/drawing", params={"smiles": "C[C@H](N)C(=O)O"})
    assert answered.status_code == 200
    assert answered.headers["content-type"].startswith("image/svg+xml")
    assert answered.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    drawn = ElementTree.fromstring(answered.text)
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert {element.tag.rpartition("}")[2] for element in drawn.iter()} <= {
        "svg",
        "title",
        "desc",
        "path",
        "rect",
        "g",
        "text",
    }
    assert drawn.get("aria-label") == "C[C@H](N)C(=O)O"


@pytest.mark.parametrize(
    ("smiles", "told"),
    [("", "0 characters"), ("C" * 1_001, "1,001 characters"), ("c1ccccc", "ring"), ("<script>", "script")],
)
def test_what_cannot_be_drawn_is_one_sentence(drawings: TestClient, smiles: str, told: str) -> None:
    answered = drawings.get("/drawing", params={"smiles": smiles})
    assert answered.status_code == 422
    assert answered.headers["content-type"].startswith("text/plain")
    assert told in answered.text and "\n" not in answered.text
