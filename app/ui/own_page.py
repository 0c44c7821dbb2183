"""Retort's pages beside the chat: one still HTML file each, with the chat's colours and faces, and a script of its own."""

from __future__ import annotations

import functools
from typing import Literal

from app.settings import ROOT

ASSETS = ROOT / "assets"


@functools.cache
def own_page(name: Literal["status", "ledger", "prompt"]) -> str:
    page = _read(f"{name}.html")
    styles = _read("page.css") + _read("own_page.css") + _read(f"{name}.css")
    return page.replace("/* styles */", styles).replace("/* script */", _read("own_page.js") + _read(f"{name}.js"))


def _read(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
