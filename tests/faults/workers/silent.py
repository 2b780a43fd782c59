"""A worker that never says hello and does not leave when its stdin ends."""

import signal
import sys
import time

signal.signal(signal.SIGINT, signal.SIG_IGN)
print("here, but not talking", file=sys.stderr)
time.sleep(3600)
