"""`run_job`: runs an ETL job in this worker."""

from etl_polyglot.schema.registry import SchemaNotFoundError
from etl_polyglot.schema.rule import RuleFailedError
from etl_polyglot.worker.calls import Call, CallError, Reply, method, rule_failed, schema_not_found


@method("run_job")
def run_job(call: Call) -> Reply:
    """Run the job that the params describe (`JobSpec`); its progress comes as events.

    Returns:
        The job's result: its report and `output`.

    Raises:
        CallError: the job failed; the details have the error's own and `counts`.
    """
    # The engine brings DuckDB, which workers that only validate never need.
    from etl_polyglot.engine import job as engine

    spec = engine.JobSpec.from_json(call.params)
    try:
        schema = None if spec.schema_name is None else call.registry.get(spec.schema_name)
        rules = () if schema is None else call.rules.of(schema.name)
        return Reply(engine.run_job(spec, schema, call.emit, call.cancelled.is_set, rules))
    except SchemaNotFoundError as error:
        raise schema_not_found(error) from error
    except engine.JobError as error:
        details, cause = error.details | {"counts": error.counts}, error.__cause__
        if isinstance(cause, RuleFailedError):
            raise rule_failed(cause, details) from error
        raise CallError(error.code, str(error), details) from error
