"""The local engine: the tokens of ``generate``, exact counts, stop within a token, and nobody harmed by a neighbour."""

from __future__ import annotations

import threading
import time

import pytest
import torch
from transformers import AutoModelForCausalLM

from errors import ModelError
from model.catalog import KnownModel, known_model
from model.embedded import embedded_path
from model.events import Abilities, Finished, Options, TextDelta
from model.local.engine import CHUNK, LocalModel, default_threads
from model.messages import Message, Text
from tests.model.checkpoints import CONTEXT, tiny_model

GREEDY = Options(temperature=0.0, repetition_penalty=1.0)


def greedy(new_tokens: int, **more) -> Options:
    return Options(temperature=0.0, repetition_penalty=1.0, max_new_tokens=new_tokens, **more)


def asking(text: str) -> list[Message]:
    return [Message("user", (Text(text),))]


def local_model(model, tokenizer, **more) -> LocalModel:
    return LocalModel(model, tokenizer, KnownModel("tiny", "tiny", max_new_tokens=40), Abilities(), threads=1, **more)


@pytest.fixture
def tiny(tokenizer):
    local = local_model(tiny_model(), tokenizer)
    yield local
    local.close()


def answer(local, question="What is water?", options=GREEDY, stop=None):
    """The whole text of an answer, and how it finished."""
    *events, finished = local.stream(asking(question), (), options, stop or threading.Event())
    assert isinstance(finished, Finished)
    assert all(isinstance(event, TextDelta) for event in events)
    return "".join(event.text for event in events), finished


def generated(local, question, **options):
    """What ``generate`` makes of the same prompt, with transformers' own attention: the new ids, the end token included."""
    prompt = torch.tensor([local.prompt_ids(asking(question))])
    options = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None, **options}
    ours, local.model.config._attn_implementation = local.model.config._attn_implementation, "sdpa"
    ids = local.model.generate(input_ids=prompt, attention_mask=torch.ones_like(prompt), **options)
    local.model.config._attn_implementation = ours
    return ids[0, prompt.shape[1] :].tolist()


def text_of(local, ids):
    ids = [token for token in ids if token != local.tokenizer.eos_token_id]
    return local.tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)


class Steps:
    """Counts the model's passes, and calls ``then[n]`` at the beginning of pass number n."""

    def __init__(self, local, then=None):
        self.taken = 0
        self.lengths: list[int] = []
        self._then = then or {}
        local.model.register_forward_pre_hook(self._step, with_kwargs=True)

    def _step(self, module, positional, named):
        self.taken += 1
        self.lengths.append(named["input_ids"].shape[1])
        self._then.get(self.taken, lambda: None)()


def until(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come to that in 12 s")


def decode_threads():
    return [thread for thread in threading.enumerate() if thread.name == "decode"]


@pytest.mark.parametrize(
    "question", ["What is water?", "水 👩‍🔬?", "word " * (CONTEXT // 2)], ids=["short", "emoji", "long"]
)
def test_a_greedy_answer_is_that_of_generate_token_for_token(tiny, question):
    text, finished = answer(tiny, question, greedy(30))
    ids = generated(tiny, question, max_new_tokens=30)
    assert len(set(ids)) > 10, "the tiny model repeats itself: nothing is shown"
    assert text == text_of(tiny, ids).lstrip()
    assert finished.usage.new_tokens == len(ids)


def test_the_embedded_model_in_float32_answers_greedily_as_generate_does(tokenizer):
    model = AutoModelForCausalLM.from_pretrained(embedded_path(), dtype=torch.float32, local_files_only=True)
    local = LocalModel(model, tokenizer, known_model("smollm2-135m-instruct"), Abilities(), threads=1)
    question = "What is the boiling point of water?"
    text, finished = answer(local, question, greedy(8))
    local.close()
    ids = generated(local, question, max_new_tokens=8)
    assert text == text_of(local, ids)
    assert finished.usage.new_tokens == len(ids)
    assert text.startswith("The boiling point")


def test_a_seeded_answer_is_repeated_and_another_seed_answers_otherwise(tiny):
    def sampled(seed):
        return answer(tiny, options=Options(temperature=1.0, top_p=0.95, seed=seed))[0]

    assert sampled(1) == sampled(1) != sampled(2)


def test_without_digits_none_is_generated_however_likely(tiny):
    digits = [tiny.tokenizer.convert_tokens_to_ids(digit) for digit in "0123456789"]

    def favour_digits(_module, _arguments, output):
        output.logits[..., digits] += 50

    tiny.model.register_forward_hook(favour_digits)
    said, _ = answer(tiny, options=greedy(20))
    assert said.isdigit()
    said, finished = answer(tiny, options=greedy(20, digits=False))
    assert finished.usage.new_tokens > 1
    assert not any(letter.isdigit() for letter in said)


def test_an_answer_of_one_line_ends_before_the_line_break_and_counts_its_token(tiny):
    letter, line_break = (tiny.tokenizer.encode(text)[0] for text in ("a", "\n"))
    steps = iter([letter, letter, letter, line_break, letter, letter])

    def say_the_next(_module, arguments, output):
        output.logits[..., next(steps)] += 1000

    tiny.model.register_forward_hook(say_the_next)
    said, finished = answer(tiny, options=greedy(6, one_line=True))
    assert (said, finished.reason, finished.usage.new_tokens) == ("aaa", "stop", 4)


def test_a_prompt_in_several_chunks_is_read_whole(tokenizer):
    local = local_model(tiny_model(max_position_embeddings=4 * CHUNK), tokenizer)
    steps = Steps(local)
    question = "aspirin and water " * (CHUNK // 2)
    text, finished = answer(local, question, greedy(8))
    local.close()
    assert finished.usage.prompt_tokens == sum(steps.lengths[:-7])
    assert steps.lengths[0] == CHUNK
    assert steps.lengths[1] > 1
    assert text == text_of(local, generated(local, question, max_new_tokens=8)).lstrip()


def test_usage_counts_every_token_of_the_prompt_and_of_the_answer(tiny):
    steps = Steps(tiny)
    _, finished = answer(tiny, options=greedy(17))
    assert finished.reason == "length"
    assert finished.usage.new_tokens == 17
    assert finished.usage.prompt_tokens == len(tiny.prompt_ids(asking("What is water?"))) == steps.lengths[0]
    assert finished.usage.used_tokens == finished.usage.prompt_tokens + 17
    assert finished.usage.context_tokens == CONTEXT
    assert steps.lengths[1:] == [1] * 16  # the last token needs no step of its own
    assert 0 < finished.usage.first_token_s < finished.usage.seconds


def test_the_end_token_ends_the_answer_and_is_counted_but_not_said(tokenizer):
    model = tiny_model()
    local = local_model(model, tokenizer)
    whole = generated(local, "What is water?", max_new_tokens=20)
    end = whole[9]
    model.generation_config.eos_token_id = [end, tokenizer.eos_token_id]
    local.close()
    local = local_model(model, tokenizer)
    text, finished = answer(local, options=greedy(20))
    local.close()
    first = whole.index(end)
    assert finished.reason == "stop"
    assert finished.usage.new_tokens == first + 1
    assert text == text_of(local, whole[:first]).lstrip()


@pytest.mark.parametrize("at", [1, 2, 7])
def test_after_stop_no_further_step_is_taken(tiny, at):
    stop = threading.Event()
    steps = Steps(
        tiny, {at: stop.set}
    )  # pressed while the model computes pass number ``at``, the first being the prompt's
    _, finished = answer(tiny, options=greedy(40), stop=stop)
    assert finished.reason == "stopped"
    assert steps.taken == at
    assert finished.usage.new_tokens == at


def test_stop_in_the_middle_of_a_long_prompt_makes_no_token(tokenizer):
    local = local_model(tiny_model(max_position_embeddings=4 * CHUNK), tokenizer)
    stop = threading.Event()
    steps = Steps(local, {1: stop.set})
    text, finished = answer(local, "water " * (2 * CHUNK), stop=stop)
    local.close()
    assert (text, finished.reason, finished.usage.new_tokens, steps.taken) == ("", "stopped", 0, 1)
    assert finished.usage.first_token_s is None


def test_what_was_said_before_stop_is_a_beginning_of_the_whole_answer(tiny):
    whole, _ = answer(tiny, options=greedy(20))
    stop = threading.Event()
    Steps(tiny, {8: stop.set})
    part, _ = answer(tiny, options=greedy(20), stop=stop)
    assert part
    assert whole.startswith(part)


def test_questions_asked_at_once_are_all_answered_as_if_alone(tiny):
    questions = ["What is water?", "What is gold?", "Name an acid.", "水?"]
    alone = [answer(tiny, question, greedy(20))[0] for question in questions]
    answers: dict[str, str] = {}
    threads = [
        threading.Thread(target=lambda q=question: answers.update({q: answer(tiny, q, greedy(20))[0]}))
        for question in questions
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [answers[question] for question in questions] == alone


def test_a_failure_in_one_answer_is_one_sentence_and_the_next_is_answered(tiny):
    whole, _ = answer(tiny, options=greedy(10))

    def fail():
        raise RuntimeError("the kernel broke")

    Steps(tiny, {4: fail})
    stream = tiny.stream(asking("What is water?"), (), greedy(10), threading.Event())
    said = ""
    with pytest.raises(ModelError, match=r"RuntimeError: the kernel broke.*ask again") as raised:
        for event in stream:
            said += event.text
    assert said  # what came before it is not lost
    assert whole.startswith(said)
    assert isinstance(raised.value.__cause__, RuntimeError)
    assert answer(tiny, options=greedy(10))[0] == whole


def test_running_out_of_memory_says_what_to_do(tiny):
    def fail():
        raise torch.OutOfMemoryError("CUDA out of memory")

    Steps(tiny, {2: fail, 3: fail})  # it is tried twice
    with pytest.raises(ModelError, match=r"out of memory.*shorten the conversation") as raised:
        answer(tiny)
    assert 0 < raised.value.fits < CONTEXT
    assert answer(tiny, options=greedy(3))[1].usage.new_tokens == 3


def test_a_reader_who_leaves_early_frees_the_thread(tiny):
    steps = Steps(tiny)
    stream = tiny.stream(asking("What is water?"), (), greedy(CONTEXT // 4), threading.Event())
    next(stream)
    stream.close()
    after = steps.taken
    _, finished = answer(tiny, options=greedy(3))
    assert finished.usage.new_tokens == 3
    assert steps.taken <= after + 1 + 3  # the step that was under way, and the three of the next answer
    assert steps.taken < CONTEXT // 4


def test_a_question_too_long_for_the_context_is_refused_in_one_sentence(tiny):
    with pytest.raises(ModelError, match=r"The question has [\d,]+ tokens.* and 472 can be read; shorten it\.$"):
        answer(tiny, "water " * CONTEXT)
    assert answer(tiny, options=greedy(3))[1].usage.new_tokens == 3


def test_an_answer_ends_where_the_context_does(tiny):
    question = "word " * (CONTEXT * 5 // 8)
    prompt = len(tiny.prompt_ids(asking(question)))
    _, finished = answer(tiny, question, greedy(10_000))
    assert prompt + finished.usage.new_tokens == CONTEXT
    assert finished.reason == "context"


def test_close_leaves_no_thread_and_later_questions_are_refused(tokenizer):
    before = decode_threads()
    local = local_model(tiny_model(), tokenizer)
    assert len(decode_threads()) == len(before) + 1
    answer(local, options=greedy(3))
    local.close()
    assert decode_threads() == before
    with pytest.raises(ModelError, match="closed"):
        answer(local)


def test_a_model_that_cannot_take_one_step_is_told_when_it_is_built(tokenizer):
    model = tiny_model()
    before = decode_threads()

    def fail(*_):
        raise RuntimeError("no kernel for this type")

    model.register_forward_pre_hook(fail)
    with pytest.raises(RuntimeError, match="no kernel for this type"):
        local_model(model, tokenizer)
    until(lambda: decode_threads() == before)


def test_the_model_computes_with_the_threads_that_are_set(tokenizer):
    seen = []
    model = tiny_model()
    model.register_forward_pre_hook(lambda *_: seen.append(torch.get_num_threads()))
    local = LocalModel(model, tokenizer, KnownModel("tiny", "tiny", 10), Abilities(), threads=2)
    answer(local, options=greedy(3))
    local.close()
    assert set(seen) == {2}
    assert default_threads() >= 1


def test_sampling_is_what_was_asked_else_the_catalogs_else_the_checkpoints(tokenizer):
    model = tiny_model()
    model.generation_config.update(do_sample=True, temperature=0.6, top_p=0.95, top_k=20)
    known = KnownModel("tiny", "tiny", 40, temperature=0.8, top_k=50)
    local = LocalModel(model, tokenizer, known, Abilities(), threads=1)
    sampling = local.sampling(Options(top_k=7))
    local.close()
    assert (sampling.top_k, sampling.temperature, sampling.top_p) == (7, 0.8, 0.95)
    assert (sampling.min_p, sampling.repetition_penalty) == (0.0, 1.0)


def test_a_checkpoint_that_is_not_to_be_sampled_is_greedy(tokenizer):
    model = tiny_model()
    model.generation_config.update(do_sample=False, temperature=0.6)
    local = local_model(model, tokenizer)
    assert local.sampling(Options()).temperature == 0.0
    local.close()


def test_prompt_and_answer_stay_within_what_memory_holds(tiny):
    earlier = [*asking("What is water? " * 10), Message("assistant", (Text("Wet. " * 10),)), *asking("And ice?")]

    def counted(**options):
        *_, finished = tiny.stream(earlier, (), greedy(40, **options), threading.Event())
        return finished.usage, finished.reason

    whole, _ = counted()
    short, reason = counted(context_tokens=60)
    assert short.prompt_tokens < whole.prompt_tokens  # the first turn went
    assert short.prompt_tokens + short.new_tokens <= 60
    assert reason in ("stop", "length")
