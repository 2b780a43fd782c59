"""Decimals and large integers: text in JSON and in validation, exact in columnar outputs."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .support import RunJob


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("loose", "12.5", "12.50"),
        ("loose", "-0", "0.00"),
        ("loose", "+007.1000", "7.10"),
        ("loose", "9999.99", "9999.99"),
        ("loose", "1." + "0" * 60, "1.00"),
        ("loose", "0" * 60 + "1", "1.00"),
        ("exact", "9" * 36 + ".99", "9" * 36 + ".99"),
        ("fine", "-0.0000000001", "-1E-10"),
        ("whole", "999.0", "999"),
        ("share", "0.07", "0.07"),
        ("share", "00.10", "0.10"),
        ("signed", "9007199254740993", "9007199254740993"),
        ("signed", "9223372036854775807", "9223372036854775807"),
        ("signed", "-9223372036854775808", "-9223372036854775808"),
        ("signed", "-0", "0"),
        ("signed", "+01.0", "1"),
        ("unsigned", "18446744073709551615", "18446744073709551615"),
        ("signed", "9223372036854775808", None),
        ("signed", "-9223372036854775809", None),
        ("signed", "99999999999999999999999999999999999999999", None),
        ("signed", "1.5", None),
        ("signed", "0x1F", None),
        ("signed", "", None),
        ("unsigned", "18446744073709551616", None),
        ("loose", "10000", None),
        ("loose", "0.001", None),
        ("loose", "1e2", None),
        ("loose", ".5", None),
        ("loose", "5.", None),
        ("loose", "1,5", None),
        ("loose", " 1", None),
        ("loose", "", None),
        ("loose", "Infinity", None),
        ("fine", "10000000000", None),
        ("whole", "1000", None),
        ("share", "1.0", None),
    ],
)
def test_a_text_is_an_exact_decimal_or_its_record_is_rejected(
    job: RunJob, column: str, text: str, value: str | None
) -> None:
    beside = {"exact": "1.00", "share": "0.1"}.get(column, "1")
    source = f'{{"{column}":"{text}"}}\n{{"{column}":"{beside}"}}\n'
    for mode in ("lenient", "skip"):
        ended = job(source, "amounts", "ndjson", validation_mode=mode)
        values = [row[column] for row in ended.rows]
        assert values[-1] == Decimal(beside)
        if value is not None:
            assert values[0] == Decimal(value)
            continue
        (reject,) = ended.rejects
        assert reject["stage"] == "cast"
        assert (reject["keyword"], reject["value"]) == ("cast", text)
        assert reject["expected"].startswith(("decimal128(", "int64", "uint64"))
        assert ended.counts["rejected"] == 1


def test_decimals_within_lists_are_exact_too(job: RunJob) -> None:
    source = '{"list":["1.5","0.01"]}\n{"list":["1","1.001"]}\n{"list":[]}\n'
    ended = job(source, "amounts", "ndjson", validation_mode="lenient")
    assert [row["list"] for row in ended.rows] == [[Decimal("1.50"), Decimal("0.01")], []]
    assert [reject["stage"] for reject in ended.rejects] == ["cast"]


def test_the_text_in_a_csv_file_is_the_decimal(job: RunJob) -> None:
    (row,) = job("exact,list\n12.50,1|2.25\n", "amounts").rows
    assert row["exact"] == Decimal("12.50")
    assert row["list"] == [Decimal(1), Decimal("2.25")]


@pytest.mark.parametrize(
    ("column", "array", "outcome"),
    [
        ("exact", pa.array([Decimal("5.25")], pa.decimal128(9, 2)), Decimal("5.25")),
        ("exact", pa.array([Decimal("5")], pa.decimal128(9, 0)), "validate"),
        ("exact", pa.array([Decimal("5.5")], pa.decimal128(9, 1)), "validate"),
        ("loose", pa.array([Decimal("0.00001")], pa.decimal128(9, 5)), "cast"),
        ("loose", pa.array([Decimal("0.50000")], pa.decimal256(9, 5)), Decimal("0.50")),
        ("fine", pa.array([Decimal("1e-10")], pa.decimal128(20, 10)), Decimal("1e-10")),
        ("exact", pa.array(["5.25"]), Decimal("5.25")),
        ("list", pa.array([[Decimal("5.25")]]), [Decimal("5.25")]),
        ("signed", pa.array([2**63 - 1]), 2**63 - 1),
        ("signed", pa.array([-5], pa.int8()), -5),
        ("signed", pa.array([2**63], pa.uint64()), "cast"),
        ("signed", pa.array([Decimal("7.00")], pa.decimal128(9, 2)), 7),
        ("unsigned", pa.array([2**64 - 1], pa.uint64()), 2**64 - 1),
        ("unsigned", pa.array([-1]), "validate"),
        ("number", pa.array([Decimal("24.99")], pa.decimal128(9, 2)), Decimal("24.99")),
        ("number", pa.array([Decimal("24.995")], pa.decimal128(9, 3)), "validate"),
    ],
)
def test_a_column_of_numbers_is_judged_as_their_text(
    job: RunJob, tmp_path: Path, column: str, array: pa.Array, outcome: Any
) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({column: array}), path)
    ended = job(path, "amounts", "parquet", validation_mode="lenient")
    if isinstance(outcome, str):
        assert [reject["stage"] for reject in ended.rejects] == [outcome]
    else:
        assert [row[column] for row in ended.rows] == [outcome]


def test_what_a_job_wrote_is_a_source_like_any_other(job: RunJob) -> None:
    source = (
        '{"exact":"12.50","fine":"0.0000000001","number":24.99,"list":["1.50"],'
        '"signed":"-9223372036854775808","unsigned":"18446744073709551615"}\n'
    )
    first = job(source, "amounts", "ndjson")
    again = job(first.staged, "amounts", "parquet", transformations=["normalize"])
    assert again.rows == first.rows
