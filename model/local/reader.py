"""The model as something that reads: tokens of several texts in, logits out, what was read kept for each text."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from errors import ModelError
from model.local.attention import NAME, Part, Pass, attend
from model.local.blocks import BLOCK, Blocks, LayerShape, NoRoomError, Table
from model.local.graphs import Steps
from model.local.memory import is_out_of_memory, main_device, usable_bytes
from model.local.prefixes import Prefixes

logger = logging.getLogger(__name__)

#: Ways to rotate keys that depend on how long the whole is: a beginning read alone is not that of a longer text.
ROTATES_BY_LENGTH = frozenset({"dynamic", "longrope"})
#: Tokens that are read at the start, to see how the model is built.
PROBED = 6
MOST_BYTES_ON_CPU, CONTEXTS_ON_CPU, SHARE_OF_GPU = 2_000_000_000, 4, 0.8


@dataclass(eq=False)
class Text:
    """What was read of one text: a key for each token, and where its keys and values lie.

    A key is a token's id; for a place where a picture stands, a number of that picture's own (``pictures.keyed``).
    """

    keys: list[int] = field(default_factory=list)
    table: Table = field(default_factory=Table)
    cache: DynamicCache | None = None


@dataclass(frozen=True, eq=False)
class Bite:
    """The next tokens of one text: ids, their keys, and embeddings (tokens, hidden) where pictures are among them.

    Logits are wanted of the last ``wanted`` of them.
    """

    text: Text
    ids: Sequence[int]
    keys: Sequence[int]
    embeds: torch.Tensor | None = None
    wanted: int = 1


class Reader(Protocol):
    """``known`` tells how much of a text's beginning has been read before, ``begin`` gives that, ``read`` reads on, ``keep``
    makes it known, ``release`` ends it.

    ``free_blocks`` says how many more tokens there is memory for, in blocks. Where it ``reads_together``, it reads several
    bites in one pass, and one that failed has changed nothing.
    """

    reads_together: bool

    @property
    def free_blocks(self) -> int: ...

    @property
    def answering_bytes(self) -> int: ...

    @property
    def kept_bytes(self) -> int: ...

    @property
    def most_bytes(self) -> int: ...

    def known(self, keys: Sequence[int]) -> int: ...

    def begin(self, keys: Sequence[int], fresh: int) -> Text: ...

    def read(self, bites: Sequence[Bite]) -> list[torch.Tensor]: ...

    def cut_back(self, text: Text, length: int) -> None: ...

    def keep(self, text: Text) -> None: ...

    def release(self, text: Text, is_sound: bool = True) -> None: ...

    def forget(self) -> int: ...


class BlockReader:
    """All texts of a pass are read at once, and lie in blocks; what was read is found again by its beginning."""

    reads_together = True

    def __init__(self, model: Any, layers: Sequence[LayerShape], count: int, budget: int | None) -> None:
        self._model = model
        self._device = main_device(model)
        self.blocks = Blocks(layers, count)
        self.prefixes = Prefixes(self.blocks, budget)
        is_all_there = self._device.type == "cuda" and all(p.device == self._device for p in model.parameters())
        self.steps: Steps | None = Steps(model, self.blocks, self._device) if is_all_there else None

    @property
    def free_blocks(self) -> int:
        return self.blocks.count - self.blocks.used + self.prefixes.alone

    @property
    def answering_bytes(self) -> int:
        return (self.blocks.used - self.prefixes.alone) * self.blocks.bytes_per_block

    @property
    def kept_bytes(self) -> int:
        return self.prefixes.held_bytes

    @property
    def most_bytes(self) -> int:
        return self.blocks.count * self.blocks.bytes_per_block

    def known(self, keys: Sequence[int]) -> int:
        return self.prefixes.find(keys)[1]

    def begin(self, keys: Sequence[int], fresh: int) -> Text:
        known, length = self.prefixes.find(keys, fresh)
        return Text(list(keys[:length]), self.blocks.shared(known, length)) if known else Text()

    def read(self, bites: Sequence[Bite]) -> list[torch.Tensor]:
        """Logits (wanted, vocabulary) for each bite; raises ``NoRoomError`` before anything is read."""
        for bite in bites:
            self._make_room(bite)
        parts = [Part(bite.text.table, len(bite.text.keys), len(bite.ids)) for bite in bites]
        rows = self._stepped(bites, parts) or self._passed(bites, parts)
        for bite in bites:
            bite.text.keys += bite.keys
            bite.text.table.length += len(bite.ids)
        return rows

    def _stepped(self, bites: Sequence[Bite], parts: Sequence[Part]) -> list[torch.Tensor]:
        """Nothing where it is no recorded step, or where the model cannot be recorded, which is then not tried again."""
        if self.steps is None or not self.steps.takes(parts):
            return []
        try:
            return list(self.steps.logits(parts, [bite.ids[0] for bite in bites]).split(1))
        except Exception as error:
            if is_out_of_memory(error):
                raise
            logger.warning("the steps of this model cannot be recorded: %s", error)
            self.steps = None
            return []

    def _passed(self, bites: Sequence[Bite], parts: Sequence[Part]) -> list[torch.Tensor]:
        of = {id(bite.text.table): bite for bite in bites}
        whole = Pass(self.blocks, parts)
        ordered = [of[id(part.table)] for part in whole.parts]
        wanted: list[int] = []
        row = 0
        for bite in ordered:
            row += len(bite.ids)
            wanted += range(row - bite.wanted, row)
        logits = self._model(
            **self._tokens(ordered),
            position_ids=whole.positions.to(self._device),
            use_cache=False,
            logits_to_keep=torch.tensor(wanted, device=self._device),
            reading=whole,
        ).logits[0]
        rows = dict(zip(map(id, ordered), logits.split([bite.wanted for bite in ordered]), strict=True))
        return [rows[id(bite)] for bite in bites]

    def cut_back(self, text: Text, length: int) -> None:
        self.blocks.cut_back(text.table, length)
        del text.keys[length:]

    def keep(self, text: Text) -> None:
        self.prefixes.keep(text.table, text.keys)

    def release(self, text: Text, is_sound: bool = True) -> None:
        if not is_sound:
            self.blocks.wipe(text.table)
        self.blocks.release(text.table)

    def forget(self) -> int:
        return self.prefixes.clear()

    def _make_room(self, bite: Bite) -> None:
        while True:
            try:
                return self.blocks.make_room(bite.text.table, len(bite.ids))
            except NoRoomError:
                if not self.prefixes.let_one_go():
                    raise

    def _tokens(self, bites: Sequence[Bite]) -> dict[str, torch.Tensor]:
        if all(bite.embeds is None for bite in bites):
            ids = [id for bite in bites for id in bite.ids]
            return {"input_ids": torch.tensor([ids], device=self._device)}
        embed = self._model.get_input_embeddings()
        rows = [
            embed(torch.tensor(bite.ids, device=self._device)) if bite.embeds is None else bite.embeds for bite in bites
        ]
        return {"inputs_embeds": torch.cat(rows)[None]}


class PlainReader:
    """For models whose state cannot be cut back or shared (a sliding window, a recurrence): each text by itself, on a cache
    of transformers' own, and anew each time.
    """

    reads_together = False
    free_blocks = 1 << 30  # the machine's own memory is the limit
    answering_bytes = kept_bytes = most_bytes = 0

    def __init__(self, model: Any) -> None:
        self._model = model
        self._device = main_device(model)
        takes = inspect.signature(model.forward).parameters
        self._name = next((name for name in ("past_key_values", "cache_params") if name in takes), "past_key_values")

    def known(self, keys: Sequence[int]) -> int:
        return 0

    def begin(self, keys: Sequence[int], fresh: int) -> Text:
        return Text(cache=DynamicCache(config=self._model.config.get_text_config()))

    def read(self, bites: Sequence[Bite]) -> list[torch.Tensor]:
        return [self._read(bite) for bite in bites]

    def cut_back(self, text: Text, length: int) -> None:
        """Cannot be done, and nothing is kept that would need it."""

    def keep(self, text: Text) -> None:
        """Nothing is kept."""

    def release(self, text: Text, is_sound: bool = True) -> None:
        text.cache = None

    def forget(self) -> int:
        return 0

    def _read(self, bite: Bite) -> torch.Tensor:
        if bite.embeds is None:
            tokens = {"input_ids": torch.tensor([bite.ids], device=self._device)}
        else:
            tokens = {"inputs_embeds": bite.embeds[None]}
        state = {self._name: bite.text.cache}
        logits = self._model(**tokens, **state, use_cache=True, logits_to_keep=bite.wanted).logits[0]
        bite.text.keys += bite.keys
        return logits


class _Probe:
    """Stands in for a pass: what each layer's keys and values look like."""

    def __init__(self) -> None:
        self.layers: dict[int, LayerShape] = {}

    def attend(
        self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float | None
    ) -> torch.Tensor:
        keys, values = ((tensor.shape[1], tensor.shape[3]) for tensor in (key, value))
        self.layers[layer] = LayerShape(keys, values, key.device, key.dtype)
        return attend(torch.nn.Identity(), query, key, value, None, scaling=scale)[0]


@torch.inference_mode()
def reader_of(model: Any, context: int, budget: int | None = None) -> Reader:
    """In blocks where that gives the logits that the model gives by itself, else as transformers reads.

    ``budget`` is how many bytes may hold what is kept for later. Raises what the model raises if it cannot take a step, and
    ``ModelError`` where it cannot go on with what it has read.
    """
    ids = torch.arange(PROBED, device=main_device(model))[None]
    theirs = model(input_ids=ids, use_cache=False).logits[0]
    config, own = model.config.get_text_config(), model.config.get_text_config()._attn_implementation
    if can_be_cut_back(config):
        config._attn_implementation = NAME
        try:
            reader = _block_reader(model, ids, context, budget)
            if reader is not None and _reads_alike(reader, ids[0].tolist(), theirs):
                return reader
        except Exception:  # a library's, of a model that is built in another way
            logger.debug("this model is not read in blocks", exc_info=True)
        config._attn_implementation = own
    plain = PlainReader(model)
    if not _reads_alike(plain, ids[0].tolist(), theirs):
        raise ModelError(
            f"A model of the type {config.model_type} does not go on from what it has read as Retort asks it to, and would "
            "answer nonsense; choose another model."
        )
    return plain


def _block_reader(model: Any, ids: torch.Tensor, context: int, budget: int | None) -> BlockReader | None:
    """None if its layers do not all attend by way of transformers' interface."""
    probe = _Probe()
    positions = torch.arange(ids.shape[1], device=ids.device)[None]
    model(input_ids=ids, position_ids=positions, use_cache=False, reading=probe)
    layers = [probe.layers[layer] for layer in sorted(probe.layers)]
    if sorted(probe.layers) != [*range(model.config.get_text_config().num_hidden_layers)]:
        return None
    return BlockReader(model, layers, blocks_to_have(layers, context), budget)


def _reads_alike(reader: Reader, ids: list[int], theirs: torch.Tensor) -> bool:
    """Whether two texts, read in pieces and beside each other, get the logits of the one that was read whole."""
    one, other = reader.begin([], 0), reader.begin([], 0)
    half = len(ids) // 2
    reader.read([Bite(one, ids[:half], ids[:half]), Bite(other, ids, ids)])
    ours = reader.read([Bite(one, ids[half:], ids[half:]), Bite(other, ids[:1], ids[:1])])[0][-1].float()
    for text in (one, other):
        reader.release(text)
    expected, coarse = theirs[-1].float(), 0.2 if theirs.dtype.itemsize < 4 else 1e-3
    return bool((ours - expected).abs().mean() <= coarse * expected.std())


def can_be_cut_back(config: Any) -> bool:
    """Whether a cache of this model, cut back to a beginning, is that of the beginning alone."""
    rotations = getattr(config, "rope_parameters", None) or {}
    kinds = {rotations.get("rope_type"), *(one.get("rope_type") for one in rotations.values() if isinstance(one, dict))}
    layers = DynamicCache(config=config).layers
    return not kinds & ROTATES_BY_LENGTH and all(type(layer) is DynamicLayer for layer in layers)


def blocks_to_have(layers: Sequence[LayerShape], context: int) -> int:
    """As many as there is memory for: on a GPU most of what is free; on the CPU, where memory is taken only as blocks are
    written, as many as some whole contexts need, or 2 GB, and at most half of what is free."""
    counts = []
    for device in {layer.device for layer in layers}:
        of_block = BLOCK * sum(layer.bytes_per_token for layer in layers if layer.device == device)
        free = usable_bytes(device)
        if device.type == "cpu":
            room = min(free // 2, max(MOST_BYTES_ON_CPU, CONTEXTS_ON_CPU * context * of_block // BLOCK))
        else:
            room = int(free * SHARE_OF_GPU)
        counts.append(room // of_block)
    return max(1, min(counts))
