"""A call's chunks go both ways, as far as the reader gives credit, and end whatever happens."""

import gc
import threading

import pytest

from etl_polyglot.generated.protocol import STREAM_CREDIT_CHUNKS as WINDOW
from etl_polyglot.worker.calls import METHODS, CallError, NodeError, Reply
from etl_polyglot.worker.frames import Frame, FrameError
from etl_polyglot.worker.running import Running


@pytest.fixture
def stream(monkeypatch, node):
    """Begins a call of a function as a stream both ways."""

    def begin(function, **members):
        monkeypatch.setitem(METHODS, "tried", function)
        node.call("tried", stream=True, **{"credit": WINDOW, **members})
        return node

    return begin


def doubled(call):
    total = 0
    for chunk in call.chunks:
        total += chunk.value
        yield Reply(chunk.value * 2, chunk.body)
    return Reply(total)


def test_chunks_come_in_and_go_out_in_order_and_the_answer_comes_last(stream):
    node = stream(doubled)
    node.send({"kind": "chunk", "id": 1, "value": 1, "body": {"at": "inline", "length": 2}}, b"ab")
    header, body = node.received()
    assert (header["kind"], header["value"], body) == ("chunk", 2, b"ab")
    node.send({"kind": "chunk", "id": 1, "value": 5})
    node.send({"kind": "end", "id": 1})
    frames = list(iter(node.header, {"kind": "reply", "id": 1, "value": 6}))
    assert [frame["value"] for frame in frames if frame["kind"] == "chunk"] == [10]
    assert sum(frame["chunks"] for frame in frames if frame["kind"] == "credit") <= 2


def test_a_reader_of_chunks_gives_credit_back_as_it_takes_them(stream):
    taken = threading.Semaphore(0)

    def method(call):
        for _ in call.chunks:
            taken.acquire()
        return Reply("all")

    node = stream(method)
    for _ in range(2):
        for value in range(WINDOW):
            node.send({"kind": "chunk", "id": 1, "value": value})
            taken.release()
        granted = 0
        while granted < WINDOW:
            granted += node.header()["chunks"]
        assert granted == WINDOW
    node.send({"kind": "end", "id": 1})
    assert node.header()["value"] == "all"


def test_a_reader_that_waits_has_given_all_its_credit_back(stream):
    """The memory for the next chunk may be what the last one's credit gives back."""
    node = stream(lambda call: Reply(len(list(call.chunks))))
    node.send({"kind": "chunk", "id": 1, "value": 0})
    assert node.header() == {"kind": "credit", "id": 1, "chunks": 1}
    node.send({"kind": "end", "id": 1})
    assert node.header()["value"] == 1


def test_a_chunk_without_credit_is_refused(stream):
    blocked = threading.Event()
    node = stream(lambda call: Reply(blocked.wait(10)))
    for value in range(WINDOW):
        node.send({"kind": "chunk", "id": 1, "value": value})
    with pytest.raises(FrameError, match="without credit"):
        node.send({"kind": "chunk", "id": 1, "value": "one more"})
    blocked.set()
    assert node.header()["value"] is True


def test_a_generator_waits_when_its_reader_has_given_no_more_credit(stream):
    made = []

    def method(_):
        for value in range(WINDOW + 3):
            made.append(value)
            yield Reply(value)

    node = stream(method)
    assert [node.header()["value"] for _ in range(WINDOW)] == list(range(WINDOW))
    assert node.waiting.wait(10)
    assert len(made) == WINDOW + 1
    node.send({"kind": "credit", "id": 1, "chunks": 3})
    assert [node.header()["value"] for _ in range(3)] == [WINDOW, WINDOW + 1, WINDOW + 2]
    assert node.header() == {"kind": "reply", "id": 1, "value": None}


def test_a_cancelled_generator_is_closed_wherever_it_is(stream):
    closed = threading.Event()

    def method(_):
        try:
            while True:
                yield Reply(None)
        finally:
            closed.set()

    node = stream(method)
    for _ in range(WINDOW):
        node.header()
    assert node.waiting.wait(10)
    node.send({"kind": "cancel", "id": 1})
    assert node.header()["code"] == "CANCELLED"
    assert closed.is_set()


def test_a_method_that_waits_for_a_chunk_hears_of_the_cancellation(stream):
    node = stream(lambda call: Reply([chunk.value for chunk in call.chunks]))
    node.send({"kind": "cancel", "id": 1})
    assert node.header()["code"] == "CANCELLED"


def test_the_end_may_cross_a_cancellation(stream):
    node = stream(lambda call: Reply([chunk.value for chunk in call.chunks]))
    node.send({"kind": "cancel", "id": 1})
    node.send({"kind": "end", "id": 1})
    assert node.header()["code"] == "CANCELLED"


def test_an_error_of_the_iterator_in_node_is_raised_where_the_chunks_are_read(stream):
    node = stream(doubled)
    error = {
        "name": "RangeError",
        "message": "no more",
        "stack": "RangeError\n    at read (a.ts:3)",
    }
    node.send({"kind": "end", "id": 1, "error": error})
    header = node.header()
    assert header["code"] == "INPUT_FAILED"
    assert header["details"] == {"method": "tried", "reason": "RangeError: no more"}
    assert header["exceptions"][0]["type"] == "NodeError"
    assert "doubled" in [frame["function"] for frame in header["exceptions"][0]["frames"]]


def test_chunks_that_came_before_the_error_are_read_before_it(stream):
    values = []

    def each(call):
        try:
            for chunk in call.chunks:
                values.append(chunk.value)
        except NodeError as error:
            return Reply([*values, error.name, error.message, error.stack])
        return Reply(values)

    node = stream(each)
    node.send({"kind": "chunk", "id": 1, "value": 1})
    node.send({"kind": "end", "id": 1, "error": {"name": "E", "message": "m", "stack": "s"}})
    assert node.header()["value"] == [1, "E", "m", "s"]


def test_a_method_that_wraps_the_error_keeps_it_as_the_cause(stream):
    def method(call):
        try:
            next(call.chunks)
        except NodeError as error:
            raise ValueError("no rows") from error

    node = stream(method)
    node.send({"kind": "end", "id": 1, "error": {"name": "E", "message": "m"}})
    header = node.header()
    assert header["code"] == "WORKER_FAILED"
    assert [one["type"] for one in header["exceptions"]] == ["ValueError", "NodeError"]


@pytest.mark.parametrize("value", ['{"a": "\\ud800"}', "[" * 300 + "]" * 300])
def test_a_chunk_that_python_cannot_read_costs_its_call_and_no_other(stream, value):
    node = stream(doubled)
    text = f'{{"kind": "chunk", "id": 1, "value": {value}}}'
    assert node.dispatcher.receive(Frame(text.encode(), None)) is None
    assert node.header()["code"] == "INVALID_REQUEST"


def test_a_refused_call_is_no_garbage_that_keeps_its_body(node):
    gc.collect()
    gc.disable()
    try:
        node.send({"kind": "call", "id": 1, "method": "echo", "params": []})
        assert node.header()["code"] == "INVALID_REQUEST"
        node.join()
        assert not [one for one in gc.get_objects() if isinstance(one, Running)]
    finally:
        gc.enable()


def test_a_call_without_input_has_no_chunks(monkeypatch, node):
    monkeypatch.setitem(METHODS, "tried", lambda call: Reply(list(call.chunks)))
    node.call("tried")
    assert node.header()["value"] == []


def test_a_method_that_answers_in_parts_is_refused_to_who_reads_none(monkeypatch, node):
    monkeypatch.setitem(METHODS, "tried", doubled)
    node.call("tried")
    header = node.header()
    assert header["code"] == "INVALID_REQUEST"
    assert "stream" in header["message"]


def test_an_error_between_chunks_ends_the_stream_with_it(stream):
    def method(_):
        yield Reply(1)
        raise CallError("DISK_FULL", "no space")

    node = stream(method)
    assert node.header()["value"] == 1
    assert node.header()["code"] == "DISK_FULL"
