"""A worker of another version."""

from etl_polyglot.worker import serve
from etl_polyglot.worker.stdio import claim_stdio

if __name__ == "__main__":
    streams = claim_stdio()
    serve.VERSION = 99
    serve.serve(streams)
