"""Which contestants do which stages of the job, on which file, and how often."""

import json
import re
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from child import ChildOutOfMemoryError, Run


@dataclass(slots=True)
class Case:
    """One contestant in one stage of the job, and what it did.

    Attributes:
        contestant: who; its module is `engine_CONTESTANT`.
        stage: what, up to the first comma: cases of one stage and one source are comparable.
            All of it is a key of the module's `STAGES`.
        percent_bad: how many percent of the records are bad.
        source: `people`, `sample` (a tenth of it) or `large`.
        once: it is slow, and runs once however many runs there are.
        runs: what it did.
        failure: how it ran out of memory, if it did.
        digest: what its output holds.
    """

    contestant: str
    stage: str
    percent_bad: int = 0
    source: str = "people"
    once: bool = False
    runs: list[Run] = field(default_factory=list)
    failure: ChildOutOfMemoryError | None = None
    digest: str | None = None

    @property
    def result(self) -> str:
        """Which stage's result it makes."""
        return self.stage.partition(", ")[0]

    @property
    def name(self) -> str:
        """Its name in the report, such as `whole, ours, 10 % bad`."""
        variant = self.stage.partition(", ")[2]
        if self.percent_bad:
            variant = f"{self.percent_bad} % bad"
        source = "" if self.source == "people" else self.source
        return ", ".join(filter(None, (self.result, self.contestant, variant, source)))

    @property
    def source_file(self) -> str:
        """The name of the file that it reads."""
        return f"{self.source}-{self.percent_bad}.csv"

    @property
    def is_reference(self) -> bool:
        """Whether what the bad files must come to is worked out from its output."""
        return self.contestant == "ours" and self.stage == "deduplicate"

    def target(self, folder: Path) -> Path:
        """Where it writes."""
        return folder / f"{re.sub('[^0-9A-Za-z]+', '-', self.name)}.parquet"

    def said(self) -> dict[str, Any]:
        """What it said in its last run."""
        said = json.loads(self.runs[-1].output[-1]) if self.runs else None
        return said or {}

    def seconds(self) -> float:
        """The median of its runs."""
        return statistics.median(run.seconds for run in self.runs)

    def peak_mb(self) -> float:
        """The most memory that any of its runs held."""
        return max(run.peak_mb for run in self.runs)


def cases_by_stage(with_large: bool) -> list[list[Case]]:
    """Return the cases, those that run in turn together.

    Parameters:
        with_large: whether there is a large file.
    """
    stages = [
        [Case("duckdb", "read"), Case("ours", "read")],
        [Case("duckdb", "parquet"), Case("ours", "parquet")],
        [
            Case("ours", "deduplicate"),
            *(Case(name, "deduplicate", once=True) for name in ("duckdb", "polars", "pandas")),
        ],
        [
            *(Case(name, "whole") for name in ("duckdb", "polars", "pandas", "ours")),
            *(Case("ours", "whole, lenient", percent_bad=percent) for percent in (1, 10)),
            Case("polars", "whole, dataframely"),
            Case("pandas", "whole, pandera", once=True),
            Case("pandas", "whole, Pydantic", once=True),
            Case("dlt", "whole, Arrow", once=True),
        ],
        [
            Case("ours", "whole", source="sample"),
            Case("dlt", "whole, rows", source="sample", once=True),
        ],
    ]
    if with_large:
        names = ("ours", "duckdb", "polars")
        stages.append([Case(name, "whole", source="large", once=True) for name in names])
    return stages
