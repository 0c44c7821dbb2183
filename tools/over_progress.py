"""How far a batch over a file is: in its folder, as JSON lines for a program, as one line that changes on a terminal."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.batch_output import write_state

SPEED_OVER_S = 30.0  # the time left is told from the rows of so long
_LEAST_S = 1.0


class Progress:
    """The state of a batch; each ``tell`` changes it, writes it and shows it."""

    def __init__(self, folder: Path, asked: Mapping[str, Any], to_program: bool) -> None:
        self._folder, self._began = folder, time.monotonic()
        self._to_program = to_program and not sys.stdout.isatty()
        self._to_person = not self._to_program and sys.stderr.isatty()
        self._state: dict[str, Any] = {
            "state": "running", "done": 0, "failed": 0, "total": None, "seconds": 0.0, "left_s": None, "columns": [], "column": None,
            "kind": None, "original_columns": [], "notes": [], "libraries": {}, "files": [], **asked,
        }  # fmt: skip
        self._lately: deque[tuple[float, int]] = deque()

    def tell(self, changes: Mapping[str, Any]) -> bool:
        """Whether who watches is still there."""
        now = time.monotonic()
        self._state |= {**changes, "seconds": round(now - self._began, 2)}
        self._state["left_s"] = self._left_s(now)
        text = write_state(self._folder, self._state)
        if self._to_person:
            end = "" if self._state["state"] == "running" else "\n"
            print(f"\r{self._spoken():<78}", end=end, file=sys.stderr, flush=True)
        if self._to_program:
            try:
                print(text, flush=True)
            except BrokenPipeError:
                self._to_program = False
                return False
        return True

    def _left_s(self, now: float) -> float | None:
        done, total = self._state["done"], self._state["total"]
        if self._state["state"] != "running" or total is None or not done:
            return None
        self._lately.append((now, done))
        while self._lately[0][0] < now - SPEED_OVER_S:
            self._lately.popleft()
        since, before = self._lately[0]
        if done == before or now - since < _LEAST_S:
            return None
        return round((total - done) * (now - since) / (done - before), 1)

    def _spoken(self) -> str:
        state = self._state
        of = f" of {state['total']:,}" if state["total"] is not None else ""
        rate = f", {state['done'] / state['seconds']:,.0f} a second" if state["done"] and state["seconds"] else ""
        left = f", {state['left_s']:,.0f} s left" if state["left_s"] is not None else ""
        failed = f", {state['failed']:,} with an error" if state["failed"] else ""
        return f"{state['done']:,}{of} rows{failed}{rate}{left}"
