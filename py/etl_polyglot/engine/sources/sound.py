"""Arrays that came from outside: whether they hold what their type says."""

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.schema.arrow import Array

_PART_ROWS = 65_536
_PART_BYTES = 32 * 1024 * 1024


def check_values(array: Array) -> None:
    """Check that every offset of an array lies within it, that its texts are UTF-8, and so on.

    Arrow checks the items of lists all together, whichever lists are asked for. Here an array of
    any size is checked in parts, and so are its items, by themselves.

    Raises:
        ArrowInvalid: it holds something else.
    """
    checkpoint()
    found = array.type
    array.validate()  # its buffers are large enough
    if isinstance(found, pa.BaseExtensionType):
        check_values(array.storage)
    elif pat.is_dictionary(found):
        check_values(array.dictionary)
        _check_parts(_without_values(array))
    elif pat.is_list(found) or pat.is_large_list(found):
        check_values(array.values)
        _check_parts(_without_items(array, len(array.values)))
    elif pat.is_map(found):
        check_values(array.keys)
        check_values(array.items)
        _check_parts(_without_items(array, len(array.keys)))
    elif pat.is_fixed_size_list(found):
        check_values(array.values)
    elif pat.is_struct(found):
        for member in range(found.num_fields):
            check_values(array.field(member))
    elif pat.is_nested(found):
        array.validate(full=True)
    else:
        _check_parts(array)


def _check_parts(array: Array) -> None:
    rows = _PART_BYTES * len(array) // max(array.get_total_buffer_size(), 1)
    rows = min(max(rows, 1), _PART_ROWS)
    for start in range(0, len(array), rows):
        checkpoint()
        array.slice(start, rows).validate(full=True)


def _without_values(array: Array) -> Array:
    return pa.DictionaryArray.from_arrays(
        array.indices, pa.nulls(len(array.dictionary)), safe=False
    )


def _without_items(array: Array, count: int) -> Array:
    of_nulls = pa.large_list(pa.null()) if pat.is_large_list(array.type) else pa.list_(pa.null())
    validity, offsets, *_ = array.buffers()
    items = [pa.nulls(count)]
    return pa.Array.from_buffers(
        of_nulls, len(array), [validity, offsets], offset=array.offset, children=items
    )
