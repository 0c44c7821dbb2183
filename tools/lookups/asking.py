"""A question to a public service: from what is kept, else over the network, with its redirects and one repetition.

Every way in which a service fails ends in one sentence. What was read well is kept; what was not is asked for anew.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

from errors import ToolError, shown
from tools.lookups.kept import KeptReply, keep, kept, key_of
from tools.lookups.sending import STAND_IN, Request, Response, send
from tools.network import Retrieved, note_retrieved

TOTAL_S = 20.0
MOST_BYTES = 5_000_000
MOST_REDIRECTS = 3
LONGEST_WAIT_S = 2.0  # for which a service is asked a second time
OK, NOT_FOUND, TOO_MANY, UNAVAILABLE = 200, 404, 429, 503
_REDIRECTS, _SAME_METHOD = frozenset((301, 302, 303, 307, 308)), frozenset((307, 308))

T = TypeVar("T")


@dataclass(frozen=True)
class Service:
    """A public service: what a sentence calls it, its host, and in a sentence under what terms its data may be used."""

    name: str
    host: str
    licence: str


@dataclass(frozen=True)
class Answer(Generic[T]):
    """``value`` is None where the service has no such thing. ``retrieved_at``: UTC, ISO 8601. ``stand_in``: what answered in its place."""

    value: T | None
    service: Service
    url: str
    retrieved_at: str
    from_cache: bool
    stand_in: str = ""

    @property
    def note(self) -> str:
        """Where it came from, when, and under what terms it may be used."""
        when = datetime.fromisoformat(self.retrieved_at).strftime("%Y-%m-%d %H:%M UTC")
        since = " and kept on this machine since; refresh asks anew" if self.from_cache else ""
        instead = f" by {self.stand_in}, which stands in for it" if self.stand_in else ""
        return f"From {self.service.name}, {self.url}, answered {when}{instead}{since}. {self.service.licence}"


class UnreadableError(Exception):
    """Raised by a reader for an answer that is not of the promised shape; says in a few words what it is."""


def ask(
    service: Service,
    path: str,
    read: Callable[[bytes, str], T],
    *,
    query: Mapping[str, str | int] | None = None,
    form: Mapping[str, str] | None = None,
    accept: str = "application/json",
    most_bytes: int = MOST_BYTES,
    absent: frozenset[int] = frozenset((NOT_FOUND,)),
    refresh: bool = False,
) -> Answer[T]:
    """The answer as ``read`` makes it of the bytes and their content type; kept, unless there is no such thing.

    ``path`` is percent-encoded already; a ``form`` is posted. A status in ``absent`` means that there is no such thing.
    Raises ``NetworkNotAllowedError``, or ``ToolError`` with a sentence where there is no answer.
    """
    url = f"https://{service.host}{path}" + (f"?{urlencode(query)}" if query else "")
    request = Request(service.name, service.host, url, urlencode(form) if form else "", accept, most_bytes)
    instead = os.environ.get(STAND_IN, "")
    key = key_of(request.method, request.url, request.form, instead)
    if not refresh and (found := kept(key)):
        try:
            return _noted(
                Answer(read(found.body, found.content_type), service, found.url, found.retrieved_at, True, instead)
            )
        except UnreadableError:  # kept in an older form
            pass
    response = _response(request)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    if response.status in absent:
        return _noted(Answer(None, service, response.url, now, False, instead))
    if response.status != OK:
        raise ToolError(f"{service.name} refused the request ({response.status}); check the arguments of the call.")
    try:
        value = read(response.body, response.content_type)
    except UnreadableError as error:
        raise ToolError(
            f"{service.name} answered with something that cannot be read ({error}); try again later."
        ) from None
    keep(key, KeptReply(response.url, response.content_type, now, response.body))
    return _noted(Answer(value, service, response.url, now, False, instead))


def _noted(answer: Answer[T]) -> Answer[T]:
    note_retrieved(Retrieved(answer.service.host, answer.service.name, answer.retrieved_at, answer.from_cache))
    return answer


def _response(request: Request) -> Response:
    """The last answer, after redirects on the same host and, where the service asks for at most 2 s, one repetition."""
    ends_at = time.monotonic() + TOTAL_S
    redirected, repeated = 0, False
    while True:
        response = send(request, ends_at)
        if response.status in _REDIRECTS and redirected < MOST_REDIRECTS:
            redirected += 1
            form = request.form if response.status in _SAME_METHOD else ""
            request = replace(request, url=_target(request, response.location), form=form)
        elif response.status in _REDIRECTS:
            raise ToolError(f"{request.name} sent the request on more than {MOST_REDIRECTS} times; try again later.")
        elif response.status in (TOO_MANY, UNAVAILABLE):
            wait = response.retry_after_s
            if repeated or wait is None or wait > LONGEST_WAIT_S:
                raise ToolError(_busy(request.name, response.status, wait))
            repeated = True
            time.sleep(wait)
        elif response.status >= 500:
            raise ToolError(f"{request.name} failed ({response.status}); try again later.")
        else:
            return response


def _target(request: Request, location: str) -> str:
    """Where the answer is, on the same host; raises ``ToolError`` for every other place, which is not contacted."""
    try:
        target = urljoin(request.url, location)
        address = urlsplit(target)
        plain = address.netloc.lower() == request.host and address.scheme == "https"
    except ValueError:
        plain, address = False, urlsplit("")
    if not location or not plain:
        raise ToolError(
            f"{request.name} sent the request on to {shown(address.netloc or location)}, which was not asked: a lookup goes to "
            f"{request.host} over https alone; look whether a sign-in page stands between, or try again later."
        )
    return target.partition("#")[0]


def _busy(name: str, status: int, wait_s: float | None) -> str:
    why = "asks for fewer requests" if status == TOO_MANY else "is overloaded or closed for a while"
    if wait_s is None:
        return f"{name} {why} ({status}); try again in a few minutes."
    then = datetime.fromtimestamp(time.time() + wait_s, UTC)
    return f"{name} {why} ({status}); try again in {wait_s:,.0f} s, at {then:%Y-%m-%d %H:%M:%S} UTC."
