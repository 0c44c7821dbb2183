"""Tools that ask the network in ways that no lookup does, for the tests of the gate."""

from __future__ import annotations

import time

from tools.lookups.sending import Request, send
from tools.outputs import ToolOutput
from tools.registry import tool


@tool(group="sample", libraries=(), hosts=("announced.example",), time_limit_s=20.0)
def ask_path(host: str, path: str, times: int = 1) -> ToolOutput:
    """Send requests, whoever the host is."""
    sent = [send(Request("Sample", host, f"https://{host}{path}"), time.monotonic() + 10) for _ in range(times)]
    return ToolOutput(summary="Asked.", data={"bodies": [one.body.decode() for one in sent]})


@tool(group="sample", libraries=(), hosts=("announced.example",))
def swallow_refusal() -> ToolOutput:
    """Ask, and go on as if nothing had been refused."""
    try:
        send(Request("Sample", "announced.example", "https://announced.example/"), time.monotonic() + 10)
    except Exception as error:  # what no tool should do
        return ToolOutput(summary=type(error).__name__, data={})
    return ToolOutput(summary="Sent.", data={})
