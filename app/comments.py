"""The one sentence that a model without tools adds to what they have shown: it only points, or it is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.prompts import pointing_sentence
from model.events import Event, Finished, TextDelta
from model.messages import ToolResult

#: A view's kind in words; a table holds what the values name already.
PICTURES = {"svg": "drawing", "structure3d": "structure in space", "sequence": "sequence", "plot": "plot"}
UNNAMED = frozenset(["smiles", "inchi", "inchikey", "cas", "element"])
UNIT_OF_KEY = re.compile(r"_(da|a2|c|bits|kcal_mol|m_cm)$")


def pointing(events: Iterator[Event], question: str, shown: Sequence[str]) -> Iterator[Event]:
    """The events with the text held back until it is whole, and left out where it does more than point at what is shown."""
    written = ""
    for event in events:
        if isinstance(event, TextDelta):
            written += event.text
            continue
        if isinstance(event, Finished):
            if sentence := pointing_sentence(written, question, shown):
                yield TextDelta(sentence)
            event = replace(event, reason="stop") if event.reason == "length" else event
        yield event


def shown_names(result: ToolResult) -> list[str]:
    """What can be read of a result on the page, in words: its pictures, then its values without their units."""
    pictures = [PICTURES[view["kind"]] for view in result.content["views"] if view["kind"] in PICTURES]
    values = [UNIT_OF_KEY.sub("", key).replace("_", " ") for key in result.content["data"] if key not in UNNAMED]
    return list(dict.fromkeys([*pictures, *values]))
