"""Conversations in a database: SQLite beside the person's files by default, Postgres by URL.

Four tables: conversations, messages, parts, and the instructions that models had. A part is saved as it happens (and a growing text at most every half
second, by the caller), so that a reload, a restart or a crash loses nothing that was shown for longer than that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import orm

from model.messages import Message, Part, Role, Text, part_from_dict, part_to_dict

Status = Literal["running", "complete", "stopped", "failed"]
UNTITLED = "New conversation"


@dataclass(frozen=True)
class Conversation:
    id: str
    title: str
    updated_at: dt.datetime


@dataclass(frozen=True)
class StoredMessage:
    """A message with its identity; ``details`` holds usage, the model's name and, if it failed, the sentence."""

    id: int
    role: Role
    parts: tuple[Part, ...]
    status: Status
    details: dict[str, Any]

    @property
    def message(self) -> Message:
        return Message(self.role, self.parts)

    @property
    def is_retorts(self) -> bool:
        """Whether no person wrote this question: it asks for a correction."""
        return self.role == "user" and any(isinstance(part, Text) and part.source == "retort" for part in self.parts)


class _Base(orm.DeclarativeBase):
    pass


class _Conversation(_Base):
    __tablename__ = "conversations"
    id: orm.Mapped[str] = orm.mapped_column(sa.String(32), primary_key=True)
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200), default=UNTITLED)
    created_at: orm.Mapped[dt.datetime] = orm.mapped_column(sa.DateTime)
    updated_at: orm.Mapped[dt.datetime] = orm.mapped_column(sa.DateTime, index=True)


class _Message(_Base):
    __tablename__ = "messages"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    conversation_id: orm.Mapped[str] = orm.mapped_column(
        sa.ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    role: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    status: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    details: orm.Mapped[dict[str, Any]] = orm.mapped_column(sa.JSON, default=dict)
    parts: orm.Mapped[list[_Part]] = orm.relationship(
        order_by="_Part.position", cascade="all, delete-orphan", passive_deletes=True, lazy="selectin"
    )


class _Part(_Base):
    __tablename__ = "parts"
    message_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    position: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    content: orm.Mapped[dict[str, Any]] = orm.mapped_column(sa.JSON)


class _Prompt(_Base):
    __tablename__ = "prompts"
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64), primary_key=True)
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'conversations.db'}"


def open_database(url: str) -> sa.Engine:
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_up_sqlite)
    return engine


class Store:
    """Every read and write of conversations; safe to call from any thread."""

    def __init__(self, url: str, *, beside_another: bool = False) -> None:
        """``beside_another``: a server may be answering now, so that what is running there was not interrupted."""
        self._engine = open_database(url)
        _Base.metadata.create_all(self._engine)
        self._session = orm.sessionmaker(self._engine, expire_on_commit=False)
        if not beside_another:
            self._end_interrupted_answers()

    def close(self) -> None:
        self._engine.dispose()

    def create_conversation(self, title: str = UNTITLED) -> str:
        conversation = _Conversation(id=uuid.uuid4().hex, title=title[:200], created_at=_now(), updated_at=_now())
        with self._session.begin() as session:
            session.add(conversation)
        return conversation.id

    def conversations(self, limit: int = 200) -> list[Conversation]:
        """Those that hold a message, the last touched first."""
        held = sa.exists().where(_Message.conversation_id == _Conversation.id)
        query = sa.select(_Conversation).where(held).order_by(_Conversation.updated_at.desc()).limit(limit)
        with self._session() as session:
            return [Conversation(row.id, row.title, row.updated_at) for row in session.scalars(query)]

    def titles(self, conversation_ids: Iterable[str]) -> dict[str, str]:
        """Of those conversations among these that are still there."""
        query = sa.select(_Conversation.id, _Conversation.title).where(_Conversation.id.in_(set(conversation_ids)))
        with self._session() as session:
            return {row.id: row.title for row in session.execute(query)}

    def still_there(self, message_ids: Iterable[int]) -> set[int]:
        """Those of these messages that were not removed since."""
        query = sa.select(_Message.id).where(_Message.id.in_(set(message_ids)))
        with self._session() as session:
            return set(session.scalars(query))

    def has_conversation(self, conversation_id: str) -> bool:
        with self._session() as session:
            return session.get(_Conversation, conversation_id) is not None

    def rename(self, conversation_id: str, title: str) -> None:
        change = sa.update(_Conversation).where(_Conversation.id == conversation_id).values(title=title[:200])
        with self._session.begin() as session:
            session.execute(change)

    def delete(self, conversation_id: str) -> None:
        with self._session.begin() as session:
            session.execute(sa.delete(_Conversation).where(_Conversation.id == conversation_id))

    def messages(self, conversation_id: str) -> list[StoredMessage]:
        """All messages of a conversation, oldest first; empty for one that does not exist."""
        query = sa.select(_Message).where(_Message.conversation_id == conversation_id).order_by(_Message.id)
        with self._session() as session:
            return [_stored(row) for row in session.scalars(query)]

    def add_message(
        self, conversation_id: str, role: Role, parts: Sequence[Part] = (), status: Status = "complete"
    ) -> StoredMessage:
        """Append a message; the first one of a person gives an untitled conversation its title."""
        message = _Message(conversation_id=conversation_id, role=role, status=status, details={})
        message.parts = _part_rows(parts)
        with self._session.begin() as session:
            session.add(message)
            conversation = session.get_one(_Conversation, conversation_id)
            conversation.updated_at = _now()
            if role == "user" and conversation.title == UNTITLED:
                conversation.title = _title(Message(role, tuple(parts)).text)
        return StoredMessage(message.id, role, tuple(parts), status, {})

    def save(self, message: StoredMessage, from_part: int = 0) -> None:
        """Write the message's status, details and its parts from ``from_part`` on (the earlier ones are unchanged)."""
        with self._session.begin() as session:
            row = session.get(_Message, message.id, options=[orm.lazyload(_Message.parts)])
            if row is None:  # deleted while it was being answered
                return
            row.status, row.details = message.status, message.details
            for position in range(from_part, len(message.parts)):
                content = part_to_dict(message.parts[position])
                session.merge(_Part(message_id=message.id, position=position, content=content))

    def keep_prompt(self, text: str) -> str:
        """The SHA-256 of a model's instructions, which are kept once for all answers that had them."""
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        if self.prompt(sha256) is None:
            # two answers that begin together may both find it missing
            with suppress(sa.exc.IntegrityError), self._session.begin() as session:
                session.add(_Prompt(sha256=sha256, text=text))
        return sha256

    def prompt(self, sha256: str) -> str | None:
        with self._session() as session:
            kept = session.get(_Prompt, sha256)
            return kept.text if kept else None

    def truncate(self, conversation_id: str, message_id: int) -> list[StoredMessage]:
        """Remove this message and all after it; returns what was removed, oldest first."""
        removed = [message for message in self.messages(conversation_id) if message.id >= message_id]
        with self._session.begin() as session:
            session.execute(
                sa.delete(_Message).where(_Message.conversation_id == conversation_id, _Message.id >= message_id)
            )
        return removed

    def _end_interrupted_answers(self) -> None:
        """What a crash or a restart left running was stopped."""
        with self._session.begin() as session:
            session.execute(sa.update(_Message).where(_Message.status == "running").values(status="stopped"))


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


def _part_rows(parts: Sequence[Part]) -> list[_Part]:
    return [_Part(position=position, content=part_to_dict(part)) for position, part in enumerate(parts)]


def _stored(row: _Message) -> StoredMessage:
    parts = tuple(part_from_dict(part.content) for part in row.parts)
    return StoredMessage(row.id, row.role, parts, row.status, row.details)  # type: ignore[arg-type]


def _title(text: str) -> str:
    """The first line of what the person wrote, cut at a word."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), UNTITLED)
    if len(line) <= 60:
        return line
    return line[:60].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def with_part(message: StoredMessage, part: Part, *, replacing: bool = False) -> StoredMessage:
    """The message with one more part, or with its last part replaced."""
    kept = message.parts[:-1] if replacing else message.parts
    return replace(message, parts=(*kept, part))
