"""The proof of a draft: it compiles, and a job that reads its file by it rejects nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.job import run_job
from etl_polyglot.engine.spec import JobSpec
from etl_polyglot.infer.loosen import loosen
from etl_polyglot.infer.request import InferRequest
from etl_polyglot.schema.load import SUFFIX
from etl_polyglot.schema.problem import SchemaError
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.registry import SchemaRegistry

_MOST_ROUNDS = 10
_REJECTS_A_ROUND = 1000
_MEMORY = 512 * 1024 * 1024


def prove(document: dict[str, Any], request: InferRequest, unreadable: int) -> list[str]:
    """Validate a file by the schema that was drafted from it, and loosen what fails.

    Parameters:
        document: the draft; it is changed until the file fits.
        request: the file, and how it is read.
        unreadable: the records that no schema accepts.

    Returns:
        What had to be taken out.

    Raises:
        JobError: `COLUMNS_MISMATCH` when the draft does not compile or its file does not fit.
    """
    taken: list[str] = []
    for _ in range(_MOST_ROUNDS):
        places = set(_misfits(_compile(document, request), request, unreadable))
        if not places:
            return taken
        found = [loosen(document, path, keyword) for path, keyword in sorted(places)]
        if not any(found):
            break
        taken += [one for one in found if one is not None]
    path, keyword = min(places)
    reason = f"no schema could be drafted that its records fit: {path or 'a record'} ({keyword})"
    raise JobError("COLUMNS_MISMATCH", {"path": str(request.path), "reason": reason})


def _compile(document: dict[str, Any], request: InferRequest) -> RecordSchema:
    folder = request.folder / "schema"
    folder.mkdir(exist_ok=True)
    text = json.dumps(document, ensure_ascii=False)
    (folder / f"{request.name}{SUFFIX}").write_text(text, "utf-8")
    try:
        return SchemaRegistry.load(folder, request.folder / "cache").get(request.name)
    except SchemaError as error:
        told = [f"{one.pointer} {one.reason}; {one.instead}" for one in error.problems]
        details = {"path": str(request.path), "reason": "its draft does not compile: " + told[0]}
        raise JobError("COLUMNS_MISMATCH", details) from error


def _misfits(
    schema: RecordSchema, request: InferRequest, unreadable: int
) -> Iterator[tuple[str, str]]:
    rejects = request.folder / "rejects.ndjson"
    spec = JobSpec.from_json(
        {
            "job_id": "infer",
            "source_type": request.source_type,
            "source_path": str(request.path),
            "source_options": {
                "delimiter": request.delimiter,
                "null_values": request.null_values,
            },
            "schema_name": schema.name,
            "validation_mode": "lenient",
            "max_errors": unreadable + _REJECTS_A_ROUND,
            "rejects_path": str(rejects),
            "spill_dir": str(request.folder / "spill"),
            "memory_limit": _MEMORY,
        }
    )
    try:
        run_job(spec, schema, lambda event: None, lambda: False)
    except JobError as error:
        if error.code != "TOO_MANY_REJECTS":
            raise
    yield from _places(rejects)


def _places(rejects: Path) -> Iterator[tuple[str, str]]:
    with rejects.open("rb") as lines:
        for line in lines:
            found = json.loads(line)
            # A record that is none, or no object, fits no schema; that is told apart.
            if found["stage"] != "parse" and (found["path"] or found["keyword"] != "type"):
                yield found["path"], found["keyword"]
