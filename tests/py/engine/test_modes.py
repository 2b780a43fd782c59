"""What bad records do to a job: strict, lenient and skip."""

import time

import pytest

from .support import RunJob

HEADER = "id,name,score,active,tags\n"
GOOD = "".join(f"{n},n{n},,,\n" for n in range(1, 51))
MIXED = HEADER + "".join(f"{n},{'' if n % 5 == 0 else 'n'},,,\n" for n in range(1, 51))


def test_strict_publishes_when_all_records_are_good(job: RunJob) -> None:
    ended = job(HEADER + GOOD)
    assert ended.counts == {"read": 50, "written": 50}
    assert [row["id"] for row in ended.rows] == list(range(1, 51))
    assert ended.result is not None
    assert ended.result["rejects"] == {"records": 0, "errors": 0, "kinds": []}


def test_strict_publishes_nothing_and_reads_on_for_the_other_rejects(job: RunJob) -> None:
    ended = job(MIXED, chunk_bytes=40)
    assert ended.code == "VALIDATION_FAILED"
    assert ended.counts == {"read": 50, "rejected": 10}
    assert [reject["index"] for reject in ended.rejects] == list(range(4, 50, 5))
    assert ended.error is not None
    assert ended.error.details["job_id"] == "job"
    assert (ended.error.details["read"], ended.error.details["rejected"]) == (50, 10)


def test_strict_stops_when_it_has_kept_max_errors_lines(job: RunJob) -> None:
    for chunk_bytes in (40, 10_000):
        ended = job(MIXED, max_errors=3, chunk_bytes=chunk_bytes)
        assert ended.code == "VALIDATION_FAILED"
        assert [reject["index"] for reject in ended.rejects] == [4, 9, 14]
        assert ended.counts == {"read": 15, "rejected": 3}


def test_strict_may_keep_no_line_at_all(job: RunJob) -> None:
    ended = job(MIXED, max_errors=0)
    assert ended.code == "VALIDATION_FAILED"
    assert ended.rejects == []
    assert ended.counts == {"read": 5, "rejected": 1}


def test_strict_keeps_1000_lines_by_default(job: RunJob) -> None:
    ended = job(HEADER + "0,,,,\n" * 600)
    assert len(ended.rejects) == 1000
    assert ended.counts == {"read": 500, "rejected": 500}


def test_lenient_publishes_the_good_records(job: RunJob) -> None:
    ended = job(MIXED, validation_mode="lenient", max_errors=10, max_error_rate=0.2)
    assert ended.counts == {"read": 50, "written": 40, "rejected": 10}
    assert len(ended.rows) == 40


def test_lenient_stops_past_max_errors_records(job: RunJob) -> None:
    for chunk_bytes in (40, 10_000):
        ended = job(MIXED, validation_mode="lenient", max_errors=2, chunk_bytes=chunk_bytes)
        assert ended.code == "TOO_MANY_REJECTS"
        assert ended.error is not None
        assert ended.error.details["limit"] == "max_errors 2"
        assert ended.counts == {"read": 15, "rejected": 3}
        assert [reject["index"] for reject in ended.rejects] == [4, 9, 14]


def test_lenient_judges_the_rate_at_the_end(job: RunJob) -> None:
    bad_first = HEADER + "0,a,,,\n" * 5 + GOOD
    ended = job(bad_first, validation_mode="lenient", max_error_rate=0.1, chunk_bytes=40)
    assert ended.counts == {"read": 55, "written": 50, "rejected": 5}
    ended = job(MIXED, validation_mode="lenient", max_error_rate=0.19)
    assert ended.code == "TOO_MANY_REJECTS"
    assert ended.error is not None
    assert ended.error.details["limit"] == "max_error_rate 0.19"
    assert ended.counts == {"read": 50, "rejected": 10}


def test_skip_rejects_only_what_cannot_be_cast(job: RunJob) -> None:
    ended = job(HEADER + "0,,-1,,\nx,a,,,\n2,b\n", validation_mode="skip")
    assert [reject["stage"] for reject in ended.rejects] == ["cast", "parse"]
    assert ended.counts == {"read": 3, "written": 1, "rejected": 2}
    assert ended.rows == [{"id": 0, "name": None, "score": -1.0, "active": None, "tags": None}]


def test_skip_rejects_a_text_that_is_no_moment(job: RunJob) -> None:
    source = "moment,day\n2024-01-01T00:00:00+01:00,2024-02-29\nsoon,2024-01-01\n"
    ended = job(source, schema="kinds", validation_mode="skip")
    assert [(r["path"], r["stage"], r["expected"], r["value"]) for r in ended.rejects] == [
        ("/moment", "cast", "date-time", "soon")
    ]
    assert ended.rows[0]["moment"].isoformat() == "2023-12-31T23:00:00+00:00"


def test_skip_loses_no_text_inside_lists_and_structs(job: RunJob) -> None:
    source = (
        "days,span\n2024-01-01|soon,\n2024-01-02|2024-01-03,\n"
        ',"{""from"":""soon"",""to"":""2024-01-01T00:00:00Z""}"\n'
    )
    ended = job(source, schema="series", validation_mode="skip")
    assert [(r["index"], r["path"], r["stage"], r["value"]) for r in ended.rejects] == [
        (0, "/days", "cast", ["2024-01-01", "soon"]),
        (2, "/span", "cast", {"from": "soon", "to": "2024-01-01T00:00:00Z"}),
    ]
    assert [[str(day) for day in row["days"]] for row in ended.rows] == [
        ["2024-01-02", "2024-01-03"]
    ]


def test_skip_judges_a_text_by_itself(job: RunJob) -> None:
    # Arrow reads the second too; a neighbour that it does not read must not change that.
    texts = ["2024-01-01t00:00:00.1234567z", "2024-01-01 00:00:00Z", "soon"]
    for count in (2, 3):
        ended = job("moment\n" + "\n".join(texts[:count]) + "\n", "kinds", validation_mode="skip")
        assert [row["moment"].microsecond for row in ended.rows] == [123456, 0]


@pytest.mark.parametrize("mode", ["strict", "lenient", "skip"])
def test_no_mode_lets_a_moment_pass_that_no_output_can_hold(job: RunJob, mode: str) -> None:
    source = "moment\n2024-01-01T00:00:00Z\n0001-01-01T00:00:00+01:00\n"
    ended = job(source, schema="kinds", validation_mode=mode)
    assert [(r["index"], r["path"], r["stage"]) for r in ended.rejects] == [(1, "/moment", "cast")]
    assert ended.code == ("VALIDATION_FAILED" if mode == "strict" else None)


@pytest.mark.alone
def test_unreadable_moments_do_not_hold_up_a_cancelled_job(job: RunJob) -> None:
    source = "moment\n" + "soon\n2024-01-01T00:00:00Z\nlater\n" * 60_000
    asked: list[float] = []

    def cancelled() -> bool:
        asked.append(time.monotonic())
        return asked[-1] - asked[0] > 0.2

    ended = job(source, "kinds", validation_mode="skip", batch_size=1_000_000, cancelled=cancelled)
    assert ended.code == "CANCELLED"
    assert time.monotonic() - asked[0] < 1.2


def test_validation_moves_to_where_the_steps_name_it(job: RunJob) -> None:
    source = HEADER + '1,"  a  ",,,\n2,"   ",,,\n3,"far   too long",,,\n'
    ended = job(source, transformations=["normalize", "validate"], validation_mode="lenient")
    assert [row["name"] for row in ended.rows] == ["a"]
    assert [(r["index"], r["keyword"], r["value"]) for r in ended.rejects] == [
        (1, "minLength", ""),
        (2, "maxLength", "far too long"),
    ]


def test_validation_after_deduplication_still_knows_where_a_record_stood(job: RunJob) -> None:
    source = HEADER + '1,"a\na",,,\n1,,,,\n2,,,,\n3,c,,,\n'
    ended = job(
        source,
        transformations=["deduplicate", {"type": "validate"}],
        validation_mode="lenient",
        chunk_bytes=20,
    )
    assert ended.counts == {"read": 4, "written": 2, "rejected": 1, "deduplicated": 1}
    (reject,) = ended.rejects
    assert (reject["index"], reject["line"], reject["raw"]) == (2, 5, "2,,,,")


def test_a_validate_only_job_writes_nothing(job: RunJob) -> None:
    ended = job(MIXED, target_type=None, staged_path=None, validation_mode="lenient")
    assert ended.result is not None
    assert ended.result["output"] is None
    assert ended.counts == {"read": 50, "written": 40, "rejected": 10}
