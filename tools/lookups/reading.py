"""Answers of other servers as values: only what is read of them, of the right type, capped, and cleared of what could mislead.

Nothing here trusts the other side: a text has no control characters, none that turn the writing direction, and no markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Annotated, TypeVar
from xml.etree import ElementTree

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from tools.lookups.asking import UnreadableError

LONGEST_TEXT = 300
LONGEST_UNREAD = 40_000  # characters of a text that are looked at
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")

T = TypeVar("T")


class Told(BaseModel):
    """What is read of a JSON object; the rest of it is left alone."""

    #: Built at the first answer, so that no worker spends its start on shapes that it may never read.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, defer_build=True)


def as_json(shape: type[T]) -> Callable[[bytes, str], T]:
    """A reader of JSON of this shape; raises ``UnreadableError``."""
    adapter: TypeAdapter[T] = TypeAdapter(shape)

    def read(body: bytes, content_type: str) -> T:
        if "json" not in content_type.lower():
            raise UnreadableError(f"{content_type.partition(';')[0].strip()[:60] or 'no type'} in place of JSON")
        try:
            return adapter.validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            if first["type"] == "json_invalid":
                raise UnreadableError("broken JSON") from None
            place = ".".join(str(part) for part in first["loc"])[:80]
            raise UnreadableError(f"JSON of another shape at {place or 'its top'}") from None

    return read


def as_text(body: bytes, content_type: str) -> str:
    """A reader of plain text, such as a file; raises ``UnreadableError`` for a web page."""
    if "html" in content_type.lower() or body[:200].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise UnreadableError("a web page in place of a file")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableError("not UTF-8") from None


def as_xml(body: bytes, content_type: str) -> ElementTree.Element:
    """A reader of XML without a document type, whose entities could unpack to any size; raises ``UnreadableError``."""
    if "xml" not in content_type.lower():
        raise UnreadableError(f"{content_type.partition(';')[0].strip()[:60] or 'no type'} in place of XML")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError("not UTF-8") from None
    if "<!DOCTYPE" in text or "\0" in text:
        raise UnreadableError("XML with a document type")
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError:
        raise UnreadableError("broken XML") from None


def cleaned(text: object, most: int = LONGEST_TEXT) -> str:
    """One line of plain words, at most ``most`` characters: no markup, no character that is invisible or turns the direction."""
    if not isinstance(text, (str, int, float)):
        return ""
    words = html.unescape(_TAG.sub("", str(text)[:LONGEST_UNREAD]))
    plain = "".join(character if character.isprintable() else " " for character in words)
    line = " ".join(plain.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


#: A text of the other side in a shape, cleaned as it is read; missing and null are the empty text.
Words = Annotated[str, BeforeValidator(cleaned)]
LongWords = Annotated[str, BeforeValidator(lambda text: cleaned(text, 1500))]


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < 1e300 else None


#: A number that may be written as a text, or be missing.
Number = Annotated[float | None, BeforeValidator(_number)]
