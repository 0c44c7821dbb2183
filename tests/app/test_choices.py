"""How a person wants answers: what the page sends becomes options, and nonsense becomes nothing."""

from __future__ import annotations

import json
import re

import pytest

from app.ui.choices import MOST_SEED, choices_html, chosen_frames, chosen_options, corrects, within
from model.events import Options


def test_nothing_chosen_is_the_models_own_way():
    assert chosen_options("") == chosen_options("{}") == chosen_options('{"thinking": true, "style": ""}') == Options()


def test_what_is_chosen_is_what_the_model_gets():
    sent = {
        "thinking": False,
        "style": "precise",
        "seed": 7,
        "max_new_tokens": 900,
        "thinking_tokens": 64,
        "image_tiles": 4,
    }
    options = chosen_options(json.dumps(sent))
    assert options.thinking is False
    assert (options.temperature, options.top_p) == (0.3, 0.9)
    assert (options.seed, options.max_new_tokens, options.thinking_tokens, options.image_tiles) == (7, 900, 64, 4)


@pytest.mark.parametrize(
    "sent",
    ["nonsense", "[]", "1", "[" * 100_000, '{"seed": -1}', f'{{"seed": {MOST_SEED + 1}}}', '{"seed": "7"}', '{"seed": true}',
     '{"seed": 1e400}', '{"max_new_tokens": 0}', '{"image_tiles": 13}', '{"style": "wild"}', '{"style": ["precise"]}'],
)  # fmt: skip
def test_nonsense_is_not_chosen(sent):
    assert chosen_options(sent) == Options()


def test_the_frames_of_a_video_are_chosen_too():
    assert chosen_frames('{"video_frames": 3}') == 3
    assert chosen_frames('{"video_frames": 1000}') == chosen_frames("") == chosen_frames("[]") == 8


def test_every_field_of_the_page_is_read():
    names = set(re.findall(r'name="(\w+)"', choices_html()))
    assert names == {
        "thinking",
        "thinking_tokens",
        "style",
        "max_new_tokens",
        "seed",
        "image_tiles",
        "video_frames",
        "correct",
    }


def test_correcting_by_itself_is_chosen_and_nothing_else_means_it():
    assert corrects('{"correct": true}')
    assert not any(map(corrects, ("", "{}", "[]", '{"correct": false}', '{"correct": 1}', '{"correct": "true"}')))


def test_a_retry_with_less_is_held_to_what_memory_has_room_for():
    assert within(Options(seed=7), "") == Options(seed=7)
    assert within(Options(seed=7), "nonsense") == Options(seed=7)
    # a quarter of 8,000 tokens is 7 tiles of 256
    assert within(Options(seed=7), "8000") == Options(seed=7, context_tokens=8000, image_tiles=7)
    assert within(Options(image_tiles=2), "8000").image_tiles == 2
    assert within(Options(), "500").image_tiles == 1
