"""The molecule parser against 10,000 texts that nobody would write: an answer for exactly that text, or one sentence."""

from __future__ import annotations

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdkit import Chem, rdBase

from errors import ToolInputError
from tools.inputs.molecules import parse_molecule

#: The same cases in each run; other ones by pytest --hypothesis-seed=N with derandomize taken out.
quick = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

ATOMS = [
    *"BCNOPSFI*bcnops", "Cl", "Br", "[H]", "[CH3]", "[13C]", "[nH]", "[NH4+]", "[O-]", "[C@H]", "[C@@]", "[Fe+2]", "[2H]",
    "[Na+]", "[999C]", "[C:1]", "[se]", "[Xx]", "[C", "[]", "[OH2:12]", "[C@TH1H]", "[Pt@SP1]",
]  # fmt: skip
BONDS = ["", "", "", "", "-", "=", "#", ":", "/", "\\", "$", "~", "->", "."]
RINGS = ["", "", "", "", "1", "2", "1", "%10", "=1", "0", "%", "%(100)"]
REAL = [
    "CC(=O)Oc1ccccc1C(=O)O",  # aspirin
    "CN1C=NC2=C1C(=O)N(C(=O)N2C)C",  # caffeine
    "C[C@@H](C(=O)O)N",  # L-alanine
    "CC(C)Cc1ccc(cc1)[C@H](C)C(=O)O",  # ibuprofen
    "[Na+].[Cl-]",
    "C/C=C/C",
    "OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O",  # glucose
    "C[N+](C)(C)CCO",
    "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3",
    "[C][C][O]",
    "64-17-5",
    "acetic acid",
    "C1CC[13CH2]CC1 |c:1|",
]


@st.composite
def smiles_like(draw: st.DrawFn) -> str:
    """Texts of the grammar's pieces, with branches that may not close."""
    pieces: list[str] = []
    for _ in range(draw(st.integers(1, 14))):
        pieces += [draw(st.sampled_from(BONDS)), draw(st.sampled_from(ATOMS)), draw(st.sampled_from(RINGS))]
        pieces.append(draw(st.sampled_from(["", "", "", "", "(", ")", "(C)", "(=O)", "()"])))
    return "".join(pieces)


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """A real molecule with a few characters changed, doubled, taken out or put in."""
    text = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        put = draw(st.sampled_from(["", *"CNOc1()[]=#@+-.:/\\ \n\t*%$~>|>HhZ0é\u0421\u200b", text[at : at + 3]]))
        text = text[:at] + put + text[at + draw(st.integers(0, 2)) :]
    return text


def assert_one_sentence_or_the_molecule(text: str) -> None:
    """One sentence, or a molecule that is what RDKit reads in the whole text, with nothing left over."""
    try:
        parsed = parse_molecule(text)
    except ToolInputError as error:
        sentence = str(error)
        assert "\n" not in sentence and len(sentence) < 1000
        return
    assert parsed.mol.GetNumAtoms() > 0
    assert "*" not in parsed.smiles
    if parsed.notation != "smiles":
        return
    written = text.strip().strip("\"'`").strip()
    for label in ("SMILES:", "smiles:"):
        written = written.removeprefix(label).strip()
    assert not any(blank in written for blank in " \t\n\r|"), "a SMILES ends where it ends"
    with rdBase.BlockLogs():
        theirs = Chem.MolFromSmiles(written)
    assert theirs is not None
    assert Chem.MolToSmiles(theirs) == parsed.smiles


@settings(quick, max_examples=4_000)
@given(smiles_like())
def test_texts_of_the_smiles_grammar(text):
    assert_one_sentence_or_the_molecule(text)


@settings(quick, max_examples=4_000)
@given(spoilt())
def test_real_notations_that_were_spoilt(text):
    assert_one_sentence_or_the_molecule(text)


@settings(quick, max_examples=1_000)
@given(st.text(max_size=80))
def test_any_text_at_all(text):
    assert_one_sentence_or_the_molecule(text)


@settings(quick, max_examples=1_000)
@given(st.binary(max_size=80))
def test_raw_bytes_as_text(raw):
    assert_one_sentence_or_the_molecule(raw.decode("latin-1"))


def test_what_the_library_only_refuses_at_a_second_look_is_a_sentence():
    for text in ("CN1C=c2=C1C(=O)N(C(=O)N2C)C", "CC(=O)Oc1#ccc1C(=O)O"):  # found by the test above
        assert_one_sentence_or_the_molecule(text)


def test_a_million_characters_are_refused_at_once():
    for text in ("C" * 1_000_000, "(" * 1_000_000, "[" * 1_000_000, "1" * 1_000_000, "a " * 500_000, "é" * 1_000_000):
        began = time.perf_counter()
        try:
            parse_molecule(text)
        except ToolInputError as error:
            assert "1,000,000 characters" in str(error)
        else:
            raise AssertionError("it was read")
        assert time.perf_counter() - began < 5  # no measure of speed: a parser that reads it all takes minutes
