"""Kernels for the keywords of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.schema.arrow import Array, parents_of, pc
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER
from etl_polyglot.schema.columnar.judged import (
    FITS,
    Judged,
    Mask,
    Suspects,
    both,
    filled,
    fitting,
    of_masks,
    some,
)
from etl_polyglot.schema.columnar.kernels import outside
from etl_polyglot.schema.ir import Node

_SHORT = 16
"""Up to so many items of a list, comparing each with each costs less than sorting them."""

Judge = Callable[[Node, Array, Any], Judged]
"""Judges an array of items, whose nulls stand for null."""


def list_judged(node: Node, array: Array, place: Any, judge: Judge) -> Judged:
    """Judge lists by the keywords of arrays; `place` says how their items are read."""
    keywords = node.keywords
    found = FITS
    if "minItems" in keywords or "maxItems" in keywords:
        least, most = keywords.get("minItems", 0), keywords.get("maxItems")
        found = both(found, Judged(outside(pc.list_value_length(array), least, most)))
    if node.items is None and not node.prefix and node.contains is None:
        return both(found, _unique_judged(array)) if keywords.get("uniqueItems") else found
    items = array.flatten()
    if node.prefix:
        found = both(found, _prefix_judged(node, array, items, parents_of(array), place, judge))
    elif node.items is not None:
        inner = judge(node.items, items, place)
        # Which list an item is of costs more than most judging, and good lists need not be told.
        if inner.suspects is not None:
            found = both(found, _lists_of(inner, parents_of(array), len(array)))
    if node.contains is not None:
        inner = judge(node.contains, items, place)
        found = both(found, _contained_judged(node, inner, parents_of(array), len(array)))
    return both(found, _unique_judged(array)) if keywords.get("uniqueItems") else found


def _lists_of(items: Judged, parents: Any, count: int) -> Judged:
    """Return what its items make of each list."""
    if items.suspects is None:
        return FITS
    return both(
        Judged(_marked(items.wrong, parents, count)),
        Judged(None, _marked(items.unsure, parents, count)),
    )


def _marked(items: Suspects, parents: Any, count: int) -> Suspects:
    if items is None:
        return None
    found = np.zeros(count, dtype=np.bool_)
    found[parents[items]] = True
    return some(found)


def _prefix_judged(
    node: Node, array: Array, items: Array, parents: Any, place: Any, judge: Judge
) -> Judged:
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    starts = np.cumsum(lengths) - lengths
    positions = np.arange(len(items)) - starts[parents]
    found = FITS
    for place_in_list, one in enumerate((*node.prefix, node.items)):
        if one is None:
            continue
        behind = place_in_list == len(node.prefix)
        chosen = positions >= place_in_list if behind else positions == place_in_list
        inner = judge(one, items.filter(pa.array(chosen)), place)
        found = both(found, _lists_of(inner, parents[chosen], len(array)))
    return found


def _contained_judged(node: Node, items: Judged, parents: Any, count: int) -> Judged:
    surely, perhaps = fitting([items], len(parents))
    least, most = node.keywords.get("minContains", 1), node.keywords.get("maxContains")
    fewest = np.bincount(parents[surely > 0], minlength=count)
    largest = fewest + np.bincount(parents[perhaps > 0], minlength=count)
    wrong = largest < least
    doubt = fewest < least
    if most is not None:
        wrong |= fewest > most
        doubt |= largest > most
    return of_masks(wrong, doubt & ~wrong)


def _unique_judged(array: Array) -> Judged:
    """Judge by `uniqueItems`; items that are nested go to rows.

    Items get codes. In short lists each is compared with each, of long ones (list, code) pairs
    are sorted.
    """
    count = len(array)
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    several: Mask = lengths > 1
    if not several.any():
        return FITS
    items = array.flatten()
    if pa.types.is_dictionary(items.type):
        items = items.dictionary_decode()
    if pa.types.is_nested(items.type):
        return Judged(None, several)
    if pa.types.is_integer(items.type):
        beyond = outside(items, -MAX_SAFE_INTEGER, MAX_SAFE_INTEGER)
        if beyond is not None:  # equal as doubles, perhaps
            return Judged(None, several)
    if pa.types.is_floating(items.type):
        items = pc.add(items, 0.0)  # -0.0 is 0
    if pa.types.is_null(items.type):
        codes, width = np.zeros(len(items), dtype=np.int32), 1
    else:
        encoded = items.dictionary_encode(null_encoding="encode")
        codes, width = encoded.indices.to_numpy(), len(encoded.dictionary)
    if lengths.max() <= _SHORT:
        return Judged(some(_repeats_short(codes, lengths)))
    parents = parents_of(array)
    pairs = parents.astype(np.int64) * width + codes
    pairs = np.sort(pairs[several[parents]])
    found = filled(None, count)
    found[pairs[1:][pairs[1:] == pairs[:-1]] // width] = True
    return Judged(some(found))


def _repeats_short(codes: Any, lengths: Any) -> Mask:
    """Return which lists have a code twice, by a look at every distance between two items."""
    starts = np.cumsum(lengths) - lengths
    begins = np.zeros(len(codes) + 1, dtype=np.bool_)
    begins[starts] = True
    found = np.zeros(len(lengths), dtype=np.bool_)
    apart = np.zeros(len(codes), dtype=np.bool_)
    for distance in range(1, int(lengths.max())):
        apart = apart[:-1] | begins[distance : len(codes)]
        repeated = np.flatnonzero((codes[distance:] == codes[:-distance]) & ~apart)
        found[np.searchsorted(starts, repeated, side="right") - 1] = True
    return found
