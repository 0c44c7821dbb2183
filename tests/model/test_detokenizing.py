"""Detokenizing: whole characters only, the text of ``tokenizer.decode`` to the letter, and work that grows linearly."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders
from tokenizers.models import BPE
from transformers import PreTrainedTokenizerFast

from model.local.detokenizing import Detokenizer

TEXTS = {
    "Chinese": "阿司匹林的化学名是乙酰水杨酸，分子式为C₉H₈O₄。龘靐齉爩",
    "emoji with joiners": "A chemist 👩‍🔬, a family 👨‍👩‍👧‍👦, a flag 🏴󠁧󠁢󠁳󠁣󠁴󠁿 and a thumb 👍🏽.",
    "accents, composed and combining": "naïve Ångström Kekulé e\u0301 a\u030a ñ n\u0303",
    "Greek, arrows, subscripts": "ΔG‡ = −RT ln K → β-D-glucopyranose ⇌ H₂O²⁺",
    "scripts": "ماء، מים, पानी, น้ำ, 물, 水, вода",
    "SMILES": r"F/C=C\F and [13C@@H](N)(C)C(=O)O",
    "spaces and lines": "  two\n\n\tthree   \r\n ",
    "special tokens": "<|im_start|>assistant\nHello<|im_end|>\n",
}


def decoded(tokenizer, ids):
    return tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)


def pieces_of(tokenizer, ids):
    detokenizer = Detokenizer(tokenizer)
    return [*(detokenizer.add(token) for token in ids), detokenizer.close()]


class CountingTokenizer:
    """Counts how often it decodes, and how many tokens in all."""

    def __init__(self, tokenizer):
        self._tokenizer = tokenizer
        self.calls = 0
        self.tokens = 0

    def decode(self, ids, **options):
        self.calls += 1
        self.tokens += len(ids)
        return self._tokenizer.decode(ids, **options)


@pytest.fixture(scope="module")
def byte_fallback_tokenizer():
    """As Llama 2's: words with ▁ for their space, and for every other character its bytes (``<0xE4>``)."""
    pieces = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), "▁", "▁the", "▁acid", "s", "水", "▁水"]
    inner = Tokenizer(BPE({piece: id for id, piece in enumerate(pieces)}, [], unk_token="<unk>", byte_fallback=True))
    inner.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="<unk>")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_pieces_of_a_text_joined_are_the_text(tokenizer, text):
    ids = tokenizer.encode(text, add_special_tokens=False)
    assert "".join(pieces_of(tokenizer, ids)) == text == decoded(tokenizer, ids)


@pytest.mark.parametrize("name", ["Chinese", "emoji with joiners", "Greek, arrows, subscripts", "scripts"])
def test_no_piece_holds_half_a_character(tokenizer, name):
    ids = tokenizer.encode(TEXTS[name], add_special_tokens=False)
    assert any("\ufffd" in decoded(tokenizer, [token]) for token in ids), "each token is whole: nothing is shown"
    assert not any("\ufffd" in piece for piece in pieces_of(tokenizer, ids))


def test_a_whole_character_does_not_wait_for_the_next_token(tokenizer):
    text = "Water is 水, twice 水."
    ids = tokenizer.encode(text, add_special_tokens=False)
    detokenizer = Detokenizer(tokenizer)
    said = ""
    for count, token in enumerate(ids, start=1):
        said += detokenizer.add(token)
        assert said == decoded(tokenizer, ids[:count]).rstrip("\ufffd")


@settings(max_examples=150)
@given(st.lists(st.integers(0, 49_151), max_size=80))
def test_any_tokens_at_all_give_the_text_that_decode_gives(tokenizer, ids):
    assert "".join(pieces_of(tokenizer, ids)) == decoded(tokenizer, ids)


@settings(max_examples=150)
@given(st.lists(st.integers(0, 255), max_size=200))
def test_any_bytes_at_all_give_the_text_that_decode_gives(tokenizer, values):
    ids = [byte_token(tokenizer, value) for value in values]
    assert "".join(pieces_of(tokenizer, ids)) == decoded(tokenizer, ids)


@pytest.mark.parametrize("broken", [1, 2, 3, *range(60, 68), 130])
def test_a_run_of_broken_bytes_does_not_break_the_characters_after_it(tokenizer, broken):
    ids = [byte_token(tokenizer, value) for value in (*[0x80] * broken, *"水👩‍🔬".encode())]
    assert "".join(pieces_of(tokenizer, ids)) == "\ufffd" * broken + "水👩‍🔬" == decoded(tokenizer, ids)


def byte_token(tokenizer, value):
    """The token of a single byte, by GPT-2's table from bytes to characters."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    return tokenizer.convert_tokens_to_ids(bytes_to_unicode()[value])


@pytest.mark.parametrize("text", ["the acids", "水 is 水", "a 龘 and a 👩‍🔬"])
def test_a_tokenizer_with_byte_fallback_and_leading_spaces_is_followed_too(byte_fallback_tokenizer, text):
    ids = byte_fallback_tokenizer.encode("▁" + text.replace(" ", "▁"), add_special_tokens=False)
    pieces = pieces_of(byte_fallback_tokenizer, ids)
    assert "".join(pieces) == decoded(byte_fallback_tokenizer, ids) == text
    assert not any("\ufffd" in piece for piece in pieces)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_ten_times_the_tokens_take_ten_times_the_decoding(tokenizer, text):
    ids = tokenizer.encode(text, add_special_tokens=False)

    def work(repeats):
        counting = CountingTokenizer(tokenizer)
        pieces_of(counting, ids * repeats)
        return counting.calls, counting.tokens

    calls, tokens = work(10)
    ten_calls, ten_tokens = work(100)
    assert ten_calls <= 10.5 * calls
    assert ten_tokens <= 10.5 * tokens
    assert ten_calls <= 2 * len(ids) * 100 + 2
    assert ten_tokens <= 8 * len(ids) * 100
