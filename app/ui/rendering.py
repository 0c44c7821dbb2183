"""Stored messages as what Gradio's Chatbot shows: one answer is one thing, made of a few parts.

Thinking is a message with metadata (Gradio keeps a person's own folding while it streams); everything else that is not
prose is a ``gr.HTML`` part whose text is escaped here or in ``app.ui.views``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from app.checking.kept import marks_of
from app.checking.marks import summed_up
from app.exporting.words import CHECKED_IN_PART, IMPORTED, RETORT_ASKS, UNCHECKED
from app.store import StoredMessage
from app.ui.cards import tool_card
from app.ui.footer import footer_html
from app.ui.markdown import safe_markdown
from app.ui.marks import checks_html, placed_marks
from app.ui.permission import permission_card
from app.ui.views import escape, notation_html
from model.messages import File, Image, Part, Text, Thinking, ToolCall, ToolResult, Video

#: What the Chatbot makes of a ``gr.HTML``; one built inside a handler fails there, so a copy of this one is filled.
_HTML = gr.Chatbot(render=False).postprocess([{"role": "assistant", "content": gr.HTML("", render=False)}]).root[0]
_TEMPLATE: dict[str, Any] = _HTML.content[0].model_dump()


def html_part(role: str, html: str) -> dict[str, Any]:
    """A message of HTML that is already safe."""
    content = {**_TEMPLATE, "value": html, "props": {**_TEMPLATE["props"], "value": html}}
    return {"role": role, "content": content}


def chat_messages(conversation_id: str, messages: list[StoredMessage]) -> list[dict[str, Any]]:
    """A whole conversation for the Chatbot."""
    corrected = [after.is_retorts for after in messages[1:]] + [False]
    return [
        part
        for message, is_corrected in zip(messages, corrected, strict=False)
        for part in message_parts(conversation_id, message, is_corrected=is_corrected)
    ]


def message_parts(
    conversation_id: str, message: StoredMessage, *, is_corrected: bool = False
) -> Iterator[dict[str, Any]]:
    """One question or one answer for the Chatbot; ``is_corrected``: its correction was asked for."""
    if message.role == "user":
        yield html_part("user", _question(conversation_id, message))
        return
    results = {part.id: part for part in message.parts if isinstance(part, ToolResult)}
    drawn: set[str] = set()
    warned = False
    if message.details.get("imported"):
        yield html_part("assistant", f'<p class="quiet imported">{IMPORTED}</p>')
    if notes := message.details.get("notes"):
        yield html_part("assistant", f'<p class="quiet">{" ".join(map(escape, notes))}</p>')
    marks = placed_marks(message)
    parts = sorted(enumerate(message.parts), key=lambda numbered: not _leads(numbered[1]))
    for place, (index, part) in enumerate(parts, start=1):
        is_last = place == len(parts)
        if isinstance(part, Thinking):
            yield _thinking(part, is_running=is_last and message.status == "running")
        elif isinstance(part, ToolCall):
            is_running = message.status == "running"
            yield html_part(
                "assistant",
                tool_card(part, results.get(part.id), is_running, drawn, conversation_id, message.id),
            )
        elif isinstance(part, Text) and _leads(part):
            yield html_part("assistant", f'<p class="tool-summary">{notation_html(part.text)}</p>')
        elif isinstance(part, Text):
            if message.details.get("unchecked") and not warned:
                warned = True
                yield html_part("assistant", f'<p class="unchecked">{_warning(message)}</p>')
            yield {"role": "assistant", "content": safe_markdown(part.text, marks.get(index, ()))}
    if message.status == "running" and (asks := message.details.get("asks")):
        yield html_part("assistant", permission_card(asks))
    yield html_part("assistant", _ending(message, is_corrected=is_corrected))


def _warning(message: StoredMessage) -> str:
    """What is said of the words of a model that cannot be relied on."""
    return CHECKED_IN_PART if marks_of(message.details) else UNCHECKED


def _leads(part: Part) -> bool:
    """What no model wrote stands above the card that shows how it came about."""
    return isinstance(part, Text) and part.source != "author"


def _thinking(part: Thinking, *, is_running: bool) -> dict[str, Any]:
    took = "" if part.seconds is None else f"{part.seconds:.0f} s" if is_running else f"{part.seconds:.1f} s"
    counted = ", ".join(filter(None, (took, f"{part.tokens:,} tokens" if part.tokens else "")))
    title = f"Thinking … {counted}".rstrip() if is_running else f"Thought for {counted}" if counted else "Thought"
    metadata = {"title": title, "status": "pending" if is_running else "done"}
    return {"role": "assistant", "content": safe_markdown(part.text), "metadata": metadata}


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
    if message.is_retorts:
        return f'<div class="question by-retort" data-id="{message.id}"><p class="quiet">{RETORT_ASKS}</p>{text}</div>'
    edit = (
        f'<button data-action="tokens" data-id="{message.id}" aria-label="How the model read this question">Tokens</button>'
        f'<button data-action="edit" data-id="{message.id}" aria-label="Edit this question">Edit</button>'
    )
    return (
        f'<div class="question" data-id="{message.id}">{pictures}{text}<div class="question-actions">{edit}</div></div>'
    )


def _ending(message: StoredMessage, *, is_corrected: bool) -> str:
    """Notices while it runs; afterwards what was checked, the one row of actions and the exact counts."""
    details = message.details
    if message.status == "running":
        notice = details.get("notice") or ("" if message.parts else "Working …")
        return f'<div class="answer-notice quiet" role="status">{escape(notice)}</div>{checks_html(message)}'
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
    checks = checks_html(message, offers_correction=not is_corrected)
    return f'{said}{checks}<div class="answer-actions">{buttons}{footer_html(details)}</div>'


def answer_text(message: StoredMessage) -> str:
    """An answer as plain text to be pasted elsewhere: which words are a tool's and which are unchecked stays said."""
    lines: list[str] = []
    warning = _warning(message)
    for part in message.parts:
        if isinstance(part, ToolResult):
            lines.append(f"[{part.name}] {part.content['summary' if part.ok else 'sentence']}")
        elif isinstance(part, Text) and part.source != "tool":  # a tool's sentence stands with its result above
            unchecked = part.source == "author" and message.details.get("unchecked")
            lines.append(f"{warning}: {part.text}" if unchecked else part.text)
    if checked := summed_up([mark for _, mark in marks_of(message.details)]):
        lines.append(f"[{checked}]")
    return "\n\n".join(lines)
