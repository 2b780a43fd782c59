"""Makes instances at the boundaries of a schema: probably valid, then changed in one place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from hypothesis import strategies as st

from etl_polyglot.schema.regex.portable import read
from etl_polyglot.schema.regex.tree import Anchor, Chars, Choice, Repeat, Term
from etl_polyglot.schema.text import matches

from .mutations import mutated
from .names import FORMATS, NUMBERS, TEXTS, names
from .schemas import BOUND_NAMES, Schema
from .values import values

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")


@st.composite
def instances(draw: st.DrawFn, document: Schema) -> Any:
    """Make one instance: fitting, one change away from that, or anything."""
    way = draw(st.integers(0, 9))
    if way == 9:
        return draw(values)
    value = draw(_fitting([document], document, 5))
    return value if way < 4 else draw(mutated(value))


@st.composite
def _fitting(draw: st.DrawFn, wanted: Sequence[Schema], root: Schema, depth: int) -> Any:
    """Make a value for several schemas at once; `not` and counts of `contains` are left to luck."""
    parts = [one for schema in wanted for one in _applying(draw, schema, root, 6)]
    for part in parts:
        if "const" in part:
            return part["const"]
        if "enum" in part:
            return draw(st.sampled_from(part["enum"]))
    kinds = set(TYPES)
    for part in parts:
        if "type" in part:
            listed = part["type"] if isinstance(part["type"], list) else [part["type"]]
            kinds &= {*listed, *(["integer"] if "number" in listed else [])}
    if not kinds or depth == 0:
        return draw(values)
    match draw(st.sampled_from(_likely(sorted(kinds), parts))):
        case "object":
            return draw(_object(parts, root, depth))
        case "array":
            return draw(_array(parts, root, depth))
        case "string":
            return draw(_text(parts))
        case "boolean":
            return draw(st.booleans())
        case "null":
            return None
        case kind:
            return draw(_number(parts, kind))


def _applying(
    draw: st.DrawFn, schema: Schema, root: Schema, depth: int
) -> Iterator[dict[str, Any]]:
    """Yield the schemas that judge the same value; of alternatives one is drawn."""
    if not isinstance(schema, dict) or depth == 0:
        return
    yield schema
    follow = list(schema.get("allOf", ()))
    if "$ref" in schema:
        follow.append(target(root, schema["$ref"]))
    for word in ("anyOf", "oneOf"):
        if word in schema:
            follow.append(draw(st.sampled_from(schema[word])))
    if "if" in schema:
        if draw(st.booleans()):
            follow += [schema["if"], schema.get("then", {})]
        else:
            follow.append(schema.get("else", {}))
    for one in follow:
        yield from _applying(draw, one, root, depth - 1)


def target(root: Schema, reference: str) -> Schema:
    """Return what a `$ref` to a place or an anchor of the document leads to."""
    if reference.startswith("#at"):
        definitions = root["$defs"].values()
        return next(one for one in definitions if one.get("$anchor") == reference[1:])
    found = root
    for token in reference.split("/")[1:]:
        found = found[unquote(token).replace("~1", "/").replace("~0", "~")]
    return found


_HINTS = {
    "object": {"properties", "required", "patternProperties", "propertyNames", "minProperties"},
    "array": {"items", "prefixItems", "contains", "uniqueItems", "minItems", "maxItems"},
    "string": {"minLength", "maxLength", "pattern", "format"},
    "number": {*BOUND_NAMES, "multipleOf"},
}


def _likely(kinds: list[str], parts: list[dict[str, Any]]) -> list[str]:
    """Return the types that some keyword looks at, or else all."""
    words = {word for part in parts for word in part}
    hinted = [kind for kind in kinds if words & _HINTS.get(kind, set())]
    return hinted or kinds


@st.composite
def _number(draw: st.DrawFn, parts: list[dict[str, Any]], kind: str) -> Any:
    bounds = [part[name] for part in parts for name in BOUND_NAMES if name in part]
    steps = [part["multipleOf"] for part in parts if "multipleOf" in part]
    near = [one for bound in bounds for one in neighbours(bound)]
    near += [step * times for step in steps for times in (0, 1, 3, -7, 1000)]
    number = draw(st.sampled_from(near or NUMBERS) | st.sampled_from(NUMBERS))
    if kind == "integer" and math.isfinite(number) and abs(number) < 2**53:
        return draw(st.sampled_from((int(number), float(int(number)))))
    return number if math.isfinite(number) else 0


def neighbours(bound: float) -> list[float]:
    """Return a bound, what is next to it as a double, and one beside it."""
    double = float(bound)
    return [bound, math.nextafter(double, math.inf), math.nextafter(double, -math.inf), double + 1]


@st.composite
def _text(draw: st.DrawFn, parts: list[dict[str, Any]]) -> str:
    for part in parts:
        if "pattern" in part:
            return "".join(_matching(draw, read(part["pattern"]).tree))
        if "format" in part:
            return str(draw(st.sampled_from(FORMATS[part["format"]])))
    lengths = [part[name] for part in parts for name in ("minLength", "maxLength") if name in part]
    if lengths:
        return draw(st.sampled_from(("a", "😀", "é"))) * int(draw(st.sampled_from(lengths)))
    return draw(st.sampled_from(TEXTS))


def _matching(draw: st.DrawFn, term: Term) -> Iterator[str]:
    match term:
        case Choice(branches=branches):
            for one in draw(st.sampled_from(branches)).terms:
                yield from _matching(draw, one)
        case Repeat(term=inner, least=least, most=most):
            times = draw(st.sampled_from((least, least + 1 if most is None else most)))
            for _ in range(min(times, 4)):
                yield from _matching(draw, inner)
        case Chars(ranges=ranges):
            low, high = draw(st.sampled_from(ranges[:40]))
            code = draw(st.sampled_from((low, high)))
            yield "?" if 0xD800 <= code < 0xE000 else chr(code)
        case Anchor():
            return


@st.composite
def _array(draw: st.DrawFn, parts: list[dict[str, Any]], root: Schema, depth: int) -> list[Any]:
    counts = [part[name] for part in parts for name in ("minItems", "maxItems") if name in part]
    counts += [len(part["prefixItems"]) for part in parts if "prefixItems" in part]
    items: list[Any] = []
    for position in range(draw(st.sampled_from(counts) if counts else st.integers(0, 3))):
        judges = []
        for part in parts:
            prefix = part.get("prefixItems", ())
            judges.append(prefix[position] if position < len(prefix) else part.get("items", {}))
            if position == 0 or draw(st.booleans()):
                judges.append(part.get("contains", {}))
        items.append(draw(_fitting(judges, root, depth - 1)))
    return items


@st.composite
def _object(
    draw: st.DrawFn, parts: list[dict[str, Any]], root: Schema, depth: int
) -> dict[str, Any]:
    wanted = {name: True for part in parts for name in part.get("required", ())}
    for part in parts:
        for name in part.get("properties", ()):
            if name not in wanted and draw(st.integers(0, 3)):
                wanted[name] = True
    least = max((part.get("minProperties", 0) for part in parts), default=0)
    closed = any(part.get("additionalProperties") is False for part in parts)
    if len(wanted) < least or (not closed and draw(st.integers(0, 3)) == 3):
        wanted[draw(names)] = True
    for part in parts:
        for trigger, others in part.get("dependentRequired", {}).items():
            if trigger in wanted:
                wanted |= dict.fromkeys(others, True)
        for trigger, one in part.get("dependentSchemas", {}).items():
            if trigger in wanted and isinstance(one, dict):
                wanted |= dict.fromkeys(one.get("required", ()), True)
    return {name: draw(_fitting(list(_members(parts, name)), root, depth - 1)) for name in wanted}


def _members(parts: list[dict[str, Any]], name: str) -> Iterator[Schema]:
    for part in parts:
        patterns = part.get("patternProperties", {}).items()
        judges = [one for pattern, one in patterns if matches(name, pattern)]
        if name in part.get("properties", {}):
            judges.append(part["properties"][name])
        yield from judges or [part.get("additionalProperties", {})]
