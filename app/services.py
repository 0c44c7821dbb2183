"""What the page works with, built once from the settings."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from app.assistant import Assistant, Budget
from app.calling import Outward
from app.checking.beside import Checks
from app.egress import Ledger, RecordedFetch
from app.instructions import PromptFile
from app.loading import Loader, ModelSlot, Offer, Progress
from app.permissions import Permissions
from app.settings import Settings
from app.store import Store, sqlite_url
from app.turns import Turns
from app.uploads import Uploads
from errors import ModelError, ModelNotHereError
from model.catalog import known_model
from model.embedded import embedded_path
from model.events import ChatModel
from tools.registry import TOOL_MODULES
from tools.running import Workers

#: How the names of the modules begin whose tools ask other machines.
LOOKUPS = "tools.lookups."


@dataclass(frozen=True)
class Services:
    store: Store
    turns: Turns
    uploads: Uploads
    model: ModelSlot
    tools: Workers
    outward: Outward
    prompt: PromptFile
    loader: Callable[[str], Loader] | None = None  # of another model; None: this one stays

    def start(self) -> None:
        """Begin what takes a while, in the background: the model and the tools' processes."""
        self.tools.warm_up()
        self.model.start()
        self.turns.warm_up()

    def close(self) -> None:
        self.model.close()
        self.tools.close()
        self.outward.permissions.close()
        self.outward.ledger.close()
        self.store.close()


def build_services(settings: Settings) -> Services:
    """Everything but the page and the server; nothing is loaded yet."""
    folder = settings.folder.expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(database_url(settings))
    tools = build_tools(settings)
    outward, prompt = build_outward(settings), PromptFile(folder, settings.lock_model)
    slot = build_model_slot(settings)
    assistant = Assistant(tools, Budget(settings.tool_calls, settings.answer_seconds), lambda: outward, prompt)
    uploads = build_uploads(settings, folder / "uploads")
    loader = None if settings.lock_model else functools.partial(model_loader, settings)
    return Services(
        store, Turns(store, assistant, slot, build_checker(tools)), uploads, slot, tools, outward, prompt, loader
    )


def database_url(settings: Settings) -> str:
    """Of the conversations, the ledger and what was allowed; the folder of a SQLite file is made by who opens it."""
    return settings.database or sqlite_url(settings.folder.expanduser().resolve())


def database_host(settings: Settings) -> str:
    """Empty for a file of this machine."""
    return make_url(settings.database).host or "" if settings.database else ""


def build_outward(settings: Settings) -> Outward:
    """Where strangers reach the page, who asks may allow a single call; for good, only who started Retort may."""
    url = database_url(settings)
    return Outward(Permissions(url, may_be_always=not settings.lock_model), Ledger(url))


def build_tools(settings: Settings) -> Workers:
    modules = [name for name in TOOL_MODULES if settings.lookups or not name.startswith(LOOKUPS)]
    kept_in = settings.folder.expanduser().resolve() / "lookups"
    return Workers(modules, settings.tool_workers, settings.tool_memory_mb, kept_in)


def build_uploads(settings: Settings, folder: Path) -> Uploads:
    megabyte = megapixel = 1_000_000
    return Uploads(
        folder,
        settings.upload_mb * megabyte,
        settings.upload_megapixels * megapixel,
        settings.video_mb * megabyte,
        settings.file_mb * megabyte,
    )


def build_checker(tools: Workers) -> Callable[[], Checks]:
    """What checks answers with these tools: made, with tables that the first page does not need, when it is first asked for."""

    @functools.cache
    def checker() -> Checks:
        from app.checking.checker import Checker
        from app.checking.undrawn import Undrawn

        return Checker(Undrawn(tools))

    return checker


def build_model_slot(settings: Settings) -> ModelSlot:
    """The slot for the model that the settings name; torch and transformers are imported when it starts to load."""
    return ModelSlot(model_loader(settings, settings.model), _cannot, functools.partial(model_offers, settings))


def model_loader(settings: Settings, model: str) -> Loader:
    """What loads this folder or id, or what suits this machine where it is empty."""

    def load(progress: Progress) -> ChatModel:
        from model.local.loading import load

        return load(
            _spec(model),
            progress=progress,
            threads=settings.threads or None,
            weights=settings.weights,
            most_answering=settings.answers_at_once,
            most_waiting=settings.questions_waiting,
        )

    return load


def model_fetcher(model: str, ledger: Ledger) -> Callable[[Progress], None]:
    """What brings the files of this id to this machine; each request is in the ledger before it leaves."""

    def fetch(progress: Progress) -> None:
        from model.local.fetching import fetch as fetch_from_hub

        fetch_from_hub(model, progress, RecordedFetch(ledger, model))

    return fetch


def model_offers(settings: Settings, outcome: ChatModel | ModelError) -> tuple[Offer, ...]:
    """What a person may do about the model that was loaded, or that could not be."""
    if settings.lock_model:
        return ()
    embedded = Offer("load", str(embedded_path()), "Use the small embedded model")
    if isinstance(outcome, ModelNotHereError):
        return (_fetch_offer(outcome.spec), embedded)
    if isinstance(outcome, ModelError):
        return (embedded,)
    from model.local.choosing import LEAST_GPU_BYTES, PREFERRED, free_gpu_bytes

    is_stopgap = not settings.model and outcome.name == known_model(str(embedded_path())).name
    return (_fetch_offer(PREFERRED),) if is_stopgap and free_gpu_bytes() >= LEAST_GPU_BYTES else ()


def _fetch_offer(spec: str) -> Offer:
    from model.local.fetching import host

    size = known_model(spec).weight_bytes
    return Offer("fetch", spec, f"Fetch {spec} from {host()}" + (f" ({size / 1e9:.0f} GB)" if size else ""))


def _spec(model: str) -> str:
    if model:
        return str(Path(model).expanduser()) if model.startswith(("~", ".", "/")) else model
    from model.local.choosing import default_model

    return default_model()


def _cannot(model: ChatModel) -> str:
    """What a person should know that this model is not good for."""
    lacks = []
    if not model.abilities.images:
        lacks.append("see pictures")
    if not model.abilities.tools:
        lacks += ["call tools by itself", "be trusted with facts"]
    cannot = f"It cannot {', '.join(lacks[:-1])}{' or ' if lacks[1:] else ''}{lacks[-1]}." if lacks else ""
    return f"{cannot} {getattr(model, 'caution', '')}".strip()
