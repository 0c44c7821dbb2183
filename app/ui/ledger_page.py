"""What left this machine, as the ledger page shows it and as a table to keep."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from app.egress import MODEL_FETCH, Entry
from app.services import Services
from app.ui.views import escape

COLUMNS = (
    "number",
    "sent_at",
    "host",
    "method",
    "url",
    "body",
    "tool",
    "call",
    "conversation",
    "answer",
    "ended_at",
    "status",
    "received_bytes",
    "problem",
)
#: What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def ledger_link(count: int) -> str:
    """The line in the margin; in a tab of its own, since leaving the chat would stop its answer."""
    words = f"What left this machine ({count:,})" if count else "Nothing has left this machine"
    return f'<p class="quiet"><a id="left" href="ledger" target="_blank" rel="noopener">{escape(words)}</a></p>'


def ledger_rows(services: Services, limit: int, before: int | None = None) -> dict[str, Any]:
    """Requests, the newest first, how many there are in all, and the hosts that are allowed for good."""
    permissions, ledger = services.outward.permissions, services.outward.ledger
    entries = ledger.entries(limit, before)
    titles = services.store.titles(entry.sender.conversation_id for entry in entries)
    answers = services.store.still_there(entry.sender.message_id for entry in entries)
    return {
        "count": ledger.count(),
        "entries": [{**_told(entry), "for": _whence(entry, titles, answers)} for entry in entries],
        "allowed": [{"host": host, "since": _iso(since)} for host, since in permissions.listed()],
        "may_revoke": permissions.may_be_always,
    }


def ledger_csv(services: Services) -> Iterator[str]:
    """Every request from the first on, a line each after a line of names."""
    yield _line(COLUMNS)
    for entry in services.outward.ledger.all_entries():
        told = _told(entry)
        sender = entry.sender
        yield _line(
            (
                entry.id,
                told["sent_at"],
                *(_harmless(told[name]) for name in ("host", "method", "url", "body", "tool")),
                _harmless(sender.call_id),
                sender.conversation_id,
                sender.message_id or "",
                told["ended_at"] or "",
                entry.status or "",
                entry.received_bytes,
                _harmless(entry.problem),
            )
        )


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.id,
        "sent_at": _iso(entry.sent_at),
        "host": entry.host,
        "method": entry.method,
        "url": entry.url,
        "body": entry.body,
        "tool": entry.sender.tool,
        "ended_at": _iso(entry.ended_at) if entry.ended_at else None,
        "status": entry.status,
        "received_bytes": entry.received_bytes,
        "problem": entry.problem,
    }


def _whence(entry: Entry, titles: dict[str, str], answers: set[int]) -> dict[str, str]:
    """For what it was sent: words, and the address of the conversation while there is one."""
    sender = entry.sender
    if sender.tool == MODEL_FETCH:
        return {"words": f"the files of {sender.call_id}", "href": ""}
    if not sender.conversation_id:
        return {"words": "a request on the command line", "href": ""}
    if sender.conversation_id not in titles:
        return {"words": "a conversation that was deleted since", "href": ""}
    words, href = titles[sender.conversation_id], f"./?c={sender.conversation_id}"
    if sender.message_id not in answers:
        return {"words": f"{words} (the answer was removed since)", "href": href}
    return {"words": words, "href": f"{href}&call={sender.message_id}-{quote(sender.call_id)}"}


def _iso(moment: dt.datetime) -> str:
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def _line(cells: Any) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
