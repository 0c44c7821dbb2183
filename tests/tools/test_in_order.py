"""Rows answered at once and given back in order: how many are under way, and that it ends whatever happens."""

from __future__ import annotations

import random
import threading
import time

import pytest

from tools.in_order import LOOK_AHEAD, InOrder

THREADS = 3


def test_answers_come_in_the_order_of_their_rows():
    pauses = random.Random(1)
    given: list[int] = []

    def answer(row: int) -> int:
        time.sleep(pauses.random() / 1000)
        return row * row

    InOrder(answer, given.append, THREADS).run(range(300))
    assert given == [row * row for row in range(300)]


def test_no_more_rows_are_read_than_may_be_under_way():
    """The first row is answered last: what is behind it waits, and what is not read yet stays unread."""
    first_may_end = threading.Event()
    read: list[int] = []
    given: list[int] = []

    def rows():
        for row in range(10 * LOOK_AHEAD * THREADS):
            read.append(row)
            yield row

    def answer(row: int) -> int:
        if row == 0:
            first_may_end.wait()
        return row

    batch = threading.Thread(target=InOrder(answer, given.append, THREADS).run, args=(rows(),))
    batch.start()
    seen = -1
    while len(read) != seen:  # until nothing more is read
        seen = len(read)
        time.sleep(0.2)
    assert (len(read), given) == (LOOK_AHEAD * THREADS + 1, [])  # and one row that waits for a place
    first_may_end.set()
    batch.join()
    assert given == list(range(10 * LOOK_AHEAD * THREADS))


def test_a_row_is_given_before_the_next_one_is_asked_for():
    given: list[int] = []
    came = threading.Semaphore(0)

    def give(answer: int) -> None:
        given.append(answer)
        came.release()

    def rows():
        for row in range(20):
            yield row
            assert came.acquire(timeout=10)
            assert given == list(range(row + 1))

    InOrder(lambda row: row, give, THREADS).run(rows())


@pytest.mark.parametrize("fault", ["rows", "answer", "give"])
def test_a_fault_ends_it_and_is_raised(fault):
    given: list[int] = []

    def rows():
        for row in range(10_000):
            if fault == "rows" and row == 100:
                raise KeyError("rows")
            yield row

    def answer(row: int) -> int:
        if fault == "answer" and row == 100:
            raise KeyError("answer")
        return row

    def give(answer: int) -> None:
        if fault == "give" and answer == 100:
            raise KeyError("give")
        given.append(answer)

    batch = InOrder(answer, give, THREADS)
    with pytest.raises(KeyError, match=fault):
        batch.run(rows())
    assert batch.stopped.is_set()
    assert given == list(range(len(given)))
    assert len(given) <= 100
