"""A conversation as plain, frozen values: messages made of parts.

Identity, time and storage are the store's business. ``to_dict`` and ``from_dict`` are exact inverses; an image or
file is a path on this machine with the SHA-256 of its content, never the bytes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

#: Of a video: unless a person says otherwise, and at most.
FRAMES, MOST_FRAMES = 8, 64

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True)
class Text:
    """Words. ``source`` is "tool" or "retort" where they are a tool's or Retort's own sentence and no model wrote them."""

    text: str
    source: Literal["author", "tool", "retort"] = "author"
    type: Literal["text"] = "text"


@dataclass(frozen=True)
class Thinking:
    """A model's reasoning: shown, kept, and not sent back in later turns. ``tokens`` is 0 where nobody counted them."""

    text: str
    seconds: float | None = None
    tokens: int = 0
    type: Literal["thinking"] = "thinking"


@dataclass(frozen=True)
class Image:
    path: str
    sha256: str
    media_type: str
    name: str = ""
    type: Literal["image"] = "image"


@dataclass(frozen=True)
class Video:
    """``frames``: how many of them, evenly spread, a model that can see is shown."""

    path: str
    sha256: str
    media_type: str
    name: str = ""
    frames: int = FRAMES
    type: Literal["video"] = "video"


@dataclass(frozen=True)
class File:
    path: str
    sha256: str
    media_type: str
    name: str = ""
    type: Literal["file"] = "file"


@dataclass(frozen=True)
class ToolCall:
    """A call as the model (or the router) made it; ``arguments`` are not yet validated."""

    id: str
    name: str
    arguments: dict[str, Any]
    type: Literal["tool_call"] = "tool_call"


@dataclass(frozen=True)
class ToolResult:
    """What came back for the call ``id``: a result as ``tools`` dumps it, or an error with what, where and hint."""

    id: str
    name: str
    ok: bool
    content: dict[str, Any] = field(default_factory=dict)
    type: Literal["tool_result"] = "tool_result"


Part = Text | Thinking | Image | Video | File | ToolCall | ToolResult
_PARTS = {cls.type: cls for cls in (Text, Thinking, Image, Video, File, ToolCall, ToolResult)}


@dataclass(frozen=True)
class Message:
    role: Role
    parts: tuple[Part, ...] = ()

    @property
    def text(self) -> str:
        """The text parts, joined; thinking and calls are not among them."""
        return "".join(part.text for part in self.parts if isinstance(part, Text))


def part_to_dict(part: Part) -> dict[str, Any]:
    return asdict(part)


def part_from_dict(value: dict[str, Any]) -> Part:
    return _PARTS[value["type"]](**value)


def to_dict(message: Message) -> dict[str, Any]:
    return {"role": message.role, "parts": [part_to_dict(part) for part in message.parts]}


def from_dict(value: dict[str, Any]) -> Message:
    return Message(value["role"], tuple(part_from_dict(part) for part in value["parts"]))
