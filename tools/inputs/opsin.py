"""OPSIN, which parses systematic names: one Java process kept for all of them (D. M. Lowe et al., J. Chem. Inf. Model. 2011, 51, 739).

Java and OPSIN's grammar take half a second to load, a name then takes milliseconds; so the process stays, answers one
line for each, and ends when this process does (its input closes).
"""

from __future__ import annotations

import importlib.util
import os
import selectors
import shutil
import subprocess
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import IO

ARCHIVE = Path(__file__).resolve().parents[2] / "models" / "opsin.jsa"
NAME_LIMIT_S = 8.0
COMPLAINT_WAIT_S = 0.1  # the reason comes by another pipe than the empty answer
LONGEST_COMPLAINT = 160
_GREETING = "Run the jar"
#: Small heap, code and class spaces: the worker's memory limit counts address space, of which Java takes 1.4 GB so
#: (measured, Java 17) and more than 2 GB without.
_JAVA_OPTIONS = (
    "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:CompressedClassSpaceSize=64m", "-XX:ReservedCodeCacheSize=64m",
    "-XX:-UsePerfData", "-Xshare:auto", "-Xmx256m",
)  # fmt: skip


class Opsin:
    """Names to SMILES; ``smiles`` may be called from any thread, one name at a time is parsed."""

    def __init__(self, java: str, jar: Path, archive: Path) -> None:
        shared = [f"-XX:SharedArchiveFile={archive}"] if archive.is_file() else []
        self.command = [java, *_JAVA_OPTIONS, *shared, "-jar", str(jar), "-osmi"]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def smiles(self, name: str) -> tuple[str, str]:
        """OPSIN's SMILES of a name, or an empty string and why not (its own words, or that it took longer than 8 s)."""
        with self._lock:
            process = self._running()
            try:
                return self._ask(process, " ".join(name.split()))
            except TimeoutError:
                self._end()
                return "", f"OPSIN gave no answer within {NAME_LIMIT_S:g} s"
            except OSError:
                self._end()
                return "", "OPSIN ended without an answer"

    def close(self) -> None:
        """End the process; the next name starts another."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdout, self._process.stderr):
                if pipe is not None:
                    pipe.close()
            self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "MALLOC_ARENA_MAX": "2"},
            )
            assert self._process.stderr is not None
            os.set_blocking(self._process.stderr.fileno(), False)
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], name: str) -> tuple[str, str]:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        process.stderr.read()  # a greeting, or what was left of the last name
        process.stdin.write(name.encode() + b"\n")
        process.stdin.flush()
        deadline = time.monotonic() + NAME_LIMIT_S
        answer = b""
        while not answer.endswith(b"\n"):
            if not _readable(process.stdout, deadline - time.monotonic()):
                raise TimeoutError
            answer += (chunk := os.read(process.stdout.fileno(), 1 << 16))
            if not chunk:
                raise OSError("OPSIN ended")
        smiles = answer.decode().strip()
        if smiles or not _readable(process.stderr, COMPLAINT_WAIT_S):
            return smiles, ""
        said = (process.stderr.read() or b"").decode(errors="replace").splitlines()
        told = [line for line in said if line.strip() and not line.startswith(_GREETING)]
        return "", told[-1][:LONGEST_COMPLAINT] if told else ""


def _readable(pipe: IO[bytes], seconds: float) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        return bool(selector.select(max(0.0, seconds)))


@lru_cache(maxsize=1)
def find_opsin() -> Opsin | None:
    """OPSIN as py2opsin carries it, or None where that package or Java is missing."""
    java, package = shutil.which("java"), importlib.util.find_spec("py2opsin")
    if java is None or package is None or not package.submodule_search_locations:
        return None
    jar = next(iter(sorted(Path(package.submodule_search_locations[0]).glob("opsin-cli-*.jar"))), None)
    return Opsin(java, jar, ARCHIVE) if jar else None


def prepare(archive: Path = ARCHIVE) -> bool:
    """Write OPSIN's loaded classes to ``archive``, from which Java then starts it in about half the time.

    Returns whether it was written; where Java or OPSIN is missing nothing is, and an archive of another Java is ignored.
    """
    opsin = find_opsin()
    if opsin is None:
        return False
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.unlink(missing_ok=True)  # Java leaves it read-only
    command = [*opsin.command[:1], *_JAVA_OPTIONS, f"-XX:ArchiveClassesAtExit={archive}", *opsin.command[-3:]]
    done = subprocess.run(command, input=b"2-methylpropan-2-ol\n", capture_output=True, timeout=120, check=False)
    return done.returncode == 0 and archive.is_file()


if __name__ == "__main__":
    print(
        "OPSIN is ready." if prepare() else "Systematic names need Java, which was not found; all else works without."
    )


@lru_cache(maxsize=256)
def parse_systematic_name(name: str) -> tuple[str, str]:
    """SMILES and complaint, one of them empty; both empty where OPSIN is not installed."""
    opsin = find_opsin()
    return opsin.smiles(name) if opsin else ("", "")
