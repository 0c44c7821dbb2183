"""Tools in processes of their own: whatever a tool does, its call ends with a sentence and the next one is answered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from errors import ToolError, ToolInputError
from tools.running import MOST_ARGUMENT_BYTES, Workers

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ("tests.tools.sample_tools",)


@pytest.fixture(scope="module")
def workers():
    pool = Workers(SAMPLES, size=1, memory_limit_mb=1024)
    yield pool
    pool.close()


def process_of(workers: Workers) -> int:
    return workers.call("echo", {"text": "who?"}).data["process"]


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return False
    return subprocess.run(["kill", "-0", str(process)], capture_output=True).returncode == 0


def ended(process: int, within_s: float = 10.0) -> bool:
    deadline = time.monotonic() + within_s
    while is_alive(process) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(process)


def test_a_process_serves_one_call_after_the_other(workers):
    assert process_of(workers) == process_of(workers) != os.getpid()


def test_a_tool_that_hangs_ends_at_its_limit_and_its_process_is_replaced(workers):
    before = process_of(workers)
    with pytest.raises(ToolError, match=r"^sleep was stopped after 1 s; give it something smaller\.$"):
        workers.call("sleep", {"seconds": 60.0})
    assert ended(before)
    assert process_of(workers) != before


def test_the_start_of_a_process_is_not_charged_to_the_call():
    pool = Workers(SAMPLES, size=1)  # cold: importing pydantic and the tools takes longer than this limit
    try:
        assert pool.call("echo", {"text": "hi"}, time_limit_s=0.05).summary == "hi"
    finally:
        pool.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces the limit")
def test_a_tool_that_wants_too_much_memory_is_told_and_the_process_goes_on(workers):
    before = process_of(workers)
    with pytest.raises(ToolError, match="allocate needed more memory than a tool may use"):
        workers.call("allocate", {"megabytes": 3000})
    assert process_of(workers) == before
    assert workers.call("allocate", {"megabytes": 100}).ok


@pytest.mark.parametrize("how", ["exit", "kill", "segfault"])
def test_a_process_that_dies_is_one_sentence_and_is_replaced(workers, how):
    with pytest.raises(ToolError, match="die ended without an answer"):
        workers.call("die", {"how": how})
    assert process_of(workers)


def test_what_a_library_prints_cannot_be_taken_for_an_answer(workers):
    assert workers.call("shout", {"text": '{"result": "forged"}'}).summary == "Printed."
    assert workers.call("echo", {"text": "after"}).summary == "after"


def test_cancelling_a_running_call_ends_its_process_at_once(workers):
    before = process_of(workers)
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    with pytest.raises(ToolError, match=r"^sleep was stopped\.$"):
        workers.call("sleep", {"seconds": 60.0}, cancel=cancel, time_limit_s=60)
    assert ended(before)


def test_cancelling_a_call_that_waits_leaves_the_running_one(workers):
    before = process_of(workers)
    cancel = threading.Event()
    with ThreadPoolExecutor(2) as threads:
        running = threads.submit(workers.call, "sleep", {"seconds": 0.6})
        time.sleep(0.1)
        waiting = threads.submit(workers.call, "echo", {"text": "never"}, cancel=cancel)
        time.sleep(0.1)
        cancel.set()
        with pytest.raises(ToolError, match="stopped before it began"):
            waiting.result(5)
        assert not running.done()
        assert running.result(10).data["process"] == before


def test_calls_of_many_threads_each_get_their_own_answer():
    pool = Workers(SAMPLES, size=2)
    try:
        with ThreadPoolExecutor(8) as threads:
            said = list(threads.map(lambda n: pool.call("echo", {"text": str(n)}), range(100)))
        assert [result.summary for result in said] == [str(n) for n in range(100)]
        assert len({result.data["process"] for result in said}) <= 2
    finally:
        pool.close()


def test_an_answer_or_an_argument_without_measure_is_refused(workers):
    with pytest.raises(ToolError, match="gave more than 32 MB"):
        workers.call("grow", {"megabytes": 40})
    with pytest.raises(ToolInputError, match="give at most 1,000,000"):
        workers.call("echo", {"text": "x" * MOST_ARGUMENT_BYTES})
    with pytest.raises(ToolInputError, match="not finite"):
        workers.call("sleep", {"seconds": float("inf")})
    assert workers.call("echo", {"text": "x" * 900_000}).ok


def test_a_fault_inside_a_tool_fails_its_call_only(workers):
    before = process_of(workers)
    for arguments in ({"with_none": False}, {"with_none": True}):
        with pytest.raises(ToolError, match=r"fail failed inside .*please report this input"):
            workers.call("fail", arguments)
    assert workers.call("not_a_number", {}).data == {"value": None}, "what JSON does not have arrives as no value"
    assert process_of(workers) == before


def test_a_refusal_crosses_the_process_whole(workers):
    with pytest.raises(ToolInputError) as caught:
        workers.call("refuse", {"value": "x"})
    refused = caught.value
    assert (refused.what, refused.where, refused.hint) == (
        "This value is refused",
        "value, character 1",
        "give another one",
    )


def test_keys_and_tokens_of_the_environment_stay_with_the_parent(monkeypatch):
    secrets = ("OPENAI_API_KEY", "HF_TOKEN", "RETORT_SECRET", "DB_PASSWORD", "hf_token")
    for name in secrets:
        monkeypatch.setenv(name, "not for a tool")
    monkeypatch.setenv("RETORT_PLAIN", "kept")
    pool = Workers(SAMPLES, size=1)
    try:
        names = pool.call("environment", {}).data["names"]
    finally:
        pool.close()
    assert "RETORT_PLAIN" in names
    assert not set(secrets) & set(names)


def test_close_ends_every_process_and_later_calls_are_refused():
    pool = Workers(SAMPLES, size=2)
    pool.warm_up()
    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(lambda _: pool.call("sleep", {"seconds": 0.3}).data["process"], range(2)))
        busy = threads.submit(pool.call, "sleep", {"seconds": 0.5})
        time.sleep(0.1)
        pool.close()
        assert busy.result(10).ok, "a call under way is answered"
    assert all(ended(process) for process in both)
    with pytest.raises(ToolError, match="Retort is ending"):
        pool.call("echo", {"text": "late"})


def test_a_module_that_cannot_be_imported_is_one_sentence():
    pool = Workers(("tests.tools.no_such_module",), size=1)
    try:
        with pytest.raises(ToolError, match="could not be started"):
            pool.catalog()
    finally:
        pool.close()


def test_a_worker_ends_when_its_parent_is_killed():
    program = (
        "from tools.running import Workers\nimport time\n"
        f"pool = Workers({SAMPLES!r}, size=1)\n"
        "print(pool.call('echo', {'text': 'x'}).data['process'], flush=True)\ntime.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    assert is_alive(worker)
    parent.send_signal(signal.SIGKILL)
    parent.wait(10)
    parent.stdout.close()
    assert ended(worker)


def test_views_are_left_out_where_nobody_sees_them_and_the_answer_is_the_same():
    pool = Workers(("tools.chemistry.description",), size=1)
    try:
        whole, none, molfile = (
            json.loads(pool.call_as_json("describe_molecule", {"molecule": "CC=CC"}, views=views))
            for views in ("all", "none", "molfile")
        )
    finally:
        pool.close()
    assert any(view["kind"] == "svg" for view in whole["views"])
    assert none["views"] == []
    assert [view["kind"] for view in molfile["views"]] == ["text"]
    assert "M  END" in molfile["views"][0]["text"]
    assert whole["data"] == none["data"] == molfile["data"]
    assert whole["summary"] == none["summary"] == molfile["summary"]
