"""pandas Series → columns, by their dtypes; nothing is inferred from the values."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from etl_polyglot.frames.column import FrameColumn, arrow_column, object_column
from etl_polyglot.frames.objects import exact_array
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.columnar.judged import Mask


def pandas_column(name: str, series: pd.Series[Any]) -> FrameColumn:
    """Return a Series as a column.

    In NumPy's own dtypes NaN and NaT mark missing values, as in columns of Python objects. In
    nullable and Arrow-backed ones only NA does; NaN is a value there.
    """
    if isinstance(series.dtype, pd.SparseDtype):
        series = pd.Series(np.asarray(series))
    array = _array(series)
    if array is not None:
        return arrow_column(name, array)
    objects = series.astype(object).to_numpy()
    missing = _missing(objects)
    array = exact_array(objects, missing)
    if array is not None:
        return arrow_column(name, array)
    return object_column(name, objects, missing)


def _missing(objects: Any) -> Mask:
    try:
        return np.asarray(pd.isna(objects), dtype=np.bool_)
    except InvalidOperation:  # a signaling NaN: it is there, and refuses to be compared
        signals = [isinstance(one, Decimal) and one.is_snan() for one in objects]
        return np.asarray(pd.isna(np.where(signals, 0, objects)), dtype=np.bool_)


def _array(series: pd.Series[Any]) -> Array | None:
    """Return the values of a typed Series; None where its dtype says nothing of them."""
    dtype = series.dtype
    try:
        if isinstance(dtype, pd.CategoricalDtype):
            return _categories(series)
        if isinstance(dtype, np.dtype):
            if dtype.kind not in "biufM":
                return None
            return pa.array(series.to_numpy(), from_pandas=True)
        if isinstance(dtype, pd.ArrowDtype | pd.StringDtype | pd.DatetimeTZDtype) or (
            dtype.kind in "biuf"
        ):
            array: Any = pa.array(series.array)
            return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    except (pa.ArrowException, UnicodeEncodeError):  # long doubles, halves of characters
        return None
    return None


def _categories(series: pd.Series[Any]) -> Array | None:
    values = series.cat.categories.to_series()
    array = _array(values)
    if array is None:
        objects = values.astype(object).to_numpy()
        array = exact_array(objects, np.zeros(len(objects), dtype=np.bool_))
    if array is None:
        return None
    codes = series.cat.codes.to_numpy()
    indices: Any = pa.array(codes, mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, array)
