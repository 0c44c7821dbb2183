"""Where a result comes from, told under its card: what was called, by what, where and when, and the call to be taken along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.batches import OVER_FILE, again
from app.call_text import call_as_json, call_as_python, files_of
from app.ui.views import escape, notation_html
from tools.rerun import modules_of_tools

LONGEST_CALL = 2_000  # characters shown
LONGEST_COPY = 20_000  # characters of a script that stands in the page to be copied


def provenance_html(
    tool: str, provenance: Mapping[str, Any], notes: Sequence[str], *, with_buttons: bool = True
) -> str:
    """Of a result: its call, libraries, seconds, place and time, its notes and conventions, and two buttons."""
    arguments = provenance["arguments"]
    libraries = ", ".join(f"{name} {version}" for name, version in provenance["libraries"].items())
    by = ", ".join(
        filter(
            None,
            (
                libraries,
                f"Retort {provenance['retort']}" if provenance.get("retort") else "",
                f"Python {provenance['python']}" if provenance.get("python") else "",
            ),
        )
    )
    rows = [
        ("Call", _call(tool, arguments)),
        *_file_rows(arguments),
        ("Computed by", escape(by)),
        ("Where", escape(_where(provenance))),
        ("Took", f"{provenance['seconds']:.3f} s"),
    ]
    if provenance.get("at"):
        rows.append(("When", f'<time datetime="{escape(provenance["at"])}">{escape(_spoken(provenance["at"]))}</time>'))
    listed = "".join(f"<li>{notation_html(note)}</li>" for note in notes)
    buttons = _buttons(tool, arguments, provenance) if with_buttons else ""
    return f"{_rows(rows)}{f'<ul>{listed}</ul>' if listed else ''}{buttons}"


def failed_call_html(tool: str, arguments: Mapping[str, Any], *, with_buttons: bool = True) -> str:
    """Of a call that gave no result: what was called."""
    buttons = _buttons(tool, arguments, None) if with_buttons else ""
    return f"{_rows([('Call', _call(tool, arguments)), *_file_rows(arguments)])}{buttons}"


def _rows(rows: Sequence[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows) + "</dl>"


def _call(tool: str, arguments: Mapping[str, Any]) -> str:
    text = again(arguments) if tool == OVER_FILE and _is_whole(arguments) else call_as_json(tool, arguments)
    more = f" … ({len(text):,} characters)" if len(text) > LONGEST_CALL else ""
    return f"<code>{escape(text[:LONGEST_CALL])}</code>{more}"


def _file_rows(arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("File", f"{escape(name or 'a picture')}, SHA-256 <code>{sha256}</code>")
        for sha256, name in files_of(arguments)
    ]


def looked_up(provenance: Mapping[str, Any]) -> str:
    """For the closed line: whose answer it is and from when; empty for what was computed here."""
    if provenance["host"] == "local":
        return ""
    kept = ", kept since" if provenance.get("from_cache") else ""
    return f" · {provenance.get('source') or provenance['host']}, {provenance.get('retrieved_at', '')[:10]}{kept}"


def _where(provenance: Mapping[str, Any]) -> str:
    """ "local", or the hosts that were asked, or whose kept answers were used."""
    host = provenance["host"]
    if host == "local":
        return "local: nothing left this machine"
    source = f" ({provenance['source']})" if provenance.get("source") else ""
    came = f", answered {_spoken(provenance['retrieved_at'])}" if provenance.get("retrieved_at") else ""
    kept = "; kept on this machine, nothing was sent" if provenance.get("from_cache") else ""
    return f"{host}{source}{came}{kept}"


def _spoken(time: str) -> str:
    """ "2026-11-25T19:01:46Z" as it is read."""
    return time.replace("T", " ").replace("Z", " UTC").replace("+00:00", " UTC")


def _buttons(tool: str, arguments: Mapping[str, Any], provenance: Mapping[str, Any] | None) -> str:
    if (tool == OVER_FILE and not _is_whole(arguments)) or tool not in (OVER_FILE, *modules_of_tools()):
        return ""  # there is nothing that could be run
    script = call_as_python(tool, arguments, provenance)
    if len(script) > LONGEST_COPY:
        return '<p class="quiet">This call is too long to be copied here; the exported notebook holds it.</p>'
    texts = (("Copy call", call_as_json(tool, arguments)), ("Copy as Python", script))
    buttons = "".join(f'<button data-action="copy" data-text="{escape(text)}">{name}</button>' for name, text in texts)
    return f'<p class="offers">{buttons}</p>'


def _is_whole(arguments: Mapping[str, Any]) -> bool:
    """Whether a batch can be named: a model may have left its file or tool out."""
    return isinstance(arguments.get("file"), str) and isinstance(arguments.get("tool"), str)
