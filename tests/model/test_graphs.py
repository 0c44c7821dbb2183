"""Steps of fixed shapes, as a GPU records them: here they are computed, and give what a pass gives."""

from __future__ import annotations

import pytest
import torch

from model.events import Options
from model.local.graphs import MOST, Steps
from model.local.reader import Bite, reader_of
from tests.model.checkpoints import tiny_model
from tests.model.together import QUESTIONS, Asked, made, together


def with_steps(reader):
    reader.steps = Steps(reader._model, reader.blocks, torch.device("cpu"))
    return reader


def texts_of(reader, lengths):
    texts = []
    for number, length in enumerate(lengths):
        text = reader.begin([], 0)
        ids = [100 + number, *range(length - 1)]
        reader.read([Bite(text, ids, ids)])
        texts.append(text)
    return texts


@pytest.mark.parametrize("lengths", [[5], [63], [64], [3, 70, 200], [10] * 7 + [300]])
def test_a_step_gives_the_logits_of_a_pass(lengths):
    model = tiny_model()
    with torch.inference_mode():
        plain, stepping = reader_of(model, 512), with_steps(reader_of(model, 512))
        both = [texts_of(reader, lengths) for reader in (plain, stepping)]
        for step in range(3):
            ids = [[200 + step + number] for number in range(len(lengths))]
            theirs, ours = (
                reader.read([Bite(text, id, id) for text, id in zip(texts, ids, strict=True)])
                for reader, texts in zip((plain, stepping), both, strict=True)
            )
            for expected, logits in zip(theirs, ours, strict=True):
                assert torch.allclose(expected, logits, atol=1e-4)
    assert stepping.steps._recorded


def test_what_is_read_for_nobody_goes_where_nobody_looks():
    with torch.inference_mode():
        reader = with_steps(reader_of(tiny_model(), 512))
        texts = texts_of(reader, [10, 20, 30])
        before = [keys.clone() for keys in reader.blocks.keys]
        reader.read([Bite(text, [7], [7]) for text in texts])  # three texts in a step of four
        changed = {
            int(row)
            for old, new in zip(before, reader.blocks.keys, strict=True)
            for row in (old != new).any(-1).any(-1).nonzero()
        }
        own = {int(reader.blocks.places(text.table, len(text.keys) - 1, 1)[0]) for text in texts}
        assert changed - own <= {reader.steps._nowhere.blocks[0] * 64}
        for text in texts:
            reader.release(text)
        assert reader.blocks.used == 1


def test_more_texts_than_a_step_takes_and_pieces_of_prompts_go_in_a_pass():
    with torch.inference_mode():
        reader = with_steps(reader_of(tiny_model(), 512))
        texts = texts_of(reader, [5] * (MOST + 1))
        reader.read([Bite(text, [7], [7]) for text in texts])
        reader.read([Bite(texts[0], [7, 8], [7, 8], wanted=2)])
    assert reader.steps._recorded == {}


def test_answers_made_in_steps_say_what_they_say_in_passes(tokenizer):
    local = made(tokenizer)
    alone = [Asked(local, question).answered().said for question in QUESTIONS]
    sampled = Options(temperature=1.0, top_p=0.9, seed=5, max_new_tokens=20)
    seeded = Asked(local, "What is water?", sampled).answered().said
    local.close()
    stepping = made(tokenizer)
    with_steps(stepping._scheduler.reader)
    asked, _ = together(stepping, [*((question,) for question in QUESTIONS[:7]), ("What is water?", sampled)])
    assert [one.said for one in asked] == [*alone[:7], seeded]
    assert stepping._scheduler.reader.steps._recorded
    stepping.close()
