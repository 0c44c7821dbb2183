"""A pass over several texts: what transformers' own attention gives each of them, and in bf16 the same bits however cut."""

from __future__ import annotations

import random

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from model.local.attention import LONG, Part, Pass, attend
from model.local.blocks import BLOCK, Blocks, LayerShape, Table

HEADS, SHARED, SIZE = 6, 2, 16


def drawn(length, seed, dtype=torch.float32):
    torch.manual_seed(seed)
    return [torch.randn(1, heads, length, SIZE).to(dtype) for heads in (HEADS, SHARED, SHARED)]


def alone(query, key, value, start):
    """torch's attention of a whole text, for the tokens from ``start`` on: (tokens, heads, size)."""
    key, value = (tensor.repeat_interleave(HEADS // SHARED, 1) for tensor in (key, value))
    seen = scaled_dot_product_attention(query, key, value, is_causal=True, scale=0.3)
    return seen[0, :, start:].transpose(0, 1)


class Texts:
    """Texts of random numbers, read in passes."""

    def __init__(self, lengths, dtype=torch.float32, scattered=False):
        layer = LayerShape((SHARED, SIZE), (SHARED, SIZE), torch.device("cpu"), dtype)
        self.blocks = Blocks([layer], 4 + sum(-(-length // BLOCK) for length in lengths))
        self.whole = [drawn(length, seed, dtype) for seed, length in enumerate(lengths)]
        self.tables = [Table() for _ in lengths]
        if scattered:  # no two blocks of a text beside each other
            most = max(lengths)
            for start in range(0, most, BLOCK):
                for table, length in zip(self.tables, lengths, strict=True):
                    if start < length:
                        table.blocks += self.blocks._taken(1, None)
            assert not any(
                table.in_one_piece(length) for table, length in zip(self.tables, lengths, strict=True) if length > BLOCK
            )

    def read(self, counts):
        """So many tokens more of each text in one pass; what they see, by text."""
        parts = []
        for table, count in zip(self.tables, counts, strict=True):
            if count:
                self.blocks.make_room(table, count)
                parts.append(Part(table, table.length, count))
        one = Pass(self.blocks, parts)
        which = [self.tables.index(part.table) for part in one.parts]
        rows = [
            torch.cat(
                [
                    self.whole[text][kind][:, :, part.start : part.end]
                    for text, part in zip(which, one.parts, strict=True)
                ],
                2,
            )
            for kind in range(3)
        ]
        assert one.positions[0].tolist() == [at for part in one.parts for at in range(part.start, part.end)]
        seen = one.attend(0, *rows, 0.3)[0]
        for part in one.parts:
            part.table.length += part.count
        return dict(zip(which, seen.split([part.count for part in one.parts]), strict=True))


@pytest.mark.parametrize("scattered", [False, True])
def test_each_text_sees_itself_alone_however_it_is_cut_and_whoever_is_beside_it(scattered):
    lengths = [3, BLOCK, 150, 700, LONG + 200]
    texts, draw = Texts(lengths, scattered=scattered), random.Random(1)
    expected = [alone(*whole, 0) for whole in texts.whole]
    seen = [[] for _ in lengths]
    while any(left := [length - table.length for length, table in zip(lengths, texts.tables, strict=True)]):
        counts = [min(rest, draw.choice((0, 1, 1, 2, 7, 40, 300))) for rest in left]
        if any(counts):
            for text, rows in texts.read(counts).items():
                seen[text].append(rows)
    for rows, whole in zip(seen, expected, strict=True):
        assert torch.allclose(torch.cat(rows), whole, atol=1e-5)


def test_in_bf16_the_bits_are_the_same_alone_and_beside_others_in_one_pass_and_in_many():
    lengths = [90, 333, LONG + 70]
    whole, pieces = Texts(lengths, torch.bfloat16), Texts([*lengths, 500], torch.bfloat16)
    at_once = [whole.read([length if i == n else 0 for i in range(3)])[n] for n, length in enumerate(lengths)]
    pieces.read([80, 300, LONG + 40, 480])
    for step in range(10):
        for text, row in pieces.read([1, 1, 1, 1]).items():
            if text < 3:
                start = [80, 300, LONG + 40][text] + step
                assert torch.equal(row[0], at_once[text][start])
    for count in (2, 3, 20):
        start = pieces.tables[1].length
        rows = pieces.read([0, min(count, 333 - start), 0, 1])[1]
        assert torch.equal(rows, at_once[1][start : start + len(rows)])


@pytest.mark.parametrize(("tokens", "length"), [(1, 1), (1, 33), (5, 5), (3, 40), (70, 75)])
def test_who_else_calls_the_model_gets_the_attention_of_its_last_tokens(tokens, length):
    query, key, value = drawn(length, 3)
    ours, _ = attend(torch.nn.Identity(), query[:, :, length - tokens :], key, value, None, scaling=0.3)
    assert torch.allclose(ours[0], alone(query, key, value, length - tokens), atol=1e-5)
