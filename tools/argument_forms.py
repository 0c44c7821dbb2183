"""Other ways to write an argument that can mean one value only: ``"3"`` for 3, 3.0 for the integer 3, ``InChI`` for ``inchi``.

Models and scripts write these as often as what the schema says. What could mean two things stays as it is, and is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BeforeValidator

LONGEST_CHOICE = 200  # characters; a longer text is no name of a choice
_NUMERAL = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{1,18})?|\.\d{1,18})(?:[eE][+-]?\d{1,3})?")
_BOOLEANS = {"true": True, "false": False}


def as_declared(value: Any, schema: Mapping[str, Any]) -> Any:
    """``value`` in the form that the JSON Schema of its argument asks for, or unchanged where that is open or already so."""
    options = schema.get("anyOf", [schema])
    choices = [choice for option in options for choice in option.get("enum", ()) if isinstance(choice, str)]
    types = {option.get("type") for option in options if option.get("type") != "string" or "enum" not in option}
    if isinstance(value, list):
        items = [option["items"] for option in options if option.get("type") == "array" and "items" in option]
        return [as_declared(item, items[0]) for item in value] if len(items) == 1 else value
    if isinstance(value, float) and value.is_integer() and "integer" in types and "number" not in types:
        return int(value)  # JSON has one kind of number: 3.0 is an integer to JSON Schema, too
    if not isinstance(value, str):
        return value
    if "array" in types and (listed := _json_list(value)):
        return as_declared(listed, schema)
    if "string" in types:
        return value
    if (choice := matching(value, choices)) is not None:
        return choice
    bare = value.strip()
    if "boolean" in types and bare.lower() in _BOOLEANS:
        return _BOOLEANS[bare.lower()]
    if types & {"integer", "number"} and _NUMERAL.fullmatch(bare):
        return as_declared(int(bare) if re.fullmatch(r"[+-]?\d+", bare) else float(bare), schema)
    return value


def matching(value: str, choices: Iterable[str]) -> str | None:
    """The one choice that ``value`` is but for its capitals, blanks, hyphens and underscores; None where there is none."""
    wanted = _plain(value)
    found = [choice for choice in choices if _plain(choice) == wanted]
    return found[0] if len(found) == 1 else None


def also_called(names: Mapping[str, str]) -> BeforeValidator:
    """For a type of choices: each choice to its other names, separated by ``|``."""
    known = {_plain(other): choice for choice, others in names.items() for other in others.split("|")}

    def chosen(value: Any) -> Any:
        return known.get(_plain(value), value) if isinstance(value, str) else value

    return BeforeValidator(chosen)


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]", "", text).casefold() if len(text) <= LONGEST_CHOICE else text


def _json_list(text: str) -> list[Any] | None:
    """The list that a text such as ``["CCO", "CCN"]`` writes as JSON; a SMILES is none."""
    if not text.lstrip().startswith("["):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else None
