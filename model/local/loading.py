"""From a folder or a hub id to a model that answers, or to one sentence why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from errors import ModelError, shown
from model.catalog import known_model
from model.embedded import embedded_path
from model.events import Abilities
from model.local.checkpoint import Checkpoint, find_checkpoint

if TYPE_CHECKING:
    from model.local.chat import Eyes
    from model.local.engine import LocalModel
    from model.local.placing import Placement, Room

Progress = Callable[[float, str], None]
Weights = Literal["auto", "int8", "full"]
INTERNS1 = "interns1"  # a model type that transformers does not know, and whose classes it has
_ONLY_HERE: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
#: How the classes that write text are called; others of the same type (BertForMaskedLM) load as such a class and babble.
_WRITES = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")


def load(
    spec: str,
    progress: Progress = lambda fraction, doing: None,
    threads: int | None = None,
    room: Room | None = None,
    weights: Weights = "auto",
    most_answering: int | None = None,
    most_waiting: int | None = None,
) -> LocalModel:
    """Load from a folder, or from the hub's cache on this machine; nothing is fetched. Raises ``ModelError``.

    ``threads`` is the number of CPU threads that compute; None leaves a core for the page and the tools. ``room`` is the
    memory that may be used, measured where it is not given. ``weights``: "full" as the files have them, "int8" of 8 bits
    (on the CPU), "auto" of 8 bits where that was measured to change little and to be quicker: the embedded model.
    ``most_answering`` answers are made at once, and ``most_waiting`` more questions may wait.
    """
    checkpoint = find_checkpoint(spec)
    known = known_model(spec, str(checkpoint.config.get("model_type", "")))
    progress(0.1, f"Loading {known.name}: importing torch and transformers …")
    from transformers.utils import logging as transformers_logging

    from model.local.engine import LocalModel
    from model.local.memory import room as measured
    from model.local.placing import caution, place

    transformers_logging.disable_progress_bar()
    _check_architecture(checkpoint)
    room = room or measured()
    stays_fp8, weight_bytes = _precision(checkpoint, room)
    placement = place(known.name, weight_bytes, room)
    progress(0.4, f"Loading {known.name}: reading {checkpoint.weight_bytes / 1e6:,.0f} MB …")
    tokenizer, model = _read(checkpoint, placement, stays_fp8)
    _round(checkpoint, model, weights)
    progress(0.9, f"Loading {known.name}: warming up …")
    eyes = _eyes(checkpoint)
    abilities = replace(known.abilities or _abilities(tokenizer), images=eyes is not None)
    with _or_refused(f"{shown(spec)} cannot compute on this machine"):  # no kernel for its type, or no memory left
        local = LocalModel(
            model, tokenizer, known, abilities, threads, eyes, most_answering=most_answering, most_waiting=most_waiting
        )
    local.caution = caution(placement, weight_bytes, local.step_s)
    return local


def _round(checkpoint: Checkpoint, model: Any, weights: Weights) -> None:
    """Weights of 8 bits where they are asked for, or by themselves."""
    from model.local.int8 import is_exact_here, is_quicker_here, quantize

    is_measured = checkpoint.folder.resolve() == embedded_path().resolve()
    if weights == "full" or (weights == "auto" and not is_measured):
        return
    on_cpu = all(parameter.device.type == "cpu" for parameter in model.parameters())
    if weights == "int8" and (not on_cpu or checkpoint.is_fp8):
        raise ModelError(
            f"Weights of 8 bits are for models that compute on the CPU in full precision, and {shown(checkpoint.spec)} does "
            "not; start without --weights int8."
        )
    if on_cpu and is_exact_here() and (weights == "int8" or is_quicker_here()):
        quantize(model)
    elif weights == "int8":
        raise ModelError(
            "This processor's products of 8 bits are not exact (it lacks the VNNI instructions); start without --weights int8."
        )


def _precision(checkpoint: Checkpoint, room: Room) -> tuple[bool, int]:
    """Whether fp8 weights stay as they are, and the bytes that the weights take in memory."""
    from model.local.placing import HEADROOM

    size = checkpoint.weight_bytes
    if not checkpoint.is_fp8:
        return False, size
    stays = room.has_fp8 and 2 * size * HEADROOM > max(room.gpus)
    return stays, size if stays else 2 * size


def _read(checkpoint: Checkpoint, placement: Placement, stays_fp8: bool) -> tuple[Any, Any]:
    """Tokenizer and model."""
    spec, kind = shown(checkpoint.spec), checkpoint.config["model_type"]
    cannot = f"{spec} (model type {kind}) cannot be loaded"
    with _or_refused(cannot):
        config, model_class = _architecture(checkpoint)
        if checkpoint.is_fp8:
            config.quantization_config = {**checkpoint.config["quantization_config"], "dequantize": not stays_fp8}
    with _or_refused(f"The tokenizer of {spec} cannot be loaded"):
        tokenizer = _tokenizer(checkpoint)
    with _or_refused(cannot):
        # weights of another shape are looked at below, like those that are not there
        model, told = model_class.from_pretrained(
            checkpoint.folder,
            config=config,
            dtype="auto",
            attn_implementation=_attention(config, placement),
            output_loading_info=True,
            ignore_mismatched_sizes=True,
            **placement.arguments,
            **_ONLY_HERE,
        )
        _check_weights(spec, told, strict=kind == INTERNS1)
        if stays_fp8:
            from model.local.fp8 import expand_when_used

            expand_when_used(model)
        model.eval()
    rows = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        raise ModelError(
            f"The tokenizer of {spec} has {len(tokenizer):,} tokens and its model knows {rows:,}; they do not belong "
            "together: fetch the folder again."
        )
    return tokenizer, model


def _attention(config: Any, placement: Placement) -> str | None:
    """Flash attention where its package is installed and can be used; None is transformers' choice, SDPA for most."""
    import torch
    from transformers.utils import is_flash_attn_2_available

    is_half = getattr(config, "dtype", None) in (torch.bfloat16, torch.float16, "bfloat16", "float16")
    return "flash_attention_2" if placement.arguments and is_half and is_flash_attn_2_available() else None


def _architecture(checkpoint: Checkpoint) -> tuple[Any, Any]:
    """The configuration and the class that reads the weights. Intern-S1's is transformers' own under another name."""
    if checkpoint.config["model_type"] == INTERNS1:
        from transformers import InternVLForConditionalGeneration

        from model.interns1.configuration import internvl_config

        return internvl_config(checkpoint.config), InternVLForConditionalGeneration
    from transformers import AutoConfig, AutoModelForCausalLM

    return AutoConfig.from_pretrained(checkpoint.folder, **_ONLY_HERE), AutoModelForCausalLM


def _tokenizer(checkpoint: Checkpoint) -> Any:
    if checkpoint.config["model_type"] == INTERNS1:
        from model.interns1.tokenizer import InternS1Tokenizer

        return InternS1Tokenizer.from_folder(checkpoint.folder)
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(checkpoint.folder, **_ONLY_HERE)


def _eyes(checkpoint: Checkpoint) -> Eyes | None:
    """Pictures have a way into Intern-S1 alone, whatever other models could do with them."""
    if checkpoint.config["model_type"] != INTERNS1:
        return None
    from model.interns1.sight import Sight

    return Sight.from_checkpoint(checkpoint.folder)


def _check_weights(spec: str, told: dict[str, Any], strict: bool) -> None:
    """transformers itself only warns of weights that it did not find, and fills them with random numbers.

    ``strict``: weights that the model has no place for are an error, too.
    """
    if missing := sorted(told["missing_keys"]):
        raise ModelError(f"{spec} lacks {len(missing)} of its weights ({missing[0]}); fetch it again.")
    if strict and (unexpected := sorted(told["unexpected_keys"])):
        raise ModelError(
            f"{spec} has {len(unexpected)} weights that its config.json leaves no place for ({unexpected[0]}); fetch it again."
        )
    if other := sorted(str(key) for key, *_ in told["mismatched_keys"]):
        raise ModelError(
            f"{spec} has {len(other)} weights of another shape than its config.json says ({other[0]}); fetch it again."
        )


@contextmanager
def _or_refused(cannot: str) -> Iterator[None]:
    """Libraries raise what they like, and each error means that this folder cannot be used: told in one sentence."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        first_sentence = re.split(r"(?<=[.!?]) ", reason)[0].rstrip(".!")[:200]
        raise ModelError(f"{cannot}: {first_sentence}; fetch the folder again or choose another model.") from error


def _check_architecture(checkpoint: Checkpoint) -> None:
    """That transformers has a class of its own for it, and one that writes text."""
    import transformers
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    spec, config = shown(checkpoint.spec), checkpoint.config
    kind, classes = config.get("model_type"), config.get("architectures") or []
    other = "choose a model that transformers loads natively, such as Qwen/Qwen3-0.6B."
    if kind != INTERNS1 and kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        if config.get("auto_map"):
            raise ModelError(
                f"{spec} needs Python code of its own (model type {kind}), which Retort never runs; {other}"
            )
        raise ModelError(
            f"{spec} has the model type {kind}, which transformers {transformers.__version__} cannot chat with; {other}"
        )
    if classes and not any(str(name).endswith(_WRITES) for name in classes):
        raise ModelError(f"{spec} is a {classes[0]}, which does not write text; choose a chat model.")


def _abilities(tokenizer: Any) -> Abilities:
    """What the chat template shows: whether it lists tools, and whether it knows thinking."""
    template = str(getattr(tokenizer, "chat_template", "") or "")
    return Abilities(tools="tools" in template, thinking="<think>" in template)
