"""What the page does when a person acts: ask, stop, retry, edit, undo, open, delete."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from gradio.utils import get_upload_folder

from app.checking.correcting import correction_request
from app.permissions import DECISIONS
from app.services import Services, model_fetcher
from app.store import StoredMessage
from app.ui.choices import chosen_frames, chosen_options, corrects, within
from app.ui.ledger_page import ledger_link
from app.ui.rendering import chat_messages, message_parts
from app.ui.sidebar import sidebar_html
from app.ui.tabs import Tabs, UnderWay
from errors import RetortError
from model.events import Options
from model.messages import File, Image, Part, Text, Video

LONGEST_QUESTION = 50_000
LOOKED_AT_EVERY_S = 0.3
NOTHING: Any = gr.skip()
EMPTY: dict[str, Any] = {"text": "", "files": []}
EDITING_NOTE = (
    '<p class="quiet">Sending this replaces the earlier question and all that follows it. '
    '<button data-action="open" data-id="{id}">Leave it as it was</button></p>'
)


class Screen(NamedTuple):
    """An update of the page, in the order of its outputs; what is not named stays as it is."""

    log: Any = NOTHING
    composer: Any = NOTHING
    conversation: Any = NOTHING
    editing: Any = NOTHING  #: the id of the question that the next one replaces, or empty
    note: Any = NOTHING
    sidebar: Any = NOTHING
    welcome: Any = NOTHING
    clock: Any = NOTHING  #: ticks while the model's status changes
    left: Any = NOTHING  #: the link to what left this machine


class Chat:
    """The handlers. Each yields ``Screen`` updates; a tab is Gradio's session, gone with a reload."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._under_way = UnderWay()
        self._tabs = Tabs()

    def ask(
        self, composed: dict[str, Any], conversation_id: str, editing: str, choices: str, request: gr.Request
    ) -> Iterator[Screen]:
        """A question was sent; ``editing`` is the message that it replaces, or empty; ``choices`` those of choices.py."""
        text, files = (composed.get("text") or "").strip(), composed.get("files") or []
        if not text and not files:
            yield Screen()
            return
        store = self._services.store
        if not store.has_conversation(conversation_id):
            conversation_id = store.create_conversation()
        try:
            with self._under_way.turn(conversation_id) as stop:
                parts = self._parts(conversation_id, text, files, chosen_frames(choices))
                if editing.isdigit():
                    store.truncate(conversation_id, int(editing))
                store.add_message(conversation_id, "user", parts)
                yield from self._answer(conversation_id, stop, _tab(request), chosen_options(choices))
            yield from self._correct_unasked(conversation_id, choices, _tab(request))
        except RetortError as error:
            gr.Warning(str(error))
            yield Screen(composer=composed)

    def act(
        self, action: str, conversation_id: str, editing: str, choices: str, request: gr.Request
    ) -> Iterator[Screen]:
        """A button inside the chat or the list was pressed; ``action`` is its data as JSON."""
        asked = json.loads(action or "{}")
        kind, target = asked.get("action"), str(asked.get("id", ""))
        try:
            if kind == "ask":
                yield from self.ask({"text": str(asked.get("text", ""))}, conversation_id, "", choices, request)
            elif kind == "open":
                yield from self.open(target, editing, request)
            elif kind in ("load", "unload", "fetch", "keep"):
                yield self._change_model(kind, str(asked.get("text", "")).strip())
            elif kind == "permit" and asked.get("text") in DECISIONS:
                self._services.outward.permissions.decide(target, asked["text"])
                yield Screen()
            elif kind == "compose":
                yield Screen(composer=_idle({"text": str(asked.get("text", ""))[:LONGEST_QUESTION], "files": []}))
            elif kind == "delete":
                yield from self._delete(target, conversation_id, editing, request)
            elif kind == "retry" and target.isdigit():
                options = within(chosen_options(choices), str(asked.get("text", "")))
                yield from self._retry(conversation_id, int(target), _tab(request), options)
                yield from self._correct_unasked(conversation_id, choices, _tab(request))
            elif kind == "correct" and target.isdigit():
                yield from self._correct(conversation_id, int(target), _tab(request), chosen_options(choices))
            elif kind == "undo" and target.isdigit():
                yield self._undo(conversation_id, int(target))
            elif kind == "edit" and target.isdigit():
                yield self._edit(conversation_id, int(target))
        except RetortError as error:
            gr.Warning(str(error))
            yield Screen()

    def stop(self, conversation_id: str) -> None:
        self._under_way.stop(conversation_id)

    def load(self, conversation_id: str, editing: str, request: gr.Request) -> Iterator[Screen]:
        """The page was loaded. Without a conversation only the list is new: a first question may be on its way already."""
        if self._services.store.has_conversation(conversation_id):
            yield from self.open(conversation_id, editing, request)
        else:
            yield Screen(sidebar=self._sidebar(""), left=self._left())

    def open(self, conversation_id: str, editing: str, request: gr.Request) -> Iterator[Screen]:
        """Show a conversation, or the empty page; one that is being answered for another tab is followed to its end.

        What was typed stays in the composer, unless it was an earlier question being edited.
        """
        tab = _tab(request)
        self._tabs.show(tab, conversation_id)
        yield self._screen(conversation_id, EMPTY if editing else None)
        followed = False
        while self._under_way.holds(conversation_id) and self._tabs.shows(tab, conversation_id):
            followed = True
            time.sleep(LOOKED_AT_EVERY_S)
            yield Screen(log=self._log(conversation_id)) if self._tabs.shows(tab, conversation_id) else Screen()
        if followed and self._tabs.shows(tab, conversation_id):
            yield Screen(log=self._log(conversation_id), composer=_idle(), left=self._left())

    def close(self, request: gr.Request) -> None:
        """The tab was closed or reloaded."""
        self._tabs.close(_tab(request))

    def _answer(
        self, conversation_id: str, stop: Any, tab: str, options: Options, *, to_retort: bool = False
    ) -> Iterator[Screen]:
        """Stream the answer to the last question; when the page goes away the turn is stopped and kept.

        Not so while a person is asked for leave: who reloads the page, or looks at another, can still give it. An answer
        ``to_retort``, which no person asked for with the composer, leaves what is typed there, and who looks elsewhere.
        """
        if not to_retort:
            self._tabs.show(tab, conversation_id)
        before = self._log(conversation_id)
        if not to_retort:
            yield Screen(before, _busy(EMPTY), conversation_id, "", "", self._sidebar(conversation_id), _visible(False))
        elif self._tabs.shows(tab, conversation_id):
            yield Screen(before, _busy(None))
        answer = self._services.turns.answer(conversation_id, stop, options)
        goes_on = False
        try:
            for message in answer:
                # an empty update, too, is where Gradio can tell this generator that the tab is gone
                shown = self._tabs.shows(tab, conversation_id)
                yield Screen(log=[*before, *message_parts(conversation_id, message)]) if shown else Screen()
        except GeneratorExit:
            if goes_on := self._services.outward.permissions.asks(conversation_id):
                self._under_way.hand_over(conversation_id, answer)
            raise
        finally:
            if not goes_on:
                answer.close()
        shown = self._tabs.shows(tab, conversation_id)
        status = gr.Timer(active=True)  # once: what the model keeps in memory has changed
        sidebar, left = self._sidebar(conversation_id), self._left()
        yield Screen(composer=_idle(), sidebar=sidebar, clock=status, left=left) if shown else Screen(left=left)

    def _retry(self, conversation_id: str, answer_id: int, tab: str, options: Options) -> Iterator[Screen]:
        with self._under_way.turn(conversation_id) as stop:
            self._services.store.truncate(conversation_id, answer_id)
            yield from self._answer(conversation_id, stop, tab, options)

    def _correct(self, conversation_id: str, answer_id: int, tab: str, options: Options) -> Iterator[Screen]:
        """Ask for a correction of this answer, as a question of Retort's; both versions stay."""
        with self._under_way.turn(conversation_id) as stop:
            messages = self._services.store.messages(conversation_id)
            request = next((correction_request(m.details) for m in messages if m.id == answer_id), "")
            if not request:
                yield Screen()
                return
            self._services.store.add_message(conversation_id, "user", [Text(request, source="retort")])
            yield from self._answer(conversation_id, stop, tab, options, to_retort=True)

    def _correct_unasked(self, conversation_id: str, choices: str, tab: str) -> Iterator[Screen]:
        """The same by itself where a person chose that: once for each question, and never for a correction."""
        if not corrects(choices) or self._under_way.holds(conversation_id):
            return
        question, answer = ([None, None, *self._services.store.messages(conversation_id)])[-2:]
        if question and answer and answer.status == "complete" and not question.is_retorts:
            yield from self._correct(conversation_id, answer.id, tab, chosen_options(choices))

    def _change_model(self, kind: str, model: str) -> Screen:
        """Load another model ("": what suits this machine) or fetch one first, unload the one there is, or stop fetching."""
        services = self._services
        if services.loader is None:
            raise RetortError("The model is chosen where Retort was started; it cannot be changed from the page.")
        if kind == "fetch":
            services.model.fetch(model_fetcher(model, services.outward.ledger), services.loader(model))
        elif kind == "keep":
            services.model.stop_fetching()
        else:
            services.model.switch(services.loader(model) if kind == "load" else None)
        return Screen(clock=gr.Timer(active=True))

    def _undo(self, conversation_id: str, answer_id: int) -> Screen:
        """Take the question of this answer back into the composer."""
        self._under_way.refuse(conversation_id)
        messages = self._services.store.messages(conversation_id)
        question = next((m for m in reversed(messages) if m.role == "user" and m.id < answer_id), None)
        if question is None:
            return Screen()
        composed = None if question.is_retorts else self._composed(question)
        self._services.store.truncate(conversation_id, question.id)
        return self._screen(conversation_id, composed)

    def _edit(self, conversation_id: str, question_id: int) -> Screen:
        """The question in the composer; nothing is replaced before it is sent."""
        self._under_way.refuse(conversation_id)
        question = next((m for m in self._services.store.messages(conversation_id) if m.id == question_id), None)
        if question is None:
            return Screen()
        note = EDITING_NOTE.format(id=conversation_id)
        return Screen(composer=_idle(self._composed(question)), editing=str(question_id), note=note)

    def _delete(self, deleted: str, conversation_id: str, editing: str, request: gr.Request) -> Iterator[Screen]:
        self._under_way.stop(deleted)
        self._services.store.delete(deleted)
        self._services.uploads.forget(deleted)
        if deleted == conversation_id:
            yield from self.open("", editing, request)
        else:
            yield Screen(sidebar=self._sidebar(conversation_id))

    def _screen(self, conversation_id: str, composed: dict[str, Any] | None) -> Screen:
        log = self._log(conversation_id)
        shown = conversation_id if log else ""
        composer = (_busy if self._under_way.holds(conversation_id) else _idle)(composed)
        return Screen(log, composer, shown, "", "", self._sidebar(shown), _visible(not log), left=self._left())

    def _log(self, conversation_id: str) -> list[dict[str, Any]]:
        return chat_messages(conversation_id, self._services.store.messages(conversation_id))

    def _parts(self, conversation_id: str, text: str, files: list[Any], frames: int) -> list[Part]:
        if len(text) > LONGEST_QUESTION:
            raise RetortError(f"The question has {len(text):,} characters; at most {LONGEST_QUESTION:,} are taken.")
        paths = [Path(file if isinstance(file, str) else file["path"]) for file in files]
        seen = [self._services.uploads.take(conversation_id, path, frames=frames) for path in paths]
        return [*seen, Text(text)]

    def _composed(self, question: StoredMessage) -> dict[str, Any]:
        """A question as the composer takes it: its words, and what was attached to it where Gradio may read it."""
        pictures = [part for part in question.parts if isinstance(part, (Image, Video, File))]
        folder = Path(get_upload_folder())
        files = [str(self._services.uploads.lend(picture, folder)) for picture in pictures]
        return {"text": question.message.text, "files": files}

    def _left(self) -> str:
        return ledger_link(self._services.outward.ledger.count())

    def _sidebar(self, conversation_id: str) -> str:
        return sidebar_html(self._services.store.conversations(), conversation_id)


def _tab(request: gr.Request) -> str:
    return request.session_hash or ""


def _visible(visible: bool) -> dict[str, Any]:
    return gr.update(visible=visible)


def _busy(value: dict[str, Any] | None) -> dict[str, Any]:
    return _composer(value, is_busy=True)


def _idle(value: dict[str, Any] | None = None) -> dict[str, Any]:
    return _composer(value, is_busy=False)


def _composer(value: dict[str, Any] | None, *, is_busy: bool) -> dict[str, Any]:
    """The composer, to be sent or to be stopped; without a value, what was typed stays."""
    if value is None:
        return gr.update(submit_btn=not is_busy, stop_btn=is_busy)
    return gr.update(value=value, submit_btn=not is_busy, stop_btn=is_busy)
