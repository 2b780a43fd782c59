"""Makes schemas of the profile, weighted towards keywords that stand together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from etl_polyglot.schema.canonical import canonical_json
from etl_polyglot.schema.problem import pointer_token

from .names import BOUNDS, FORMATS, NAME_PATTERNS, STEPS, names, patterns
from .values import values

Schema = Any
SCALARS = ("string", "integer", "number", "boolean")
KINDS = (*SCALARS, "array", "object")
DEFINITIONS = ("node", "a/b ~", "leaf")


@dataclass(frozen=True)
class Scope:
    """Where in a document a schema stands.

    `here` are references that do not come back to the same value without end, `within` those
    that a schema of a member or an item may have besides. Where it `is_columnar`, values have
    one type each, so that kernels can judge them.
    """

    depth: int
    here: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    is_columnar: bool = False

    def inside(self) -> Scope:
        """Go to a member or an item."""
        return replace(self, depth=self.depth - 1, here=self.within)

    def beside(self) -> Scope:
        """Go to a schema that judges the same value."""
        return replace(self, depth=self.depth - 1)


@st.composite
def documents(draw: st.DrawFn, is_record: bool) -> Schema:
    """Make a whole document: a record schema, or a schema of any value."""
    if draw(st.booleans()):
        root = Scope(3, is_columnar=True)
        return draw(_object(root, True)) if is_record else draw(schemas(root))
    used = DEFINITIONS[: draw(st.sampled_from((0, 0, 1, 2, 3)))]
    has_anchors = bool(used) and draw(st.booleans())
    links = tuple(_link(name, position, has_anchors) for position, name in enumerate(used))
    within = (*links, "#")
    root = Scope(3, links, within)
    schema = draw(_object(root, True)) if is_record else draw(schemas(root))
    if used and isinstance(schema, dict):
        schema["$defs"] = {
            name: draw(schemas(Scope(2, links[position + 1 :], within)).map(as_object))
            for position, name in enumerate(used)
        }
        for position, definition in enumerate(schema["$defs"].values()):
            if has_anchors:
                definition["$anchor"] = f"at{position}"
    return schema


def as_object(schema: Schema) -> dict[str, Any]:
    """Return a schema that can have an anchor."""
    return dict(schema) if isinstance(schema, dict) else {"allOf": [schema]}


def _link(name: str, position: int, has_anchors: bool) -> str:
    return f"#at{position}" if has_anchors else f"#/$defs/{quote(pointer_token(name))}"


@st.composite
def schemas(draw: st.DrawFn, scope: Scope) -> Schema:
    """Make a schema; deep ones are plain."""
    if scope.depth <= 0:
        return draw(_leaf(scope))
    if scope.is_columnar:
        return draw(_columnar(scope))
    choice = draw(st.integers(0, 15))
    if choice == 0:
        return draw(st.booleans())
    if choice == 1:
        return {}
    if choice <= 8:
        return draw(_typed(scope, draw(st.sampled_from(KINDS))))
    if choice <= 11:
        return draw(_object(scope, False))
    if choice == 12:
        return draw(_mixed(scope))
    return draw(_combined(scope))


@st.composite
def _columnar(draw: st.DrawFn, scope: Scope) -> Schema:
    """One type, a closed object, or several schemas that judge values of one type."""
    choice = draw(st.integers(0, 9))
    kind = draw(st.sampled_from(KINDS))
    if choice <= 4:
        return draw(_typed(scope, kind))
    if choice <= 6:
        return draw(_object(scope, False))
    schema = draw(_typed(scope.beside(), kind))
    beside = _typed(scope.beside(), kind)
    word = draw(st.sampled_from(("allOf", "anyOf", "oneOf", "not", "if")))
    if word == "if":
        return {**schema, "if": draw(beside), "then": draw(beside), "else": draw(beside)}
    return {
        **schema,
        word: draw(beside if word == "not" else st.lists(beside, min_size=1, max_size=3)),
    }


@st.composite
def _leaf(draw: st.DrawFn, scope: Scope) -> Schema:
    if scope.here and draw(st.integers(0, 3)) == 3:
        return {"$ref": draw(st.sampled_from(scope.here))}
    return draw(_typed(scope, draw(st.sampled_from(SCALARS))))


@st.composite
def _typed(draw: st.DrawFn, scope: Scope, kind: str) -> Schema:
    """One type, or it and null, or no type: then the keywords pass other types."""
    ways: tuple[Any, ...] = (kind, kind, kind, [kind, "null"])
    written = draw(st.sampled_from(ways if scope.is_columnar else (*ways, None)))
    schema: dict[str, Any] = {} if written is None else {"type": written}
    schema |= draw(_keywords(scope, kind))
    return draw(_with_literals(schema))


@st.composite
def _mixed(draw: st.DrawFn, scope: Scope) -> Schema:
    """A union of types with the keywords of each."""
    kinds = draw(st.lists(st.sampled_from((*KINDS, "null")), min_size=2, max_size=3, unique=True))
    schema: dict[str, Any] = {"type": kinds}
    for kind in kinds:
        schema |= draw(_keywords(scope.beside(), kind))
    if "integer" in kinds:
        schema = {name: value for name, value in schema.items() if name not in BOUND_NAMES}
    return schema


BOUND_NAMES = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


@st.composite
def _combined(draw: st.DrawFn, scope: Scope) -> Schema:
    """Schemas that judge the same value, and keywords beside them."""
    schema: dict[str, Any] = {}
    if draw(st.booleans()):
        schema = draw(_typed(scope.beside(), draw(st.sampled_from(KINDS))))
    inner = schemas(scope.beside())
    several = st.lists(inner, min_size=1, max_size=3)
    words = st.sampled_from(("allOf", "anyOf", "oneOf", "not", "if", "$ref"))
    for word in draw(st.lists(words, min_size=1, max_size=2, unique=True)):
        if word == "$ref":
            if scope.here:
                schema["$ref"] = draw(st.sampled_from(scope.here))
        elif word == "not":
            schema["not"] = draw(inner)
        elif word == "if":
            schema["if"] = draw(inner)
            for branch in draw(st.sampled_from((("then",), ("else",), ("then", "else")))):
                schema[branch] = draw(inner)
        else:
            schema[word] = draw(several)
    return schema


@st.composite
def _object(draw: st.DrawFn, scope: Scope, is_root: bool) -> Schema:
    """An object as records have it: declared members, some required, open or closed."""
    schema: dict[str, Any] = {"type": "object"}
    schema |= draw(_keywords(scope, "object"))
    inner = schemas(scope.inside())
    declared = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    schema["properties"] = {name: draw(inner) for name in declared}
    if draw(st.booleans()) or scope.is_columnar:
        schema["additionalProperties"] = False
    closed = schema.get("additionalProperties") is False
    wanted = st.sampled_from(declared) if closed else names
    required = draw(st.lists(wanted, max_size=2, unique=True))
    schema.pop("required", None)
    if required:
        schema["required"] = required
    if is_root and draw(st.integers(0, 3)) == 3:
        beside = schemas(scope.beside())
        word = draw(st.sampled_from(("allOf", "anyOf", "oneOf", "not", "if")))
        if word in ("not", "if"):
            schema[word] = draw(beside)
            if word == "if":
                schema["then"] = draw(beside)
        else:
            schema[word] = draw(st.lists(beside, min_size=1, max_size=2))
    return schema


@st.composite
def _with_literals(draw: st.DrawFn, schema: dict[str, Any]) -> Schema:
    match draw(st.integers(0, 9)):
        case 8:
            several = st.lists(values, min_size=1, max_size=4, unique_by=canonical_json)
            schema["enum"] = draw(several)
        case 9:
            schema["const"] = draw(values)
    return schema


@st.composite
def _keywords(draw: st.DrawFn, scope: Scope, kind: str) -> dict[str, Any]:
    options = {
        "string": _text_keywords,
        "integer": _number_keywords,
        "number": _number_keywords,
        "array": _array_keywords,
        "object": _object_keywords,
    }
    if kind not in options:
        return {}
    known = options[kind](scope)
    chosen = draw(st.lists(st.sampled_from(sorted(known)), max_size=3, unique=True))
    return {word: draw(known[word]) for word in chosen}


Keywords = dict[str, st.SearchStrategy[Any]]


def _text_keywords(scope: Scope) -> Keywords:
    count = st.integers(0, 4)
    return {
        "minLength": count,
        "maxLength": count,
        "pattern": patterns(),
        "format": st.sampled_from(sorted(FORMATS)),
    }


def _number_keywords(scope: Scope) -> Keywords:
    return {
        **dict.fromkeys(BOUND_NAMES, st.sampled_from(BOUNDS[:-4])),
        "multipleOf": st.sampled_from(STEPS),
    }


def _array_keywords(scope: Scope) -> Keywords:
    inner, count = schemas(scope.inside()), st.integers(0, 3)
    return {
        "items": inner,
        "prefixItems": st.lists(inner, min_size=1, max_size=2),
        "contains": inner,
        **dict.fromkeys(("minContains", "maxContains", "minItems", "maxItems"), count),
        "uniqueItems": st.booleans(),
    }


def _object_keywords(scope: Scope) -> Keywords:
    inner, count = schemas(scope.inside()), st.integers(0, 3)
    several = st.lists(names, max_size=2, unique=True)
    return {
        "properties": st.dictionaries(names, inner, max_size=3),
        "required": st.lists(names, min_size=1, max_size=2, unique=True),
        "patternProperties": st.dictionaries(st.sampled_from(NAME_PATTERNS), inner, max_size=2),
        "additionalProperties": inner.filter(lambda one: one is not False),
        "propertyNames": _name_schemas(),
        "minProperties": count,
        "maxProperties": count,
        "dependentRequired": st.dictionaries(names, several, max_size=2),
        "dependentSchemas": st.dictionaries(names, schemas(scope.beside()), max_size=2),
    }


def _name_schemas() -> st.SearchStrategy[Schema]:
    return st.one_of(
        st.booleans(),
        st.builds(lambda count: {"maxLength": count}, st.integers(0, 3)),
        st.builds(lambda text: {"pattern": text}, st.sampled_from(NAME_PATTERNS)),
        st.builds(lambda listed: {"enum": listed}, _listed(names)),
        st.builds(lambda name: {"not": {"const": name}}, names),
    )


def _listed(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[Sequence[str]]:
    return st.lists(strategy, min_size=1, max_size=3, unique=True)
