"""A recorded call is made again with only its own module, and what differs is told by its path."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest

from errors import ToolInputError
from tests.tools.examining import answered as answered_in_workers
from tests.tools.examining import questions_in
from tools.registry import TOOL_MODULES, Toolbox
from tools.rerun import (
    LARGEST_KEPT_VIEW,
    answered,
    changed_libraries,
    compare,
    condensed,
    modules_of_tools,
    tool_named,
)

ROOT = Path(__file__).resolve().parents[2]
EXAMS = ("exam_questions.jsonl", "exam_biology.jsonl", "exam_newer.jsonl", "exam_strangers.jsonl")
ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


@pytest.fixture(scope="module")
def aspirin():
    return answered("describe_molecule", {"molecule": ASPIRIN})


def changed(answer, change):
    """A copy as it comes out of a file, with something changed in it."""
    copied = json.loads(json.dumps(answer))
    change(copied)
    return copied


def test_each_tool_is_found_in_the_module_that_registers_it():
    registered = {tool.name: tool.function.__module__ for tool in Toolbox.load()}
    assert modules_of_tools() == registered
    assert len(registered) >= 50
    assert set(registered.values()) == set(TOOL_MODULES)


def test_one_tool_is_had_without_the_others():
    program = (
        "import sys; from tools.rerun import call; print(call('element', {'symbol': 'Br'}).data['atomic_number']); "
        "print('tools.biology.proteins' in sys.modules, 'tools.chemistry.conformers' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["35", "False", "False"], done.stderr


def test_a_name_that_no_tool_has_is_refused_with_the_names_there_are():
    with pytest.raises(ToolInputError, match=r"There is no tool 'weigh'.*describe_molecule"):
        tool_named("weigh")


def test_the_same_call_is_equal_and_so_is_its_condensed_record(aspirin):
    now = answered("describe_molecule", {"molecule": ASPIRIN})
    assert compare(aspirin, now).sentence == "equal"
    kept = json.loads(json.dumps(condensed(aspirin)))
    assert compare(kept, now).verdict == "equal"
    assert kept["libraries"] == aspirin["provenance"]["libraries"]


def test_a_number_is_told_by_its_path_with_both_values(aspirin):
    recorded = changed(aspirin, lambda answer: answer["data"].update(average_mass_da=180.16))
    comparison = compare(recorded, aspirin)
    assert comparison.verdict == "different"
    assert comparison.differences == ("data.average_mass_da: 180.16 → 180.159",)


@pytest.mark.parametrize(("factor", "verdict"), [(1 + 1e-7, "close"), (1 + 1e-5, "different"), (1.0, "equal")])
def test_numbers_are_compared_exactly_and_then_within_a_millionth(aspirin, factor, verdict):
    mass = aspirin["data"]["average_mass_da"]
    recorded = changed(aspirin, lambda answer: answer["data"].update(average_mass_da=mass * factor))
    comparison = compare(recorded, aspirin)
    assert comparison.verdict == verdict
    assert comparison.sentence.startswith({"close": "equal within 1e-06: data.average_mass_da"}.get(verdict, verdict))


def test_what_is_absent_on_one_side_is_said_and_a_boolean_is_no_number(aspirin):
    recorded = changed(aspirin, lambda answer: answer["data"].pop("formula"))
    assert compare(recorded, aspirin).differences == ('data.formula: absent → "C9H8O4"',)
    now = changed(aspirin, lambda answer: answer["data"].update(charge=False))
    assert compare(aspirin, now).differences == ("data.charge: 0 → false",)


def test_many_differences_are_counted_and_twenty_told(aspirin):
    recorded = changed(aspirin, lambda answer: answer["data"].update({f"new_{number}": number for number in range(25)}))
    told = compare(recorded, aspirin).differences
    assert len(told) == 21
    assert told[-1] == "and 5 more"


def test_a_drawing_that_differs_is_different_also_where_only_its_sha256_was_kept(aspirin):
    assert len(json.dumps(aspirin["views"][0])) > LARGEST_KEPT_VIEW
    now = changed(aspirin, lambda answer: answer["views"][0].update(svg="<svg/>"))
    assert compare(aspirin, now).differences[0].startswith("views[0].svg: ")
    assert compare(condensed(aspirin), now).differences[0].startswith("views[0].sha256: ")


def test_minimised_coordinates_alone_are_told_and_are_no_difference():
    ethanol = answered("show_3d", {"molecule": "CCO"})
    moved = copy.deepcopy(ethanol)
    moved["views"][0]["models"] = [moved["views"][0]["models"][0].replace("0.0", "0.1", 1)]
    for recorded in (ethanol, condensed(ethanol)):
        comparison = compare(recorded, moved)
        assert comparison.verdict == "close"
        assert "views[0].models[0]" in comparison.sentence
    moved["data"]["conformers"] = 7
    assert compare(ethanol, moved).verdict == "different"


def test_coordinates_of_a_file_are_no_minimised_ones(tmp_path):
    structure = str(ROOT / "tests" / "tools" / "structures" / "1a8o.pdb.gz")
    recorded = answered("structure_report", {"file": structure})
    moved = copy.deepcopy(recorded)
    view = next(view for view in moved["views"] if view["kind"] == "structure3d")
    view["models"] = [view["models"][0].replace("ATOM", "ATOM ", 1)]
    assert compare(recorded, moved).verdict == "different"


def test_a_tool_that_searches_for_a_time_says_so_where_it_differs():
    recorded = answered("enumerate_isomers", {"molecule_or_formula": "C4H10"})
    now = changed(recorded, lambda answer: answer["data"].update(count=1))
    assert compare(recorded, now).differences[-1] == (
        "this tool ends its search after a time, so a slower machine may find less"
    )


def test_a_refusal_is_equal_to_the_same_one_and_different_from_an_answer(aspirin):
    refused = answered("describe_molecule", {"molecule": "C1CC"})
    assert refused["ok"] is False
    assert compare(refused, answered("describe_molecule", {"molecule": "C1CC"})).verdict == "equal"
    assert compare(condensed(refused), refused).verdict == "equal"
    [told] = compare(refused, aspirin).differences
    assert told.endswith("→ answered")
    assert compare(aspirin, refused).differences[0].startswith("answered → refused: ")


def test_libraries_that_have_another_version_are_named():
    then, now = {"rdkit": "2025.9.1", "selfies": "2.2.0", "gone": "1"}, {"rdkit": "2026.9.1", "selfies": "2.2.0"}
    assert changed_libraries(then, now) == ["rdkit 2025.9.1 → 2026.9.1"]


def test_every_examined_tool_gives_in_another_process_what_it_gave_before():
    asked = [one for name in EXAMS for one in questions_in(name) if "expect" in one]
    questions = [one for one in asked if "@" not in one["arguments"].get("sequence", "")]  # the name of a file
    once = list({question["tool"]: question for question in questions}.values())
    assert len(once) >= 45
    differing = {
        question["tool"]: compare(first, second).sentence
        for question, first, second in zip(once, answered_in_workers(once), answered_in_workers(once), strict=True)
        if compare(first, second).verdict != "equal"
    }
    assert differing == {}
