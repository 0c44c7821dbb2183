"""Stored messages as what Gradio's Chatbot shows: one answer is one thing, made of a few parts.

Thinking is a message with metadata (Gradio keeps a person's own folding while it streams); everything else that is not
prose is a ``gr.HTML`` part whose text is escaped here or in ``app.ui.views``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import gradio as gr

from app.attachments import FILE_READER
from app.batches import OVER_FILE, again, batch_key
from app.file_contents import OFFERED, contents_of
from app.store import StoredMessage
from app.ui.footer import footer_html
from app.ui.markdown import safe_markdown
from app.ui.views import escape, notation_html, view_html
from app.ui.views.rows import rows_of_batch
from model.messages import File, Image, Part, Text, Thinking, ToolCall, ToolResult, Video

#: What the Chatbot makes of a ``gr.HTML``; one built inside a handler fails there, so a copy of this one is filled.
_HTML = gr.Chatbot(render=False).postprocess([{"role": "assistant", "content": gr.HTML("", render=False)}]).root[0]
_TEMPLATE: dict[str, Any] = _HTML.content[0].model_dump()
LONGEST_ARGUMENT = 48
UNCHECKED = "The model’s own words, not checked"


def html_part(role: str, html: str) -> dict[str, Any]:
    """A message of HTML that is already safe."""
    content = {**_TEMPLATE, "value": html, "props": {**_TEMPLATE["props"], "value": html}}
    return {"role": role, "content": content}


def chat_messages(conversation_id: str, messages: list[StoredMessage]) -> list[dict[str, Any]]:
    """A whole conversation for the Chatbot."""
    return [part for message in messages for part in message_parts(conversation_id, message)]


def message_parts(conversation_id: str, message: StoredMessage) -> Iterator[dict[str, Any]]:
    """One question or one answer for the Chatbot."""
    if message.role == "user":
        yield html_part("user", _question(conversation_id, message))
        return
    results = {part.id: part for part in message.parts if isinstance(part, ToolResult)}
    drawn: set[str] = set()
    warned = False
    if notes := message.details.get("notes"):
        yield html_part("assistant", f'<p class="quiet">{" ".join(map(escape, notes))}</p>')
    parts = sorted(message.parts, key=lambda part: not _leads(part))
    for index, part in enumerate(parts):
        is_last = index == len(parts) - 1
        if isinstance(part, Thinking):
            yield _thinking(part, is_running=is_last and message.status == "running")
        elif isinstance(part, ToolCall):
            yield html_part(
                "assistant", tool_card(part, results.get(part.id), message.status == "running", drawn, conversation_id)
            )
        elif isinstance(part, Text) and _leads(part):
            yield html_part("assistant", f'<p class="tool-summary">{notation_html(part.text)}</p>')
        elif isinstance(part, Text):
            if message.details.get("unchecked") and not warned:
                warned = True
                yield html_part("assistant", f'<p class="unchecked">{UNCHECKED}</p>')
            yield {"role": "assistant", "content": safe_markdown(part.text)}
    yield html_part("assistant", _ending(message))


def _leads(part: Part) -> bool:
    """What no model wrote stands above the card that shows how it came about."""
    return isinstance(part, Text) and part.source != "author"


def _thinking(part: Thinking, *, is_running: bool) -> dict[str, Any]:
    took = "" if part.seconds is None else f"{part.seconds:.0f} s" if is_running else f"{part.seconds:.1f} s"
    counted = ", ".join(filter(None, (took, f"{part.tokens:,} tokens" if part.tokens else "")))
    title = f"Thinking … {counted}".rstrip() if is_running else f"Thought for {counted}" if counted else "Thought"
    metadata = {"title": title, "status": "pending" if is_running else "done"}
    return {"role": "assistant", "content": safe_markdown(part.text), "metadata": metadata}


def tool_card(
    call: ToolCall, result: ToolResult | None, is_running: bool, drawn: set[str], conversation_id: str = ""
) -> str:
    """A line with name, arguments and time that opens to provenance; the views, or the error, stand below it.

    ``drawn`` holds the drawings that this answer shows already: the same one is not shown twice.
    """
    arguments = ", ".join(f"{name}: {_short(value)}" for name, value in call.arguments.items())
    rows = _rows(call, conversation_id) if result is None or result.content.get("tool") == call.name else ""
    if result is None:
        state = "running …" if is_running else "stopped"
        return f'<div class="tool-card" data-state="running"><span class="tool-name">{escape(call.name)}</span> <code>{escape(arguments)}</code> <span class="quiet">{state}</span></div>{rows}'
    if not result.ok:
        content = result.content
        hint = f'<span class="hint">{escape(_sentence(content.get("hint", "")))}</span>' if content.get("hint") else ""
        where = f' <span class="quiet">({escape(content["where"])})</span>' if content.get("where") else ""
        return (
            f'<div class="tool-card" data-state="failed"><span class="tool-name">{escape(call.name)}</span> <code>{escape(arguments)}</code></div>'
            f'<p class="tool-error" role="alert">{notation_html(_sentence(content.get("what", "")))}{where} {hint}</p>'
        )
    content = result.content
    provenance = content["provenance"]
    libraries = ", ".join(f"{name} {version}" for name, version in provenance["libraries"].items())
    notes = "".join(f"<li>{notation_html(note)}</li>" for note in content["notes"])
    call_text = (
        again(provenance["arguments"])
        if call.name == OVER_FILE
        else json.dumps({"tool": call.name, "arguments": provenance["arguments"]}, ensure_ascii=False)
    )
    new = [view for view in content["views"] if view.get("svg") not in drawn]
    drawn.update(view["svg"] for view in new if view.get("svg"))
    views = "".join(view_html(view, source=str(call.arguments.get("file", ""))) for view in new)
    return (
        f'<details class="tool-card" data-state="done"><summary><span class="tool-name">{escape(call.name)}</span> '
        f'<code>{escape(arguments)}</code> <span class="quiet">{provenance["seconds"]:.2f} s{_counted(content["notes"])}</span></summary>'
        f"<dl><dt>Call</dt><dd><code>{escape(call_text)}</code></dd>"
        f"<dt>Computed by</dt><dd>{escape(libraries)}, {escape(provenance['host'])}, in {provenance['seconds']:.3f} s</dd></dl>"
        f'<ul>{notes}</ul></details><div class="views">{_picture_read(content, conversation_id)}{rows}{views}</div>{_confirming(content)}{_over_all(call, content)}'
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
    count = content["data"].get("count", 0)
    if not tools or count < 2:
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
    read = [one.get("smiles", "") for one in content["data"].get("structures", [])]
    buttons = "".join(
        f'<button data-action="compose" data-text="{escape(smiles)}">It is right: use <code>{escape(_short(smiles))}</code></button>'
        for smiles in read
        if smiles
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


def _question(conversation_id: str, message: StoredMessage) -> str:
    pictures = "".join(
        f'<img src="/files/{conversation_id}/{part.sha256}" alt="{escape(part.name)}">'
        if isinstance(part, Image)
        else f'<figure class="frames"><img src="/frames/{conversation_id}/{part.sha256}/{part.frames}" '
        f'alt="Frames of {escape(part.name)}"><figcaption>{escape(part.name)}, as {part.frames} frames</figcaption></figure>'
        for part in message.parts
        if isinstance(part, (Image, Video))
    )
    pictures += "".join(
        f'<a class="attached" href="files/{conversation_id}/{part.sha256}" download>{escape(part.name)}</a>'
        for part in message.parts
        if isinstance(part, File)
    )
    text = f'<div class="question-text">{notation_html(message.message.text)}</div>'
    edit = (
        f'<button data-action="tokens" data-id="{message.id}" aria-label="How the model read this question">Tokens</button>'
        f'<button data-action="edit" data-id="{message.id}" aria-label="Edit this question">Edit</button>'
    )
    return (
        f'<div class="question" data-id="{message.id}">{pictures}{text}<div class="question-actions">{edit}</div></div>'
    )


def _ending(message: StoredMessage) -> str:
    """Notices while it runs; afterwards the one row of actions and the exact counts."""
    details = message.details
    if message.status == "running":
        notice = details.get("notice") or ("" if message.parts else "Working …")
        return f'<div class="answer-notice quiet" role="status">{escape(notice)}</div>'
    said = ""
    if message.status == "failed":
        said = f'<p class="tool-error" role="alert">{escape(details.get("error", "The answer failed."))}</p>'
        if fits := details.get("fits"):
            said += (
                f'<p class="offers"><button data-action="retry" data-id="{message.id}" data-text="{fits}">'
                f"Retry within {fits:,} tokens, without the earliest turns if need be</button></p>"
            )
    elif message.status == "stopped":
        said = '<p class="quiet stopped">Stopped.</p>'
    elif details.get("ended"):
        said = f'<p class="quiet ended">{escape(details["ended"])}</p>'
    text = escape(answer_text(message))
    buttons = f'<button data-action="copy" data-text="{text}" aria-label="Copy this answer">Copy</button>' + "".join(
        f'<button data-action="{action}" data-id="{message.id}" aria-label="{label}">{name}</button>'
        for action, name, label in (
            ("retry", "Retry", "Answer again"),
            ("undo", "Undo", "Take the question back"),
        )
    )
    return f'{said}<div class="answer-actions">{buttons}{footer_html(details)}</div>'


def answer_text(message: StoredMessage) -> str:
    """An answer as plain text to be pasted elsewhere: which words are a tool's and which are unchecked stays said."""
    lines: list[str] = []
    for part in message.parts:
        if isinstance(part, ToolResult):
            lines.append(f"[{part.name}] {part.content['summary' if part.ok else 'sentence']}")
        elif isinstance(part, Text) and part.source != "tool":  # a tool's sentence stands with its result above
            unchecked = part.source == "author" and message.details.get("unchecked")
            lines.append(f"{UNCHECKED}: {part.text}" if unchecked else part.text)
    return "\n\n".join(lines)
