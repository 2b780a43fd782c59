"""The report that every job leaves, whatever becomes of it."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from etl_polyglot.engine.tally import OTHER, Tally

from .support import Ended, RunJob

CUTS: list[dict[str, Any]] = [
    {"chunk_bytes": 20_000, "threads": 3, "batch_size": 97},
    {"chunk_bytes": 4_000_000, "threads": 1, "batch_size": 65_536},
]
TIMED = {"duration_s", "records_per_s", "bytes_per_s", "stages", "output"}


@pytest.fixture
def kept(tmp_path: Path) -> Any:
    """Reads the report that the last job has left."""
    return lambda: json.loads((tmp_path / "report.json").read_text())


def untimed(report: dict[str, Any]) -> dict[str, Any]:
    """A report without what differs from run to run."""
    steps = [{**step, "seconds": 0} for step in report["steps"]]
    return {**{key: report[key] for key in report.keys() - TIMED}, "steps": steps}


def lines_of(rows: int) -> str:
    """Lines of which some have an error, or several."""
    chance = random.Random(5)
    names = ["a", "b", "c" * 300, "é", ""]
    ids = ["0", "x", "-7"]
    lines = [
        f"{chance.choice(ids) if chance.random() < 0.1 else n % 1_000 + 1},{chance.choice(names)}"
        for n in range(rows)
    ]
    return "id,name\n" + "\n".join(lines) + "\n"


def test_the_report_tells_of_every_step_and_of_the_rates(job: RunJob, kept: Any) -> None:
    source = lines_of(3_000)
    ended = job(source, validation_mode="lenient", transformations=["deduplicate"])
    report = kept()
    assert ended.result == {**report, "output": (ended.result or {})["output"]}
    assert report["counts"]["read"] == 3_000
    assert report["bytes_read"] == len(source.encode())
    assert report["records_per_s"] > 0
    assert report["bytes_per_s"] > 0
    assert [one["stage"] for one in report["stages"]] == ["extract", "transform", "load", "publish"]
    assert sum(one["seconds"] for one in report["stages"]) <= report["duration_s"] + 0.01
    first, last = report["steps"][0], report["steps"][-1]
    assert (first["step"], first["rows_in"]) == ("read", 3_000)
    assert (last["step"], last["rows_out"]) == ("write", report["counts"]["written"])
    assert report["profile"] is None


def counted(ended: Ended) -> Counter[tuple[str, str, str]]:
    """The lines of the rejects by kind."""
    return Counter((one["stage"], one["code"], one["field"]) for one in ended.rejects)


@pytest.mark.parametrize(
    "params",
    [
        {"validation_mode": "lenient"},
        {"validation_mode": "lenient", "max_errors": 50},
        {"validation_mode": "strict", "max_errors": 17},
        {"validation_mode": "strict", "max_errors": 0},
    ],
)
def test_the_kinds_of_rejects_add_up_to_the_lines_that_are_kept(
    job: RunJob, kept: Any, params: dict[str, Any]
) -> None:
    source = lines_of(3_000)
    reports = []
    for cut in CUTS:
        ended = job(source, **params, **cut)
        rejects = kept()["rejects"]
        kinds = {(one["stage"], one["code"], one["field"]): one for one in rejects["kinds"]}
        assert {kind: one["count"] for kind, one in kinds.items()} == counted(ended)
        assert rejects["errors"] == len(ended.rejects)
        for kind, one in kinds.items():
            alike = [
                {key: line[key] for key in ("index", "path", "message", "value") if key in line}
                for line in ended.rejects
                if (line["stage"], line["code"], line["field"]) == kind
            ]
            assert one["samples"] == alike[:3]
        reports.append(untimed(kept()))
    if params["validation_mode"] == "lenient":
        assert reports[0]["rejects"] == reports[1]["rejects"]


def test_errors_at_unknown_members_are_counted_together(job: RunJob, kept: Any) -> None:
    lines = [json.dumps({"id": 1, "name": "a", f"other{n}": n}) for n in range(500)]
    job("\n".join(lines), source_type="ndjson", validation_mode="lenient")
    (kind,) = kept()["rejects"]["kinds"]
    assert (kind["field"], kind["count"]) == (OTHER, 500)
    assert [one["path"] for one in kind["samples"]] == ["/other0", "/other1", "/other2"]


def test_the_report_has_a_hundred_kinds_and_the_rest_as_one() -> None:
    names = [f"column{n:03}" for n in range(150)]
    tally = Tally(set(names))
    error = {"path": "", "message": "no", "keyword": "type", "code": "wrong_type"}
    for place, name in enumerate(names):
        for record in range(place + 1):
            tally.add("validate", record, {**error, "field": name})
    kinds = tally.to_json()
    assert len(kinds) == 101
    assert (kinds[0]["field"], kinds[0]["count"]) == ("column149", 150)
    assert (kinds[-1]["field"], kinds[-1]["count"]) == (OTHER, sum(range(1, 51)))


def test_a_failed_job_has_a_report_as_far_as_it_read(job: RunJob, kept: Any) -> None:
    assert job("id,name\n1,a\n0,b\n", profile=True).code == "VALIDATION_FAILED"
    report = kept()
    assert (report["counts"]["read"], report["counts"]["written"]) == (2, 0)
    assert report["rejects"]["kinds"][0]["samples"][0]["index"] == 1
    assert report["profile"] is None


def test_a_job_that_cannot_read_its_source_has_a_report(job: RunJob, kept: Any) -> None:
    assert job("").code == "EMPTY_SOURCE"
    report = kept()
    assert (report["steps"], report["bytes_read"]) == ([], 0)


def test_a_report_that_cannot_be_kept_fails_the_job(job: RunJob, tmp_path: Path) -> None:
    (tmp_path / "taken.part").mkdir()
    ended = job("id,name\n1,a\n", report_path=str(tmp_path / "taken.json"))
    assert ended.code == "JOB_FAILED"


@pytest.mark.parametrize("target_type", ["parquet", "csv"])
def test_the_profile_is_of_the_output_however_the_job_is_cut(
    job: RunJob, kept: Any, target_type: str
) -> None:
    source = "a,b\n" + "".join(f"{n % 5_000},{'x' * (n % 90 + 1)}\n" for n in range(150_000))
    profiles = []
    for cut in CUTS:
        ended = job(source, "letter", profile=True, target_type=target_type, **cut)
        assert ended.code is None
        profiles.append(kept()["profile"])
    assert profiles[0] == profiles[1]
    assert profiles[0]["rows"] == 150_000
    a, b = profiles[0]["columns"]
    assert (a["distinct"], a["count"], a["max"]) == (5_000, 150_000, "999")
    assert b["length"] == {"min": 1, "max": 90, "mean": pytest.approx(45.5, abs=0.01)}


def test_the_profile_of_no_rows_has_every_column(job: RunJob, kept: Any) -> None:
    job("id,name\n", profile=True)
    columns = kept()["profile"]["columns"]
    assert [(one["name"], one["count"], one["distinct"]) for one in columns][:2] == [
        ("id", 0, 0),
        ("name", 0, 0),
    ]
