"""Answers that are kept: they send nothing, are told with their date, and count as none where they are broken."""

from __future__ import annotations

import os

import pytest

from tools.lookups import kept
from tools.lookups.asking import Service, ask
from tools.lookups.reading import Told, as_json

HOST = "service.example"
SERVICE = Service("Example", HOST, "Do as you like.")
GOOD = {"name": "water"}


class _Thing(Told):
    name: str


def asked(**options):
    return ask(SERVICE, "/thing", as_json(_Thing), **options)


def test_what_is_kept_sends_nothing_and_needs_no_gate(stand_in, gate):
    stand_in.answers(HOST, "/thing", GOOD)
    first = asked()
    again = asked()
    assert stand_in.connections == 1
    assert len(gate.asked) == 1
    assert again.from_cache
    assert (again.value, again.retrieved_at, again.url) == (first.value, first.retrieved_at, first.url)
    assert "kept on this machine since; refresh asks anew" in again.note
    assert asked(refresh=True).from_cache is False
    assert stand_in.connections == 2


def test_another_request_is_not_answered_from_what_is_kept(stand_in, gate):
    stand_in.answers(HOST, r"/thing(\?.*)?", GOOD)
    asked()
    asked(query={"a": 1})
    asked(query={"a": 2})
    asked(form={"a": "1"})
    assert stand_in.connections == 4


@pytest.mark.parametrize(
    "break_it",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"\xff\xfe no json\nbody"),
        lambda file: file.write_bytes(file.read_bytes()[:-3]),
        lambda file: file.write_bytes(file.read_bytes().replace(b"water", b"wader")),
        lambda file: file.write_bytes(b"[]\n" + file.read_bytes()),
        lambda file: file.unlink(),
    ],
)
def test_what_is_kept_broken_counts_as_none(stand_in, gate, break_it):
    stand_in.answers(HOST, "/thing", GOOD)
    asked()
    [file] = kept.folder().iterdir()
    break_it(file)
    assert asked().from_cache is False
    assert asked().from_cache is True


def test_what_is_kept_is_capped_and_the_oldest_goes(stand_in, gate, monkeypatch):
    stand_in.answers(HOST, r"/thing\?n=\d", {"name": "x" * 1000})
    monkeypatch.setattr(kept, "MOST_BYTES", 4_000)
    for number in range(6):
        asked(query={"n": number})
        for place, file in enumerate(sorted(kept.folder().iterdir(), key=lambda one: one.stat().st_mtime_ns)):
            os.utime(file, ns=(place, place))
    assert sum(file.stat().st_size for file in kept.folder().iterdir()) <= 4_000
    assert asked(query={"n": 5}).from_cache
    assert not asked(query={"n": 0}).from_cache


def test_a_folder_that_cannot_be_written_keeps_nothing_and_answers(stand_in, gate, monkeypatch, tmp_path):
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv("RETORT_CACHE", str(blocked))
    stand_in.answers(HOST, "/thing", GOOD)
    assert asked().value.name == "water"
    assert asked().from_cache is False
