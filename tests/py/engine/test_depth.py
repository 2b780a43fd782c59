"""JSON that is nested deeper than a request's may be is no record, wherever it stands."""

import pytest

from .support import RunJob


def nested(levels: int) -> str:
    return (
        '{"a":' * (levels // 2)
        + "[" * (levels - levels // 2)
        + "]" * (levels - levels // 2)
        + "}" * (levels // 2)
    )


@pytest.mark.parametrize("mode", ["lenient", "skip"])
@pytest.mark.parametrize("source_type", ["ndjson", "json"])
def test_a_record_that_is_too_deep_is_rejected_alone(
    job: RunJob, source_type: str, mode: str
) -> None:
    good = '{"id":1,"name":"a"}'
    for levels in (64, 150, 300, 1000, 1100):  # within the record, which is one level itself
        deep = f'{{"id":1,"name":"a","more":{nested(levels)}}}'
        values = [good, deep, good]
        source = "\n".join(values) if source_type == "ndjson" else f"[{','.join(values)}]"
        ended = job(source, "item", source_type, validation_mode=mode)
        assert [(r["index"], r["stage"], r["keyword"]) for r in ended.rejects] == [
            (1, "parse", "parse")
        ]
        assert ended.counts == {"read": 3, "written": 2, "rejected": 1}


def test_a_record_as_deep_as_may_be_is_judged(job: RunJob) -> None:
    deep = f'{{"id":1,"name":"a","more":{nested(63)}}}'
    ended = job(deep, "item", "ndjson", validation_mode="lenient")
    assert [(r["stage"], r["keyword"]) for r in ended.rejects] == [
        ("validate", "additionalProperties")
    ]


def test_brackets_within_a_text_are_no_levels(job: RunJob) -> None:
    source = '{"a":"' + "[{" * 100 + '"}\n'
    (row,) = job(source, "letter", "ndjson").rows
    assert row["a"] == "[{" * 100


@pytest.mark.parametrize(
    ("schema", "column"), [("series", "any"), ("kinds", "struct"), ("kinds", "strings")]
)
def test_a_csv_field_that_is_too_deep_is_a_failed_cast(
    job: RunJob, schema: str, column: str
) -> None:
    for levels in (65, 300, 1000):
        deep = "[" * levels + "]" * levels
        if column == "struct":
            deep = '{""x"":' + deep + "}"
        ended = job(f'{column}\n"{deep}"\n', schema, validation_mode="lenient")
        assert [(r["path"], r["stage"]) for r in ended.rejects] == [(f"/{column}", "cast")]
