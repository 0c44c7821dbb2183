"""Whether DNA is a line or a circle: as asked, as its record says, or linear."""

from __future__ import annotations

import re

from tools.inputs.sequences import ParsedSequence

_LOCUS = re.compile(r"(?:(?:LOCUS|ID)\b|>)[^\n]*\b(circular|linear)\b", re.IGNORECASE)


def taken_as_circular(parsed: ParsedSequence, asked: bool | None, what: str, notes: list[str]) -> bool:
    """Adds how ``what`` ("The template") was taken, and why, to ``notes``."""
    locus = _LOCUS.match(parsed.text.lstrip("\ufeff \n\t`'\""))
    written = locus[1].lower() if locus else ""
    if asked is None:
        circular = written == "circular"
        why = "as its record says" if written else "as nothing else was said"
    else:
        circular, why = asked, "as asked"
    said = f"{what} was taken as {'circular' if circular else 'linear'}, {why}"
    if asked is not None and written and (written == "circular") != circular:
        said += f", though its record says {written}"
    notes.append(said + ".")
    return circular
