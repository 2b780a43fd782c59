"""Node is told how much memory is held after every call, in time or late."""

import threading
from queue import Queue

from etl_polyglot.worker.footprint import Footprints


def test_a_call_that_ends_just_after_a_report_is_reported_late():
    footprints, told = Footprints(pause=0.05), Queue()
    threading.Thread(target=footprints.send, args=(told.put,), daemon=True).start()
    footprints.expect()
    assert told.get(timeout=10) > 0
    footprints.expect()
    footprints.expect()
    assert told.get(timeout=10) > 0
