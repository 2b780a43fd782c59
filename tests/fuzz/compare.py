"""Finds where judges of a case part: our layers from each other, or from an oracle."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from .case import Case, Judged, Verdict
from .layers import Layers
from .oracles import FAULTS, Oracle, Oracles

REFUSALS = (
    "a record is an object",
    r"(?s).* is required but no property, so nothing fits",
    "leads back to itself on the same value, without end",
)
"""What the strategy does not keep clear of; the compiler says so, and rightly."""


class DisagreementError(AssertionError):
    """Judges part on a case; the message has the case and every verdict."""

    def __init__(self, case: Case, problems: list[str]) -> None:
        super().__init__("\n".join([repr(case), *problems]))
        self.case = case


@dataclass
class Tally:
    """How many of what a run has seen; a schema is judged with several instances."""

    schemas: int = 0
    refused: int = 0
    instances: int = 0
    fitting: int = 0
    by_vectors: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        lines = [
            f"{self.schemas} schemas, {self.refused} of them refused",
            f"{self.instances} instances, {_share(self.fitting, self.instances)} fit, "
            f"{_share(self.by_vectors, self.instances)} judged by kernels alone",
        ]
        known = sorted(self.faults.items())
        lines += [f"{count} times a known fault of {name}" for name, count in known]
        return "\n".join(lines)


class Comparison:
    """Judges cases by everyone and raises where they part."""

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        self.oracles = Oracles(layers.node)
        self.tally = Tally()

    def check(self, case: Case) -> None:
        """Judge a case; raises DisagreementError."""
        judged = self.layers.judge(case)
        self.tally.schemas += 1
        if judged.refused:
            self.tally.refused += 1
            if not all(any(re.fullmatch(one, why) for one in REFUSALS) for why in judged.refused):
                raise DisagreementError(case, [f"refused: {judged.refused}"])
            return
        self.tally.instances += len(case.instances)
        self.tally.fitting += judged.verdicts["zod"].count(True)
        self.tally.by_vectors += sum(judged.by_vectors)
        problems = [*_verdict_problems(case, judged), *_record_problems(case, judged)]
        if not problems:
            problems = list(self._oracle_problems(case, judged.verdicts["zod"]))
        if problems:
            raise DisagreementError(case, problems)

    def _oracle_problems(self, case: Case, ours: list[Verdict]) -> Iterator[str]:
        oracles: tuple[Oracle, ...] = ("ajv", "jsonschema-rs")
        for oracle in oracles:
            theirs = self.oracles.judge(oracle, case)
            if theirs == ours:
                continue
            fault = self._fault(oracle, case, ours)
            if fault is None:
                for one, said, our in zip(case.instances, theirs, ours, strict=True):
                    if said != our:
                        yield f"{_text(one)}: {oracle} says {said}, every layer {our}"
            else:
                self.tally.faults[f"{oracle}: {fault}"] += 1

    def _fault(self, oracle: Oracle, case: Case, ours: list[Verdict]) -> str | None:
        """Return which known faults explain that an oracle disagrees; None: none do."""
        known = list(dict.fromkeys(fault.mend for fault in FAULTS if fault.oracle == oracle))
        for count in range(1, len(known) + 1):
            for mends in combinations(known, count):
                if self.oracles.judge(oracle, case, mends) == ours:
                    return ", ".join(mends)
        return None


def _share(part: int, whole: int) -> str:
    return f"{part / max(whole, 1):.0%}"


def _verdict_problems(case: Case, judged: Judged) -> Iterator[str]:
    for at, instance in enumerate(case.instances):
        said = {name: verdicts[at] for name, verdicts in judged.verdicts.items()}
        if len({verdict for verdict in said.values() if verdict is not None}) > 1:
            lines = (f"    {name}: {verdict}" for name, verdict in said.items())
            yield "\n".join([f"{_text(instance)}: the layers part", *lines])


def _record_problems(case: Case, judged: Judged) -> Iterator[str]:
    for group in (judged.records, judged.row_records):
        for at, instance in enumerate(case.instances):
            said = {name: records[at] for name, records in group.items()}
            if len({_text(one) for one in said.values()}) > 1:
                lines = (f"    {name}: {_text(one)}" for name, one in said.items())
                yield "\n".join([f"{_text(instance)}: the error records part", *lines])


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
