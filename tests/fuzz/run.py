"""Runs the comparison on made-up cases, and shrinks what it finds."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from .case import Case
from .compare import Comparison, DisagreementError
from .instances import instances
from .schemas import documents

INSTANCES = (1, 8, 12, 16)
"""How many a schema is judged with."""


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Make a schema, of records or of any value, with instances at its boundaries."""
    is_record = draw(st.sampled_from((False, True)))
    schema = draw(documents(is_record))
    count = draw(st.sampled_from(INSTANCES))
    return Case(schema, tuple(draw(instances(schema)) for _ in range(count)), is_record)


def search(comparison: Comparison, schemas: int, with_seed: int) -> DisagreementError | None:
    """Judge so many schemas; returns the smallest disagreement found, if any."""

    @seed(with_seed)
    @settings(
        max_examples=schemas,
        database=None,
        deadline=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(cases())
    def judged_alike(case: Case) -> None:
        comparison.check(case)

    try:
        judged_alike()
    except DisagreementError as error:
        return error
    return None
