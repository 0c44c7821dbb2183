"""``python -m tools`` as a script uses it: one line out for each line in, in order, and an exit status."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tools.test_running import ended

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def tools(*arguments: str, given: bytes = b"") -> tuple[int, list[dict], str]:
    done = subprocess.run(
        [sys.executable, "-m", "tools", *arguments],
        cwd=ROOT,
        env={**ENVIRONMENT, "PYTHONIOENCODING": "ascii"},  # a bare locale must not matter
        input=given,
        capture_output=True,
        timeout=120,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def row(tool: str, **arguments: object) -> bytes:
    return json.dumps({"tool": tool, "arguments": arguments}).encode() + b"\n"


def test_list_prints_a_schema_a_line():
    status, listed, said = tools("list")
    assert (status, said) == (0, "")
    names = [tool["name"] for tool in listed]
    assert {"resolve_structure", "describe_molecule", "protein_report"} <= set(names)
    for tool in listed:
        assert set(tool) == {"name", "description", "group", "parameters"}
        assert tool["parameters"]["type"] == "object"


def test_call_prints_the_whole_output():
    status, [answer], _ = tools("call", "describe_molecule", '{"molecule": "caffeine"}')
    assert status == 0
    assert set(answer) == {"ok", "tool", "summary", "data", "notes", "views", "provenance"}
    assert answer["ok"] is True
    # PubChem CID 2519: 194.19 g/mol, monoisotopic 194.08037557 Da
    assert answer["data"]["average_mass_da"] == pytest.approx(194.19, abs=0.01)
    assert answer["data"]["monoisotopic_mass_da"] == pytest.approx(194.08037557, abs=1e-4)
    assert answer["provenance"]["host"] == "local"


def test_call_takes_its_arguments_from_standard_input():
    status, [answer], _ = tools("call", "count_atoms", "-", given=b'{"molecule": "CCO", "element": "C"}')
    assert (status, answer["data"]["count"]) == (0, 2)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("describe_molecule", '{"molecule": "c1ccccc"}'),
        ("describe_molecule", '{"molecule": "CCO", "colour": "red"}'),
        ("no_such_tool", "{}"),
        ("describe_molecule", "not json"),
        ("describe_molecule", "[1, 2]"),
        ("describe_molecule", "[" * 100_000),
    ],
)
def test_an_error_is_json_on_standard_output_and_exit_status_2(name, arguments):
    status, [answer], said = tools("call", name, arguments)
    assert (status, said) == (2, "")
    assert answer["ok"] is False
    assert set(answer["error"]) == {"what", "where", "hint"}
    assert answer["error"]["what"] and len(answer["error"]["what"]) < 400


def test_batch_answers_every_line_in_order_whatever_is_in_it():
    lines = [
        b"\xef\xbb\xbf" + row("count_atoms", molecule="CCO", element="C").rstrip(b"\n") + b"\r\n",
        b"not json\n",
        b"\n",
        b'"a string"\n',
        b'{"tool": "count_atoms"}\n',
        b'{"arguments": {}}\n',
        b'{"tool": "count_atoms", "arguments": [1]}\n',
        b'{"tool": "count_atoms", "arguments": {"molecule": "\xff", "element": "C"}}\n',
        b'{"tool": "count_atoms", "arguments": {"molecule": "\\ud800", "element": "C"}}\n',
        b'{"tool": "count_atoms", "arguments": {"molecule": "C", "molecule": "CC"}}\n',
        b'{"tool": "cluster", "arguments": {"molecules": ["C"], "cutoff": NaN}}\n',
        row("no_such_tool"),
        row("count_atoms", molecule="C" * 1_200_000, element="C"),
        b" " * 3_000_000 + b"\n",
        row("count_atoms", molecule="é", element="C"),
        row("count_atoms", molecule="CCCO", element="C").rstrip(b"\n"),  # the last line has no end
    ]
    status, answers, said = tools("batch", given=b"".join(lines))
    assert (status, said) == (0, "")
    assert len(answers) == len(lines)
    assert [answer["ok"] for answer in answers] == [True, *[False] * 14, True]
    assert (answers[0]["data"]["count"], answers[-1]["data"]["count"]) == (2, 3)
    assert all(set(answer["error"]) == {"what", "where", "hint"} for answer in answers[1:-1])
    assert answers[2]["error"]["what"] == "The line is empty"
    assert "UTF-8" in answers[7]["error"]["what"]
    assert "'molecule' stands twice" in answers[9]["error"]["what"]


def test_batch_takes_arguments_that_are_json_inside_json_as_models_write_them():
    given = json.dumps({"tool": "count_atoms", "arguments": json.dumps({"molecule": "CCO"})}).encode()
    _, [answer], _ = tools("batch", given=given)
    assert answer["data"]["count"] == 9


def test_batch_keeps_the_order_of_quick_and_slow_rows():
    chains = ["C" * (1 + number % 7) for number in range(60)]
    given = b"".join(
        row("show_3d", molecule=chain) if number % 20 == 0 else row("count_atoms", molecule=chain, element="C")
        for number, chain in enumerate(chains)
    )
    _, answers, _ = tools("batch", given=given)
    counted = [answer["data"].get("count") for answer in answers]
    assert counted == [None if number % 20 == 0 else len(chain) for number, chain in enumerate(chains)]


def test_batch_answers_a_line_before_the_next_one_is_written():
    with subprocess.Popen(
        [sys.executable, "-m", "tools", "batch"],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        for chain in ("CC", "CCC", "CCCC"):
            process.stdin.write(row("count_atoms", molecule=chain, element="C"))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["data"]["count"] == len(chain)
        process.stdin.close()
        assert process.wait(20) == 0


def test_a_reader_who_has_had_enough_ends_it_quietly():
    lines = row("count_atoms", molecule="CCO", element="C") * 2000
    command = f"{sys.executable} -m tools batch | head -n 2"
    done = subprocess.run(command, shell=True, cwd=ROOT, env=ENVIRONMENT, input=lines, capture_output=True, timeout=120)
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr == b""


def test_ctrl_c_ends_it_quietly_with_its_workers():
    process = subprocess.Popen(
        [sys.executable, "-m", "tools", "batch"],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # a shell starts what it runs in the background deaf to Ctrl-C, and the tests may be such a thing
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    process.stdin.write(row("count_atoms", molecule="CCO", element="C"))
    process.stdin.flush()
    process.stdout.readline()
    workers = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
    assert workers
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    process.stdin.close()
    assert process.wait(20) == 130
    assert process.stderr.read() == b""
    process.stdout.close()
    process.stderr.close()
    assert all(ended(int(worker)) for worker in workers)
