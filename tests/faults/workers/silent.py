"""A worker that never says hello and does not leave when its stdin ends."""

import signal
import time

signal.signal(signal.SIGINT, signal.SIG_IGN)
print("here, but not talking", flush=True)
time.sleep(3600)
