"""What a plain request means that speaks of an attached file: the whole of it, or each of its records."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.batches import OVER_FILE
from app.filling import Routed
from app.wording import Candidate, Clause

#: Words by which people speak of a file and its records; they say nothing of what is to be done.
_OF_FILES = frozenset(
    [
        "attached",
        "batch",
        "cell",
        "cells",
        "column",
        "columns",
        "compound",
        "compounds",
        "data",
        "dataset",
        "entire",
        "entries",
        "entry",
        "every",
        "file",
        "files",
        "inside",
        "library",
        "line",
        "lines",
        "list",
        "molecule",
        "molecules",
        "over",
        "read",
        "record",
        "records",
        "row",
        "rows",
        "set",
        "sheet",
        "spreadsheet",
        "table",
        "through",
        "throughout",
        "uploaded",
        "whole",
    ]
)
_HANDLE = re.compile(r"file_[1-9]\d{0,3}")
_QUOTED_OR_WORD = r"(?:[\"'`“]([^\"'`”\n]{1,80})[\"'`”]|([\w.\-]{1,60}))"
_COLUMN = (
    re.compile(rf"\bcolumns?\s+(?:named\s+|called\s+)?{_QUOTED_OR_WORD}", re.IGNORECASE),
    re.compile(rf"(?<![\w.\-]){_QUOTED_OR_WORD}\s+column\b", re.IGNORECASE),
)
_SMALL_WORDS = """
    a and are as at by contains each every first for from has holds in is it of on or over second that the this through to
    what which with
"""
_NO_NAMES = frozenset(_SMALL_WORDS.split())
#: Files whose whole text a molecule or a sequence may be given as.
_ONE = frozenset(("FASTA", "SDF", "MOL"))
_LISTS = frozenset(("sequences", "nucleotides_list"))
#: What stands for a file of an earlier turn.
OF_AN_EARLIER_FILE = frozenset(
    ("file", "table", "each", "every", "records", "rows", "column", "sequences", "molecules")
)


def is_handle(value: Any) -> bool:
    return isinstance(value, str) and bool(_HANDLE.fullmatch(value))


def column_named(request: str) -> str:
    """The column that the request names, or an empty text."""
    for found in (match for pattern in _COLUMN for match in pattern.finditer(request)):
        name = next(filter(None, found.groups()))
        if name.lower() not in _NO_NAMES and not is_handle(name):
            return name
    return ""


def without_words_of_files(clause: Clause) -> Clause:
    """The clause as far as it says what is to be done with the file."""
    spoken = {*_OF_FILES, *re.findall(r"[\w\-]+", column_named(clause.text).lower())}
    return replace(clause, words=[word for word in clause.words if word.lower() not in spoken])


def tool_named(clause: Clause, candidates: Sequence[Candidate]) -> Candidate | None:
    """The tool that the clause calls by its own name: ``describe_molecule``."""
    written = set(re.findall(r"[a-z0-9]+(?:_[a-z0-9]+)+", clause.text))
    return next((candidate for candidate in candidates if candidate.name in written), None)


def calls_on_files(
    meant: Sequence[Routed],
    entities: Mapping[str, Mapping[str, str]],
    read: Mapping[str, Mapping[str, Any]],
    request: str,
) -> list[Routed]:
    """The calls, in which a file may stand for one molecule or sequence, with what is meant by that: each of its records,
    or its only one. ``entities`` by tool and argument; ``read`` what ``read_file`` told of each file, empty if it refused.
    """
    calls = []
    for call in meant:
        handle = _of_records(call, entities.get(call.tool, {}), read)
        if not handle or (read.get(handle, {}).get("kind") in _ONE and read[handle].get("count") == 1):
            calls.append(call)
        elif not read.get(handle):
            calls.append(Routed("read_file", {"file": handle}))
        else:
            calls.append(_for_each_record(call, handle, request))
    return calls


def _of_records(call: Routed, kinds: Mapping[str, str], read: Mapping[str, Mapping[str, Any]]) -> str:
    """The file whose records the call wants, or an empty text: a FASTA file is a list of sequences as it is."""
    for name, value in call.arguments.items():
        if is_handle(value) and kinds.get(name) != "file":
            is_list = kinds.get(name) in _LISTS and read.get(value, {}).get("kind") == "FASTA"
            return "" if is_list else value
    return ""


def _for_each_record(call: Routed, handle: str, request: str) -> Routed:
    others = {name: value for name, value in call.arguments.items() if value != handle}
    column = column_named(request)
    return Routed(
        OVER_FILE,
        {
            "file": handle,
            "tool": call.tool,
            **({"column": column} if column else {}),
            **({"arguments": others} if others else {}),
        },
    )
