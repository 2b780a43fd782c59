"""What is measured, in a process of its own.

Run as `engine_contestants.py CONTESTANT STAGE SOURCE TARGET THREADS`; prints what it has to say as
JSON, with the seconds that cores worked, then the seconds of the work alone: without imports, and
without connecting to databases.
Ends with `OUT_OF_MEMORY` where the contestant says that its memory does not do.
"""

import importlib
import json
import resource
import sys
import time
from pathlib import Path

from child import OUT_OF_MEMORY


def main(contestant: str, stage: str, source: str, target: str, threads: str) -> None:
    """Have a contestant do its work in a stage of the job."""
    make = importlib.import_module(f"engine_{contestant}").STAGES[stage]
    work = make(Path(source), Path(target), int(threads))
    began, began_cpu = time.perf_counter(), _cpu_seconds()
    try:
        said = work()
    except Exception as exc:
        if "out of memory" not in f"{type(exc).__name__}: {exc}".lower():
            raise
        print(exc, file=sys.stderr)
        sys.exit(OUT_OF_MEMORY)
    seconds = time.perf_counter() - began
    print(json.dumps({**(said or {}), "cpu_s": round(_cpu_seconds() - began_cpu, 3)}))
    print(seconds)


def _cpu_seconds() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
