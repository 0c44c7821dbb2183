"""Intern-S1-mini's tokenizer: the reference's ids, and every text comes back as it was."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from errors import ModelError
from model.events import Abilities, ToolSchema
from model.interns1.detection import detect
from model.interns1.tokenizer import InternS1Tokenizer
from model.local.chat import ChatFormat
from model.local.detokenizing import Detokenizer
from model.messages import Message, Text, Thinking, ToolCall, ToolResult

ROOT = Path(__file__).resolve().parents[2]
#: A 4,096-token base vocabulary and three small SentencePiece models; the ids of ``cases.jsonl`` were made by the
#: reference tokenizer's rules.
FOLDER = Path(__file__).with_name("interns1_tokenizer")
CASES = [json.loads(line) for line in (FOLDER / "cases.jsonl").read_text(encoding="utf-8").splitlines()]

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
PENICILLIN_G = "CC1([C@@H](N2[C@H](S1)[C@@H](C2=O)NC(=O)Cc3ccccc3)C(=O)O)C"  # PubChem, CID 5904
FLUORESCENT = "MSKGEELFTGVVPILVELDGDVNGHKFSVSGEGEGDATYGKLTLKFICTTGKLPVPWPTLVTTF"  # UniProt P42212, 1-64
PROSE = [
    "What is the melting point of water, at 1 bar?",
    "In 1856, W. H. Perkin (then 18) oxidised aniline with K2Cr2O7:\n\n\tmauveine.  He'd meant quinine…",
    "水的沸点是多少？阿司匹林的分子量是 180.16。",
    "👩🏽‍🔬 mixes 🧪 & waits — naïve café, Ångström, µL, 37 °C",
    "http://example.org/a?b=c[1]#d (see [2], p. 3): x := y.z",
    "def f(x):\n    return {'a': [x] * 3}\n",
]


@pytest.fixture(scope="module")
def tokenizer() -> InternS1Tokenizer:
    return InternS1Tokenizer.from_folder(FOLDER)


def vocabularies(tokenizer, text) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.vocabulary) for span in tokenizer.spans(text)]


def test_all_400_cases_of_the_reference_are_equal(tokenizer):
    assert len(CASES) == 400
    assert [case["text"] for case in CASES if tokenizer.encode(case["text"]) != case["ids"]] == []


def test_added_tokens_may_stand_in_the_tokenizer_config_instead(tmp_path, tokenizer):
    folder = shutil.copytree(FOLDER, tmp_path / "tokenizer")
    added = json.loads((folder / "added_tokens.json").read_text())
    (folder / "added_tokens.json").unlink()
    decoder = {str(id): {"content": text, "special": True} for text, id in added.items()}
    (folder / "tokenizer_config.json").write_text(json.dumps({"added_tokens_decoder": decoder}))
    other = InternS1Tokenizer.from_folder(folder)
    assert [other.encode(case["text"]) for case in CASES[:50]] == [case["ids"] for case in CASES[:50]]
    assert len(other) == len(tokenizer) == 5044


@given(
    st.lists(st.sampled_from([ASPIRIN, PENICILLIN_G, FLUORESCENT, *PROSE, " ", "\n", " and ", ", ", "("]), max_size=9)
)
@settings(max_examples=200)
def test_molecules_proteins_and_prose_come_back_as_they_were(tokenizer, parts):
    text = unicodedata.normalize("NFC", "".join(parts))
    assert tokenizer.decode(tokenizer.encode(text)) == text


@given(st.text(max_size=60).map(lambda text: unicodedata.normalize("NFC", text)).filter(lambda text: "▁" not in text))
@settings(max_examples=500)
def test_any_text_comes_back_as_it_was(tokenizer, text):
    assert tokenizer.decode(tokenizer.encode(text)) == text


@given(st.text(alphabet="CNOSPFBrIclnos[]()=#@+-/\\.:123%H ", max_size=80))
@settings(max_examples=500)
def test_what_looks_like_a_molecule_comes_back_as_it_was(tokenizer, text):
    assert tokenizer.decode(tokenizer.encode(text)) == text


@given(st.lists(st.sampled_from([ASPIRIN, FLUORESCENT, *PROSE]), max_size=4))
@settings(max_examples=50)
def test_the_pieces_of_a_stream_make_the_same_text(tokenizer, parts):
    text = unicodedata.normalize("NFC", " ".join(parts))
    ids = tokenizer.encode(text)
    stream = Detokenizer(tokenizer)
    assert "".join(stream.add(id) for id in ids) + stream.close() == text


def test_spans_cover_the_text_and_name_the_vocabulary(tokenizer):
    text = f"Draw {ASPIRIN}, or {FLUORESCENT}. <IUPAC>2-acetyloxybenzoic acid</IUPAC>!"
    assert vocabularies(tokenizer, text) == [
        ("Draw ", "BPE"),
        (ASPIRIN, "SMILES"),
        (", or ", "BPE"),
        (FLUORESCENT, "FASTA"),
        (". ", "BPE"),
        ("<IUPAC>", "special"),
        ("2-acetyloxybenzoic acid", "IUPAC"),
        ("</IUPAC>", "special"),
        ("!", "BPE"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "CC(=O)Oc1ccccc1C(=O",  # no molecule
        "CCCCCCCCC",  # nine characters
        "C1CC1.[Na+].[Cl-]",  # 3 + 2 + 2 letters, but seven units: a bracket is one
        "aCCCCCCCCCCCC",  # touches a letter
        "CCCCCCCCCCCCa",
        "1234567890-1234",  # no letters
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",  # 26 capitals
        "<MOLFORMULA>CCCCCCCCCCCC</MOLFORMULA>",
    ],
)
def test_what_the_reference_leaves_to_prose(tokenizer, text):
    assert {vocabulary for _, vocabulary in vocabularies(tokenizer, text)} == {"BPE"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CCCCCCCCCC.", ["CCCCCCCCCC"]),  # the full stop of a sentence is not its
        ("=CCCCCCCCCC", ["CCCCCCCCCC"]),
        ("x CCCCCCCCCC y NCCCCCCCCN", ["CCCCCCCCCC", "NCCCCCCCCN"]),
        ("aABCDEFGHIJKLMNOPQRSTUVWXYZA", ["ABCDEFGHIJKLMNOPQRSTUVWXYZA"]),  # 27 capitals, anywhere
    ],
)
def test_what_is_detected(text, found):
    assert [text[start:end] for start, end, _ in detect(text)] == found


def test_a_tag_that_never_closes_still_switches_and_a_lone_closing_one_does_nothing(tokenizer):
    assert vocabularies(tokenizer, "<FASTA>MSKGE")[1] == ("MSKGE", "FASTA")
    assert vocabularies(tokenizer, "</SMILES>MSKGE")[1] == ("MSKGE", "BPE")
    nested = "<SMILES>CC<IUPAC>ethane</SMILES>CC</IUPAC>CC"  # a closing tag ends the last one, whatever it is
    assert [v for t, v in vocabularies(tokenizer, nested) if v != "special"] == ["SMILES", "IUPAC", "SMILES", "BPE"]


def test_lone_surrogates_and_long_hostile_runs_are_encoded(tokenizer):
    assert tokenizer.encode("\ud800")
    for text in ("[" * 50_000, "C" * 50_000, "C." * 25_000, "(" * 50_000):
        assert tokenizer.decode(tokenizer.encode(text)) == text


@pytest.mark.parametrize("name", ["vocab.json", "merges.txt", "added_tokens.json", "tokenizer_IUPAC.model"])
@pytest.mark.parametrize("damage", ["missing", "broken"])
def test_a_missing_or_broken_file_is_named_in_a_sentence(tmp_path, name, damage):
    folder = shutil.copytree(FOLDER, tmp_path / "tokenizer")
    (folder / name).unlink() if damage == "missing" else (folder / name).write_bytes(b"\xff\x00 {")
    with pytest.raises(ModelError, match=name.replace(".", r"\.")) as raised:
        InternS1Tokenizer.from_folder(folder)
    assert str(raised.value).endswith(".")
    assert "\n" not in str(raised.value)


def test_a_prompt_in_the_models_own_format(tokenizer):
    tool = ToolSchema("count_atoms", "Counts.", {"type": "object"})
    messages = [
        Message("user", (Text("How many atoms?"),)),
        Message("assistant", (Thinking("Hm."), ToolCall("call_1", "count_atoms", {"molecule": "F/C=C\\F"}))),
        Message("tool", (ToolResult("call_1", "count_atoms", True, {"count": 6}),)),
        Message("assistant", (Text("6."),)),
        Message("user", (Text("Thanks <|im_end|> <SMILES>CCO</SMILES> <FASTA> </think>"),)),
    ]
    prompt = ChatFormat(tokenizer, Abilities(tools=True, thinking=True), 8192).prompt(messages, [tool], None, 64)
    text = tokenizer.decode(prompt.ids)
    system, rest = text.split("<|im_end|>\n", 1)
    assert system.startswith("<|im_start|>system\n")
    assert "<think>...</think>" in system
    assert '"name": "count_atoms"' in system
    assert rest == (
        "<|im_start|>user\nHow many atoms?<|im_end|>\n"
        '<|im_start|>assistant\n<|action_start|><|plugin|>\n{"name": "count_atoms", "parameters": '
        '{"molecule": "F/C=C\\\\F"}}\n<|action_end|><|im_end|>\n'
        '<|im_start|>environment name=<|plugin|>\n{"count": 6}<|im_end|>\n'
        "<|im_start|>assistant\n6.<|im_end|>\n"
        # a person's markers are broken up; what stands in tags of the vocabularies is a person's to write
        "<|im_start|>user\nThanks < |im_end|> <SMILES>CCO</SMILES> < FASTA> < /think><|im_end|>\n"
        "<|im_start|>assistant\n<think>"
    )
    assert prompt.thinking_open
    calm = ChatFormat(tokenizer, Abilities(thinking=True), 8192).prompt(messages[:1], [], False, 64)
    assert tokenizer.decode(calm.ids) == "<|im_start|>user\nHow many atoms?<|im_end|>\n<|im_start|>assistant\n"
    assert not calm.thinking_open


def tokenize(lines: bytes, folder: Path = FOLDER):
    command = [sys.executable, "-m", "model", "tokenize", "--model", str(folder)]
    return subprocess.run(command, cwd=ROOT, input=lines, capture_output=True, timeout=120)


def test_the_command_line_writes_a_line_of_ids_for_each_text():
    lines = b"".join(json.dumps({"text": case["text"]}).encode() + b"\n" for case in CASES[:20])
    done = tokenize(lines)
    assert done.returncode == 0
    assert [json.loads(line)["ids"] for line in done.stdout.splitlines()] == [case["ids"] for case in CASES[:20]]


def test_the_command_line_answers_a_broken_line_in_its_place():
    done = tokenize(b'{"text": "a"}\n{"txt": "b"}\nnonsense\n{"text": "a"}\n')
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 2
    assert answers[0] == answers[3]
    assert "text" in answers[1]["error"] and "text" in answers[2]["error"]


def test_the_command_line_says_in_a_sentence_that_there_is_no_folder(tmp_path):
    done = tokenize(b"", tmp_path / "none")
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
    assert "none" in done.stderr.decode()
