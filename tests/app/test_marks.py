"""Marks in what a model wrote: each stands around what was checked, and nothing else of the text changes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.ui.markdown import safe_markdown
from app.ui.marked_text import Placed

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


@given(marked_texts())
def test_without_their_elements_a_marked_text_is_read_as_without_marks(case: tuple[str, list[Placed]]) -> None:
    text, marks = case
    plain, shown = safe_markdown(text), safe_markdown(text, marks)
    assert TAG.sub("", shown) == plain
    assert TAG.sub("", READER.render(shown)) == READER.render(plain)


@given(marked_texts())
def test_no_text_can_make_a_mark_of_its_own_or_change_one(case: tuple[str, list[Placed]]) -> None:
    text, marks = case
    shown = safe_markdown(text, marks)
    assert "<span" not in safe_markdown(text)
    names = {f"mark-{mark.name}" for mark in marks}
    assert set(re.findall(r"mark-\d+-\d+", " ".join(re.findall(r"<span[^>]*>", shown)))) <= names
    assert len(TAG.findall(shown)) == 2 * shown.count("<span")


def test_of_what_streams_a_paragraph_that_has_ended_keeps_its_marks() -> None:
    text = "Aspirin weighs 180.16 g/mol.\n\nIt melts at 135 °C, as **tables** say."
    mark = Placed(15, 27, "tool", "7-0")
    for end in range(29, len(text) + 1):
        assert inside(safe_markdown(text[:end], [mark])) == ["180.16 g/mol"]
