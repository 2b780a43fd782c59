"""What the fields of a text column could be cast to, by the rules of the engine."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from pydantic import BaseModel

from etl_polyglot.engine.convert.json_text import parse_json
from etl_polyglot.engine.convert.text import LIST_SEPARATOR, column_from_text
from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.infer.numbers import NumberFacts
from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.load import Source
from etl_polyglot.schema.parse import parse_record
from etl_polyglot.schema.record import RecordSchema, record_schema

_LEADING_ZERO = r"^[+-]?0[0-9]"
_CALLABLE = r"^\+[0-9]{7,}$"
_WHOLE = r"^[+-]?[0-9]+$"
_INT64 = r"^(0|-?[1-9][0-9]{0,18})$"
_SIGNIFICANT = r"^[+-]?[0.]*|\.|[eE].*$"
_PLAIN = r"^[+-]?[0-9]*\.?[0-9]*$"
_DIGITS_BEHIND = r"^[^.]*\.?"
_DOUBLE_DIGITS = 17


def reading_schema(document: dict[str, Any]) -> RecordSchema:
    """Make a schema by which files are read and nothing is judged."""
    source = Source("infer", Path("infer.schema.json"), document, "")
    return record_schema(parse_record(source, FORMATS), BaseModel)


_KINDS = ("integer", "number", "boolean")
_COLUMNS = {
    column.name: column
    for column in reading_schema(
        {"type": "object", "properties": {kind: {"type": kind} for kind in _KINDS}}
    ).columns
}


@dataclass(slots=True)
class Written:
    """What the fields of a text column could be.

    Attributes:
        fits: how many fields could be cast to a type, by its name.
        numbers: what is known of those that are numbers.
        whole: how many are signs and digits only.
        leading_zeros: how many numbers begin with a zero that no number needs.
        callable: how many look like a telephone number, with + and seven digits at least.
        imprecise: how many numbers have more digits than a double holds.
        exact_int64: whether all are integers that a column of int64 gives back as they are.
        decimals: the fewest and the most digits behind the point; None where there are
            exponents.
        digits: the most significant digits of a number.
        lists: how many hold what separates the items of a list.
        misfit: the first field that is no number.
        holds_json: whether all are arrays and objects of JSON.
    """

    fits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_KINDS, 0))
    numbers: NumberFacts = field(default_factory=NumberFacts)
    whole: int = 0
    leading_zeros: int = 0
    callable: int = 0
    imprecise: int = 0
    exact_int64: bool = True
    decimals: tuple[int, int] | None = (99, 0)
    digits: int = 0
    lists: int = 0
    misfit: str | None = None
    holds_json: bool = True

    def observe(self, texts: Array) -> list[Any]:
        """Take in an array of strings without nulls.

        Returns:
            The values of the fields as JSON, as long as all are arrays and objects.
        """
        for kind, column in _COLUMNS.items():
            values, _ = column_from_text(column, texts)
            fitting = values.is_valid()
            self.fits[kind] += pc.sum(fitting).as_py() or 0
            if kind == "number":
                self._observe_numbers(texts.filter(fitting), values.drop_null())
                if self.misfit is None and values.null_count:
                    self.misfit = texts.filter(pc.invert(fitting))[0].as_py()
        self.lists += _count(texts, LIST_SEPARATOR.replace("|", r"\|"))
        self.exact_int64 = self.exact_int64 and _are_int64(texts)
        return self._containers(texts)

    def _observe_numbers(self, texts: Array, values: Array) -> None:
        if not len(texts):
            return
        self.numbers.observe_array(values)
        whole = pc.match_substring_regex(texts, _WHOLE)
        self.whole += pc.sum(whole).as_py() or 0
        self.leading_zeros += _count(texts, _LEADING_ZERO)
        self.callable += _count(texts, _CALLABLE)
        digits = pc.binary_length(pc.replace_substring_regex(texts, _SIGNIFICANT, ""))
        self.imprecise += pc.sum(pc.greater(digits, _DOUBLE_DIGITS)).as_py() or 0
        self.digits = max(self.digits, pc.max(digits).as_py())
        if not pc.all(pc.match_substring_regex(texts, _PLAIN)).as_py():
            self.decimals = None
        if self.decimals is not None:
            behind = pc.binary_length(pc.replace_substring_regex(texts, _DIGITS_BEHIND, ""))
            limits = pc.min_max(pc.if_else(whole, 0, behind))
            fewest, most = self.decimals
            self.decimals = (
                min(fewest, limits["min"].as_py()),
                max(most, limits["max"].as_py()),
            )

    def _containers(self, texts: Array) -> list[Any]:
        if not self.holds_json or not pc.all(pc.match_substring_regex(texts, r"^[\[{]")).as_py():
            self.holds_json = False
            return []
        try:
            return [parse_json(text) for text in texts.to_pylist()]
        except orjson.JSONDecodeError:
            self.holds_json = False
            return []


def _are_int64(texts: Array) -> bool:
    if not pc.all(pc.match_substring_regex(texts, _INT64)).as_py():
        return False
    try:
        texts.cast(pa.int64())
    except pa.ArrowInvalid:
        return False
    return True


def _count(texts: Array, expression: str) -> int:
    return pc.sum(pc.match_substring_regex(texts, expression)).as_py() or 0
