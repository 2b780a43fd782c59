"""`describe_function`: what a function takes, so that Node knows how to send it."""

from etl_polyglot.functions.errors import FunctionNotFoundError
from etl_polyglot.functions.parameters import (
    ContextParameter,
    Parameter,
    StreamParameter,
    TableParameter,
)
from etl_polyglot.worker.calls import Call, Reply, method


@method("describe_function", retry=True)
def describe_function(call: Call) -> Reply:
    """Describe the parameters of the function `name`.

    Returns:
        By the name of each parameter `table`, `stream` or `value`; null when there is no such
        function, which `call_function` then says in full.
    """
    try:
        function = call.functions.get(call.params["name"])
    except FunctionNotFoundError:
        return Reply(None)
    return Reply(
        {
            one.name: _kind(one)
            for one in function.signature.parameters
            if not isinstance(one, ContextParameter)
        }
    )


def _kind(parameter: Parameter) -> str:
    match parameter:
        case TableParameter():
            return "table"
        case StreamParameter():
            return "stream"
    return "value"
