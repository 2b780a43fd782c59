"""Numbers → the schema of their place."""

import re
from typing import Any

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.infer.comments import are
from etl_polyglot.infer.numbers import NumberFacts, shown_number
from etl_polyglot.schema.arrow_types import INTEGERS, MAX_PRECISION, MAX_TEXT_PRECISION

_MONEY = re.compile(
    r"(price|amount|cost|total|fee|balance|salary|payment|revenue|tax|discount|usd|eur|gbp|money)",
    re.IGNORECASE,
)
INT64_PATTERN = "^(0|-?[1-9][0-9]{0,18})$"
_UINT64_PATTERN = "^(0|[1-9][0-9]{0,19})$"
_LARGEST_AMOUNT = 10 ** (MAX_PRECISION - 2) - 1


def is_named_as_money(name: str) -> bool:
    """Whether a name is one that amounts of money have."""
    return bool(_MONEY.search(name))


def draft_integers(facts: NumberFacts, declared: pa.DataType | None = None) -> dict[str, Any]:
    """Draft the schema of integers that JSON's numbers hold."""
    schema: dict[str, Any] = {"type": "integer"}
    comment = f"{are(facts.count, 'an integer', 'integers')}{_range(facts)}"
    if declared is not None and str(declared) in INTEGERS:
        low, high = INTEGERS[str(declared)]
        schema |= _not_negative(facts, low)
        schema |= {"maximum": high, "x-arrow": str(declared)}
        comment = f"the column is {declared}; {comment}"
    else:
        schema |= _not_negative(facts)
    return schema | {"$comment": comment}


def draft_numbers(facts: NumberFacts) -> dict[str, Any]:
    """Draft the schema of numbers."""
    comment = f"{are(facts.count, 'a number', 'numbers')}{_range(facts)}"
    if facts.are_integers and not facts.are_safe:
        comment += "; some are beyond ±(2^53-1) and are rounded: have them written as strings"
    return {"type": "number"} | _not_negative(facts) | {"$comment": comment}


def are_amounts(facts: NumberFacts) -> bool:
    """Whether numbers keep what `draft_money` asks of them."""
    return facts.in_cents and not _reaches_beyond(facts, _LARGEST_AMOUNT)


def draft_money(facts: NumberFacts) -> dict[str, Any]:
    """Draft the schema of amounts in cents."""
    return {
        "type": "number",
        **_not_negative(facts, -_LARGEST_AMOUNT),
        "maximum": _LARGEST_AMOUNT,
        "multipleOf": 0.01,
        "x-arrow": f"decimal128({MAX_PRECISION},2)",
        "$comment": f"{are(facts.count, 'an amount', 'amounts')} with two decimals at most"
        f"{_range(facts)}; columns keep them as exact decimals",
    }


def draft_declared_decimals(facts: NumberFacts, declared: Any) -> dict[str, Any]:
    """Draft the schema of a column of decimals."""
    precision, scale = declared.precision, declared.scale
    comment = f"the column is {declared}"
    if not 0 <= scale <= precision <= MAX_TEXT_PRECISION:
        return {"type": "number", "$comment": f"{comment}, which is read as doubles"}
    named = f"decimal128({precision},{scale})"
    if precision > MAX_PRECISION:
        return decimal_text(precision, scale, f"{comment}, more than a double holds: text in JSON")
    largest = 10 ** (precision - scale) - 1
    if _reaches_beyond(facts, largest):
        return decimal_text(precision, scale, f"{comment}{_range(facts)}")
    return {
        "type": "number",
        **_not_negative(facts, -largest),
        "maximum": largest,
        "multipleOf": float(f"1e-{scale}") if scale else 1,
        "x-arrow": named,
        "$comment": f"{comment}{_range(facts)}",
    }


def _reaches_beyond(facts: NumberFacts, largest: int) -> bool:
    # `x-arrow` asks for bounds that are integers of fewer digits: 999.99 is beyond 999.
    if facts.least is None or facts.greatest is None:
        return False
    return facts.least < -largest or facts.greatest > largest


def decimal_text(precision: int, scale: int, comment: str) -> dict[str, Any]:
    """Draft the schema of decimals that are text in JSON."""
    before = max(precision - scale, 1)
    behind = rf"(\.[0-9]{{1,{scale}}})?" if scale else ""
    return {
        "type": "string",
        "pattern": f"^-?[0-9]{{1,{before}}}{behind}$",
        "x-arrow": f"decimal128({precision},{scale})",
        "$comment": comment,
    }


def large_integer_text(kind: str, comment: str) -> dict[str, Any]:
    """Draft the schema of integers that are text in JSON."""
    pattern = _UINT64_PATTERN if kind == "uint64" else INT64_PATTERN
    return {"type": "string", "pattern": pattern, "x-arrow": kind, "$comment": comment}


def is_wide_integer(declared: pa.DataType | None) -> bool:
    """Whether a column's type holds integers beyond those of JSON."""
    return declared is not None and (pat.is_int64(declared) or pat.is_uint64(declared))


def _not_negative(facts: NumberFacts, otherwise: int | None = None) -> dict[str, Any]:
    if facts.least is not None and facts.least >= 0:
        return {"minimum": 0}
    return {} if otherwise is None else {"minimum": otherwise}


def _range(facts: NumberFacts) -> str:
    if facts.least is None:
        return ""
    return f", {shown_number(facts.least)} to {shown_number(facts.greatest)}"
