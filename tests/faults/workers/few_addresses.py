"""A worker that may not have so many addresses as the arenas need."""

import re
import resource
from pathlib import Path

from etl_polyglot.worker.serve import serve
from etl_polyglot.worker.stdio import claim_stdio

if __name__ == "__main__":
    streams = claim_stdio()
    held = int(re.search(r"VmSize:\s+(\d+)", Path("/proc/self/status").read_text())[1]) << 10
    resource.setrlimit(resource.RLIMIT_AS, (held + (1 << 30), resource.RLIM_INFINITY))
    serve(streams)
