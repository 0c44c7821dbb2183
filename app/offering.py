"""Which tools a model is offered: a stable few, and ``find_tool``, which brings in others by what they do.

All schemas at once would fill the prompt of a small model and be read anew in every turn; a set that only grows, at its
end, leaves what stands before it as it was.
"""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.batches import OVER_FILE, SCHEMA
from app.wording import stem
from errors import ToolInputError, shown
from model.events import ToolSchema
from model.messages import File, Message, ToolCall, ToolResult
from tools.outputs import Provenance
from tools.outputs import ToolResult as Output

FIND_TOOL = "find_tool"
#: As many tools are offered all at once.
FEW = 16
FOUND_AT_ONCE = 4
#: What most questions need, in the order in which it is listed.
CORE = (
    "resolve_structure",
    "name_to_structure",
    "describe_molecule",
    "draw_molecules",
    "show_3d",
    "count_atoms",
    "functional_groups",
    "formula_report",
    "balance_reaction",
    "convert_units",
    "sequence_report",
    "translate",
    "protein_report",
)
#: Offered once a file is attached.
FOR_FILES = ("read_file", "structure_report", OVER_FILE)
_WORD = re.compile(r"[a-z0-9]+")


class Offering:
    """The tools of one conversation: the core, those that it has used or found, and a way to find more."""

    def __init__(self, catalog: Sequence[Mapping[str, Any]], messages: Iterable[Message] = ()) -> None:
        self._tools = {tool["name"]: tool for tool in catalog}
        self._is_whole = len(self._tools) <= FEW
        names = list(self._tools) if self._is_whole else [name for name in CORE if name in self._tools]
        self._offered = dict.fromkeys(names)
        for message in messages:
            for part in message.parts:
                if isinstance(part, File):
                    self._tools.setdefault(OVER_FILE, _as_tool(SCHEMA))
                    self._offer(FOR_FILES)
                elif isinstance(part, ToolCall):
                    self._offer([part.name])
                elif isinstance(part, ToolResult) and part.name == FIND_TOOL and part.ok:
                    self._offer(tool["name"] for tool in part.content["data"]["tools"])
        self._words = {name: _words_of(tool) for name, tool in self._tools.items()}
        self._holders = Counter(word for words in self._words.values() for word in words)

    def schemas(self) -> list[ToolSchema]:
        offered = [self._tools[name] for name in self._offered]
        schemas = [ToolSchema(tool["name"], tool["description"], tool["parameters"]) for tool in offered]
        return schemas if self._is_whole else [_FIND_SCHEMA, *schemas]

    def answers(self, name: str) -> bool:
        """Whether a call of this name is answered here, by ``find``."""
        return name == FIND_TOOL

    def find(self, arguments: Mapping[str, Any]) -> Output:
        """The result of a ``find_tool`` call; what it found is offered from now on. Raises ``ToolInputError``."""
        started = time.perf_counter()
        task = arguments.get("task")
        if not isinstance(task, str) or not task.strip():
            raise ToolInputError(f"{FIND_TOOL} needs a 'task'", "task", "say in a few words what is to be computed")
        asked = {stem(word) for word in _WORD.findall(task.lower())}
        scores = {
            name: sum(math.log(1 + len(self._tools) / self._holders[word]) for word in asked & words)
            for name, words in self._words.items()
        }
        best = [name for name in sorted(scores, key=scores.__getitem__, reverse=True) if scores[name] > 0]
        found = best[:FOUND_AT_ONCE]
        if not found:
            raise ToolInputError(f"No tool does {shown(task)}", "task", "answer without one, and say so")
        self._offer(found)
        return Output(
            tool=FIND_TOOL,
            summary=f"These tools may do it: {', '.join(found)}.",
            data={"tools": [{"name": name, "description": self._tools[name]["description"]} for name in found]},
            provenance=Provenance(
                tool=FIND_TOOL, arguments=dict(arguments), libraries={}, seconds=round(time.perf_counter() - started, 4)
            ),
        )

    def _offer(self, names: Iterable[str]) -> None:
        self._offered |= dict.fromkeys(name for name in names if name in self._tools)


def _as_tool(schema: ToolSchema) -> dict[str, Any]:
    return {"name": schema.name, "description": schema.description, "parameters": schema.parameters}


def _words_of(tool: Mapping[str, Any]) -> frozenset[str]:
    text = " ".join((tool["name"].replace("_", " "), tool["description"], *tool.get("asks", ())))
    return frozenset(stem(word) for word in _WORD.findall(text.lower()))


_FIND_SCHEMA = ToolSchema(
    FIND_TOOL,
    "Find more tools by what they compute, or to look something up in PubChem, ChEMBL, UniProt, the PDB, AlphaFold DB, NCBI or the "
    "literature, where none of those listed does it; what is found can be called afterwards.",
    {
        "type": "object",
        "properties": {"task": {"type": "string", "description": "What is to be computed, in a few words"}},
        "required": ["task"],
        "additionalProperties": False,
    },
)
