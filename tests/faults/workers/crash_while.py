"""A worker that crashes as long as a file exists: before its hello, or right after it."""

import os
import sys
from pathlib import Path

WHEN, CAUSE = sys.argv[1], Path(sys.argv[2])


def crash_if_cause() -> None:
    """End at once, as by a bug in native code."""
    if CAUSE.exists():
        print("libboom.so: cannot allocate memory", file=sys.stderr, flush=True)
        os._exit(1)


def crash_after_hello() -> None:
    """Have the first frame that is written be the last."""
    from etl_polyglot.worker.frames import FrameWriter

    write = FrameWriter.write

    def write_and_crash(self: FrameWriter, *frame: object) -> None:
        write(self, *frame)
        crash_if_cause()

    FrameWriter.write = write_and_crash


if __name__ == "__main__":
    from etl_polyglot.worker.__main__ import main

    if WHEN == "before":
        crash_if_cause()
    else:
        crash_after_hello()
    main()
