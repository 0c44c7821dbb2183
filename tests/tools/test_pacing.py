"""A service is asked no more often than it wants, by all calls together."""

from __future__ import annotations

import pytest

from tools import pacing
from tools.pacing import Pace


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(pacing.time, "monotonic", lambda: now[0])
    return now


def test_requests_of_one_host_take_turns_and_others_do_not_wait_for_them(clock):
    pace = Pace()
    assert [pace.wait_s("export.arxiv.org") for _ in range(3)] == [0.0, 3.0, 6.0]  # arXiv: one request in three seconds
    assert pace.wait_s("eutils.ncbi.nlm.nih.gov") == 0.0
    assert pace.wait_s("eutils.ncbi.nlm.nih.gov") == pytest.approx(0.34)  # NCBI: three a second


def test_who_comes_later_waits_for_what_is_left_of_the_turn(clock):
    pace = Pace()
    pace.wait_s("export.arxiv.org")
    clock[0] += 2.0
    assert pace.wait_s("export.arxiv.org") == pytest.approx(1.0)
    clock[0] += 60.0
    assert pace.wait_s("export.arxiv.org") == 0.0
