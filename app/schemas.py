"""What the JSON Schema of a tool's parameter says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def entity_of(schema: Mapping[str, Any]) -> str:
    """The entity of a parameter, also of an optional one."""
    inner = [schema, *schema.get("anyOf", ())]
    return next((option["entity"] for option in inner if "entity" in option), "")


def choices_of(schema: Mapping[str, Any]) -> list[str]:
    """The texts of which a parameter takes one."""
    inner = [schema, *schema.get("anyOf", ())]
    return [choice for option in inner for choice in option.get("enum", ()) if isinstance(choice, str)]
