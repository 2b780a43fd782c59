"""A schema with its instances, and what everyone said of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Verdict = bool | str | None
"""Fits or not; a text is an exception; None where a judge is not sure, and need not be."""


def crash(error: Exception) -> str:
    """Return what a judge says that raised an exception."""
    return f"{type(error).__name__}: {error}"


@dataclass(frozen=True)
class Case:
    """`is_record`: the instances are rows of a record; else they may be any value.

    Then each lies in a row as its one member, `value`.
    """

    schema: Any
    instances: tuple[Any, ...]
    is_record: bool

    @property
    def rows(self) -> list[Any]:
        """The instances as rows."""
        if self.is_record:
            return list(self.instances)
        return [{"value": one} for one in self.instances]

    def __repr__(self) -> str:
        kind = "record" if self.is_record else "value"
        lines = [f"schema of a {kind}: {json.dumps(self.schema, ensure_ascii=False)}"]
        lines += [f"  {json.dumps(one, ensure_ascii=False)}" for one in self.instances]
        return "\n".join(lines)


@dataclass
class Judged:
    """What our layers say of a case: by layer, a verdict or the records for each instance.

    `records` are of the instances, `row_records` of the rows that they lie in. `refused` has the
    compiler's reasons; then nothing else is said. `by_vectors` tells for each instance whether
    kernels alone decided.
    """

    refused: list[str] = field(default_factory=list)
    verdicts: dict[str, list[Verdict]] = field(default_factory=dict)
    records: dict[str, list[list[str]]] = field(default_factory=dict)
    row_records: dict[str, list[list[str]]] = field(default_factory=dict)
    by_vectors: list[bool] = field(default_factory=list)
