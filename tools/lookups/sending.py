"""One HTTP request and its answer, the only place that opens a connection: no byte leaves before the gate has let it pass.

Limits: 5 s to connect, 10 s without a byte, a deadline for the whole; the body is cut off at a size counted in unpacked bytes, so that
neither a body of 1 GB nor one that unpacks to that much is ever held.
"""

from __future__ import annotations

import email.utils
import os
import socket
import ssl
import threading
import time
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from errors import ToolError, shown
from tools.network import GATE, not_allowed

if TYPE_CHECKING:
    import httpx

CONNECT_S, READ_S = 5.0, 10.0
LEAST_CONNECT_S = 2.5  # for each address of a host that has several
USER_AGENT = "Retort (a research assistant on its user's machine)"
STAND_IN = "RETORT_STAND_IN"
_GZIP = zlib.MAX_WBITS | 16
_UNREADABLE = "{name} answered with something that cannot be read ({why}); try again later."
_LATE = "{name} did not answer in time; try again later."


@dataclass(frozen=True)
class Request:
    """What is asked of whom: ``name`` is what a sentence calls the service; ``form`` is posted, if there is one."""

    name: str
    host: str
    url: str
    form: str = ""
    accept: str = "application/json"
    most_bytes: int = 5_000_000

    @property
    def method(self) -> str:
        return "POST" if self.form else "GET"


@dataclass(frozen=True)
class Response:
    """``retry_after_s`` is None where the service did not say when to come again."""

    status: int
    url: str
    content_type: str
    location: str
    retry_after_s: float | None
    body: bytes


def send(request: Request, ends_at: float) -> Response:
    """Send it once the gate allows and has recorded it, and read the answer until ``ends_at`` (of ``time.monotonic``).

    Raises ``NetworkNotAllowedError``, or ``ToolError`` with a sentence where there is no whole answer. The body of a redirect or of a
    refusal is not read.
    """
    import httpx

    url = _checked(request)
    gate = GATE.get()
    if gate is None:
        raise not_allowed("the lookup", request.host, request.method, str(url), request.form)
    id = gate.ask(request.host, request.method, str(url), request.form)
    status, counted = None, _Counted(request.most_bytes)
    problem = "the call ended before the answer was there"
    try:
        timeout = httpx.Timeout(READ_S, connect=_connect_limit_s(request))
        with (
            _limited(ends_at) as limit,
            _client(request, timeout) as client,
            _opened(client, request, url, limit) as answer,
        ):
            status = answer.status_code
            body = counted.read(answer, request.name) if status == httpx.codes.OK else b""
            if limit.is_over:  # a body without a length ends where the connection does
                raise ToolError(_LATE.format(name=request.name))
            problem = ""
            return Response(
                status,
                str(url),
                answer.headers.get("content-type", ""),
                answer.headers.get("location", ""),
                _retry_after(answer.headers.get("retry-after", "")),
                body,
            )
    except (httpx.HTTPError, httpx.StreamError, ssl.SSLError, OSError) as error:
        problem = _problem(request, error, time.monotonic() >= ends_at)
        raise ToolError(problem) from None
    except ToolError as error:
        problem = str(error)
        raise
    finally:
        gate.answered(id, status, counted.received, problem)


def _checked(request: Request) -> httpx.URL:
    """The address as httpx will take it; one that is not of the request's host over https is a fault of ours."""
    import httpx

    url = httpx.URL(request.url)
    if url.scheme != "https" or url.host != request.host or url.port is not None or url.userinfo:
        raise ToolError(f"{shown(request.url)} is not an address of {request.host}; nothing was sent.")
    return url


def stand_in() -> tuple[str, int] | None:
    """Host and port of ``RETORT_STAND_IN``, which answers in place of every service in tests and trials; loopback only."""
    told = os.environ.get(STAND_IN, "")
    if not told:
        return None
    address = urlsplit(told)
    try:
        is_loopback = address.hostname is not None and ip_address(address.hostname).is_loopback
        port = address.port
    except ValueError:
        is_loopback, port = False, None
    if not is_loopback or port is None or address.scheme != "http" or address.hostname is None:
        raise ToolError(
            f"{STAND_IN} is {shown(told)}; only an address such as http://127.0.0.1:8080 stands in for a service."
        )
    return address.hostname, port


def _client(request: Request, timeout: httpx.Timeout) -> httpx.Client:
    """A client for one request: no cookies, no redirects by itself. A proxy is the environment's, if that names one."""
    import httpx

    return httpx.Client(
        headers={"User-Agent": USER_AGENT, "Accept": request.accept, "Accept-Encoding": "gzip", "Connection": "close"},
        timeout=timeout,
        follow_redirects=False,
        trust_env=stand_in() is None,
    )


@contextmanager
def _opened(client: httpx.Client, request: Request, url: httpx.URL, limit: _Limit) -> Iterator[httpx.Response]:
    instead = stand_in()
    headers = {"Host": request.host} if instead else {}
    if request.form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    target = url.copy_with(scheme="http", host=instead[0], port=instead[1]) if instead else url
    with client.stream(
        request.method,
        target,
        headers=headers,
        content=request.form.encode() or None,
        extensions={"trace": limit.trace},
    ) as answer:
        yield answer


class _Limit:
    """Shuts the connection when the time is over: a timeout for each read never ends a body that drips."""

    def __init__(self) -> None:
        self.is_over = False
        self._stream: Any = None

    def trace(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = info["return_value"]

    def shut(self) -> None:
        self.is_over = True
        opened = self._stream.get_extra_info("socket") if self._stream is not None else None
        if opened is not None:
            try:
                socket.socket.shutdown(opened, socket.SHUT_RDWR)  # not of ssl, whose own would read on in plain text
            except OSError:  # closed meanwhile
                return


@contextmanager
def _limited(ends_at: float) -> Iterator[_Limit]:
    limit = _Limit()
    timer = threading.Timer(max(0.0, ends_at - time.monotonic()), limit.shut)
    timer.daemon = True
    timer.start()
    try:
        yield limit
    finally:
        timer.cancel()


class _Counted:
    """Reads a body up to a size: ``received`` counts bytes as they came, the limit holds for them unpacked, too."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self.received = 0

    def read(self, answer: httpx.Response, name: str) -> bytes:
        too_large = ToolError(
            f"The answer of {name} has more than {self._most / 1e6:g} MB and was cut off; ask for something smaller."
        )
        encoding = answer.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip"):
            raise ToolError(_UNREADABLE.format(name=name, why="packed in a way that was not asked for"))
        if (
            answer.headers.get("content-length", "0").isdecimal()
            and int(answer.headers.get("content-length", "0")) > self._most
        ):
            raise too_large
        unpacking = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
        body = bytearray()
        for piece in answer.iter_raw():
            self.received += len(piece)
            try:
                body += unpacking.decompress(piece, self._most + 1 - len(body)) if unpacking else piece
            except zlib.error:
                raise ToolError(_UNREADABLE.format(name=name, why="broken gzip")) from None
            if len(body) > self._most:
                raise too_large
        if unpacking and not unpacking.eof:
            raise ToolError(_UNREADABLE.format(name=name, why="a gzip that ends in the middle"))
        return bytes(body)


def _retry_after(told: str) -> float | None:
    """Seconds from now; the header has a number of seconds or a date."""
    if told.strip().isdecimal():
        return float(told)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(told).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _connect_limit_s(request: Request) -> float:
    """For each address of the host, which are tried in turn: together they take 5 s, as far as that leaves enough for one.

    The host is looked up here, for at most 5 s, since the system's own look-up may take much longer where there is no network; raises
    ``ToolError`` where it is not found. A proxy looks it up by itself.
    """
    if stand_in() is not None or _has_proxy(request.host):
        return CONNECT_S
    addresses = _addresses(request.host)
    if not addresses:
        raise ToolError(_no_network(request))
    return max(LEAST_CONNECT_S, CONNECT_S / len(addresses))


def _has_proxy(host: str) -> bool:
    return bool(urllib.request.getproxies().keys() & {"https", "all"}) and not urllib.request.proxy_bypass(host)


def _addresses(host: str) -> frozenset[str]:
    found: list[str] = []

    def look_up() -> None:
        try:
            found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM))
        except OSError:
            return

    looking = threading.Thread(target=look_up, name="look up a host", daemon=True)
    looking.start()
    looking.join(CONNECT_S)
    return frozenset(found)


def _no_network(request: Request) -> str:
    return f"{request.name} ({request.host}) cannot be reached from here; check this machine's network, or go on without the lookup."


def _problem(request: Request, error: Exception, is_late: bool) -> str:
    import httpx

    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)) and "CERTIFICATE" not in str(
        error
    ):
        return _no_network(request)
    if isinstance(error, httpx.ConnectError):
        return f"The certificate of {request.host} cannot be trusted ({shown(error)}); check this machine's network and clock."
    if is_late or isinstance(error, httpx.TimeoutException):
        return _LATE.format(name=request.name)
    return f"{request.name} broke off its answer; try again later."
