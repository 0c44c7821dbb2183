"""A checkpoint's folder, looked at before anything heavy is imported: is all there, and is it whole?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errors import ModelError, ModelNotHereError, shown
from model.local.fetching import FILES, LEFT_OUT

LARGEST_HEADER = 100_000_000  # bytes, as the safetensors library allows it


@dataclass(frozen=True)
class Checkpoint:
    """``spec`` is what the person wrote; ``weights`` are the safetensors files, each of them whole."""

    spec: str
    folder: Path
    config: dict[str, Any]
    weights: tuple[Path, ...]

    @property
    def weight_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.weights)

    @property
    def is_fp8(self) -> bool:
        """Its matrices are block-wise fp8 numbers."""
        quantization = self.config.get("quantization_config")
        return isinstance(quantization, dict) and quantization.get("quant_method") == "fp8"


def find_checkpoint(spec: str) -> Checkpoint:
    """The checkpoint in a folder, or in the hub's cache on this machine; nothing is fetched. Raises ``ModelError``."""
    folder = _folder(spec)
    config = _config(folder, spec)
    weights = _weights(folder, spec)
    for path in weights:
        _check_whole(path, spec)
    return Checkpoint(spec, folder, config, tuple(weights))


def _folder(spec: str) -> Path:
    path = Path(spec).expanduser()
    if path.is_dir():
        return path
    if path.is_file():
        raise ModelError(f"{shown(spec)} is a file; give --model the folder of a Hugging Face checkpoint.")
    none = ModelError(
        f"There is no folder {shown(spec)}; give --model a folder with a model, or an id such as Qwen/Qwen3-0.6B."
    )
    if spec.startswith((".", "/", "~")) or spec.count("/") != 1:
        raise none
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(spec)
        return Path(snapshot_download(spec, local_files_only=True, allow_patterns=FILES, ignore_patterns=LEFT_OUT))
    except HFValidationError:
        raise none from None
    except LocalEntryNotFoundError:
        raise ModelNotHereError(
            f"{shown(spec)} is not on this machine, and nothing is fetched unasked; fetch it from the page, or with "
            f"python -m model fetch {spec}.",
            spec,
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
    if not index.is_file():
        files = sorted(folder.glob("*.safetensors"))
        if not files:
            raise ModelError(f"{shown(spec)} holds no weights (*.safetensors); give --model a folder with them.")
        return files
    try:
        named = sorted({folder / name for name in json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ModelError(f"The weight index of {shown(spec)} is broken; fetch it again.") from None
    missing = [path.name for path in named if not path.is_file()]
    if missing:
        raise ModelError(
            f"{shown(spec)} lacks {len(missing)} of its {len(named)} weight files ({missing[0]}); fetch it again."
        )
    return named


def _check_whole(path: Path, spec: str) -> None:
    """A safetensors file is 8 bytes of length, a JSON header of that length, and the tensors it lays out without a gap.

    (The format: https://github.com/huggingface/safetensors#format.) Raises ``ModelError`` if the file is anything else.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        if start == b"version ":
            raise ModelError(
                f"{path.name} of {shown(spec)} is a Git LFS pointer and not the weights; run `git lfs pull` in that folder."
            )
        length = int.from_bytes(start, "little")
        header = file.read(length) if length <= min(size, LARGEST_HEADER) else b""
    try:
        tensors = json.loads(header)
        end = max((entry["data_offsets"][1] for name, entry in tensors.items() if name != "__metadata__"), default=0)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise ModelError(f"{path.name} of {shown(spec)} is not a safetensors file; fetch it again.") from None
    expected = 8 + length + end
    if size != expected:
        raise ModelError(
            f"{path.name} of {shown(spec)} has {size:,} bytes and should have {expected:,}; fetch it again."
        )
