"""`run_job`: runs an ETL job in this worker."""

from etl_polyglot.schema.registry import SchemaNotFoundError
from etl_polyglot.worker.calls import Call, CallError, Reply, method, schema_not_found


@method("run_job")
def run_job(call: Call) -> Reply:
    """Run the job that the params describe (`JobSpec`); its progress comes as events.

    Returns:
        The job's result: `{counts, output, rejects, steps, duration_s}`.

    Raises:
        CallError: the job failed; the details have the error's own and `counts`.
    """
    # The engine brings DuckDB, which workers that only validate never need.
    from etl_polyglot.engine import job as engine

    spec = engine.JobSpec.from_json(call.params)
    try:
        schema = None if spec.schema_name is None else call.registry.get(spec.schema_name)
        return Reply(engine.run_job(spec, schema, call.emit, call.cancelled.is_set))
    except SchemaNotFoundError as error:
        raise schema_not_found(error) from error
    except engine.JobError as error:
        raise CallError(error.code, str(error), error.details | {"counts": error.counts}) from error
