"""`run_job`: runs an ETL job in this worker."""

from etl_polyglot.engine.job import JobError, JobSpec
from etl_polyglot.engine.job import run_job as run_engine_job
from etl_polyglot.worker.calls import Call, CallError, Reply, method


@method("run_job")
def run_job(call: Call) -> Reply:
    """Run the job that the params describe (`JobSpec`); its progress comes as events.

    Returns:
        The job's result: `{counts, output, rejects, steps, duration_s}`.

    Raises:
        CallError: the job failed; the details have the error's own and `counts`.
    """
    spec = JobSpec.from_json(call.params)
    schema = None if spec.schema_name is None else call.registry.get(spec.schema_name)
    try:
        return Reply(run_engine_job(spec, schema, call.emit, call.cancelled.is_set))
    except JobError as error:
        raise CallError(error.code, str(error), error.details | {"counts": error.counts}) from error
