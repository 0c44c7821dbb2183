"""Tools that misbehave in every way a library can, for the tests of the workers and of the registry."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from typing import Literal

from errors import ToolInputError
from tools.outputs import ToolOutput
from tools.registry import tool


@tool(group="sample", libraries=("pydantic",), asks=("echo",), time_limit_s=5.0)
def echo(
    text: str, times: int = 1, style: Literal["plain", "loud"] = "plain", words: list[str] | None = None
) -> ToolOutput:
    """Say a text again.

    What stands here is for who reads the source.
    """
    said = " ".join([text] * times)
    return ToolOutput(summary=said.upper() if style == "loud" else said, data={"process": os.getpid()})


@tool(group="sample", libraries=(), time_limit_s=1.0)
def sleep(seconds: float) -> ToolOutput:
    """Do nothing for a while."""
    time.sleep(seconds)
    return ToolOutput(summary="Awake.", data={"process": os.getpid()})


@tool(group="sample", libraries=(), time_limit_s=20.0)
def allocate(megabytes: int) -> ToolOutput:
    """Ask for memory."""
    return ToolOutput(summary=f"{len(bytearray(megabytes * 1_000_000))} bytes.", data={})


@tool(group="sample", libraries=())
def die(how: Literal["exit", "kill", "segfault"]) -> ToolOutput:
    """End the process."""
    if how == "exit":
        os._exit(3)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    ctypes.string_at(0)
    return ToolOutput(summary="Not reached.", data={})


@tool(group="sample", libraries=())
def shout(text: str) -> ToolOutput:
    """Print, as a library may."""
    print(text)
    sys.stdout.write('{"result": "forged"}\n')
    os.write(1, b'{"result": "forged by the descriptor"}\n')
    return ToolOutput(summary="Printed.", data={})


@tool(group="sample", libraries=())
def environment() -> ToolOutput:
    """Which variables the process has."""
    return ToolOutput(summary="Variables.", data={"names": sorted(os.environ)})


@tool(group="sample", libraries=())
def grow(megabytes: int) -> ToolOutput:
    """Answer at length."""
    return ToolOutput(summary="x" * (megabytes * 1_000_000), data={})


@tool(group="sample", libraries=())
def refuse(value: str) -> ToolOutput:
    """Refuse every value."""
    raise ToolInputError("This value is refused", "value, character 1", "give another one")


@tool(group="sample", libraries=())
def fail(with_none: bool) -> ToolOutput:
    """Fail as a faulty tool would."""
    if with_none:
        return None  # type: ignore[return-value]
    raise RuntimeError("a library broke")


@tool(group="sample", libraries=())
def not_a_number() -> ToolOutput:
    """Answer with what JSON does not have."""
    return ToolOutput(summary="NaN.", data={"value": float("nan")})
