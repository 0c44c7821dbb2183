"""``@tool``, and the ``Toolbox`` that holds what it registered.

A tool is one typed function with a docstring that returns a ``ToolOutput``. Its first docstring paragraph is what
a model reads; its JSON Schema is made from its type hints. A parameter's type says which parser reads it: the annotated
types of ``tools.inputs`` carry an ``entity`` ("molecule", "sequence", …) that also tells the router what may fill it.
"""

from __future__ import annotations

import importlib
import inspect
import time
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from errors import ToolInputError, shown
from tools.argument_forms import as_declared
from tools.network import Retrieved, gathering
from tools.outputs import Provenance, ToolOutput, ToolResult
from tools.version import circumstances

DEFAULT_TIME_LIMIT_S = 10.0

#: Every module that registers tools, in the order in which a list shows them.
TOOL_MODULES = (
    "tools.chemistry.structures",
    "tools.chemistry.description",
    "tools.chemistry.notation",
    "tools.chemistry.drawing",
    "tools.chemistry.structure_image",
    "tools.chemistry.conformers",
    "tools.chemistry.counting",
    "tools.chemistry.substructures",
    "tools.chemistry.groups",
    "tools.chemistry.rings",
    "tools.chemistry.paths",
    "tools.chemistry.atom_mapping",
    "tools.chemistry.stereo",
    "tools.chemistry.isomers",
    "tools.chemistry.similarity",
    "tools.chemistry.clustering",
    "tools.chemistry.rgroups",
    "tools.chemistry.drug_likeness",
    "tools.chemistry.alerts",
    "tools.chemistry.standardizing",
    "tools.chemistry.comparing",
    "tools.chemistry.protonation",
    "tools.chemistry.reaction_checking",
    "tools.chemistry.applying",
    "tools.chemistry.disconnecting",
    "tools.chemistry.nmr",
    "tools.chemistry.point_group",
    "tools.chemistry.balancing",
    "tools.chemistry.fitting",
    "tools.chemistry.units",
    "tools.chemistry.solutions",
    "tools.chemistry.formula_report",
    "tools.chemistry.isotope_pattern",
    "tools.chemistry.element_report",
    "tools.chemistry.physical_constants",
    "tools.chemistry.hazards",
    "tools.chemistry.oxidation_states",
    "tools.biology.sequences",
    "tools.biology.proteins",
    "tools.biology.orfs",
    "tools.biology.mutations",
    "tools.biology.restriction",
    "tools.biology.codon_optimization",
    "tools.biology.melting",
    "tools.biology.primers",
    "tools.biology.pcr",
    "tools.biology.cloning",
    "tools.biology.rna_folding",
    "tools.biology.peptides",
    "tools.biology.pairwise",
    "tools.biology.multiple_alignment",
    "tools.biology.structures",
    "tools.files",
    "tools.lookups.pubchem",
    "tools.lookups.chembl",
    "tools.lookups.uniprot",
    "tools.lookups.rcsb",
    "tools.lookups.alphafold",
    "tools.lookups.ncbi",
    "tools.lookups.europe_pmc",
    "tools.lookups.arxiv",
    "tools.lookups.crossref",
)


@dataclass(frozen=True)
class Tool:
    """A registered function: what a model, a router and a worker need to know of it.

    ``libraries`` are the distributions that compute the answer (their versions go into the provenance);
    ``asks`` are words and phrases in which people ask for this, beyond those of the description; ``hosts`` are those that it
    may ask over the network, none of which it reaches without its caller's leave (``tools.network``).
    """

    name: str
    function: Callable[..., ToolOutput]
    group: str
    libraries: tuple[str, ...]
    asks: tuple[str, ...]
    time_limit_s: float
    hosts: tuple[str, ...] = ()

    @cached_property
    def description(self) -> str:
        """The first paragraph of the docstring, on one line."""
        return " ".join((inspect.getdoc(self.function) or "").split("\n\n")[0].split())

    @cached_property
    def parameters(self) -> type[BaseModel]:
        """The arguments as a pydantic model: extra names are refused, and values of another type."""
        hints = get_type_hints(self.function, include_extras=True)
        fields: dict[str, Any] = {}
        for name, parameter in inspect.signature(self.function).parameters.items():
            default = ... if parameter.default is inspect.Parameter.empty else parameter.default
            fields[name] = (hints[name], default)
        config = ConfigDict(extra="forbid", strict=True)
        return create_model(f"{self.name}_arguments", __config__=config, **fields)

    @cached_property
    def schema(self) -> dict[str, Any]:
        """``{"name", "description", "parameters"}`` with the JSON Schema of the arguments."""
        parameters = self.parameters.model_json_schema()
        parameters.pop("title", None)
        for field in parameters.get("properties", {}).values():
            field.pop("title", None)
        return {"name": self.name, "description": self.description, "parameters": parameters}

    def validated(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments by name, defaults filled in; raises ``ToolInputError`` on a missing, extra or mistyped one."""
        declared = self.schema["parameters"].get("properties", {})
        given = {name: as_declared(value, declared.get(name, {})) for name, value in arguments.items()}
        try:
            model = self.parameters.model_validate(given)
        except ValidationError as error:
            raise _input_error(self, error) from None
        return {name: getattr(model, name) for name in type(model).model_fields}

    def __call__(self, arguments: Mapping[str, Any]) -> ToolResult:
        """Run here, in this process; raises ``ToolInputError``."""
        values = self.validated(arguments)
        started = time.perf_counter()
        with gathering() as retrieved:
            output = self.function(**values)
        provenance = Provenance(
            tool=self.name,
            arguments={name: value for name, value in values.items() if value is not None},
            libraries={name: _version(name) for name in self.libraries},
            seconds=round(time.perf_counter() - started, 4),
            **_whence(retrieved),
            **circumstances(),
        )
        return ToolResult(
            tool=self.name,
            summary=output.summary,
            data=output.data,
            views=output.views,
            notes=output.notes,
            provenance=provenance,
        )


def _whence(retrieved: list[Retrieved]) -> dict[str, Any]:
    """Of a provenance: where the answers came from; nothing for what was computed here."""
    if not retrieved:
        return {}
    return {
        "host": ", ".join(dict.fromkeys(one.host for one in retrieved)),
        "source": ", ".join(dict.fromkeys(one.source for one in retrieved)),
        "retrieved_at": min(one.retrieved_at for one in retrieved),
        "from_cache": all(one.from_cache for one in retrieved),
    }


@cache
def _version(distribution: str) -> str:
    """Read from its files once: that took as long as a small call itself."""
    return version(distribution)


def _input_error(tool: Tool, error: ValidationError) -> ToolInputError:
    """pydantic's first complaint, as one sentence that names the argument."""
    first = error.errors(include_url=False)[0]
    argument, *inside = first["loc"] or ("arguments",)
    places = [f", item {part + 1}" for part in inside if isinstance(part, int)]  # the rest names types of a union
    name = f"{argument}{''.join(places)}"
    wanted = ", ".join(tool.parameters.model_fields)
    if first["type"] == "missing":
        return ToolInputError(f"{tool.name} needs the argument '{name}'", name, f"its arguments are: {wanted}")
    if first["type"] == "extra_forbidden":
        return ToolInputError(f"{tool.name} has no argument {shown(name)}", "arguments", f"its arguments are: {wanted}")
    complaint = first["msg"][:1].lower() + first["msg"][1:]
    return ToolInputError(f"{shown(first['input'])} cannot be used: {complaint}", name, "correct this argument")


def tool(
    *,
    group: str,
    libraries: Iterable[str],
    asks: Iterable[str] = (),
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
    hosts: Iterable[str] = (),
) -> Callable[[Callable[..., ToolOutput]], Callable[..., ToolOutput]]:
    """Mark a function as a tool of its name; the function itself stays as it is."""

    def register(function: Callable[..., ToolOutput]) -> Callable[..., ToolOutput]:
        function.__tool__ = Tool(  # type: ignore[attr-defined]
            name=function.__name__,
            function=function,
            group=group,
            libraries=tuple(libraries),
            asks=tuple(asks),
            time_limit_s=time_limit_s,
            hosts=tuple(hosts),
        )
        return function

    return register


class Toolbox:
    """Tools by name, in a fixed order (so that a prompt that lists them stays the same)."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools = {tool.name: tool for tool in tools}

    @classmethod
    def load(cls, modules: Iterable[str] = TOOL_MODULES) -> Toolbox:
        """Import the modules and gather what they registered."""
        return cls(found for name in modules for found in _tools_of(importlib.import_module(name)))

    def __iter__(self):
        return iter(self._tools.values())

    def __len__(self) -> int:
        return len(self._tools)

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    def __getitem__(self, name: str) -> Tool:
        """The tool of that name; raises ``ToolInputError`` that lists the names there are."""
        if name not in self._tools:
            raise ToolInputError(f"There is no tool {shown(name)}", "tool", f"choose one of: {', '.join(self._tools)}")
        return self._tools[name]


def _tools_of(module: types.ModuleType) -> list[Tool]:
    functions = [value for value in vars(module).values() if getattr(value, "__module__", None) == module.__name__]
    return [function.__tool__ for function in functions if hasattr(function, "__tool__")]
