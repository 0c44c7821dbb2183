"""Weights of 8 bits on the CPU: half of the memory that a step has to read, and products of whole numbers.

A linear's weights are whole numbers from -127 to 127 with one scale for each output. A token's activations are rounded at
every call, to 32,258 steps up to their own largest: a few of them are many times the others, and with 127 steps the embedded
model chose another token one time in ten. Such a number is two of 8 bits, and so two rows of one product. The sums are of
whole numbers and so exact: a token's product is the same, to the last bit, whatever other tokens are computed beside it.
Where some tens of tokens are computed together, twice the sums cost what the smaller weights save, or a little more.
Linears that read the same tensor, such as those of queries, keys and values, are one product.
"""

from __future__ import annotations

import functools
import statistics
import time
import warnings
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from model.local.kernels import onednn

#: Linears that transformers' layers call with one tensor, by their names within a layer.
SIBLINGS = (("q_proj", "k_proj", "v_proj"), ("gate_proj", "up_proj"))
#: The largest whole number of weights, and of the first of the two that are an activation; ``SECONDS`` of the second make
#: one of the first.
LARGEST, SECONDS = 127, 254
#: Linears for which the first of the two is enough, by their names: attention has averaged what they read.
COARSE = ("o_proj",)
#: Where 0 is among the 256 numbers of an activation.
ZERO = 128
#: What ``is_quicker_here`` measures: matrices of this shape (inputs, outputs), too many for the processor's own memory,
#: and tokens read at once, as in one answer and in eight together.
MEASURED_SHAPE, MATRICES, MEASURED_ROWS, ROUNDS = (1024, 2048), 12, (1, 8), 6
#: Rows that are rounded at once, as fit a core's own memory.
ROWS_AT_ONCE = 256


class Int8Product:
    """The weights of one or more linears with a common input, below one another, and their product with it.

    ``weights`` are of shape (outputs, inputs), ``biases`` of shape (outputs) or None, one for each linear; where ``coarse``,
    127 steps are all that activations have.
    """

    def __init__(
        self, weights: Sequence[torch.Tensor], biases: Sequence[torch.Tensor | None], coarse: bool = False
    ) -> None:
        self.sizes = [weight.shape[0] for weight in weights]
        self._coarse = coarse
        self.nbytes = sum(weight.numel() for weight in weights) + 8 * sum(self.sizes)  # and a scale and a sum each
        self._packed = packed(weights)
        self._bias = _joined(biases, self.sizes)
        self._waiting: _Waiting | None = None

    def part(self, rows: torch.Tensor, index: int) -> torch.Tensor:
        """The product of these rows, of shape (..., tokens, inputs), with the linear of that index: (..., its outputs).

        That of its siblings is kept until they ask for it with the same tensor, or the tensor is gone.
        """
        if len(self.sizes) == 1:
            return self(rows)
        waiting = self._waiting
        if waiting is None or waiting.rows() is not rows or waiting.parts[index] is None:
            parts = list(self(rows).split(self.sizes, -1))
            waiting = _Waiting(weakref.ref(rows, self._forget), parts)
            self._waiting = waiting
        part, waiting.parts[index] = waiting.parts[index], None
        if not any(other is not None for other in waiting.parts):
            self._waiting = None
        return part

    def _forget(self, rows: weakref.ref[torch.Tensor]) -> None:
        waiting = self._waiting
        if waiting is not None and waiting.rows is rows:
            self._waiting = None

    def __call__(self, rows: torch.Tensor) -> torch.Tensor:
        """Of shape (..., all outputs), in the type of the rows."""
        exact = rows.float()
        largest = exact.abs().amax(-1, keepdim=True)
        # of a row of zeros this makes no numbers at all, and whatever becomes of them is multiplied by that zero below
        if self._coarse:
            sums = multiplied(exact * (LARGEST / largest), self._packed)
        else:
            halves = torch.empty((2, *rows.shape))
            firsts, seconds = halves.unbind()
            torch.mul(exact, LARGEST / largest, out=seconds)
            torch.round(seconds, out=firsts)
            seconds.sub_(firsts).mul_(SECONDS)
            sums, finer = multiplied(halves, self._packed).unbind()
            sums.add_(finer, alpha=1 / SECONDS)
        sums.mul_(largest)
        if self._bias is not None:
            sums.add_(self._bias)
        return sums.to(rows.dtype)


@dataclass
class _Waiting:
    """What the linears of one product have not asked for yet."""

    rows: weakref.ref[torch.Tensor]
    parts: list[Any]


class Int8Linear(nn.Module):
    """In the place of a ``torch.nn.Linear``: the part of that index of a product."""

    def __init__(self, linear: nn.Linear, product: Int8Product, index: int) -> None:
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        #: Of shape and type alone, for who asks a linear for these.
        self.weight = torch.empty_like(linear.weight, device="meta", requires_grad=False)
        self.product = product
        self._index = index

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.product.part(rows, self._index)


def multiplied(steps: torch.Tensor, matrix: Any) -> torch.Tensor:
    """Numbers of shape (..., inputs) from -127 to 127, rounded to whole ones, times a packed matrix: float32.

    FBGEMM's product, which PyTorch has for models that were quantized by it; it reads float32 and rounds by itself.
    """
    return torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(steps, 1.0, ZERO, matrix)


def packed(weights: Sequence[torch.Tensor]) -> Any:
    """These matrices of shape (outputs, inputs), below one another, as ``multiplied`` takes them.

    Each output has the scale with which activations of up to ``LARGEST`` stand for those of up to 1.
    """
    whole = torch.empty((sum(map(len, weights)), weights[0].shape[1]), dtype=torch.int8)
    scales = torch.empty(len(whole))
    parts = (part for weight in weights for part in weight.split(ROWS_AT_ONCE))
    start = 0
    for part in parts:
        end = start + len(part)
        largest = part.abs().amax(-1).float().clamp_min(torch.finfo(torch.float32).tiny)
        whole[start:end] = (part * (LARGEST / largest[:, None])).round_()
        scales[start:end] = largest / LARGEST**2
        start = end
    with warnings.catch_warnings():
        # that PyTorch will drop such tensors one day: ``is_exact_here`` is False then
        warnings.simplefilter("ignore", UserWarning)
        quantized = torch._make_per_channel_quantized_tensor(whole, scales.double(), torch.zeros(len(whole)).long(), 0)
    backend: Any = torch.backends.quantized  # a module that is really an object with properties
    before = backend.engine
    backend.engine = "fbgemm"
    try:
        return torch.ops.quantized.linear_prepack(quantized, None)
    finally:
        backend.engine = before


def _joined(biases: Sequence[torch.Tensor | None], sizes: Sequence[int]) -> torch.Tensor | None:
    if all(bias is None for bias in biases):
        return None
    each = [torch.zeros(size) if bias is None else bias.float() for bias, size in zip(biases, sizes, strict=True)]
    return torch.cat(each)


@torch.inference_mode()
def quantize(model: Any) -> None:
    """Replace the linears of a transformers model on the CPU, its head included, in place; what sees pictures stays.

    A head that is one with the embedding becomes a matrix of its own, and the embedding stays.
    """
    head = model.get_output_embeddings()
    for parent in list(model.get_decoder().modules()):
        for names in (*SIBLINGS, *((name,) for name, _ in parent.named_children())):
            linears = {name: getattr(parent, name, None) for name in names}
            if all(_can_be_replaced(linear) for linear in linears.values()) and _read_alike(linears.values()):
                _replace(parent, linears)
    if _can_be_replaced(head):
        parent, name = next(
            (parent, name) for parent in model.modules() for name, child in parent.named_children() if child is head
        )
        _replace(parent, {name: head})


def _can_be_replaced(linear: Any) -> bool:
    return type(linear) is nn.Linear and linear.weight.is_floating_point() and linear.weight.device.type == "cpu"


def _read_alike(linears: Iterable[Any]) -> bool:
    return len({linear.in_features for linear in linears}) == 1


def _replace(parent: nn.Module, linears: dict[str, Any]) -> None:
    weights, biases = zip(*((linear.weight, linear.bias) for linear in linears.values()), strict=True)
    product = Int8Product(weights, biases, coarse=all(name in COARSE for name in linears))
    for index, (name, linear) in enumerate(linears.items()):
        setattr(parent, name, Int8Linear(linear, product, index))


def is_quantized(model: Any) -> bool:
    return any(isinstance(module, Int8Linear) for module in model.modules())


def weights_of(model: Any) -> str:
    """ "int8", or the type that the weights are computed with, such as "bf16"."""
    if is_quantized(model):
        return "int8"
    name = str(model.dtype).removeprefix("torch.")
    return {"bfloat16": "bf16", "float16": "fp16", "float32": "fp32"}.get(name, name)


def weight_bytes(model: Any) -> int:
    """Of what ``quantize`` has put in the place of linears; it is no parameter of the model."""
    products = {module.product for module in model.modules() if isinstance(module, Int8Linear)}
    return sum(product.nbytes for product in products)


@functools.cache
@torch.inference_mode()
def is_exact_here() -> bool:
    """Whether such products are here, and exact; looked at once.

    Without the instructions that add four products in 32 bits (VNNI), the kernel may cut sums off at 16 bits; on ARM
    there is none.
    """
    try:
        return _is_exact()
    except (AttributeError, RuntimeError):  # no such operator in this PyTorch, or no kernel for this processor
        return False


@functools.cache
@torch.inference_mode()
def is_quicker_here() -> bool:
    """Whether they are quicker than those in bf16, for one token and for several; measured once."""
    return _gain() > 1


def _is_exact() -> bool:
    inputs, outputs = MEASURED_SHAPE
    random = torch.Generator().manual_seed(0)
    weights = torch.randint(-LARGEST, LARGEST + 1, (outputs, inputs), generator=random).float()
    steps = torch.randint(-LARGEST, LARGEST + 1, (MEASURED_ROWS[-1], inputs), generator=random).float()
    weights[0], weights[1], steps[0], steps[1] = -LARGEST, LARGEST, LARGEST, -LARGEST
    weights[:, 0] = LARGEST  # so that all are rounded to themselves
    sums = steps.double() @ weights.double().T / LARGEST
    return bool(torch.allclose(multiplied(steps, packed([weights])), sums.float(), rtol=1e-6, atol=0))


def _gain() -> float:
    """How many times as quick as bf16: the mean of the ratios for one token and for several."""
    inputs, outputs = MEASURED_SHAPE
    weights = [torch.rand(outputs, inputs, dtype=torch.bfloat16) for _ in range(MATRICES)]
    products = [Int8Product([weight], [None]) for weight in weights]
    linears = [functools.partial(nn.functional.linear, weight=weight) for weight in weights]
    ratios = []
    for rows in MEASURED_ROWS:
        read = torch.rand(rows, inputs, dtype=torch.bfloat16)
        ours, theirs = float("inf"), float("inf")
        for _ in range(ROUNDS):
            ours = min(ours, _passed(products, read))
            for enabled in (True, False) if rows == 1 else (True,):  # whichever a step would use
                with onednn(enabled):
                    theirs = min(theirs, _passed(linears, read))
        ratios.append(theirs / ours)
    return statistics.geometric_mean(ratios)


def _passed(products: Sequence[Callable[[torch.Tensor], torch.Tensor]], read: torch.Tensor) -> float:
    started = time.perf_counter()
    for product in products:
        product(read)
    return time.perf_counter() - started
