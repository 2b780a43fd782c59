"""Two validators that others wrote, and the table of the faults that they are known to have.

A fault is a line with a mend: where an oracle disagrees, and agrees once the mend is in place,
the disagreement is that fault's and is counted. Any other disagreement is a finding.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import jsonschema_rs

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER, normal_json
from etl_polyglot.schema.formats import has_format
from etl_polyglot.schema.profile import KEYWORDS
from etl_polyglot.schema.regex.portable import portable

from .case import Case, Verdict, crash
from .judge_process import JudgeProcess

Oracle = Literal["ajv", "jsonschema-rs"]


@dataclass(frozen=True)
class Fault:
    """A known fault of an oracle, and a schema and an instance that show it.

    `right` is the verdict of the specification; the oracle gives the other one.
    """

    oracle: Oracle
    mend: str
    what: str
    schema: Any
    instance: Any
    right: bool


FAULTS = (
    Fault("ajv", "decimals", "divides doubles", {"multipleOf": 0.01}, 0.07, True),
    Fault(
        *("ajv", "equality", "calls what an object has as toString or valueOf to compare it"),
        *({"const": {"toString": 1}}, {"toString": 1}, True),
    ),
    Fault(
        *("ajv", "own names", "takes what every JavaScript object inherits for a member"),
        *({"properties": {"constructor": False}}, {}, True),
    ),
    Fault(
        *("ajv", "no name", "does not miss a required member whose name is empty"),
        *({"required": [""]}, {}, False),
    ),
    Fault(
        *("ajv", "prefixItems", "skips other keywords of arrays where an array is empty"),
        *({"prefixItems": [{"type": "string"}], "contains": True}, [], False),
    ),
    Fault(
        *("ajv", "evaluated", "writes code without a variable in which it counts items"),
        *({"dependentSchemas": {"a": {"allOf": [{"anyOf": [{"contains": False}]}], "not": {}}}},),
        *({}, True),
    ),
    Fault(
        *("ajv", "__proto__", "leaves a schema for a member of this name out"),
        *({"properties": {"__proto__": False}}, {"__proto__": 1}, False),
    ),
    Fault(
        *("ajv", "patterns", "knows letters of a newer Unicode than the profile"),
        *({"pattern": "^\\p{Lu}$"}, "\ua7cb", False),
    ),
    Fault(
        *("jsonschema-rs", "patterns", "lets . stand for \\r, U+2028 and U+2029"),
        *({"pattern": "^.$"}, "\u2028", False),
    ),
    Fault(
        *("jsonschema-rs", "patterns", "knows letters of a newer Unicode than the profile"),
        *({"pattern": "^\\p{Lu}$"}, "\ua7cb", False),
    ),
    Fault(
        *("jsonschema-rs", "formats", "takes a display name for a part of an address"),
        *({"format": "email"}, "Joe <a@b.co>", False),
    ),
)


class Oracles:
    """Judges cases by ajv and jsonschema-rs, as the profile has numbers."""

    def __init__(self, node: JudgeProcess) -> None:
        self._node = node

    def judge(self, oracle: Oracle, case: Case, mends: tuple[str, ...] = ()) -> list[Verdict]:
        """Return an oracle's verdict on each instance, with some of its faults mended."""
        schema = as_profile(case.schema)
        if oracle == "ajv":
            instances = list(map(json.dumps, case.instances))
            if "prefixItems" in mends:
                schema = mapped(schema, _with_prefix_apart)
            if "__proto__" in mends:
                schema = json.loads(_renamed(json.dumps(schema)))
                instances = list(map(_renamed, instances))
            request = {"schema": schema, "instances": instances, "formats": list(FORMATS)}
            answer: list[Verdict] = self._node.ask({"ajv": {**request, "mends": mends}})
            return answer
        return _by_jsonschema_rs(schema, case.instances, mends)


def _with_prefix_apart(schema: Any) -> Any:
    if not isinstance(schema, dict) or "prefixItems" not in schema:
        return schema
    apart = {name: schema[name] for name in ("prefixItems", "items") if name in schema}
    rest = {name: value for name, value in schema.items() if name not in apart}
    return {**rest, "allOf": [*rest.get("allOf", ()), apart]}


def _renamed(text: str) -> str:
    return text.replace("__proto__", "__prodo__")


def as_profile(schema: Any) -> Any:
    """Return a schema that says what the profile adds: numbers are doubles, integers are exact."""

    def bounded(one: Any) -> Any:
        kinds = one.get("type", ()) if isinstance(one, dict) else ()
        if "integer" not in ([kinds] if isinstance(kinds, str) else kinds) or "number" in kinds:
            return one
        bounds = {"minimum": -MAX_SAFE_INTEGER, "maximum": MAX_SAFE_INTEGER}
        return {**one, "allOf": [*one.get("allOf", ()), bounds]}

    return mapped(normal_json(schema), bounded)


def mapped(schema: Any, change: Callable[[Any], Any]) -> Any:
    """Return a document with every schema in it changed, the inner ones first."""
    if not isinstance(schema, dict):
        return change(schema)
    result = {}
    for name, value in schema.items():
        match KEYWORDS[name].holds:
            case "schema":
                value = mapped(value, change)
            case "schemas":
                value = [mapped(one, change) for one in value]
            case "named schemas":
                value = {key: mapped(one, change) for key, one in value.items()}
        result[name] = value
    return change(result)


def _by_jsonschema_rs(
    schema: Any, instances: tuple[Any, ...], mends: tuple[str, ...]
) -> list[Verdict]:
    formats: Mapping[str, Callable[[str], bool]] = {}
    if "patterns" in mends:
        schema = mapped(schema, _with_portable_patterns)
    if "formats" in mends:
        formats = {name: _format_check(name) for name in FORMATS}
    try:
        validator = jsonschema_rs.Draft202012Validator(
            schema, validate_formats=True, formats=dict(formats)
        )
    except ValueError as error:
        return [crash(error)] * len(instances)
    return [validator.is_valid(normal_json(one)) for one in instances]


def _format_check(name: str) -> Callable[[str], bool]:
    return lambda text: has_format(text, name)


def _with_portable_patterns(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    changed = dict(schema)
    if "pattern" in schema:
        changed["pattern"] = portable(schema["pattern"])
    if "patternProperties" in schema:
        named = schema["patternProperties"].items()
        changed["patternProperties"] = {portable(text): one for text, one in named}
    return changed
