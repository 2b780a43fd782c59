"""Judges a case by every layer of ours: Zod in Node, Pydantic, kernels over columns."""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from etl_polyglot.engine.convert.values import fit_rows
from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.columnar.judge import judge, struct_of
from etl_polyglot.schema.columnar.place import Place
from etl_polyglot.schema.compile import JavaScript, write_modules
from etl_polyglot.schema.conformance import natural_array
from etl_polyglot.schema.errors import ErrorRecord, record_json
from etl_polyglot.schema.explain import explain
from etl_polyglot.schema.ir import Record
from etl_polyglot.schema.layout import layout
from etl_polyglot.schema.load import Source, schema_digest
from etl_polyglot.schema.parse import parse_record, parse_value
from etl_polyglot.schema.problem import SchemaError
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.registry import loaded
from etl_polyglot.schema.validator import SET_ASIDE, BatchValidator

from .case import Case, Judged, Verdict, crash
from .judge_process import ROOT, JudgeProcess


class Layers:
    """Our layers, one process for all cases; to be closed."""

    def __init__(self) -> None:
        self.node = JudgeProcess()
        self._folder = tempfile.TemporaryDirectory(prefix="etl-fuzz-")
        zod, checks = ROOT / "node_modules/zod/index.js", ROOT / "dist/schema/checks.js"
        self._javascript = JavaScript(zod.as_uri(), checks.as_uri())

    def __enter__(self) -> Layers:
        return self

    def __exit__(self, *_: object) -> None:
        self.node.close()
        self._folder.cleanup()

    def judge(self, case: Case) -> Judged:
        """Return what each layer says of the instances of a case."""
        try:
            record = self._record(case)
        except SchemaError as error:
            return Judged(refused=[problem.reason for problem in error.problems])
        cache = Path(self._folder.name)
        compiled = write_modules(record, Path("case.schema.json"), cache, self._javascript)
        try:
            schema = loaded(compiled)
            judged = Judged()
            self._by_python(schema, case, judged)
            self._by_node(schema, record, compiled.zod_module, case, judged)
        finally:
            for name in [one for one in sys.modules if record.digest in one]:
                del sys.modules[name]
        return judged

    def _record(self, case: Case) -> Record:
        digest = schema_digest({"schema": case.schema, "is_record": case.is_record})
        source = Source("case", Path("case.schema.json"), case.schema, digest)
        if case.is_record:
            return parse_record(source, FORMATS)
        return parse_value(case.schema, source, FORMATS)

    def _by_python(self, schema: RecordSchema, case: Case, judged: Judged) -> None:
        node = schema.root if case.is_record else schema.root.properties[0].node
        validator = BatchValidator(schema)
        accepts = schema.model.__pydantic_validator__.isinstance_python
        judged.verdicts["pydantic"] = [_tried(partial(accepts, row)) for row in case.rows]
        reasons = [explain(node, one, 0) for one in case.instances]
        judged.records["python"] = [list(map(record_json, one)) for one in reasons]
        judged.verdicts["explained in Python"] = [not one for one in reasons]
        self._by_columns("rows", judged, lambda: validator.validate_rows(case.rows, 0), case)
        batch = engine_batch(schema, case.rows)
        self._by_columns("columns of jobs", judged, lambda: validator.validate(batch, 0), case)
        if not case.is_record:
            kernels = [natural_verdict(schema, one) for one in case.instances]
            judged.verdicts["kernels, own types"] = kernels
        sure = kernel_verdicts(validator, batch)
        natural = judged.verdicts.get("kernels, own types", sure)
        judged.by_vectors = [
            one is not None or other is not None for one, other in zip(sure, natural, strict=True)
        ]

    def _by_node(
        self, schema: RecordSchema, record: Record, module: Path | None, case: Case, judged: Judged
    ) -> None:
        answer = self.node.ask(
            {
                "layers": {
                    "module": str(module),
                    "document": record.document if case.is_record else record.document["document"],
                    "layout": layout(record),
                    "isRecord": case.is_record,
                    "instances": list(map(json.dumps, case.instances)),
                }
            }
        )
        judged.verdicts["zod"] = answer["zod"]
        judged.verdicts["zod compiled"] = answer["zod_compiled"]
        judged.records["node"] = answer["records"]
        judged.verdicts["explained in Node"] = [one == [] for one in answer["records"]]
        batch = read_batch(base64.b64decode(answer["batch"]))
        validator = BatchValidator(schema)
        self._by_columns("columns of requests", judged, lambda: validator.validate(batch, 0), case)
        judged.verdicts["kernels"] = kernel_verdicts(validator, batch)
        turned = batch.take(pa.array(range(batch.num_rows))[::-1])
        judged.verdicts["kernels, rows turned"] = kernel_verdicts(validator, turned)[::-1]
        parts = [batch.slice(at, 1) for at in range(batch.num_rows)]
        judged.verdicts["kernels, row by row"] = [
            kernel_verdicts(validator, one)[0] for one in parts
        ]

    def _by_columns(
        self, name: str, judged: Judged, validate: Callable[[], Any], case: Case
    ) -> None:
        count = len(case.rows)
        try:
            verdict = validate()
        except Exception as error:  # noqa: BLE001 (that it crashes is what a layer says)
            judged.verdicts[name] = [crash(error)] * count
            return
        valid = [True] * count if verdict.valid is None else verdict.valid.tolist()
        judged.verdicts[name] = valid
        judged.row_records[name] = by_row(verdict.errors, count)


def by_row(errors: list[ErrorRecord], count: int) -> list[list[str]]:
    """Return the texts of the records of each row."""
    found: list[list[str]] = [[] for _ in range(count)]
    for one in errors:
        found[one["index"]].append(record_json(one))
    return found


def engine_batch(schema: RecordSchema, rows: list[Any]) -> pa.RecordBatch:
    """Lay rows out as jobs read them from JSON."""
    parsed = [orjson.loads(json.dumps(row)) for row in rows]
    closed, presence = schema.judges_others, schema.judges_presence
    fitted = fit_rows(schema.columns, closed, presence, parsed, exact=True)
    aside = {*fitted.wrong, *fitted.loose}
    texts = [json.dumps(row) if at in aside else None for at, row in enumerate(rows)]
    columns = schema.text_schema.append(pa.field(SET_ASIDE, pa.string()))
    return pa.RecordBatch.from_arrays(
        [*fitted.arrays, pa.array(texts, pa.string())], schema=columns
    )


def read_batch(stream: bytes) -> pa.RecordBatch:
    """Read what Node encoded."""
    with pa.ipc.open_stream(stream) as reader:
        return reader.read_next_batch()


def kernel_verdicts(validator: BatchValidator, batch: pa.RecordBatch) -> list[Verdict]:
    """Return what kernels alone say of each row; None where they are not sure."""
    try:
        found = validator.judge_columns(batch)
    except Exception as error:  # noqa: BLE001
        return [crash(error)] * batch.num_rows
    nowhere = np.zeros(batch.num_rows, dtype=np.bool_)
    wrong = nowhere if found.wrong is None else found.wrong
    unsure = nowhere if found.unsure is None else found.unsure
    return [None if unsure[at] else not wrong[at] for at in range(batch.num_rows)]


def natural_verdict(schema: RecordSchema, value: Any) -> Verdict:
    """Return what kernels say of one value in a column of its own type."""
    array = natural_array(value)
    if array is None:
        return None
    batch = pa.RecordBatch.from_arrays([array], ["value"])
    place = Place(fields={"value": Place(keeps_null=True)})
    found = judge(schema.root, struct_of(batch), place)
    return None if found.unsure is not None else found.wrong is None


def _tried(judge: Callable[[], bool]) -> Verdict:
    try:
        return judge()
    except Exception as error:  # noqa: BLE001
        return crash(error)
