"""Every call is answered by one frame that the protocol carries, whatever its method raises."""

import os
from collections.abc import Callable
from io import BufferedReader, FileIO
from typing import Any

import orjson
import pytest

from etl_polyglot.generated.wire.call import CallFrame
from etl_polyglot.rules.rule_set import RuleSet
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.schema.rule import RuleFailedError
from etl_polyglot.worker.calls import METHODS, Call, CallError, Reply
from etl_polyglot.worker.dispatch import Dispatcher
from etl_polyglot.worker.frames import FrameReader, FrameWriter

Answer = Callable[[Callable[[Call], Reply]], dict[str, Any]]

HUGE = "ä" * (9 * 2**20)


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Calls a method, and gives the header of the frame that answers it."""
    registry = SchemaRegistry({})

    def call(function: Callable[[Call], Reply]) -> dict[str, Any]:
        monkeypatch.setitem(METHODS, "tried", function)
        reading, writing = os.pipe()
        with BufferedReader(FileIO(reading)) as stream:
            dispatcher = Dispatcher(FrameWriter(writing), None, registry, RuleSet())
            dispatcher.start(CallFrame(kind="call", id=1, method="tried", params={}), None)
            frame = FrameReader(stream).read()
            os.close(writing)
        assert frame is not None
        header: dict[str, Any] = orjson.loads(frame.header)
        return header

    return call


def raising(error: Exception) -> Callable[[Call], Reply]:
    def method(_: Call) -> Reply:
        raise error

    return method


def test_a_defect_comes_with_its_exception_and_traceback(answer: Answer) -> None:
    header = answer(raising(KeyError("a")))
    assert header["code"] == "WORKER_FAILED"
    assert header["message"] == "tried raised KeyError: 'a'"
    assert header["details"] == {"method": "tried", "exception": "KeyError", "message": "'a'"}
    assert header["traceback"].startswith("Traceback")


def test_a_rule_that_fails_is_named_to_the_caller_and_traced_in_the_log(answer: Answer) -> None:
    details = {"rule": "old", "schema": "user", "file": "a.py", "line": 3, "reason": "KeyError"}

    def method(_: Call) -> Reply:
        try:
            raise KeyError("agee")
        except KeyError as error:
            raise RuleFailedError(details) from error

    header = answer(method)
    assert header["code"] == "RULE_FAILED"
    assert header["details"] == {"method": "tried", **details}
    assert header["message"].startswith("The rule old of user (a.py:3) gave no verdict: KeyError.")
    assert header["traceback"].startswith("Traceback")
    assert header["traceback"].endswith("KeyError: 'agee'\n")


def test_an_exception_with_an_endless_message_keeps_its_name_and_place(answer: Answer) -> None:
    header = answer(raising(ValueError(HUGE)))
    assert header["code"] == "WORKER_FAILED"
    assert header["message"].startswith("tried raised ValueError: ää")
    assert header["details"]["exception"] == "ValueError"
    assert 'File "' in header["traceback"]
    assert len(orjson.dumps(header)) < 2**18


def test_a_foreseen_error_keeps_its_code_when_its_details_are_endless(answer: Answer) -> None:
    header = answer(raising(CallError("JOB_FAILED", HUGE, {"reason": HUGE})))
    assert header["code"] == "JOB_FAILED"
    assert header["message"].startswith("ää")
    assert len(orjson.dumps(header)) < 2**18


def test_details_that_are_not_json_are_left_out(answer: Answer) -> None:
    header = answer(raising(CallError("JOB_FAILED", "no", {"reason": object()})))
    assert (header["code"], header["message"]) == ("JOB_FAILED", "no")


def test_a_call_that_was_cancelled_says_which(answer: Answer) -> None:
    header = answer(raising(CallError("CANCELLED", "stopped")))
    assert header["details"] == {"method": "tried"}
