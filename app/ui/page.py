"""The page: a list of conversations, one reading column, a composer.

What the browser tests hold on to: ``#composer textarea``, ``#composer .submit-button``, ``#composer .stop-button``,
``#new-chat``, ``#conversations``, ``#chat``, ``.question``, ``.tool-card``, ``.tool-error``, ``.view.molecule svg``,
``.answer-actions [data-action=copy|retry|undo]``, ``#model-status``, ``#welcome [data-action=ask]``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr

from app.services import Services
from app.ui.chat import Chat
from app.ui.choices import choices_html, model_html
from app.ui.ledger_page import ledger_link
from app.ui.markdown import LATEX_DELIMITERS
from app.ui.sidebar import IMPORT
from app.ui.status import status_html
from app.ui.views import escape, notation_html, viewer_head

ASSETS = Path(__file__).resolve().parents[2] / "assets"
#: Gradio puts its own class before each selector, so that these rules win over its prose styles.
VIEW_STYLES = ASSETS / "views.css"
#: As it is, since its selectors begin at the body.
PAGE_HEAD = (
    "".join(f"<style>{(ASSETS / name).read_text(encoding='utf-8')}</style>" for name in ("page.css", "marks.css"))
    + "".join(
        f"<script>{(ASSETS / name).read_text(encoding='utf-8')}</script>"
        for name in ("page.js", "views.js", "rows.js", "marks.js", "export.js")
    )
    + viewer_head()
)

#: Characters; what is pasted beyond them becomes an attached file.
LONGEST_PASTE = 4_000
#: Answers that stream at once, over all tabs; more wait their turn.
MOST_STREAMS = 32
_SERIF = ("Charter", "Bitstream Charter", "Sitka Text", "Cambria", "Georgia", "serif")
_MONO = ("ui-monospace", "SF Mono", "DejaVu Sans Mono", "Menlo", "Consolas", "monospace")
#: Reads the conversation's id from the address, so that a reload opens it again.
_ID_FROM_ADDRESS = "() => [new URLSearchParams(window.location.search).get('c') || '', '']"
#: A question sent before the opened conversation has come belongs to that conversation.
_ASKED = """(composed, id, editing) =>
  [composed, id || new URLSearchParams(window.location.search).get('c') || '', editing, window.retort.choices()]"""
_ID_TO_ADDRESS = "(id) => window.retort.remember(id)"
_PRESSED = "(_, id, editing) => [window.retort.pressed.shift() ?? '', id, editing, window.retort.choices()]"


_MARGIN_BUTTON = '<button data-action="sidebar" aria-label="Show or hide the conversations">☰</button>'
_THEME_BUTTON = (
    '<button data-action="theme" class="theme-toggle" aria-label="Switch between light and dark">Light / dark</button>'
)


def page_theme() -> gr.themes.Base:
    """Gradio's plainest theme with the machine's own fonts: nothing is fetched."""
    return gr.themes.Base(primary_hue="teal", neutral_hue="stone", font=_SERIF, font_mono=_MONO, radius_size="sm")


def build_page(services: Services) -> gr.Blocks:
    """The whole page over these services; conversations stay on the server, only their id travels."""
    chat = Chat(services)
    with gr.Blocks(title="Retort", fill_height=True, analytics_enabled=False, delete_cache=(3600, 86400)) as page:
        conversation = gr.Textbox(visible="hidden", elem_id="conversation-id")
        editing = gr.Textbox(visible="hidden")
        choices = gr.Textbox(visible="hidden")
        action = gr.Textbox(visible="hidden")
        act = gr.Button(visible="hidden", elem_id="act")
        gr.HTML(_MARGIN_BUTTON, elem_id="sidebar-button", padding=False)
        with gr.Column(elem_id="sidebar", min_width=0):
            gr.HTML('<a class="wordmark" href="./">Retort</a>', padding=False)
            new_chat = gr.Button("New conversation", elem_id="new-chat", size="sm")
            sidebar = gr.HTML(elem_id="conversation-list", padding=False)
            gr.HTML(IMPORT, padding=False)
            gr.HTML(choices_html(), padding=False)
            if services.loader is not None:
                gr.HTML(model_html(), padding=False)
            left = gr.HTML(ledger_link(services.outward.ledger.count()), padding=False)
            gr.HTML(_THEME_BUTTON, padding=False)
        with gr.Column(elem_id="page", min_width=0):
            status = gr.HTML(status_html(services.model.status()), elem_id="model-status", padding=False)
            welcome = gr.HTML(_welcome(), elem_id="welcome", padding=False)
            log = gr.Chatbot(
                elem_id="chat",
                show_label=False,
                container=False,
                layout="panel",
                buttons=[],
                feedback_options=None,
                latex_delimiters=[dict(delimiter) for delimiter in LATEX_DELIMITERS],
                sanitize_html=True,
                height=None,
                autoscroll=False,
                placeholder="",
            )
            note = gr.HTML("", elem_id="editing-note", padding=False)
            gr.HTML('<p class="quiet" role="status" hidden></p>', elem_id="cost", padding=False)
            composer = gr.MultimodalTextbox(
                elem_id="composer",
                show_label=False,
                container=False,
                file_types=None,  # known by their content, on the server
                max_plain_text_length=LONGEST_PASTE,
                file_count="multiple",
                sources=["upload"],
                lines=1,
                max_lines=10,
                placeholder="Ask about a molecule, a sequence or a file …",
                submit_btn=True,
                stop_btn=False,
            )
        clock = gr.Timer(0.5)
        shown = [log, composer, conversation, editing, note, sidebar, welcome, clock, left]  # the order of chat.Screen
        quietly: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        # "multiple": while an answer streams, another conversation may be opened and asked
        acting: dict[str, Any] = {**quietly, "concurrency_limit": MOST_STREAMS, "trigger_mode": "multiple"}
        composer.submit(chat.ask, [composer, conversation, editing, choices], shown, js=_ASKED, **acting)
        composer.stop(chat.stop, [conversation], None, queue=False, trigger_mode="multiple", **quietly)
        act.click(chat.act, [action, conversation, editing, choices], shown, js=_PRESSED, **acting)
        new_chat.click(chat.open, [gr.State(""), editing], shown, **acting)
        conversation.change(None, [conversation], None, js=_ID_TO_ADDRESS, api_visibility="private")
        clock.tick(lambda: _status(services), None, [status, clock, left], **quietly)
        page.load(chat.load, [conversation, editing], shown, js=_ID_FROM_ADDRESS, **acting)
        page.unload(chat.close)
    page.queue(max_size=64, default_concurrency_limit=MOST_STREAMS)
    return page


def _status(services: Services) -> tuple[object, object, object]:
    status = services.model.status()
    left = ledger_link(services.outward.ledger.count())  # fetching a model sends requests, too
    return status_html(status), gr.Timer(active=not status.is_settled), left


def _welcome() -> str:
    examples = json.loads((ASSETS / "examples.json").read_text(encoding="utf-8"))
    buttons = "".join(
        f'<li><button data-action="ask" data-text="{escape(example["ask"])}">{notation_html(example["ask"])}'
        f"<span>{escape(example['shows'])}</span></button></li>"
        for example in examples
    )
    return (
        "<h1>What are you working on?</h1><p>Write a molecule as a name, a SMILES, an InChI or a CAS number, or paste a "
        "DNA or protein sequence, or attach a file. The tools compute on this machine and say what they assumed; nothing leaves it.</p>"
        f"<ul>{buttons}</ul>"
    )
