"""The methods that Node may call; importing this package registers them all."""

from etl_polyglot.worker.methods import echo, preview, run_job, validate_rows

__all__ = ["echo", "preview", "run_job", "validate_rows"]
