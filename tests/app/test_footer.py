"""The line below an answer: what it has cost, and how much of the context is used and left."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest

from app.ui.footer import footer_html
from model.events import Usage


def footer(usage: Usage, **details) -> str:
    return footer_html({"model": "SmolLM2", "usage": asdict(usage), **details})


def rows(html: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html))


def test_the_line_has_the_tokens_the_seconds_and_the_speed_and_opens_to_the_rest():
    html = footer(Usage(1204, 120, 0.31, 4.0, 40, 1180, 8192, 1324), seed=7)
    assert "<summary><span>SmolLM2 · 120 tokens in 4.0 s, 30/s</span>" in html
    assert rows(html) == {
        "Written": "120 tokens (40 of them thinking)",
        "First token": "after 0.31 s",
        "Prompt": "1,204 tokens, 24 computed and 1,180 kept from before",
        "Context": "1,324 of 8,192 tokens used, 6,868 left",
        "Seed": "7: with it, this model on this machine answers the same again",
    }


@pytest.mark.parametrize(
    ("used", "width", "warns"),
    [(1204, "14.7%", False), (6963, "85.0%", False), (6964, "85.0%", True), (8192, "100.0%", True)],
)
def test_the_meter_is_as_wide_as_what_is_used_and_warns_from_85_percent_on(used, width, warns):
    html = footer(Usage(1000, 100, 0.1, 1.0, context_tokens=8192, used_tokens=used))
    assert f'<i style="width: {width}"></i></span> {used:,} of 8,192 tokens</span>' in html
    assert f'aria-valuemin="0" aria-valuemax="8192" aria-valuenow="{used}"' in html
    assert ("data-full" in html) is warns


def test_an_answer_that_ran_past_its_context_fills_the_meter_and_leaves_none():
    html = footer(Usage(100, 30, 0.1, 1.0, context_tokens=120, used_tokens=130))
    assert 'style="width: 100.0%"' in html
    assert rows(html)["Context"] == "130 of 120 tokens used, 0 left"


def test_an_older_answer_and_one_of_a_model_that_does_not_tell_have_no_meter():
    older = asdict(Usage(1204, 1, 0.5, 0.0))
    for name in ("thinking_tokens", "reused_tokens", "context_tokens", "used_tokens"):
        del older[name]
    html = footer_html({"usage": older})
    assert "<summary><span>1 token in 0.0 s</span></summary>" in html
    assert rows(html) == {"Written": "1 token", "First token": "after 0.50 s", "Prompt": "1,204 tokens"}


@pytest.mark.parametrize("details", [{}, {"usage": asdict(Usage(10))}])
def test_where_no_model_wrote_anything_there_is_no_footer(details):
    assert footer_html(details) == ""


def test_the_name_of_a_model_is_escaped():
    assert "<b>" not in footer(Usage(1, 1, 0.1, 1.0), model="<b>x</b>")


def test_of_several_generations_in_one_turn_the_meter_shows_the_last():
    first, second = Usage(100, 20, 0.1, 1.0, 0, 0, 4096, 120), Usage(150, 30, 0.2, 2.0, 0, 120, 4096, 180)
    assert first + second == Usage(250, 50, 0.1, 3.0, 0, 120, 4096, 180)
    assert Usage() + first == first
    assert (first + Usage()).used_tokens == 120  # one that made nothing leaves the context as it was
