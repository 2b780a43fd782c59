"""`echo`: gives back what it is given; for tests and benchmarks of the bridge itself."""

from etl_polyglot.worker.calls import Call, Reply, method


@method("echo", retry=True)
def echo(call: Call) -> Reply:
    """Return the call's params and body."""
    return Reply(call.params, call.body)
