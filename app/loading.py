"""The model's place: empty while it loads in the background, then the model, or the sentence why there is none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, runtime_checkable

from errors import ModelError
from model.events import Abilities, ChatModel

State = Literal["waiting", "loading", "ready", "failed"]


@dataclass(frozen=True)
class ModelStatus:
    """What the page says of the model; ``progress`` runs from 0 to 1, ``cannot`` says what it is not good for."""

    state: State
    sentence: str
    progress: float = 0.0
    name: str = ""
    abilities: Abilities = field(default_factory=Abilities)
    cannot: str = ""
    shows_spans: bool = False  # it has vocabularies of its own for molecules and proteins


#: Called by a loader as it goes: the fraction done, and what it is doing.
Progress = Callable[[float, str], None]


@runtime_checkable
class Closes(Protocol):
    def close(self) -> None: ...


class ModelSlot:
    """Loads one model in a thread of its own; whoever needs it waits here."""

    def __init__(self, load: Callable[[Progress], ChatModel], cannot: Callable[[ChatModel], str]) -> None:
        self._load = load
        self._cannot = cannot
        self._settled = threading.Event()
        self._model: ChatModel | None = None
        self._status = ModelStatus("waiting", "The model has not been asked for yet.")

    def start(self) -> None:
        """Begin to load, once."""
        if self._status.state == "waiting":
            self._status = ModelStatus("loading", "Loading the model …")
            threading.Thread(target=self._run, name="load model", daemon=True).start()

    def status(self) -> ModelStatus:
        return self._status

    def wait(self, timeout_s: float | None) -> ChatModel | None:
        """The model, or None if it is still loading after ``timeout_s`` (None: wait for as long as it takes); raises ``ModelError`` if it failed."""
        self._settled.wait(timeout_s)
        if self._status.state == "failed":
            raise ModelError(self._status.sentence)
        return self._model

    def close(self) -> None:
        """End what a loaded model is generating; its thread ends, too."""
        if isinstance(self._model, Closes):
            self._model.close()

    def _run(self) -> None:
        try:
            model = self._load(self._progressed)
        except ModelError as error:
            self._status = ModelStatus("failed", str(error))
        except Exception as error:  # a library's own failure must not leave the page waiting for ever
            self._status = ModelStatus("failed", f"The model could not be loaded: {type(error).__name__}: {error}")
            raise
        else:
            self._model = model
            self._status = ModelStatus(
                "ready",
                f"{model.name} is ready.",
                1.0,
                model.name,
                model.abilities,
                self._cannot(model),
                hasattr(getattr(model, "tokenizer", None), "spans"),
            )
        finally:
            self._settled.set()

    def _progressed(self, fraction: float, doing: str) -> None:
        self._status = replace(self._status, progress=fraction, sentence=doing)
