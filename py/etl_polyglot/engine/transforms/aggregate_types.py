"""The types of aggregates, and what their functions take."""

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.comparable import comparable
from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.transformations import AggregateColumn
from etl_polyglot.engine.transforms.columns import refused

_SUMMED = ("sum", "mean")
_UNCOMPARED = ("count", "first")


def result_type(aggregate: AggregateColumn, found: pa.DataType | None) -> pa.DataType:
    """The type of an aggregate of a column of a type.

    Raises:
        JobError: `INVALID_REQUEST`: the function takes no such column.
    """
    function = aggregate.function
    if found is None:
        return pa.int64()
    if function in _SUMMED and not _is_number(found):
        raise _wrong_type(aggregate, found, "numbers")
    if function in ("min", "max") and (pat.is_nested(found) or pat.is_decimal256(found)):
        raise _wrong_type(aggregate, found, "values that have an order")
    if function not in _UNCOMPARED and comparable(found) is None:
        raise _wrong_type(aggregate, found, "values that can be compared")
    if function in ("count", "count_distinct"):
        return pa.int64()
    if function == "mean" or (function == "sum" and pat.is_floating(found)):
        return pa.float64()
    if function == "sum":
        return pa.decimal128(38, max(found.scale, 0)) if pat.is_decimal(found) else pa.int64()
    return found


def is_summed(aggregate: AggregateColumn) -> bool:
    """Whether an aggregate adds numbers up."""
    return aggregate.function in _SUMMED


def _is_number(found: pa.DataType) -> bool:
    decimal = pat.is_decimal(found) and not pat.is_decimal256(found)
    return pat.is_integer(found) or pat.is_floating(found) or decimal


def _wrong_type(aggregate: AggregateColumn, found: pa.DataType, wanted: str) -> JobError:
    function, column = aggregate.function, aggregate.column
    reason = f"{aggregate.name}: {function} takes {wanted}, and column {column} is {found}"
    return refused("aggregate", reason)
