"""Loading: what is not right with a folder is one sentence that says what to do."""

from __future__ import annotations

import json
import shutil
import threading

import pytest
from safetensors.torch import load_file, save_file

from errors import ModelError
from model.embedded import embedded_path
from model.events import Abilities, Options
from model.local.checkpoint import find_checkpoint
from model.local.loading import load
from model.local.placing import Room
from model.messages import Message, Text


@pytest.fixture
def folder(tiny_checkpoint, tmp_path):
    return shutil.copytree(tiny_checkpoint, tmp_path / "tiny")


def change(path, **values):
    """Set keys of a JSON file; None removes one."""
    content = {**json.loads(path.read_text()), **values}
    path.write_text(json.dumps({key: value for key, value in content.items() if value is not None}))


def refusal(folder, **options) -> str:
    with pytest.raises(ModelError) as raised:
        load(str(folder), **options)
    sentence = str(raised.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 400
    return sentence


def loaded(folder, **options):
    local = load(str(folder), **options)
    local.close()
    return local


def test_a_whole_folder_loads_and_tells_how_far_it_is(folder):
    told = []
    local = load(str(folder), progress=lambda fraction, doing: told.append((fraction, doing)), threads=1)
    message = Message("user", (Text("Water?"),))
    *_, finished = local.stream([message], (), Options(max_new_tokens=3, temperature=0.0), threading.Event())
    local.close()
    assert finished.usage.new_tokens == 3
    assert local.threads == 1
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < fractions[-1] < 1
    # embedding and head, each 49,152 x 32 float32 numbers, and little else
    assert any("13 MB" in doing for _, doing in told)


def test_the_number_of_threads_is_a_setting_and_leaves_a_core_by_itself(folder, monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(4)), raising=False)
    assert loaded(folder).threads == 3
    assert loaded(folder, threads=2).threads == 2


def test_a_folder_that_is_not_there_is_named():
    assert "'/nowhere/at/all'" in refusal("/nowhere/at/all")
    assert "give --model a folder" in refusal("/nowhere/at/all")


@pytest.mark.parametrize("spec", ["no-such-model", "C:\\models\\qwen", "a b/c", "../c", "a/b/c"])
def test_what_is_neither_folder_nor_id_is_refused(spec):
    assert refusal(spec).startswith("There is no folder")


def test_an_id_that_is_not_on_this_machine_is_not_fetched(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    sentence = refusal("internlm/Intern-S1-mini")
    assert "nothing is fetched unasked" in sentence
    assert "python -m model fetch internlm/Intern-S1-mini." in sentence


def test_a_file_instead_of_its_folder(folder):
    assert "is a file; give --model the folder" in refusal(folder / "model.safetensors")


def test_a_folder_without_a_config(tmp_path):
    assert "holds no config.json" in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"", b'{"model_type": ', b"[]", b"\xff\xfe{}", b'"llama"'])
def test_a_broken_config(folder, content):
    (folder / "config.json").write_bytes(content)
    assert "The config.json of" in refusal(folder)
    assert "fetch it again" in refusal(folder)


def test_a_folder_without_weights(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "holds no weights (*.safetensors)" in refusal(folder)


def test_weights_that_are_cut_short(folder):
    path = folder / "model.safetensors"
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-1000])
    assert f"has {whole - 1000:,} bytes and should have {whole:,}; fetch it again" in refusal(folder)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello, this is no model", b"\xff" * 64, (2).to_bytes(8, "little") + b"[]", (9).to_bytes(8, "little") + b'{"a": {}}'],
    ids=["empty", "text", "a header of many exabytes", "a list", "a tensor without a place"],
)  # fmt: skip
def test_weights_that_are_no_safetensors_file(folder, content):
    (folder / "model.safetensors").write_bytes(content)
    assert "model.safetensors of" in refusal(folder)
    assert "is not a safetensors file; fetch it again" in refusal(folder)


def test_a_git_lfs_pointer_instead_of_weights(folder):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 269060552\n"
    (folder / "model.safetensors").write_text(pointer)
    assert "run `git lfs pull`" in refusal(folder)


@pytest.mark.parametrize("index", ["{", "{}", '{"weight_map": []}', '{"weight_map": {"a": 1}}'])
def test_a_broken_index_of_weights(folder, index):
    (folder / "model.safetensors.index.json").write_text(index)
    assert "weight index" in refusal(folder)


def test_an_index_that_names_a_file_that_is_not_there(folder):
    names = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))
    assert "lacks 2 of its 2 weight files (model-00001-of-00002.safetensors)" in refusal(folder)


def test_only_the_files_that_the_index_names_count(folder):
    (folder / "consolidated.safetensors").write_bytes(b"another layout of the same weights")
    index = {"weight_map": {"lm_head.weight": "model.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert [path.name for path in find_checkpoint(str(folder)).weights] == ["model.safetensors"]


def test_weights_that_lack_a_matrix_are_not_filled_with_random_numbers(folder):
    weights = load_file(folder / "model.safetensors")
    del weights["model.layers.1.mlp.up_proj.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert "lacks 1 of its weights (model.layers.1.mlp.up_proj.weight)" in refusal(folder)


def test_weights_of_another_shape_than_the_config_says(folder):
    change(folder / "config.json", intermediate_size=128)
    assert "has 6 weights of another shape than its config.json says" in refusal(folder)  # gate, up, down in two layers


def test_a_folder_that_needs_code_of_its_own_is_refused_and_the_code_is_not_run(folder, tmp_path):
    witness = tmp_path / "ran"
    code = f"open({str(witness)!r}, 'w')\n"
    (folder / "configuration_strange.py").write_text(code)
    (folder / "modeling_strange.py").write_text(code)
    auto_map = {"AutoConfig": "configuration_strange.C", "AutoModelForCausalLM": "modeling_strange.M"}
    change(folder / "config.json", model_type="strange", architectures=["StrangeForCausalLM"], auto_map=auto_map)
    sentence = refusal(folder)
    assert "needs Python code of its own (model type strange), which Retort never runs" in sentence
    assert "trust_remote_code" not in sentence
    assert not witness.exists()


def test_code_beside_a_model_that_transformers_knows_is_not_run_either(folder, tmp_path):
    witness = tmp_path / "ran"
    (folder / "modeling_strange.py").write_text(f"open({str(witness)!r}, 'w')\n")
    change(folder / "config.json", auto_map={"AutoModelForCausalLM": "modeling_strange.M"})
    assert loaded(folder).name == "tiny"
    assert not witness.exists()


def test_a_tokenizer_that_needs_code_of_its_own(folder):
    change(folder / "tokenizer_config.json", tokenizer_class="Strange", auto_map={"AutoTokenizer": ["t.Strange", None]})
    sentence = refusal(folder)
    assert "The tokenizer of" in sentence
    assert "custom code" in sentence


@pytest.mark.parametrize("kind", ["t5", "a-type-of-next-year", None])
def test_a_model_type_that_transformers_cannot_chat_with(folder, kind):
    change(folder / "config.json", model_type=kind, architectures=None)
    assert f"has the model type {kind}, which transformers" in refusal(folder)
    assert "choose a model that transformers loads natively" in refusal(folder)


def test_a_model_that_does_not_write_text(folder):
    change(folder / "config.json", model_type="bert", architectures=["BertForMaskedLM"])
    assert "is a BertForMaskedLM, which does not write text" in refusal(folder)


def test_a_config_of_nonsense_numbers(folder):
    change(folder / "config.json", num_hidden_layers="two")
    sentence = refusal(folder)
    assert "(model type llama) cannot be loaded" in sentence
    assert "num_hidden_layers" in sentence


def test_a_folder_without_a_tokenizer(folder):
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    assert "The tokenizer of" in refusal(folder)


def test_the_tokenizer_of_a_larger_model(folder):
    weights = load_file(folder / "model.safetensors")
    few = {name: tensor[:1000].clone() if len(tensor) == 49_152 else tensor for name, tensor in weights.items()}
    save_file(few, folder / "model.safetensors", metadata={"format": "pt"})
    change(folder / "config.json", vocab_size=1000)
    assert "has 49,152 tokens and its model knows 1,000" in refusal(folder)


def test_too_little_memory_says_how_much_is_needed_and_how_much_is_free(folder):
    # 269 MB of weights, and 15 % for the cache
    sentence = refusal(embedded_path(), room=Room((), 200_000_000))
    assert sentence.startswith(
        "SmolLM2-135M-Instruct needs about 0.3 GB of memory and 0.2 GB are free; close other programs"
    )
    assert loaded(folder, room=Room((), 15_000_000)).name == "tiny"


def test_a_model_that_cannot_take_a_step_on_this_machine(folder, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no kernel for Float8_e4m3fn. See the log.")

    monkeypatch.setattr("transformers.LlamaForCausalLM.forward", fail)
    assert "cannot compute on this machine: no kernel for Float8_e4m3fn; " in refusal(folder)


def test_a_folder_without_a_generation_config_loads(folder):
    (folder / "generation_config.json").unlink()
    assert loaded(folder).name == "tiny"


@pytest.mark.parametrize(
    ("template", "abilities"),
    [
        (None, Abilities()),
        ("{{ messages }}", Abilities()),
        ("{% if tools %}{{ tools }}{% endif %}{{ messages }}", Abilities(tools=True)),
        ("{{ tools }}<think>", Abilities(tools=True, thinking=True)),
    ],
)
def test_what_a_model_can_do_is_read_from_its_chat_template(folder, template, abilities):
    (folder / "chat_template.jinja").unlink()
    if template:
        (folder / "chat_template.jinja").write_text(template)
    assert loaded(folder).abilities == abilities
