"""Where a Chromium is, for the browser tests; run as a module it brings one if there is none.

The system's own comes first; else the one that Playwright fetches; else, as root on a Debian, apt-get's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)


def find() -> str | None:
    """The path of a Chromium that is there now, or None."""
    system = next((path for name in NAMES if (path := shutil.which(name))), None)
    return system or next((path for path in MACOS if Path(path).exists()), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def bring() -> str:
    """A Chromium, installed if need be."""
    if (path := find()) is not None:
        return path
    print("Setting up: a Chromium for the browser tests …", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], timeout=300, check=False)
    if (path := find()) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=True, stdout=subprocess.DEVNULL)
        path = find()
    if path is None:
        raise SystemExit("No Chromium could be installed; install Chromium or Chrome and run make test again.")
    return path


if __name__ == "__main__":
    bring()
