"""A call that is not answered yet."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from etl_polyglot.generated.wire.cancel import CancelFrame
from etl_polyglot.generated.wire.credit import CreditFrame
from etl_polyglot.generated.wire.end import EndFrame, EndFrameError
from etl_polyglot.worker.calls import Call, NodeError
from etl_polyglot.worker.stream import InputStream, OutputCredit


@dataclass(slots=True)
class Running:
    """A call that is not answered yet, with its streams.

    Attributes:
        inline: whether its answer goes through the pipe, whatever its size.
        input: the stream that its method iterates, if it has one.
        credit: what it may send of its output, if Node reads it as a stream.
    """

    id: int
    call: Call
    inline: bool
    input: InputStream | None
    credit: OutputCredit | None

    def receive(self, message: CancelFrame | CreditFrame | EndFrame) -> None:
        """Take in what Node says of the call."""
        match message:
            case CancelFrame():
                self._cancel()
            case CreditFrame() if self.credit is not None:
                self.credit.add(message.chunks)
            case EndFrame() if self.input is not None:
                self.input.end(_failure(message.error))

    def _cancel(self) -> None:
        self.call.cancelled.set()
        if self.input is not None:
            self.input.wake()
        if self.credit is not None:
            self.credit.wake()


def _failure(error: EndFrameError | None) -> Callable[[], Exception] | None:
    if error is None:
        return None
    return partial(NodeError, error.name, error.message, error.stack)
