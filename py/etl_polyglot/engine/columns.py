"""Matching the columns of a source with those of a schema."""

import difflib
from collections import Counter
from collections.abc import Callable, Sequence

from etl_polyglot.engine.errors import JobError
from etl_polyglot.schema.record import RecordSchema

_TOLD = 5
"""Columns that are told of each problem; a source of another kind has it in all of them."""

_TOLD_NAMES = 50
_COMPARED = 500
_NAME_LENGTH = 100


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
    counts = Counter(names)
    repeated = [name for name, n in counts.items() if n > 1]
    problems = _problems(
        repeated, lambda name: f"column {_shown(name)} stands there {counts[name]} times"
    )
    if schema is not None:
        known = {column.name: column.required for column in schema.columns}
        unknown = [name for name in counts if name not in known]
        missing = [name for name, required in known.items() if required and name not in counts]
        problems += _problems(
            missing,
            lambda name: (
                f"required column {_shown(name)} is missing" + _meant(name, unknown, "is it {}?")
            ),
        )
        if schema.closed:
            free = [name for name in known if name not in counts] or list(known)
            problems += _problems(
                unknown,
                lambda name: (
                    f"column {_shown(name)} is not in schema {schema.name!r}"
                    + _meant(name, free, "did you mean {}?")
                ),
            )
    if problems:
        told = ", ".join(map(_shown, names[:_TOLD_NAMES])) + _rest(names, _TOLD_NAMES)
        reason = "; ".join(problems) + f". The source has {told}"
        raise JobError("COLUMNS_MISMATCH", {"path": path, "reason": reason})


def _problems(names: Sequence[str], tell: Callable[[str], str]) -> list[str]:
    told = [tell(name) for name in names[:_TOLD]]
    return [*told[:-1], told[-1] + _rest(names, _TOLD)] if told else []


def _rest(names: Sequence[str], told: int) -> str:
    return f" … and {len(names) - told} more" if len(names) > told else ""


def _shown(name: str) -> str:
    return repr(name if len(name) <= _NAME_LENGTH else name[:_NAME_LENGTH] + "…")


def _meant(name: str, candidates: Sequence[str], question: str) -> str:
    folded = {one.strip().casefold(): one for one in candidates[:_COMPARED]}
    close = difflib.get_close_matches(name.strip().casefold(), folded, n=1)
    return ": " + question.format(_shown(folded[close[0]])) if close else ""
