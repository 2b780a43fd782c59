"""The worker: answers calls from Node over frames, with bodies in shared memory."""
