"""`npm run fuzz`: judges made-up schemas and instances by every layer and two oracles."""

from __future__ import annotations

import argparse
import secrets
import sys
import time

from .compare import Comparison
from .judge_process import ROOT
from .layers import Layers
from .run import search
from .vector import write_vector


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code (1: judges part)."""
    parser = argparse.ArgumentParser(prog="npm run fuzz --", description=__doc__)
    parser.add_argument("--cases", type=int, default=1000, help="how many schemas (1000)")
    parser.add_argument("--seed", type=int, help="repeats a run (a new one each time)")
    options = parser.parse_args(arguments)
    seed = secrets.randbelow(2**32) if options.seed is None else options.seed
    print(f"npm run fuzz -- --cases {options.cases} --seed {seed}", flush=True)
    began = time.monotonic()
    with Layers() as layers:
        comparison = Comparison(layers)
        found = search(comparison, options.cases, seed)
    print(f"{comparison.tally}\n{time.monotonic() - began:.0f} s")
    if found is None:
        return 0
    path = ROOT / "tests" / "vectors" / f"fuzz-{seed}.json"
    print(f"\n{found}\n")
    write_vector(found.case, f"Found by fuzzing with the seed {seed}", path)
    print(f"{path.relative_to(ROOT)} has the case; see that its errors are right,")
    print("then mend what judges it wrongly. The tests of both languages run it from now on.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
