"""``python -m app ask``: one turn without a browser, its events as JSON lines."""

from __future__ import annotations

import argparse
import functools
import json
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.assistant import Assistant, Budget, BudgetEnded, Instructed, Statement, TurnEvent
from app.batches import Progress
from app.calling import Asking, Outward
from app.instructions import PromptFile
from app.loading import ModelSlot
from app.permissions import Question
from app.services import build_model_slot, build_outward, build_tools, build_uploads
from app.settings import Settings, read_settings
from errors import RetortError
from model.events import BrokenCall, Finished, Note, Options, TextDelta, ThinkingDelta, Usage, Waiting
from model.messages import Message, Part, Text, ToolCall, ToolResult


def add_command(commands: Any) -> None:
    ask = commands.add_parser("ask", help="answer one request, or with --json - one request a line")
    ask.add_argument("request", nargs="?", help='what to ask; - reads {"request": …} JSON lines (with --json)')
    ask.add_argument(
        "--file", type=Path, action="append", default=[], help="a picture, video or file of data to attach (repeatable)"
    )
    ask.add_argument("--model", default="", help="a model's folder or id; without it the embedded model")
    ask.add_argument(
        "--allow", action="append", default=[], metavar="HOST", help="a host that lookups may ask (repeatable)"
    )
    ask.add_argument("--json", action="store_true", help="print every event as a JSON line")
    ask.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.request is None:
        raise RetortError("Say what to ask, or - to read requests from standard input.")
    return _ask(options, read_settings())


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    if options.model:
        settings = settings.model_copy(update={"model": options.model})
    tools = build_tools(settings)
    try:
        tools.warm_up()
        slot = build_model_slot(settings)
        slot.start()
        outward = functools.cache(lambda: _outward(settings))  # its database is opened by the first lookup
        budget, prompt = Budget(settings.tool_calls, settings.answer_seconds), PromptFile(settings.folder.expanduser())
        assistant = Assistant(tools, budget, outward, prompt)

        def decide(question: Question) -> str:
            """In the name of who wrote ``--allow``; what to write where that was not enough."""
            is_allowed = question.host in options.allow
            outward().permissions.decide(question.id, "once" if is_allowed else "no")
            asked = "; ".join(f"{wish.tool} would send {wish.request}" for wish in question.wishes)
            return "" if is_allowed else f"{asked}; allow it with --allow {question.host}."

        show = _print_json if options.json else _print_plain
        with tempfile.TemporaryDirectory() as folder:
            uploads = build_uploads(settings, Path(folder))
            pictures = tuple(uploads.take("0" * 32, path) for path in options.file)
            for request in _requests(options.request):
                _answer(assistant, slot, (*pictures, Text(request)), request, show, decide)
    finally:
        tools.close()
    return 0


def _outward(settings: Settings) -> Outward:
    settings.folder.expanduser().mkdir(parents=True, exist_ok=True)
    return build_outward(settings)


def _requests(request: str) -> Iterator[str]:
    """The one request, or those on standard input, a JSON object a line; a broken line is told and passed over."""
    if request != "-":
        yield request
        return
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)["request"]
        except (ValueError, KeyError, TypeError):
            asked = None
        if isinstance(asked, str):
            yield asked
        else:
            told = f'Line {number} is not a JSON object with a "request"; write {{"request": "…"}}, one a line.'
            print(json.dumps({"type": "error", "text": told, "line": number}, ensure_ascii=False), flush=True)


def _answer(
    assistant: Assistant,
    slot: ModelSlot,
    parts: tuple[Part, ...],
    request: str,
    show: Callable[[TurnEvent, str], None],
    decide: Callable[[Question], str],
) -> None:
    """One turn of a fresh conversation; a model that fails in it ends this request only."""
    while (model := slot.wait(1.0)) is None:
        pass
    try:
        for event in assistant.run(model, [Message("user", parts)], Options(), threading.Event()):
            if isinstance(event, Asking):
                if event.question is not None and (told := decide(event.question)):
                    show(Note(told), request)
            elif not isinstance(event, Instructed):
                show(event, request)
    except Exception as error:
        if not isinstance(error, RetortError):
            traceback.print_exc()  # a fault of ours, told in full; the requests after it are still answered
        show(BudgetEnded(str(error)), request)
        show(Finished(Usage(), "error"), request)


def _as_json(event: TurnEvent, request: str) -> dict[str, Any]:
    match event:
        case ThinkingDelta(text):
            return {"type": "thinking", "text": text}
        case TextDelta(text):
            return {"type": "text", "text": text}
        case Statement(text, source):
            return {"type": "text", "text": text, "source": source}
        case BrokenCall(text, reason):
            return {"type": "broken_call", "text": text, "reason": reason}
        case Waiting(ahead):
            return {"type": "waiting", "ahead": ahead}
        case BudgetEnded(sentence) | Note(sentence) | Progress(sentence):
            return {"type": "notice", "text": sentence}
        case Finished(usage, reason):
            return {"type": "finished", "reason": reason, "usage": asdict(usage), "request": request}
        case ToolCall():
            return {"type": "tool_call", "id": event.id, "name": event.name, "arguments": event.arguments}
    assert isinstance(event, ToolResult)
    return {"type": "tool_result", "id": event.id, "name": event.name, "ok": event.ok, "result": event.content}


def _print_json(event: TurnEvent, request: str) -> None:
    print(json.dumps(_as_json(event, request), ensure_ascii=False), flush=True)


def _print_plain(event: TurnEvent, _request: str) -> None:
    match event:
        case TextDelta(text):
            print(text, end="", flush=True)
        case Statement(text):
            print(text, flush=True)
        case BudgetEnded(sentence) | Note(sentence):
            print(f"\n[{sentence}]")
        case Finished(usage, _reason):
            print(f"\n[{usage.prompt_tokens} + {usage.new_tokens} tokens in {usage.seconds:.1f} s]")
        case ToolCall():
            print(f"[{event.name} {json.dumps(event.arguments, ensure_ascii=False)}]", flush=True)
        case BrokenCall(text, reason):
            print(f"{text}\n[not run as a tool call: {reason}]")
        case ThinkingDelta() | Waiting() | Progress():
            pass
        case ToolResult() if not event.ok:
            print(event.content["sentence"], flush=True)
