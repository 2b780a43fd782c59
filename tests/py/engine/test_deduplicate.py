"""Which of equal records deduplicate lets stay."""

import pytest

from .support import RunJob

SOURCE = "id,name,score\n1,a,1\n2,a,2\n1,b,3\n3,b,\n4,c,\n2,a,2\n"


@pytest.mark.parametrize(
    ("options", "scores_by_id"),
    [
        ({}, [(1, 1.0), (2, 2.0), (3, None), (4, None)]),
        ({"keep": "last"}, [(1, 3.0), (3, None), (4, None), (2, 2.0)]),
        ({"key": ["name"]}, [(1, 1.0), (1, 3.0), (4, None)]),
        ({"key": ["name"], "keep": "last"}, [(3, None), (4, None), (2, 2.0)]),
        ({"key": ["name", "id"]}, [(1, 1.0), (2, 2.0), (1, 3.0), (3, None), (4, None)]),
        ({"key": ["score"]}, [(1, 1.0), (2, 2.0), (1, 3.0), (3, None), (4, None)]),
        ({"key": ["score"], "keep": "last"}, [(1, 1.0), (1, 3.0), (3, None), (4, None), (2, 2.0)]),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [8, 10_000])
def test_one_record_of_each_key_stays_where_it_stood(
    job: RunJob,
    options: dict[str, object],
    scores_by_id: list[tuple[int, float | None]],
    chunk_bytes: int,
) -> None:
    step = {"type": "deduplicate", **options}
    ended = job(SOURCE, transformations=[step], chunk_bytes=chunk_bytes)
    assert [(row["id"], row["score"]) for row in ended.rows] == scores_by_id
    dropped = 6 - len(scores_by_id)
    assert ended.counts == {"read": 6, "written": 6 - dropped, "deduplicated": dropped}


def test_several_deduplications_each_count_what_they_drop(job: RunJob) -> None:
    steps = ["deduplicate", {"type": "deduplicate", "key": ["name"]}]
    ended = job(SOURCE, transformations=steps)
    assert [row["id"] for row in ended.rows] == [1, 3, 4]
    assert ended.counts == {"read": 6, "written": 3, "deduplicated": 3}


def test_a_key_that_is_no_column_fails_the_job_at_its_start(job: RunJob) -> None:
    ended = job(SOURCE, transformations=[{"type": "deduplicate", "key": ["nam"]}])
    assert ended.code == "INVALID_REQUEST"
    assert "there is no column nam; did you mean name?" in str(ended.error)
