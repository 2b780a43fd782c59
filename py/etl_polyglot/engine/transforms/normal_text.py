"""The normal form of texts, rewritten only where they do not have it."""

from collections.abc import Callable
from functools import partial

import pyarrow as pa

from etl_polyglot.engine.transforms.marked_rows import (
    OUT_OF_FORM,
    beyond_ascii,
    beyond_nfc,
    doubtful_rows,
    may_be_wide_space,
    rows_with,
)
from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.columnar.judged import Mask, some, union
from etl_polyglot.schema.columnar.kernels import mask_of
from etl_polyglot.schema.normal_forms import normal_forms
from etl_polyglot.schema.output import from_text
from etl_polyglot.schema.record import Column

_WHITE_SPACE = r"[\t-\r\x{85}\pZ]+"

_NORMAL_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{0,5}[1-9])?Z$"
_NORMAL_TIMES = {
    "date-time": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T" + _NORMAL_TIME,
    "time": "^" + _NORMAL_TIME,
}


def normal_text(array: Array, column: Column | None) -> Array:
    """Return texts in their normal form; few need it, so their bytes say first which may.

    Parameters:
        array: the texts; nulls stay null.
        column: the schema's column, where they are of one.
    """
    forms = frozenset[str]() if column is None else normal_forms(column.node)
    if "none" in forms:
        return array
    doubtful = doubtful_rows(array, beyond_ascii if "nfkc" in forms else beyond_nfc)
    for form in forms & OUT_OF_FORM.keys():
        doubtful = union(doubtful, rows_with(array, OUT_OF_FORM[form]))
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
    wide = rows_with(array, may_be_wide_space)
    # Without an expression, which takes several times as long.
    array = pc.binary_join(pc.ascii_split_whitespace(array), " ")
    return _rewrite(array, wide, lambda text: pc.replace_substring_regex(text, _WHITE_SPACE, " "))


def _lower_domains(array: Array) -> Array:
    lower = pc.not_equal(array, pc.ascii_lower(array))
    capitals = some(mask_of(pc.fill_null(lower, False)))
    return _rewrite(array, union(capitals, rows_with(array, beyond_ascii)), _lower_domain)


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
