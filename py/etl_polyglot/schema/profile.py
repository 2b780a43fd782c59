"""The profile: every keyword that a schema may use, and what to write in place of the others.

A keyword means exactly what draft 2020-12 says in every back end, or it does not compile.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Literal

from etl_polyglot.schema.ir import TypeName

TYPES: tuple[TypeName, ...] = ("null", "boolean", "integer", "number", "string", "array", "object")

NUMERIC = frozenset({"integer", "number"})
STRING = frozenset({"string"})
ARRAY = frozenset({"array"})
OBJECT = frozenset({"object"})
ANY = frozenset(TYPES)

Role = Literal["assertion", "applicator", "identifier", "annotation", "refused"]
Holds = Literal["", "schema", "schemas", "named schemas"]


@dataclass(frozen=True, slots=True)
class Keyword:
    """What the profile does with a keyword.

    `judges` are the types whose values it looks at, `holds` says whether its value is made of
    schemas, and `note` what is particular to it; of a refused keyword, what to write instead.
    """

    role: Role
    judges: frozenset[str] = ANY
    holds: Holds = ""
    note: str = ""


def _assertion(judges: frozenset[str], note: str = "") -> Keyword:
    return Keyword("assertion", judges, "", note)


def _applicator(judges: frozenset[str], holds: Holds, note: str = "") -> Keyword:
    return Keyword("applicator", judges, holds, note)


def _annotation(note: str = "") -> Keyword:
    return Keyword("annotation", frozenset(), "", note)


def _refused(instead: str) -> Keyword:
    return Keyword("refused", frozenset(), "", instead)


KEYWORDS: dict[str, Keyword] = {
    "type": _assertion(ANY, "1.0 is an integer; integers end at ±(2^53-1)"),
    "enum": _assertion(ANY, "JSON equality: 1 is 1.0, true is not 1, the order of keys is none"),
    "const": _assertion(ANY, "as enum with one value"),
    "minimum": _assertion(NUMERIC),
    "maximum": _assertion(NUMERIC),
    "exclusiveMinimum": _assertion(NUMERIC),
    "exclusiveMaximum": _assertion(NUMERIC),
    "multipleOf": _assertion(NUMERIC, "exact on decimals: 0.07 is a multiple of 0.01"),
    "minLength": _assertion(STRING, "counts code points"),
    "maxLength": _assertion(STRING, "counts code points"),
    "pattern": _assertion(STRING, "ECMA-262 with the flag u, searched for anywhere"),
    "format": _assertion(STRING, "asserted; the formats are listed below"),
    "items": _applicator(ARRAY, "schema"),
    "prefixItems": _applicator(ARRAY, "schemas"),
    "contains": _applicator(ARRAY, "schema"),
    "minContains": _assertion(ARRAY, "only beside contains"),
    "maxContains": _assertion(ARRAY, "only beside contains"),
    "minItems": _assertion(ARRAY),
    "maxItems": _assertion(ARRAY),
    "uniqueItems": _assertion(ARRAY, "by JSON equality"),
    "properties": _applicator(OBJECT, "named schemas", "any name works"),
    "required": _assertion(OBJECT),
    "additionalProperties": _applicator(OBJECT, "schema"),
    "patternProperties": _applicator(OBJECT, "named schemas"),
    "propertyNames": _applicator(OBJECT, "schema"),
    "minProperties": _assertion(OBJECT),
    "maxProperties": _assertion(OBJECT),
    "dependentRequired": _assertion(OBJECT),
    "dependentSchemas": _applicator(OBJECT, "named schemas"),
    "allOf": _applicator(ANY, "schemas"),
    "anyOf": _applicator(ANY, "schemas", "one error stands for all variants"),
    "oneOf": _applicator(ANY, "schemas", "exactly one; one error stands for all variants"),
    "not": _applicator(ANY, "schema"),
    "if": _applicator(ANY, "schema"),
    "then": _applicator(ANY, "schema", "only beside if"),
    "else": _applicator(ANY, "schema", "only beside if"),
    "$ref": Keyword("identifier", ANY, "", "within the document, recursive too; siblings apply"),
    "$defs": Keyword("identifier", frozenset(), "named schemas"),
    "$anchor": Keyword("identifier", frozenset()),
    "$id": Keyword("identifier", frozenset(), "", "only names; nothing is fetched"),
    "$schema": Keyword("identifier", frozenset(), "", "draft 2020-12 or absent"),
    "title": _annotation(),
    "description": _annotation("becomes the doc comment in code"),
    "$comment": _annotation(),
    "examples": _annotation(),
    "default": _annotation("never filled in by validation"),
    "deprecated": _annotation(),
    "readOnly": _annotation(),
    "writeOnly": _annotation(),
    "contentEncoding": _annotation("not looked into"),
    "contentMediaType": _annotation("not looked into"),
    "contentSchema": _annotation("not looked into"),
    "x-primary-key": _annotation("at the root: the names of the members that identify a record"),
    "x-arrow": _annotation("the type in columnar outputs: int8 to uint64, decimal128(p,s)"),
    "x-normalize": _annotation("what the step normalize makes of a string"),
    "$dynamicRef": _refused("write $ref"),
    "$dynamicAnchor": _refused("write $anchor"),
    "$recursiveRef": _refused("write $ref"),
    "$recursiveAnchor": _refused("write $anchor"),
    "$vocabulary": _refused("leave it out"),
    "unevaluatedItems": _refused("list the items in prefixItems and use items: false"),
    "unevaluatedProperties": _refused("list the members and use additionalProperties: false"),
    "definitions": _refused("write $defs"),
    "dependencies": _refused("write dependentRequired or dependentSchemas"),
    "additionalItems": _refused("write prefixItems for the first items and items for the others"),
    "nullable": _refused('add "null" to type'),
}
"""The profile, keyword by keyword; docs/schema-profile.md is made from it."""

REFUSED = {name: word.note for name, word in KEYWORDS.items() if word.role == "refused"}
KNOWN = [name for name, word in KEYWORDS.items() if word.role != "refused"]

SET_ASIDE = "$row"
"""The column with the JSON text of rows that do not fit the typed columns."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def suggestion(word: str, known: list[str]) -> str | None:
    """Return the known word that was probably meant, if one is near."""
    lowered = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.75)
    return lowered[near[0]] if near else None


def did_you_mean(word: str, known: list[str], otherwise: str) -> str:
    """Say which known word was probably meant, or else what to do."""
    meant = suggestion(word, known)
    return f"did you mean {meant}?" if meant else otherwise
