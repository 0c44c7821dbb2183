"""Block-wise fp8 checkpoints: the numbers that they hold, expanded at loading or when they are used."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers.integrations.finegrained_fp8 import FP8Linear

from model.local.fp8 import ExpandedWhenUsed, expand_when_used
from model.local.loading import load
from model.local.placing import Room
from tests.model.interns1_checkpoint import internvl, write_checkpoint

BLOCK = 32
LARGEST = 448.0  # of float8_e4m3fn (https://arxiv.org/abs/2209.05433, table 1)
IDS = torch.tensor([[*range(100, 140)]])


def in_fp8(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(fp8 numbers, scales), as DeepSeek-V3's checkpoints store them; both sides divide by the block here."""
    rows, columns = weight.shape[0] // BLOCK, weight.shape[1] // BLOCK
    blocks = weight.reshape(rows, BLOCK, columns, BLOCK)
    scales = blocks.abs().amax((1, 3)) / LARGEST
    numbers = (blocks / scales[:, None, :, None]).to(torch.float8_e4m3fn)
    return numbers.reshape(weight.shape), scales


def expanded(numbers: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    return numbers.float() * torch.kron(scales, torch.ones(BLOCK, BLOCK))


@pytest.fixture(scope="module")
def folder_and_reference(tmp_path_factory):
    """An fp8 checkpoint, and transformers' own model with the numbers that it holds."""
    folder = write_checkpoint(tmp_path_factory.mktemp("fp8") / "Intern-S1-mini-FP8")
    reference = internvl()
    weights, stored = load_file(folder / "model.safetensors"), {}
    for name, weight in weights.items():
        if "language_model.layers" in name and name.endswith("_proj.weight"):
            numbers, scales = in_fp8(weight)
            stored |= {name: numbers, f"{name}_scale_inv": scales}
            reference.get_parameter(name).data = expanded(numbers, scales)
        else:
            stored[name] = weight
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    config["quantization_config"] = {
        "quant_method": "fp8",
        "activation_scheme": "dynamic",
        "weight_block_size": [BLOCK, BLOCK],
        "modules_to_not_convert": ["vision_tower", "multi_modal_projector", "lm_head"],
    }
    (folder / "config.json").write_text(json.dumps(config))
    return folder, reference


def logits(model) -> torch.Tensor:
    with torch.inference_mode():
        return model(input_ids=IDS).logits


def test_expanded_at_loading_it_computes_with_the_numbers_of_the_file(folder_and_reference):
    folder, reference = folder_and_reference
    local = load(str(folder), threads=1)
    local.close()
    assert local.name == "Intern-S1-mini-FP8"
    assert not any(isinstance(module, FP8Linear) for module in local.model.modules())
    torch.testing.assert_close(logits(local.model), logits(reference), rtol=1e-4, atol=1e-4)


def test_expanded_when_used_it_computes_the_same_in_half_the_memory(folder_and_reference, monkeypatch):
    """As on a GPU with fp8 and too little memory for bf16; the check for the GPU is all that is left out."""
    folder, reference = folder_and_reference
    monkeypatch.setattr(
        "transformers.quantizers.quantizer_finegrained_fp8.FineGrainedFP8HfQuantizer.validate_environment",
        lambda *_, **__: None,
    )
    monkeypatch.setattr("model.local.loading._precision", lambda checkpoint, room: (True, checkpoint.weight_bytes))
    local = load(str(folder), threads=1)
    local.close()
    kept = [module for module in local.model.modules() if isinstance(module, ExpandedWhenUsed)]
    assert len(kept) == 2 * 7  # q, k, v, o, gate, up, down in two layers
    assert {module.weight.dtype for module in kept} == {torch.float8_e4m3fn}
    torch.testing.assert_close(logits(local.model), logits(reference), rtol=1e-4, atol=1e-4)


def test_blocks_that_do_not_divide_a_matrix_end_with_it():
    torch.manual_seed(0)
    layer = FP8Linear(50, 70, block_size=(32, 16), has_bias=True)
    numbers = torch.randn(70, 50).to(torch.float8_e4m3fn)
    scales = torch.rand(3, 4)
    layer.weight.data, layer.weight_scale_inv.data, layer.bias.data = numbers, scales, torch.randn(70)
    expand_when_used(layer)
    weight = torch.tensor([[numbers[i, j].float() * scales[i // 32, j // 16] for j in range(50)] for i in range(70)])
    given = torch.randn(3, 50)
    with torch.inference_mode():
        torch.testing.assert_close(layer(given), given @ weight.T + layer.bias)


def test_fp8_stays_only_where_its_expansion_does_not_fit(folder_and_reference):
    from model.local.checkpoint import find_checkpoint
    from model.local.loading import _precision

    checkpoint = find_checkpoint(str(folder_and_reference[0]))
    size = checkpoint.weight_bytes
    assert _precision(checkpoint, Room((), 10 * size)) == (False, 2 * size)
    assert _precision(checkpoint, Room((3 * size,), 0, has_fp8=True)) == (False, 2 * size)
    assert _precision(checkpoint, Room((2 * size,), 0, has_fp8=True)) == (True, size)
    assert _precision(checkpoint, Room((2 * size,), 0, has_fp8=False)) == (False, 2 * size)
