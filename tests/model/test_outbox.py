"""The outbox: every event once and in order, an error after what came before it."""

from __future__ import annotations

import threading

import pytest

from errors import ModelError
from model.events import TextDelta
from model.local.outbox import Outbox


def drained(outbox):
    """All that a reader gets until the outbox is closed, and how often it had to look."""
    events, closed, looks = [], False, 0
    while not closed:
        taken, closed = outbox.take()
        events += taken
        looks += 1
    return events, looks


def test_nothing_is_there_before_something_is_put():
    assert Outbox().take() == ([], False)


def test_what_is_put_before_the_first_look_comes_at_once():
    outbox = Outbox()
    outbox.put(TextDelta("a"))
    assert outbox.take() == ([TextDelta("a")], False)


def test_every_event_comes_once_and_in_order_while_another_thread_puts():
    outbox = Outbox()
    put = [TextDelta(str(number)) for number in range(2000)]

    def write():
        for event in put:
            outbox.put(event)
        outbox.close()

    writer = threading.Thread(target=write)
    writer.start()
    events, looks = drained(outbox)
    writer.join()
    assert events == put
    assert looks < 200  # in pieces: no waking for each


def test_an_error_is_raised_after_what_came_before_it():
    outbox = Outbox()
    outbox.put_all([TextDelta("a"), TextDelta("b")])
    outbox.close(ModelError("broken"))
    assert outbox.take() == ([TextDelta("a"), TextDelta("b")], False)
    with pytest.raises(ModelError, match="broken"):
        outbox.take()


def test_an_error_without_any_event_is_raised_at_once():
    outbox = Outbox()
    outbox.close(ModelError("broken"))
    with pytest.raises(ModelError, match="broken"):
        outbox.take()
