"""Arrow arrays → what is known of the places of the records."""

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.infer.place import Place
from etl_polyglot.schema.arrow import Array


def observe_array(place: Place, array: Array) -> None:
    """Take in a typed column, or the items or members within one.

    Parameters:
        place: what they belong to.
        array: the values, as they are without encodings; nulls count as null.
    """
    checkpoint()
    found = array.type
    place.declared = found
    place.nulls += array.null_count
    array = array.drop_null()
    if pat.is_boolean(found):
        place.booleans += len(array)
    elif pat.is_integer(found) or pat.is_floating(found) or pat.is_decimal(found):
        place.numbers.observe_array(array)
    elif pat.is_string(found) or pat.is_large_string(found) or pat.is_string_view(found):
        array = array.cast(pa.string())
        place.texts.observe(array)
    elif pat.is_list(found) or pat.is_large_list(found) or pat.is_fixed_size_list(found):
        place.arrays += len(array)
        item = place.items()
        if item is not None:
            observe_array(item, array.flatten())
    elif pat.is_struct(found):
        place.objects += len(array)
        for field, values in zip(found, array.flatten(), strict=True):
            member = place.member(field.name)
            if member is not None:
                observe_array(member, values.drop_null())
                member.declared = field.type
    else:
        place.others += len(array)
    if place.unique is not None:
        place.unique.observe(array)


def observe_text(place: Place, texts: Array) -> None:
    """Take in a column of the fields of a text file; null is an absent one."""
    checkpoint()
    assert place.written is not None
    texts = texts.drop_null()
    place.texts.observe(texts)
    values = place.written.observe(texts)
    if not place.written.holds_json:
        place.containers = None
    elif values:
        place.containers = place.containers or place.within()
        if place.containers is not None:
            place.containers.observe(values)
    if place.unique is not None:
        place.unique.observe(texts)
