"""The readers of files against files that nobody would save: an answer, or one sentence; never a crash or a hang.

Each test runs 300 cases; with RETORT_FUZZ_CASES=5000 in the environment as many as that.
"""

from __future__ import annotations

import gzip
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from errors import ToolInputError
from tests.tools.test_files import CSV, FASTA, GENBANK, SDF, XYZ, workbook
from tests.tools.test_structure_report import ECHINOMYCIN, LAC, helix, text_of
from tools.biology.structures import structure_report
from tools.files import read_file

CASES = int(os.environ.get("RETORT_FUZZ_CASES", "300"))
SLOWEST_S = 20  # no measure of speed: what hangs takes minutes
quick = settings(deadline=None, derandomize=True, max_examples=CASES, suppress_health_check=list(HealthCheck))

LIGAND = "".join(line + "\n" for line in text_of(LAC).split("ENDMDL")[0].splitlines() if line.startswith("HETATM"))
PDB = (
    "HEADER    A HELIX\nSEQRES   1 A    6  ALA ALA ALA ALA ALA ALA\nMODEL        1\n"
    + helix(6).replace("END\n", "")
    + LIGAND
    + "ENDMDL\nEND\n"
)
CIF_LINES = text_of(ECHINOMYCIN).splitlines()
SITES = next(index for index, line in enumerate(CIF_LINES) if line.startswith("_atom_site.")) - 1
MMCIF = "data_X\n" + "\n".join(line for line in CIF_LINES[SITES : SITES + 60]) + "\n#\n"
PIECES = [
    "", "\n", "\n\n", "\r", "\t", ",", ";", '"', "'", ">", "$$$$", "M  END", "//", "LOCUS", "ORIGIN", "data_", "loop_", "_atom_site.x", "ATOM  ", "HETATM",
    "TER", "MODEL ", "ENDMDL", "END", "V2000", "V3000", "999999999999", "-1", "0", "1e999", "nan", "inf", "?", ".", "#", "*", "é", "\u200b", "\ufeff", "\x00",
    " ", "     ", "A", "Xx", "> <x>", "1..30", "join(1..2,", "CDS", "<", "%", "\x1f\x8b", "PK",
]  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn, text: str) -> bytes:
    """A real file with a few places changed, cut, doubled or moved, and now and then cut off or in another encoding."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        length = draw(st.sampled_from([0, 0, 1, 1, 2, 5, 40, 200]))
        put = draw(st.sampled_from(PIECES)) * draw(st.sampled_from([1, 1, 1, 2, 50]))
        again = text[at : at + draw(st.sampled_from([0, 0, 1, 10, 100]))]
        text = text[:at] + put + again + text[at + length :]
    if draw(st.integers(0, 3)) == 0:
        text = text[: draw(st.integers(0, len(text)))]
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-16", "latin-1"]))
    return text.encode(encoding, errors="replace")


def check(path: Path, data: bytes, *, structure: bool = False) -> None:
    """One sentence, or an answer whose counts agree and that JSON can hold."""
    path.write_bytes(data)
    began = time.perf_counter()
    for tool in (read_file, structure_report) if structure else (read_file,):
        try:
            output = tool(str(path))
        except ToolInputError as error:
            sentence = str(error)
            assert "\n" not in sentence and len(sentence) < 1000 and error.hint
            continue
        assert output.summary.endswith(".") and "\n" not in output.summary
        json.dumps(output.model_dump(mode="json"), allow_nan=False)
        if tool is read_file:
            assert output.data["count"] >= 1
            assert output.data["broken_count"] <= output.data["count"]
    assert time.perf_counter() - began < SLOWEST_S


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "file"


@quick
@given(spoilt(FASTA * 3))
def test_fasta(place, data):
    check(place, data)


@quick
@given(spoilt(GENBANK * 2))
def test_genbank(place, data):
    check(place, data)


@quick
@given(spoilt(SDF))
def test_sdf(place, data):
    check(place, data)


@quick
@given(spoilt(CSV * 3))
def test_csv(place, data):
    check(place, data)


@quick
@given(spoilt(XYZ * 3))
def test_xyz(place, data):
    check(place, data)


@quick
@given(spoilt(PDB))
def test_pdb(place, data):
    check(place, data, structure=True)


@quick
@given(spoilt(MMCIF))
def test_mmcif(place, data):
    check(place, data, structure=True)


@quick
@given(
    st.sampled_from(
        [workbook([["id", "smiles", "x"], ["a", "CCO", 1.5], ["inline:b", None, True]]), gzip.compress(CSV.encode())]
    ),
    st.data(),
)
def test_packed_files(place, whole, draws):
    data = bytearray(whole)
    for _ in range(draws.draw(st.integers(1, 4))):
        at = draws.draw(st.integers(0, len(data) - 1))
        data[at] = draws.draw(st.integers(0, 255))
    check(place, bytes(data[: draws.draw(st.sampled_from([len(data), len(data), len(data) - 30, len(data) // 2]))]))


@quick
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_anything_at_all(place, data):
    check(place, data, structure=True)


@pytest.mark.parametrize(
    "text", [">" * 1_000_000, "ATOM  " * 200_000, "data_" * 200_000, "\n" * 1_000_000 + "x", ",\n" * 400_000, '"' * 1_000_000, "$$$$\n" * 200_000, "(" * 1_000_000,
             "CCO\n" * 250_000, "1\n\nC 0 0 0\n" * 80_000, ";" * 500_000, "a,b\n" + "1,2\n" * 200_000],
)  # fmt: skip
def test_a_million_characters_take_seconds_at_most(place, text):
    check(place, text.encode(), structure=True)
