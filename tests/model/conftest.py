from __future__ import annotations

import pytest
import torch

from model.local.loading import load
from tests.model.checkpoints import embedded_tokenizer, write_tiny_checkpoint
from tests.model.interns1_checkpoint import write_checkpoint
from tests.model.pairs import Pair


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Two threads of one matrix product wait for each other when a core is busy with something else."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tokenizer():
    return embedded_tokenizer()


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory):
    return write_tiny_checkpoint(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def interns1(tmp_path_factory):
    pair = Pair(load(str(write_checkpoint(tmp_path_factory.mktemp("once") / "Intern-S1-mini")), threads=1))
    yield pair
    pair.close()


@pytest.fixture
def seeing(interns1):
    """With nothing kept of earlier tests."""
    interns1.local._scheduler.reader.forget()
    return interns1
