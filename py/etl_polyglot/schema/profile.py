"""The profile: every keyword that a schema may use, and what to write in place of the others.

A keyword means exactly what draft 2020-12 says in every back end, or it does not compile.
"""

from __future__ import annotations

import difflib

from etl_polyglot.schema.ir import TypeName

TYPES: tuple[TypeName, ...] = ("null", "boolean", "integer", "number", "string", "array", "object")

NUMERIC = frozenset({"integer", "number"})
ANY = frozenset(TYPES)

CONSTRAINTS: dict[str, frozenset[str]] = {
    "type": ANY,
    "enum": ANY,
    "const": ANY,
    "anyOf": ANY,
    "minimum": NUMERIC,
    "maximum": NUMERIC,
    "exclusiveMinimum": NUMERIC,
    "exclusiveMaximum": NUMERIC,
    "multipleOf": NUMERIC,
    "minLength": frozenset({"string"}),
    "maxLength": frozenset({"string"}),
    "pattern": frozenset({"string"}),
    "format": frozenset({"string"}),
    "items": frozenset({"array"}),
    "minItems": frozenset({"array"}),
    "maxItems": frozenset({"array"}),
    "uniqueItems": frozenset({"array"}),
    "properties": frozenset({"object"}),
    "required": frozenset({"object"}),
    "additionalProperties": frozenset({"object"}),
}
"""Keyword → the types whose values it judges."""

ANNOTATIONS = frozenset({"title", "description", "$comment", "examples", "deprecated"})
ROOT_ANNOTATIONS = frozenset({"$schema", "$id", "x-primary-key"})

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_UNROLL = "write the schema out in place"
REFUSED: dict[str, str] = {
    "$ref": _UNROLL,
    "$defs": _UNROLL,
    "$anchor": _UNROLL,
    "$dynamicRef": _UNROLL,
    "$dynamicAnchor": _UNROLL,
    "$vocabulary": "leave it out",
    "definitions": _UNROLL,
    "allOf": "merge its members into one schema",
    "oneOf": "write anyOf with variants that exclude each other",
    "not": "say what is allowed with enum, pattern or bounds",
    "if": "write anyOf with one variant per case",
    "then": "write anyOf with one variant per case",
    "else": "write anyOf with one variant per case",
    "prefixItems": "write an object with named members",
    "contains": "check it by a transformation",
    "minContains": "check it by a transformation",
    "maxContains": "check it by a transformation",
    "patternProperties": "name the members in properties or use additionalProperties",
    "propertyNames": "name the members in properties",
    "minProperties": "use required",
    "maxProperties": "use additionalProperties: false",
    "dependentRequired": "write anyOf with one variant per case",
    "dependentSchemas": "write anyOf with one variant per case",
    "dependencies": "write anyOf with one variant per case",
    "unevaluatedItems": "use items",
    "unevaluatedProperties": "use additionalProperties",
    "additionalItems": "use items",
    "contentEncoding": "use pattern",
    "contentMediaType": "leave it out",
    "contentSchema": "leave it out",
    "readOnly": "leave it out",
    "writeOnly": "leave it out",
    "default": "fill absent members by a transformation",
    "nullable": 'add "null" to type',
    "x-normalize": "use the step normalize, which knows the schema's formats",
    "x-arrow": "leave it out: integer is int64, number is float64",
}
"""Known keywords that do not compile yet → what to write instead."""


def suggestion(word: str, known: list[str]) -> str | None:
    """Return the known word that was probably meant, if one is near."""
    lowered = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.75)
    return lowered[near[0]] if near else None


def did_you_mean(word: str, known: list[str], otherwise: str) -> str:
    """Say which known word was probably meant, or else what to do."""
    meant = suggestion(word, known)
    return f"did you mean {meant}?" if meant else otherwise
