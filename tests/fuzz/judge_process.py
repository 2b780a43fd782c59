"""The Node process that judges by Zod and by ajv."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MODULES_PER_PROCESS = 400
"""Node keeps every module that it imported."""


class JudgeProcess:
    """Runs `judge.mjs`, and starts it anew now and then."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._imported = 0

    def ask(self, request: dict[str, Any]) -> Any:
        """Send one request and return its answer."""
        self._imported += "layers" in request
        if self._imported > MODULES_PER_PROCESS:
            self.close()
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{json.dumps(request)}\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the judge in Node ended with {process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()
        self._process = None

    def _start(self) -> subprocess.Popen[str]:
        script = Path(__file__).with_name("judge.mjs")
        command = ["node", "--stack-size=4000", str(script)]
        pipe = subprocess.PIPE
        self._imported = 1
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT)
        return self._process
