"""The records of FASTA and GenBank files, each read or told what is wrong with it, and where."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator

from tools.inputs.alphabets import LETTERS, Likeness, likeness
from tools.inputs.records import Record

_NUCLEIC = LETTERS["dna"] | LETTERS["rna"]
#: Of a sequence without a header: letters, letters in a block on average, and different ones of a protein.
SHORTEST_PLAIN, SHORTEST_BLOCK, FEWEST_RESIDUES = 20, 8, 10
SHORTEST_WRAPPED = 40  # letters in a line of a sequence that goes on in the next; shorter lines are a list
_LOOKED_AT = 10_000  # characters, for a first line
_GAPS = frozenset("-.~*")
#: What Biopython raises on a broken record.
_BROKEN = (
    ValueError,
    AssertionError,
    IndexError,
    KeyError,
    AttributeError,
    TypeError,
    UnboundLocalError,
    RecursionError,
)


def is_plain_sequence(text: str) -> bool:
    """Whether a text is the letters of one sequence and nothing else: no header, no words, no list of SMILES.

    Bases alone, or so many different residues that no SMILES has them; written in long blocks, as no prose is. Several lines are
    one sequence where they are wrapped at one width: primers, peptides or names below each other are a list.
    """
    first, newline, _ = text[:_LOOKED_AT].strip().partition("\n")
    if (
        newline and len("".join(first.split())) < SHORTEST_WRAPPED
    ):  # told before millions of short lines are taken apart
        return False
    *wrapped, last = [len("".join(line.split())) for line in text.strip().split("\n")]
    if len(set(wrapped)) > 1 or any(not max(last, SHORTEST_WRAPPED) <= width for width in wrapped):
        return False
    blocks = text.split()
    length = sum(map(len, blocks))
    if length < SHORTEST_PLAIN or length < SHORTEST_BLOCK * len(blocks) or not re.fullmatch(r"[A-Za-z*\s]+", text):
        return False
    letters = set("".join(blocks).upper()) - {"*"}
    if letters <= set("ACGTUN"):
        return len(letters) > 2
    return letters <= LETTERS["protein"] | _NUCLEIC and len(letters) >= FEWEST_RESIDUES


def read_fasta(text: str) -> Iterator[Record]:
    """One record for each header, or the only one of a plain sequence; lines before the first header are one broken record."""
    if is_plain_sequence(text):
        yield _fasta_record(1, 1, ">", text.split("\n"))
        return
    number, first, header = 0, 1, None
    lines: list[str] = []
    for place, line in enumerate(text.split("\n"), 1):
        if line.startswith(">"):
            if header is not None or any(map(str.strip, lines)):
                number += 1
                yield _fasta_record(number, first, header, lines)
            first, header, lines = place, line, []
        elif not line.startswith(";"):  # comments of the oldest FASTA
            lines.append(line)
    if header is not None or any(map(str.strip, lines)):
        yield _fasta_record(number + 1, first, header, lines)


def _fasta_record(number: int, first: int, header: str | None, lines: list[str]) -> Record:
    if header is None:
        return Record(
            number, first, "", broken="stands before the first header, which begins with >", broken_line=first
        )
    words = header[1:].split(maxsplit=1)
    name = words[0] if words else ""
    residues = "".join("".join(line.split()) for line in lines).upper()
    values = {"description": words[1] if len(words) > 1 else "", "length": str(len(residues)), "kind": ""}
    text = header + "\n" + "\n".join(lines).rstrip("\n") + "\n"
    if not residues:
        return Record(number, first, name, text, values, "has a header and no sequence", first)
    if strange := set(residues) - LETTERS["protein"] - _NUCLEIC - _GAPS:
        place, letter = next(
            (place, character)
            for place, line in enumerate(lines, first + 1)
            for character in line.upper()
            if character in strange
        )
        named = repr(letter) if letter.isprintable() else f"U+{ord(letter):04X}"
        return Record(number, first, name, text, values, f"holds {named}, which is no letter of a sequence", place)
    values["kind"] = _kind("".join(letter for letter in residues if letter not in _GAPS))
    if not values["kind"]:
        return Record(number, first, name, text, values, "holds gaps alone", first)
    return Record(number, first, name, text, values)


def _kind(letters: str) -> str:
    """``protein``, ``DNA``, ``RNA``, or ``DNA or protein`` where letters alone do not decide."""
    if not letters:
        return ""
    like = likeness(letters)
    if like in (Likeness.NONE, Likeness.UNLIKELY):
        return "protein"
    nucleic = "RNA" if "U" in letters and "T" not in letters else "DNA"
    return nucleic if like in (Likeness.BASES, Likeness.CODED) else f"{nucleic} or protein"


def read_genbank(text: str) -> Iterator[Record]:
    """One record for each LOCUS; a record without its // is broken."""
    number, first = 0, 1
    lines: list[str] = []
    for place, line in enumerate(text.split("\n"), 1):
        if line.startswith("LOCUS") and any(map(str.strip, lines)):
            number += 1
            yield _genbank_record(number, first, lines, closed=False)
            first, lines = place, []
        if not lines and not line.strip():
            continue
        if not lines:
            first = place
        lines.append(line)
        if line.startswith("//"):
            number += 1
            yield _genbank_record(number, first, lines, closed=True)
            lines = []
    if any(map(str.strip, lines)):
        yield _genbank_record(number + 1, first, lines, closed=False)


def _genbank_record(number: int, first: int, lines: list[str], closed: bool) -> Record:
    from Bio import BiopythonWarning, SeqIO

    text = "\n".join(lines) + "\n"
    named = re.match(r"LOCUS\s+(\S+)", text)
    name = named[1] if named else ""
    if not named:
        return Record(number, first, "", text, broken="does not begin with LOCUS", broken_line=first)
    if not closed:
        last = first + len(lines) - 1
        return Record(number, first, name, text, broken="ends without //: it is truncated", broken_line=last)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BiopythonWarning)
            found = next(SeqIO.parse(io.StringIO(text), "genbank"), None)
        if found is None:
            return Record(number, first, name, text, broken="cannot be read", broken_line=first)
        residues = str(found.seq) if found.seq.defined else ""
    except _BROKEN as error:
        what = str(error).split("\n")[0][:120]
        return Record(
            number, first, name, text, broken=f"cannot be read ({what or type(error).__name__})", broken_line=first
        )
    held = len(residues)
    values = {
        "description": str(found.description)[:200],
        "length": str(held),
        "kind": str(found.annotations.get("molecule_type", "")),
        "topology": str(found.annotations.get("topology", "")),
        "organism": str(found.annotations.get("organism", ""))[:100],
        "features": str(len(found.features)),
    }
    announced = re.match(r"LOCUS\s+\S+\s+(\d{1,12})\s+(?:bp|aa)\b", text)
    if not held and re.search(r"^(?:CONTIG|WGS|WGS_SCAFLD)\b", text, re.MULTILINE):
        values |= {
            "length": announced[1] if announced else "",
            "description": f"{values['description']} (assembled from others, without residues)",
        }
        return Record(number, first, found.id or name, text, values)
    if not held:
        return Record(number, first, found.id or name, text, values, "has no sequence after ORIGIN", first)
    if announced and int(announced[1]) != held:
        what = f"announces {int(announced[1]):,} residues, but {held:,} stand in it"
        return Record(number, first, found.id or name, text, values, what, first)
    return Record(number, first, found.id or name, text, values)
