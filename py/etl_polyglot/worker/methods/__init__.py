"""The methods that Node may call; importing this package registers them all."""

from etl_polyglot.worker.methods import describe_schema, echo, preview, run_job, validate_rows

__all__ = ["describe_schema", "echo", "preview", "run_job", "validate_rows"]
