"""Flags win over the environment, the environment over the defaults; a wrong one is a sentence."""

from __future__ import annotations

import pytest

from app.settings import read_settings
from errors import SettingsError


def test_by_default_only_this_machine_can_reach_it():
    settings = read_settings([])
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert set(settings.host_names) >= {"localhost", "127.0.0.1"}


def test_a_flag_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("RETORT_PORT", "7000")
    assert read_settings([]).port == 7000
    assert read_settings(["--port", "7001"]).port == 7001


def test_a_space_is_reached_by_its_own_host_name(monkeypatch):
    monkeypatch.setenv("SPACE_HOST", "someone-retort.hf.space")
    assert "someone-retort.hf.space" in read_settings(["--host", "0.0.0.0"]).host_names


@pytest.mark.parametrize("arguments", [["--port", "http"], ["--port", "70000"], ["--tool-calls", "0"]])
def test_a_wrong_value_is_one_sentence_that_names_the_flag(arguments):
    with pytest.raises(SettingsError, match=f"{arguments[0]} '{arguments[1]}'"):
        read_settings(arguments)


def test_only_a_space_listens_beyond_this_machine_and_answers_to_its_own_name(monkeypatch):
    assert read_settings([]).host == "127.0.0.1"
    monkeypatch.setenv("SPACE_ID", "lab/retort")
    monkeypatch.setenv("SPACE_HOST", "lab-retort.hf.space")
    settings = read_settings([])
    assert settings.host == "0.0.0.0"
    assert "lab-retort.hf.space" in settings.host_names


def test_who_lets_other_machines_in_keeps_the_model_to_themselves_unless_told_otherwise():
    assert not read_settings([]).lock_model
    assert read_settings(["--host", "0.0.0.0"]).lock_model
    assert not read_settings(["--host", "0.0.0.0", "--lock-model", "false"]).lock_model
