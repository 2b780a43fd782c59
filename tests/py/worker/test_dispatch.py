"""Every call is answered by one frame that the protocol carries, whatever its method raises."""

import sys

import orjson
import pytest

from etl_polyglot.schema.rule import RuleFailedError
from etl_polyglot.worker.calls import METHODS, CallError, Reply

HUGE = "ä" * (9 * 2**20)


@pytest.fixture
def answer(monkeypatch, node):
    """Calls a method, and gives the header of the frame that answers it."""

    def call(function):
        monkeypatch.setitem(METHODS, "tried", function)
        node.call("tried")
        return node.header()

    return call


def raising(error):
    def method(_):
        raise error

    return method


def test_a_defect_comes_with_its_exception_and_the_line_that_raised_it(answer):
    header = answer(raising(KeyError("a")))
    assert header["code"] == "WORKER_FAILED"
    assert header["message"] == "tried raised KeyError: 'a'"
    assert header["details"] == {"method": "tried", "exception": "KeyError", "message": "'a'"}
    (exception,) = header["exceptions"]
    assert (exception["type"], exception["message"]) == ("KeyError", "'a'")
    innermost = exception["frames"][0]
    assert innermost["file"] == __file__
    assert (innermost["function"], innermost["source"]) == ("method", "raise error")


def test_a_rule_that_fails_is_named_and_its_own_place_is_told(answer):
    details = {"rule": "old", "schema": "user", "file": "a.py", "line": 3, "reason": "KeyError"}

    def method(_):
        try:
            raise KeyError("agee")
        except KeyError as error:
            raise RuleFailedError(details) from error

    header = answer(method)
    assert header["code"] == "RULE_FAILED"
    assert header["details"] == {"method": "tried", **details}
    assert header["message"].startswith("The rule old of user (a.py:3) gave no verdict: KeyError.")
    (exception,) = header["exceptions"]
    assert (exception["type"], exception["message"]) == ("KeyError", "'agee'")
    assert exception["frames"][0]["source"] == 'raise KeyError("agee")'


def test_an_exception_with_an_endless_message_keeps_its_name_and_place(answer):
    header = answer(raising(ValueError(HUGE)))
    assert header["code"] == "WORKER_FAILED"
    assert header["message"].startswith("tried raised ValueError: ää")
    assert header["details"]["exception"] == "ValueError"
    assert header["exceptions"][0]["frames"][0]["file"] == __file__
    assert len(orjson.dumps(header)) < 2**18


def test_a_foreseen_error_keeps_its_code_when_its_details_are_endless(answer):
    header = answer(raising(CallError("JOB_FAILED", HUGE, {"reason": HUGE})))
    assert header["code"] == "JOB_FAILED"
    assert header["message"].startswith("ää")
    assert len(orjson.dumps(header)) < 2**18


def test_details_that_are_not_json_are_left_out(answer):
    header = answer(raising(CallError("JOB_FAILED", "no", {"reason": object()})))
    assert (header["code"], header["message"]) == ("JOB_FAILED", "no")


def test_an_answer_that_is_not_json_fails_the_call(answer):
    header = answer(lambda _: Reply({1, 2}))
    assert header["code"] == "WORKER_FAILED"
    assert header["details"]["exception"] == "TypeError"


def test_a_method_that_would_leave_the_process_fails_its_call_only(answer):
    assert answer(lambda _: sys.exit(3))["details"]["exception"] == "SystemExit"


def test_a_call_that_was_cancelled_says_which(answer):
    header = answer(raising(CallError("CANCELLED", "stopped")))
    assert header["details"] == {"method": "tried"}


def test_what_is_no_defect_shows_the_frames_of_others_only(answer):
    header = answer(raising(CallError("JOB_FAILED", "no")))
    (exception,) = header["exceptions"]
    assert {frame["file"] for frame in exception["frames"]} == {__file__}


def test_a_wrong_name_suggests_the_right_one(monkeypatch, node):
    monkeypatch.setitem(METHODS, "echo", lambda _: Reply(None))
    node.call("ecko")
    header = node.header()
    assert header["code"] == "INVALID_REQUEST"
    assert "did you mean echo?" in header["message"]
    assert header["exceptions"] == []


def test_an_answer_too_large_for_a_frame_says_what_to_do(answer):
    header = answer(lambda _: Reply("x" * (9 * 2**20)))
    assert header["code"] == "PAYLOAD_TOO_LARGE"
    assert "stream" in header["message"]


def test_frames_that_cross_the_answer_of_their_call_are_let_be(answer, node):
    assert answer(lambda _: Reply(1))["value"] == 1
    node.join()
    node.send({"kind": "cancel", "id": 1})
    node.send({"kind": "credit", "id": 1, "chunks": 2})
    node.send({"kind": "chunk", "id": 1, "value": 1}, b"late")
    node.send({"kind": "end", "id": 1})
    assert answer(lambda _: Reply(2))["value"] == 2
