"""Steps of fixed shapes: one token of each of several texts, computed on a GPU as one recorded graph.

Launching a model's thousand small kernels takes longer than an H100 needs for the numbers of one token. Recorded once for a
number of texts and a length, both rounded up, a step is launched as a whole; what changes from step to step (the tokens,
where they go, what they see) is written into the tensors that the graph reads. On the CPU, where nothing is recorded, the
same steps are computed one by one: so the tests run them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn.functional import pad, scaled_dot_product_attention

from model.local.attention import QUERIES, Part, gathered, rounded
from model.local.blocks import BLOCK, Blocks, Table

#: Texts in one step at most; more are read without a graph.
MOST = 16


class Steps:
    """The recorded steps of one model over its blocks, one of which is kept for what nobody looks at."""

    def __init__(self, model: Any, blocks: Blocks, device: torch.device) -> None:
        self._model = model
        self._blocks = blocks
        self._device = device
        self._nowhere = Table()
        blocks.make_room(self._nowhere, BLOCK)
        self._recorded: dict[tuple[int, int], _Step] = {}
        self._memory: Any = None  # that all graphs share

    def takes(self, parts: Sequence[Part]) -> bool:
        return len(parts) <= MOST and all(part.count == 1 for part in parts)

    def logits(self, parts: Sequence[Part], ids: Sequence[int]) -> torch.Tensor:
        """(texts, vocabulary) after these tokens; overwritten by the next step."""
        texts = 1 << (len(parts) - 1).bit_length()
        size = rounded(max(-(-part.end // BLOCK) for part in parts))
        step = self._recorded.get((texts, size))
        if step is None:
            step = _Step(self._blocks, self._device, self._nowhere.blocks[0], texts, size)
            step.fill(parts, ids)
            step.run = self._record(step)
            self._recorded[texts, size] = step
        step.fill(parts, ids)
        return step.run()[: len(parts)]

    def _record(self, step: _Step) -> Callable[[], torch.Tensor]:
        def compute() -> torch.Tensor:
            return self._model(input_ids=step.ids, position_ids=step.positions, use_cache=False, reading=step).logits[0]

        if self._device.type != "cuda":
            return compute
        beside = torch.cuda.Stream()
        beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            compute()  # what is made ready at the first call is not to be recorded
        torch.cuda.current_stream().wait_stream(beside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._memory):
            logits = compute()
        self._memory = self._memory or graph.pool()

        def replay() -> torch.Tensor:
            graph.replay()
            return logits

        return replay


class _Step:
    """The tensors of one step over ``texts`` texts of at most ``size`` blocks; goes with it to every layer."""

    run: Callable[[], torch.Tensor]

    def __init__(self, blocks: Blocks, device: torch.device, nowhere: int, texts: int, size: int) -> None:
        self._blocks = blocks
        self._nowhere = nowhere
        self._texts, self._size = texts, size
        self.ids, self.positions = (torch.zeros((1, texts), dtype=torch.long, device=device) for _ in range(2))
        self._places = torch.zeros(texts, dtype=torch.long, device=device)
        self._which = torch.zeros(texts * size, dtype=torch.long, device=device)
        dtype = blocks.layers[0].dtype
        self._mask = torch.zeros((texts, 1, 1, size * BLOCK), dtype=dtype, device=device)
        self._seen = torch.arange(size * BLOCK, device=device)

    def fill(self, parts: Sequence[Part], ids: Sequence[int]) -> None:
        """Of a text too many, a token is read where nobody looks."""
        which = np.full((self._texts, self._size), self._nowhere, dtype=np.int64)
        places = np.full(self._texts, self._nowhere * BLOCK, dtype=np.int64)
        positions, tokens = (np.zeros(self._texts, dtype=np.int64) for _ in range(2))
        for row, (part, id) in enumerate(zip(parts, ids, strict=True)):
            held = -(-part.end // BLOCK)
            which[row, :held] = part.table.blocks[:held]
            places[row] = self._blocks.places(part.table, part.start, 1)[0]
            positions[row], tokens[row] = part.start, id
        for target, values in (
            (self._which, which.ravel()), (self._places, places), (self.positions[0], positions), (self.ids[0], tokens),
        ):  # fmt: skip
            target.copy_(torch.from_numpy(values))
        beyond = self._seen > self.positions[0][:, None]
        self._mask.zero_().masked_fill_(beyond[:, None, None], float("-inf"))

    def attend(
        self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float | None
    ) -> torch.Tensor:
        keys, values = self._blocks.keys[layer], self._blocks.values[layer]
        keys.index_copy_(0, self._places, key[0].transpose(0, 1))
        values.index_copy_(0, self._places, value[0].transpose(0, 1))
        group = query.shape[1] // key.shape[1]
        queries = query[0].transpose(0, 1).unflatten(1, (-1, group))
        queries = pad(queries, (0, 0, 0, -group % QUERIES))
        mask = self._mask.expand(-1, -1, queries.shape[2], -1)
        key, value = (gathered(tensor, self._which, self._texts) for tensor in (keys, values))
        seen = scaled_dot_product_attention(queries, key, value, attn_mask=mask, scale=scale)
        return seen[:, :, :group].flatten(1, 2)[None]
