"""Normalisation: one form for values that mean the same."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.nested import lengths_of, list_array, struct_array
from etl_polyglot.engine.rows import Names, Rows
from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.columnar.judged import Mask, some, union
from etl_polyglot.schema.columnar.kernels import mask_of
from etl_polyglot.schema.normal_forms import normal_forms
from etl_polyglot.schema.output import from_text
from etl_polyglot.schema.record import Column, RecordSchema
from etl_polyglot.schema.validator import SET_ASIDE

_Bytes = npt.NDArray[np.uint8]

_WHITE_SPACE = r"[\t-\r\x{85}\pZ]+"
_BLOCK_BYTES = 128 * 1024
"""Bytes that are looked at together: what is made of them stays in the cache."""

_NORMAL_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{0,5}[1-9])?Z$"
_NORMAL_TIMES = {
    "date-time": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T" + _NORMAL_TIME,
    "time": "^" + _NORMAL_TIME,
}


def _has_capitals(text: _Bytes) -> Mask:
    return _is_within(text, "A", "Z") | (text >= 0x80)


def _is_within(text: _Bytes, first: str, last: str) -> Mask:
    within: Mask = text - ord(first) <= ord(last) - ord(first)  # what is below wraps round
    return within


def _beyond_ascii(text: _Bytes) -> Mask:
    beyond: Mask = text >= 0x80
    return beyond


def _beyond_nfc(text: _Bytes) -> Mask:
    """First bytes of characters that NFC may change, or that may be white space.

    Nothing between U+00C0 and U+02FF is either: it begins with a byte from 0xC3 to 0xCB.
    """
    beyond: Mask = (text >= 0xCC) | (text == 0xC2)
    return beyond


def _may_be_wide_space(text: _Bytes) -> Mask:
    """First bytes of white space beyond ASCII."""
    first: Mask = _is_within(text, "\xe1", "\xe3") | (text == 0xC2)
    return first


def _unusual_space(text: _Bytes) -> Mask:
    """White space that is no single space; the first byte says nothing."""
    space: Mask = text <= 0x20
    unusual = np.zeros(len(text), bool)
    unusual[1:] = space[1:] & (space[:-1] | (text[1:] != 0x20))
    return unusual


_OUT_OF_FORM: dict[str, Callable[[_Bytes], Mask]] = {
    "lowercase": _has_capitals,
    "uppercase": lambda text: _is_within(text, "a", "z") | (text >= 0x80),
    "no-spaces": lambda text: (text <= 0x20) | (text >= 0x80),
    "digits": lambda text: ~_is_within(text, "0", "9"),
}
"""The bytes that a text in a form of `x-normalize` surely has none of."""


class Normalize:
    """Unicode NFC, no white space around, single spaces within, domains of `email` fields in
    lower case, instants and times of day in UTC; of a string more or less where its schema has
    `x-normalize`.

    A date-time or time that is still text becomes the text of the same microsecond in UTC that
    has no zeros at its end; what is no date-time or time stays as it is. It reaches into lists
    and structs, but not into JSON text. Few values need any of it, so the bytes of a column say
    first which rows may; only those are rewritten.

    Parameters:
        schema: says which columns are `email`, which hold JSON text, and which forms they ask
            for; None: none of it.
        described: the columns of the schema whose values stand in the rows, by the rows' own
            names; None: all.
    """

    name = "normalize"

    def __init__(
        self, schema: RecordSchema | None, described: Mapping[str, Column] | None = None
    ) -> None:
        self._aside = None if schema is None else SET_ASIDE
        columns = () if schema is None else schema.columns
        named = {column.name: column for column in columns}
        self._columns: Mapping[str, Column] = named if described is None else described

    def output(self, columns: pa.Schema) -> pa.Schema:
        """The same columns, but instants in UTC."""
        return pa.schema([pa.field(f.name, _in_utc(f.type)) for f in columns])

    def needs(self, wanted: Names) -> Names:
        """What is wanted: every column is normalised by itself."""
        return wanted

    def apply(self, rows: Rows) -> None:
        """Normalise every column that is the source's."""
        rows.batch = self.normal(rows.batch)

    def normal(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the batch with every column that is the source's in its normal form."""
        arrays = [
            array if field.name == self._aside else _normal(array, self._columns.get(field.name))
            for field, array in zip(batch.schema, batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.output(batch.schema))


def _in_utc(found: pa.DataType) -> pa.DataType:
    if pat.is_timestamp(found) and found.tz is not None:
        return pa.timestamp(found.unit, "UTC")
    if pat.is_list(found):
        return pa.list_(found.value_field.with_type(_in_utc(found.value_type)))
    if pat.is_struct(found):
        return pa.struct([member.with_type(_in_utc(member.type)) for member in found])
    return found


def _normal(array: Array, column: Column | None) -> Array:
    if column is not None and column.kind == "json":
        return array
    if pat.is_string(array.type):
        return _normal_text(array, column)
    if pat.is_list(array.type):
        items = _normal(array.flatten(), None if column is None else column.item)
        return list_array(lengths_of(array), items, _in_utc(array.type), array.is_null())
    if pat.is_struct(array.type):
        members = column.fields if column is not None else (None,) * array.type.num_fields
        fields = [_normal(one, of) for one, of in zip(array.flatten(), members, strict=True)]
        return struct_array(fields, _in_utc(array.type), array.is_null())
    return array.cast(_in_utc(array.type))


def _normal_text(array: Array, column: Column | None) -> Array:
    forms = frozenset[str]() if column is None else normal_forms(column.node)
    if "none" in forms:
        return array
    doubtful = _doubtful(array, _beyond_ascii if "nfkc" in forms else _beyond_nfc)
    for form in forms & _OUT_OF_FORM.keys():
        doubtful = union(doubtful, _rows_with(array, _OUT_OF_FORM[form]))
    array = _rewrite(array, doubtful, partial(_rewrite_text, forms))
    if column is None:
        return array
    if any(one.keywords.get("format") == "email" for one in column.node.conjuncts()):
        return _lower_domains(array)
    if column.kind in _NORMAL_TIMES:
        return _rewrite(array, _not_in_utc(array, column.kind), partial(_utc_text, column))
    return array


def _rewrite_text(forms: frozenset[str], array: Array) -> Array:
    composition = "NFKC" if "nfkc" in forms else "NFC"
    text = pc.utf8_normalize(array, composition)
    if forms & {"lowercase", "uppercase"}:
        text = pc.utf8_lower(text) if "lowercase" in forms else pc.utf8_upper(text)
    if "digits" in forms:
        return pc.replace_substring_regex(text, "[^0-9]+", "")
    if "no-spaces" in forms:
        text = pc.replace_substring_regex(text, _WHITE_SPACE, "")
    else:
        text = pc.utf8_trim(_with_single_spaces(text), " ")
    # What now stands side by side may compose: a letter and an accent behind a space.
    return pc.utf8_normalize(text, composition) if forms else text


def _with_single_spaces(array: Array) -> Array:
    wide = _rows_with(array, _may_be_wide_space)
    # Without an expression, which takes several times as long.
    array = pc.binary_join(pc.ascii_split_whitespace(array), " ")
    return _rewrite(array, wide, lambda text: pc.replace_substring_regex(text, _WHITE_SPACE, " "))


def _lower_domains(array: Array) -> Array:
    lower = pc.not_equal(array, pc.ascii_lower(array))
    capitals = some(mask_of(pc.fill_null(lower, False)))
    return _rewrite(array, union(capitals, _rows_with(array, _beyond_ascii)), _lower_domain)


def _lower_domain(array: Array) -> Array:
    whole = mask_of(pc.fill_null(pc.match_substring(array, "@"), False))
    return _rewrite(array, some(whole), _lower_after_at)


def _lower_after_at(array: Array) -> Array:
    parts = pc.split_pattern(array, "@", max_splits=1, reverse=True)
    domain = pc.utf8_lower(pc.list_element(parts, 1))
    return pc.binary_join_element_wise(pc.list_element(parts, 0), domain, "@")


def _not_in_utc(array: Array, kind: str) -> Mask | None:
    """Rows with a date-time or time that may have another form."""
    normal = pc.match_substring_regex(array, _NORMAL_TIMES[kind])
    if pc.all(normal, min_count=0).as_py():
        return None
    sound = pc.match_substring_regex(array, FORMATS[kind])
    return mask_of(pc.fill_null(pc.and_not(sound, normal), False))


def _utc_text(column: Column, array: Array) -> Array:
    text = from_text(array, column).cast(pa.string())
    if column.kind == "date-time":
        text = pc.replace_substring(text, " ", "T")
    else:
        text = pc.binary_join_element_wise(text, "Z", "")
    return pc.coalesce(pc.replace_substring_regex(text, r"\.?0*Z$", "Z"), array)


def _rewrite(array: Array, doubtful: Mask | None, rewrite: Callable[[Array], Array]) -> Array:
    if doubtful is None:
        return array
    if doubtful.all():
        return rewrite(array)
    mask = pa.array(doubtful)
    return pc.replace_with_mask(array, mask, rewrite(array.filter(mask)))


def _doubtful(array: Array, beyond: Callable[[_Bytes], Mask]) -> Mask | None:
    """Rows that may not be in normal form: with a byte that `beyond` marks, or with other white
    space than single spaces inside."""
    text, offsets = _bytes_of(array)
    if len(text) == 0:
        return None
    last = len(text) - 1
    first_bytes = text[np.minimum(offsets[:-1], last)]
    last_bytes = text[np.maximum(offsets[1:] - 1, 0)]
    doubtful: Mask = (offsets[1:] > offsets[:-1]) & ((first_bytes <= 0x20) | (last_bytes <= 0x20))
    doubtful[_rows_at(offsets, _marked(text, _unusual_space))] = True
    if text.max() >= 0x80:
        doubtful[_rows_at(offsets, _marked(text, beyond))] = True
    return some(doubtful)


def _rows_with(array: Array, wanted: Callable[[_Bytes], Mask]) -> Mask | None:
    """Rows that have a byte of those that `wanted` marks."""
    text, offsets = _bytes_of(array)
    found = _marked(text, wanted)
    if not len(found):
        return None
    rows = np.zeros(len(array), bool)
    rows[_rows_at(offsets, found)] = True
    return rows


def _marked(text: _Bytes, mark: Callable[[_Bytes], Mask]) -> npt.NDArray[np.int64]:
    """The places of the bytes that `mark` marks, which may look at the byte before them too."""
    found = [
        np.flatnonzero(mark(text[max(start - 1, 0) : start + _BLOCK_BYTES])) + max(start - 1, 0)
        for start in range(0, len(text), _BLOCK_BYTES)
    ]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _bytes_of(array: Array) -> tuple[_Bytes, npt.NDArray[np.int32]]:
    """The bytes of a string column's rows, and where in them each row begins."""
    _, offsets, data = array.buffers()
    if data is None or data.size == 0:
        return np.empty(0, np.uint8), np.zeros(len(array) + 1, np.int32)
    used = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
    text = np.frombuffer(data, np.uint8)[used[0] : used[-1]]
    return text, used - used[0]


def _rows_at(
    offsets: npt.NDArray[np.int32], positions: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    rows: npt.NDArray[np.int64] = np.searchsorted(offsets, positions, side="right") - 1
    return rows
