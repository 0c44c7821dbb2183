"""A checkpoint of Intern-S1-mini's shape, small and random: ``python -m tests.model.interns1_checkpoint FOLDER``.

What the sizes leave of the original: a Qwen3 text model with its own head, a vision tower with a class token, biases and
448-pixel tiles of 14-pixel patches (so 256 tokens a tile), a projector, the dynamic tokenizer, and a ``config.json`` that
names remote code which nobody may run.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors.torch import save_file
from transformers import InternVLConfig, InternVLForConditionalGeneration

TOKENIZER = Path(__file__).with_name("interns1_tokenizer")
VOCABULARY = 5056  # 5,044 tokens, and some rows that no token uses, as in the original
CONTEXT = 16_384
Layout = Literal["modules", "saved"]  # keys as the modules are called (the original's), or as transformers saves them

TEXT: dict[str, Any] = {
    "model_type": "qwen3",
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": CONTEXT,
    "rope_theta": 1_000_000.0,
    "tie_word_embeddings": False,
    "bos_token_id": 4096,
    "eos_token_id": 4098,
    "pad_token_id": 4096,
}
VISION: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "patch_size": [14, 14],
    "image_size": [448, 448],
    "attention_bias": True,
    "norm_type": "layer_norm",
    "layer_scale_init_value": 0.1,
}
SHARED: dict[str, Any] = {
    "image_token_id": 5032,
    "image_seq_length": 256,
    "downsample_ratio": 0.5,
    "projector_hidden_act": "gelu",
    "vision_feature_layer": -1,
    "vision_feature_select_strategy": "default",
    "tie_word_embeddings": False,
}
CONFIG: dict[str, Any] = {
    **SHARED,
    "model_type": "interns1",
    "architectures": ["InternS1ForConditionalGeneration"],
    "auto_map": {"AutoConfig": "configuration_interns1.InternS1Config", "AutoModel": "modeling_interns1.InternS1Model"},
    "dtype": "float32",
    "text_config": TEXT,
    "vision_config": {**VISION, "model_type": "interns1_vision", "drop_path_rate": 0.0},
}
PREPROCESSOR: dict[str, Any] = {
    "image_processor_type": "GotOcr2ImageProcessorFast",
    "crop_to_patches": False,
    "size": {"height": 448, "width": 448},
    "image_mean": [0.485, 0.456, 0.406],
    "image_std": [0.229, 0.224, 0.225],
    "resample": 3,
    "min_patches": 1,
    "max_patches": 12,
}
GENERATION: dict[str, Any] = {"do_sample": True, "temperature": 0.8, "top_k": 50, "top_p": 1.0, "eos_token_id": [4098]}


#: The original's own sizes: 8.54 B parameters.
FULL_TEXT: dict[str, Any] = {
    **TEXT,
    "vocab_size": 153_216,
    "hidden_size": 4096,
    "intermediate_size": 12_288,
    "num_hidden_layers": 36,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 128,
}
FULL_VISION: dict[str, Any] = {
    **VISION,
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
}


def write_full_size(folder: Path) -> Path:
    """A checkpoint of the original's sizes in bf16, 17 GB, its weights made on the GPU."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    config = InternVLConfig(**SHARED, text_config=FULL_TEXT, vision_config=FULL_VISION)
    torch.set_default_dtype(torch.bfloat16)
    try:
        with torch.device("cuda"):
            model = InternVLForConditionalGeneration(config)
    finally:
        torch.set_default_dtype(torch.float32)
    model.save_pretrained(folder)
    del model
    torch.cuda.empty_cache()
    sizes = {
        **CONFIG,
        "dtype": "bfloat16",
        "text_config": FULL_TEXT,
        "vision_config": {**CONFIG["vision_config"], **FULL_VISION, "model_type": "interns1_vision"},
    }
    return _with_small_files(folder, sizes)


def internvl(seed: int = 0) -> InternVLForConditionalGeneration:
    """transformers' own model of these sizes, with random float32 weights."""
    torch.manual_seed(seed)
    config = InternVLConfig(
        **SHARED, text_config={**TEXT, "initializer_range": 0.3}, vision_config={**VISION, "initializer_range": 0.3}
    )
    return InternVLForConditionalGeneration(config).eval()


def write_checkpoint(folder: Path, layout: Layout = "modules", seed: int = 0) -> Path:
    """Everything that the original's folder holds; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    model = internvl(seed)
    if layout == "modules":
        save_file(
            {name: value.contiguous() for name, value in model.state_dict().items()}, folder / "model.safetensors"
        )
    else:
        model.save_pretrained(folder)
    return _with_small_files(folder, CONFIG)


def _with_small_files(folder: Path, config: dict[str, Any]) -> Path:
    for path in TOKENIZER.iterdir():
        if path.name != "cases.jsonl":
            shutil.copy(path, folder)
    written = {"config": config, "preprocessor_config": PREPROCESSOR, "generation_config": GENERATION}
    for name, values in written.items():
        (folder / f"{name}.json").write_text(json.dumps(values, indent=1))
    return folder


if __name__ == "__main__":
    print(write_checkpoint(Path(sys.argv[1])))
