"""The instructions of a model that calls tools: ours, or a person's own in a file that the page edits, too."""

from __future__ import annotations

import difflib
import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from app.prompts import our_prompt
from errors import RetortError

FILE_NAME = "prompt.md"
#: Some 2,000 tokens: read once in a conversation, and part of its context ever after.
LONGEST_PROMPT = 8_000


@dataclass(frozen=True)
class Instructions:
    text: str
    is_edited: bool


@dataclass(frozen=True)
class _Read:
    stamp: tuple[int, int]  # when the file was changed, in ns, and its size
    text: str


class PromptFile:
    """The file ``prompt.md`` of a folder; without it, or where it is empty, ours. It is read anew only once it has changed.

    Where it ``is_locked``, nobody changes it from the page.
    """

    def __init__(self, folder: Path, is_locked: bool = False) -> None:
        self.is_locked = is_locked
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()
        self._read: _Read | None = None

    def current(self) -> Instructions:
        """Raises ``RetortError`` if the file cannot be read, or holds more than is taken."""
        ours = our_prompt("system_with_tools")
        own = self._own()
        return Instructions(own or ours, bool(own) and own != ours)

    def save(self, text: str) -> None:
        """Keep these instructions; ours, or none, take the file away. Raises ``RetortError``."""
        self._refuse_locked()
        kept = text.replace("\r\n", "\n").strip()
        _refuse_longer(kept)
        if kept in ("", our_prompt("system_with_tools")):
            self.reset()
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=self._path.parent, delete=False) as written:
                written.write(kept + "\n")
            os.replace(written.name, self._path)  # whole or not at all: a turn may read it at this moment
        except OSError as error:
            raise RetortError(f"{self._path} cannot be written ({error.strerror}); see its folder.") from None

    def reset(self) -> None:
        """Take ours again; raises ``RetortError``."""
        self._refuse_locked()
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise RetortError(f"{self._path} cannot be removed ({error.strerror}); see its folder.") from None

    def _refuse_locked(self) -> None:
        if self.is_locked:
            raise RetortError(
                "The instructions are chosen where Retort was started; they cannot be changed from the page."
            )

    def _own(self) -> str:
        with self._lock:
            try:
                status = self._path.stat()
                stamp = (status.st_mtime_ns, status.st_size)
                if self._read is None or self._read.stamp != stamp:
                    text = self._path.read_text(encoding="utf-8").strip()
                    _refuse_longer(text)
                    self._read = _Read(stamp, text)
            except FileNotFoundError:
                self._read = None
            except UnicodeDecodeError:
                raise RetortError(
                    f"{self._path} is not UTF-8 text; write it anew, or remove it to have ours."
                ) from None
            except OSError as error:
                raise RetortError(f"{self._path} cannot be read ({error.strerror}); see who may read it.") from None
            return self._read.text if self._read else ""


def _refuse_longer(text: str) -> None:
    if len(text) > LONGEST_PROMPT:
        raise RetortError(f"The instructions have {len(text):,} characters; at most {LONGEST_PROMPT:,} are taken.")


def what_differs(text: str) -> list[str]:
    """The lines of ours that ``text`` lacks, after "- ", and those that it adds, after "+ ", in their order."""
    ours = our_prompt("system_with_tools").splitlines()
    return [line for line in difflib.ndiff(ours, text.strip().splitlines()) if line[:2] in ("- ", "+ ")]
