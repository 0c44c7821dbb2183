"""What a database is asked for a compound: by its number there, by an InChIKey, or by a name.

Of a structure only its InChIKey leaves this machine, a hash from which nobody reads the structure of a compound that is not public.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from errors import ToolInputError, shown
from tools.chemistry.inchi_writing import inchikey_of
from tools.inputs.identifiers import LONGEST_FREE_TEXT
from tools.inputs.molecules import ParsedMolecule, parse_molecule
from tools.inputs.notations import is_inchikey, may_be_name

HASH_NOTE = "Of the structure only its InChIKey was sent."
_NAMED = frozenset(("name", "cas"))
_CID = re.compile(r"(?:pubchem\s*)?cid[\s:#]*(\d{1,10})", re.IGNORECASE)


@dataclass(frozen=True)
class Sought:
    """``parsed`` is the compound as it is known here; None where only the database may know it."""

    by: Literal["cid", "inchikey", "name"]
    value: str
    parsed: ParsedMolecule | None
    notes: tuple[str, ...]


def sought(text: str, where: str = "compound") -> Sought:
    """How to ask for it; raises ``ToolInputError`` for a broken structure, which is not sent."""
    words = " ".join(text.split())
    if number := _CID.fullmatch(words):
        return Sought("cid", number[1], None, ())
    if is_inchikey(words):
        return Sought("inchikey", words.upper().removeprefix("INCHIKEY="), None, ())
    try:
        parsed = parse_molecule(text, where)
    except ToolInputError as refused:
        if not _may_be_known_there(words):
            raise refused from None
        return Sought(
            "name",
            words,
            None,
            (f"The name {shown(words)} means no single structure here; it was asked for as it is.",),
        )
    if parsed.notation in _NAMED:
        return Sought("name", words, parsed, ())
    key = inchikey_of(parsed.mol)
    if not key:
        raise ToolInputError(
            f"{shown(text)} has no InChIKey, by which a structure is asked for", where, "give the compound's name"
        )
    return Sought("inchikey", key, parsed, (*parsed.notes, HASH_NOTE))


def _may_be_known_there(words: str) -> bool:
    """Whether a text that is no structure here may be a name: a word of a language, and no formula of letters and brackets."""
    is_short = 2 < len(words) <= LONGEST_FREE_TEXT
    return is_short and may_be_name(words) and bool(re.search(r"[a-z]{3}", words)) and words.isprintable()
