"""What is kept: the longest common beginning, whole and as it was, and within a budget of bytes."""

from __future__ import annotations

import pytest
import torch

from model.local.blocks import BLOCK
from model.local.memory import cache_bytes_per_token
from model.local.reader import Bite, reader_of
from tests.model.checkpoints import CONTEXT, tiny_model


@pytest.fixture(scope="module")
def model():
    return tiny_model()


@pytest.fixture
def reader(model):
    return reader_of(model, CONTEXT)


@torch.inference_mode()
def read(reader, keys):
    """Read a prompt as the engine does, and keep it; the text, and how many of its tokens were there already."""
    text = reader.begin(keys, 1)
    reused = len(text.keys)
    rest = keys[reused:]
    reader.read([Bite(text, rest, rest)])
    reader.keep(text)
    return text, reused


def reused(reader, keys):
    text, count = read(reader, keys)
    reader.release(text)
    return count


@torch.inference_mode()
def logits_after(reader, text, keys):
    return reader.read([Bite(text, keys, keys)])[0][-1]


def test_the_longest_common_beginning_is_found_and_the_last_token_is_always_read_again(reader):
    assert reused(reader, [5, 6, 7, 8]) == 0
    assert reused(reader, [5, 6, 9, 9, 9]) == 2
    assert reused(reader, [5, 6, 9, 9, 4, 4]) == 4
    assert reader.known([5, 6, 7, 8]) == 3
    assert reader.known([5]) == 0
    assert reader.known([6, 5, 7]) == 0


def test_what_is_shared_is_as_if_read_alone(model, reader):
    reused(reader, [*range(100, 240)])
    cut = reader.begin([*range(100, 210), 7], 1)
    assert cut.keys == [*range(100, 210)]
    fresh = reader_of(model, CONTEXT)
    anew, _ = read(fresh, [*range(100, 210)])
    assert torch.allclose(logits_after(reader, cut, [7]), logits_after(fresh, anew, [7]), atol=1e-5)


def test_a_branch_leaves_what_is_kept_as_it_was(reader):
    reused(reader, [*range(100, 240)])
    blocks = reader.blocks
    (kept,) = reader.prefixes._kept
    before = blocks.keys[1][blocks.places(kept.table, 0, 140)].clone()
    reused(reader, [*range(100, 170), *range(20)])
    again = reader.begin([*range(100, 240), 7], 1)
    assert again.keys == [*range(100, 240)]
    assert torch.equal(blocks.keys[1][blocks.places(again.table, 0, 140)], before)


def test_a_conversation_that_goes_on_is_held_once(model, reader):
    whole = BLOCK * cache_bytes_per_token(model)
    reused(reader, [*range(100)])
    assert reader.kept_bytes == 2 * whole
    reused(reader, [*range(100), *range(100)])
    assert reader.kept_bytes == 4 * whole == reader.blocks.used * whole
    reused(reader, [*range(30)])  # all of it is there
    assert reader.kept_bytes == 4 * whole
    assert reader.answering_bytes == 0


def test_the_least_recently_used_goes_first(model):
    reader = reader_of(model, CONTEXT, 5 * BLOCK * cache_bytes_per_token(model))
    one, two, three = ([start, *range(100)] for start in (101, 102, 103))  # two blocks each
    reused(reader, one)
    reused(reader, two)
    assert reused(reader, one) == 100  # used
    assert reused(reader, three) == 0
    assert reader.blocks.used == 4
    assert [reader.known(keys) for keys in (one, two, three)] == [100, 0, 100]


def test_what_a_later_one_mostly_holds_goes_before_another_chat(model):
    reader = reader_of(model, CONTEXT, 5 * BLOCK * cache_bytes_per_token(model))
    other, talk = [101, *range(100)], [*range(100)]
    reused(reader, other)
    reused(reader, [*talk, *range(200, 220)])  # an answer with its thinking
    reused(reader, [*talk, *range(300, 360)])  # the history without it
    assert reader.known(other) == 100
    assert reader.known([*talk, *range(300, 360), 1]) == 160
    assert reader.known([*talk, *range(200, 220), 1]) == 100


def test_what_is_beyond_the_budget_alone_is_not_kept(model):
    reader = reader_of(model, CONTEXT, BLOCK * cache_bytes_per_token(model))
    assert reused(reader, [*range(BLOCK + 1)]) == 0
    assert reader.blocks.used == 0
    reused(reader, [*range(BLOCK)])
    assert reader.blocks.used == 1


def test_what_is_kept_makes_room_for_what_is_read(model, monkeypatch):
    monkeypatch.setattr("model.local.reader.blocks_to_have", lambda layers, context: 5)
    reader = reader_of(model, CONTEXT)
    reused(reader, [101, *range(2 * BLOCK)])
    text, _ = read(reader, [102, *range(3 * BLOCK)])
    assert reader.known([101, *range(2 * BLOCK)]) == 0
    assert reader.blocks.used == 4
    assert reader.free_blocks == 1
    reader.release(text)
    assert reader.free_blocks == 5


def test_all_can_be_let_go(model, reader):
    reused(reader, [*range(100)])
    assert reader.forget() == 2 * BLOCK * cache_bytes_per_token(model)
    assert (reader.blocks.used, reader.kept_bytes) == (0, 0)
    assert reader.begin([*range(100)], 1).keys == []
