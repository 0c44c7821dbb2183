"""From a folder or a hub id to a model that answers, or to one sentence why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from errors import ModelError, shown
from model.catalog import known_model
from model.events import Abilities
from model.local.checkpoint import Checkpoint, find_checkpoint

if TYPE_CHECKING:
    import torch

    from model.local.chat import Eyes
    from model.local.engine import LocalModel

Progress = Callable[[float, str], None]
INTERNS1 = "interns1"  # a model type that transformers does not know, and whose classes it has
_ONLY_HERE: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
HEADROOM = 1.15  # of the weights' size, for the cache and what a step needs besides
#: How the classes that write text are called; others of the same type (BertForMaskedLM) load as such a class and babble.
_WRITES = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")


def load(
    spec: str,
    progress: Progress = lambda fraction, doing: None,
    threads: int | None = None,
    free_bytes: Callable[[torch.device], int] | None = None,
) -> LocalModel:
    """Load from a folder, or from the hub's cache on this machine; nothing is fetched. Raises ``ModelError``.

    ``threads`` is the number of CPU threads that compute; None leaves a core for the page and the tools. ``free_bytes``
    measures the memory of a device.
    """
    checkpoint = find_checkpoint(spec)
    known = known_model(spec)
    progress(0.1, f"Loading {known.name}: importing torch and transformers …")
    import torch
    from transformers.utils import logging as transformers_logging

    from model.local.engine import LocalModel
    from model.local.memory import free_bytes as measured

    transformers_logging.disable_progress_bar()
    _check_architecture(checkpoint)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    _check_memory(known.name, checkpoint.weight_bytes, (free_bytes or measured)(device))
    progress(0.4, f"Loading {known.name}: reading {checkpoint.weight_bytes / 1e6:,.0f} MB …")
    tokenizer, model = _read(checkpoint, device)
    progress(0.9, f"Loading {known.name}: warming up …")
    eyes = _eyes(checkpoint)
    abilities = replace(known.abilities or _abilities(tokenizer), images=eyes is not None)
    with _or_refused(f"{shown(spec)} cannot compute on this machine"):  # no kernel for its type, or no memory left
        return LocalModel(model, tokenizer, known, abilities, threads, eyes)


def _read(checkpoint: Checkpoint, device: torch.device) -> tuple[Any, Any]:
    """Tokenizer and model."""
    spec, kind = shown(checkpoint.spec), checkpoint.config["model_type"]
    cannot = f"{spec} (model type {kind}) cannot be loaded"
    with _or_refused(cannot):
        config, model_class = _architecture(checkpoint)
    with _or_refused(f"The tokenizer of {spec} cannot be loaded"):
        tokenizer = _tokenizer(checkpoint)
    with _or_refused(cannot):
        # weights of another shape are looked at below, like those that are not there
        model, told = model_class.from_pretrained(
            checkpoint.folder,
            config=config,
            dtype="auto",
            output_loading_info=True,
            ignore_mismatched_sizes=True,
            **_ONLY_HERE,
        )
        _check_weights(spec, told, strict=kind == INTERNS1)
        model.to(device).eval()
    rows = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        raise ModelError(
            f"The tokenizer of {spec} has {len(tokenizer):,} tokens and its model knows {rows:,}; they do not belong "
            "together: fetch the folder again."
        )
    return tokenizer, model


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


def _check_memory(name: str, weight_bytes: int, free: int) -> None:
    needed = weight_bytes * HEADROOM
    if needed > free:
        raise ModelError(
            f"{name} needs about {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free; close other programs, "
            "or choose a smaller model with --model."
        )


def _abilities(tokenizer: Any) -> Abilities:
    """What the chat template shows: whether it lists tools, and whether it knows thinking."""
    template = str(getattr(tokenizer, "chat_template", "") or "")
    return Abilities(tools="tools" in template, thinking="<think>" in template)
