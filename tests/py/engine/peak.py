"""Runs one job, its spec on standard input, and tells how much memory that took at its peak.

A process of its own: the peak of a process never falls.
"""

import json
import sys
from pathlib import Path
from typing import Any

from etl_polyglot.engine.job import JobSpec, run_job
from etl_polyglot.schema.registry import SchemaRegistry


def peak_bytes() -> int:
    """The most memory that this process has had."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmHWM in /proc/self/status")


def main() -> None:
    """Run the job and print `peak`, `counts` and `spilt` as JSON."""
    asked = json.load(sys.stdin)
    spec = JobSpec.from_json(asked["spec"])
    schemas = SchemaRegistry.load(Path(asked["schemas"]), Path(asked["cache"]))
    schema = schemas.get(asked["spec"]["schema_name"])
    spilt: set[str] = set()

    def look(event: dict[str, Any]) -> None:
        spilt.update(path.parent.name for path in spec.spill_dir.glob("*/*/*"))

    before = peak_bytes()
    result = run_job(spec, schema, look, cancelled=lambda: False)
    told = {"peak": peak_bytes() - before, "counts": result["counts"], "spilt": sorted(spilt)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
