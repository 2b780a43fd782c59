"""`transform_batch`: a job's transformations, called by name."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from etl_polyglot.functions.errors import InvalidArgumentError
from etl_polyglot.functions.function_set import FunctionSet
from etl_polyglot.schema.registry import SchemaNotFoundError

from .support import given

USERS = pa.table(
    {
        "id": pa.chunked_array([[1, 2], [1, None], [None, 3]]),
        "email": ["a@B.CO", "b@b.co", "c@b.co", "d@b.co", "e@b.co", "f@b.co"],
        "name": [" Ada  L. ", "Bob", "Ada", "Eve", "Eve", None],
        "created_at": ["2024-01-01T02:00:00+02:00"] * 6,
    }
)


def transformed(data: pa.Table, *transformations: Any, **values: Any) -> pa.Table:
    call = given({"transformations": list(transformations)} | values, data=data)
    result = FunctionSet().get("transform_batch").call(call)
    assert isinstance(result, pa.Table)
    return result


def test_normalize_goes_by_the_schema() -> None:
    done = transformed(USERS, "normalize", schema="user")
    assert done.column("email")[0].as_py() == "a@b.co"
    assert done.column("name").to_pylist()[:2] == ["Ada L.", "Bob"]
    assert done.column("created_at")[0].as_py() == "2024-01-01T00:00:00Z"
    assert done.column("id").num_chunks == 3


def test_normalize_without_a_schema_tidies_text_alone() -> None:
    done = transformed(USERS, {"type": "normalize"})
    assert done.column("email")[0].as_py() == "a@B.CO"
    assert done.column("name")[0].as_py() == "Ada L."


def test_deduplicate_keeps_the_first_of_each_key_and_null_is_like_no_other() -> None:
    done = transformed(USERS, "deduplicate", schema="user")
    assert done.column("id").to_pylist() == [1, 2, None, None, 3]
    assert done.column("email").to_pylist()[2] == "d@b.co"


def test_deduplicate_without_a_key_compares_whole_rows() -> None:
    rows = [(1, None, [1]), (1, None, [1]), (1, None, [2]), (None, None, None), (None, None, None)]
    data = pa.table({name: [row[at] for row in rows] for at, name in enumerate("abc")})
    assert transformed(data, "deduplicate").to_pylist() == [
        {"a": 1, "b": None, "c": [1]},
        {"a": 1, "b": None, "c": [2]},
        {"a": None, "b": None, "c": None},
    ]


def test_transformations_run_in_their_order() -> None:
    data = pa.table({"name": ["a b", "a  b"]})
    assert transformed(data, "deduplicate", "normalize").num_rows == 2
    assert transformed(data, "normalize", "deduplicate").num_rows == 1
    assert transformed(data).equals(data)


@pytest.mark.parametrize("kind", [pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_text_of_every_kind_is_text(kind: pa.DataType) -> None:
    chunks = [pa.array(some).cast(kind) for some in ([" a  b ", None], ["c", "a b"])]
    done = transformed(pa.table({"name": pa.chunked_array(chunks)}), "normalize", "deduplicate")
    assert done == pa.table({"name": ["a b", None, "c"]})


def test_an_empty_table_stays_one() -> None:
    for data in (USERS.slice(0, 0), pa.table({}), USERS.schema.empty_table()):
        schema = None if data.num_columns == 0 else "user"
        done = transformed(data, "normalize", "deduplicate", schema=schema)
        assert (done.num_rows, done.schema) == (0, data.schema)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("normalise", "there is no transformation normalise; did you mean normalize?"),
        ("xyz", "there is no transformation xyz; there are validate, normalize, ded"),
        (
            {"type": "normalize", "form": "NFC"},
            "normalize has no form; it takes nothing besides its type",
        ),
        ({"typ": "normalize"}, "there is no transformation None; there are"),
    ],
)
def test_a_wrong_transformation_is_told(step: Any, told: str) -> None:
    with pytest.raises(InvalidArgumentError, match="transformations: ") as refused:
        transformed(USERS, step)
    assert told in str(refused.value)


def test_a_key_or_a_schema_that_is_not_there_is_told() -> None:
    with pytest.raises(InvalidArgumentError, match="data: deduplicate: there is no column id"):
        transformed(USERS.drop_columns("id"), "deduplicate", schema="user")
    with pytest.raises(SchemaNotFoundError, match="did you mean user"):
        transformed(USERS, "normalize", schema="usr")
