"""What is told of Retort in numbers: as Prometheus reads it, on the status page, and over a change of models."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from app.assistant import Assistant
from app.counts import Spread
from app.instructions import PromptFile
from app.loading import ModelSlot
from app.services import Services
from app.serving import build_app
from app.settings import Settings
from app.store import Store, sqlite_url
from app.turns import Turns
from app.ui.status import status_html
from app.uploads import Uploads
from errors import ModelError
from model.events import Finished, TextDelta, Usage
from model.figures import Figures
from model.messages import Text, ToolCall
from tests.app.fakes import FakeModel, FakeTools, outward_of, raising, words

ASPIRIN = ToolCall("call_1", "describe_molecule", {"molecule": "aspirin"})
REFUSED = ToolCall("call_2", "describe_molecule", {"molecule": "unobtainium"})
INVENTED = ToolCall("call_3", "tell_secret", {"secret": "xylophone"})


class Site:
    """A site over one model, asked without a browser."""

    def __init__(self, folder, model) -> None:
        self.store, tools = Store(sqlite_url(folder)), FakeTools()
        self.slot = ModelSlot(lambda progress: model, lambda model: "")
        turns = Turns(self.store, Assistant(tools), self.slot)
        uploads = Uploads(folder / "up", 100_000, 1_000_000)
        self.services = Services(self.store, turns, uploads, self.slot, tools, outward_of(folder), PromptFile(folder))
        self.client = TestClient(build_app(self.services, Settings(folder=folder)), base_url="http://localhost:7860")
        self.slot.start()
        assert self.slot.wait(5) is model

    def ask(self, question="What is the mass of aspirin?", stop=None):
        conversation = self.store.create_conversation()
        self.store.add_message(conversation, "user", [Text(question)])
        return list(self.services.turns.answer(conversation, stop or threading.Event()))[-1]

    def metrics(self):
        """Each sample by its name and, in order of their names, the values of its labels."""
        families = text_string_to_metric_families(self.client.get("/metrics").text)
        return {
            (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
            for family in families
            for sample in family.samples
        }

    def numbers(self):
        return self.client.get("/status.json").json()


class CountingModel(FakeModel):
    """One that keeps figures, and counts on while it is being closed."""

    def __init__(self, name: str, figures: Figures) -> None:
        super().__init__()
        self.name, self.weights, self._figures = name, "int8", figures
        self.closing, self.may_close = threading.Event(), threading.Event()

    def figures(self) -> Figures:
        return self._figures

    def count(self, **figures: int) -> None:
        self._figures = replace(self._figures, **figures)

    def close(self) -> None:
        self.closing.set()
        assert self.may_close.wait(5)
        self.count(new_tokens=self._figures.new_tokens + 1)


@pytest.fixture
def make_site(tmp_path):
    made = []

    def make(model):
        made.append(Site(tmp_path, model))
        return made[-1]

    yield make
    for site in made:
        site.store.close()


def test_what_was_done_is_what_prometheus_reads(make_site):
    stop = threading.Event()
    site = make_site(
        FakeModel(
            [ASPIRIN],
            words("180.16 Da"),
            [TextDelta("Water."), Finished(Usage(100, 7, 0.3, 40.0, reused_tokens=64), "length")],
            [TextDelta("half"), raising(ModelError("Out of memory."))],
            [TextDelta("partial"), stop.set, TextDelta("never")],
        )
    )
    told = [site.ask(stop=stop if number == 3 else None).status for number in range(4)]
    assert told == ["complete", "complete", "failed", "stopped"]
    read = site.metrics()
    answers = {key[1]: value for key, value in read.items() if key[0] == "retort_answers_total"}
    assert answers == {"stop": 1, "length": 1, "failed": 1, "stopped": 1, "context": 0, "error": 0}
    # FakeModel's usage: 10 tokens of prompt each, as many new ones as it says events, the first after 0.1 s
    assert read["retort_new_tokens_total",] == (1 + 2) + 7 + 1
    assert read["retort_prompt_tokens_total", "computed"] == 20 + (100 - 64) + 10
    assert read["retort_prompt_tokens_total", "reused"] == 64
    assert read["retort_first_token_seconds_count",] == 3
    assert read["retort_first_token_seconds_sum",] == pytest.approx(0.1 + 0.3 + 0.1)
    assert [read["retort_first_token_seconds_bucket", end] for end in ("0.05", "0.1", "0.25", "0.5")] == [0, 2, 2, 3]
    assert read["retort_answer_seconds_count",] == 4
    assert read["retort_answers_running",] == 0
    assert read["retort_model_info", "fake", ""] == 1


def test_calls_of_tools_are_counted_by_outcome_and_a_name_that_the_model_made_up_is_not_told(make_site):
    site = make_site(FakeModel([ASPIRIN, REFUSED, INVENTED], words("180.16 Da")))
    site.ask()
    calls = {key[1:]: value for key, value in site.metrics().items() if key[0] == "retort_tool_calls_total"}
    assert calls == {("ok", "describe_molecule"): 1, ("failed", "describe_molecule"): 1, ("failed", "unknown"): 1}
    assert (site.numbers()["tools"]["ok"], site.numbers()["tools"]["failed"]) == (1, 2)


def test_an_answer_that_its_reader_left_is_counted_as_stopped_and_is_not_under_way_any_more(make_site):
    site = make_site(FakeModel(words("one two three")))
    conversation = site.store.create_conversation()
    site.store.add_message(conversation, "user", [Text("Count.")])
    answer = site.services.turns.answer(conversation, threading.Event())
    next(answer)
    assert site.metrics()["retort_answers_running",] == site.numbers()["answers"]["under_way"] == 1
    answer.close()
    assert site.metrics()["retort_answers_running",] == 0
    assert site.metrics()["retort_answers_total", "stopped"] == 1


def test_a_model_with_figures_is_told_as_it_counts_and_nothing_twice(make_site):
    figures = Figures(
        context=8192,
        answering=3,
        most_answering=8,
        waiting=2,
        most_waiting=64,
        tokens_per_s=123.5,
        passes=40,
        finished=9,
        failed=1,
        restarts=1,
        prompt_tokens=1000,
        reused_tokens=900,
        new_tokens=500,
        drafted_tokens=80,
        accepted_tokens=60,
        weight_bytes=270_000_000,
        cache_bytes=30_000_000,
        answering_bytes=20_000_000,
        most_cache_bytes=1_000_000_000,
    )
    model = CountingModel("one", figures)
    model._turns = iter([words("180.16 Da")])
    site = make_site(model)
    site.ask()
    read = site.metrics()
    expected = {
        ("retort_new_tokens_total",): 500,  # not the answer's two as well
        ("retort_prompt_tokens_total", "computed"): 100,
        ("retort_prompt_tokens_total", "reused"): 900,
        ("retort_answers_total", "stop"): 1,
        ("retort_generations_total", "finished"): 9,
        ("retort_generations_total", "failed"): 1,
        ("retort_drafted_tokens_total",): 80,
        ("retort_accepted_tokens_total",): 60,
        ("retort_model_passes_total",): 40,
        ("retort_engine_restarts_total",): 1,
        ("retort_answers_running",): 3,
        ("retort_answers_limit",): 8,
        ("retort_requests_waiting",): 2,
        ("retort_requests_waiting_limit",): 64,
        ("retort_tokens_per_second",): 123.5,
        ("retort_context_tokens",): 8192,
        ("retort_weights_bytes",): 270_000_000,
        ("retort_cache_bytes", "kept"): 30_000_000,
        ("retort_cache_bytes", "answering"): 20_000_000,
        ("retort_cache_limit_bytes",): 1_000_000_000,
        ("retort_model_info", "one", "int8"): 1,
    }
    assert {key: read.get(key) for key in expected} == expected
    numbers = site.numbers()
    assert numbers["model"] == {"state": "ready", "name": "one", "weights": "int8", "context": 8192}
    assert numbers["memory"] == {
        "weights": 270_000_000,
        "kept": 30_000_000,
        "answering": 20_000_000,
        "most": 1_000_000_000,
    }
    assert numbers["tokens"] == {
        "per_s": 123.5,
        "new": 500,
        "computed": 100,
        "reused": 900,
        "drafted": 80,
        "accepted": 60,
    }
    assert numbers["answers"] == {
        "under_way": 3,
        "most": 8,
        "waiting": 2,
        "most_waiting": 64,
        "ended": 1,
        "failed": 0,
        "stopped": 0,
        "first_token_s": 0.1,
    }
    assert numbers["engine"] == {"passes": 40, "restarts": 1}


def test_counters_go_on_over_a_switch_an_unloading_and_a_model_without_figures(make_site):
    def written():
        return site.metrics()["retort_new_tokens_total",]

    one = CountingModel("one", Figures(4096, new_tokens=500, restarts=1))
    other = CountingModel("other", Figures(4096, new_tokens=20))
    other.may_close.set()
    site = make_site(one)
    assert written() == 500
    site.slot.switch(lambda progress: other)
    assert one.closing.wait(5)
    assert written() == 500  # it is being unloaded, and no other is there
    assert not any(key[0] == "retort_model_info" for key in site.metrics())
    one.may_close.set()
    assert site.slot.wait(5) is other
    assert written() == 500 + 1 + 20
    other.count(new_tokens=30)
    assert written() == 501 + 30
    assert site.metrics()["retort_engine_restarts_total",] == 1
    site.slot.switch(None)
    with pytest.raises(ModelError, match="No model is loaded"):
        site.slot.wait(5)
    assert written() == 501 + 31
    assert site.numbers()["model"]["state"] == "unloaded"
    plain = FakeModel(words("three more words"))
    site.slot.switch(lambda progress: plain)
    assert site.slot.wait(5) is plain
    site.ask()
    assert written() == 532 + 3
    read = site.metrics()
    assert ("retort_weights_bytes",) not in read and ("retort_tokens_per_second",) not in read
    assert site.numbers()["memory"] == {"weights": None, "kept": None, "answering": None, "most": None}


def test_what_a_models_figures_leave_open_is_not_told_as_nothing(make_site):
    model = CountingModel("one", Figures(4096, cache_bytes=6_000_000))
    site = make_site(model)
    assert site.numbers()["memory"] == {"weights": None, "kept": 6_000_000, "answering": 0, "most": None}
    read = site.metrics()
    assert read["retort_cache_bytes", "kept"] == 6_000_000
    unknown = {"retort_weights_bytes", "retort_cache_limit_bytes", "retort_requests_waiting_limit"}
    assert unknown.isdisjoint(key[0] for key in read)


def test_a_failed_loading_is_told_by_its_state_and_not_by_its_sentence(make_site):
    site = make_site(FakeModel())
    site.slot.switch(lambda progress: raising(ModelError("There is no folder /home/marie/secret."))())
    with pytest.raises(ModelError):
        site.slot.wait(5)
    assert site.numbers()["model"]["state"] == "failed"
    assert "marie" not in site.client.get("/status.json").text


def test_nothing_of_a_conversation_is_in_what_is_told(make_site):
    site = make_site(FakeModel([ASPIRIN, INVENTED], words("Its mass is marigold."), [raising(ModelError("tulip"))]))
    site.ask("What is the mass of aspirin, petunia?")
    site.ask("And of dahlia?")
    secret = ("aspirin", "xylophone", "tell_secret", "marigold", "tulip", "petunia", "dahlia")
    for path in ("/metrics", "/status.json", "/status"):
        text = site.client.get(path).text.lower()
        assert [word for word in secret if word in text] == [], path


def test_who_asks_for_open_metrics_gets_them_and_nothing_of_the_process_is_among_them(make_site):
    site = make_site(FakeModel())
    plain = site.client.get("/metrics")
    assert plain.headers["content-type"].startswith("text/plain; version=0.0.4")
    open_metrics = site.client.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
    assert open_metrics.headers["content-type"].startswith("application/openmetrics-text")
    assert open_metrics.text.endswith("# EOF\n")
    assert all(key[0].startswith("retort_") for key in site.metrics())


@pytest.mark.parametrize("path", ["/metrics", "/status", "/status.json"])
def test_they_are_answered_under_this_machines_names_alone_and_with_the_pages_policy(make_site, path):
    client = make_site(FakeModel()).client
    assert client.get(path, headers={"host": "evil.example"}).status_code == 400
    assert "connect-src 'self'" in client.get(path).headers["content-security-policy"]


def test_the_model_line_leads_to_the_status_page_in_a_tab_of_its_own(make_site):
    told = status_html(make_site(FakeModel()).slot.status())
    assert re.search(r'<a href="status" target="_blank" rel="noopener"[^>]*><b>fake</b></a> is ready', told)


def test_versions_and_the_time_since_the_start_are_told(make_site):
    numbers = make_site(FakeModel()).numbers()
    assert numbers["uptime_s"] > 0
    assert list(numbers["versions"]) == ["Retort", "Python", "torch", "transformers", "gradio"]
    assert numbers["versions"]["Python"] == sys.version.split()[0]


def test_a_time_on_the_end_of_a_range_belongs_to_it_and_one_beyond_the_last_is_counted():
    spread = Spread((1.0, 2.0))
    for seconds in (0.5, 1.0, 1.5, 99.0):
        spread.add(seconds)
    assert spread.up_to() == [(1.0, 2), (2.0, 3), (float("inf"), 4)]
    assert spread.total == 102.0


def test_the_library_of_metrics_is_not_loaded_before_they_are_asked_for():
    asked = "import json, sys, app.serving; print(json.dumps('prometheus_client' in sys.modules))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)
    assert json.loads(told.stdout) is False
