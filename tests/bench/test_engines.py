"""What the comparison of engines reads and prints: server-sent events, padding, the table and its bars."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest

from bench.engines import measure_rounds
from bench.engines_here import length_until, padded
from bench.engines_quantities import stories
from bench.engines_served import Chunk, chunk_of
from bench.engines_table import Line, bars, engines_table
from bench.engines_way import Answer, Reader, Talk, Way, at_rest
from bench.prefixes import TURNS_BEFORE, conversation


class Echo(Way):
    """Says the question again, a word a pass."""

    name = "echo"

    def __init__(self) -> None:
        self.passes = 0

    def answer(self, talk: Talk, new_tokens: int, left: threading.Event, answer: Answer) -> None:
        words = talk[-1].text.split()[:new_tokens]
        for word in words:
            if left.is_set():
                answer.left_at = time.perf_counter()
                break
            self.passes += 1
            answer.hear(word)
            answer.tokens += 1
        answer.ended_at = time.perf_counter()

    def worked(self) -> float:
        return self.passes

    def close(self) -> None:
        pass


def measured(name: str, values: dict[str, float]) -> Line:
    line = Line(name)
    line.add(values)
    return line


def test_an_event_of_text_is_its_text():
    assert chunk_of('data: {"choices":[{"delta":{"content":"Salt"},"index":0}]}') == Chunk("Salt")


def test_the_last_event_counts_the_tokens():
    told = 'data: {"choices":[],"usage":{"completion_tokens":48,"prompt_tokens":46,"total_tokens":94}}'
    assert chunk_of(told) == Chunk("", 48, 46)


@pytest.mark.parametrize(
    "event",
    ["", ": ping", "event: message", "data:", "data: [DONE]", 'data: {"choices":[{"delta":{"role":"assistant"}}]}'],
)
def test_other_events_say_nothing(event):
    assert chunk_of(event) == Chunk()


def test_an_error_in_the_stream_is_raised():
    with pytest.raises(RuntimeError, match="its server failed: no memory"):
        chunk_of('data: {"error": "no memory"}')


def test_prompts_are_padded_on_the_left():
    ids, mask = padded([[5, 6, 7], [8]])
    assert ids.tolist() == [[5, 6, 7], [0, 0, 8]]
    assert mask.tolist() == [[1, 1, 1], [0, 0, 1]]


def test_an_answer_counts_to_its_end_and_with_it():
    assert [length_until(ids, 2) for ids in ([9, 9, 2, 2, 2], [2], [9, 9])] == [3, 1, 2]


def test_stories_of_another_number_are_other_questions():
    first, second = ({talk[0].text for talk in stories(number, 8)} for number in (1, 2))
    assert len(first | second) == 16


def test_streams_are_read_side_by_side_to_their_ends():
    answers = Echo().together(stories(1, 8), 5)
    assert [answer.tokens for answer in answers] == [5] * 8
    assert {answer.text for answer in answers} == {"Number1.Tellmea"}


def test_a_reader_raises_what_its_way_raised():
    class Broken(Echo):
        def answer(self, talk: Talk, new_tokens: int, left: threading.Event, answer: Answer) -> None:
            raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError, match="gone"):
        Reader(Broken(), stories(1, 1)[0], 5).finish()


def test_an_answer_without_a_token_is_a_failure():
    with pytest.raises(RuntimeError, match="the answer is empty"):
        Reader(Echo(), stories(1, 1)[0], 0).finish()


def test_rest_is_told_from_when_it_last_worked():
    way = Echo()
    before = time.perf_counter()
    way.passes = 3
    assert before <= at_rest(way, 0.02) < time.perf_counter()


def test_a_way_that_fails_is_left_out_with_its_reason_and_the_others_go_on():
    class Broken(Echo):
        name = "broken"

        def together(self, talks: Sequence[Talk], new_tokens: int) -> list[Answer]:
            self.passes += 1
            raise TimeoutError("no answer within 90 s")

    whole, broken = Echo(), Broken()
    lines = [Line("echo"), Line("broken")]
    measure_rounds(range(1), lines, {"echo": whole, "broken": broken}, time.monotonic())
    assert (broken.passes, lines[1].reason) == (1, "no answer within 90 s")
    assert lines[0].reason == ""
    assert {"1 streams", "4 streams", "8 streams", "fairness", "first while others", "left"} <= set(lines[0].values)


def test_nothing_is_asked_when_the_time_is_over():
    way = Echo()
    measure_rounds(range(1), [Line("echo")], {"echo": way}, time.monotonic() - 1000)
    assert way.passes == 0


def test_the_conversation_has_its_turns_and_knows_what_was_said():
    talk = conversation(lambda asked: f"answer to {len(asked)} messages")
    assert [message.role for message in talk] == ["user", "assistant"] * TURNS_BEFORE
    assert [message.text for message in talk[1::2]] == [f"answer to {count} messages" for count in (1, 3, 5, 7, 9)]


def test_the_table_has_medians_and_multiples_of_ours():
    ours, theirs = measured("Retort", {"1 streams": 30.0, "8 streams": 180.0}), measured("other", {"1 streams": 15.0})
    theirs.add({"1 streams": 21.0})
    head, _, first, second = engines_table([ours, theirs]).splitlines()
    assert head.startswith("| engine | 1 stream, tokens/s | 4 streams, tokens/s |")
    assert first == "| Retort | 30.0 | — | 180.0 | — | — | — | — |"
    assert second == "| other | 18.0 (0.60) | — | — | — | — | — | — |"


def test_who_is_left_out_has_the_reason_and_the_figures_until_then():
    gone = measured("server", {"left": 0.5})
    gone.reason = "its server has ended: no memory"
    *_, row = engines_table([measured("Retort", {"left": 0.25}), gone]).splitlines()
    assert row == "| server: its server has ended: no memory | — | — | — | — | — | — | 0.50 (2.00) |"


def test_the_bars_of_a_whole_run():
    figures = {"1 streams": 30.0, "8 streams": 180.0, "slowest": 20.0, "fastest": 22.0, "turn 6": 0.1}
    ours = measured("Retort", figures | {"first while others": 0.4, "turn 6 prompt": 4000.0})
    plain = measured("plain", {"1 streams": 40.0, "turn 6": 5.0})
    llamas = [measured("llama.cpp, a", {"1 streams": 20.0}), measured("llama.cpp, b", {"1 streams": 60.0})]
    rows = bars(ours, plain, llamas)
    assert [round(row.ratio, 2) for row in rows] == [6.0, 0.75, 0.5, 0.91, 0.2, 50.0]
    assert [row.passes for row in rows] == [True, False, False, True, True, True]


def test_what_was_not_measured_has_no_bar():
    assert bars(measured("Retort", {"1 streams": 30.0}), Line("plain"), []) == []
