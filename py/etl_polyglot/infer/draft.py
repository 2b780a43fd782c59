"""What was observed → the document of a schema."""

from typing import Any

import pyarrow.types as pat

from etl_polyglot.infer.comments import are, kinds
from etl_polyglot.infer.draft_numbers import (
    are_amounts,
    draft_declared_decimals,
    draft_integers,
    draft_money,
    draft_numbers,
    is_named_as_money,
    is_wide_integer,
    large_integer_text,
)
from etl_polyglot.infer.draft_texts import draft_texts
from etl_polyglot.infer.draft_written import draft_written
from etl_polyglot.infer.place import Place


def draft_object(place: Place) -> dict[str, Any]:
    """Draft the schema of objects: their members in the order in which they came."""
    if not place.members:
        what = "too many names or levels to list" if place.is_open else "no members"
        comment = are(place.objects, f"an object with {what}", f"objects with {what}")
        return {"type": "object", "$comment": comment}
    always = [name for name, one in place.members.items() if _is_always_there(one, place.objects)]
    schema: dict[str, Any] = {"type": "object"}
    if always:
        schema["required"] = always
    if place.is_open:
        schema["$comment"] = "objects with more names than are listed: others may come"
    schema["properties"] = {name: draft(name, one) for name, one in place.members.items()}
    if not place.is_open:
        schema["additionalProperties"] = False
    return schema


def draft(name: str, place: Place) -> dict[str, Any]:
    """Draft the schema of a member, or of the items of a list."""
    if place.written is not None:
        return draft_written(name, place, draft)
    schema = _draft_declared(place) or _draft_kinds(name, place)
    return _admitting_null(schema, place) if place.nulls else schema


def _is_always_there(place: Place, objects: int) -> bool:
    count = place.texts.count if place.written is not None else place.values + place.nulls
    return count == objects


def _draft_kinds(name: str, place: Place) -> dict[str, Any]:
    found = kinds(place)
    if not found:
        return {"type": ["string", "null"], "$comment": "no value to judge by; a guess"}
    if len(found) > 1:
        told = ", ".join(f"{count:,} {kind}s" for kind, count in found.items())
        comment = f"mixed: {told}; write one type where the others are mistakes"
        return {"type": [*found], "$comment": comment}
    (kind,) = found
    if kind == "boolean":
        return {"type": "boolean", "$comment": are(place.booleans, "a boolean", "booleans")}
    if kind == "string":
        return draft_texts(name, place.texts)
    if kind == "array":
        return _draft_array(name, place)
    if kind == "object":
        return draft_object(place)
    facts = place.numbers
    if kind == "integer":
        return draft_integers(facts, place.declared)
    is_typed = place.declared is not None
    if not is_typed and is_named_as_money(name) and facts.fractions and are_amounts(facts):
        return draft_money(facts)
    return draft_numbers(facts)


def _draft_array(name: str, place: Place) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "array"}
    if place.item is None:
        told = are(place.arrays, "an array", "arrays")
        return schema | {"$comment": f"{told}, whose items are not known"}
    return schema | {"items": draft(name, place.item)}


def _draft_declared(place: Place) -> dict[str, Any] | None:
    """Draft the schema of a column whose type says it."""
    found: Any = place.declared
    if found is None:
        return None
    comment = f"the column is {found}"
    for is_type, chosen in (
        (pat.is_timestamp, "date-time"),
        (pat.is_date, "date"),
        (pat.is_time, "time"),
    ):
        if is_type(found):
            return {"type": "string", "format": chosen, "$comment": comment}
    if pat.is_decimal(found):
        return draft_declared_decimals(place.numbers, found)
    if is_wide_integer(found) and not place.numbers.are_safe:
        because = f"{comment}; some are beyond ±(2^53-1), where JSON's numbers end"
        return large_integer_text(str(found), because)
    if pat.is_struct(found) and not place.members:
        return {"type": "object", "$comment": comment}
    if place.others:
        return {"$comment": f"{comment}, whose values are JSON text here"}
    if not place.values:
        return _draft_empty(found, comment)
    return None


def _draft_empty(found: Any, comment: str) -> dict[str, Any]:
    comment += "; no value to judge by"
    if pat.is_boolean(found):
        return {"type": "boolean", "$comment": comment}
    if pat.is_integer(found):
        return {"type": "integer", "$comment": comment}
    if pat.is_floating(found):
        return {"type": "number", "$comment": comment}
    if pat.is_null(found) or pat.is_string(found) or pat.is_large_string(found):
        return {"type": ["string", "null"], "$comment": comment}
    return {"$comment": comment}


def _admitting_null(schema: dict[str, Any], place: Place) -> dict[str, Any]:
    found = schema.get("type")
    if found is None or "null" in found:
        return schema
    schema["type"] = [*([found] if isinstance(found, str) else found), "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    if "$comment" in schema:
        be = "is" if place.nulls == 1 else "are"
        schema["$comment"] += f"; besides, {place.nulls:,} {be} null"
    return schema
