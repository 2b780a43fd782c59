"""Types that only encode values in another way, or name them → the plain types of the values."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.nested import lengths_of, list_array, struct_array
from etl_polyglot.schema.arrow import Array, pc

_HEX = np.frombuffer(bytes(range(256)).hex().encode(), np.uint8).reshape(256, 2)
_UUID_BYTES, _UUID_LENGTH = 16, 36
_UUID_DASHES = [8, 13, 18, 23]
_UUID_DIGITS = np.delete(np.arange(_UUID_LENGTH), _UUID_DASHES)


def has_plain_form(found: pa.DataType) -> bool:
    """Whether `plain_type` has a type for one; unions have none, inside others neither."""
    if isinstance(found, pa.BaseExtensionType):
        return has_plain_form(found.storage_type)
    if pat.is_dictionary(found) or pat.is_run_end_encoded(found):
        return has_plain_form(found.value_type)
    members = [found.field(at).type for at in range(found.num_fields)]
    return not pat.is_union(found) and all(map(has_plain_form, members))


def plain_type(found: Any) -> pa.DataType:
    """The type of the same values without their encoding, at any depth.

    Dictionaries and runs are decoded, the large types and the views are those that they are
    variants of, a UUID is its text, and any other extension type is what it is stored as.
    """
    if isinstance(found, pa.BaseExtensionType):
        return _NAMED.get(type(found)) or plain_type(found.storage_type)
    if pat.is_dictionary(found) or pat.is_run_end_encoded(found):
        return plain_type(found.value_type)
    if pat.is_large_string(found) or pat.is_string_view(found):
        return pa.string()
    if pat.is_large_binary(found) or pat.is_binary_view(found):
        return pa.binary()
    if _is_list(found):
        return pa.list_(_plain_field(found.value_field))
    if pat.is_map(found):
        key, item = _plain_field(found.key_field), _plain_field(found.item_field)
        return pa.map_(key, item, found.keys_sorted)
    if pat.is_struct(found):
        return pa.struct([_plain_field(member) for member in found])
    same: pa.DataType = found
    return same


def plain(array: Array) -> Array:
    """The values of an array, whose type `has_plain_form`, as `plain_type` has them."""
    found: Any = array.type
    target: Any = plain_type(found)
    if found == target:
        return array
    if isinstance(found, pa.UuidType):
        return _uuid_texts(array.storage)
    if isinstance(found, pa.Bool8Type):
        return pc.not_equal(array.storage, 0)
    if isinstance(found, pa.BaseExtensionType):
        return plain(array.storage)
    if pat.is_dictionary(found):
        return plain(array.dictionary).take(array.indices)
    if pat.is_run_end_encoded(found):
        return plain(array.values).take(_runs(array))
    if _is_list(found):
        return list_array(lengths_of(array), plain(array.flatten()), target, array.is_null())
    if pat.is_map(found):
        return _map(array, target)
    if pat.is_struct(found):
        members = [plain(member) for member in array.flatten()]
        return struct_array(members, target, array.is_null())
    return array.cast(target)


def _is_list(found: pa.DataType) -> bool:
    return (
        pat.is_list(found)
        or pat.is_large_list(found)
        or pat.is_fixed_size_list(found)
        or pat.is_list_view(found)
        or pat.is_large_list_view(found)
    )


def _plain_field(found: Any) -> Any:
    # What is written of it besides may describe the type that it had.
    return pa.field(found.name, plain_type(found.type), found.nullable)


def _map(array: Array, target: pa.DataType) -> Array:
    offsets = array.offsets.to_numpy()
    first, count = int(offsets[0]), int(offsets[-1] - offsets[0])
    keys, items = (plain(one.slice(first, count)) for one in (array.keys, array.items))
    make: Any = pa.MapArray.from_arrays
    return make(pa.array(offsets - first), keys, items, type=target, mask=array.is_null())


def _runs(array: Array) -> Array:
    """For each value the run that holds it."""
    places = np.arange(array.offset, array.offset + len(array))
    return pa.array(np.searchsorted(array.run_ends.to_numpy(), places, side="right"))


def _uuid_texts(storage: Array) -> Array:
    count = len(storage)
    _, data = storage.buffers()
    start = storage.offset * _UUID_BYTES
    found = np.frombuffer(data or b"", np.uint8)[start : start + count * _UUID_BYTES]
    texts = np.full((count, _UUID_LENGTH), ord("-"), np.uint8)
    texts[:, _UUID_DIGITS] = _HEX[found].reshape(count, 2 * _UUID_BYTES)
    borders = np.arange(count + 1, dtype=np.int32) * _UUID_LENGTH
    buffers = [None, pa.py_buffer(borders.tobytes()), pa.py_buffer(texts.tobytes())]
    written = pa.Array.from_buffers(pa.string(), count, buffers)
    return pc.if_else(storage.is_valid(), written, None)


_NAMED: dict[type, pa.DataType] = {pa.UuidType: pa.string(), pa.Bool8Type: pa.bool_()}
"""Extension types whose values are not those that they are stored as."""
