"""Known models: what a checkpoint's own files do not say. Everything else is read from the checkpoint."""

from __future__ import annotations

from dataclasses import dataclass, replace

from model.events import Abilities, Options


@dataclass(frozen=True)
class KnownModel:
    """``matches`` is a part of the folder's or id's last name, the more special entry first; ``model_type`` recognises a
    folder of any name by its ``config.json``.

    ``source`` is where the checkpoint comes from, and the sampling defaults, from its card there. ``context`` in tokens
    is given only where the checkpoint's own ``max_position_embeddings`` is not to be believed; ``weight_bytes`` where the
    size should be known before anyone has been asked for it.
    """

    name: str
    matches: str
    max_new_tokens: int
    source: str = ""
    model_type: str = ""
    context: int | None = None
    weight_bytes: int | None = None
    abilities: Abilities | None = None  # None: as its chat template shows
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None


#: Styles that a person may ask for instead of the card's values. Precise is not greedy: a model that thinks, and always
#: takes its likeliest word, ends up in circles.
PRESETS = {
    "precise": Options(temperature=0.3, top_p=0.9),
    "balanced": Options(temperature=0.7, top_p=0.95),
    "creative": Options(temperature=1.1, top_p=0.95),
}

_INTERN_S1_MINI = KnownModel(
    name="Intern-S1-mini",
    matches="intern-s1-mini",
    source="https://huggingface.co/internlm/Intern-S1-mini",
    model_type="interns1",
    max_new_tokens=32_768,
    weight_bytes=17_080_000_000,
    abilities=Abilities(tools=True, images=True, thinking=True),
    temperature=0.8,
    top_p=1.0,
    top_k=50,
    min_p=0.0,
)

KNOWN = (
    KnownModel(
        name="SmolLM2-135M-Instruct",
        matches="smollm2-135m-instruct",
        source="https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct",
        max_new_tokens=512,
        abilities=Abilities(),
        temperature=0.2,
        top_p=0.9,
        repetition_penalty=1.1,  # not the card's: without it so small a model repeats its sentences
    ),
    replace(
        _INTERN_S1_MINI,
        name="Intern-S1-mini-FP8",
        matches="intern-s1-mini-fp8",
        source="https://huggingface.co/internlm/Intern-S1-mini-FP8",
        weight_bytes=None,
    ),
    _INTERN_S1_MINI,
)


def known_model(spec: str, model_type: str = "") -> KnownModel:
    """What is known of a folder or id, by its last name, else by the type that its ``config.json`` states.

    A stranger gets its last name and plain defaults.
    """
    last = spec.rstrip("/\\").replace("\\", "/").split("/")[-1]
    for model in KNOWN:
        if model.matches in last.lower():
            return model
    for model in KNOWN:
        if model.model_type and model.model_type == model_type:
            return replace(model, name=last, weight_bytes=None)
    return KnownModel(name=last, matches=last.lower(), max_new_tokens=2048)
