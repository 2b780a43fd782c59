"""The steps that a request asks for, with their options."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from etl_polyglot.schema.profile import did_you_mean
from etl_polyglot.schema.record import Column

Keep = Literal["first", "last"]
Function = Literal["count", "count_distinct", "sum", "min", "max", "mean", "first", "last"]


class TransformationError(ValueError):
    """What was written is no transformation; the message says why."""


@dataclass(frozen=True, slots=True)
class Validation:
    """Judge the records here."""


@dataclass(frozen=True, slots=True)
class Normalization:
    """Give the values that mean the same one form."""


@dataclass(frozen=True, slots=True)
class Deduplication:
    """Keep one record of each key.

    Attributes:
        key: the columns that make records equal; None: the primary key of the schema, or the
            whole record where it has none.
        keep: which of equal records stays, by source order.
    """

    key: tuple[str, ...] | None = None
    keep: Keep = "first"


@dataclass(frozen=True, slots=True)
class AggregateColumn:
    """One column that an aggregation computes.

    Attributes:
        name: what it is called.
        function: how it is computed.
        column: of what; None, for `count` only: of the rows.
    """

    name: str
    function: Function
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Make one row of all rows that have the same values in some columns."""

    group_by: tuple[str, ...]
    aggregates: tuple[AggregateColumn, ...]

    def described_after(self, described: Mapping[str, Column]) -> dict[str, Column]:
        """The columns of a record schema whose values stand in the rows when it is done, by name.

        Parameters:
            described: those before.
        """
        kept = {name: name for name in self.group_by} | {
            one.name: one.column
            for one in self.aggregates
            if one.function in ("first", "last", "min", "max") and one.column is not None
        }
        return {name: described[column] for name, column in kept.items() if column in described}


Transformation = Validation | Normalization | Deduplication | Aggregation

_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "validate": (),
    "normalize": (),
    "deduplicate": ("key", "keep"),
    "aggregate": ("group_by", "aggregates"),
}


def parse_transformations(
    steps: Iterable[str | Mapping[str, Any]],
) -> tuple[Transformation, ...]:
    """Take steps as a request has them: names, or objects `{type, …}`.

    Raises:
        TransformationError: there is no such step, or an option is not of its kind.
    """
    return tuple(_parse(step) for step in steps)


def _parse(step: str | Mapping[str, Any]) -> Transformation:
    options = {"type": step} if isinstance(step, str) else dict(step)
    name = options.pop("type", None)
    if not isinstance(name, str) or name not in _MEMBERS:
        hint = did_you_mean(str(name), list(_MEMBERS), f"there are {', '.join(_MEMBERS)}")
        raise TransformationError(f"there is no transformation {name}; {hint}")
    _check_members(name, options, _MEMBERS[name])
    if name == "validate":
        return Validation()
    if name == "normalize":
        return Normalization()
    if name == "deduplicate":
        key = None if options.get("key") is None else _names(name, "key", options["key"])
        return Deduplication(key, _one_of(name, "keep", options.get("keep", "first"), Keep))
    aggregates = options.get("aggregates")
    if not isinstance(aggregates, list) or not aggregates:
        raise TransformationError(f"{name}: aggregates must be a list of at least one object")
    group_by = _names(name, "group_by", options.get("group_by"))
    return Aggregation(group_by, tuple(map(_aggregate_column, aggregates)))


def _aggregate_column(given: Any) -> AggregateColumn:
    where = "aggregate: aggregates"
    if not isinstance(given, Mapping):
        raise TransformationError(f"{where} must be objects with name, function and column")
    _check_members(where, given, ("name", "function", "column"))
    name, column = given.get("name"), given.get("column")
    if not isinstance(name, str) or not name:
        raise TransformationError(f"{where}: name must be a text")
    function: Function = _one_of(where, "function", given.get("function"), Function)
    if not isinstance(column, str) and not (column is None and function == "count"):
        raise TransformationError(f"{where}: {name} needs a column for {function}")
    return AggregateColumn(name, function, column)


def _check_members(where: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            rest = f"it takes {', '.join(known)}" if known else "it takes nothing besides its type"
            raise TransformationError(
                f"{where} has no {name}; {did_you_mean(name, list(known), rest)}"
            )


def _names(where: str, member: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not given or not all(isinstance(one, str) for one in given):
        raise TransformationError(f"{where}: {member} must be a list of at least one column")
    if len(set(given)) < len(given):
        raise TransformationError(f"{where}: {member} names a column twice")
    return tuple(given)


def _one_of(where: str, member: str, given: Any, known: Any) -> Any:
    if given not in get_args(known):
        raise TransformationError(f"{where}: {member} must be one of {', '.join(get_args(known))}")
    return given
