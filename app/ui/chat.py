"""What the page does when a person acts: ask, stop, retry, edit, undo, open, delete."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from app.services import Services
from app.ui.rendering import chat_messages, message_parts
from app.ui.sidebar import sidebar_html
from errors import RetortError
from model.messages import Image, Part, Text

LONGEST_QUESTION = 50_000
NOTHING: Any = gr.skip()


class Running:
    """The turns under way: one stop event a conversation, so that a stop stops its own turn only."""

    def __init__(self) -> None:
        self._stops: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    def begin(self, conversation_id: str) -> threading.Event | None:
        """A stop event for a new turn, or None if one is under way in this conversation."""
        with self._lock:
            if conversation_id in self._stops:
                return None
            return self._stops.setdefault(conversation_id, threading.Event())

    def end(self, conversation_id: str) -> None:
        with self._lock:
            self._stops.pop(conversation_id, None)

    def stop(self, conversation_id: str) -> None:
        with self._lock:
            if (stop := self._stops.get(conversation_id)) is not None:
                stop.set()


class Chat:
    """The handlers. Each yields updates for (chat, composer, conversation, editing, sidebar, welcome)."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._running = Running()

    def ask(self, composed: dict[str, Any], conversation_id: str, editing: str) -> Iterator[tuple[Any, ...]]:
        """A question was sent; ``editing`` is the message that it replaces, or empty."""
        text, files = (composed.get("text") or "").strip(), composed.get("files") or []
        if not text and not files:
            yield (NOTHING,) * 6
            return
        store = self._services.store
        if not conversation_id or not store.has_conversation(conversation_id):
            conversation_id = store.create_conversation()
        try:
            parts = self._parts(conversation_id, text, files)
        except RetortError as error:
            gr.Warning(str(error))
            yield NOTHING, composed, conversation_id, NOTHING, NOTHING, NOTHING
            return
        stop = self._running.begin(conversation_id)
        if stop is None:
            gr.Warning("This conversation is still being answered; stop it first, or open a new one.")
            yield (NOTHING,) * 6
            return
        try:
            if editing.isdigit():
                store.truncate(conversation_id, int(editing))
            store.add_message(conversation_id, "user", parts)
            yield from self._answer(conversation_id, stop)
        finally:
            self._running.end(conversation_id)

    def act(self, action: str, conversation_id: str) -> Iterator[tuple[Any, ...]]:
        """A button inside the chat or the list was pressed; ``action`` is its data as JSON."""
        asked = json.loads(action)
        kind, number = asked.get("action"), str(asked.get("id", ""))
        if kind == "ask":
            yield from self.ask({"text": str(asked.get("text", "")), "files": []}, conversation_id, "")
        elif kind == "open":
            yield self.open(number)
        elif kind == "delete":
            self._running.stop(number)
            self._services.store.delete(number)
            self._services.uploads.forget(number)
            yield self.open("" if number == conversation_id else conversation_id)
        elif kind == "retry" and number.isdigit():
            yield from self._retry(conversation_id, int(number))
        elif kind == "undo" and number.isdigit():
            yield self._undo(conversation_id, int(number))
        elif kind == "edit" and number.isdigit():
            question = next((m for m in self._services.store.messages(conversation_id) if m.id == int(number)), None)
            text = question.message.text if question else ""
            yield NOTHING, {"text": text, "files": []}, NOTHING, number, NOTHING, NOTHING
        else:
            yield (NOTHING,) * 6

    def stop(self, conversation_id: str) -> None:
        self._running.stop(conversation_id)

    def open(self, conversation_id: str) -> tuple[Any, ...]:
        """Show a conversation, or the empty page."""
        messages = self._services.store.messages(conversation_id) if conversation_id else []
        conversation_id = conversation_id if messages else ""
        chat = chat_messages(conversation_id, messages)
        return (
            chat,
            {"text": "", "files": []},
            conversation_id,
            "",
            self._sidebar(conversation_id),
            gr.update(visible=not chat),
        )

    def _answer(self, conversation_id: str, stop: threading.Event) -> Iterator[tuple[Any, ...]]:
        """Stream the answer to the last question; when the page goes away the turn is stopped and kept."""
        before = chat_messages(conversation_id, self._services.store.messages(conversation_id))
        busy = gr.MultimodalTextbox(value={"text": "", "files": []}, submit_btn=False, stop_btn=True)
        yield before, busy, conversation_id, "", self._sidebar(conversation_id), gr.update(visible=False)
        answer = self._services.turns.answer(conversation_id, stop)
        try:
            for message in answer:
                yield [*before, *message_parts(conversation_id, message)], *(NOTHING,) * 5
        finally:
            answer.close()  # also on GeneratorExit: the tab was closed or reloaded
        yield NOTHING, gr.MultimodalTextbox(submit_btn=True, stop_btn=False), *(NOTHING,) * 4

    def _retry(self, conversation_id: str, answer_id: int) -> Iterator[tuple[Any, ...]]:
        stop = self._running.begin(conversation_id)
        if stop is None:
            gr.Warning("This conversation is still being answered; stop it first.")
            yield (NOTHING,) * 6
            return
        try:
            self._services.store.truncate(conversation_id, answer_id)
            yield from self._answer(conversation_id, stop)
        finally:
            self._running.end(conversation_id)

    def _undo(self, conversation_id: str, answer_id: int) -> tuple[Any, ...]:
        messages = self._services.store.messages(conversation_id)
        question = next((m for m in reversed(messages) if m.role == "user" and m.id < answer_id), None)
        if question is None:
            return (NOTHING,) * 6
        self._services.store.truncate(conversation_id, question.id)
        chat, _, conversation_id, editing, sidebar, welcome = self.open(conversation_id)
        return chat, {"text": question.message.text, "files": []}, conversation_id, editing, sidebar, welcome

    def _parts(self, conversation_id: str, text: str, files: list[Any]) -> list[Part]:
        if len(text) > LONGEST_QUESTION:
            raise RetortError(f"The question has {len(text):,} characters; at most {LONGEST_QUESTION:,} are taken.")
        paths = [Path(file if isinstance(file, str) else file["path"]) for file in files]
        pictures: list[Image] = [self._services.uploads.take(conversation_id, path) for path in paths]
        return [*pictures, Text(text)]

    def _sidebar(self, conversation_id: str) -> str:
        return sidebar_html(self._services.store.conversations(), conversation_id)
