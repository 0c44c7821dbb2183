"""Checkpoints for the tests: the embedded model's own tokenizer, and a tiny random model around it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from model.embedded import embedded_path

CONTEXT = 512  # tokens that the tiny model reads


def embedded_tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(embedded_path(), local_files_only=True)


def tiny_model(seed: int = 0, **config: Any) -> LlamaForCausalLM:
    """Two layers of random float32 weights over the embedded model's vocabulary; its answers are varied nonsense."""
    torch.manual_seed(seed)
    sizes = {
        "vocab_size": 49_152,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": CONTEXT,
        "initializer_range": 0.5,  # so wide that the next token depends on all before it
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 2,
    }
    return LlamaForCausalLM(LlamaConfig(**{**sizes, **config})).eval()


def write_tiny_checkpoint(folder: Path, **config: Any) -> Path:
    tiny_model(**config).save_pretrained(folder)
    embedded_tokenizer().save_pretrained(folder)
    return folder
