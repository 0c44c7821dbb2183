"""A lookup asks first: once, for good, or not at all; a question holds up nothing else, and ends with its answer."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, replace

import pytest

from app.assistant import Assistant, Budget, BudgetEnded
from app.calling import Answering, Asking
from app.loading import ModelSlot
from app.permissions import Permissions, Question, Wish
from app.services import build_tools
from app.settings import read_settings
from app.store import Store, sqlite_url
from app.turns import Turns
from app.ui.permission import permission_card
from app.ui.rendering import message_parts
from app.ui.tabs import TurnUnderWay, UnderWay
from errors import RetortError
from model.events import Abilities, Finished, Options
from model.messages import File, Message, Text, ToolCall, ToolResult
from tests.app.fakes import FakeModel, LookupTools, outward_of, words

HOST = LookupTools.HOST


def look_up(name="aspirin", tool="look_up", id="x"):
    return ToolCall(id, tool, {"name": name})


@pytest.fixture
def outward(tmp_path):
    made = outward_of(tmp_path)
    yield made
    made.permissions.close()
    made.ledger.close()


class Turn:
    """One turn in a conversation; ``decide`` answers each question, the moment it is asked."""

    def __init__(self, outward, model, decide, tools=None, budget=None):
        self.tools, self.outward = tools or LookupTools(), outward
        self.asked: list[Question] = []
        self.events = []
        stop = threading.Event()
        assistant = Assistant(self.tools, budget, lambda: outward)
        messages = [Message("user", (Text("Look it up."),))]
        for event in assistant.run(model, messages, Options(), stop, Answering("c" * 32, 7)):
            self.events.append(event)
            if isinstance(event, Asking) and event.question and event.question not in self.asked:
                self.asked.append(event.question)
                decide(event.question, stop)

    def results(self):
        return [event for event in self.events if isinstance(event, ToolResult)]


def deciding(outward, *decisions):
    waiting = list(decisions)
    return lambda question, stop: outward.permissions.decide(question.id, waiting.pop(0))


def never(question, stop):
    raise AssertionError(f"asked for {question.host}")


def test_what_was_kept_of_an_earlier_answer_needs_no_leave(outward):
    tools = LookupTools()
    tools.kept.add(f"https://{HOST}/aspirin")
    turn = Turn(outward, FakeModel([look_up()], words("done")), never, tools)
    assert [result.ok for result in turn.results()] == [True]
    assert (tools.sent, outward.ledger.count()) == ([], 0)


def test_once_is_for_this_call_and_no_other(outward):
    model = FakeModel([look_up()], [look_up("caffeine")], words("done"))
    turn = Turn(outward, model, deciding(outward, "once", "once"))
    [first, second] = turn.asked
    assert (first.host, first.wishes) == (
        HOST,
        (Wish("look_up", "name 'aspirin'", f"GET https://{HOST}/aspirin"),),
    )
    assert second.wishes[0].words == "name 'caffeine'"
    assert turn.tools.sent == [f"https://{HOST}/aspirin", f"https://{HOST}/caffeine"]
    assert outward.permissions.lasting() == frozenset()


def test_always_is_kept_until_it_is_taken_back(outward, tmp_path):
    Turn(outward, FakeModel([look_up()], words("done")), deciding(outward, "always"))
    Turn(outward, FakeModel([look_up("caffeine")], words("done")), never)
    again = Permissions(sqlite_url(tmp_path))  # as after a restart
    [(host, since)] = again.listed()
    assert host == HOST
    assert since.year >= 2026
    again.revoke(HOST)
    again.close()
    turn = Turn(outward, FakeModel([look_up("menthol")], words("done")), deciding(outward, "no"))
    assert len(turn.asked) == 1


def test_no_sends_nothing_ends_the_call_with_a_sentence_and_is_not_asked_again_in_this_answer(outward):
    model = FakeModel([look_up()], [look_up("caffeine")], words("Without it, then."))
    turn = Turn(outward, model, deciding(outward, "no"))
    assert [result.content["sentence"] for result in turn.results()] == [
        f"Nothing was sent: look_up was not allowed to ask {HOST}.",
        f"Nothing was sent: {HOST} was not allowed in this answer.",
    ]
    assert turn.tools.sent == []
    assert outward.ledger.count() == 0
    assert turn.events[-1].reason == "stop"
    assert "Nothing was sent" in model.asked[1][-1].parts[0].content["error"]


def test_stop_is_heard_while_a_person_is_asked(outward):
    turn = Turn(outward, FakeModel([look_up()], words("never")), lambda question, stop: stop.set())
    assert turn.events[-1].reason == "stopped"
    assert turn.tools.sent == []
    with pytest.raises(RetortError, match="answered already"):
        outward.permissions.decide(turn.asked[0].id, "once")


def test_a_question_that_nobody_answers_ends_the_call_and_not_the_turn(outward, monkeypatch):
    monkeypatch.setattr("app.calling.ASKED_FOR_S", 0.2)
    turn = Turn(outward, FakeModel([look_up()], words("Without it, then.")), lambda question, stop: None)
    assert turn.results()[0].content["sentence"].startswith("Nothing was sent: nobody said within ")
    assert turn.events[-1].reason == "stop"


def test_several_calls_for_one_host_are_asked_for_once_and_all_is_said_that_they_would_send(outward):
    calls = [
        look_up("aspirin"),
        look_up("caffeine", id="y"),
        ToolCall("z", "describe_molecule", {"molecule": "aspirin"}),
    ]
    turn = Turn(outward, FakeModel(calls, [look_up("menthol")], words("done")), deciding(outward, "once", "no"))
    assert [[wish.words for wish in question.wishes] for question in turn.asked] == [
        ["name 'aspirin'", "name 'caffeine'"],
        ["name 'menthol'"],
    ]
    assert [result.ok for result in turn.results()] == [True, True, True, False]


def test_each_host_is_asked_for_by_itself(outward):
    turn = Turn(outward, FakeModel([look_up(tool="look_up_twice")], words("done")), deciding(outward, "once", "once"))
    assert [question.host for question in turn.asked] == [HOST, LookupTools.OTHER]
    assert turn.tools.sent == [f"https://{HOST}/aspirin", f"https://{LookupTools.OTHER}/aspirin"]


def test_the_time_of_an_answer_does_not_run_while_a_person_thinks(outward):
    def slowly(question, stop):
        threading.Timer(0.8, outward.permissions.decide, [question.id, "once"]).start()

    turn = Turn(outward, FakeModel([look_up()], words("done")), slowly, budget=Budget(seconds=0.5))
    assert [event for event in turn.events if isinstance(event, BudgetEnded)] == []
    assert [result.ok for result in turn.results()] == [True]


def test_a_request_is_in_the_ledger_with_its_call_and_its_answer(outward):
    Turn(outward, FakeModel([look_up()], words("done")), deciding(outward, "once"))
    [entry] = outward.ledger.entries(10)
    sender = entry.sender
    assert (entry.host, entry.method, entry.url) == (HOST, "GET", f"https://{HOST}/aspirin")
    assert (sender.tool, sender.call_id, sender.conversation_id, sender.message_id) == (
        "look_up",
        "call_1",
        "c" * 32,
        7,
    )
    assert (entry.status, entry.received_bytes, entry.problem) == (200, 42, "")


def test_for_good_answers_whatever_else_waits_for_the_host_and_once_does_not(outward):
    permissions, wish = outward.permissions, [Wish("look_up", "name 'aspirin'", "GET …")]
    first, second = permissions.ask("a", HOST, wish), permissions.ask("b", HOST, wish)
    other = permissions.ask("c", LookupTools.OTHER, wish)
    permissions.decide(first.id, "once")
    assert permissions.decision(second, 0) is None
    permissions.decide(second.id, "always")
    assert [permissions.decision(one, 0) for one in (first, second, other)] == ["once", "always", None]


def test_where_strangers_are_let_in_a_host_is_allowed_for_a_single_call_only(tmp_path):
    outward = outward_of(tmp_path, may_be_always=False)
    question = outward.permissions.ask("a", HOST, [Wish("look_up", "name 'aspirin'", "GET …")])
    assert not question.may_be_always
    with pytest.raises(RetortError, match="choose Once"):
        outward.permissions.decide(question.id, "always")
    assert outward.permissions.decision(question, 0) is None
    outward.permissions.decide(question.id, "once")
    assert outward.permissions.decision(question, 0) == "once"
    assert outward.permissions.lasting() == frozenset()


def test_without_anyone_to_ask_nothing_is_sent():
    tools = LookupTools()
    assistant = Assistant(tools)
    messages = [Message("user", (Text("Look it up."),))]
    events = list(assistant.run(FakeModel([look_up()], words("done")), messages, Options(), threading.Event()))
    [result] = [event for event in events if isinstance(event, ToolResult)]
    assert result.content["sentence"] == "Nothing was sent: look_up may ask no other machine here."
    assert tools.sent == []


def asked_store(folder):
    store = Store(sqlite_url(folder))
    conversation = store.create_conversation()
    store.add_message(conversation, "user", [Text("Look it up.")])
    return store, conversation


def test_a_question_is_kept_while_it_waits_so_that_any_tab_can_show_and_answer_it(outward, tmp_path):
    store, conversation = asked_store(tmp_path)
    model = FakeModel([look_up()], words("It is there."))
    turns = Turns(store, Assistant(LookupTools(), outward=lambda: outward), ModelSlot(lambda tell: model, lambda m: ""))
    answer = turns.answer(conversation, threading.Event())
    while "asks" not in (seen := next(answer)).details:
        pass
    kept = store.messages(conversation)[-1]
    assert (kept.status, kept.details["asks"]["host"]) == ("running", HOST)
    json.dumps(seen.details)  # what is kept is plain JSON
    outward.permissions.decide(kept.details["asks"]["id"], "once")
    last = list(answer)[-1]
    assert last.status == "complete"
    assert "asks" not in last.details
    assert store.messages(conversation)[-1].parts[1].ok
    store.close()


def test_what_a_crash_left_asking_is_shown_as_stopped_without_its_question(outward, tmp_path):
    store, conversation = asked_store(tmp_path)
    question = Question(HOST, (Wish("look_up", "name 'aspirin'", "GET …"),))
    message = store.add_message(conversation, "assistant", (), "running")
    store.save(replace(message, details={"asks": asdict(question)}))
    assert "wants to ask" in str(list(message_parts(conversation, store.messages(conversation)[-1])))
    store.close()
    again = Store(sqlite_url(tmp_path))
    assert "wants to ask" not in str(list(message_parts(conversation, again.messages(conversation)[-1])))
    again.close()


def test_over_a_file_no_lookup_runs_and_a_sentence_says_how_else(outward, tmp_path):
    table = tmp_path / "names.csv"
    table.write_text("name\naspirin\n")
    file = File(str(table), "0" * 64, "text/csv", "names.csv")
    over = ToolCall("x", "run_over_file", {"file": "file_1", "tool": "look_up"})
    assistant = Assistant(LookupTools(), outward=lambda: outward)
    asked = [Message("user", (file, Text("Look all of them up.")))]
    events = list(assistant.run(FakeModel([over], words("done")), asked, Options(), threading.Event()))
    [result] = [event for event in events if isinstance(event, ToolResult)]
    assert result.content["what"] == "look_up asks another machine, and is not run over a file here"
    assert result.content["hint"].endswith(f"--tool look_up --allow {HOST}")
    assert [event for event in events if isinstance(event, Asking)] == []


def test_an_answer_that_asks_goes_on_when_its_page_is_gone(outward, tmp_path):
    store, conversation = asked_store(tmp_path)
    model = FakeModel([look_up()], words("It is there."))
    turns = Turns(store, Assistant(LookupTools(), outward=lambda: outward), ModelSlot(lambda tell: model, lambda m: ""))
    under_way = UnderWay()
    with under_way.turn(conversation) as stop:
        answer = turns.answer(conversation, stop)
        while "asks" not in next(answer).details:
            pass
        under_way.hand_over(conversation, answer)
    assert under_way.holds(conversation)
    with pytest.raises(TurnUnderWay):
        under_way.refuse(conversation)
    outward.permissions.decide(store.messages(conversation)[-1].details["asks"]["id"], "once")
    until = time.monotonic() + 20
    while under_way.holds(conversation) and time.monotonic() < until:
        time.sleep(0.01)
    last = store.messages(conversation)[-1]
    assert (last.status, last.message.text) == ("complete", "It is there. ")
    store.close()


def test_a_model_without_tools_whose_request_is_routed_asks_as_well(outward, monkeypatch):
    monkeypatch.setattr(
        "app.assistant.Assistant._route", lambda self, messages, attachments: [Routed("look_up", {"name": "aspirin"})]
    )
    model = FakeModel(words("Shown above."), abilities=Abilities())
    turn = Turn(outward, model, deciding(outward, "once"))
    assert [question.host for question in turn.asked] == [HOST]
    assert isinstance(turn.events[-1], Finished)
    assert turn.tools.sent == [f"https://{HOST}/aspirin"]


class Routed:
    def __init__(self, tool, arguments):
        self.tool, self.arguments = tool, arguments


def test_the_card_says_who_asks_whom_for_what_and_escapes_what_a_model_wrote():
    wish = Wish("look_up", "name '<img src=x onerror=alert(1)>'", "GET https://h/<b>")
    card = permission_card({"id": "0" * 32, "host": HOST, "wishes": [vars(wish)], "may_be_always": True})
    assert "<img" not in card and "<b>&" not in card and "https://h/&lt;b&gt;" in card
    assert [name in card for name in (">Once<", ">Always this host<", ">No<")] == [True, True, True]
    strangers = permission_card({"id": "0" * 32, "host": HOST, "wishes": [vars(wish)], "may_be_always": False})
    assert ">Always this host<" not in strangers


@pytest.mark.parametrize(("flags", "offered"), [((), True), (("--no-lookups",), False)])
def test_without_lookups_no_tool_that_asks_another_machine_is_offered(tmp_path, flags, offered):
    tools = build_tools(read_settings(["--folder", str(tmp_path), *flags]))
    assert any(tool["hosts"] for tool in tools.catalog()) is offered
    tools.close()
