"""Each request to the hub is told before it leaves: the child that downloads asks its parent, who writes it down first.

A line each way: the child writes ``{"request": {"number", "method", "url"}}`` and waits for ``{"go": number}``; once the answer is read it
writes ``{"answered": {"number", "status", "received_bytes", "problem"}}``.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any, Protocol

NO_ANSWER = "no answer came"
BROKEN_OFF = "the answer was broken off"


class Recorder(Protocol):
    """Who keeps the record; called from one thread."""

    def about_to_send(self, method: str, url: str) -> str:
        """Record the request, and return an id for it. A ``RetortError`` that this raises ends the download before it is sent."""
        ...

    def answered(self, id: str, status: int | None, received_bytes: int, problem: str) -> None:
        """How it ended: its HTTP status (None without one), bytes of the body, and what went wrong (empty: nothing)."""
        ...


class NoRecord:
    """Where nobody keeps one."""

    def about_to_send(self, method: str, url: str) -> str:
        return ""

    def answered(self, id: str, status: int | None, received_bytes: int, problem: str) -> None:
        return


class Told:
    """The child's side: hooks in the client with which the library sends all that it sends, redirects included."""

    def __init__(self, say: Callable[[dict[str, Any]], None]) -> None:
        self._say = say
        self._numbers = itertools.count(1)
        self._leave: dict[int, threading.Event] = {}
        self._thread = threading.local()  # holds the number of what this thread has sent and has no answer to

    def use_in_library(self) -> None:
        """From now on; nothing may have been sent before."""
        from huggingface_hub import set_client_factory
        from huggingface_hub.utils._http import default_client_factory

        def client() -> Any:
            made = default_client_factory()
            hooks = made.event_hooks
            made.event_hooks = {
                "request": [*hooks["request"], self._before],
                "response": [*hooks["response"], self._after],
            }
            return made

        set_client_factory(client)

    def allow(self, number: int) -> None:
        self._leave[number].set()

    def _before(self, request: Any) -> None:
        """Waits until the parent lets it go; who ends the download instead ends this process."""
        self._give_up()
        number = next(self._numbers)
        leave = self._leave[number] = threading.Event()
        self._say({"request": {"number": number, "method": request.method, "url": str(request.url)}})
        leave.wait()
        del self._leave[number]
        self._thread.number = number

    def _after(self, response: Any) -> None:
        number, self._thread.number = self._thread.number, None
        close = response.close

        def ended() -> None:
            if not response.is_closed:
                close()
                received = response.num_bytes_downloaded
                whole = response.request.method == "HEAD" or received >= int(response.headers.get("content-length", 0))
                self._answered(number, response.status_code, received, "" if whole else BROKEN_OFF)

        response.close = ended  # the library has no hook for it; whoever reads the body to its end calls this, too

    def _give_up(self) -> None:
        """Who sends anew has got no answer to what was sent before."""
        number = getattr(self._thread, "number", None)
        if number is not None:
            self._answered(number, None, 0, NO_ANSWER)

    def _answered(self, number: int, status: int | None, received_bytes: int, problem: str) -> None:
        told = {"number": number, "status": status, "received_bytes": received_bytes, "problem": problem}
        self._say({"answered": told})


class Listener:
    """The parent's side: has each request recorded before it lets it go."""

    def __init__(self, recorder: Recorder, allow: Callable[[int], None]) -> None:
        self._recorder, self._allow = recorder, allow
        self._under_way: dict[int, str] = {}

    def heard(self, told: dict[str, Any]) -> bool:
        """Whether this was about a request. Raises what the recorder raises; the request then waits for ever."""
        if request := told.get("request"):
            self._under_way[request["number"]] = self._recorder.about_to_send(request["method"], request["url"])
            self._allow(request["number"])
        elif answered := told.get("answered"):
            id = self._under_way.pop(answered["number"])
            self._recorder.answered(id, answered["status"], answered["received_bytes"], answered["problem"])
        else:
            return False
        return True

    def ended(self) -> None:
        """The download is over: what has no answer by now gets none."""
        while self._under_way:
            self._recorder.answered(self._under_way.popitem()[1], None, 0, NO_ANSWER)
