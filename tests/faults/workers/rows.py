"""A worker that tells what pyarrow reads in a body."""

import pyarrow as pa

from etl_polyglot.worker.__main__ import main
from etl_polyglot.worker.calls import Call, Reply, method


@method("read_rows")
def read_rows(call: Call) -> Reply:
    """Check the stream as one from outside, and give its rows back as JSON."""
    table = pa.ipc.open_stream(call.body).read_all()
    table.validate(full=True)
    return Reply({"types": [str(field.type) for field in table.schema], "rows": table.to_pylist()})


if __name__ == "__main__":
    main()
