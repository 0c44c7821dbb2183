"""Who may let a lookup out: hosts that were allowed for good, and the questions that wait for a person.

A question is asked of the conversation whose answer needs it, and is answered in any tab that shows it. The hosts that
are allowed for good stand in the database, with the time when that was said.
"""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import orm

from app.store import open_database
from errors import RetortError

Decision = Literal["once", "always", "no"]
DECISIONS: tuple[Decision, ...] = ("once", "always", "no")


@dataclass(frozen=True)
class Wish:
    """What one call would send: its tool, what for in words, and the request itself in words."""

    tool: str
    words: str
    request: str


@dataclass(frozen=True)
class Question:
    """May these calls ask this host? ``id`` is drawn at random: who was not shown the question cannot answer it."""

    host: str
    wishes: tuple[Wish, ...]
    may_be_always: bool = True
    id: str = field(default_factory=lambda: secrets.token_hex(16))


class _Base(orm.DeclarativeBase):
    pass


class _AllowedHost(_Base):
    __tablename__ = "allowed_hosts"
    host: orm.Mapped[str] = orm.mapped_column(sa.String(255), primary_key=True)
    allowed_at: orm.Mapped[dt.datetime] = orm.mapped_column(sa.DateTime)


@dataclass
class _Waiting:
    question: Question
    conversation_id: str
    answered: threading.Event = field(default_factory=threading.Event)
    decision: Decision | None = None

    def settle(self, decision: Decision) -> None:
        if not self.answered.is_set():
            self.decision = decision
            self.answered.set()


class Permissions:
    """Safe to call from any thread. ``may_be_always``: False where whoever reaches the page may only allow a single call."""

    def __init__(self, url: str, may_be_always: bool = True) -> None:
        self._engine = open_database(url)
        _Base.metadata.create_all(self._engine)
        self._session = orm.sessionmaker(self._engine)
        self.may_be_always = may_be_always
        self._lock = threading.Lock()
        self._waiting: dict[str, _Waiting] = {}

    def close(self) -> None:
        self._engine.dispose()

    def lasting(self) -> frozenset[str]:
        """The hosts that are allowed for good, as they are now."""
        with self._session() as session:
            return frozenset(session.scalars(sa.select(_AllowedHost.host)))

    def listed(self) -> list[tuple[str, dt.datetime]]:
        """Each host that is allowed for good and when that was said (UTC), the first first."""
        query = sa.select(_AllowedHost).order_by(_AllowedHost.allowed_at, _AllowedHost.host)
        with self._session() as session:
            return [(row.host, row.allowed_at) for row in session.scalars(query)]

    def allow(self, host: str) -> None:
        with self._session.begin() as session:
            if session.get(_AllowedHost, host) is None:
                session.add(_AllowedHost(host=host, allowed_at=dt.datetime.now(dt.UTC).replace(tzinfo=None)))

    def revoke(self, host: str) -> None:
        """From the next request on; a call under way asks anew for each one."""
        with self._session.begin() as session:
            session.execute(sa.delete(_AllowedHost).where(_AllowedHost.host == host))

    def ask(self, conversation_id: str, host: str, wishes: Sequence[Wish]) -> Question:
        """A question that waits from now on; ``withdraw`` it in the end."""
        question = Question(host, tuple(wishes), self.may_be_always)
        with self._lock:
            self._waiting[question.id] = _Waiting(question, conversation_id)
        return question

    def decision(self, question: Question, wait_s: float) -> Decision | None:
        """What was decided, as soon as it is; None if it was not within ``wait_s``."""
        waiting = self._waiting[question.id]
        waiting.answered.wait(wait_s)
        return waiting.decision

    def withdraw(self, question: Question) -> None:
        with self._lock:
            self._waiting.pop(question.id, None)

    def asks(self, conversation_id: str) -> bool:
        """Whether a question of this conversation waits for its answer."""
        with self._lock:
            return any(one.conversation_id == conversation_id for one in self._waiting.values())

    def decide(self, question_id: str, decision: Decision) -> None:
        """A person's answer; "always" answers whatever else waits for the host. Raises ``RetortError`` for what is not asked."""
        with self._lock:
            waiting = self._waiting.get(question_id)
            if waiting is None:
                raise RetortError("This has been answered already, or its answer has ended.")
            if decision != "always":
                waiting.settle(decision)
                return
            if not self.may_be_always:
                raise RetortError(
                    "Hosts are allowed for good only where Retort was started for one person; choose Once."
                )
            host = waiting.question.host
            self.allow(host)
            for one in self._waiting.values():
                if one.question.host == host:
                    one.settle("always")
