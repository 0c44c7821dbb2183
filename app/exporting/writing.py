"""A stored conversation as the document of ``app.exporting.document``, as plain JSON values."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.exporting.document import FORMAT, MOST_FILE_BYTES, VERSION, CheckedStatement, Details
from app.rerunning import RecordedCall, reference
from app.store import Store, StoredMessage
from errors import RetortError
from model.messages import File, Image, Part, Video, part_to_dict
from tools.version import retort_version

LONGEST_FILENAME = 60
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
Document = dict[str, Any]


def document_of(store: Store, conversation_id: str, most_file_bytes: int = MOST_FILE_BYTES) -> Document:
    """The whole conversation as it is stored now; raises ``RetortError`` where there is none, or nothing in it."""
    titles = store.titles([conversation_id])
    messages = store.messages(conversation_id)
    if not titles or not messages:
        raise RetortError("There is no such conversation; it may have been deleted.")
    files = _files(messages)
    paths = {part.path: reference_of(part) for part in files}
    numbers = {message.id: number for number, message in enumerate(messages, start=1)}
    return {
        "format": FORMAT,
        "version": VERSION,
        "retort": retort_version(),
        "title": titles[conversation_id],
        "messages": [_message(message, numbers, paths) for message in messages],
        "instructions": list(_instructions(store, messages)),
        "files": list(_contents(files, most_file_bytes)),
    }


def as_json(document: Document) -> str:
    """The document as text; what JSON has no number for is refused by whoever wrote it, never written."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def filename(document: Document, ending: str) -> str:
    """Of the title, in characters that any system takes: "mass-of-aspirin.ipynb"."""
    words = re.sub(r"[^a-z0-9]+", "-", document["title"].lower()).strip("-")
    return f"{words[:LONGEST_FILENAME].strip('-') or 'conversation'}.{ending}"


def calls_of(message: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], RecordedCall]]:
    """The calls of a message of a document, in order, each with what is recorded of it."""
    results = {part["id"]: part for part in message["parts"] if part["type"] == "tool_result"}
    for part in message["parts"]:
        if part["type"] == "tool_call":
            yield part, recorded_call(part, results.get(part["id"]))


def recorded_call(call: Mapping[str, Any], result: Mapping[str, Any] | None) -> RecordedCall:
    if result is None:
        return RecordedCall(call["name"], None, None)
    content = result["content"]
    if result["ok"]:
        return RecordedCall(call["name"], content["provenance"]["arguments"], content)
    error = {key: content[key] for key in ("what", "where", "hint", "sentence") if key in content}
    # what has neither place nor advice was no argument's fault: time, memory, a stop, a host that was not asked
    is_refused = bool(content.get("where") or content.get("hint"))
    arguments = content.get("arguments") if is_refused else None
    return RecordedCall(call["name"], arguments, {"ok": False, "error": error})


def reference_of(part: Image | Video | File) -> str:
    return reference(part.sha256, Path(part.path).name if isinstance(part, File) else "")


def renumbered(card: str, numbers: Mapping[int, int]) -> str:
    """``{message id}-{call id}`` with the message's other number; empty where there is no such message."""
    message, _, call = card.partition("-")
    return f"{numbers[int(message)]}-{call}" if message.isdecimal() and int(message) in numbers else ""


def _message(message: StoredMessage, numbers: Mapping[int, int], paths: Mapping[str, str]) -> dict[str, Any]:
    known = {key: message.details[key] for key in Details.model_fields if message.details.get(key) is not None}
    if "marks" in known:
        known["marks"] = [_mark(mark, numbers) for mark in known["marks"]]
    return {
        "id": numbers[message.id],
        "role": message.role,
        "status": message.status,
        "details": _writable(known, paths),
        "parts": [_writable(_part(part), paths) for part in message.parts],
    }


def _mark(mark: Mapping[str, Any], numbers: Mapping[int, int]) -> dict[str, Any]:
    ordered = {key: mark[key] for key in CheckedStatement.model_fields if key in mark}
    return {**ordered, "card": renumbered(str(mark.get("card", "")), numbers)}


def _part(part: Part) -> dict[str, Any]:
    """With its type first, and without the place of its file."""
    value = part_to_dict(part)
    return {"type": value.pop("type"), **{key: one for key, one in value.items() if key != "path"}}


def _writable(value: Any, paths: Mapping[str, str]) -> Any:
    """``value`` as JSON in UTF-8 can hold it, and without the folders of this machine: a path is what it names, and in a
    sentence the last part of it. A model's call may hold what JSON has not: numbers that are none, halves of characters.
    """
    if isinstance(value, dict):
        return {_writable(key, {}): _writable(one, paths) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(one, paths) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if not isinstance(value, str):
        return value
    if value in paths:
        return paths[value]
    for path in paths:
        if path in value:
            value = value.replace(path, Path(path).name)
    return _UNWRITABLE.sub("\ufffd", value)


def _files(messages: Sequence[StoredMessage]) -> list[Image | Video | File]:
    """Each attached file once."""
    parts = [part for message in messages for part in message.parts if isinstance(part, (Image, Video, File))]
    return list({part.path: part for part in parts}.values())


def _contents(files: Sequence[Image | Video | File], most_bytes: int) -> Iterator[dict[str, Any]]:
    """Each content once, as many as there is room for; one that is gone, or too large, is named without its content."""
    left = most_bytes
    for file in {file.sha256: file for file in files}.values():
        path = Path(file.path)
        size = path.stat().st_size if path.is_file() else 0
        fits = path.is_file() and size <= left
        left -= size if fits else 0
        text = base64.b64encode(path.read_bytes()).decode() if fits else None
        yield {"sha256": file.sha256, "bytes": size, "base64": text}


def _instructions(store: Store, messages: Sequence[StoredMessage]) -> Iterator[dict[str, str]]:
    for sha256 in dict.fromkeys(str(message.details.get("prompt", "")) for message in messages):
        text = store.prompt(sha256) if sha256 else None
        if text is not None:
            yield {"sha256": sha256, "text": text}
