"""``python -m app import``: an exported conversation into the store that the page reads."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from app.importing import import_conversation, read_document
from app.services import build_uploads
from app.settings import read_settings
from app.store import Store, sqlite_url
from errors import UploadError


def add_command(commands: Any) -> None:
    taking = commands.add_parser("import", help="take in a conversation that was exported as JSON")
    taking.add_argument("file", type=Path, help="the exported file")
    taking.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    settings = read_settings()
    if not options.file.is_file():
        raise UploadError(f"There is no file {options.file}; check the path.")
    document = read_document(options.file.read_bytes())
    folder = settings.folder.expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(settings.database or sqlite_url(folder), beside_another=True)
    try:
        conversation_id = import_conversation(document, store, build_uploads(settings, folder / "uploads"))
    finally:
        store.close()
    print(
        f"Imported “{document.title}” with {len(document.messages)} messages; the page opens it at /?c={conversation_id}"
    )
    return 0
