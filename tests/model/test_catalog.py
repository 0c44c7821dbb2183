"""The catalog: a folder or id is recognised by its last name."""

from __future__ import annotations

import pytest

from model.catalog import KNOWN, known_model


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("internlm/Intern-S1-mini", "Intern-S1-mini"),
        ("internlm/Intern-S1-mini-FP8", "Intern-S1-mini-FP8"),
        ("/models/intern-s1-mini-fp8/", "Intern-S1-mini-FP8"),
        ("~/models/SmolLM2-135M-Instruct", "SmolLM2-135M-Instruct"),
        ("Qwen/Qwen3-0.6B", "Qwen3-0.6B"),
    ],
)
def test_a_model_is_known_by_the_last_part_of_its_id_or_folder(spec, name):
    assert known_model(spec).name == name


@pytest.mark.parametrize("spec", ["internlm/Intern-S1-mini", "internlm/Intern-S1-mini-FP8"])
def test_intern_s1_mini_samples_as_its_card_says(spec):
    # https://huggingface.co/internlm/Intern-S1-mini, "Sampling Parameters"
    known = known_model(spec)
    assert (known.top_p, known.top_k, known.min_p, known.temperature) == (1.0, 50, 0.0, 0.8)
    assert known.max_new_tokens == 32_768


def test_every_known_model_says_where_it_comes_from():
    assert all(known.source.startswith("https://huggingface.co/") for known in KNOWN)
    assert all(known.matches in known.source.lower() for known in KNOWN)


def test_a_stranger_brings_its_own_values():
    known = known_model("/models/some-model")
    assert (known.temperature, known.top_p, known.top_k, known.abilities, known.context) == (None,) * 5


def test_a_folder_of_any_name_is_known_by_the_type_of_its_model():
    known = known_model("/cache/snapshots/4f1c2d", "interns1")
    assert (known.name, known.max_new_tokens, known.temperature, known.top_k) == ("4f1c2d", 32_768, 0.8, 50)
    assert known.abilities == known_model("internlm/Intern-S1-mini").abilities
    assert known_model("Qwen/Qwen3-0.6B", "qwen3").max_new_tokens == 2048
