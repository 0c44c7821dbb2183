"""Fetching from the hub: asked for alone, never code, ended at any moment, and every failure is one sentence."""

from __future__ import annotations

import os
import time

import pytest

from errors import ModelError, ModelNotHereError
from model.__main__ import main
from model.local.checkpoint import find_checkpoint
from model.local.fetching import cache_folder, fetch
from tests.model.hub import Hub, serving

MODEL = "someone/Tiny-Model"
LARGE = 24_000_000  # bytes; the library writes 10 MB at a time


@pytest.fixture
def hub(monkeypatch, tmp_path):
    with serving(Hub(), monkeypatch, tmp_path / "cache") as served:
        yield served


def refusal(spec: str) -> str:
    with pytest.raises(ModelError) as raised:
        fetch(spec)
    sentence = str(raised.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_what_was_fetched_is_a_checkpoint_and_is_not_fetched_twice(hub, tiny_checkpoint):
    hub.add(MODEL, tiny_checkpoint)
    with pytest.raises(ModelNotHereError, match="nothing is fetched unasked") as raised:
        find_checkpoint(MODEL)
    assert raised.value.spec == MODEL
    assert hub.asked == []  # looking for it here has asked nobody

    told: list[tuple[float, str]] = []
    fetch(MODEL, lambda fraction, doing: told.append((fraction, doing)))
    found = find_checkpoint(MODEL)
    assert found.weights[0].read_bytes() == (tiny_checkpoint / "model.safetensors").read_bytes()
    assert told[0][1] == f"Asking {hub.address.split('//')[1]} for {MODEL} …"
    fetched = [asked for asked in hub.asked if asked.startswith(f"GET /{MODEL}/")]
    assert len(fetched) == len({*fetched}) > 2

    hub.asked.clear()
    fetch(MODEL)
    assert not [asked for asked in hub.asked if asked.startswith(f"GET /{MODEL}/")]


def test_code_pickles_and_folders_stay_where_they_are(hub, tiny_checkpoint):
    hub.add(MODEL, tiny_checkpoint)
    hub.files[MODEL] |= {
        "modeling_evil.py": b"boom",
        "pytorch_model.bin": b"boom",
        "original/model.safetensors": b"boom",
    }
    fetch(MODEL)
    assert find_checkpoint(MODEL)
    asked = " ".join(hub.asked)
    assert not any(name in asked for name in ("modeling_evil.py", "pytorch_model.bin", "original"))


def test_it_says_how_far_it_is(hub):
    hub.files[MODEL] = {"config.json": b"{}", "model.safetensors": os.urandom(LARGE)}
    hub.pace = 16e6
    told: list[tuple[float, str]] = []
    fetch(MODEL, lambda fraction, doing: told.append((fraction, doing)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert any(0.2 < fraction < 0.95 for fraction in fractions)
    assert any(doing.startswith(f"Fetching {MODEL}: 10.5 of 24.0 MB") for _, doing in told)


def test_it_can_be_ended_in_the_middle_and_leaves_nothing_half_done(hub):
    hub.files[MODEL] = {"config.json": b"{}", "model.safetensors": os.urandom(LARGE)}
    hub.pace = 4e6

    class Enough(Exception):
        pass

    def stop_halfway(fraction: float, _doing: str) -> None:
        if fraction > 0.3:
            raise Enough

    with pytest.raises(Enough):
        fetch(MODEL, stop_halfway)
    assert not list(cache_folder(MODEL).rglob("*.incomplete"))
    with pytest.raises(ModelNotHereError):
        find_checkpoint(MODEL)
    hub.pace = None
    fetch(MODEL)
    assert cache_folder(MODEL).is_dir()


def test_a_network_that_hangs_does_not_hold_whoever_gives_up(hub):
    hub.files[MODEL] = {"model.safetensors": os.urandom(1000)}
    hub.pace = 20  # a byte a step

    class Enough(Exception):
        pass

    began = time.monotonic()

    def give_up(_fraction: float, doing: str) -> None:
        if time.monotonic() - began > 30 or doing.startswith("Fetching"):
            raise Enough

    with pytest.raises(Enough):
        fetch(MODEL, give_up)


def test_a_gated_model_says_where_its_terms_are(hub):
    hub.refusals[MODEL] = (403, "GatedRepo")
    assert f"accept its terms at {hub.address.split('//')[1]}/{MODEL}, run `hf auth login`" in refusal(MODEL)


def test_an_absent_model(hub):
    assert refusal(MODEL).startswith(f"There is no '{MODEL}' at ")


@pytest.mark.parametrize("spec", ["a b/c", "a/b/c", "../..", "-h"])
def test_what_is_no_id(hub, spec):
    assert refusal(spec) == f"'{spec}' is no id of the hub; write it as in internlm/Intern-S1-mini."
    assert hub.asked == []


def test_a_hub_in_trouble(hub):
    hub.refusals[MODEL] = (503, "")
    assert "answered 503" in refusal(MODEL)
    assert "try again later" in refusal(MODEL)


def test_no_network(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # the discard port: nobody listens
    sentence = refusal(MODEL)
    assert "127.0.0.1:9 cannot be reached" in sentence
    assert "check the network" in sentence


def test_told_to_stay_offline(hub, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE" in refusal(MODEL)
    assert hub.asked == []


def test_a_disk_that_is_too_small_is_seen_before_anything_is_written(hub):
    hub.files[MODEL] = {"model.safetensors": b"small"}
    hub.sizes["model.safetensors"] = 10**16
    sentence = refusal(MODEL)
    assert "takes 10000000.0 GB more and" in sentence
    assert "set HF_HOME" in sentence
    assert not [asked for asked in hub.asked if asked.startswith("GET /someone")]


def test_a_repository_without_safetensors(hub):
    hub.files[MODEL] = {"config.json": b"{}", "model.gguf": b"GGUF"}
    assert "holds no weights (*.safetensors)" in refusal(MODEL)


def test_on_the_command_line(hub, tiny_checkpoint, capsys):
    hub.add(MODEL, tiny_checkpoint)
    assert main(["fetch", MODEL]) == 0
    assert capsys.readouterr().out.startswith(f"{MODEL} is on this machine")
    assert main(["fetch", "no/such"]) == 2
    assert capsys.readouterr().err.strip().startswith("Retort: There is no 'no/such'")
