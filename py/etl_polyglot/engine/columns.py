"""Matching the columns of a source with those of a schema."""

import difflib
from collections import Counter
from collections.abc import Sequence

from etl_polyglot.engine.errors import JobError
from etl_polyglot.schema.record import RecordSchema


def check_columns(names: Sequence[str], schema: RecordSchema | None, path: str) -> None:
    """Refuse a source whose columns are not those of the schema.

    An optional column may be missing. An open schema lets other columns stand in the source;
    they are not read.

    Parameters:
        names: the columns of the source.
        schema: the schema, or None to check for repeated names only.
        path: the source, for the message.

    Raises:
        JobError: `COLUMNS_MISMATCH`: a name twice, a required column missing, or an unknown
            one under a closed schema, with the name that was probably meant.
    """
    problems = [f"column {name!r} stands there {n} times" for name, n in _repeated(names)]
    if schema is not None:
        known = [column.name for column in schema.columns]
        unknown = [name for name in dict.fromkeys(names) if name not in known]
        missing = [c.name for c in schema.columns if c.required and c.name not in names]
        problems += [
            f"required column {name!r} is missing" + _meant(name, unknown, "is it {!r}?")
            for name in missing
        ]
        if schema.closed:
            free = [name for name in known if name not in names]
            problems += [
                f"column {name!r} is not in schema {schema.name!r}"
                + _meant(name, free or known, "did you mean {!r}?")
                for name in unknown
            ]
    if problems:
        reason = "; ".join(problems) + f". The source has {', '.join(map(repr, names))}"
        raise JobError("COLUMNS_MISMATCH", {"path": path, "reason": reason})


def _repeated(names: Sequence[str]) -> list[tuple[str, int]]:
    return [(name, n) for name, n in Counter(names).items() if n > 1]


def _meant(name: str, candidates: Sequence[str], question: str) -> str:
    folded = {candidate.strip().casefold(): candidate for candidate in candidates}
    close = difflib.get_close_matches(name.strip().casefold(), folded, n=1)
    return ": " + question.format(folded[close[0]]) if close else ""
