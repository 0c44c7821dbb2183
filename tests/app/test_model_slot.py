"""The model's place: loaded once, switched, unloaded, and the memory given back."""

from __future__ import annotations

import threading
import time

import pytest

from app.loading import ModelSlot
from app.services import model_loader
from app.settings import Settings
from errors import ModelError
from tests.app.fakes import FakeModel


class Closing(FakeModel):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.closed = False

    def close(self) -> None:
        self.closed = True


def slot(model, **options) -> ModelSlot:
    made = ModelSlot(lambda progress: model, lambda model: "", **options)
    made.start()
    assert made.wait(5) is model
    return made


def test_a_switch_closes_the_old_model_loads_the_new_one_and_says_what_was_freed():
    held = iter([5_000_000_000, 1_000_000_000, 3_000_000_000])
    one, other = Closing("one"), Closing("other")
    place = slot(one, held_bytes=lambda: next(held))
    place.switch(lambda progress: other)
    assert place.wait(5) is other
    assert one.closed and not other.closed
    assert place.status().state == "ready"
    assert place.status().memory == ("Unloading one freed 4.00 GB (5.00 GB before, 1.00 GB after). 3.00 GB with other.")


def test_without_a_model_whoever_asks_is_told_what_to_do_until_one_is_loaded():
    place = slot(Closing("one"))
    place.switch(None)
    with pytest.raises(ModelError, match="No model is loaded; load one to ask"):
        place.wait(5)
    assert place.status().state == "unloaded"
    place.switch(lambda progress: Closing("other"))
    assert place.wait(5).name == "other"


def test_a_loading_that_another_overtook_is_thrown_away():
    slow, may_end = Closing("slow"), threading.Event()

    def load_slowly(progress):
        may_end.wait(5)
        progress(0.9, "too late")
        return slow

    place = slot(Closing("one"))
    place.switch(load_slowly)
    place.switch(lambda progress: Closing("quick"))
    assert place.wait(5).name == "quick"
    may_end.set()
    deadline = time.monotonic() + 5
    while not slow.closed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert slow.closed
    assert place.wait(5).name == "quick"
    assert place.status().sentence == "quick is ready."


def test_a_model_that_cannot_be_loaded_leaves_its_sentence_and_another_can_be_loaded():
    def fail(progress):
        raise ModelError("There is no folder 'x'.")

    place = slot(Closing("one"))
    place.switch(fail)
    with pytest.raises(ModelError, match="There is no folder"):
        place.wait(5)
    assert place.status().state == "failed"
    place.switch(lambda progress: Closing("other"))
    assert place.wait(5).name == "other"


def test_unloading_the_embedded_model_gives_its_memory_back():
    place = ModelSlot(model_loader(Settings(threads=1), ""), lambda model: "")
    held = []
    for _ in range(2):
        place.switch(model_loader(Settings(threads=1), ""))
        assert place.wait(60) is not None
        before = place._held_bytes()
        place.switch(None)
        with pytest.raises(ModelError, match="No model is loaded"):
            place.wait(60)
        held.append((before, place._held_bytes()))
    # 270 MB of weights; the first loading leaves libraries behind, the second nothing
    assert held[1][0] - held[1][1] > 200_000_000
    assert abs(held[1][1] - held[0][1]) < 100_000_000
