"""Stand-ins for a model and for the tools' processes: they say what they are told to, and note what they were asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from app.calling import Outward
from app.egress import Ledger
from app.permissions import Permissions
from app.store import sqlite_url
from errors import NetworkNotAllowedError, RetortError, ToolInputError
from model.events import Abilities, Event, Finished, Options, TextDelta, ToolSchema, Usage
from model.messages import Message
from tools.network import Network, OutgoingRequest
from tools.outputs import Provenance, Svg, ToolResult

CATALOG = [
    {
        "name": "describe_molecule",
        "description": "Formula, masses, logP and other properties of a molecule.",
        "group": "molecule",
        "asks": ["molecular weight", "mass", "formula"],
        "parameters": {
            "type": "object",
            "properties": {"molecule": {"type": "string", "entity": "molecule", "description": "One molecule"}},
            "required": ["molecule"],
        },
    }
]


class FakeModel:
    """Each ``stream`` plays the next list of events; a callable among them is called instead (to press stop, say)."""

    def __init__(
        self, *turns: Sequence[Event | Callable[[], None]], abilities: Abilities = Abilities(tools=True)
    ) -> None:
        self.name = "fake"
        self.abilities = abilities
        self.asked: list[list[Message]] = []
        self._turns = iter(turns)

    def stream(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], options: Options, stop: threading.Event
    ) -> Iterator[Event]:
        self.asked.append(list(messages))
        new = 0
        for event in next(self._turns):
            if stop.is_set():
                yield Finished(Usage(10, new, 0.1, 0.2), "stopped")
                return
            if callable(event):
                event()
                continue
            new += 1
            yield event
            if isinstance(event, Finished):
                return
        yield Finished(Usage(10, new, 0.1, 0.2), "stop")


class FakeTools:
    """Knows the average mass of aspirin (PubChem CID 2244: 180.16 g/mol) and refuses the rest."""

    size, busy = 2, 0

    def __init__(self) -> None:
        self.called: list[tuple[str, dict[str, Any]]] = []

    def catalog(self) -> list[dict[str, Any]]:
        return CATALOG

    def call(self, name: str, arguments: dict[str, Any], *, cancel: threading.Event | None = None) -> ToolResult:
        self.called.append((name, arguments))
        if arguments.get("molecule") != "aspirin":
            raise ToolInputError(f"'{arguments.get('molecule')}' is not a molecule", "molecule", "check it")
        return ToolResult(
            tool=name,
            summary="Aspirin, C9H8O4: average mass 180.16 Da.",
            data={"average_mass_da": 180.16},
            views=(Svg(svg="<svg xmlns='http://www.w3.org/2000/svg'><title>Aspirin</title></svg>", title="Aspirin"),),
            notes=("Average mass.",),
            provenance=Provenance(tool=name, arguments=arguments, libraries={"rdkit": "0"}, seconds=0.01),
        )


class LookupTools(FakeTools):
    """Asks PubChem for a name, or for two hosts' opinions, as a worker would: only what is allowed and was recorded is "sent"."""

    HOST, OTHER = "pubchem.ncbi.nlm.nih.gov", "www.ebi.ac.uk"

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.kept: set[str] = set()

    def catalog(self) -> list[dict[str, Any]]:
        named = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
        lookup = {"group": "lookup", "asks": [], "parameters": named, "description": "Look a compound up."}
        return [
            *CATALOG,
            {**lookup, "name": "look_up", "hosts": [self.HOST]},
            {**lookup, "name": "look_up_twice", "hosts": [self.HOST, self.OTHER]},
        ]

    def call(
        self,
        name: str,
        arguments: dict[str, Any],
        *,
        cancel: threading.Event | None = None,
        network: Network | None = None,
    ) -> ToolResult:
        if name == "describe_molecule":
            return super().call(name, arguments, cancel=cancel)
        self.called.append((name, arguments))
        for host in next(tool["hosts"] for tool in self.catalog() if tool["name"] == name):
            url = f"https://{host}/{arguments['name']}"
            if url in self.kept:
                continue
            if network is None or host not in network.allowed:
                raise NetworkNotAllowedError(host, f"{name} would send it GET {url}")
            id = network.about_to_send(OutgoingRequest(host, "GET", url, "", name))
            self.sent.append(url)
            self.kept.add(url)
            network.answered(id, 200, 42, "")
        return ToolResult(
            tool=name,
            summary=f"{arguments['name']} is there.",
            data={},
            provenance=Provenance(tool=name, arguments=arguments, libraries={}, seconds=0.01),
        )


def outward_of(folder: Path, may_be_always: bool = True) -> Outward:
    """Permissions and a ledger of a folder's own, in the database of its conversations."""
    url = sqlite_url(folder)
    return Outward(Permissions(url, may_be_always), Ledger(url))


def raising(error: RetortError) -> Callable[[], None]:
    def throw() -> None:
        raise error

    return throw


def words(text: str) -> list[Event]:
    return [TextDelta(word + " ") for word in text.split()]
