"""`validate_rows`: judges a batch of rows that Node encoded as Arrow."""

import time
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import orjson
import pyarrow as pa

from etl_polyglot.rules.rule_set import RuleSet
from etl_polyglot.schema.broken import any_broken
from etl_polyglot.schema.errors import ErrorRecord, record_json
from etl_polyglot.schema.registry import SchemaNotFoundError, SchemaRegistry
from etl_polyglot.schema.validator import BatchValidator
from etl_polyglot.worker.calls import Call, CallError, Reply, method, schema_not_found


@method("validate_rows", retry=True)
def validate_rows(call: Call) -> Reply:
    """Validate rows against a record schema.

    Params: `schema`, `first_index` (the index of the first row, for the errors), `max_errors`.
    The body is an Arrow IPC stream of the schema's columns, with rows that do not fit them as
    JSON text in the last column, `$row`.

    Returns:
        `{valid, invalid, truncated, invalid_indices, rule_indices, duration_ms}`, and the error
        records as one JSON array in the body, if there are any. All indices count from
        `first_index`; `rule_indices` are those of the invalid rows that fit the schema.
    """
    started = time.perf_counter()
    validator = _validator(call.registry, call.rules, call.params["schema"])
    first_index: int = call.params["first_index"]
    max_errors: int = call.params["max_errors"]
    rows = invalid = 0
    errors: list[ErrorRecord] = []
    indices: list[int] = []
    by_rules: list[int] = []
    for batch in pa.ipc.open_stream(_body(call)):
        if call.cancelled.is_set():
            raise CallError("CANCELLED", "validate_rows was cancelled")
        # One error more than is asked for tells whether the list is complete.
        wanted = max_errors + 1 - len(errors)
        verdict = validator.validate(batch, first_index + rows, wanted)
        errors.extend(verdict.errors[:wanted])
        if verdict.valid is not None:
            positions = np.flatnonzero(~verdict.valid)
            invalid += len(positions)
            indices.extend((positions + (first_index + rows)).tolist())
        if verdict.broken:
            positions = np.flatnonzero(any_broken(verdict.broken))
            by_rules.extend((positions + (first_index + rows)).tolist())
        rows += batch.num_rows
    return Reply(
        {
            "valid": rows - invalid,
            "invalid": invalid,
            "truncated": len(errors) > max_errors,
            "invalid_indices": indices,
            "rule_indices": by_rules,
            "duration_ms": (time.perf_counter() - started) * 1000,
        },
        pa.py_buffer(errors_json(errors[:max_errors])) if errors[:max_errors] else None,
    )


def errors_json(errors: Sequence[ErrorRecord]) -> bytes:
    """Write error records as one JSON array."""
    try:
        return orjson.dumps(errors)
    except orjson.JSONEncodeError:  # an integer of more than 64 bits
        return f"[{','.join(map(record_json, errors))}]".encode()


def _body(call: Call) -> pa.Buffer:
    if call.body is None:
        reason = "validate_rows needs its rows as an Arrow IPC stream in the body"
        raise CallError("INVALID_REQUEST", reason, {"reason": reason})
    return call.body


@lru_cache(maxsize=256)
def _validator(registry: SchemaRegistry, rules: RuleSet, name: str) -> BatchValidator:
    try:
        return BatchValidator(registry.get(name), rules.of(name))
    except SchemaNotFoundError as error:
        raise schema_not_found(error) from error
