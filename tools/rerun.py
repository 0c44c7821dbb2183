"""A recorded call made again, and what comes out compared with what was recorded.

An answer is what ``python -m tools call`` prints: ``{"ok": true, "summary", "data", "notes", "views", …}`` or
``{"ok": false, "error": {"what", "where", "hint"}}``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from errors import RetortError, ToolInputError
from tools.outputs import ToolResult
from tools.registry import TOOL_MODULES, Tool, Toolbox

#: Relative; two numbers that differ by less are told apart from equal ones, and from different ones.
TOLERANCE = 1e-6
MOST_TOLD = 20
LONGEST_TOLD = 60
#: Of a view, as JSON; a larger one is recorded by its SHA-256 in ``condensed``.
LARGEST_KEPT_VIEW = 4_000
COMPARED = ("summary", "data", "notes", "views")
#: Tools that minimise coordinates: the last digits depend on the processor and on the library, their kind and number do not.
MINIMISED = frozenset(("show_3d", "point_group"))
#: Tools that end a search after a time: on a slower machine they may find less, and say so.
TIMED = frozenset(("show_3d", "point_group", "enumerate_isomers", "compare_structures", "rgroup_table"))
#: A tool begins in its module like this; ``tests/tools/test_rerun.py`` holds it against what the registry finds.
_DECLARED = re.compile(r"^@tool\(.*?^def (\w+)\(", re.MULTILINE | re.DOTALL)
_COORDINATES = re.compile(r"views\[\d+\]\.models\[\d+\](\.sha256)?")

Answer = Mapping[str, Any]
Verdict = Literal["equal", "close", "different"]


@dataclass(frozen=True)
class Comparison:
    """``differences``: such as "data.average_mass_da: 180.159 → 180.16", at most 20 of them and how many more there are.

    "close": numbers differ by less than ``TOLERANCE``, or minimised coordinates differ, and nothing else does.
    """

    verdict: Verdict
    differences: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        if self.verdict == "equal":
            return "equal"
        start = f"equal within {TOLERANCE:g}" if self.verdict == "close" else "different"
        return f"{start}: {'; '.join(self.differences)}"


@cache
def modules_of_tools() -> dict[str, str]:
    """The module of each tool by its name, read from the sources: nothing of chemistry is imported for it."""
    found: dict[str, str] = {}
    for module in TOOL_MODULES:
        spec = importlib.util.find_spec(module)
        if spec is not None and spec.origin is not None:
            found |= dict.fromkeys(_DECLARED.findall(Path(spec.origin).read_text(encoding="utf-8")), module)
    return found


def tool_named(name: str) -> Tool:
    """The tool, with only its own module imported; raises ``ToolInputError`` for a name that no tool has."""
    module = modules_of_tools().get(name)
    return Toolbox.load((module,) if module else TOOL_MODULES)[name]


def call(name: str, arguments: Mapping[str, Any]) -> ToolResult:
    """Run a tool here, in this process, without its limits of time and memory.

    Raises ``ToolInputError`` as the tool does. A tool that asks another host is refused: only the page has leave to ask.
    """
    return tool_named(name)(arguments)


def answered(name: str, arguments: Mapping[str, Any]) -> Answer:
    """``call`` as an answer, in which an error is one, too."""
    try:
        return call(name, arguments).model_dump(mode="json")
    except RetortError as error:
        return failure(error)


def failure(error: RetortError) -> Answer:
    told = error.as_json() if isinstance(error, ToolInputError) else {"what": str(error), "where": "", "hint": ""}
    return {"ok": False, "error": {**told, "sentence": str(error)}}


def compare(recorded: Answer, now: Answer) -> Comparison:
    """What differs in summary, data, notes and views, or in the sentence of the error; ``recorded`` may be ``condensed``.

    Numbers are compared exactly, then within ``TOLERANCE``. Provenance is not compared: see ``changed_libraries``.
    """
    if not (recorded.get("ok", True) and now.get("ok", True)):
        return _compared_errors(recorded, now)
    differing = list(_differing("", {key: recorded.get(key) for key in COMPARED}, _as_recorded(recorded, now)))
    if not differing:
        return Comparison("equal")
    tool = str(now.get("tool", ""))
    apart = [one for one in differing if not one.is_close and not (tool in MINIMISED and one.is_coordinates)]
    told = [str(one) for one in (apart or differing)[:MOST_TOLD]]
    if more := len(apart or differing) - len(told):
        told.append(f"and {more:,} more")
    if apart and tool in TIMED:
        told.append("this tool ends its search after a time, so a slower machine may find less")
    return Comparison("different" if apart else "close", tuple(told))


def changed_libraries(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Such as "rdkit 2025.9.1 → 2026.9.1", for each library that both name and that has another version now."""
    return [f"{name} {then[name]} → {now[name]}" for name in then if name in now and then[name] != now[name]]


def condensed(answer: Answer) -> dict[str, Any]:
    """What ``compare`` needs of an answer, with large views as their kind, title and SHA-256."""
    if not answer.get("ok", True):
        return {"ok": False, "error": {"sentence": _sentence(answer["error"])}}
    views = [_condensed_view(view) for view in answer.get("views") or ()]
    libraries = dict((answer.get("provenance") or {}).get("libraries") or {})
    return {
        **{key: answer.get(key) for key in ("tool", "summary", "data", "notes")},
        "views": views,
        "libraries": libraries,
    }


@dataclass(frozen=True)
class _Differing:
    path: str
    then: str
    now: str
    is_close: bool = False

    @property
    def is_coordinates(self) -> bool:
        return bool(_COORDINATES.fullmatch(self.path))

    def __str__(self) -> str:
        return f"{self.path}: {self.then} → {self.now}"


def _compared_errors(recorded: Answer, now: Answer) -> Comparison:
    then_said, now_said = (
        "answered" if one.get("ok", True) else f"refused: {_sentence(one['error'])}" for one in (recorded, now)
    )
    if then_said == now_said:
        return Comparison("equal")
    return Comparison("different", (f"{then_said} → {now_said}",))


def _sentence(error: Mapping[str, Any]) -> str:
    """Of an error; the command line tells its parts alone."""
    parts = [str(error.get(part, "")) for part in ("what", "where", "hint")]
    return str(error.get("sentence") or ToolInputError(*parts))


def _condensed_view(view: Mapping[str, Any]) -> dict[str, Any]:
    return dict(view) if len(_canonical(view)) <= LARGEST_KEPT_VIEW else _digested(view)


def _digested(view: Mapping[str, Any]) -> dict[str, Any]:
    """Coordinates apart from the rest, since they may differ alone."""
    kept = {"kind": view.get("kind"), "title": view.get("title", "")}
    if "models" in view:
        kept["models"] = [{"sha256": _digest(model)} for model in view["models"]]
    return {**kept, "sha256": _digest(_canonical({key: view[key] for key in view if key != "models"}))}


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _as_recorded(recorded: Answer, now: Answer) -> dict[str, Any]:
    """What of ``now`` is compared, each view as short as it was recorded."""
    then = list(recorded.get("views") or ())
    views = [
        _digested(view) if index < len(then) and "sha256" in then[index] else view
        for index, view in enumerate(now.get("views") or ())
    ]
    return {**{key: now.get(key) for key in COMPARED}, "views": views}


def _differing(path: str, then: Any, now: Any) -> Iterator[_Differing]:
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys((*then, *now)):
            inside = f"{path}.{key}" if path else str(key)
            yield from _differing(inside, then.get(key, _ABSENT), now.get(key, _ABSENT))
    elif _is_sequence(then) and _is_sequence(now):
        for index in range(max(len(then), len(now))):
            pair = (one[index] if index < len(one) else _ABSENT for one in (then, now))
            yield from _differing(f"{path}[{index}]", *pair)
    elif _is_number(then) and _is_number(now):
        if then != now:
            yield _Differing(
                path, repr(then), repr(now), math.isclose(then, now, rel_tol=TOLERANCE, abs_tol=TOLERANCE**2)
            )
    elif type(then) is not type(now) or then != now:
        yield _Differing(path, _told(then), _told(now))


_ABSENT = object()


def _is_sequence(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _told(value: Any) -> str:
    if value is _ABSENT:
        return "absent"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_TOLD else f"{text[: LONGEST_TOLD - 1]}… ({len(text):,} characters)"
