"""What an answer has cost, below it: one quiet line with a meter of the context, which opens to the exact counts."""

from __future__ import annotations

from typing import Any

from app.ui.views import escape

#: Of the context: from here on its meter warns that the conversation is nearly too long.
NEARLY_FULL = 0.85


def footer_html(details: dict[str, Any]) -> str:
    """Of the ``details`` of an answer, see ``Turns.answer``; empty where no model has written anything."""
    usage = details.get("usage")
    if not usage or not usage["new_tokens"]:
        return ""
    new, seconds = usage["new_tokens"], usage["seconds"]
    speed = f", {new / seconds:.0f}/s" if seconds else ""
    line = " · ".join(filter(None, (details.get("model", ""), f"{_tokens(new)} in {seconds:.1f} s{speed}")))
    seed = details.get("seed")
    rows = {
        "Written": _tokens(new) + _aside(usage.get("thinking_tokens"), "{} of them thinking"),
        "First token": f"after {usage['first_token_s']:.2f} s" if usage["first_token_s"] is not None else "",
        "Prompt": _prompt(usage["prompt_tokens"], usage.get("reused_tokens", 0)),
        "Context": _context(usage),
        "Seed": f"{seed}: with it, this model on this machine answers the same again" if seed else "",
    }
    listed = "".join(f"<dt>{name}</dt><dd>{escape(told)}</dd>" for name, told in rows.items() if told)
    if details.get("prompt_edited"):
        held = f'<a href="prompt?of={escape(details["prompt"])}" target="_blank" rel="noopener">edited; these they were</a>'
        listed += f"<dt>Instructions</dt><dd>{held}</dd>"
    return (
        f'<details class="usage quiet"><summary><span>{escape(line)}</span>{_meter(usage)}</summary>'
        f"<dl>{listed}</dl></details>"
    )


def _prompt(tokens: int, reused: int) -> str:
    if not reused:
        return _tokens(tokens)
    return f"{_tokens(tokens)}, {tokens - reused:,} computed and {reused:,} kept from before"


def _context(usage: dict[str, Any]) -> str:
    used, context = usage.get("used_tokens", 0), usage.get("context_tokens", 0)
    return f"{used:,} of {_tokens(context)} used, {max(0, context - used):,} left" if used and context else ""


def _meter(usage: dict[str, Any]) -> str:
    """A thin bar and how much of the context is used; empty where the model does not tell."""
    used, context = usage.get("used_tokens", 0), usage.get("context_tokens", 0)
    if not (used and context):
        return ""
    share = min(1.0, used / context)
    full = " data-full" if share >= NEARLY_FULL else ""
    told = f"{used:,} of {context:,} tokens"
    return (
        f'<span class="context"{full}><span role="meter" aria-label="Context used" aria-valuemin="0" '
        f'aria-valuemax="{context}" aria-valuenow="{min(used, context)}" aria-valuetext="{told}">'
        f'<i style="width: {100 * share:.1f}%"></i></span> {told}</span>'
    )


def _tokens(count: int) -> str:
    return f"{count:,} token{'' if count == 1 else 's'}"


def _aside(count: int | None, words: str) -> str:
    return f" ({words.format(f'{count:,}')})" if count else ""
