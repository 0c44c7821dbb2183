"""What the page of the instructions shows: those that hold, what differs from ours, and those of one answer."""

from __future__ import annotations

from typing import Any

from app.instructions import LONGEST_PROMPT, what_differs
from app.prompts import our_prompt
from app.services import Services


def prompt_as_json(services: Services) -> dict[str, Any]:
    """Raises ``RetortError`` if the file of a person's own cannot be read."""
    current = services.prompt.current()
    return {
        "text": current.text,
        "ours": our_prompt("system_with_tools"),
        "is_edited": current.is_edited,
        "is_locked": services.prompt.is_locked,
        "most": LONGEST_PROMPT,
        "differs": what_differs(current.text),
        "others": [our_prompt("system_without_tools"), our_prompt("system_with_results")],
    }
