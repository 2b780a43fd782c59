"""An exception is told with its causes and the source lines of both."""

import pytest

from etl_polyglot.worker.failures import exceptions


def caught(function):
    with pytest.raises(BaseException) as info:  # noqa: PT011
        function()
    return info.value


def test_the_frames_come_innermost_first_with_their_source_lines():
    def inner():
        return {}["id"]

    def outer():
        inner()

    (exception,) = exceptions(caught(outer), is_ours=True)
    assert exception["type"] == "KeyError"
    functions = [(frame["function"], frame.get("source")) for frame in exception["frames"]]
    assert functions[:2] == [("inner", 'return {}["id"]'), ("outer", "inner()")]


def test_causes_come_after_what_they_caused():
    def chained():
        try:
            raise KeyError("a")
        except KeyError as error:
            raise ValueError("b") from error

    def implied():
        try:
            raise KeyError("a")
        except KeyError:
            raise ValueError("b")  # noqa: B904

    def hidden():
        try:
            raise KeyError("a")
        except KeyError:
            raise ValueError("b") from None

    def types(function):
        return [one["type"] for one in exceptions(caught(function), is_ours=True)]

    assert types(chained) == types(implied) == ["ValueError", "KeyError"]
    assert types(hidden) == ["ValueError"]


def test_a_circle_of_causes_is_told_once():
    first, second = ValueError("1"), ValueError("2")
    first.__cause__, second.__cause__ = second, first
    assert [one["message"] for one in exceptions(first, is_ours=True)] == ["1", "2"]


def test_endless_recursion_is_cut():
    def endless():
        endless()

    (exception, *_) = exceptions(caught(endless), is_ours=True)
    assert exception["type"] == "RecursionError"
    assert len(exception["frames"]) <= 50


def test_an_exception_that_cannot_be_printed_is_told_all_the_same():
    class OddError(Exception):
        def __str__(self):
            raise RuntimeError("no")

    (exception,) = exceptions(OddError(), is_ours=True)
    assert exception["type"] == "OddError"
    assert "RuntimeError" in exception["message"]


def test_what_no_frame_carries_is_escaped():
    (exception,) = exceptions(ValueError("a\ud800b"), is_ours=True)
    assert exception["message"] == "a\\ud800b"
