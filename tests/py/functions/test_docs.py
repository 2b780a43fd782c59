"""The functions that docs/python-functions.md shows, and the test of them that it shows."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pandas as pd
import pyarrow as pa
import pytest

from etl_polyglot.functions.answer import answer_of
from etl_polyglot.worker.extensions import Extensions

from .support import REGISTRY, given

PAGE = (Path(__file__).parents[3] / "docs" / "python-functions.md").read_text("utf-8")
PRICES, COUNT, TEST = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("prices", PRICES), ("count", COUNT), ("test_prices", TEST)):
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    return tmp_path


def test_the_functions_of_the_page_do_what_it_says(folder: Path) -> None:
    functions = Extensions.load(folder, REGISTRY).functions
    assert functions.own_names() == ["add_margin", "scale", "slow_count", "totals"]
    prices = pa.table({"price": [10.0, 20.0]})
    frame = functions.get("add_margin").call(given({"rate": 0.5}, data=prices))
    assert isinstance(frame, pd.DataFrame)
    assert frame["margin"].tolist() == [5.0, 10.0]
    scaled = functions.get("scale").call(given({"by": 2}, {"batches": [prices, prices.slice(1)]}))
    assert [batch["price"].to_pylist() for batch in scaled] == [[20.0, 40.0], [40.0]]
    orders = pa.table({"order": [1, 2]})
    lines = pa.table({"order": [1, 1, 3], "price": [1.0, 2.0, 4.0]})
    totals = answer_of(functions.get("totals").call(given(orders=orders, lines=lines)))
    assert orjson.loads(orjson.dumps(totals.value)) == {"orders": 2, "turnover": 7.0}
    assert totals.tables["joined"].num_rows == 2
    assert functions.get("slow_count").call(given({"upto": 2})) == 2


def test_the_test_of_the_page_passes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(folder))
    exec(f"{TEST}\ntest_add_margin()", {})


def test_the_error_of_the_page_is_what_a_caller_reads(folder: Path) -> None:
    signature = Extensions.load(folder, REGISTRY).functions.get("add_margin").signature.text
    assert f"It is called as {signature}." in PAGE
