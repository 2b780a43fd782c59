"""Records around quotes out of place are the same whatever is looked at as a whole."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_polyglot.engine.sources import csv_scan
from etl_polyglot.engine.sources.csv_dialect import CsvDialect
from etl_polyglot.engine.sources.csv_scan import scan_records

FIELDS = ["a", "", '"a"', '"a,b"', '"a\nb"', '"a""b"', '""', "a\r", 'x"y', '"q"r', '"open']
RECORDS = st.lists(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=3).map(",".join))
TEXTS = st.one_of(
    st.tuples(RECORDS, st.sampled_from(["\n", "\r\n", "\n\n"])).map(lambda t: t[1].join(t[0])),
    st.text('a,"\n\r'),
)


def scanned(*arguments: Any) -> Any:
    records, end = scan_records(*arguments)
    return records.starts.tolist(), records.ends.tolist(), records.broken, end


@given(
    TEXTS,
    st.integers(1, 3),
    st.sampled_from([5, 20, 60, 1_000_000]),
    st.booleans(),
    st.none() | st.integers(1, 5),
    st.sampled_from([4, 16, 64]),
    st.sampled_from([1, 2, 5]),
)
def test_how_much_is_looked_at_as_a_whole_changes_no_record(
    text: str, width: int, longest: int, at_end: bool, most: int | None, run: int, walk: int
) -> None:
    arguments = (CsvDialect(b",", width, longest), text.encode(), at_end, most)
    with pytest.MonkeyPatch.context() as patch:
        # A run of no bytes finds nothing: every record is walked through.
        patch.setattr(csv_scan, "_sound_run", lambda *_: csv_scan.NOTHING)
        one_by_one = scanned(*arguments)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_scan, "_LEAST_RUN", run)
        patch.setattr(csv_scan, "_LEAST_WALK", walk)
        patch.setattr(csv_scan, "_MOST_WALK", walk)
        assert scanned(*arguments) == one_by_one
