"""One record of a file with many, read or broken: what the readers of ``tools.inputs`` give, in the order of the file."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Record:
    """``number`` counts from 1, ``line`` is the first line; ``broken`` says in words what is wrong, empty where nothing is.

    ``values`` are the columns of a row or the data fields of an SD record; ``text`` is the record itself, as a parser takes it.
    """

    number: int
    line: int
    name: str
    text: str = ""
    values: dict[str, str] = field(default_factory=dict)
    broken: str = ""
    broken_line: int = 0
