"""Where answers are made one at a time, who waits is told the place, and may leave the line."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest

from model.events import Finished, Waiting
from tests.model.checkpoints import tiny_model
from tests.model.test_engine import GREEDY, Steps, asking, greedy, local_model, until


@pytest.fixture
def one_by_one(tokenizer):
    """One answer at a time, so that others wait."""
    local = local_model(tiny_model(), tokenizer, most_answering=1)
    yield local
    local.close()


class Held:
    """Holds the decode thread in its first pass until it is let go, so that others come to wait."""

    def __init__(self, local):
        self.reached, self._go = threading.Event(), threading.Event()
        Steps(local, {1: self._wait})

    def _wait(self):
        self.reached.set()
        assert self._go.wait(30)

    def let_go(self):
        self._go.set()


def begun(local, question, options=GREEDY, stop=None):
    """A stream that has asked, read in a thread of its own; its events gather in the list."""
    events: list = []
    stream = local.stream(asking(question), (), options, stop or threading.Event())

    def read():
        for event in stream:
            events.append(event)  # noqa: PERF402  # seen by others as it grows

    thread = threading.Thread(target=read)
    thread.start()
    return events, thread


def test_who_waits_is_told_how_many_are_ahead_and_then_answered(one_by_one):
    held = Held(one_by_one)
    _, one = begun(one_by_one, "One?")
    assert held.reached.wait(10)
    second, two = begun(one_by_one, "Two?", greedy(10, tell_waiting=True))
    until(lambda: second == [Waiting(1)])
    third, three = begun(one_by_one, "Three?", greedy(10, tell_waiting=True))
    until(lambda: third == [Waiting(2)])
    held.let_go()
    for thread in (one, two, three):
        thread.join(30)
    assert second[0] == Waiting(1)
    assert isinstance(second[-1], Finished)
    waits = [event.ahead for event in third if isinstance(event, Waiting)]
    assert waits[0] == 2
    assert all(later < earlier for earlier, later in pairwise(waits))
    assert third[-1].usage.new_tokens == 10


def test_who_did_not_ask_for_the_place_is_not_told(one_by_one):
    held = Held(one_by_one)
    _, one = begun(one_by_one, "One?")
    assert held.reached.wait(10)
    events, two = begun(one_by_one, "Two?", greedy(5))
    time.sleep(0.15)
    held.let_go()
    one.join(30)
    two.join(30)
    assert not any(isinstance(event, Waiting) for event in events)


def test_stop_ends_a_question_that_still_waits_and_who_is_behind_moves_up(one_by_one):
    held = Held(one_by_one)
    _, one = begun(one_by_one, "One?")
    assert held.reached.wait(10)
    stop = threading.Event()
    second, two = begun(one_by_one, "Two?", greedy(10, tell_waiting=True), stop)
    until(lambda: second == [Waiting(1)])
    third, three = begun(one_by_one, "Three?", greedy(10, tell_waiting=True))
    until(lambda: third == [Waiting(2)])
    stop.set()
    two.join(10)
    assert [(event.reason, event.usage.new_tokens) for event in second[1:]] == [("stopped", 0)]
    until(lambda: third == [Waiting(2), Waiting(1)])
    held.let_go()
    one.join(30)
    three.join(30)
    assert third[-1].reason == "length"


def test_close_stops_the_answer_under_way_and_those_that_wait(tokenizer):
    local = local_model(tiny_model(), tokenizer, most_answering=1)
    held = Held(local)
    first, one = begun(local, "One?")
    assert held.reached.wait(10)
    second, two = begun(local, "Two?", greedy(10, tell_waiting=True))
    until(lambda: second == [Waiting(1)])
    closing = threading.Thread(target=local.close)
    closing.start()
    closing.join(0.2)
    assert closing.is_alive()  # it waits for the pass under way
    held.let_go()
    for thread in (closing, one, two):
        thread.join(30)
        assert not thread.is_alive()
    assert [events[-1].reason for events in (first, second)] == ["stopped", "stopped"]
