"""The methods that Node may call; importing this package registers them all."""

from etl_polyglot.worker.methods import (
    call_function,
    describe_function,
    describe_schema,
    echo,
    preview,
    run_job,
    transform_rows,
    validate_rows,
)

__all__ = [
    "call_function",
    "describe_function",
    "describe_schema",
    "echo",
    "preview",
    "run_job",
    "transform_rows",
    "validate_rows",
]
