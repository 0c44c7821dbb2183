"""Who names no model gets Intern-S1-mini where it is at home, and nothing is fetched for it."""

from __future__ import annotations

import pytest

from errors import ModelError
from model.embedded import embedded_path
from model.local import choosing
from model.local.choosing import PREFERRED, default_model


@pytest.fixture
def at_home(monkeypatch):
    monkeypatch.setattr(choosing, "find_checkpoint", lambda spec: spec)


def test_intern_s1_mini_needs_a_gpu_with_20_gb_free(at_home):
    assert default_model(gpu_bytes=24_000_000_000) == PREFERRED
    assert default_model(gpu_bytes=19_000_000_000) == str(embedded_path())
    assert default_model(gpu_bytes=0) == str(embedded_path())


def test_without_its_files_the_embedded_model_answers_whatever_the_gpu(monkeypatch):
    def absent(spec):
        raise ModelError(f"{spec} is not on this machine")

    monkeypatch.setattr(choosing, "find_checkpoint", absent)
    assert default_model(gpu_bytes=80_000_000_000) == str(embedded_path())
