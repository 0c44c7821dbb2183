"""Answers of public services kept on disk, so that the same question sends nothing a second time.

One file for each request: a line of JSON about the answer, then its body. A file that is broken in any way counts as none.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

VARIABLE = "RETORT_CACHE"
DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "data" / "lookups"
MOST_BYTES = 200_000_000
_ENDING = ".reply"
_LONGEST_HEAD = 20_000


@dataclass(frozen=True)
class KeptReply:
    """``url``: where the answer came from in the end; ``retrieved_at``: when (UTC, ISO 8601)."""

    url: str
    content_type: str
    retrieved_at: str
    body: bytes


def folder() -> Path:
    """Where answers are kept: ``RETORT_CACHE``, or ``data/lookups`` beside the program."""
    return Path(os.environ.get(VARIABLE) or DEFAULT_FOLDER)


def key_of(*parts: str) -> str:
    """A file name that two requests share only if all their parts are the same."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def kept(key: str) -> KeptReply | None:
    """The answer that was kept, whole and as it came; None where there is none."""
    try:
        head, _, body = (folder() / f"{key}{_ENDING}").read_bytes().partition(b"\n")
        told = json.loads(head[:_LONGEST_HEAD])
        if hashlib.sha256(body).hexdigest() != told["sha256"]:
            return None
        datetime.fromisoformat(told["retrieved_at"])
        return KeptReply(str(told["url"]), str(told["content_type"]), told["retrieved_at"], body)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(key: str, reply: KeptReply) -> None:
    """Write the answer, whole or not at all; then the oldest go until 200 MB are left. A full or read-only disk keeps nothing."""
    told = {
        "url": reply.url,
        "content_type": reply.content_type,
        "retrieved_at": reply.retrieved_at,
        "sha256": hashlib.sha256(reply.body).hexdigest(),
    }
    with suppress(OSError):
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        number, path = tempfile.mkstemp(dir=folder(), suffix=".part")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(json.dumps(told).encode() + b"\n" + reply.body)
            os.replace(path, folder() / f"{key}{_ENDING}")
        except OSError:
            os.unlink(path)
            raise
        _make_room()


def _make_room() -> None:
    files = [(entry.stat(), entry.path) for entry in os.scandir(folder()) if entry.name.endswith(_ENDING)]
    total = sum(stat.st_size for stat, _ in files)
    for stat, path in sorted(files, key=lambda file: file[0].st_mtime_ns):
        if total <= MOST_BYTES:
            return
        with suppress(FileNotFoundError):  # another process made room at the same time
            os.unlink(path)
        total -= stat.st_size
