"""Which Retort this is, and under which Python: what a result needs beside its libraries to be had again."""

from __future__ import annotations

import datetime as dt
import platform
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHORT_COMMIT = 10


@cache
def retort_version() -> str:
    """Such as "0.1.0 (3cfc8af012)": the version, and the commit where the folder is a checkout. Read once a process."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    commit = _commit(ROOT / ".git")
    return f"{version} ({commit[:SHORT_COMMIT]})" if commit else version


def circumstances() -> dict[str, Any]:
    """``at`` (UTC, ISO 8601, to the second), ``python`` and ``retort``, as a provenance has them."""
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"at": now, "python": platform.python_version(), "retort": retort_version()}


def _commit(git: Path) -> str:
    """What HEAD is at, read from git's files; empty without them. A linked work tree has a file that names the folder."""
    try:
        if git.is_file():
            git = (git.parent / git.read_text(encoding="utf-8").removeprefix("gitdir:").strip()).resolve()
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        common = git / "commondir"
        shared = (git / common.read_text(encoding="utf-8").strip()).resolve() if common.is_file() else git
        for folder in (git, shared):
            if (folder / name).is_file():
                return (folder / name).read_text(encoding="utf-8").strip()
        packed = (shared / "packed-refs").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")
