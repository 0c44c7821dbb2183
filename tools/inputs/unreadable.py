"""What a text is that is no molecule: a number, a sequence, a formula, several compounds, or a name that is not known."""

from __future__ import annotations

import re

from errors import ToolInputError, shown
from tools.inputs import notations
from tools.inputs.elements import ELEMENT_NAMES
from tools.inputs.names import close_names, look_up_name, systematic_complaint, what_is_no_compound
from tools.inputs.smiles_errors import SmilesReading

_SEPARATORS = re.compile(r"\s*[;,+&|]\s*|\s+(?:and|or|und|et|with|plus|vs)\s+|\s+", re.IGNORECASE)
MOST_PARTS = 6  # a look-up in the tables takes some 50 ms


def is_smiles(text: str) -> bool:
    """Whether a text follows the grammar of SMILES."""
    try:
        SmilesReading(text, "")
    except ToolInputError:
        return False
    return True


def number_error(text: str, where: str) -> ToolInputError | None:
    """For a bare number or a PubChem number, which only a look-up could answer."""
    if not re.fullmatch(r"(?:(?:PubChem\s*)?C?ID\s*[:#]?\s*)?[-+]?\d[\d.,eE+-]*", text, re.IGNORECASE):
        return None
    return ToolInputError(
        f"{shown(text)} is a number, not a molecule", where,
        "give a SMILES, a name or a CAS number such as 64-17-5; database numbers are not known here",
    )  # fmt: skip


def trailing_text(text: str, where: str, shift: int) -> ToolInputError:
    """For a text with a blank in it that is no name."""
    first, rest = text.split(None, 1)
    place = f"{where}, character {text.find(rest, len(first)) + 1 + shift}"
    if rest.startswith("|"):
        return ToolInputError(
            f"{shown(text)} carries a CXSMILES extension after its SMILES", place, f"give {shown(first)} alone"
        )
    if not is_smiles(first):
        return unknown_name(text, where)
    if all(is_smiles(part) for part in rest.split()):
        return ToolInputError(
            f"{shown(text)} is more than one SMILES in one text",
            place,
            "give one molecule, or a list; a mixture uses '.'",
        )
    return ToolInputError(
        f"{shown(text)} has the text {shown(rest)} after the SMILES {shown(first)}",
        place,
        f"give the SMILES {first[:80]} or the name alone",
    )


def other_kind(text: str, where: str) -> ToolInputError | None:
    """What a text that is no SMILES is: a sequence, a formula or an unknown name; None where it is a broken SMILES."""
    if what_is_no_compound(text):
        return unknown_name(text, where)
    if kind := notations.sequence_kind(text):
        tool = "protein_report" if kind == "protein" else "sequence_report"
        return ToolInputError(
            f"{shown(text)} looks like a {kind} sequence, not a molecule", where, f"use {tool} for sequences"
        )
    elements = [symbol for symbol, _ in notations.formula_elements(text)]
    if elements and len(set(elements)) == len(elements) and re.search(r"[2-9]|\d\d|H", text):
        return ToolInputError(
            f"{shown(text)} is a molecular formula, which says nothing of the structure",
            where,
            "give the compound as SMILES, CAS number or name",
        )
    if notations.may_be_name(text) and notations.has_word(text):
        return unknown_name(text, where)
    return None


def unknown_name(text: str, where: str) -> ToolInputError:
    """For words that no table has: the compounds that stand among them, what OPSIN said, or names spelt much alike."""
    if no_compound := what_is_no_compound(text):
        return ToolInputError(f"{shown(text)} is {no_compound[0]}, not one compound", where, no_compound[1])
    if parts := _known_parts(text):
        known = ", ".join(shown(part) for part in parts[:4])
        what = "holds the names of several compounds" if len(parts) > 1 else f"is more than the name {known}"
        hint = f"give one of {known}, or a list" if len(parts) > 1 else f"give {known} alone"
        return ToolInputError(f"{shown(text)} {what}", where, hint)
    close = close_names(text) if len(text) <= 100 else []
    hints = [f"check the spelling (near: {', '.join(close)})" if close else "check the spelling"]
    if complaint := systematic_complaint(text):
        hints = [complaint, *(hints if close else [])]
    hint = ", or ".join([*hints, "give a SMILES or CAS number"])
    return ToolInputError(f"{shown(text)} is neither a structure nor a name that is known here", where, hint)


def _known_parts(text: str) -> list[str]:
    """Words of a text that are compounds' own names (no synonyms: "love" is one of a drug) or CAS numbers."""
    parts = [part.strip("().,?!'\"") for part in _SEPARATORS.split(text[:400]) if part]
    if not 1 < len(parts) <= MOST_PARTS:
        return []
    long_enough = dict.fromkeys(part for part in parts if len(part) > 3)
    found = [part for part in long_enough if any(entry.principal for entry in look_up_name(part, systematic=False))]
    if len(found) == 1 and found[0].lower() in ELEMENT_NAMES.values():
        return []  # "chlorine trifluoride" is a compound that is not known here, not chlorine and more
    return found
