"""Retort with a scripted model in place of a real one: thinking and tool calls on the page without weights.

``--script FILE`` names a JSON list of raw model outputs, played one a generation, over and over; ``--rate`` is
their speed in tokens a second. The rest of the flags are app.py's.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from app.assistant import Assistant
from app.loading import ModelSlot
from app.services import Services, build_tools, build_uploads
from app.serving import serve
from app.settings import read_settings
from app.store import Store, sqlite_url
from app.turns import Turns
from model.events import Abilities
from model.scripted import ScriptedModel


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--script", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=100.0)
    own, rest = parser.parse_known_args()
    settings = read_settings(rest)
    settings.folder.mkdir(parents=True, exist_ok=True)
    turns = json.loads(own.script.read_text()) * 50
    model = ScriptedModel(turns, abilities=Abilities(tools=True, thinking=True), delay_s=1 / own.rate)
    store, tools = Store(sqlite_url(settings.folder)), build_tools(settings)
    slot = ModelSlot(lambda progress: model, lambda model: "")
    uploads = build_uploads(settings, settings.folder / "uploads")
    serve(Services(store, Turns(store, Assistant(tools), slot), uploads, slot, tools), settings)


if __name__ == "__main__":
    main()
