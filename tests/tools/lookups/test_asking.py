"""Whatever a service does, a question to it ends in an answer read whole or in one sentence, and nothing else is contacted."""

from __future__ import annotations

import email.utils
import gzip
import json
import os
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from errors import NetworkNotAllowedError, ToolError
from tests.tools.lookups.stand_in import Reply, a_gigabyte, dripping, serving
from tools.lookups import asking, sending
from tools.lookups.asking import Service, ask
from tools.lookups.reading import Told, as_json
from tools.network import gathering

HOST = "service.example"
SERVICE = Service("Example", HOST, "Do as you like.")
GOOD = {"name": "water", "extra": 1}


class _Thing(Told):
    name: str


def asked(**options):
    return ask(SERVICE, "/thing", as_json(_Thing), **options)


def test_an_answer_is_read_and_its_source_and_date_are_told(stand_in, gate):
    stand_in.answers(HOST, "/thing", GOOD)
    with gathering() as retrieved:
        answer = asked()
    assert answer.value is not None
    assert answer.value.name == "water"
    assert (answer.url, answer.from_cache) == ("https://service.example/thing", False)
    assert [(one.host, one.source, one.from_cache) for one in retrieved] == [(HOST, "Example", False)]
    assert answer.note.startswith("From Example, https://service.example/thing, answered 20")
    assert answer.note.endswith(f" UTC by {stand_in.address}, which stands in for it. Do as you like.")


def test_the_request_names_retort_and_nobody_else(stand_in, gate):
    stand_in.answers(HOST, "/thing", Reply(json.dumps(GOOD).encode(), headers=(("Set-Cookie", "who=you"),)))
    asked()
    asked(refresh=True)
    for request in stand_in.asked:
        names = {name.lower() for name in request.headers}
        assert names == {"host", "accept", "accept-encoding", "connection", "user-agent"}
        assert request.headers["Host"] == HOST
        assert request.headers["User-Agent"].startswith("Retort (")
        assert request.headers["Accept-Encoding"] == "gzip"


def test_without_a_gate_nothing_is_sent(stand_in):
    with pytest.raises(NetworkNotAllowedError, match=r"^service\.example is not allowed yet, and nothing was sent: "):
        asked()
    assert stand_in.connections == 0


def test_not_found_is_an_answer_and_is_not_kept(stand_in, gate):
    stand_in.answers(HOST, "/thing", Reply(b"no", 404))
    assert asked().value is None
    assert asked().value is None
    assert stand_in.connections == 2


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(b"", 429), "Example asks for fewer requests (429); try again in a few minutes."),
        (Reply(b"", 503), "Example is overloaded or closed for a while (503); try again in a few minutes."),
        (Reply(b"", 500), "Example failed (500); try again later."),
        (Reply(b"", 502), "Example failed (502); try again later."),
        (Reply(b"", 400), "Example refused the request (400); check the arguments of the call."),
        (Reply(b"", 403), "Example refused the request (403); check the arguments of the call."),
        (Reply(b'{"name": '), "Example answered with something that cannot be read (broken JSON); try again later."),
        (Reply(b""), "Example answered with something that cannot be read (broken JSON); try again later."),
        (Reply(b'{"name": 7}'), "Example answered with something that cannot be read (JSON of another shape at name); try again later."),
        (Reply(b"[]"), "Example answered with something that cannot be read (JSON of another shape at its top); try again later."),
        (Reply(b"[" * 100_000), "Example answered with something that cannot be read (broken JSON); try again later."),
        (Reply(b"<html>Sign in</html>", content_type="text/html; charset=utf-8"),
         "Example answered with something that cannot be read (text/html in place of JSON); try again later."),
        (Reply(b"{}", headers=(("Content-Encoding", "br"),)),
         "Example answered with something that cannot be read (packed in a way that was not asked for); try again later."),
        (Reply(b"{}", headers=(("Content-Encoding", "gzip"),)),
         "Example answered with something that cannot be read (broken gzip); try again later."),
        (Reply(gzip.compress(b'{"name": "water"}')[:-9], headers=(("Content-Encoding", "gzip"),)),
         "Example answered with something that cannot be read (a gzip that ends in the middle); try again later."),
    ],
)  # fmt: skip
def test_each_fault_is_one_sentence(stand_in, gate, reply, sentence):
    stand_in.answers(HOST, "/thing", reply)
    with pytest.raises(ToolError) as caught:
        asked()
    assert str(caught.value) == sentence
    assert stand_in.connections == 1
    assert len(gate.asked) == len(gate.told) == 1
    stand_in.answers(HOST, "/thing", GOOD)
    assert asked().from_cache is False, "a fault is not kept"


def test_retry_after_is_honoured_when_it_is_short_and_said_when_it_is_long(stand_in, gate, monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr(asking.time, "sleep", slept.append)
    stand_in.answers(HOST, "/thing", Reply(b"", 429, headers=(("Retry-After", "2"),)))
    with pytest.raises(ToolError, match=r"^Example asks for fewer requests \(429\); try again in 2 s, at 20\d\d-"):
        asked()
    assert slept == [2.0], "it was asked a second time, once"
    assert stand_in.connections == 2
    stand_in.answers(HOST, "/thing", Reply(b"", 503, headers=(("Retry-After", "30"),)))
    with pytest.raises(ToolError, match=r"closed for a while \(503\); try again in 30 s, at "):
        asked()
    date = email.utils.formatdate(time.time() + 3600, usegmt=True)
    stand_in.answers(HOST, "/thing", Reply(b"", 503, headers=(("Retry-After", date),)))
    with pytest.raises(ToolError, match=r"try again in 3,(?:600|59\d) s, at "):
        asked()
    assert slept == [2.0]
    assert stand_in.connections == 4


def test_a_second_request_after_a_short_wait_is_answered(stand_in, gate):
    stand_in.answers(HOST, "/thing", GOOD)
    first = Reply(b"", 429, headers=(("Retry-After", "0"),))
    answers = iter((first, stand_in.reply_to(HOST, "/thing")))
    stand_in.reply_to = lambda host, path: next(answers)
    assert asked().value.name == "water"
    assert [told[1] for told in gate.told] == [429, 200]


@pytest.mark.parametrize(
    "location",
    ["https://elsewhere.example/thing", "http://service.example/thing", "https://service.example:8443/thing", "//elsewhere.example/",
     "https://service.example@elsewhere.example/", "https://user:secret@service.example/thing", "file:///etc/passwd", ""],
)  # fmt: skip
def test_a_redirect_to_anywhere_else_is_refused_and_not_followed(stand_in, gate, location):
    stand_in.answers(HOST, "/thing", Reply(b"", 302, headers=(("Location", location),)))
    with pytest.raises(ToolError, match=r"^Example sent the request on to '.*', which was not asked: "):
        asked()
    assert stand_in.connections == 1
    assert [host for host, *_ in gate.asked] == [HOST]


def test_the_other_host_of_a_redirect_is_never_contacted(stand_in, gate):
    with serving() as other:
        other.answers("127.0.0.1", ".*", GOOD)
        stand_in.answers(HOST, "/thing", Reply(b"", 307, headers=(("Location", f"{other.address}/thing"),)))
        with pytest.raises(ToolError, match="which was not asked"):
            asked()
        assert other.connections == 0


def test_redirects_on_the_same_host_are_followed_three_times_and_each_passes_the_gate(stand_in, gate):
    stand_in.answers(HOST, "/thing", Reply(b"", 303, headers=(("Location", "/one"),)))
    stand_in.answers(HOST, "/one", Reply(b"", 301, headers=(("Location", "https://service.example/two"),)))
    stand_in.answers(HOST, "/two", Reply(b"", 308, headers=(("Location", "three?a=1#top"),)))
    stand_in.answers(HOST, r"/three\?a=1", GOOD)
    answer = asked()
    assert answer.url == "https://service.example/three?a=1"
    assert [url.removeprefix("https://service.example") for _, _, url, _ in gate.asked] == [
        "/thing",
        "/one",
        "/two",
        "/three?a=1",
    ]
    stand_in.answers(HOST, r"/three\?a=1", Reply(b"", 302, headers=(("Location", "/thing"),)))
    with pytest.raises(ToolError, match="sent the request on more than 3 times"):
        asked(refresh=True)
    assert stand_in.connections == 8


def test_a_form_is_posted_as_it_is_recorded(stand_in, gate):
    stand_in.answers(HOST, "/thing", GOOD)
    asked(form={"name": "a/b c"})
    assert (stand_in.asked[0].method, stand_in.asked[0].body) == ("POST", "name=a%2Fb+c")
    assert gate.asked == [(HOST, "POST", "https://service.example/thing", "name=a%2Fb+c")]


def test_a_body_of_a_gigabyte_that_says_so_is_not_read(stand_in, gate):
    stand_in.answers(HOST, "/thing", Reply(headers=(("Content-Length", "1000000000"),), pieces=a_gigabyte))
    with pytest.raises(
        ToolError, match=r"^The answer of Example has more than 5 MB and was cut off; ask for something smaller\.$"
    ):
        asked()
    assert gate.told == [
        ("1", 200, 0, "The answer of Example has more than 5 MB and was cut off; ask for something smaller.")
    ]
    assert stand_in.sent_bytes < 20_000_000, "what the system's buffers took"


def test_a_body_of_a_gigabyte_that_hides_its_length_is_cut_off(stand_in, gate):
    stand_in.answers(HOST, "/thing", Reply(pieces=a_gigabyte))
    with pytest.raises(ToolError, match="more than 5 MB and was cut off"):
        asked()
    [(_, status, received, _)] = gate.told
    assert status == 200
    assert 5_000_000 < received <= 5_000_000 + 65_536 * 2
    assert stand_in.sent_bytes < 20_000_000


def test_a_gzip_that_unpacks_to_a_gigabyte_is_cut_off_unpacked(stand_in, gate):
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    zeros = bytes(10_000_000)
    bomb = b"".join(packer.compress(zeros) for _ in range(100)) + packer.flush()
    assert len(bomb) < 5_000_000
    stand_in.answers(HOST, "/thing", Reply(bomb, headers=(("Content-Encoding", "gzip"),)))
    tracemalloc.start()
    with pytest.raises(ToolError, match="more than 5 MB and was cut off"):
        asked()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000
    assert gate.told[0][2] < len(bomb), "the rest was not even received"


def test_a_gzip_of_an_honest_size_is_read(stand_in, gate):
    packed = gzip.compress(json.dumps(GOOD).encode())
    stand_in.answers(HOST, "/thing", Reply(packed, headers=(("Content-Encoding", "gzip"),)))
    assert asked().value.name == "water"
    assert gate.told == [("1", 200, len(packed), "")]


def test_a_service_that_is_silent_is_given_up(stand_in, gate, monkeypatch):
    monkeypatch.setattr(sending, "READ_S", 0.2)

    def silent() -> Iterator[bytes]:
        time.sleep(3)
        yield b"{}"

    stand_in.answers(HOST, "/thing", Reply(pieces=silent))
    with pytest.raises(ToolError, match=r"^Example did not answer in time; try again later\.$"):
        asked()
    assert [told[2:] for told in gate.told] == [(0, "Example did not answer in time; try again later.")]


def test_a_body_that_drips_ends_at_the_limit_for_the_whole(stand_in, gate, monkeypatch):
    monkeypatch.setattr(asking, "TOTAL_S", 0.6)
    stand_in.answers(HOST, "/thing", Reply(pieces=dripping(b"{" * 1000, every_s=0.05)))
    with pytest.raises(ToolError, match=r"^Example did not answer in time; try again later\.$"):
        asked()
    assert 0 < gate.told[0][2] < 100


def test_headers_that_drip_end_at_the_limit_for_the_whole(gate, monkeypatch):
    monkeypatch.setattr(asking, "TOTAL_S", 0.6)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("RETORT_STAND_IN", f"http://127.0.0.1:{listening.getsockname()[1]}")

        def drip() -> None:
            taken, _ = listening.accept()
            with taken:
                for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 1000:
                    try:
                        taken.send(bytes([byte]))
                    except OSError:
                        return
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        with pytest.raises(ToolError, match="did not answer in time"):
            asked()


def test_an_answer_that_breaks_off_is_no_answer(stand_in, gate):
    stand_in.answers(
        HOST, "/thing", Reply(headers=(("Content-Length", "100"),), pieces=lambda: iter((b'{"name": "wa',)))
    )
    with pytest.raises(ToolError, match=r"^Example broke off its answer; try again later\.$"):
        asked()


def test_no_network_is_said_and_the_gate_is_told(gate, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("RETORT_STAND_IN", f"http://127.0.0.1:{port}")
    sentence = "Example (service.example) cannot be reached from here; check this machine's network, or go on without the lookup."
    with pytest.raises(ToolError) as caught:
        asked()
    assert str(caught.value) == sentence
    assert gate.told == [("1", None, 0, sentence)]


@pytest.mark.parametrize("how", ["fails", "hangs"])
def test_a_host_that_cannot_be_looked_up_is_no_network(gate, monkeypatch, how):
    monkeypatch.delenv("RETORT_STAND_IN")
    monkeypatch.setattr(sending, "CONNECT_S", 0.2)
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    looked_up = []

    def look_up(host, *_, **__):
        looked_up.append((host, len(gate.asked)))
        if how == "hangs":
            time.sleep(3)
        raise socket.gaierror("no such host")

    monkeypatch.setattr(sending.socket, "getaddrinfo", look_up)
    with pytest.raises(ToolError, match="cannot be reached from here"):
        asked()
    assert looked_up == [(HOST, 1)], "even the look-up of the name waits for the gate"


def test_only_loopback_stands_in(gate, monkeypatch):
    for address in (
        "http://example.com:80",
        "https://127.0.0.1:1",
        "http://10.0.0.1:80",
        "http://localhost",
        "127.0.0.1:80",
        "http://127.0.0.1",
    ):
        monkeypatch.setenv("RETORT_STAND_IN", address)
        with pytest.raises(ToolError, match=r"RETORT_STAND_IN is .* stands in for a service"):
            asked()


def test_a_proxy_of_the_environment_does_not_see_what_goes_to_the_stand_in(stand_in, gate, monkeypatch):
    with serving() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.address)
        stand_in.answers(HOST, "/thing", GOOD)
        assert asked().value.name == "water"
        assert proxy.connections == 0
