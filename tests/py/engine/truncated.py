"""Runs a job, its spec on standard input, whose source is cut off right after a look at it.

A process of its own: where the source is mapped, that may end it.
"""

import json
import os
import sys
from unittest.mock import patch

from etl_polyglot.engine.file import SourceFile
from etl_polyglot.engine.job import JobError, JobSpec, run_job

LOOKS = 3
"""By then the first record batch was read, and the next is about to be."""


def main() -> None:
    """Run the job and print the code with which it ended."""
    spec = JobSpec.from_json(json.load(sys.stdin))
    look, looks = SourceFile.check_unchanged, 0

    def cut_off(file: SourceFile) -> None:
        nonlocal looks
        looks += 1
        look(file)
        if looks == LOOKS:
            os.truncate(spec.source_path, 8)

    with patch.object(SourceFile, "check_unchanged", cut_off):
        try:
            run_job(spec, None, lambda event: None, lambda: False)
        except JobError as error:
            print(error.code)
        else:
            print("done")


if __name__ == "__main__":
    main()
