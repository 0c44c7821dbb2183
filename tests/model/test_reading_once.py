"""A prompt is paid once: the same text, token for token, as when all is read anew, and what is read is counted."""

from __future__ import annotations

import threading
import time

import pytest
import torch

from errors import ModelError
from model.catalog import KnownModel, known_model
from model.embedded import embedded_path
from model.events import Abilities, Options, ToolSchema
from model.local.blocks import BLOCK
from model.local.engine import CHUNK, LocalModel
from model.local.loading import load
from model.messages import Message, Text, Thinking, ToolCall, ToolResult
from tests.model.checkpoints import tiny_model
from tests.model.pairs import Pair, said_of, user

CONTEXT = 4 * CHUNK
SYSTEM = Message("system", (Text("You answer chemists in short sentences. " * 8),))
FACTS = "Water boils at 100 degrees and ethanol at 78. " * 6


def assistant(said):
    return Message("assistant", (Text(said["TextDelta"]),))


@pytest.fixture
def pair(tokenizer):
    model = tiny_model(max_position_embeddings=CONTEXT)
    pair = Pair(LocalModel(model, tokenizer, KnownModel("tiny", "tiny", max_new_tokens=40), Abilities(), threads=1))
    yield pair
    pair.close()


def test_each_turn_reads_only_what_is_new(pair):
    talk, before = [SYSTEM], 0
    for question in ("What is water?", FACTS, "And gold?", "Why?", "Name an acid.", "And a base."):
        talk.append(user(question))
        said, usage, _ = pair.answer(talk)
        assert usage.reused_tokens >= before
        before = usage.prompt_tokens
        talk.append(assistant(said))
    assert usage.prompt_tokens > 300
    assert usage.prompt_tokens - usage.reused_tokens < 60


def test_what_is_counted_as_reused_is_not_computed(pair):
    lengths = []
    talk = [SYSTEM, user("What is water?")]
    pair.answer(talk)
    hook = pair.local.model.register_forward_pre_hook(
        lambda module, positional, named: lengths.append(named["input_ids"].shape[1]), with_kwargs=True
    )
    options = Options(max_new_tokens=5, temperature=0.0)
    _, usage, _ = said_of(pair.local, [SYSTEM, user("What is gold?")], (), options, threading.Event())
    hook.remove()
    assert usage.reused_tokens > 50
    assert lengths == [usage.prompt_tokens - usage.reused_tokens, 1, 1, 1, 1]


def test_a_retry_reads_the_last_token_alone(pair):
    talk = [SYSTEM, user(FACTS)]
    first, usage, _ = pair.answer(talk)
    for _ in range(2):
        again, usage, _ = pair.answer(talk)
        assert again == first
        assert usage.reused_tokens == usage.prompt_tokens - 1
    _, usage, _ = pair.answer(talk, temperature=0.9, seed=3)
    assert usage.reused_tokens == usage.prompt_tokens - 1


def test_an_edit_in_the_middle_keeps_what_stands_before_it_and_the_old_branch_stays(pair):
    old = [SYSTEM, user("What is water?")]
    said, _, _ = pair.answer(old)
    old += [assistant(said), user(FACTS)]
    pair.answer(old)
    edited = [SYSTEM, user("What is gold?")]
    _, usage, _ = pair.answer(edited)
    assert usage.reused_tokens == pair.common(old, edited) > 50
    _, usage, _ = pair.answer(old)
    assert usage.reused_tokens == usage.prompt_tokens - 1


def test_chats_that_share_their_instructions_take_turns_without_loss(pair):
    talks = [[SYSTEM], [SYSTEM], [SYSTEM]]
    before = [0, 0, 0]
    for question in ("What is water?", "And gold?", "Why?"):
        for index, talk in enumerate(talks):
            talk.append(user(f"{index} {question}"))
            said, usage, _ = pair.answer(talk)
            assert usage.reused_tokens >= before[index]
            before[index] = usage.prompt_tokens
            talk.append(assistant(said))
    assert min(before) > 100


def test_a_chat_that_was_left_is_taken_up_again_and_beyond_the_budget_it_is_read_anew(pair):
    left = [user(FACTS)]
    said, first, _ = pair.answer(left)
    for number in range(4):
        pair.answer([user(f"{number} is another matter. {FACTS}")])
    left += [assistant(said), user("Why?")]
    _, usage, _ = pair.answer(left)
    assert usage.reused_tokens >= first.prompt_tokens
    pair.local._scheduler.reader.prefixes._most = 8
    for number in range(4):
        pair.answer([user(f"{number} is one more matter. {FACTS}")])
    assert 0 < pair.local.cache_bytes <= 8 * BLOCK * 256  # 2 layers, 2 heads of 8, keys and values, 4 bytes
    _, usage, _ = pair.answer(left)
    assert usage.reused_tokens < 30  # the template's own instructions


def test_a_stop_while_the_prompt_is_read_keeps_what_was_read(pair):
    stop = threading.Event()
    hook = pair.local.model.register_forward_pre_hook(lambda *_: stop.set())
    talk = [user("water " * (2 * CHUNK))]
    _, usage, reason = pair.answer(talk, stop=stop)
    hook.remove()
    assert (reason, usage.new_tokens) == ("stopped", 0)
    _, usage, _ = pair.answer(talk)
    assert usage.reused_tokens == CHUNK


def test_a_stop_in_an_answer_keeps_what_was_said(pair):
    talk, stop, steps = [SYSTEM, user("What is water?")], threading.Event(), []
    hook = pair.local.model.register_forward_pre_hook(lambda *_: stop.set() if len(steps) == 6 else steps.append(0))
    said, first, reason = pair.answer(talk, stop=stop)
    hook.remove()
    assert (reason, first.new_tokens) == ("stopped", 7)
    _, usage, _ = pair.answer([*talk, assistant(said), user("Go on.")])
    assert usage.reused_tokens >= first.prompt_tokens
    _, usage, _ = pair.answer(talk)
    assert usage.reused_tokens == usage.prompt_tokens - 1


def test_a_failure_in_the_middle_harms_no_later_answer(pair):
    talk, steps = [SYSTEM, user("What is water?")], []
    pair.answer(talk)
    layer = pair.local.model.model.layers[1]

    def fail(*_):
        steps.append(0)
        if len(steps) == 4:
            raise RuntimeError("the kernel broke")

    hook = layer.register_forward_pre_hook(fail)  # the first layer's keys are in the cache by then
    with pytest.raises(ModelError, match="the kernel broke"):
        pair.answer([*talk, assistant({"TextDelta": "Wet."}), user("Why?")])
    hook.remove()
    pair.answer([*talk, assistant({"TextDelta": "Wet."}), user("Why?")])
    pair.answer(talk)


def test_out_of_memory_takes_the_memory_of_other_chats_and_reads_once_more(pair):
    pair.answer([user(FACTS)])
    held = pair.local.cache_bytes
    assert held > 0
    failures = [torch.OutOfMemoryError("CUDA out of memory")]

    def fail(*_):
        if failures:
            assert pair.local.cache_bytes == held
            raise failures.pop()
        assert pair.local.cache_bytes == 0
        hook.remove()

    hook = pair.local.model.register_forward_pre_hook(fail)
    _, usage, _ = pair.answer([user("What is gold?")])
    assert usage.reused_tokens == pair.common([user(FACTS)], [user("What is gold?")])  # its own beginning stays
    hook = pair.local.model.register_forward_pre_hook(
        lambda *_: (_ for _ in ()).throw(torch.OutOfMemoryError("CUDA out of memory"))
    )
    with pytest.raises(ModelError, match="out of memory"):
        pair.answer([user("What is gold?")])
    hook.remove()
    pair.answer([user("What is gold?")])


def test_questions_asked_at_once_share_what_is_read_and_are_answered_as_if_alone(pair):
    talks = [[SYSTEM, user(question)] for question in ("What is water?", "What is gold?", "Name an acid.")]
    options = Options(max_new_tokens=16, temperature=0.0, repetition_penalty=1.0)
    answers = {}

    def ask(index):
        answers[index] = said_of(pair.local, talks[index], (), options, threading.Event())[:2]

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    alone = [said_of(pair.anew, talk, (), options, threading.Event())[0] for talk in talks]
    assert [answers[index][0] for index in range(3)] == alone
    assert sorted(answers[index][1].reused_tokens > 0 for index in range(3)) == [False, True, True]


def test_close_and_a_budget_of_nothing_leave_no_block_in_use(tokenizer):
    model, known = tiny_model(), KnownModel("tiny", "tiny", max_new_tokens=40)
    options = Options(max_new_tokens=3, temperature=0.0)
    local = LocalModel(model, tokenizer, known, Abilities(), threads=1)
    said_of(local, [user("What is water?")], (), options, threading.Event())
    blocks = local._scheduler.reader.blocks
    assert blocks.used > 0
    assert local.cache_bytes == blocks.used * blocks.bytes_per_block
    local.close()
    assert (blocks.used, local.cache_bytes) == (0, 0)
    frugal = LocalModel(model, tokenizer, known, Abilities(), threads=1, cache_budget=0)
    said_of(frugal, [user("What is water?")], (), options, threading.Event())
    assert (frugal._scheduler.reader.blocks.used, frugal.cache_bytes) == (0, 0)
    frugal.close()


def test_an_answer_of_one_line_and_one_without_digits_keep_the_right_tokens(pair):
    talk = [SYSTEM, user(FACTS)]
    for options in ({"one_line": True}, {"digits": False}, {"max_new_tokens": 1}):
        said, first, _ = pair.answer(talk, **options)
        _, usage, _ = pair.answer([*talk, assistant({"TextDelta": "", **said}), user("Why?")])
        assert usage.reused_tokens >= first.prompt_tokens - 1


def test_thinking_that_is_dropped_from_the_history_costs_only_what_follows_it(seeing):
    talk = [user(FACTS)]
    said, first, _ = seeing.answer(talk, thinking_tokens=6, max_new_tokens=40)
    assert said["ThinkingDelta"].endswith("so I answer with what I have.\n")
    later = [*talk, Message("assistant", (Thinking(said["ThinkingDelta"]), Text(said["TextDelta"]))), user("Why?")]
    _, usage, _ = seeing.answer(later, thinking_tokens=6, max_new_tokens=40)
    assert usage.reused_tokens >= seeing.common(talk, later) > first.prompt_tokens - 10
    assert usage.prompt_tokens > first.prompt_tokens
    _, usage, _ = seeing.answer(later, thinking_tokens=9, max_new_tokens=40)
    assert usage.reused_tokens == usage.prompt_tokens - 1


def test_the_words_that_end_thinking_are_in_the_cache_as_they_were_said(seeing):
    seeing.answer([user(FACTS)], thinking_tokens=6, max_new_tokens=40)
    (kept,) = seeing.local._scheduler.reader.prefixes._kept
    last = seeing.local._words.last_thought
    keys = kept.keys.tolist()
    at = next(at for at in range(len(keys)) if keys[at : at + len(last)] == last)
    assert at == len(seeing.local.prompt([user(FACTS)]).ids) + 6
    assert len(keys) == at - 6 + 40 - 1  # the last token was told, and not read


def test_tool_calls_within_a_turn_keep_all_that_was_read(seeing):
    tools = [ToolSchema("count_atoms", "Counts atoms.", {"type": "object", "properties": {"of": {"type": "string"}}})]
    talk = [user(FACTS)]
    _, first, _ = seeing.answer(talk, tools)
    call = ToolCall("call_1", "count_atoms", {"of": "CCO"})
    talk.append(Message("assistant", (Text("Let me count."), call)))
    talk.append(Message("tool", (ToolResult("call_1", "count_atoms", {"data": {"C": 2, "O": 1}}),)))
    _, second, _ = seeing.answer(talk, tools)
    assert second.reused_tokens >= first.prompt_tokens - 10
    _, again, _ = seeing.answer(talk, tools)
    assert again.reused_tokens == again.prompt_tokens - 1


def test_what_was_said_in_bf16_is_read_again_when_nobody_waits(tokenizer):
    model = tiny_model().to(torch.bfloat16)
    local = LocalModel(model, tokenizer, KnownModel("tiny", "tiny", max_new_tokens=40), Abilities(), threads=1)
    lengths = []
    model.register_forward_pre_hook(
        lambda module, positional, named: lengths.append(named["input_ids"].shape[1]), with_kwargs=True
    )
    options = Options(max_new_tokens=20, temperature=0.0)
    said, usage, _ = said_of(local, [user("What is water?")], (), options, threading.Event())
    for _ in range(200):
        if len(lengths) == 21 and not local._scheduler._to_reread:
            break
        time.sleep(0.02)
    assert lengths == [usage.prompt_tokens, *[1] * 19, 19]
    again, usage, _ = said_of(local, [user("What is water?")], (), options, threading.Event())
    assert (again, usage.reused_tokens) == (said, usage.prompt_tokens - 2)
    local.close()


def test_the_embedded_model_says_the_same_with_and_without():
    local = load(str(embedded_path()), threads=1)
    pair = Pair(local)
    assert local._known == known_model("smollm2-135m-instruct")
    talk = []
    for question in ("What is the boiling point of water?", "And of ethanol?", "Which is higher?"):
        talk.append(user(question))
        said, usage, _ = pair.answer(talk)
        talk.append(assistant(said))
    assert usage.prompt_tokens - usage.reused_tokens < 30
    pair.close()
