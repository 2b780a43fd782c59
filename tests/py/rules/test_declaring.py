"""How a function becomes a rule."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from etl_polyglot import rule

HERE = "test_declaring.py"


def test_a_rule_is_named_and_placed_by_its_function_and_speaks_by_its_docstring() -> None:
    @rule("user", field="age")
    def adults_only(frame: Any) -> Any:
        """must be of age

        More that no error says.
        """
        return frame["age"] >= 18

    assert (adults_only.name, adults_only.schema, adults_only.per) == (
        "adults_only",
        "user",
        "frame",
    )
    assert (adults_only.field, adults_only.message) == ("age", "must be of age")
    assert adults_only.file.endswith(HERE)
    assert adults_only.line > 0


def test_a_message_goes_before_the_docstring() -> None:
    @rule("user", message="is too young")
    def adults_only(frame: Any) -> Any:
        """Customers of age."""

    assert adults_only.message == "is too young"


def test_a_rule_can_be_called_as_its_function() -> None:
    @rule("user", per="record")
    def even(record: dict[str, Any]) -> bool:
        return bool(record["id"] % 2 == 0)

    assert even({"id": 2})
    assert not even({"id": 3})


def test_a_decorator_without_a_schema_says_what_it_takes() -> None:
    def adults_only(frame: Any) -> Any: ...

    with pytest.raises(TypeError, match=r'as in @rule\("user"\)'):
        rule(adults_only)  # type: ignore[arg-type]


def test_rules_are_per_frame_or_per_record() -> None:
    with pytest.raises(ValueError, match="must be 'frame' or 'record'"):
        rule("user", per="row")  # type: ignore[arg-type]


def test_only_plain_functions_are_rules() -> None:
    async def later(frame: Any) -> Any: ...

    for function in (later, len, int):
        with pytest.raises(TypeError, match="makes a plain function a rule"):
            rule("user")(function)


def test_to_import_the_decorator_brings_no_heavy_library() -> None:
    code = (
        "import sys; from etl_polyglot import rule; print({'pandas', 'pyarrow'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd="py"
    )
    assert done.stdout == "set()\n"
