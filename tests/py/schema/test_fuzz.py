"""Made-up schemas and instances get one verdict from every layer and from two oracles."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fuzz.case import Case, Judged
from tests.fuzz.compare import Comparison, DisagreementError
from tests.fuzz.layers import Layers
from tests.fuzz.oracles import FAULTS, Fault, Oracles
from tests.fuzz.run import search
from tests.fuzz.vector import write_vector

from .support import load_vector

SEED = 20_261_124
SCHEMAS = 300


@pytest.fixture(scope="module")
def layers() -> Iterator[Layers]:
    with Layers() as started:
        yield started


@pytest.mark.timeout(300)
def test_layers_and_oracles_agree_on_made_up_schemas(
    layers: Layers, capsys: pytest.CaptureFixture[str]
) -> None:
    comparison = Comparison(layers)
    found = search(comparison, SCHEMAS, SEED)
    tally = comparison.tally
    with capsys.disabled():
        print(f"\nfuzz, seed {SEED}: {tally}")
    assert found is None, str(found)
    assert tally.refused <= SCHEMAS / 10
    assert tally.instances >= 2000
    assert tally.by_vectors >= tally.instances / 3
    assert tally.instances / 5 <= tally.fitting <= tally.instances * 4 / 5


NULLABLE = {
    "type": "object",
    "properties": {"a": {"type": ["string", "null"]}},
    "additionalProperties": False,
}
FOUND = [
    {"uniqueItems": True},
    {"contains": {"required": ["a"]}},
    {"enum": [[{"a": None}], [{"a": None}, {}]]},
    {"not": {"items": {"not": {"required": ["a"]}}}},
    {"maxItems": 1},
]
"""Keywords that judge a list as a whole, where null and absent were once taken for the same."""


@pytest.mark.parametrize("beside", FOUND, ids=json.dumps)
def test_a_null_in_a_list_of_objects_is_no_absent_member(
    beside: dict[str, Any], layers: Layers
) -> None:
    schema = {
        "type": "object",
        "properties": {"l": {"type": "array", "items": NULLABLE, **beside}},
    }
    lists = ([{"a": None}], [{}], [{"a": None}, {}], [{"a": None}, {"a": None}], [{}, {}])
    Comparison(layers).check(Case(schema, tuple({"l": one} for one in lists), is_record=True))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: f"{one.oracle}: {one.what}")
def test_an_oracle_has_the_fault_that_the_table_says(fault: Fault, layers: Layers) -> None:
    case = Case(fault.schema, (fault.instance,), is_record=False)
    oracles = Oracles(layers.node)
    Comparison(layers).check(case)
    assert oracles.judge(fault.oracle, case) != [fault.right]
    assert oracles.judge(fault.oracle, case, (fault.mend,)) == [fault.right]


class Wrong(Layers):
    """Layers of which one judges texts of more than one character otherwise."""

    def __init__(self, right: Layers, name: str, what: str) -> None:
        self.node = right.node
        self.right = right
        self.name = name
        self.what = what

    def judge(self, case: Case) -> Judged:
        judged = self.right.judge(case)
        for at, instance in enumerate(case.instances):
            if isinstance(instance, str) and len(instance) > 1:
                if self.what == "verdicts":
                    judged.verdicts[self.name][at] = not judged.verdicts[self.name][at]
                else:
                    getattr(judged, self.what)[self.name][at] = ["{}"]
        return judged


def test_a_layer_that_judges_otherwise_is_found(layers: Layers) -> None:
    case = Case({"type": "string"}, ("a", "ab"), is_record=False)
    judged = layers.judge(case)
    for what in ("verdicts", "records", "row_records"):
        for name in getattr(judged, what):
            with pytest.raises(DisagreementError) as found:
                Comparison(Wrong(layers, name, what)).check(case)
            assert f"    {name}: " in str(found.value)


def test_what_is_found_is_made_small(layers: Layers) -> None:
    found = search(Comparison(Wrong(layers, "kernels", "verdicts")), 100, SEED)
    assert found is not None
    (instance,) = found.case.instances
    assert len(instance) <= 4
    assert len(json.dumps(found.case.schema)) <= 150


def test_all_layers_wrong_together_are_found_by_the_oracles(layers: Layers) -> None:
    class AllWrong(Wrong):
        def judge(self, case: Case) -> Judged:
            verdicts = self.right.judge(case).verdicts
            return Judged(verdicts={name: [True] for name in verdicts}, by_vectors=[True])

    case = Case({"type": "string"}, (1,), is_record=False)
    with pytest.raises(DisagreementError, match="ajv says False"):
        Comparison(AllWrong(layers, "", "")).check(case)


def test_a_found_case_becomes_a_vector_with_the_errors_of_each_row(tmp_path: Path) -> None:
    schema = {"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}
    path = tmp_path / "fuzz-1.json"
    write_vector(Case(schema, ("a", 1), is_record=False), "Found", path)
    vector = load_vector(path)
    assert vector.rows == [{"value": "a"}, {"value": 1}]
    assert [[error["path"] for error in errors] for errors in vector.errors] == [[], ["/value"]]
