"""Checkpoints for the tests: the embedded model's own tokenizer, and a tiny random model around it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM
from transformers.convert_slow_tokenizer import bytes_to_unicode

from model.embedded import embedded_path

CONTEXT = 512  # tokens that the tiny model reads


def embedded_tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(embedded_path(), local_files_only=True)


def tiny_model(seed: int = 0, **config: Any) -> LlamaForCausalLM:
    """Two layers of random float32 weights over the embedded model's vocabulary; its answers are varied nonsense."""
    torch.manual_seed(seed)
    sizes = {
        "vocab_size": 49_152,
        "hidden_size": 32,
        "intermediate_size": 64,
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


def write_tiny_gguf(path: Path) -> dict[str, torch.Tensor]:
    """A GGUF file like the embedded model's, of two small layers: matrices in Q4_1, the embedding in Q8_0, norms in F32.

    Returns what the file says each matrix is, unpacked by the gguf package of llama.cpp, under the file's own names.
    """
    from gguf import GGMLQuantizationType, GGUFWriter, TokenType, quants

    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokens = [*specials, *bytes_to_unicode().values(), "Ġw", "at", "er"]
    writer = GGUFWriter(path, "llama")
    writer.add_block_count(2)
    writer.add_context_length(128)
    writer.add_embedding_length(64)
    writer.add_feed_forward_length(128)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(100_000.0)
    writer.add_rope_dimension_count(16)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL] * len(specials) + [TokenType.NORMAL] * (len(tokens) - len(specials)))
    writer.add_token_merges(["Ġ w", "a t", "e r"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template("{% for message in messages %}{{ message.content }}{% endfor %}")

    unpacked: dict[str, torch.Tensor] = {}
    random = np.random.default_rng(0)

    def add(name: str, *shape: int, kind: GGMLQuantizationType) -> None:
        values = random.normal(1.0 if len(shape) == 1 else 0.0, 0.2, shape).astype(np.float32)
        packed = quants.quantize(values, kind)
        unpacked[name] = torch.from_numpy(quants.dequantize(packed, kind).copy())
        writer.add_tensor(name, packed, raw_dtype=kind)

    full, four, eight = GGMLQuantizationType.F32, GGMLQuantizationType.Q4_1, GGMLQuantizationType.Q8_0
    add("token_embd.weight", len(tokens), 64, kind=eight)
    add("output_norm.weight", 64, kind=full)
    for layer in range(2):
        block = f"blk.{layer}."
        add(f"{block}attn_norm.weight", 64, kind=full)
        add(f"{block}ffn_norm.weight", 64, kind=full)
        for name, rows, columns in [
            ("attn_q", 64, 64), ("attn_k", 32, 64), ("attn_v", 32, 64), ("attn_output", 64, 64),
            ("ffn_gate", 128, 64), ("ffn_up", 128, 64), ("ffn_down", 64, 128),
        ]:  # fmt: skip
            add(f"{block}{name}.weight", rows, columns, kind=four)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return unpacked
