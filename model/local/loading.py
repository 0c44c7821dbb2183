"""From a folder or a hub id to a model that answers, or to one sentence why not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from errors import ModelError, shown
from model.catalog import known_model
from model.events import Abilities
from model.local.engine import LocalModel

Progress = Callable[[float, str], None]
HEADROOM = 1.15  # of the weights' size, for the cache and what a step needs besides


def load(spec: str, progress: Progress = lambda fraction, doing: None, threads: int | None = None) -> LocalModel:
    """Load from a folder, or from the hub's cache on this machine; nothing is fetched. Raises ``ModelError``."""
    folder = _folder(spec)
    config = _config(folder, spec)
    weights = _weights(folder, spec)
    known = known_model(spec)
    progress(0.1, f"Loading {known.name}: importing torch and transformers …")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    _check_memory(known.name, sum(path.stat().st_size for path in weights), device)
    progress(0.4, f"Loading {known.name}: reading {sum(path.stat().st_size for path in weights) / 1e6:,.0f} MB …")
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model = AutoModelForCausalLM.from_pretrained(
            folder, dtype="auto", local_files_only=True, trust_remote_code=False, low_cpu_mem_usage=True
        )
    except (
        Exception
    ) as error:  # transformers and safetensors raise what they like; each means this folder cannot be loaded
        reason = " ".join(str(error).split())[:200]
        kind = config.get("model_type", "?")
        raise ModelError(
            f"{shown(spec)} (model type {kind}) cannot be loaded: {reason}; fetch the folder again or choose another model."
        ) from error
    model.to(device).eval()
    progress(0.9, f"Loading {known.name}: warming up …")
    with torch.inference_mode():
        model(input_ids=torch.zeros((1, 1), dtype=torch.long, device=device))
    # pictures have no way into this engine yet, whatever the model could do with them
    abilities = replace(known.abilities or _abilities(tokenizer), images=False)
    return LocalModel(model, tokenizer, known, abilities, threads)


def _folder(spec: str) -> Path:
    path = Path(spec).expanduser()
    if path.is_dir():
        return path
    if spec.startswith((".", "/", "~")) or os.sep == "\\" or spec.count("/") != 1:
        raise ModelError(
            f"There is no folder {shown(spec)}; give --model a folder with a model, or an id such as Qwen/Qwen3-0.6B."
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(spec, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        raise ModelError(
            f"{shown(spec)} is not on this machine, and nothing is fetched unasked; run `hf download {spec}` once, "
            "or give --model a folder."
        ) from None


def _config(folder: Path, spec: str) -> dict[str, Any]:
    path = folder / "config.json"
    if not path.is_file():
        raise ModelError(f"{shown(spec)} holds no config.json; give --model the folder of a Hugging Face checkpoint.")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"The config.json of {shown(spec)} is broken ({error}); fetch it again.") from None
    if not isinstance(config, dict):
        raise ModelError(f"The config.json of {shown(spec)} is not a JSON object; fetch it again.")
    return config


def _weights(folder: Path, spec: str) -> list[Path]:
    """The safetensors files; raises ``ModelError`` if there are none, or an index names one that is missing."""
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        try:
            named = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ModelError(f"The weight index of {shown(spec)} is broken; fetch it again.") from None
        missing = [name for name in named if not (folder / name).is_file()]
        if missing:
            raise ModelError(
                f"{shown(spec)} lacks {len(missing)} of its {len(named)} weight files ({missing[0]}); fetch it again."
            )
        return [folder / name for name in named]
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise ModelError(f"{shown(spec)} holds no weights (*.safetensors); give --model a folder with them.")
    return files


def _check_memory(name: str, weight_bytes: int, device: Any) -> None:
    import psutil
    import torch

    needed = weight_bytes * HEADROOM
    free = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else psutil.virtual_memory().available
    if needed > free:
        raise ModelError(
            f"{name} needs about {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free; close other programs, "
            "or choose a smaller model with --model."
        )


def _abilities(tokenizer: Any) -> Abilities:
    """What the chat template shows: whether it lists tools, and whether it knows thinking."""
    template = str(getattr(tokenizer, "chat_template", "") or "")
    return Abilities(tools="tools" in template, thinking="<think>" in template)
