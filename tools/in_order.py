"""Rows answered by several threads at once, and given back in their order, each as soon as it and those before it are there."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

LOOK_AHEAD = 16  # rows for a thread that may be under way, or done and not yet given: the memory is bounded

Row = TypeVar("Row")
Answer = TypeVar("Answer")


class InOrder(Generic[Row, Answer]):
    """``answer`` is called by each of ``threads``, ``give`` by one of them at a time.

    A thread carries its row from the queue to where the answer goes: one hand-over a row, which for a quick tool is what a batch
    costs. ``stopped`` is set once no more answers are wanted, so that an ``answer`` that takes long can end early.
    """

    def __init__(self, answer: Callable[[Row], Answer], give: Callable[[Answer], None], threads: int) -> None:
        self._answer, self._give = answer, give
        self.stopped = threading.Event()
        self._waiting: queue.SimpleQueue[tuple[int, Row] | None] = queue.SimpleQueue()
        self._places = threading.Semaphore(LOOK_AHEAD * threads)
        self._giving = threading.Lock()
        self._done: dict[int, Answer] = {}
        self._given = 0
        self._failure: BaseException | None = None
        self._threads = [threading.Thread(target=self._work, name="answer rows") for _ in range(threads)]

    def run(self, rows: Iterable[Row]) -> None:
        """Until all are given; raises what ``rows``, ``answer`` or ``give`` raised, after which nothing more is given."""
        for thread in self._threads:
            thread.start()
        try:
            for numbered in enumerate(rows):
                self._places.acquire()
                if self.stopped.is_set():
                    break
                self._waiting.put(numbered)
        except BaseException:
            self.stopped.set()
            raise
        finally:
            for _ in self._threads:
                self._waiting.put(None)
            for thread in self._threads:
                thread.join()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Nothing more is answered or given, and ``run`` returns; from any thread, but not from a signal's handler."""
        self.stopped.set()
        self._places.release()  # lets ``run`` see it

    def _work(self) -> None:
        while (numbered := self._waiting.get()) is not None:
            number, row = numbered
            try:
                if not self.stopped.is_set():
                    self._hand_over(number, self._answer(row))
            except BaseException as error:  # raised again by ``run``, in the thread that a person can interrupt
                self._failure = self._failure or error
                self.stopped.set()
                self._places.release()  # lets ``run`` see that it is over

    def _hand_over(self, number: int, answer: Answer) -> None:
        with self._giving:
            self._done[number] = answer
            while self._given in self._done and not self.stopped.is_set():
                self._give(self._done.pop(self._given))
                self._given += 1
                self._places.release()
