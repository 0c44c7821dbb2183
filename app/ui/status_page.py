"""The numbers that the script of the status page asks for while it is looked at."""

from __future__ import annotations

import functools
import importlib.metadata
import platform
import statistics
import time
import tomllib
from typing import Any

from app.settings import ROOT
from app.standing import Standing

LIBRARIES = ("torch", "transformers", "gradio")


def status_numbers(standing: Standing) -> dict[str, Any]:
    """What the page shows: counts since the start, bytes, seconds; None where the model keeps no such figure."""
    figures, tally, totals = standing.figures, standing.tally, standing.totals
    first = tally.recent_first_token_s
    calls = {"ok": 0, "failed": 0}
    for (_, outcome), count in tally.tool_calls.items():
        calls[outcome] += count
    return {
        "uptime_s": time.time() - standing.started_at,
        "model": {
            "state": standing.state,
            "name": standing.model,
            "weights": standing.weights,
            "context": figures.context if figures else None,
        },
        "memory": {
            "weights": (figures.weight_bytes or None) if figures else None,
            "kept": figures.cache_bytes if figures else None,
            "answering": figures.answering_bytes if figures else None,
            "most": (figures.most_cache_bytes or None) if figures else None,
        },
        "answers": {
            "under_way": figures.answering if figures else tally.under_way,
            "most": figures.most_answering if figures else None,
            "waiting": figures.waiting if figures else None,
            "most_waiting": figures.most_waiting if figures else None,
            "ended": sum(tally.answers.values()),
            "failed": tally.answers["failed"],
            "stopped": tally.answers["stopped"],
            "first_token_s": statistics.median(first) if first else None,
        },
        "tokens": {
            "per_s": figures.tokens_per_s if figures else None,
            "new": totals["new_tokens"],
            "computed": totals["prompt_tokens"] - totals["reused_tokens"],
            "reused": totals["reused_tokens"],
            "drafted": totals["drafted_tokens"],
            "accepted": totals["accepted_tokens"],
        },
        "engine": {"passes": totals["passes"], "restarts": totals["restarts"]},
        "left": standing.requests_sent,
        "tools": {"busy": standing.tools_busy, "most": standing.tools, **calls},
        "versions": _versions(),
    }


@functools.cache
def _versions() -> dict[str, str]:
    own = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    libraries = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return {"Retort": own, "Python": platform.python_version(), **libraries}
