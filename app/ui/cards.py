"""The card of a tool call: a line that opens to where the result comes from, and below it what came out."""

from __future__ import annotations

import json
import re
from typing import Any

from app.attachments import FILE_READER
from app.batches import OVER_FILE, batch_key
from app.file_contents import OFFERED, contents_of
from app.ui.provenance import failed_call_html, looked_up, provenance_html
from app.ui.views import escape, notation_html, view_html
from app.ui.views.rows import rows_of_batch
from model.messages import ToolCall, ToolResult

LONGEST_ARGUMENT = 48


def tool_card(
    call: ToolCall,
    result: ToolResult | None,
    is_running: bool,
    drawn: set[str],
    conversation_id: str = "",
    message_id: int = 0,
) -> str:
    """A line with name, arguments and time that opens to provenance; the views, or the error, stand below it.

    ``drawn`` holds the drawings that this answer shows already: the same one is not shown twice. ``data-call`` names the
    call within the conversation, ``{message id}-{call id}``.
    """
    named = f'data-call="{message_id}-{escape(call.id)}"'
    arguments = ", ".join(f"{name}: {_short(value)}" for name, value in call.arguments.items())
    rows = _rows(call, conversation_id) if result is None or result.content.get("tool") == call.name else ""
    if result is None:
        state = "running …" if is_running else "stopped"
        return f'<div class="tool-card" {named} data-state="running"><span class="tool-name">{escape(call.name)}</span> <code>{escape(arguments)}</code> <span class="quiet">{state}</span></div>{rows}'
    if not result.ok:
        content = result.content
        hint = f'<span class="hint">{escape(_sentence(content.get("hint", "")))}</span>' if content.get("hint") else ""
        where = f' <span class="quiet">({escape(content["where"])})</span>' if content.get("where") else ""
        called = content.get("arguments") or call.arguments
        return (
            f'<details class="tool-card" {named} data-state="failed"><summary><span class="tool-name">{escape(call.name)}</span> '
            f"<code>{escape(arguments)}</code></summary>{failed_call_html(call.name, called)}</details>"
            f'<p class="tool-error" role="alert">{notation_html(_sentence(content.get("what", "")))}{where} {hint}</p>'
        )
    content = result.content
    provenance = content["provenance"]
    new = [view for view in content["views"] if view.get("svg") not in drawn]
    drawn.update(view["svg"] for view in new if view.get("svg"))
    views = "".join(view_html(view, source=str(call.arguments.get("file", ""))) for view in new)
    return (
        f'<details class="tool-card" {named} data-state="done"><summary><span class="tool-name">{escape(call.name)}</span> '
        f'<code>{escape(arguments)}</code> <span class="quiet">{provenance["seconds"]:.2f} s{escape(looked_up(provenance))}{_counted(content["notes"])}</span></summary>'
        f"{provenance_html(call.name, provenance, content['notes'])}</details>"
        f'<div class="views">{_picture_read(content, conversation_id)}{rows}{views}</div>{_confirming(content)}{_over_all(call, content)}'
    )


def _rows(call: ToolCall, conversation_id: str) -> str:
    """The table of a batch, which the page reads from the server while it grows and afterwards."""
    if call.name != OVER_FILE:
        return ""
    title = f"{_short(call.arguments.get('tool', ''))} over {_short(call.arguments.get('file', ''))}"
    return rows_of_batch(f"batches/{conversation_id}/{batch_key(call.arguments)}", title)


def _over_all(call: ToolCall, content: dict[str, Any]) -> str:
    """An offer to run a tool over each record of a file that was read."""
    tools = OFFERED.get(contents_of(content["data"]), ()) if call.name == FILE_READER else ()
    count = content["data"].get("count")
    if not tools or not isinstance(count, int) or count < 2:
        return ""
    options = "".join(f'<option value="{name}">{name.replace("_", " ")}</option>' for name in tools)
    handle = escape(call.arguments.get("file", ""))
    return (
        f'<p class="offers"><label>Over each of the {count:,} records run <select>{options}</select></label> '
        f'<button data-action="over" data-id="{handle}">Run it</button></p>'
    )


def _picture_read(content: dict[str, Any], conversation_id: str) -> str:
    """The picture that a tool has read, to be compared with what it made of it; a kept file is named by its SHA-256."""
    kept = str(content["provenance"]["arguments"].get("image", "")).replace("\\", "/").rpartition("/")[2]
    if not content["data"].get("needs_confirmation") or not re.fullmatch(r"[0-9a-f]{64}", kept):
        return ""
    return f'<figure class="view molecule read"><img src="/files/{conversation_id}/{kept}" alt="The picture that was read"></figure>'


def _confirming(content: dict[str, Any]) -> str:
    """What was read in a picture is used only once a person has compared it: one button for each structure."""
    if not content["data"].get("needs_confirmation"):
        return ""
    structures = content["data"].get("structures")
    read = [one.get("smiles") for one in structures if isinstance(one, dict)] if isinstance(structures, list) else []
    buttons = "".join(
        f'<button data-action="compose" data-text="{escape(smiles)}">It is right: use <code>{escape(_short(smiles))}</code></button>'
        for smiles in read
        if isinstance(smiles, str) and smiles
    )
    return f'<p class="offers">{buttons}</p>' if buttons else ""


def _counted(notes: list[str]) -> str:
    return f" · {len(notes)} note{'s' if len(notes) > 1 else ''}" if notes else ""


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_ARGUMENT else text[: LONGEST_ARGUMENT - 1] + "…"


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""
