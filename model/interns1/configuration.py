"""Intern-S1's ``config.json`` as transformers' own InternVL classes take it: the same modules under another name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transformers import InternVLConfig

from errors import ModelError

#: Intern-S1-mini's, where ``config.json`` leaves them out; InternVL's own defaults are those of another model.
_DEFAULTS: Mapping[str, Any] = {"image_token_id": 152_957, "tie_word_embeddings": False}
_TEXT_DEFAULTS: Mapping[str, Any] = {"model_type": "qwen3"}
_VISION_DEFAULTS: Mapping[str, Any] = {"attention_bias": True}
#: What names Python code of the checkpoint's own, or is set anew; none of it is ever run.
_DROPPED = ("auto_map", "architectures", "model_type", "transformers_version")


def internvl_config(config: Mapping[str, Any]) -> InternVLConfig:
    """An ``InternVLConfig`` with every value of an ``interns1`` one; raises ``ModelError`` if a part is missing."""
    kept = {name: value for name, value in config.items() if name not in _DROPPED}
    text, vision = kept.get("text_config"), kept.get("vision_config")
    if not isinstance(text, dict) or not isinstance(vision, dict):
        raise ModelError(
            "The config.json of this Intern-S1 lacks its text_config or vision_config; fetch the checkpoint again."
        )
    text = {name: value for name, value in text.items() if name != "auto_map"}
    vision = {name: value for name, value in vision.items() if name not in _DROPPED}
    return InternVLConfig.from_dict(
        {
            **_DEFAULTS,
            **kept,
            "text_config": {**_TEXT_DEFAULTS, "tie_word_embeddings": False, **text},
            "vision_config": {**_VISION_DEFAULTS, **vision, "model_type": "internvl_vision"},
        }
    )
