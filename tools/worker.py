"""The child's side of ``tools.running``: read a call, run it, answer; one JSON object a line. A call that asks another machine is
preceded by its requests for leave (``tools.network``).

Started as ``python -m tools.worker MEMORY_MB MODULE…``. The answers leave by a descriptor of their own, so that nothing a
library prints can be taken for one; what is printed goes to the parent's standard error.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from typing import Any, TextIO

from errors import NetworkNotAllowedError, RetortError, ToolInputError
from tools.network import GATE, LONGEST_RECORDED_BODY, not_allowed
from tools.outputs import Text, ToolResult
from tools.registry import Toolbox
from tools.views_wanted import VIEWS_WANTED

MOST_ANSWER_BYTES = 32_000_000


def limit_memory(megabytes: int) -> None:
    """Refuse allocations beyond the limit, where the system enforces one (Linux does, macOS mostly does not)."""
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))
    except (ImportError, ValueError, OSError):
        print("This system sets no memory limit on tools.", file=sys.stderr)


def describe(toolbox: Toolbox) -> dict[str, Any]:
    """The first line a worker writes: what it can do, so that the parent imports no chemistry."""
    return {
        "tools": [
            {
                **tool.schema,
                "group": tool.group,
                "asks": list(tool.asks),
                "time_limit_s": tool.time_limit_s,
                "hosts": list(tool.hosts),
            }
            for tool in toolbox
        ]
    }


def answer(toolbox: Toolbox, line: str) -> str:
    """One answered call as a line: ``{"result"}``, ``{"input_error"}``, ``{"not_allowed"}`` or ``{"tool_error"}``."""
    request = json.loads(line)
    name = request["name"]
    views = request.get("views", "all")
    VIEWS_WANTED.set(views == "all")
    try:
        result = toolbox[name](request["arguments"])
        if views != "all":
            result = result.model_copy(update={"views": _molfile(result) if views == "molfile" else ()})
        told = json.dumps({"result": result.model_dump(mode="json")}, allow_nan=False)
        if len(told) > MOST_ANSWER_BYTES:
            return json.dumps(
                {"tool_error": f"{name} gave more than {MOST_ANSWER_BYTES // 1_000_000} MB; ask for less."}
            )
        return told
    except ToolInputError as error:
        return json.dumps({"input_error": error.as_json()})
    except NetworkNotAllowedError as error:
        return json.dumps({"not_allowed": error.as_json()})
    except RetortError as error:
        return json.dumps({"tool_error": str(error)})
    except MemoryError:
        return json.dumps({"tool_error": f"{name} needed more memory than a tool may use; give it less at once."})
    except Exception as error:  # a fault of ours or of a library: this call fails, the next one need not
        traceback.print_exc()
        return json.dumps({"tool_error": f"{name} failed inside ({type(error).__name__}); please report this input."})


class PipeGate:
    """Asks the parent for leave, by the two pipes of the calls; ``tool`` is the one that runs."""

    def __init__(self, calls: TextIO, answers: TextIO) -> None:
        self._calls, self._answers = calls, answers
        self.tool = ""

    def ask(self, host: str, method: str, url: str, body: str) -> str:
        self._tell({"request": {"host": host, "method": method, "url": url, "body": body[:LONGEST_RECORDED_BODY]}})
        reply = json.loads(self._calls.readline())
        if reply["go"] is not True:
            raise not_allowed(self.tool, host, method, url, body)
        time.sleep(reply["after_s"])
        return reply["id"]

    def answered(self, id: str, status: int | None, received_bytes: int, problem: str) -> None:
        self._tell({"answered": {"id": id, "status": status, "received_bytes": received_bytes, "problem": problem}})

    def _tell(self, told: dict[str, Any]) -> None:
        self._answers.write(json.dumps(told) + "\n")
        self._answers.flush()


def _molfile(result: ToolResult) -> tuple[Text, ...]:
    """The structure that an answer gives as ``smiles``, laid out; nothing where that is not quick, or there is none."""
    from tools.chemistry.molblocks import quick_molblock

    smiles = result.data.get("smiles")
    block = quick_molblock(smiles) if isinstance(smiles, str) else ""
    return (Text(text=block, title="molfile"),) if block else ()


def main(memory_mb: int, modules: list[str], calls: TextIO, answers: TextIO) -> None:
    toolbox = Toolbox.load(modules)
    limit_memory(memory_mb)
    answers.write(json.dumps(describe(toolbox)) + "\n")
    answers.flush()
    gate = PipeGate(calls, answers)
    GATE.set(gate)
    while line := calls.readline():  # ends when the parent closes it, or dies; not "for line in", which reads ahead
        gate.tool = json.loads(line)["name"]
        answers.write(answer(toolbox, line) + "\n")
        answers.flush()


if __name__ == "__main__":
    own_answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    own_calls = os.fdopen(os.dup(0), "r", encoding="utf-8")
    os.dup2(2, 1)
    os.close(0)
    try:
        main(int(sys.argv[1]), sys.argv[2:], own_calls, own_answers)
    except BrokenPipeError:  # the parent is gone: nobody reads any more, and nothing is left to be flushed
        os._exit(0)
