"""One column of a chunk: what kernels judge, and the JSON values that rows judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from etl_polyglot.frames.arrow_values import json_values
from etl_polyglot.frames.json_values import json_value
from etl_polyglot.frames.views import without_views
from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.columnar.judged import Mask, Suspects, some
from etl_polyglot.schema.columnar.kernels import mask_of
from etl_polyglot.schema.columnar.place import Place

is_type = pa.types
_SCALARS = (
    is_type.is_null,
    is_type.is_boolean,
    is_type.is_integer,
    is_type.is_floating,
    is_type.is_decimal,
    is_type.is_string,
    is_type.is_large_string,
    is_type.is_string_view,
    is_type.is_timestamp,
    is_type.is_date,
    is_type.is_time,
)
_LISTS = (is_type.is_list, is_type.is_large_list)


@dataclass(frozen=True, slots=True)
class FrameColumn:
    """A chunk's values of one member; a null is a missing one.

    `source` has the values: an Arrow array, or NumPy's of Python objects. Kernels judge `array`,
    which is the same, or where they cannot says only which values are missing. `doubts` are the
    positions that rows must decide, whatever kernels say.
    """

    name: str
    array: Array
    doubts: Suspects
    source: Any

    @property
    def is_exact(self) -> bool:
        """Whether kernels judge the values themselves."""
        return self.source is self.array

    def values(self, positions: Array, place: Place) -> list[Any]:
        """Return the JSON values at some positions, None for the missing ones."""
        if isinstance(self.source, pa.Array):
            return _values_at(self.source, positions, place)
        present = self.array.take(positions).is_valid().to_pylist()
        chosen = self.source[positions.to_numpy()].tolist()
        return [
            json_value(value, place) if there else None
            for value, there in zip(chosen, present, strict=True)
        ]


def arrow_column(name: str, array: Array) -> FrameColumn:
    """Return a column of the values of an Arrow array."""
    array = without_views(array)
    if is_type.is_dictionary(array.type) and (
        not _is_judged_encoded(array.type.value_type) or array.dictionary.null_count
    ):
        return arrow_column(name, array.dictionary_decode())
    if not _is_known(array.type):
        present = mask_of(array.is_valid())
        return FrameColumn(name, _presence(present), some(present), array)
    return FrameColumn(name, array, _not_finite(array), array)


def object_column(name: str, objects: Any, missing: Mask) -> FrameColumn:
    """Return a column of Python values that no Arrow type holds."""
    return FrameColumn(name, _presence(~missing), some(~missing), objects)


def _values_at(array: Array, positions: Array, place: Place) -> list[Any]:
    try:
        taken = array.take(positions)
    except pa.ArrowNotImplementedError:  # views and run-ends deep within
        return [json_values(array.slice(at, 1), place)[0] for at in positions.to_pylist()]
    return json_values(taken, place)


def _presence(present: Mask) -> Array:
    """An array that says which values are there, of a type that no kernel judges."""
    empty = pa.repeat(pa.scalar(b""), len(present))
    return pc.if_else(pa.array(present), empty, pa.scalar(None, pa.binary()))


def _is_scalar(arrow: pa.DataType) -> bool:
    return any(test(arrow) for test in _SCALARS)


def _is_judged_encoded(arrow: pa.DataType) -> bool:
    """Whether kernels read the values of a dictionary as those of a column of its type."""
    return _is_scalar(arrow) and not is_type.is_decimal(arrow)


def _is_known(arrow: Any) -> bool:
    """Whether kernels and rows read the values of a type alike."""
    if is_type.is_dictionary(arrow):
        return _is_judged_encoded(arrow.value_type)
    if any(test(arrow) for test in _LISTS):
        return _is_known(arrow.value_type)
    if is_type.is_struct(arrow):
        names = [field.name for field in arrow]
        return len(set(names)) == len(names) and all(_is_known(field.type) for field in arrow)
    return _is_scalar(arrow)


def _not_finite(array: Array) -> Suspects:
    """Return the positions of NaN and the infinities; of those within lists, all that are there."""
    if is_type.is_dictionary(array.type):
        array = array.dictionary_decode() if is_type.is_floating(array.type.value_type) else array
    if is_type.is_floating(array.type):
        values = array.cast(pa.float64())
        return some(~mask_of(pc.fill_null(pc.is_finite(values), True)))
    inner: list[Array] = []
    if is_type.is_struct(array.type):
        inner = array.flatten()
    elif any(test(array.type) for test in _LISTS):
        inner = [array.flatten()]
    if any(_not_finite(one) is not None for one in inner):
        return mask_of(array.is_valid())
    return None
