"""A conversation as one JSON document: what an export writes, an import takes, and ``python -m app schema`` prints.

It is complete: what was asked and answered, thinking, calls with their results, what was checked, the models' instructions, and
the attached files. A file stands in it once, by its SHA-256; where an argument of a call was the path of one,
``sha256:HEX/name`` stands in its place (``sha256:HEX`` for a picture). Two exports of one conversation are the same, letter for letter.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.checking.kept import MOST_KEPT
from model.messages import MOST_FRAMES
from tools.outputs import ToolResult

FORMAT = "retort-conversation"
VERSION = 1
MOST_MESSAGES = 10_000
MOST_PARTS = 2_000
#: Of all attached files of a conversation together, as they are; what is beyond it stays behind and is named.
MOST_FILE_BYTES = 40_000_000
_MOST_INTEGER = 2**53

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(max_length=255)]
Count = Annotated[int, Field(ge=0, le=_MOST_INTEGER)]
Seconds = Annotated[float, Field(ge=0, le=1e12)]
Line = Annotated[str, Field(max_length=20_000)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TextPart(_Value):
    """``source``: "author" for words of a person or a model, "tool" or "retort" for sentences that no model wrote."""

    type: Literal["text"]
    text: str
    source: Literal["author", "tool", "retort"] = "author"


class ThinkingPart(_Value):
    type: Literal["thinking"]
    text: str
    seconds: Seconds | None = None
    tokens: Count = 0


class ImagePart(_Value):
    type: Literal["image"]
    sha256: Sha256
    media_type: Name
    name: Name = ""


class VideoPart(_Value):
    type: Literal["video"]
    sha256: Sha256
    media_type: Name
    name: Name = ""
    frames: Annotated[int, Field(ge=1, le=MOST_FRAMES)]


class FilePart(_Value):
    type: Literal["file"]
    sha256: Sha256
    media_type: Name
    name: Name = ""


class CallPart(_Value):
    """A call as the model made it, with names such as ``file_1`` or ``mol_2`` that only the conversation knows."""

    type: Literal["tool_call"]
    id: Line
    name: Line
    arguments: dict[str, Any]


class Failure(_Value):
    """Why a call has no result; ``arguments`` are those that the tool had, where it was called."""

    what: str
    where: str = ""
    hint: str = ""
    sentence: str
    arguments: dict[str, Any] | None = None


def _known_result(content: dict[str, Any]) -> dict[str, Any]:
    (ToolResult if "summary" in content else Failure).model_validate_json(json.dumps(content), strict=True)
    return content


class ResultPart(_Value):
    """What came back for the call ``id``. ``content.provenance.arguments`` are those that the tool had: enough to call it again."""

    type: Literal["tool_result"]
    id: Line
    name: Line
    ok: bool
    content: Annotated[dict[str, Any], AfterValidator(_known_result)]

    def model_post_init(self, _context: Any) -> None:
        if self.ok != ("summary" in self.content):
            raise ValueError("a result that is ok has a summary, and one that is not has a sentence")


class Usage(_Value):
    """Tokens and seconds of an answer, as the model counted them."""

    prompt_tokens: Count = 0
    new_tokens: Count = 0
    first_token_s: Seconds | None = None
    seconds: Seconds = 0.0
    thinking_tokens: Count = 0
    reused_tokens: Count = 0
    context_tokens: Count = 0
    used_tokens: Count = 0


class CheckedStatement(_Value):
    """A statement that was checked: characters ``start`` to ``end`` of the part with the index ``part``.

    ``ours`` is what the tools say, ``call`` the call that says so, ``card`` that call in the document as ``{message id}-{call id}``.
    """

    part: Count
    start: Count
    end: Count
    span: str
    verdict: Literal["tool", "equal", "different", "invalid", "drawn"]
    ours: str
    call: dict[str, Any]
    kind: str = ""
    card: Name = ""
    smiles: str = ""


class Details(_Value):
    """What is known of an answer beyond its parts."""

    model: Name | None = None
    seed: Annotated[int, Field(ge=-_MOST_INTEGER, le=_MOST_INTEGER)] | None = None
    unchecked: bool | None = None
    usage: Usage | None = None
    notes: Annotated[list[Line], Field(max_length=100)] | None = None
    ended: Line | None = None
    error: Line | None = None
    fits: Count | None = None
    marks: Annotated[list[CheckedStatement], Field(max_length=MOST_KEPT)] | None = None
    prompt: Sha256 | None = None
    prompt_edited: bool | None = None


Part = Annotated[
    TextPart | ThinkingPart | ImagePart | VideoPart | FilePart | CallPart | ResultPart, Field(discriminator="type")
]


class Message(_Value):
    """``id`` counts the messages of the document from 1."""

    id: Annotated[int, Field(ge=1, le=MOST_MESSAGES)]
    role: Literal["user", "assistant"]
    status: Literal["running", "complete", "stopped", "failed"]
    details: Details
    parts: Annotated[list[Part], Field(max_length=MOST_PARTS)]


class Instructions(_Value):
    """What a model was told before the conversation."""

    sha256: Sha256
    text: Annotated[str, Field(max_length=200_000)]


class AttachedFile(_Value):
    """``base64`` is null where it was too large to come along."""

    sha256: Sha256
    bytes: Count
    base64: str | None


class Document(_Value):
    format: Literal["retort-conversation"] = Field(description="What this is")
    version: Literal[1] = Field(description="Of the schema; a change that an older Retort cannot read raises it")
    retort: Name = Field(description="Which Retort wrote it")
    title: Annotated[str, Field(max_length=200)]
    messages: Annotated[list[Message], Field(max_length=MOST_MESSAGES)]
    instructions: Annotated[list[Instructions], Field(max_length=MOST_MESSAGES)]
    files: Annotated[list[AttachedFile], Field(max_length=MOST_MESSAGES)]


def schema() -> dict[str, Any]:
    """The JSON Schema of the document, 2020-12."""
    found = Document.model_json_schema()
    for model in (ToolResult, Failure):
        described = model.model_json_schema(ref_template="#/$defs/{model}")
        found["$defs"] |= described.pop("$defs", {})
        found["$defs"][model.__name__] = described
    result = found["$defs"]["ResultPart"]["properties"]["content"]
    result.clear()
    result["anyOf"] = [{"$ref": f"#/$defs/{model.__name__}"} for model in (ToolResult, Failure)]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
