"""Between Node and a real worker: cuts what they say, the n-th message at its n-th byte."""

import os
import subprocess
import sys
import threading
import time

PAUSE = 0.002  # seconds, in which the reader takes the first part for itself


def forward(source: int, target: int) -> None:
    """Pass on messages, each in two parts."""
    cut = 0
    while message := os.read(source, 1 << 16):
        os.write(target, message[:cut])
        time.sleep(PAUSE)
        os.write(target, message[cut:])
        cut = cut + 1 if cut < len(message) else 0
    os.close(target)


worker = subprocess.Popen(
    [sys.executable, "-m", "etl_polyglot.worker"],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    pass_fds=(3, 4),
)
to_worker = threading.Thread(target=forward, args=(0, worker.stdin.fileno()))
to_worker.start()
forward(worker.stdout.fileno(), 1)
sys.exit(worker.wait())
