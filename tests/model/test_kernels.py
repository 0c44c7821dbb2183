"""The kernels of a step: chosen by measuring, and switched back whatever happens."""

from __future__ import annotations

import pytest
import torch

from model.local.kernels import onednn, steps_with_onednn
from tests.model.checkpoints import tiny_model


@pytest.mark.parametrize("enabled", [True, False])
def test_the_switch_is_set_back_also_after_an_error(enabled):
    before = torch.backends.mkldnn.enabled
    with pytest.raises(RuntimeError, match="broke"), onednn(enabled):
        assert torch.backends.mkldnn.enabled is enabled
        raise RuntimeError("broke")
    assert torch.backends.mkldnn.enabled is before


def test_measuring_leaves_the_switch_and_the_weights_as_they_were():
    model = tiny_model(vocab_size=64)
    weights = {name: value.clone() for name, value in model.state_dict().items()}
    before = torch.backends.mkldnn.enabled
    assert steps_with_onednn(model) in (True, False)
    assert torch.backends.mkldnn.enabled is before
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_both_kernels_compute_the_same(dtype):
    random = torch.Generator().manual_seed(0)
    weight = torch.randn((64, 576), generator=random).to(dtype)
    row = torch.randn((1, 576), generator=random).to(dtype)
    products = []
    for enabled in (True, False):
        with onednn(enabled):
            products.append(torch.nn.functional.linear(row, weight).float())
    exact = (row.double() @ weight.double().T).float()
    for product in products:
        torch.testing.assert_close(product, exact, rtol=0.01, atol=0.25 if dtype is torch.bfloat16 else 1e-3)
