from __future__ import annotations

import pytest

from tests.model.checkpoints import embedded_tokenizer, write_tiny_checkpoint


@pytest.fixture(scope="session")
def tokenizer():
    return embedded_tokenizer()


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory):
    return write_tiny_checkpoint(tmp_path_factory.mktemp("tiny"))
