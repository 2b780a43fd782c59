"""Says why a row does not fit its schema: every place at fault, with its keyword.

Pydantic decides whether a row fits; it stops at a field's first failed constraint, so the full
list of errors of a refused row is read off the schema here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from etl_polyglot.schema.canonical import normal_number
from etl_polyglot.schema.errors import MISSING, ErrorRecord, Path, error_record, name_order
from etl_polyglot.schema.faults import Fault, in_order
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.text import matches
from etl_polyglot.schema.value_keywords import CHECKS, NUMERIC, VALUE_KEYWORDS
from etl_polyglot.schema.values import fits_type, json_type

__all__ = ["VALUE_KEYWORDS", "explain", "fits"]


def explain(root: Node, row: Any, index: int, limit: int | None = None) -> list[ErrorRecord]:
    """Return the error records of one row, sorted by path and keyword; none where it fits.

    They are found in their order, so that only the first `limit` are looked for.
    """
    found = _Explainer().faults([root], row, (), [])
    return [error_record(index, *fault) for fault in islice(found, limit)]


def fits(node: Node, value: Any) -> bool:
    """Whether a value has no fault."""
    return _Explainer().fits(node, value)


class _Explainer:
    """Finds the faults of one row."""

    def __init__(self) -> None:
        self._verdicts: dict[tuple[int, int], bool] = {}
        """What was found of objects and lists: schemas within themselves ask for it again."""

    def fits(self, node: Node, value: Any) -> bool:
        """Whether a value has no fault."""
        if not isinstance(value, list | dict):
            return next(self.faults([node], value, (), []), None) is None
        key = id(node), id(value)
        if key not in self._verdicts:
            self._verdicts[key] = next(self.faults([node], value, (), []), None) is None
        return self._verdicts[key]

    def faults(
        self, judges: Iterable[Node], value: Any, path: Path, told: list[Fault]
    ) -> Iterator[Fault]:
        """Yield the faults of a value in the order of their records.

        Those of a place come first, then those within it, member by member. A failed type hides
        what else its schema says. `told` are faults that are known already of the place.
        """
        applied: list[Node] = []
        for judge in judges:
            self._judge(judge, value, path, told, applied)
        yield from in_order(told)
        if isinstance(value, list):
            yield from self._item_faults(applied, value, path)
        elif isinstance(value, dict):
            yield from self._member_faults(applied, value, path)

    def _judge(
        self, node: Node, value: Any, path: Path, told: list[Fault], applied: list[Node]
    ) -> None:
        if node.never:
            told.append((path, "false", False, value))
            return
        if node.types and not fits_type(value, node.types):
            told.append((path, "type", node.document["type"], value))
            return
        kind = json_type(value)
        if kind == "number" and normal_number(value) is None and node.keywords.keys() & NUMERIC:
            told.append((path, "type", "number", value))  # NaN and the infinities are no JSON
            return
        applied.append(node)
        for keyword, check in CHECKS[kind].items():
            if keyword in node.keywords and not check(value, node.keywords[keyword]):
                told.append((path, keyword, node.keywords[keyword], value))
        if kind == "array" and node.contains is not None:
            told += self._count_faults(node, node.contains, value, path)
        told += self._combined_faults(node, value, path)
        for one in self._in_place(node, value):
            self._judge(one, value, path, told, applied)

    def _combined_faults(self, node: Node, value: Any, path: Path) -> Iterator[Fault]:
        if node.variants and not any(self.fits(one, value) for one in node.variants):
            yield path, "anyOf", node.document["anyOf"], value
        if node.one_of and sum(self.fits(one, value) for one in node.one_of) != 1:
            yield path, "oneOf", node.document["oneOf"], value
        if node.negated is not None and self.fits(node.negated, value):
            yield path, "not", node.negated.document, value

    def _in_place(self, node: Node, value: Any) -> Iterator[Node]:
        """Yield what a schema applies to the same value."""
        if node.reference is not None:
            yield node.reference.node
        yield from node.all_of
        if condition := node.condition:
            then = condition.then if self.fits(condition.test, value) else condition.otherwise
            if then is not None:
                yield then
        if isinstance(value, dict):
            yield from (one for trigger, one in node.dependents if trigger in value)

    def _count_faults(
        self, node: Node, contains: Node, items: list[Any], path: Path
    ) -> Iterator[Fault]:
        count = sum(self.fits(contains, item) for item in items)
        least, most = node.keywords.get("minContains", 1), node.keywords.get("maxContains")
        if count < least:
            stated = "minContains" in node.keywords
            expected = least if stated else contains.document
            yield path, "minContains" if stated else "contains", expected, items
        if most is not None and count > most:
            yield path, "maxContains", most, items

    def _item_faults(self, applied: list[Node], items: list[Any], path: Path) -> Iterator[Fault]:
        applied = [node for node in applied if node.items is not None or node.prefix]
        if not applied:
            return
        for position, item in enumerate(items):
            judges = [
                node.prefix[position] if position < len(node.prefix) else node.items
                for node in applied
            ]
            here = (*path, position)
            yield from self.faults(filter(None, judges), item, here, [])

    def _member_faults(
        self, applied: list[Node], value: dict[str, Any], path: Path
    ) -> Iterator[Fault]:
        missing = _missing(applied, value, path)
        for name in sorted((*value, *missing), key=name_order):
            if name in missing:
                yield from in_order(missing[name])
                continue
            here = (*path, name)
            told: list[Fault] = []
            judges: list[Node] = []
            for node in applied:
                if node.names is not None and not self.fits(node.names, name):
                    told.append((here, "propertyNames", node.names.document, name))
                own = _judges_of(node, name)
                judges += own
                if not own and node.extra is False:
                    told.append((here, "additionalProperties", False, value[name]))
                elif not own and isinstance(node.extra, Node):
                    judges.append(node.extra)
            yield from self.faults(judges, value[name], here, told)


@lru_cache(maxsize=1_000)
def _named(node: Node) -> dict[str, Node]:
    return {prop.name: prop.node for prop in node.properties}


def _judges_of(node: Node, name: str) -> list[Node]:
    named = _named(node)
    own = [named[name]] if name in named else []
    return own + [one for pattern, one in node.patterns if matches(name, pattern)]


def _missing(applied: list[Node], value: dict[str, Any], path: Path) -> dict[str, list[Fault]]:
    """Return the faults of members that must be there and are not, by their names."""
    missing: dict[str, list[Fault]] = {}
    for node in applied:
        for name in node.keywords.get("required", ()):
            if name not in value:
                missing.setdefault(name, []).append(((*path, name), "required", True, MISSING))
        for trigger, names in node.keywords.get("dependentRequired", {}).items():
            for name in names if trigger in value else ():
                if name not in value:
                    fault = (*path, name), "dependentRequired", trigger, MISSING
                    missing.setdefault(name, []).append(fault)
    return missing
