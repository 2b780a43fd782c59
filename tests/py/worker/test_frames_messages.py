"""Nothing passes for a message of Node's that its wire schema does not take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_polyglot.worker.frames import FrameError
from etl_polyglot.worker.messages import UnreadableValue, parse_message


def test_a_call_with_all_that_it_may_say_is_read():
    message = parse_message(
        b'{"kind":"call","id":7,"method":"m","params":{"a":[1]},"inline":false,"stream":true,'
        b'"credit":0,"deadline_ms":119999.25,"traceparent":"00-1-2-01",'
        b'"body":{"at":"shared","offset":64,"length":0,"generation":1}}'
    )
    assert (message.kind, message.id, message.params) == ("call", 7, {"a": [1]})
    assert (message.deadline_ms, message.body.generation) == (119_999.25, 1)


@pytest.mark.parametrize(
    "params", ['{"name": "\\ud800"}', '{"a": ' + "[" * 300 + "]" * 300 + "}", "[1]"]
)
def test_a_call_whose_params_cannot_be_read_is_known_all_the_same(params):
    """It must be refused, and the memory of its body given back."""
    body = '{"at": "shared", "offset": 4096, "length": 1, "generation": 3}'
    text = f'{{"kind": "call", "id": 7, "method": "m", "params": {params}, "body": {body}}}'
    read = parse_message(text.encode())
    assert isinstance(read, UnreadableValue)
    assert (read.message.id, read.message.params, read.message.body.generation) == (7, {}, 3)


@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_what_is_no_message_is_refused(text):
    with pytest.raises(FrameError):
        parse_message(text)


@pytest.mark.parametrize(
    "text",
    [
        b'{"kind":"reply","id":1,"value":1}',
        b'{"kind":"cancel","id":0}',
        b'{"kind":"cancel","id":1,"id":0}',
        b'{"kind":"cancel","id":1,"more":1}',
        b'{"kind":"cancel","id":"1"}',
        b'{"kind":"cancel","id":1e400}',
        b'{"kind":"cancel","id":NaN}',
        b'{"kind":"credit","id":1,"chunks":0}',
        b'{"kind":"release","offset":-1,"generation":1}',
        b'{"kind":"call","id":1,"method":"\\ud800","params":{}}',
        b'{"kind":"call","id":1,"method":"m","params":{},"deadline_ms":0}',
        b'{"kind":"call","id":1,"method":"m","params":{},"body":null}',
        b'{"kind":"cancel","id":1}x',
        b'["cancel",1]',
        b"null",
    ],
)
def test_what_is_nearly_a_message_is_refused(text):
    with pytest.raises(FrameError):
        parse_message(text)
