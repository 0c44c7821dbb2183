"""Where weights go: the arithmetic, and a model over two devices that says what it says on one."""

from __future__ import annotations

import threading

import pytest
import torch
from accelerate import cpu_offload

from errors import ModelMemoryError
from model.events import Options
from model.local.engine import LocalModel
from model.local.loading import load
from model.local.memory import main_device
from model.local.placing import Room, caution, place
from model.messages import Message, Text
from tests.model.interns1_checkpoint import write_checkpoint

GB = 1_000_000_000
INTERN_S1_MINI = 17_080_000_000


def placed(*gpus: float, machine: float = 64):
    return place("Intern-S1-mini", INTERN_S1_MINI, Room(tuple(int(gpu * GB) for gpu in gpus), int(machine * GB)))


def test_without_a_gpu_the_processor_computes():
    assert placed().arguments == {}
    with pytest.raises(ModelMemoryError, match=r"needs about 19.6 GB of memory and 16.0 GB are free; close other"):
        placed(machine=16)


def test_the_roomiest_gpu_takes_it_whole():
    assert placed(24).arguments == {"device_map": {"": 0}}
    assert placed(4, 24, 80).arguments == {"device_map": {"": 2}}


def test_several_gpus_share_what_none_of_them_holds():
    placement = placed(12, 12)
    assert placement.arguments["device_map"] == "auto"
    assert set(placement.arguments["max_memory"]) == {0, 1}
    assert placement.carried == 0


def test_what_no_gpu_holds_waits_in_main_memory():
    placement = placed(11.5)
    assert placement.arguments["max_memory"] == {0: 10 * GB, "cpu": pytest.approx(55.65 * GB, rel=1e-3)}
    assert placement.carried == pytest.approx(7.08 * GB)


def test_what_does_not_fit_at_all_is_refused_with_the_figures():
    with pytest.raises(ModelMemoryError, match=r"4.0 GB \+ 2.0 GB on the GPUs and 8.0 GB of main memory are free"):
        placed(4, 2, machine=8)


def test_slow_models_say_how_slow_and_quick_ones_nothing():
    assert caution(placed(), INTERN_S1_MINI, 0.05) == ""
    assert caution(placed(24), INTERN_S1_MINI, 0.012) == ""
    assert caution(placed(), INTERN_S1_MINI, 1.25) == (
        "It computes 17.1 GB of weights for each token on this machine: about 0.8 tokens a second are to be expected."
    )
    assert caution(placed(11.5), INTERN_S1_MINI, 0.5) == (
        "7.1 GB of its 17.1 GB do not fit on the GPU and are carried there for each token: "
        "about 2.0 tokens a second are to be expected."
    )


def test_weights_that_wait_elsewhere_give_the_same_answer(tmp_path):
    """accelerate's own hooks carry each layer to where it is computed, as they do for a GPU."""
    whole = load(str(write_checkpoint(tmp_path / "Intern-S1-mini")), threads=1)
    question = [Message("user", (Text("What is CC(=O)Oc1ccccc1C(=O)O?"),))]
    options = Options(max_new_tokens=12, seed=1)
    expected = list(whole.stream(question, (), options, threading.Event()))
    whole.close()
    cpu_offload(whole.model, execution_device=torch.device("cpu"))
    assert {parameter.device.type for parameter in whole.model.parameters()} == {"meta"}
    assert main_device(whole.model).type == "cpu"
    carried = LocalModel(whole.model, whole.tokenizer, whole._known, whole.abilities, 1, whole.eyes)
    got = list(carried.stream(question, (), options, threading.Event()))
    carried.close()
    assert got[:-1] == expected[:-1]
    assert got[-1].usage.new_tokens == expected[-1].usage.new_tokens == 12
