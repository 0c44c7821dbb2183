"""The calls of one turn: over a file, by the offering, or in a worker; a lookup first asks a person whether it may."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from app.attachments import Attachments
from app.batches import OVER_FILE, Batches, Progress
from app.handles import Handles
from app.permissions import Decision, Permissions, Question, Wish
from errors import NetworkNotAllowedError, RetortError, ToolError, ToolInputError, shown
from model.messages import ToolCall, ToolResult
from tools.network import Network
from tools.outputs import ToolResult as Output

if TYPE_CHECKING:
    from app.egress import Ledger
    from app.offering import Offering

#: A question to a person waits so long for its answer; then the call ends without having sent anything.
ASKED_FOR_S = 600.0
ASKED_EVERY_S = 0.25


class ToolRunner(Protocol):
    """What a turn needs of ``tools.running.Workers``; ``network`` is given to tools whose catalog entry names hosts."""

    def call(
        self,
        name: str,
        arguments: dict[str, Any],
        *,
        cancel: threading.Event | None = None,
        network: Network | None = None,
    ) -> Output: ...

    def catalog(self) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class Asking:
    """A person is being asked, told again and again while that lasts; ``question`` is None once it is over."""

    question: Question | None


@dataclass(frozen=True)
class Outward:
    """What lets a lookup out: who may allow it, and where its requests are written down before they leave."""

    permissions: Permissions
    ledger: Ledger


@dataclass(frozen=True)
class Answering:
    """The answer, of which conversation, that a turn writes; empty and 0 where it is kept nowhere."""

    conversation_id: str = ""
    message_id: int = 0


class Calls:
    """Runs them one after the other. ``outward`` is None where nothing may leave; else it is not called before a lookup is."""

    def __init__(
        self,
        tools: ToolRunner,
        batches: Batches,
        attachments: Attachments,
        stop: threading.Event,
        answering: Answering,
        outward: Callable[[], Outward] | None,
        offering: Offering | None = None,
        handles: Handles | None = None,
    ) -> None:
        self._tools, self._batches, self._attachments, self._stop = tools, batches, attachments, stop
        self._answering, self._outward = answering, outward
        self._offering, self._handles = offering, handles
        self._hosts = {tool["name"]: frozenset(tool.get("hosts", ())) for tool in tools.catalog()}
        self._seen: set[str] = set()
        self._once: defaultdict[str, set[str]] = defaultdict(set)  # hosts by the call that may ask them
        self._refused: set[str] = set()  # hosts to which no more is to be sent in this turn

    def run_once(
        self, call: ToolCall, later: Sequence[ToolCall] = ()
    ) -> Generator[Progress | Asking, None, ToolResult]:
        """``run`` unless this turn has made the call already: a small model may ask the same for ever."""
        key = json.dumps([call.name, call.arguments], sort_keys=True)
        if key in self._seen:
            return failed(
                call, ToolInputError(f"{call.name} was called with these arguments before", "", "use that result")
            )
        self._seen.add(key)
        return (yield from self.run(call, later))

    def run(self, call: ToolCall, later: Sequence[ToolCall] = ()) -> Generator[Progress | Asking, None, ToolResult]:
        """The result of a call, or why there is none. ``later`` are calls that come next: they are asked for together with it."""
        try:
            if call.name == OVER_FILE:
                arguments = self._resolved(call)
                self._refuse_lookup(arguments.get("tool"))
                file = self._attachments.file(arguments.get("file"))
                output = yield from self._batches.run(file, arguments, self._stop)
            elif self._offering is not None and self._offering.answers(call.name):
                output = self._offering.find(call.arguments)
            elif self._hosts.get(call.name):
                output = yield from self._look_up(call, later)
            else:
                output = self._tools.call(call.name, self._arguments(call), cancel=self._stop)
        except RetortError as error:
            return failed(call, error, self._called(call))
        return ToolResult(call.id, call.name, True, output.model_dump(mode="json"))

    def _refuse_lookup(self, tool: object) -> None:
        """Over a file, one leave would send every record of it."""
        if self._hosts.get(str(tool)):
            host = min(self._hosts[str(tool)])
            raise ToolInputError(
                f"{tool} asks another machine, and is not run over a file here",
                "tool",
                f"look records up one by one, or run python -m tools over FILE --tool {tool} --allow {host}",
            )

    def _resolved(self, call: ToolCall) -> dict[str, Any]:
        return self._handles.resolved(call.arguments) if self._handles is not None else call.arguments

    def _arguments(self, call: ToolCall) -> dict[str, Any]:
        return self._attachments.resolved(call.name, self._resolved(call))

    def _called(self, call: ToolCall) -> dict[str, Any] | None:
        """The arguments as the tool had them, for who calls it again; None where they could not be made out."""
        try:
            return None if call.name == OVER_FILE else self._arguments(call)
        except RetortError:
            return None

    def _look_up(self, call: ToolCall, later: Sequence[ToolCall]) -> Generator[Asking, None, Output]:
        """First without any leave but a lasting one, since what was kept of earlier answers needs none."""
        while True:
            try:
                return self._outside(call)
            except NetworkNotAllowedError as error:
                if self._outward is None:
                    raise ToolError(f"Nothing was sent: {call.name} may ask no other machine here.") from None
                if error.host in self._refused:
                    raise ToolError(f"Nothing was sent: {error.host} was not allowed in this answer.") from None
                yield from self._ask(self._outward().permissions, call, error, later)

    def _outside(self, call: ToolCall) -> Output:
        return self._tools.call(
            call.name, self._arguments(call), cancel=self._stop, network=self._network(call) if self._outward else None
        )

    def _network(self, call: ToolCall) -> Network:
        from app.egress import Recorded, Sender

        assert self._outward is not None
        outward, once = self._outward(), self._once[call.id]
        sender = Sender(call.name, call.id, self._answering.conversation_id, self._answering.message_id)
        return Recorded(outward.ledger, sender, lambda: outward.permissions.lasting() | once)

    def _ask(
        self, permissions: Permissions, call: ToolCall, error: NetworkNotAllowedError, later: Sequence[ToolCall]
    ) -> Generator[Asking, None, None]:
        """Returns once the host may be asked for this call; raises ``ToolError`` if it may not."""
        host = error.host
        wishes = {call.id: _wish(call, error), **self._also_wished(host, later)}
        question = permissions.ask(self._answering.conversation_id, host, list(dict.fromkeys(wishes.values())))
        try:
            decision = yield from self._decision(permissions, question, call.name)
        finally:  # also when nobody follows any more
            permissions.withdraw(question)
        yield Asking(None)
        if decision is None or decision == "no":
            self._refused.add(host)
            why = f"{call.name} was not allowed to ask {host}"
            if decision is None:
                why = f"nobody said within {ASKED_FOR_S / 60:.0f} minutes whether {call.name} may ask {host}"
            raise ToolError(f"Nothing was sent: {why}.")
        if decision == "once":
            for call_id in wishes:
                self._once[call_id].add(host)

    def _decision(
        self, permissions: Permissions, question: Question, tool: str
    ) -> Generator[Asking, None, Decision | None]:
        """None if nobody answered in time; raises ``ToolError`` when the turn is stopped."""
        until = time.monotonic() + ASKED_FOR_S
        while time.monotonic() < until:
            if self._stop.is_set():
                raise ToolError(f"Nothing was sent: {tool} was stopped before it was allowed to ask {question.host}.")
            yield Asking(question)
            if (decision := permissions.decision(question, ASKED_EVERY_S)) is not None:
                return decision
        return None

    def _also_wished(self, host: str, later: Sequence[ToolCall]) -> dict[str, Wish]:
        """What calls that come next would send to the same host; those that need not, or cannot be run, send nothing."""
        wishes = {}
        for call in later:
            if host not in self._hosts.get(call.name, ()):
                continue
            try:
                self._outside(call)
            except NetworkNotAllowedError as error:
                if error.host == host:
                    wishes[call.id] = _wish(call, error)
            except RetortError:
                continue  # its own turn comes, and tells
        return wishes


def _wish(call: ToolCall, error: NetworkNotAllowedError) -> Wish:
    words = ", ".join(f"{name.replace('_', ' ')} {shown(value)}" for name, value in call.arguments.items())
    return Wish(call.name, words, error.would_send.removeprefix(f"{call.name} would send it "))


def failed(call: ToolCall, error: RetortError, arguments: Mapping[str, Any] | None = None) -> ToolResult:
    """``arguments``: those that the tool had, where it was called."""
    told: dict[str, Any] = (
        error.as_json() if isinstance(error, ToolInputError) else {"what": str(error), "where": "", "hint": ""}
    )
    told["sentence"] = str(error)
    return ToolResult(call.id, call.name, False, told if arguments is None else {**told, "arguments": dict(arguments)})
