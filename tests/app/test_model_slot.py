"""The model's place: loaded once, switched, unloaded, and the memory given back."""

from __future__ import annotations

import threading
import time

import pytest

from app.loading import STOP_FETCHING, ModelSlot, Offer
from app.services import model_loader, model_offers
from app.settings import Settings
from app.ui.status import status_html
from errors import ModelError, ModelNotHereError
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


def test_what_the_model_keeps_of_what_it_has_read_is_told_as_it_is_now():
    model = Closing("one")
    place = slot(model)
    assert place.status().kept == ""
    model.cache_bytes = 92_000_000
    assert place.status().kept == "92 MB hold what it has read."
    assert "is ready. 92 MB hold what it has read." in status_html(place.status())


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
    wait_until(lambda: slow.closed)
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


def wait_until(condition):
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


class Fetching:
    """A download that goes on, telling how far it is, until it is let go or told that nobody wants it any more."""

    def __init__(self, ends: Exception | None = None) -> None:
        self.may_end = threading.Event()
        self.was_ended = threading.Event()
        self._ends = ends

    def __call__(self, progress) -> None:
        try:
            while not self.may_end.wait(0.01):
                progress(0.5, "half of it")
        except BaseException:
            self.was_ended.set()
            raise
        if self._ends:
            raise self._ends


def test_the_model_there_is_answers_while_another_is_fetched_and_then_makes_way():
    one, other, fetching = Closing("one"), Closing("other"), Fetching()
    place = slot(one)
    place.fetch(fetching, lambda progress: other)
    wait_until(lambda: place.status().fetching == "half of it")
    assert place.status().state == "ready"
    assert not place.status().is_settled
    assert place.wait(0) is one
    fetching.may_end.set()
    wait_until(lambda: place.status().name == "other")
    assert place.wait(5) is other
    assert place.status().is_settled
    assert one.closed


def test_fetching_can_be_stopped_and_the_model_there_is_stays():
    one, fetching = Closing("one"), Fetching()
    place = slot(one)
    place.fetch(fetching, lambda progress: Closing("other"))
    wait_until(lambda: place.status().offers == STOP_FETCHING)
    place.stop_fetching()
    assert fetching.was_ended.wait(5)
    assert place.status().fetching == "Fetching was stopped."
    assert place.status().offers == ()
    assert place.wait(0) is one


def test_whoever_asks_while_the_first_model_is_fetched_waits_for_it():
    offered = (Offer("fetch", "a/b", "Fetch a/b"),)
    place = ModelSlot(fail_with(ModelNotHereError("It is not here.", "a/b")), lambda model: "", lambda outcome: offered)
    place.start()
    with pytest.raises(ModelError, match="It is not here"):
        place.wait(5)
    assert place.status().offers == offered
    fetching = Fetching()
    place.fetch(fetching, lambda progress: Closing("other"))
    wait_until(lambda: place.status().sentence == "half of it")
    assert place.status().state == "loading"
    assert place.wait(0.01) is None
    fetching.may_end.set()
    assert place.wait(5).name == "other"


@pytest.mark.parametrize("there", [True, False])
def test_a_download_that_fails_says_why_and_offers_what_was_offered(there):
    offered = (Offer("fetch", "a/b", "Fetch a/b"),)
    load = (lambda progress: Closing("one")) if there else fail_with(ModelNotHereError("It is not here.", "a/b"))
    place = ModelSlot(load, lambda model: "", lambda outcome: offered)
    place.start()
    wait_until(lambda: place.status().is_settled)
    fetching = Fetching(ends=ModelError("The disk is full."))
    place.fetch(fetching, lambda progress: Closing("other"))
    fetching.may_end.set()
    wait_until(lambda: "The disk is full." in (place.status().fetching, place.status().sentence))
    assert place.status().state == ("ready" if there else "failed")
    assert place.status().offers == offered
    assert place.status().is_settled


def fail_with(error):
    def load(progress):
        raise error

    return load


def test_what_is_offered_depends_on_what_went_wrong_and_on_the_gpu(monkeypatch):
    free = Settings()
    small = Closing("SmolLM2-135M-Instruct")
    monkeypatch.setattr("model.local.choosing.free_gpu_bytes", lambda: 0)
    assert model_offers(free, small) == ()
    monkeypatch.setattr("model.local.choosing.free_gpu_bytes", lambda: 24_000_000_000)
    (offer,) = model_offers(free, small)
    assert (offer.action, offer.model) == ("fetch", "internlm/Intern-S1-mini")
    assert offer.words == "Fetch internlm/Intern-S1-mini from huggingface.co (17 GB)"
    assert model_offers(Settings(model="some/folder"), small) == ()  # this one was wanted
    absent, embedded = model_offers(free, ModelNotHereError("It is not here.", "a/b"))
    assert absent.words == "Fetch a/b from huggingface.co"
    assert (embedded.action, embedded.words) == ("load", "Use the small embedded model")
    assert model_offers(free, ModelError("Broken.")) == (embedded,)
    assert model_offers(Settings(lock_model=True), ModelNotHereError("It is not here.", "a/b")) == ()
