"""The test that docs/business-rules.md shows, of the rules that it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "business-rules.md"


def test_the_rules_of_the_page_pass_the_test_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules, test = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "users.py").write_text(rules, "utf-8")
    (tmp_path / "test_users.py").write_text(test, "utf-8")
    command = re.findall(r"```sh\n(PYTHONPATH=.*?)\n```", PAGE.read_text("utf-8"))[0]
    assert command.startswith("PYTHONPATH=py:python .venv/bin/python -c ")
    monkeypatch.syspath_prepend(str(tmp_path))
    program = command.partition('"')[2].removesuffix('"')
    exec(program, {})
