"""The blocks: counted, shared without a copy, copied before two would write, and free again to the last one."""

from __future__ import annotations

import random

import pytest
import torch

from model.local.blocks import BLOCK, Blocks, LayerShape, NoRoomError, Table

#: One layer of 2 heads of 4 for keys and 3 for values, 4 bytes each.
LAYER = LayerShape((2, 4), (2, 3), torch.device("cpu"), torch.float32)


@pytest.fixture
def blocks():
    return Blocks([LAYER, LAYER], 10)


def written(blocks, table, tokens, value):
    """So many tokens more, all of whose keys are ``value``."""
    blocks.make_room(table, tokens)
    for keys in blocks.keys:
        keys[blocks.places(table, table.length, tokens)] = value
    table.length += tokens


def read(blocks, table):
    return blocks.keys[1][blocks.places(table, 0, table.length), 0, 0].tolist()


def test_memory_is_that_of_keys_and_values(blocks):
    assert blocks.bytes_per_block == 2 * BLOCK * 2 * (4 + 3) * 4
    assert blocks.keys[0].shape == (10 * BLOCK, 2, 4)


def test_a_text_grows_in_one_piece_and_takes_a_block_only_when_it_needs_one(blocks):
    table = Table()
    for tokens, used in ((1, 1), (BLOCK - 1, 1), (1, 2), (3 * BLOCK, 5)):
        written(blocks, table, tokens, 1.0)
        assert blocks.used == used
    assert table.in_one_piece(table.length)


def test_two_texts_that_grow_in_turn_stay_each_in_one_piece(blocks):
    one, other = Table(), Table()
    for _ in range(4):
        written(blocks, one, BLOCK, 1.0)
        written(blocks, other, BLOCK, 2.0)
    assert one.in_one_piece(one.length)
    assert other.in_one_piece(other.length)


def test_a_branch_holds_the_same_blocks_until_one_of_both_writes(blocks):
    trunk = Table()
    written(blocks, trunk, BLOCK + 10, 1.0)
    branch = blocks.shared(trunk, BLOCK + 5)
    assert blocks.used == 2
    written(blocks, branch, 7, 2.0)
    assert blocks.used == 3
    assert branch.blocks[0] == trunk.blocks[0]
    assert read(blocks, branch) == [1.0] * (BLOCK + 5) + [2.0] * 7
    written(blocks, trunk, 3, 3.0)  # which is alone in its last block again
    assert blocks.used == 3
    assert read(blocks, trunk) == [1.0] * (BLOCK + 10) + [3.0] * 3


def test_what_does_not_fit_changes_nothing(blocks):
    one, other = Table(), Table()
    written(blocks, one, 9 * BLOCK + 1, 1.0)
    with pytest.raises(NoRoomError):
        blocks.make_room(other, 1)
    branch = blocks.shared(one, 9 * BLOCK + 1)
    with pytest.raises(NoRoomError):
        blocks.make_room(branch, 1)  # its last block would have to be copied
    assert (blocks.used, other.blocks, branch.length) == (10, [], 9 * BLOCK + 1)


def test_numbers_that_are_none_are_wiped_with_the_text_that_failed(blocks):
    trunk = Table()
    written(blocks, trunk, BLOCK, 1.0)
    branch = blocks.shared(trunk, BLOCK)
    written(blocks, branch, 5, float("nan"))
    blocks.wipe(branch)
    blocks.release(branch)
    assert not torch.stack(blocks.keys).isnan().any()
    assert read(blocks, trunk) == [1.0] * BLOCK


def test_after_any_number_of_branches_and_cuts_no_block_is_left_in_use():
    draw, blocks, texts = random.Random(6), Blocks([LAYER], 40), []
    for _ in range(2000):
        deed = draw.choice(("grow", "branch", "cut", "end", "begin"))
        text = draw.choice(texts) if texts else None
        if deed == "begin" or text is None:
            texts.append(Table())
        elif deed == "grow":
            try:
                written(blocks, text, draw.randrange(1, 100), draw.random())
            except NoRoomError:
                assert blocks.count - blocks.used < 4
        elif deed == "branch":
            texts.append(blocks.shared(text, draw.randrange(text.length + 1)))
        elif deed == "cut":
            blocks.cut_back(text, draw.randrange(text.length + 1))
        else:
            blocks.release(text)
            texts.remove(text)
        assert blocks.used == len({block for text in texts for block in text.blocks}) == int((blocks.users > 0).sum())
    for text in texts:
        blocks.release(text)
    assert blocks.used == 0
