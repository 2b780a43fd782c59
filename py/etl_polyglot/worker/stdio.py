"""Claims the worker's standard streams, so that nothing but frames reaches Node's pipe."""

import ctypes
import os
import signal
import sys
from dataclasses import dataclass

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Streams:
    """Descriptors of the pipes that carry frames; no child of the worker inherits them."""

    frames_in: int
    frames_out: int


def claim_stdio() -> Streams:
    """Take stdin and stdout for frames and point everybody else's stdout at stderr.

    From here on `print`, a C library's `printf` and children that write to fd 1 reach the log,
    and whoever reads fd 0 reads nothing. Must run before any import that may print.
    """
    streams = Streams(frames_in=os.dup(0), frames_out=os.dup(1))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    # Node sends SIGINT to a worker that hangs: the default action ends it even inside C code.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # The end of stdin is read by Python; a call that never lets go of the GIL would miss it.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    return streams
