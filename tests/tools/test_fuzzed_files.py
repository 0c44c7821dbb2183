"""The readers of files against files that nobody would save: an answer, or one sentence; never a crash or a hang.

Real files with places or whole lines changed, by a seed of their own, so that each run has the same cases: 5,000 of each kind that
people attach most, 1,000 of the others. RETORT_FUZZ_CASES in the environment asks for another number of each.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from errors import ToolInputError
from tests.tools.test_files import CSV, FASTA, GENBANK, SDF, XYZ, workbook
from tests.tools.test_structure_report import ECHINOMYCIN, LAC, helix, text_of
from tools.biology.structures import structure_report
from tools.files import read_file

MANY, FEW = (int(os.environ.get("RETORT_FUZZ_CASES", number)) for number in (5000, 1000))
SLOWEST_S = 30  # no measure of speed: what hangs takes minutes
FEWEST_ANSWERED = 0.1  # of the cases: files spoilt so much that none is read would test little

_HETATMS = [line + "\n" for line in text_of(LAC).split("ENDMDL")[0].splitlines() if line.startswith("HETATM")]
LIGAND = "".join(_HETATMS[:7])
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
    " ", "     ", "A", "Xx", "> <x>", "1..30", "join(1..2,", "CDS", "²", "٣", "<", "%", "\x1f\x8b", "PK",
]  # fmt: skip


def places_changed(draw: random.Random, text: str) -> str:
    """A few places changed, doubled or cut out, and now and then all behind one cut off."""
    for _ in range(draw.randint(1, 4)):
        at = draw.randint(0, len(text))
        length = draw.choice([0, 0, 1, 1, 2, 5, 40, 200])
        put = draw.choice(PIECES) * draw.choice([1, 1, 1, 2, 50])
        again = text[at : at + draw.choice([0, 0, 1, 10, 100])]
        text = text[:at] + put + again + text[at + length :]
    return text[: draw.randint(0, len(text))] if draw.random() < 0.25 else text


def lines_changed(draw: random.Random, text: str) -> str:
    """One to three lines doubled, left out, exchanged, repeated or shortened, or a letter or the order of fields in them changed."""
    lines = text.split("\n")
    for _ in range(draw.randint(1, 3)):
        at, other = draw.randrange(len(lines)), draw.randrange(len(lines))
        line = lines[at]
        match draw.randrange(7):
            case 0:
                lines.insert(at, lines[other])
            case 1:
                lines[at : at + 1] = [] if len(lines) > 1 else [""]
            case 2:
                lines[at], lines[other] = lines[other], line
            case 3:
                column = draw.randint(0, len(line))
                lines[at] = line[:column] + draw.choice("0123456789.-+ AZaz*?#") + line[column + 1 :]
            case 4:
                fields = line.split(" ")
                draw.shuffle(fields)
                lines[at] = " ".join(fields)
            case 5:
                lines[at] = line[: draw.randint(0, len(line))]
            case 6:
                lines[at:at] = [line] * draw.choice([1, 5, 300])
    return "\n".join(lines)


def spoilt(draw: random.Random, text: str) -> bytes:
    change = draw.choice([places_changed, lines_changed])
    encoding = draw.choice(["utf-8"] * 6 + ["utf-16", "latin-1"])
    return change(draw, text).encode(encoding, errors="replace")


def damaged(draw: random.Random, whole: bytes) -> bytes:
    """A packed file with one to four bytes changed, and now and then cut off."""
    data = bytearray(whole)
    for _ in range(draw.randint(1, 4)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    return bytes(data[: draw.choice([len(data), len(data), len(data) - 30, len(data) // 2])])


def raw(draw: random.Random) -> bytes:
    if draw.random() < 0.5:
        return draw.randbytes(draw.randint(0, 300))
    return "".join(chr(draw.choice([draw.randrange(128), draw.randrange(0xD800)])) for _ in range(300)).encode()


def assert_sentence_or_answer(path: Path, data: bytes, *, structure: bool = False) -> bool:
    """One sentence, or an answer whose counts agree and that JSON can hold; whether it was one."""
    path.write_bytes(data)
    answered = False
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
            answered = True
    return answered


def assert_told_in_time(path: Path, data: bytes, *, structure: bool = False) -> bool:
    """``assert_sentence_or_answer``, which an alarm ends where it hangs; the case that fails is shown."""

    def ring(*_: object) -> None:
        raise TimeoutError(f"more than {SLOWEST_S} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(SLOWEST_S)
    try:
        return assert_sentence_or_answer(path, data, structure=structure)
    except Exception as error:
        raise AssertionError(f"{type(error).__name__}: {error} on {data[:5000]!r}") from error
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "file"


@pytest.mark.parametrize(
    ("kind", "text", "cases"),
    [("fasta", FASTA * 3, MANY), ("csv", CSV * 3, MANY), ("sdf", SDF, MANY), ("pdb", PDB, MANY), ("mmcif", MMCIF, MANY),
     ("genbank", GENBANK * 2, FEW), ("xyz", XYZ * 3, FEW)],
)  # fmt: skip
def test_spoilt_files(place, kind, text, cases):
    draw = random.Random(kind)
    answered = sum(
        assert_told_in_time(place, spoilt(draw, text), structure=kind in ("pdb", "mmcif")) for _ in range(cases)
    )
    assert FEWEST_ANSWERED * cases < answered < cases


@pytest.mark.parametrize(
    "make",
    [
        lambda draw: damaged(draw, workbook([["id", "smiles", "x"], ["a", "CCO", 1.5], ["inline:b", None, True]])),
        lambda draw: damaged(draw, gzip.compress(CSV.encode(), mtime=0)),
        lambda draw: gzip.compress(spoilt(draw, FASTA), mtime=0),
        raw,
    ],
    ids=["xlsx", "gzip", "gzip of spoilt text", "anything at all"],
)
def test_packed_files_and_anything_at_all(place, make: Callable[[random.Random], bytes]):
    draw = random.Random(1)
    answered = sum(assert_told_in_time(place, make(draw), structure=True) for _ in range(FEW))
    assert answered < FEW  # what was damaged shows


@pytest.mark.parametrize(
    "text", [">" * 1_000_000, "ATOM  " * 200_000, "data_" * 200_000, "\n" * 1_000_000 + "x", ",\n" * 400_000, '"' * 1_000_000, "$$$$\n" * 200_000, "(" * 1_000_000,
             "CCO\n" * 250_000, "1\n\nC 0 0 0\n" * 80_000, ";" * 500_000, "a,b\n" + "1,2\n" * 200_000, "\n;" * 500_000, "data_x\n;" + "a\n" * 500_000,
             "data_x\nloop_\n" + "_a.b\n" * 200_000, "#" * 1_000_000, "# \n" * 300_000, " " * 1_000_000 + "x", "\t" * 1_000_000, "A" * 1_000_000, "ACGT" * 250_000,
             'id,x\na,"' + "b,c\n" * 250_000, "{" * 1_000_000, "[" * 1_000_000, "<a>" * 300_000, "MODEL        1\n" * 60_000, "LOCUS       x\n" * 70_000, "M  END\n" * 140_000,
             "x\n  y\n\n999999  0  0  0  0  0  0  0  0  0999 V2000\n" * 20_000, "'" * 1_000_000, "@" * 1_000_000, "1" * 1_000_000, "1e9," * 250_000, "(" * 500_000 + ")" * 500_000,
             "> <x>\n" * 160_000, "\u00e9" * 500_000, "\ufeff" * 300_000, "a;b,c\td|e\n" * 90_000],
)  # fmt: skip
def test_a_million_characters_take_seconds_at_most(place, text):
    assert_told_in_time(place, text.encode(), structure=True)
