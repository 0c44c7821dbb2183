"""How a person wants answers: thinking, style, seed, length, and what pictures may cost; closed until it is wanted.

Plain HTML inputs: assets/page.js keeps them in the browser over a reload and sends them along with each question as JSON.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from app.ui.status import STATUS_LINK
from app.ui.views import escape
from model.catalog import PRESETS
from model.events import Options
from model.messages import FRAMES, MOST_FRAMES

MOST_SEED = 2**31 - 1
TOKENS_OF_TILE = 256
MOST_TILES = 12  # of a message's pictures together, as Intern-S1-mini was trained
FEWEST_TOKENS, MOST_TOKENS = 16, 1_000_000


def choices_html() -> str:
    """The fields by the names that ``chosen_options`` reads; those of other models are hidden by page.css."""
    styles = "".join(f'<option value="{escape(name)}">{escape(name)}</option>' for name in PRESETS)
    return (
        '<details id="choices"><summary>How it answers</summary>'
        '<label class="thinks check"><input type="checkbox" name="thinking" checked> Think before answering</label>'
        + _number_field("thinking_tokens", "Tokens of thinking at most", "as many as it likes", FEWEST_TOKENS, MOST_TOKENS, "thinks")
        + f'<label>Style<select name="style"><option value="">as the model’s card says</option>{styles}</select></label>'
        + _number_field("max_new_tokens", "Tokens of an answer at most", "the model’s own limit", FEWEST_TOKENS, MOST_TOKENS)
        + _number_field("seed", "Seed, for the same answer again", "a new one each time", 0, MOST_SEED)
        + _number_field("image_tiles", "Tiles of a message’s pictures", f"{MOST_TILES}, at {TOKENS_OF_TILE} tokens each", 1, MOST_TILES, "sees")
        + _number_field("video_frames", "Frames of a video", f"{FRAMES}, at 258 tokens each", 1, MOST_FRAMES, "sees")
        + '<label class="check"><input type="checkbox" name="correct"> Correct what is different, once</label>'
        + '<p class="quiet"><a href="prompt" target="_blank" rel="noopener">What the model is told</a>, to read or to edit</p></details>'
    )  # fmt: skip


def chosen_options(choices: str) -> Options:
    """What was chosen, as a model takes it; what is no choice at all, or out of its range, is not chosen."""
    chosen = _read(choices)
    return replace(
        PRESETS.get(str(chosen.get("style")), Options()),
        thinking=False if chosen.get("thinking") is False else None,  # who can think does, unless told not to
        thinking_tokens=_number(chosen.get("thinking_tokens"), FEWEST_TOKENS, MOST_TOKENS),
        max_new_tokens=_number(chosen.get("max_new_tokens"), FEWEST_TOKENS, MOST_TOKENS),
        seed=_number(chosen.get("seed"), 0, MOST_SEED),
        image_tiles=_number(chosen.get("image_tiles"), 1, MOST_TILES),
    )


def within(options: Options, tokens: str) -> Options:
    """The same in so many tokens, a quarter of them for pictures at most, where memory has no room for more."""
    if not tokens.isdecimal():
        return options
    tiles = max(1, int(tokens) // 4 // TOKENS_OF_TILE)
    return replace(options, context_tokens=int(tokens), image_tiles=min(tiles, options.image_tiles or MOST_TILES))


def corrects(choices: str) -> bool:
    """Whether the model is asked, without a click, to correct what was found to be wrong in an answer."""
    return _read(choices).get("correct") is True


def chosen_frames(choices: str) -> int:
    """Of each video that is attached."""
    return _number(_read(choices).get("video_frames"), 1, MOST_FRAMES) or FRAMES


def _read(choices: str) -> dict[str, Any]:
    try:
        chosen = json.loads(choices or "{}")
    except (ValueError, RecursionError):
        return {}
    return chosen if isinstance(chosen, dict) else {}


def _number_field(name: str, label: str, empty: str, least: int, most: int, kind: str = "") -> str:
    return (
        f'<label class="{kind}">{escape(label)}<input type="number" name="{name}" min="{least}" max="{most}" step="1" '
        f'placeholder="{escape(empty)}"></label>'
    )


def _number(value: Any, least: int, most: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most else None


def model_html() -> str:
    """Another model, or none: the folder or id as ``--model`` takes it."""
    return (
        '<details id="model-choice"><summary>Which model</summary>'
        '<label>A folder, or an id such as internlm/Intern-S1-mini<input type="text" name="model" spellcheck="false" '
        'placeholder="empty: what suits this machine"></label>'
        '<button data-action="load">Load it</button><button data-action="unload">Unload</button>'
        f"<p><a {STATUS_LINK}>How it stands</a>: speed, memory, queue</p></details>"
    )
