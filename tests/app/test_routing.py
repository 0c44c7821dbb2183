"""Plain requests reach the right tool with the person's own words as arguments; the rest reaches none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.routing import Router
from bench import routing as bench
from tools.registry import Toolbox

REQUESTS = [json.loads(line) for line in (Path(__file__).parent / "requests.jsonl").read_text().splitlines()]
LYSOZYME = "KVFGRCELAAAMKRHGLDNYRGYSLGNWV"


@pytest.fixture(scope="module")
def router():
    return Router([{**tool.schema, "group": tool.group, "asks": tool.asks} for tool in Toolbox.load()])


def routed(router, request, context=()):
    return [(call.tool, call.arguments) for call in router.route(request, context)]


def test_at_least_nine_in_ten_of_the_shared_requests_reach_their_tool(router):
    names = {tool.name for tool in Toolbox.load()}
    due = [row for row in REQUESTS if row["tool"] in names]
    right = 0
    for row in due:
        calls = routed(router, row["request"])
        right += len(calls) == 1 and calls[0][0] == row["tool"] and bench.has_arguments(calls[0][1], row["arguments"])
    assert right >= 0.9 * len(due)


@pytest.mark.parametrize("request_", [row["request"] for row in REQUESTS if row["tool"] is None])
def test_small_talk_reaches_no_tool(router, request_):
    assert routed(router, request_) == []


@pytest.mark.parametrize(
    ("request_", "calls"),
    [
        (
            "Draw aspirin and tell me its molecular weight",
            [("draw_molecules", {"molecules": "aspirin"}), ("describe_molecule", {"molecule": "aspirin"})],
        ),
        ("draw benzene, toluene and phenol", [("draw_molecules", {"molecules": ["benzene", "toluene", "phenol"]})]),
        (
            "Draw CCO and CCN with atom numbers",
            [("draw_molecules", {"molecules": ["CCO", "CCN"], "atom_numbers": True})],
        ),
        ("What are the mass and pI of " + LYSOZYME + "?", [("protein_report", {"sequence": LYSOZYME})]),
        (
            "Translate ATGGCTAGCAAA with table 4 in frame 2",
            [("translate", {"sequence": "ATGGCTAGCAAA", "table": 4, "frame": 2})],
        ),
        ("What is 50-78-2?", [("resolve_structure", {"text": "50-78-2"})]),
        ("CCO", [("resolve_structure", {"text": "CCO"})]),
        (LYSOZYME, [("protein_report", {"sequence": LYSOZYME})]),
        ("how many oxygens in glucose?", [("count_atoms", {"molecule": "glucose", "element": "O"})]),
        ("mass of carbon dioxide", [("describe_molecule", {"molecule": "carbon dioxide"})]),
    ],
)
def test_several_intents_lists_and_options_are_read(router, request_, calls):
    assert routed(router, request_) == calls


@pytest.mark.parametrize("broken", ["C1CC(", "CC(C)(C)(C)C", "c1cccc1", "C(=O", "[Xx]CC"])
def test_a_wrong_structure_still_reaches_the_tool_which_says_what_is_wrong(router, broken):
    assert routed(router, f"What is the molecular weight of {broken}?") == [("describe_molecule", {"molecule": broken})]


def test_a_misspelt_name_reaches_the_tool_which_suggests_the_right_one(router):
    assert routed(router, "Draw asprin") == [("draw_molecules", {"molecules": "asprin"})]


@pytest.mark.parametrize(
    "request_",
    ["draw a conclusion", "Is ethanol bad for me?", "Who discovered caffeine?", "What is the difference between SN1 and SN2?",
     "Write a story about aspirin", "CONCLUSION: write a summary", "Why does benzene not dissolve?"],
)  # fmt: skip
def test_what_no_tool_answers_is_left_to_the_model(router, request_):
    assert routed(router, request_) == []


def test_it_means_what_was_spoken_of_before(router):
    assert routed(router, "What is its logP?", ["aspirin"]) == [("describe_molecule", {"molecule": "aspirin"})]
    assert routed(router, "What is its logP?") == []


def test_every_argument_is_a_span_of_the_request(router):
    for row in REQUESTS:
        for _, arguments in routed(router, row["request"]):
            for name, value in arguments.items():
                if name not in ("element", "symbol") and isinstance(value, str):
                    assert value.lower() in row["request"].lower()


@pytest.mark.parametrize(
    "hostile", ["(" * 20_000, "C1" * 25_000, "a-" * 20_000, "draw " * 5_000, "[" * 50_000, ">" * 9_000 + "\n"]
)
def test_hostile_text_is_answered(router, hostile):
    assert len(routed(router, hostile)) <= 4


@pytest.mark.parametrize(
    ("requests", "of_due", "of_idle"),
    [
        ("requests.jsonl", 0.9, 0.9),
        ("requests_tuned.jsonl", 0.95, 0.97),
        ("requests_held.jsonl", 0.9, 0.95),
        ("requests_held2.jsonl", 0.93, 0.95),
    ],
)
def test_most_requests_reach_the_right_tool_and_those_of_no_tool_reach_none(requests, of_due, of_idle):
    toolbox = Toolbox.load()
    routes = bench.router(toolbox)
    rows = [
        row
        for row in bench.requests(requests)
        if requests != "requests.jsonl" or not row["tool"] or row["tool"] in toolbox
    ]
    right = {True: [], False: []}
    for row in rows:
        is_right = bench.is_right(row, routes.route(row["request"]), toolbox)
        right[bench.asks_for_a_tool(row, toolbox)].append(is_right)
    assert sum(right[True]) >= of_due * len(right[True]) > 0
    assert sum(right[False]) >= of_idle * len(right[False]) > 0
