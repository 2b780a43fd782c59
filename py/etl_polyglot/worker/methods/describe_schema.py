"""`describe_schema`: a record schema with its sources, and how its columns are judged."""

import orjson
import pyarrow as pa

from etl_polyglot.schema.describe import describe
from etl_polyglot.schema.registry import SchemaNotFoundError
from etl_polyglot.worker.calls import Call, Reply, method, schema_not_found


@method("describe_schema", retry=True)
def describe_schema(call: Call) -> Reply:
    """Describe the record schema `schema`; the description is the body, as JSON.

    Raises:
        CallError: there is no such schema.
    """
    try:
        schema = call.registry.get(call.params["schema"])
    except SchemaNotFoundError as error:
        raise schema_not_found(error) from error
    return Reply({}, pa.py_buffer(orjson.dumps(describe(schema))))
