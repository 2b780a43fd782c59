"""`python -m etl_polyglot.infer`: draft a schema from a file, as one line of JSON."""

import argparse
import json
import sys
from pathlib import Path

from etl_polyglot.engine.errors import JobError, resource_error
from etl_polyglot.infer.infer import infer_schema
from etl_polyglot.infer.request import InferRequest


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    It prints `{schema, records, notes}`, the schema as indented JSON text in the order of the
    file, or `{error: {code, message}}`.

    Returns:
        The exit code: 1 with an error.
    """
    parser = argparse.ArgumentParser(prog="python -m etl_polyglot.infer", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--name", required=True, help="the name of the schema")
    parser.add_argument("--type", required=True, help="the format, as jobs name it")
    parser.add_argument("--delimiter", help="of CSV; detected by default")
    parser.add_argument("--null-value", action="append", help="a field of CSV that is no value")
    parser.add_argument("--folder", type=Path, required=True, help="an empty one to work in")
    options = parser.parse_args(arguments)
    try:
        nulls = tuple(options.null_value or ("",))
        request = InferRequest(
            options.file, options.name, options.type, options.delimiter, nulls, options.folder
        )
        inferred = infer_schema(request)
    except (JobError, OSError, MemoryError) as error:
        told = error if isinstance(error, JobError) else resource_error(error, str(options.folder))
        if told is None:
            raise
        print(json.dumps({"error": {"code": told.code, "message": str(told)}}))
        return 1
    schema = json.dumps(inferred.document, ensure_ascii=False, indent=2)
    answer = {"schema": f"{schema}\n", "records": inferred.records, "notes": inferred.notes}
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
