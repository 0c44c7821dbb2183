"""An exported conversation taken into the store: everything in the file is a stranger's until it is checked.

What a call's argument names must have come along; results are checked against the shapes that tools give, and what the page
shows of them is escaped or rebuilt there, as for any other conversation.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.exporting.document import (
    FORMAT,
    VERSION,
    AttachedFile,
    Document,
    FilePart,
    ImagePart,
    ResultPart,
    VideoPart,
)
from app.exporting.document import Part as ExportedPart
from app.exporting.writing import reference_of, renumbered
from app.rerunning import contents_of
from app.store import UNTITLED, Store
from app.uploads import Uploads
from errors import RetortError, UploadError, shown
from model.messages import FRAMES, File, Image, Part, Text, Video, part_from_dict

Attached = Image | Video | File

MOST_BYTES = 100_000_000
DEEPEST = 60
_AGAIN = "export the conversation again as JSON"


def read_document(contents: bytes) -> Document:
    """The checked document; raises ``UploadError`` for what is no export, or one that this Retort cannot read."""
    if len(contents) > MOST_BYTES:
        raise UploadError(f"The file has {len(contents) / 1e6:.0f} MB and at most {MOST_BYTES / 1e6:.0f} MB are taken.")
    try:
        value = json.loads(contents.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise UploadError(f"The file is not JSON; {_AGAIN}.") from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise UploadError(f"The file is no conversation that Retort exported; {_AGAIN}.")
    if value.get("version") != VERSION:
        raise UploadError(
            f"The file has version {shown(value.get('version'))} of the format and this Retort reads {VERSION}; "
            "use the Retort that wrote it, or a newer one."
        )
    _refuse_unstorable(value)
    try:
        return Document.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        what = first["msg"].splitlines()[0].rstrip(".")
        raise UploadError(f"The file is not what Retort exports ({shown(place)}: {what}); {_AGAIN}.") from None


def import_conversation(document: Document, store: Store, uploads: Uploads) -> str:
    """The id of the new conversation; raises ``UploadError`` and leaves nothing behind if a file in it is refused."""
    conversation_id = store.create_conversation(document.title or UNTITLED)
    try:
        kept = _keep_files(document, conversation_id, uploads)
        paths = {reference_of(part): part.path for part in kept.values()}
        for instructions in document.instructions:
            if store.keep_prompt(instructions.text) != instructions.sha256:
                raise UploadError(f"Instructions in the file are not those of their SHA-256; {_AGAIN}.")
        ids: dict[int, int] = {}
        for message in document.messages:
            parts = [_part(part, kept, paths) for part in message.parts]
            added = store.add_message(conversation_id, message.role, parts)
            status = "stopped" if message.status == "running" else message.status
            ids[message.id] = added.id
            details: dict[str, Any] = message.details.model_dump(exclude_unset=True)
            if message.role == "assistant":
                details["imported"] = True  # told in the page, since nothing of it was computed here
            for mark in details.get("marks") or ():
                mark["card"] = renumbered(mark.get("card", ""), ids)
            store.save(replace(added, status=status, details=details), from_part=len(parts))
        store.rename(conversation_id, document.title or UNTITLED)
    except BaseException:  # also an end of the program: half a conversation is none
        store.delete(conversation_id)
        uploads.forget(conversation_id)
        raise
    return conversation_id


def _keep_files(document: Document, conversation_id: str, uploads: Uploads) -> dict[tuple[str, str], Attached]:
    """The attached files by SHA-256 and name, taken as if a person had attached them."""
    contents = {file.sha256: file for file in document.files}
    kept: dict[tuple[str, str], Attached] = {}
    with tempfile.TemporaryDirectory(prefix="retort-import-") as folder:
        for part in (part for message in document.messages for part in message.parts):
            if not isinstance(part, (ImagePart, VideoPart, FilePart)) or (part.sha256, part.name) in kept:
                continue
            file = contents.get(part.sha256)
            if file is None or file.base64 is None:
                continue
            path = Path(folder) / "file"
            path.write_bytes(_checked_contents(file))
            frames = part.frames if isinstance(part, VideoPart) else FRAMES
            taken = uploads.take(conversation_id, path, part.name, frames)
            if taken.type != part.type:
                raise UploadError(f"{shown(part.name)} in the file is not the {part.type} that it says; {_AGAIN}.")
            kept[part.sha256, part.name] = replace(taken, name=part.name)
    return kept


def _checked_contents(file: AttachedFile) -> bytes:
    try:
        contents = contents_of(file.sha256, file.base64 or "")
    except RetortError as error:
        raise UploadError(str(error)) from None
    if len(contents) != file.bytes or hashlib.sha256(contents).hexdigest() != file.sha256:
        raise UploadError(f"A file in it is not the one of its SHA-256; {_AGAIN}.")
    return contents


def _part(part: ExportedPart, kept: Mapping[tuple[str, str], Attached], paths: Mapping[str, str]) -> Part:
    """A part as the store has it; a file that did not come along is a sentence in its place."""
    if isinstance(part, (ImagePart, VideoPart, FilePart)):
        attached = kept.get((part.sha256, part.name))
        if attached is None:
            return Text(f"[{part.name or 'A file'} did not come along with the import.]\n")
        if isinstance(part, VideoPart) and isinstance(attached, Video):
            return replace(attached, frames=part.frames)
        return attached
    value = part.model_dump(exclude_unset=True)
    if isinstance(part, ResultPart):
        holder = value["content"].get("provenance", value["content"])
        given = holder.get("arguments") or {}
        for name, argument in given.items():
            if isinstance(argument, str) and argument in paths:
                given[name] = paths[argument]
    return part_from_dict(value)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _refuse_unstorable(value: Any, depth: int = 0) -> None:
    """What a database or a page would stumble over: values in one another without end, and halves of characters."""
    if depth > DEEPEST:
        raise UploadError(f"The file holds values within values more than {DEEPEST} deep; {_AGAIN}.")
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_unstorable(key, depth + 1)
            _refuse_unstorable(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _refuse_unstorable(inner, depth + 1)
    elif isinstance(value, str) and ("\x00" in value or not value.isascii()):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise UploadError(f"The file holds half of a character; {_AGAIN}.") from None
        if "\x00" in value:
            raise UploadError(f"The file holds a NUL character; {_AGAIN}.")
