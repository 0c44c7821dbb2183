"""From pasted text to the bare letters of one sequence: records, quotes, 5' and 3' marks, numbering, and what is none.

Nothing here decides between DNA, RNA and protein (``tools.inputs.alphabets`` does). Each function that leaves something
out says so in ``notes``.
"""

from __future__ import annotations

import re
import unicodedata

from rdkit import Chem, rdBase

from errors import ToolInputError, shown
from tools.inputs import notations
from tools.inputs.alphabets import BASES

LONGEST_LABEL = 60
_SHORTEST_SPACED_DNA = 12  # "tag a cat" has seven letters
_SHORTEST_BLOCK = 5  # words are often shorter than the blocks in which sequences are printed
_QUOTES = (("```", "```"), ("“", "”"), ("„", "“"), ("‘", "’"), ("«", "»"), ('"', '"'), ("'", "'"), ("`", "`"))
_LABEL = re.compile(r"(?:DNA|RNA|mRNA|cDNA|CDS|protein|peptide|seq(?:uence)?)\s*:\s*(?=\S)", re.IGNORECASE)
_PRIMES = frozenset("'′’`")
#: Records whose residues can be read: format, how it begins, the line before the residues.
_RECORDS = (
    ("GenBank", re.compile(r"(?:LOCUS|DEFINITION|ACCESSION|ORIGIN)\s"), "ORIGIN"),
    ("EMBL or UniProt", re.compile(r"(?:ID|AC|SQ) {3}\S"), "SQ"),
)
_OTHER_FORMATS = (
    ("a FASTQ record", re.compile(r"@\S[^\n]*\n[A-Za-z.]+\s*\n\+")),
    ("a PDB file", re.compile(r"(?:HEADER|TITLE|REMARK|SEQRES|CRYST1|ATOM|HETATM)\s+\S+\s")),
    ("an mmCIF file", re.compile(r"data_\S+\s")),
    ("an alignment", re.compile(r"CLUSTAL|MUSCLE|#\s*STOCKHOLM|#NEXUS")),
)
_SMILES_RUN = re.compile(r"(?:\[\d*(?:[A-Z][a-z]?|[bcnops*])[@H\d+:-]*\]|Br|Cl|[BCNOPSFIHbcnops]|[-=#()/\\.@+%*\d])+")
_ACCESSION = re.compile(r"(?=.{4})(?:[A-Z]{1,4}_?\d[A-Z0-9]*\d(?:\.\d+)?|\d[A-Z][A-Z0-9]{2})")


def read_record(text: str, where: str, notes: list[str]) -> tuple[str, str]:
    """The name (or an empty text) and the residues' lines of plain text or one FASTA, GenBank, EMBL or UniProt record.

    Raises ``ToolInputError`` for several records, for one without residues, and for other formats.
    """
    body = _unwrapped(text.removeprefix("\ufeff").strip(), notes)
    for kind, beginning, line in _RECORDS:
        if beginning.match(body):
            return _from_flat_file(body, kind, line, where, notes)
    for kind, beginning in _OTHER_FORMATS:
        if beginning.match(body):
            raise ToolInputError(
                f"The text is {kind}, not one sequence", where, "paste the residues alone, or as FASTA"
            )
    name, body = _from_fasta(body, where)
    if len(body) > 4 and body[1] in _PRIMES and body[-1] in _PRIMES:
        residues = body[2:-2].strip().removeprefix("-").removesuffix("-").strip()
        if (body[0], body[-2]) == ("5", "3"):
            notes.append("The marks 5' and 3' were removed.")
            body = residues
        elif (body[0], body[-2]) == ("3", "5"):
            raise ToolInputError(
                f"{shown(body)} is written from 3' to 5'",
                where,
                f"write it from 5' to 3': {_reversed(residues)}",
            )
    return name, body


def refuse_strange_characters(body: str, text: str, where: str) -> None:
    """Raise at the first look-alike or control character, with its code point and its place in ``text``."""
    strange = re.search(r"[^!-~ \t\n\r\v\f]", body)
    if strange is None:
        return
    character = strange.group()
    name = unicodedata.name(character, "a control character")
    shows = character.isprintable() and not character.isspace()
    raise ToolInputError(
        f"U+{ord(character):04X} ({name}) is not a letter of a sequence",
        f"{where}, character {text.find(body) + strange.start() + 1}",
        "type it again in plain ASCII" if shows else "remove it",
    )


def bare_letters(name: str, body: str, where: str, notes: list[str]) -> str:
    """The sequence without white space and numbering, in capitals; words and structures are refused.

    The lines of a record, which has a ``name``, belong together; that those of a plain text do is said.
    """
    body = _without_numbering(body.strip().removesuffix("//"), where, notes)
    compact = "".join(body.split())
    _refuse_structures(compact, where)
    if not re.search("[A-Za-z]", compact):
        raise ToolInputError(f"{shown(body) if compact else 'The text'} holds no residues", where, "give letters")
    if bracket := re.search(r"[()\[\]{}]", compact):
        raise ToolInputError(
            f"{shown(compact)} holds a bracket; modifications, repeats and rings are not read",
            f"{where}, position {bracket.start() + 1}",
            "write out the residues alone",
        )
    if digit := re.search(r"\d", compact):
        raise ToolInputError(
            f"{shown(compact)} holds the digit {digit.group()}",
            f"{where}, position {digit.start() + 1}",
            _accession_hint(compact),
        )
    _refuse_words(body, where)
    if not name and (lines := sum(bool(line.strip()) for line in body.splitlines())) > 1:
        notes.append(f"Its {lines:,} lines were joined into one sequence.")
    if compact != compact.upper():
        notes.append("Lower-case letters were read as capitals.")
    return compact.upper()


def _unwrapped(body: str, notes: list[str]) -> str:
    for opening, closing in _QUOTES:
        if len(body) > 2 * len(opening) and body.startswith(opening) and body.endswith(closing):
            body = body[len(opening) : -len(closing)].strip()
            notes.append("The quotes around the sequence were removed.")
            break
    if label := _LABEL.match(body):
        body = body[label.end() :]
        notes.append(f"The label {shown(label.group().strip())} was removed.")
    return body


def _from_flat_file(body: str, kind: str, line: str, where: str, notes: list[str]) -> tuple[str, str]:
    found = re.findall(rf"^{line}\b[^\n]*\n(.*?)(?=^//|\Z)", body, re.MULTILINE | re.DOTALL)
    if len(found) > 1:
        raise ToolInputError(f"The text holds {len(found)} records in {kind} format", where, "give one of them")
    if not found or not found[0].strip():
        raise ToolInputError(
            f"The text is a record in {kind} format without its residues, which stand after the line {line}",
            where,
            f"paste the lines between {line} and //",
        )
    notes.append(f"The residues were read from the {line} lines of a record in {kind} format; nothing else was used.")
    announced = re.search(r"^(?:LOCUS|ID|SQ)\b[^\n]*?\b(\d+) (?:bp|aa)\b", body, re.MULTILINE | re.IGNORECASE)
    held = sum(map(str.isalpha, found[0]))
    if announced and int(announced[1][:9]) != held:
        notes.append(f"The record announces {int(announced[1][:9]):,} residues, but {held:,} stand in it.")
    named = re.match(r"(?:LOCUS|ID)\s+(\w+)", body)
    return (named[1][:LONGEST_LABEL] if named else ""), found[0].strip()


def _from_fasta(body: str, where: str) -> tuple[str, str]:
    headers = [line for line in body.splitlines() if line.startswith(">")]
    if not headers:
        return "", body
    if len(headers) > 1:
        raise ToolInputError(f"The text holds {len(headers)} FASTA records", where, "give one of them")
    if not body.startswith(">"):
        raise ToolInputError("There is text before the FASTA header", where, "begin with the line that starts with >")
    header = headers[0]
    rest = body[len(header) :].strip()
    if not rest:
        raise ToolInputError(
            f"The FASTA record {shown(header)} has a header and no sequence",
            where,
            "add the sequence below it",
        )
    words = "".join(character for character in header[1:] if character.isprintable()).split()
    return (words[0][:LONGEST_LABEL] if words else ""), rest


def _reversed(residues: str) -> str:
    compact = "".join(character for character in residues if character.isascii() and character.isalpha())
    return shown(compact[::-1])


def _refuse_structures(compact: str, where: str) -> None:
    """InChI, InChIKey, CAS number, SMILES and formula, as far as they are no run of capitals."""
    what = ""
    if compact.startswith("InChI="):
        what = "an InChI"
    elif notations.is_inchikey(compact):
        what = "an InChIKey"
    elif notations.cas_number(compact):
        what = "a CAS number"
    elif re.search(r"[=#()\[\]@\\/%+\d]", compact) and re.search("[A-Za-z]", compact):
        if _SMILES_RUN.fullmatch(compact[:1000]) and (not _ACCESSION.fullmatch(compact) or _is_smiles(compact)):
            what = "a SMILES or a formula"
    elif not compact.isupper() and re.fullmatch(r"(?:Br|Cl|[BCNOPSFIbcnops])+", compact[:1000]):
        what = "a SMILES" if _is_smiles(compact) else ""
    if what:
        raise ToolInputError(
            f"{shown(compact)} is not a sequence; it looks like {what}", where, "for a molecule use describe_molecule"
        )


def _is_smiles(compact: str) -> bool:
    with rdBase.BlockLogs():
        return Chem.MolFromSmiles(compact[:1000]) is not None


def _without_numbering(body: str, where: str, notes: list[str]) -> str:
    """The text without its position numbers: at a line's end one counts the last residue, elsewhere the next one."""
    if not re.search(r"(?<!\S)\d+(?!\S)", body):
        return body
    lines, letters, offset = [], 0, None
    for pieces in (line.split() for line in body.splitlines()):
        kept: list[str] = []
        for index, piece in enumerate(pieces):
            if not piece.isdecimal() or len(piece) > 9:
                kept.append(piece)
                letters += len(piece)
                continue
            counted = letters if kept and index == len(pieces) - 1 else letters + 1
            ahead = int(piece) - counted
            if ahead < 0 or offset not in (None, ahead) or (ahead and offset is None and letters):
                raise ToolInputError(
                    f"The number {piece} does not count the residues before it ({letters:,})",
                    where,
                    "give letters only",
                )
            offset = ahead
        lines.append(" ".join(kept))
    notes.append("Position numbers were removed.")
    if offset:
        notes.append(f"The numbering began at {offset + 1:,}: this is a part of a longer sequence.")
    return "\n".join(lines)


def _accession_hint(compact: str) -> str:
    if _ACCESSION.fullmatch(compact):
        return "it looks like an accession number: paste the sequence itself"
    return "give letters only; for a molecule or a formula use describe_molecule"


def _refuse_words(body: str, where: str) -> None:
    """Prose: pieces of uneven, small lengths, or small letters that are not those of nucleotides."""
    compact = "".join(body.split())
    nucleic = {letter for letter in set(compact.upper()) if letter.isalpha()} <= BASES | {"N"}
    capitals = compact == compact.upper()
    for pieces in (line.split() for line in body.splitlines()):
        if len(pieces) < 2 or min(map(len, pieces[:-1])) >= _SHORTEST_BLOCK:
            continue
        if nucleic and (capitals or len(compact) >= _SHORTEST_SPACED_DNA):
            continue
        if not _in_blocks(pieces) or not (nucleic or capitals):
            raise ToolInputError(
                f"{shown(body)} reads as words and not as a sequence", where, "give the residues without spaces"
            )


def _in_blocks(pieces: list[str]) -> bool:
    """Whether all pieces but the last have one length, and the last no more."""
    return len({len(piece) for piece in pieces[:-1]}) <= 1 and len(pieces[-1]) <= len(pieces[0])
