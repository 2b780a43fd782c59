"""What Node may say, by the wire schemas."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from etl_polyglot.generated.wire.call import CallFrame
from etl_polyglot.generated.wire.cancel import CancelFrame
from etl_polyglot.generated.wire.chunk import ChunkFrame
from etl_polyglot.generated.wire.credit import CreditFrame
from etl_polyglot.generated.wire.end import EndFrame
from etl_polyglot.generated.wire.release import ReleaseFrame
from etl_polyglot.worker.frames import FrameError

Message = CallFrame | ChunkFrame | EndFrame | CreditFrame | CancelFrame | ReleaseFrame


@dataclass(frozen=True, slots=True)
class UnreadableValue:
    """A message whose `params` or `value`, left out here, this side cannot read.

    JSON that JavaScript writes may be nested too deeply, or hold halves of surrogate pairs. That is
    the caller's fault alone, so it must cost its call and not the worker with all calls.
    """

    message: CallFrame | ChunkFrame
    reason: str


_VALUES: dict[str, dict[str, Any]] = {"call": {"params": {}}, "chunk": {"value": None}}

_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])


def parse_message(header: bytes) -> Message | UnreadableValue:
    """Read the header of a frame.

    Raises:
        FrameError: it is no message of Node's.
    """
    try:
        return _MESSAGE.validate_json(header)
    except ValidationError as error:
        try:
            read = json.loads(header)
            message = _MESSAGE.validate_python(read | _VALUES[read["kind"]])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise FrameError(str(error)) from error
        assert isinstance(message, CallFrame | ChunkFrame)
        return UnreadableValue(message, error.errors()[0]["msg"])
