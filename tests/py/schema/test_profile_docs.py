"""docs/schema-profile.md says what the compiler's table says."""

import json
import re

import pytest

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.generate import ROOT
from etl_polyglot.schema.profile import KEYWORDS

TEXT = (ROOT / "docs/schema-profile.md").read_text("utf-8")


@pytest.mark.parametrize("name", KEYWORDS)
def test_every_keyword_is_listed_with_its_note(name: str) -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{name}` |"))
    assert KEYWORDS[name].note in row


def test_every_format_is_listed_with_its_note() -> None:
    formats = json.loads((ROOT / "shared-schemas/formats.json").read_text("utf-8"))["formats"]
    for name in FORMATS:
        assert f"| `{name}` | {formats[name]['note']} |" in TEXT


def test_nothing_else_is_listed() -> None:
    listed = re.findall(r"^\| `([^`]+)` \|", TEXT, re.MULTILINE)
    assert set(listed) == {*KEYWORDS, *FORMATS}
