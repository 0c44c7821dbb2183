"""Answers made together: each as if alone, at the same pace, and one's end or failure is nobody else's."""

from __future__ import annotations

import random
import threading

import pytest
import torch

from errors import ModelBusyError
from model.embedded import embedded_path
from model.events import Options, ToolSchema
from model.local.blocks import BLOCK
from model.local.engine import CHUNK, CHUNK_BESIDE
from model.local.int8 import is_exact_here
from model.local.loading import load
from model.messages import Image, Message, Text
from tests.model.interns1_checkpoint import write_checkpoint
from tests.model.pairs import drawn
from tests.model.together import QUESTIONS, Asked, Gate, asking, beside, greedy, held_at, made, together

pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnhandledThreadExceptionWarning"
)  # a thread is made to die


@pytest.fixture
def local(tokenizer):
    local = made(tokenizer)
    yield local
    local.close()


def test_eight_at_once_say_what_each_says_alone(local):
    alone = [Asked(local, question).answered().said for question in QUESTIONS]
    local._scheduler.reader.forget()
    asked, gate = together(local, [(question,) for question in QUESTIONS])
    assert [one.said for one in asked] == alone
    assert max(gate.tokens[-12:]) >= 8  # the passes were shared
    assert len(gate.tokens) < 60  # 8 answers of 24 tokens


def test_every_one_has_its_own_way_of_sampling_and_its_seed_gives_the_same_in_company(local):
    ways = [
        Options(temperature=1.0, top_p=0.9, seed=1, max_new_tokens=20),
        Options(temperature=0.7, top_k=20, seed=2, max_new_tokens=20),
        Options(temperature=1.3, min_p=0.05, repetition_penalty=1.3, seed=3, max_new_tokens=20),
        greedy(20, digits=False),
        greedy(20, one_line=True),
        Options(temperature=1.0, seed=1, max_new_tokens=20),
    ]
    alone = [Asked(local, "What is water?", way).answered().said for way in ways]
    asked, _ = together(local, [("What is water?", way) for way in ways])
    assert [one.said for one in asked] == alone
    assert len(set(alone)) > 4


def test_all_advance_at_the_same_pace(local):
    streams, gate = held_at(local, 60, [(f"{number} is what?", greedy(100)) for number in range(8)])
    reached = [answer.request.new_tokens for answer in local._scheduler.answers]
    gate.open()
    assert [one.answered().usage.new_tokens for one in streams] == [100] * 8
    gate.hook.remove()
    assert len(reached) == 8
    assert max(reached) - min(reached) <= 10  # the first was guessed for before the others came


def test_a_long_prompt_is_read_in_pieces_between_the_words_of_others(local):
    gate = Gate(local, at=10)
    talking = Asked(local, "What is water?", greedy(60))
    assert gate.reached.wait(10)
    long = beside(local, gate, "aspirin and water " * 300, greedy(4))
    gate.open()
    talking.answered()
    long.answered()
    gate.hook.remove()
    pieces = [tokens for tokens in gate.tokens[10:] if tokens > 9]  # one of the other, and guesses
    new = long.usage.prompt_tokens - long.usage.reused_tokens
    assert new <= sum(pieces) <= new + 9 * len(pieces)
    assert len(pieces) == -(-new // CHUNK_BESIDE)
    assert talking.usage.new_tokens == 60


def test_a_short_question_does_not_wait_for_the_whole_of_a_long_prompt(local):
    gate = Gate(local, at=2)
    long = Asked(local, "aspirin and water " * 1000, greedy(4))
    assert gate.reached.wait(10)
    short = beside(local, gate, "Why?", greedy(3))
    gate.open()
    short.answered()
    long.answered()
    gate.hook.remove()
    last_of_both = max(number for number, answers in enumerate(gate.answers) if answers == 2)
    assert CHUNK in gate.tokens[last_of_both:]  # the long one was not half read
    assert (short.usage.new_tokens, long.usage.new_tokens) == (3, 4)


def test_who_asks_with_the_same_instructions_waits_for_them_to_be_read_once(local):
    instructions = Message("system", (Text("You answer chemists in short sentences. " * 40),))
    asked, gate = together(local, [([instructions, *asking(f"{number}?")],) for number in range(6)])
    prompt = asked[0].usage.prompt_tokens
    assert [one.usage.reused_tokens > prompt - 70 for one in asked] == [False, *[True] * 5]
    assert sum(gate.tokens) < 2 * prompt + 6 * (64 + 40)


def test_a_guess_is_never_believed_but_spares_passes(local):
    """The tiny model comes to repeat itself; a text that does is guessed."""
    gate = Gate(local)
    gate.open()
    repeating = Asked(local, "water " * 400, greedy(40)).answered()
    guessed = local.figures()
    passes = len(gate.tokens)
    gate.hook.remove()
    assert guessed.drafted_tokens >= guessed.accepted_tokens
    assert passes <= 1 + -(-repeating.usage.prompt_tokens // 512) + 40 - guessed.accepted_tokens
    plain = made(local.tokenizer, local.model)
    plain._scheduler._pace = type(plain._scheduler._pace)(512, 128, rows=0)
    assert Asked(plain, "water " * 400, greedy(40)).answered().said == repeating.said
    assert plain.figures().drafted_tokens == 0
    plain.close()


def test_a_failure_of_one_leaves_the_others_as_they_were(local):
    alone = [Asked(local, question).answered().said for question in QUESTIONS[:4]]
    layer = local.model.model.layers[1]
    marked = local.tokenizer.encode("Zinc")[0]
    embed = local.model.get_input_embeddings()
    seen = []

    def fail_at_zinc(_module, arguments):
        if marked in arguments[0]:
            seen.append(0)
            raise RuntimeError("the kernel broke at zinc")

    hook = embed.register_forward_pre_hook(fail_at_zinc)
    asked, _ = together(local, [(question,) for question in [*QUESTIONS[:4], "Zinc?"]])
    hook.remove()
    assert [one.said for one in asked[:4]] == alone
    assert "the kernel broke at zinc" in str(asked[4].error)
    assert seen
    assert local.figures().failed == 1
    assert layer is local.model.model.layers[1]


def test_a_sampler_that_fails_and_numbers_that_are_none_end_one_answer_alone(local):
    alone = Asked(local, "What is water?").answered().said
    head = local.model.get_output_embeddings()
    calls = []

    def poison(_module, arguments, output):
        calls.append(0)
        if len(calls) > 6 and output.shape[1] > 1:
            output[:, 0] = float("nan")  # of one text in the pass

    hook = head.register_forward_hook(poison)
    asked, _ = together(local, [("What is water?",), ("What is gold?",)])
    hook.remove()
    failed = [one for one in asked if one.error]
    assert len(failed) == 1
    assert "no number" in str(failed[0].error)
    local._scheduler.reader.forget()
    assert not torch.stack(local._scheduler.reader.blocks.keys).isnan().any()
    assert Asked(local, "What is water?").answered().said == alone


def test_a_prompt_that_gave_no_numbers_is_not_kept(local):
    alone = Asked(local, "What is water?").answered().said
    local._scheduler.reader.forget()
    layer = local.model.model.layers[0]
    hook = layer.register_forward_hook(lambda module, arguments, output: output * float("nan"))
    assert "no number" in str(Asked(local, "What is water?").answered().error)
    hook.remove()
    assert local.cache_bytes == 0
    assert Asked(local, "What is water?").answered().said == alone


def test_if_the_thread_dies_its_answers_fail_with_a_sentence_and_another_goes_on(local):
    alone = Asked(local, "What is water?").answered().said

    def die(*_):
        hook.remove()
        raise SystemExit

    hook = local.model.register_forward_pre_hook(die)
    asked = Asked(local, "What is gold?").answered()
    assert str(asked.error) == "The engine stopped in the middle and has been started anew; ask again."
    assert Asked(local, "What is water?").answered().said == alone
    assert local.figures().restarts == 1
    assert local.figures().answering == 0


def test_who_shares_instructions_alone_with_a_long_prompt_waits_for_these_alone(local):
    instructions = Message("system", (Text("You answer chemists in short sentences. " * 20),))
    gate = Gate(local)
    long = Asked(local, [instructions, *asking("aspirin and water " * 900)], greedy(4))
    assert gate.reached.wait(10)
    short = beside(local, gate, [instructions, *asking("Why?")], greedy(4))
    gate.open()
    short.answered()
    long.answered()
    gate.hook.remove()
    last_of_both = max(number for number, answers in enumerate(gate.answers) if answers == 2)
    assert CHUNK in gate.tokens[last_of_both:]
    assert short.usage.reused_tokens > 100


def test_where_nobody_may_wait_who_finds_a_place_is_answered(tokenizer):
    local = made(tokenizer, most_answering=2, most_waiting=0)
    assert Asked(local, "One?").answered().reason == "length"
    gate = Gate(local)
    held = [Asked(local, "One?")]
    assert gate.reached.wait(10)
    held.append(beside(local, gate, "Two?"))
    with pytest.raises(ModelBusyError, match=r"^All places are taken; ask again in a minute\.$"):
        next(local.stream(asking("Three?"), (), greedy(), threading.Event()))
    gate.open()
    assert [one.answered().reason for one in held] == ["length", "length"]
    gate.hook.remove()
    local.close()


@pytest.fixture
def narrow(tokenizer, monkeypatch):
    """With memory for 512 tokens in all."""
    monkeypatch.setattr("model.local.reader.blocks_to_have", lambda layers, context: 512 // BLOCK)
    local = made(tokenizer)
    yield local
    local._scheduler.reader.forget()
    assert local._scheduler.reader.blocks.used == 0
    local.close()


SHORT_QUESTIONS = ("water and gold " * 12, "acid and zinc " * 12)


def test_where_memory_does_not_hold_all_the_last_one_waits_and_is_answered_whole(narrow):
    questions = [*SHORT_QUESTIONS, "Why?"]
    alone = [Asked(narrow, question, greedy(300)).answered() for question in questions]
    assert [one.usage.new_tokens for one in alone] == [300, 300, 300]
    assert alone[0].usage.used_tokens + alone[1].usage.used_tokens > 512
    scheduler, set_aside = narrow._scheduler, narrow._scheduler._set_one_aside
    waited: list[int] = []
    scheduler._set_one_aside = lambda: (waited.append(0), set_aside())
    asked, _ = together(narrow, [(question, greedy(300)) for question in questions])
    assert [one.said for one in asked] == [one.said for one in alone]
    assert waited


def test_one_that_alone_finds_no_memory_is_told_how_much_would_fit(narrow):
    too_long = Asked(narrow, "water " * 700, greedy(4)).answered()
    assert "ran out of memory" in str(too_long.error)
    assert 0 < too_long.error.fits < 700
    assert Asked(narrow, "Why?", greedy(4)).answered().usage.new_tokens == 4


def test_one_that_waits_for_memory_can_be_stopped(narrow):
    scheduler, set_aside = narrow._scheduler, narrow._scheduler._set_one_aside

    def and_stop():
        set_aside()
        scheduler._set_aside[-1].request.stop.set()

    scheduler._set_one_aside = and_stop
    asked, _ = together(narrow, [(question, greedy(300)) for question in SHORT_QUESTIONS])
    assert sorted(one.reason for one in asked) == ["length", "stopped"]
    assert narrow.figures().answering == 0


@pytest.mark.parametrize("how", ["stop", "leave"])
def test_after_a_stop_the_next_pass_is_the_others_alone_and_memory_is_free(local, how):
    local._scheduler.reader.forget()
    asked, gate = held_at(local, 40, [(f"{number} is what?", greedy(60)) for number in range(3)])
    reader, (gone, *_) = local._scheduler.reader, local._scheduler.answers
    blocks, passes = [*gone.text.table.blocks], len(gate.tokens)
    if how == "stop":
        gone.request.stop.set()
    else:
        gone.request.left = True  # as when its stream is closed: the page is gone
    gate.open()
    for one in asked:
        one.answered()
    gate.hook.remove()
    assert gate.answers[passes - 1 : passes + 1] == [3, 2]
    reader.forget()
    assert not reader.blocks.users[blocks].any()
    assert sorted(one.reason for one in asked) == ["length", "length", "stopped"]


def test_beyond_the_limit_a_sentence_refuses(tokenizer):
    local = made(tokenizer, most_answering=1, most_waiting=2)
    gate = Gate(local)
    asked = [Asked(local, "One?")]
    assert gate.reached.wait(10)
    asked += [beside(local, gate, "Two?"), beside(local, gate, "Three?")]
    with pytest.raises(ModelBusyError, match=r"2 questions wait already, .*; ask again in a minute\."):
        next(local.stream(asking("Four?"), (), greedy(), threading.Event()))
    figures = local.figures()
    assert (figures.answering, figures.waiting, figures.most_answering, figures.most_waiting) == (1, 2, 1, 2)
    gate.open()
    assert all(one.answered().reason == "length" for one in asked)
    gate.hook.remove()
    local.close()


def test_two_hundred_starts_stops_and_edits_leave_nothing_behind(local):
    threads, draw, talk = threading.active_count(), random.Random(7), asking("What is water?")
    under_way: list[Asked] = []
    for number in range(200):
        deed = draw.choice(("ask", "ask", "edit", "leave"))
        if deed == "edit":
            talk = asking(draw.choice(QUESTIONS) + f" {number}")
        elif deed == "ask":
            talk = [*talk[-6:], Message("assistant", (Text("Wet."),)), *asking(draw.choice(QUESTIONS))]
        asked = Asked(local, talk, Options(max_new_tokens=draw.randrange(1, 40), seed=number, temperature=1.0))
        under_way.append(asked)
        if deed == "leave":
            asked.stop.set()
        while len(under_way) > draw.randrange(1, 12):
            ended = under_way.pop(draw.randrange(len(under_way)))
            if draw.random() < 0.7:
                ended.stop.set()
            ended.answered()
            assert ended.error is None
            assert ended.reason in ("stopped", "length", "stop")
    for asked in under_way:
        asked.stop.set()
        asked.answered()
    scheduler = local._scheduler
    assert threading.active_count() == threads
    assert (len(local._line), scheduler.answers, scheduler._set_aside) == (0, [], [])
    assert scheduler.reader.answering_bytes == 0
    scheduler.reader.forget()
    assert scheduler.reader.blocks.used == 0
    figures = local.figures()
    assert (figures.failed, figures.answering_bytes, figures.cache_bytes) == (0, 0, 0)


def test_pictures_and_held_calls_go_together_with_text(tmp_path):
    local = load(str(write_checkpoint(tmp_path / "Intern-S1-mini")), threads=1)
    white, navy = drawn(tmp_path / "a.png", "white", (640, 480)), drawn(tmp_path / "b.png", "navy")
    assert isinstance(white, Image)
    tools = [ToolSchema("count_atoms", "Counts atoms.", {"type": "object", "properties": {"of": {"type": "string"}}})]
    questions = [
        ([Message("user", (white, Text("Colour?")))], greedy(16, image_tiles=3)),
        ([Message("user", (Text("What is water?"),))], greedy(16)),
        ([Message("user", (navy, Text("And this?")))], greedy(16)),
        ([Message("user", (Text("How many atoms has CCO?"),))], greedy(16), tools),
    ]
    alone = [Asked(local, *question).answered() for question in questions]
    local._scheduler.reader.forget()
    asked, _ = together(local, questions)
    assert [one.events[:-1] for one in asked if one.said] == [one.events[:-1] for one in alone if one.said]
    assert [one.said for one in asked] == [one.said for one in alone]
    local.close()


@pytest.mark.skipif(not is_exact_here(), reason="this processor's product of 8 bits is not exact")
def test_the_embedded_model_in_8_bits_says_the_same_alone_and_in_company():
    """Whole sums are exact, so that this holds to the last bit, and what was said need not be read again."""
    local = load(str(embedded_path()), threads=1, weights="int8")
    questions = ["What is the boiling point of water?", "Name an acid.", "Tell me of a garden in spring.", "Why?"]
    alone = [Asked(local, question, greedy(40)).answered().said for question in questions]
    local._scheduler.reader.forget()
    asked, gate = together(local, [(question, greedy(40)) for question in questions])
    assert [one.said for one in asked] == alone
    assert max(gate.tokens[-20:]) >= 4
    assert not local._scheduler._to_reread
    local.close()
