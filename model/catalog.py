"""Known models: what a checkpoint's own files do not say. Everything else is read from the checkpoint."""

from __future__ import annotations

from dataclasses import dataclass

from model.events import Abilities


@dataclass(frozen=True)
class KnownModel:
    """``matches`` is a part of the folder's or id's last name; sampling defaults come from the model's card."""

    name: str
    matches: str
    max_new_tokens: int
    abilities: Abilities | None = None  # None: as its chat template shows
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None


KNOWN = (
    KnownModel(
        name="SmolLM2-135M-Instruct",
        matches="smollm2-135m-instruct",
        max_new_tokens=512,
        abilities=Abilities(),
        temperature=0.2,
        top_p=0.9,
        repetition_penalty=1.1,  # without it so small a model repeats its sentences
    ),
    KnownModel(
        name="Intern-S1-mini",
        matches="intern-s1-mini",
        max_new_tokens=32_768,
        abilities=Abilities(tools=True, images=True, thinking=True),
        temperature=0.8,
        top_p=1.0,
        top_k=50,
        min_p=0.0,
    ),
)


def known_model(spec: str) -> KnownModel:
    """What is known of a folder or id; a stranger gets its last name and plain defaults."""
    last = spec.rstrip("/\\").replace("\\", "/").split("/")[-1]
    for model in KNOWN:
        if model.matches in last.lower():
            return model
    return KnownModel(name=last, matches=last.lower(), max_new_tokens=2048)
