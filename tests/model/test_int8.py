"""Weights of 8 bits: close to what they stand for, the same for a token whatever is computed beside it, and none doubled."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM

from bench.quality import compare, embedded_model, texts
from errors import ModelError
from model.embedded import embedded_path
from model.local import int8
from model.local.int8 import Int8Linear, Int8Product, is_quantized, quantize, weight_bytes, weights_of
from model.local.loading import load
from tests.model.checkpoints import tiny_model
from tests.model.interns1_checkpoint import write_checkpoint

pytestmark = pytest.mark.skipif(not int8.is_exact_here(), reason="this processor's product of 8 bits is not exact")
ROWS = (1, 2, 3, 7, 8, 33, 512)


@pytest.fixture(autouse=True)
def suits(monkeypatch):
    """However busy the machine is while this is tested."""
    monkeypatch.setattr(int8, "is_quicker_here", lambda: True)


def drawn(*shape, seed=0, dtype=torch.bfloat16):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(dtype)


@torch.inference_mode()
def product_of(outputs, inputs, bias=False, coarse=False, dtype=torch.bfloat16):
    weight = drawn(outputs, inputs, dtype=dtype)
    return weight, Int8Product([weight], [drawn(outputs, seed=1) if bias else None], coarse)


def rounded(rows, parts):
    """Whole numbers, and what one of them stands for in each row."""
    largest = rows.float().abs().amax(1, keepdim=True)
    return (rows.float() * (parts / largest)).round().double(), (largest / parts).double()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32, torch.float16])
@pytest.mark.parametrize("coarse", [False, True])
def test_a_product_is_what_its_rounded_factors_say(dtype, coarse):
    weight, product = product_of(70, 100, coarse=coarse, dtype=dtype)
    rows = drawn(5, 100, seed=2, dtype=dtype)
    parts = 127 if coarse else 127 * 254
    steps, of_steps = rounded(weight, 127)
    numbers, of_numbers = rounded(rows, parts)
    expected = (numbers @ steps.T) * of_numbers * of_steps.T
    made = product(rows)
    assert made.dtype == dtype
    close = {torch.float32: 5e-4, torch.bfloat16: 5e-3, torch.float16: 1e-3}[dtype]
    torch.testing.assert_close(made.double(), expected, rtol=close, atol=close)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize(("outputs", "inputs"), [(960, 576), (576, 1536), (101, 77), (49_152, 64)])
@pytest.mark.parametrize(("bias", "coarse"), [(False, False), (True, True), (True, False)])
def test_a_token_has_the_same_product_alone_and_beside_others(outputs, inputs, bias, coarse, threads):
    _, product = product_of(outputs, inputs, bias, coarse)
    rows = drawn(512, inputs, seed=2)
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with torch.inference_mode():
            alone = torch.cat([product(row[None]) for row in rows[:33]])
            for count in ROWS:
                together = product(rows[:count])
                assert torch.equal(together[:33], alone[:count])
                assert torch.equal(product(rows[None, -count:])[0, -1:], product(rows[-1:]))
    finally:
        torch.set_num_threads(before)


def test_extremes_are_exact_and_a_row_of_zeros_is_zero():
    weight = torch.full((3, 4096), -127.0)
    weight[1], weight[2, ::2] = 127, 127
    rows = torch.full((4, 4096), 127.0)
    rows[1], rows[2, ::2], rows[3] = -127, -127, 0
    made = Int8Product([weight], [None])(rows)
    assert torch.equal(made, rows @ weight.T)


def test_nothing_that_is_no_number_becomes_one():
    _, product = product_of(8, 16)
    rows = drawn(2, 16)
    rows[0, 3] = float("nan")
    made = product(rows)
    assert made[0].isnan().all()
    assert made[1].isfinite().all()


def test_what_is_read_is_not_changed():
    _, product = product_of(8, 16, dtype=torch.float32)
    rows = drawn(2, 16, dtype=torch.float32)
    before = rows.clone()
    product(rows)
    assert torch.equal(rows, before)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj = nn.Linear(16, 24), nn.Linear(16, 8, bias=False), nn.Linear(16, 8)


@pytest.fixture
def layer(monkeypatch):
    """Its siblings replaced, and how often a product is computed."""
    model = tiny_model()
    layer = Layer()
    model.model.layers[0].self_attn = layer
    wholes = {name: Int8Product([linear.weight.data], [linear.bias]) for name, linear in layer.named_children()}
    quantize(model)
    computed = []
    monkeypatch.setattr(int8, "multiplied", lambda *given, of=int8.multiplied: (computed.append(1), of(*given))[1])
    return layer, wholes, computed


@torch.inference_mode()
def test_siblings_share_one_product_in_any_order(layer):
    layer, wholes, computed = layer
    for names in ("q_proj", "k_proj", "v_proj"), ("v_proj", "q_proj", "k_proj"):
        rows = drawn(1, 3, 16, seed=5, dtype=torch.float32)
        made = {name: getattr(layer, name)(rows) for name in names}
        assert len(computed) == 1
        assert layer.q_proj.product._waiting is None
        for name, whole in wholes.items():
            assert torch.equal(made[name], whole(rows))
        computed.clear()


@torch.inference_mode()
def test_a_sibling_that_reads_another_tensor_gets_that_ones_product(layer):
    layer, wholes, _ = layer
    one, other = drawn(3, 16, dtype=torch.float32), drawn(3, 16, dtype=torch.float32)
    layer.q_proj(one)
    other += 1
    assert torch.equal(layer.k_proj(other), wholes["k_proj"](other))
    assert torch.equal(layer.v_proj(one), wholes["v_proj"](one))
    assert torch.equal(layer.v_proj(one), wholes["v_proj"](one))


@torch.inference_mode()
def test_what_no_sibling_asks_for_is_gone_with_what_was_read(layer):
    layer, _, _ = layer
    rows = drawn(3, 16, dtype=torch.float32)
    layer.q_proj(rows)
    product = layer.q_proj.product
    kept = weakref.ref(product._waiting.parts[1])
    del rows
    gc.collect()
    assert product._waiting is None
    assert kept() is None


def tiny_of(kind, **changed):
    sizes = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 320,
             "num_key_value_heads": 2, "max_position_embeddings": 128, "pad_token_id": 0, "head_dim": 16}  # fmt: skip
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **{**sizes, **changed})).eval()


@pytest.mark.parametrize("kind", ["llama", "qwen2", "qwen3", "mistral", "gemma", "gemma2", "phi", "phi3"])
def test_models_that_transformers_loads_keep_their_logits_nearly(kind):
    model = tiny_of(kind)
    ids = torch.arange(40)[None] * 7 % 320
    with torch.inference_mode():
        before = model(ids).logits
        quantize(model)
        after = model(ids).logits
    assert is_quantized(model)
    assert not [name for name, module in model.named_modules() if type(module) is nn.Linear]
    assert 1e-6 < float((after - before).norm() / before.norm()) < 0.05


def test_the_matrices_that_are_replaced_are_freed_and_a_tied_embedding_stays():
    model = tiny_of("llama", tie_word_embeddings=True)
    embedding = model.get_input_embeddings().weight
    assert model.get_output_embeddings().weight is embedding
    before = embedding.clone()
    of_layers = [weakref.ref(module.weight) for module in model.model.modules() if type(module) is nn.Linear]
    quantize(model)
    gc.collect()
    assert len(of_layers) == 14
    assert not [weight for weight in of_layers if weight() is not None]
    assert model.get_input_embeddings().weight is embedding
    assert torch.equal(embedding, before)
    assert model.get_output_embeddings().weight.shape == (320, 64)
    numbers = 320 * 64 + 2 * (64 * (64 + 32 + 32 + 64) + 3 * 64 * 96)
    scales = 320 + 2 * (64 + 32 + 32 + 64 + 2 * 96 + 64)
    assert weight_bytes(model) == numbers + 8 * scales


def test_weights_are_named():
    model = tiny_model()
    assert weights_of(model) == "fp32"
    assert weights_of(model.to(torch.bfloat16)) == "bf16"
    quantize(model)
    assert weights_of(model) == "int8"


def test_what_sees_pictures_stays_as_it_is(tmp_path):
    local = load(str(write_checkpoint(tmp_path / "Intern-S1-mini")), threads=1, weights="int8")
    local.close()
    names = [name for name, module in local.model.named_modules() if isinstance(module, Int8Linear)]
    assert local.weights == "int8"
    assert "lm_head" in names
    assert {name.split(".")[1] for name in names if name != "lm_head"} == {"language_model"}
    plain = [name for name, module in local.model.named_modules() if type(module) is nn.Linear]
    assert {name.split(".")[1] for name in plain} == {"vision_tower", "multi_modal_projector"}


def test_only_the_embedded_model_is_rounded_unasked(tiny_checkpoint):
    for spec, asked, expected in (
        (embedded_path(), "auto", "int8"),
        (embedded_path(), "full", "bf16"),
        (tiny_checkpoint, "auto", "fp32"),
        (tiny_checkpoint, "int8", "int8"),
    ):
        local = load(str(spec), threads=1, weights=asked)
        local.close()
        assert local.weights == expected


def test_where_it_is_not_quicker_the_weights_stay_unless_they_are_asked_for(tiny_checkpoint, monkeypatch):
    monkeypatch.setattr(int8, "is_quicker_here", lambda: False)
    for spec, asked, expected in ((embedded_path(), "auto", "bf16"), (tiny_checkpoint, "int8", "int8")):
        local = load(str(spec), threads=1, weights=asked)
        local.close()
        assert local.weights == expected


def test_where_it_is_not_exact_the_weights_stay_and_who_asks_is_told(tiny_checkpoint, monkeypatch):
    monkeypatch.setattr(int8, "is_exact_here", lambda: False)
    local = load(str(embedded_path()), threads=1)
    local.close()
    assert local.weights == "bf16"
    with pytest.raises(ModelError, match=r"products of 8 bits are not exact.*start without --weights int8\.$"):
        load(str(tiny_checkpoint), threads=1, weights="int8")


def test_a_machine_without_the_product_does_not_suit(monkeypatch):
    monkeypatch.undo()

    def missing(*_):
        raise AttributeError("'_OpNamespace' 'quantized' object has no attribute 'linear_prepack'")

    monkeypatch.setattr(int8, "packed", missing)
    int8.is_exact_here.cache_clear()
    assert int8.is_exact_here() is False
    int8.is_exact_here.cache_clear()


def test_a_product_that_is_cut_off_at_16_bits_is_found(monkeypatch):
    def cut_off(steps, matrix):
        sums = exact(steps, matrix)
        return sums.clamp(-(2.0**15) / 127**2, 2.0**15 / 127**2)

    exact = int8.multiplied
    monkeypatch.setattr(int8, "multiplied", cut_off)
    assert not int8._is_exact()


def test_the_embedded_model_in_8_bits_says_nearly_what_its_original_says():
    original, rounded = embedded_model(), embedded_model()
    quantize(rounded)
    compared = compare(original, rounded, texts()[:3])
    assert compared.original_perplexity < 20
    assert compared.perplexity <= 1.02 * compared.original_perplexity
    assert compared.same >= 0.95
    assert compared.divergence <= 0.02
