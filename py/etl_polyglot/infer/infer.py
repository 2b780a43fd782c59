"""From a file to a schema that accepts it."""

from dataclasses import dataclass
from typing import Any

from etl_polyglot.engine.file import SourceFile
from etl_polyglot.infer.draft import draft_object
from etl_polyglot.infer.header import looks_like_data
from etl_polyglot.infer.keys import find_keys, told_keys
from etl_polyglot.infer.observed import Observed
from etl_polyglot.infer.proof import prove
from etl_polyglot.infer.reading import observe_file
from etl_polyglot.infer.request import InferRequest

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Inferred:
    """A schema, and what its user should know.

    Attributes:
        document: the schema.
        records: how many records it rests on.
        notes: what its user should look at, a sentence each.
    """

    document: dict[str, Any]
    records: int
    notes: tuple[str, ...]


def infer_schema(request: InferRequest) -> Inferred:
    """Draft a record schema from the whole of a file, in bounded memory, and prove it.

    Each guess has a `$comment` that says on what it rests. The schema compiles, and a job
    rejects no record of the file by it, except those that cannot be read at all.

    Parameters:
        request: the file, and how it is read.

    Returns:
        The schema.

    Raises:
        JobError: the file cannot be read (`SOURCE_MISSING`, `EMPTY_SOURCE`, `INPUT_CORRUPT`,
            `SOURCE_CHANGED`), or its columns cannot be those of a schema (`COLUMNS_MISMATCH`).
    """
    with SourceFile(request.path, str(request.path)) as file:
        observed = observe_file(request, file)
    document = _document(request, observed)
    taken = prove(document, request, observed.unreadable)
    return Inferred(document, observed.records, tuple(_notes(observed, taken)))


def _document(request: InferRequest, observed: Observed) -> dict[str, Any]:
    drafted = draft_object(observed.root)
    if observed.left_out:
        drafted.pop("additionalProperties", None)
    keys = find_keys(observed, drafted)
    about = [
        f"Drafted by etl schema infer from {request.path.name}: {observed.records:,} records. "
        "Each $comment says on what a guess rests; edit what the next file may break",
        drafted.pop("$comment", None),
        told_keys(keys, observed.records),
    ]
    document = {
        "$schema": _DIALECT,
        "$comment": ". ".join(one for one in about if one is not None) + ".",
        "title": _title(request.name),
        **drafted,
    }
    if keys.chosen is not None:
        document["x-primary-key"] = [keys.chosen]
    return document


def _title(name: str) -> str:
    words = name.replace("_", " ").replace("-", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]


def _notes(observed: Observed, taken: list[str]) -> list[str]:
    notes = []
    if observed.unreadable:
        notes.append(
            f"{observed.unreadable:,} records cannot be read, and no schema accepts them: "
            "etl validate says which, and why"
        )
    if looks_like_data(observed):
        notes.append(
            "the first line is taken for the header, but its names would fit the columns below "
            "as values: put a line of names before it if it is a record"
        )
    if observed.left_out:
        notes.append(f"left out, for bytes have no form in JSON: {', '.join(observed.left_out)}")
    if taken:
        notes.append(f"taken out, as the file does not keep it: {'; '.join(taken[:10])}")
    return notes
