"""The egress ledger: every request that ever left this machine, written down before it leaves; no row is ever taken away.

It stands in the database of the conversations, but hangs on none of them: what was sent stays listed when the conversation
for which it was sent is deleted.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy import orm

from app.store import open_database
from errors import ToolError
from tools.network import OutgoingRequest

#: As which sender a model's files are listed; the tools have their own names.
MODEL_FETCH = "model"
READ_AT_ONCE = 500


@dataclass(frozen=True)
class Sender:
    """For what a request is sent: a tool's call in an answer, or, as its ``call_id``, a model; what there is not is empty, or 0."""

    tool: str
    call_id: str = ""
    conversation_id: str = ""
    message_id: int = 0


@dataclass(frozen=True)
class Entry:
    """One request. ``ended_at`` is None until it is known how it ended; times are UTC, ``received_bytes`` as the network had them."""

    id: int
    sent_at: dt.datetime
    host: str
    method: str
    url: str
    body: str
    sender: Sender
    ended_at: dt.datetime | None
    status: int | None
    received_bytes: int
    problem: str


class _Base(orm.DeclarativeBase):
    pass


class _Request(_Base):
    __tablename__ = "requests"
    #: No number is given again, so that a gap would show.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 (as SQLAlchemy reads it)
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    sent_at: orm.Mapped[dt.datetime] = orm.mapped_column(sa.DateTime)
    host: orm.Mapped[str] = orm.mapped_column(sa.Text)
    method: orm.Mapped[str] = orm.mapped_column(sa.Text)
    url: orm.Mapped[str] = orm.mapped_column(sa.Text)
    body: orm.Mapped[str] = orm.mapped_column(sa.Text)
    tool: orm.Mapped[str] = orm.mapped_column(sa.Text)
    call_id: orm.Mapped[str] = orm.mapped_column(sa.Text)
    conversation_id: orm.Mapped[str] = orm.mapped_column(sa.String(32))  # no foreign key: it outlives the conversation
    message_id: orm.Mapped[int] = orm.mapped_column(default=0)
    ended_at: orm.Mapped[dt.datetime | None] = orm.mapped_column(sa.DateTime, default=None)
    status: orm.Mapped[int | None] = orm.mapped_column(default=None)
    received_bytes: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, default=0)
    problem: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


class Ledger:
    """Writes requests down and reads them again; safe to call from any thread."""

    def __init__(self, url: str) -> None:
        self._engine = open_database(url)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _write_through)
        _Base.metadata.create_all(self._engine)
        self._session = orm.sessionmaker(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    def record(self, host: str, method: str, url: str, body: str, sender: Sender) -> str:
        """The id of a request that may leave now that it is written down; raises ``ToolError`` if it could not be."""
        row = _Request(
            sent_at=_now(),
            host=host,
            method=method,
            url=url,
            body=body,
            tool=sender.tool,
            call_id=sender.call_id,
            conversation_id=sender.conversation_id,
            message_id=sender.message_id,
        )
        try:
            with self._session.begin() as session:
                session.add(row)
                session.flush()
                return str(row.id)
        except sa.exc.SQLAlchemyError as error:
            raise ToolError(
                f"What is sent is written down first, and that failed ({type(error).__name__}), so nothing was sent to {host}; "
                "see that the disk has room and its folder can be written."
            ) from error

    def answered(self, id: str, status: int | None, received_bytes: int, problem: str = "") -> None:
        """How the request ended; ``problem`` says in words why it has no whole answer."""
        ending = {"ended_at": _now(), "status": status, "received_bytes": received_bytes, "problem": problem}
        try:
            with self._session.begin() as session:
                session.execute(sa.update(_Request).where(_Request.id == int(id)).values(**ending))
        except (
            sa.exc.SQLAlchemyError
        ) as error:  # what was sent is written down; the answer that came is worth more than its size
            logging.getLogger(__name__).warning("How request %s ended could not be written down: %s", id, error)

    def count(self) -> int:
        with self._session() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(_Request)) or 0

    def entries(self, limit: int, before: int | None = None) -> list[Entry]:
        """The last ``limit`` requests, or those before the one of that id, the newest first."""
        query = sa.select(_Request).order_by(_Request.id.desc()).limit(limit)
        if before is not None:
            query = query.where(_Request.id < before)
        with self._session() as session:
            return [_entry(row) for row in session.scalars(query)]

    def all_entries(self) -> Iterator[Entry]:
        """From the first to the last, a few hundred in memory at a time."""
        after = 0
        while True:
            query = sa.select(_Request).where(_Request.id > after).order_by(_Request.id).limit(READ_AT_ONCE)
            with self._session() as session:
                found = [_entry(row) for row in session.scalars(query)]
            if not found:
                return
            yield from found
            after = found[-1].id


class Recorded:
    """A ``tools.network.Network``: hosts that are allowed, each request of one call written down before it leaves."""

    def __init__(self, ledger: Ledger, sender: Sender, allowed: Callable[[], frozenset[str]]) -> None:
        self._ledger, self._sender, self._allowed = ledger, sender, allowed

    @property
    def allowed(self) -> frozenset[str]:
        return self._allowed()

    def about_to_send(self, request: OutgoingRequest) -> str:
        return self._ledger.record(request.host, request.method, request.url, request.body, self._sender)

    def answered(self, id: str, status: int | None, received_bytes: int, problem: str) -> None:
        self._ledger.answered(id, status, received_bytes, problem)


class RecordedFetch:
    """A ``model.local.hub_requests.Recorder`` of the files of one model."""

    def __init__(self, ledger: Ledger, model: str) -> None:
        self._ledger, self._sender = ledger, Sender(MODEL_FETCH, model)

    def about_to_send(self, method: str, url: str) -> str:
        return self._ledger.record(urlsplit(url).hostname or "", method, url, "", self._sender)

    def answered(self, id: str, status: int | None, received_bytes: int, problem: str) -> None:
        self._ledger.answered(id, status, received_bytes, problem)


def _write_through(connection: Any, _record: Any) -> None:
    """A row is on the disk when it is said to be, also if the power fails in the next moment."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _entry(row: _Request) -> Entry:
    sender = Sender(row.tool, row.call_id, row.conversation_id, row.message_id)
    return Entry(
        row.id,
        row.sent_at,
        row.host,
        row.method,
        row.url,
        row.body,
        sender,
        row.ended_at,
        row.status,
        row.received_bytes,
        row.problem,
    )
