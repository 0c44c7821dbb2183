from __future__ import annotations

import pytest
import torch

from tests.model.checkpoints import embedded_tokenizer, write_tiny_checkpoint


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
