"""The model's place: empty while it loads in the background, then the model, or the sentence why there is none."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, runtime_checkable

from errors import ModelError
from model.events import Abilities, ChatModel
from model.figures import HasFigures

State = Literal["waiting", "loading", "ready", "failed", "unloaded"]


@dataclass(frozen=True)
class Offer:
    """What a person may do about the model with one click: the page's action, its folder or id, and the words."""

    action: Literal["fetch", "load", "keep"]
    model: str
    words: str


@dataclass(frozen=True)
class ModelStatus:
    """What the page says of the model; ``progress`` runs from 0 to 1, ``cannot`` says what it is not good for.

    ``fetching`` says how far another model is that is fetched meanwhile, or why it could not be.
    """

    state: State
    sentence: str
    progress: float = 0.0
    name: str = ""
    abilities: Abilities = field(default_factory=Abilities)
    cannot: str = ""
    shows_spans: bool = False  # it has vocabularies of its own for molecules and proteins
    memory: str = ""  # after a switch: what was held before and after
    kept: str = ""  # what of earlier questions is kept read
    fetching: str = ""
    offers: tuple[Offer, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Nothing changes by itself any more."""
        return self.state in ("ready", "failed", "unloaded") and not any(o.action == "keep" for o in self.offers)


#: Called by a loader as it goes: the fraction done, and what it is doing.
Progress = Callable[[float, str], None]
Loader = Callable[[Progress], ChatModel]
#: What is offered with a model, or in place of one that could not be had.
Offers = Callable[[ChatModel | ModelError], tuple[Offer, ...]]
#: Of ``Figures``, those that only grow while a model is loaded.
COUNTED = (
    "passes",
    "finished",
    "failed",
    "restarts",
    "prompt_tokens",
    "reused_tokens",
    "new_tokens",
    "drafted_tokens",
    "accepted_tokens",
)
STOP_FETCHING = (Offer("keep", "", "Stop fetching"),)


class _OvertakenError(Exception):
    """Something newer has been asked for."""


@runtime_checkable
class Closes(Protocol):
    def close(self) -> None: ...


class ModelSlot:
    """Holds one model, which is loaded in a thread of its own; whoever needs it waits here.

    ``held_bytes`` measures the memory that this process holds, so that a switch can say what it freed.
    """

    def __init__(
        self,
        load: Loader,
        cannot: Callable[[ChatModel], str],
        offers: Offers = lambda outcome: (),
        held_bytes: Callable[[], int] | None = None,
    ) -> None:
        self._load: Loader | None = load
        self._cannot = cannot
        self._offers = offers
        self._held_bytes = held_bytes or _held_bytes
        self._lock = threading.Lock()
        self._settled = threading.Event()
        self._model: ChatModel | None = None
        self._leaving: list[ChatModel] = []  # those that are being unloaded
        self._counted: Counter[str] = Counter()  # by those that have been
        self._turn = 0  # of loadings: one that was overtaken by another is thrown away when it is done
        self._status = ModelStatus("waiting", "The model has not been asked for yet.")

    def start(self) -> None:
        """Begin to load, once."""
        with self._lock:
            if self._status.state != "waiting" or self._load is None:
                return
            self._status = ModelStatus("loading", "Loading the model …")
            self._begin(self._load, None)

    def switch(self, load: Loader | None) -> None:
        """Unload what there is, freeing its memory, and load another; with None there is no model then. Returns at once."""
        with self._lock:
            old, self._model, self._load = self._model, None, load
            if old is not None:
                self._leaving.append(old)
            self._settled = threading.Event()
            self._status = ModelStatus("loading", "Unloading the model …" if old else "Loading the model …")
            self._begin(load, old)

    def fetch(self, fetch: Callable[[Progress], None], load: Loader) -> None:
        """Bring another model to this machine and then switch to it; until then the one there is goes on answering."""
        with self._lock:
            self._turn += 1
            if self._model is None:
                self._settled = threading.Event()
            threading.Thread(
                target=self._fetch, args=(self._turn, fetch, load), name="fetch model", daemon=True
            ).start()

    def stop_fetching(self) -> None:
        with self._lock:
            if not any(offer.action == "keep" for offer in self._status.offers):
                return
            self._turn += 1
            self._settle_fetch("Fetching was stopped.")

    def status(self) -> ModelStatus:
        status, held = self._status, getattr(self._model, "cache_bytes", 0)
        return replace(status, kept=f"{held / 1e6:,.0f} MB hold what it has read.") if held else status

    @property
    def loaded(self) -> ChatModel | None:
        """The model, if one is ready to answer."""
        return self._model

    def counted(self) -> Counter[str]:
        """The ``COUNTED`` figures of this model and of all before it together."""
        with self._lock:
            models = [*self._leaving, *([self._model] if self._model is not None else [])]
            return sum(map(_counted, models), self._counted)

    def wait(self, timeout_s: float | None) -> ChatModel | None:
        """The model, or None if it is still loading after ``timeout_s`` (None: wait for as long as it takes); raises ``ModelError`` if there is none."""
        self._settled.wait(timeout_s)
        status, model = self._status, self._model
        if status.state in ("failed", "unloaded"):
            raise ModelError(status.sentence)
        return model

    def close(self) -> None:
        """End what a loaded model is generating, or a download; their threads end, too."""
        self._turn += 1
        if isinstance(self._model, Closes):
            self._model.close()

    def _fetch(self, turn: int, fetch: Callable[[Progress], None], load: Loader) -> None:
        def tell(fraction: float, doing: str) -> None:
            with self._lock:
                if turn != self._turn:
                    raise _OvertakenError
                if self._model is None:
                    self._status = ModelStatus("loading", doing, fraction, offers=STOP_FETCHING)
                else:
                    self._status = replace(self._status, fetching=doing, progress=fraction, offers=STOP_FETCHING)

        try:
            tell(0.0, "Fetching …")
            fetch(tell)
        except _OvertakenError:
            return
        except ModelError as error:
            with self._lock:
                if turn == self._turn:
                    self._settle_fetch(str(error), error)
            return
        if turn == self._turn:
            self.switch(load)

    def _settle_fetch(self, why: str, error: ModelError | None = None) -> None:
        """No other model came: the one there is stays, or there is none."""
        if self._model is None:
            outcome = error or ModelError(why)
            self._status = ModelStatus("failed", why, offers=self._offers(outcome))
            self._settled.set()
        else:
            offers = self._offers(self._model)
            self._status = replace(self._status, fetching=why, progress=1.0, offers=offers)

    def _begin(self, load: Loader | None, old: ChatModel | None) -> None:
        self._turn += 1
        threading.Thread(
            target=self._run, args=(self._turn, self._settled, load, [old]), name="load model", daemon=True
        ).start()

    def _run(self, turn: int, settled: threading.Event, load: Loader | None, old: list[ChatModel | None]) -> None:
        """``old`` is a list that is emptied, so that nothing here still holds the model when its memory is measured."""
        model: ChatModel | None = None
        freed = ""
        try:
            if (last := old.pop()) is not None:
                name = last.name
                before = self._held_bytes()
                try:
                    if isinstance(last, Closes):
                        last.close()
                finally:
                    self._let_go(last)
                del last
                after = self._held_bytes()
                freed = f"Unloading {name} freed {_gb(before - after)} ({_gb(before)} before, {_gb(after)} after)."
            if load is None:
                self._settle(turn, ModelStatus("unloaded", f"No model is loaded; load one to ask. {freed}".rstrip()))
                return
            model = load(lambda fraction, doing: self._progressed(turn, fraction, doing))
        except ModelError as error:
            self._settle(turn, ModelStatus("failed", str(error), offers=self._offers(error)))
        except Exception as error:  # a library's own failure must not leave the page waiting for ever
            sentence = f"The model could not be loaded: {type(error).__name__}: {error}"
            self._settle(turn, ModelStatus("failed", sentence, offers=self._offers(ModelError(sentence))))
            raise
        else:
            status = ModelStatus(
                "ready",
                f"{model.name} is ready.",
                1.0,
                model.name,
                model.abilities,
                self._cannot(model),
                hasattr(getattr(model, "tokenizer", None), "spans"),
                f"{freed} {_gb(self._held_bytes())} with {model.name}.".strip() if freed else "",
                offers=self._offers(model),
            )
            if not self._settle(turn, status, model) and isinstance(model, Closes):
                model.close()
        finally:
            settled.set()

    def _let_go(self, model: ChatModel) -> None:
        with self._lock:
            self._leaving.remove(model)
            self._counted += _counted(model)

    def _settle(self, turn: int, status: ModelStatus, model: ChatModel | None = None) -> bool:
        """False if another loading has begun meanwhile."""
        with self._lock:
            if turn != self._turn:
                return False
            self._model, self._status = model, status
            return True

    def _progressed(self, turn: int, fraction: float, doing: str) -> None:
        with self._lock:
            if turn == self._turn:
                self._status = replace(self._status, progress=fraction, sentence=doing)


def _held_bytes() -> int:
    """Resident memory of this process and what it holds on GPUs, after what can be given back was given back."""
    import gc

    import psutil

    gc.collect()
    _trim()
    held = psutil.Process().memory_info().rss
    if (torch := sys.modules.get("torch")) is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
        held += sum(torch.cuda.memory_reserved(device) for device in range(torch.cuda.device_count()))
    return held


def _trim() -> None:
    """Has the C library give back what it keeps of freed memory: of tensors just below 32 MB, glibc may keep a gigabyte."""
    import ctypes

    if (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)


def _counted(model: ChatModel) -> Counter[str]:
    if not isinstance(model, HasFigures):
        return Counter()
    figures = model.figures()
    return Counter({name: getattr(figures, name) for name in COUNTED})


def _gb(count: int) -> str:
    return f"{count / 1e9:.2f} GB"
