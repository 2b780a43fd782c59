"""What is asked of an inference."""

import re
from dataclasses import dataclass
from pathlib import Path

from etl_polyglot.engine.errors import JobError
from etl_polyglot.schema.load import NAME


@dataclass(frozen=True, slots=True)
class InferRequest:
    """A file from which a schema is to be drafted.

    Attributes:
        path: the file.
        name: the name of the schema.
        source_type: the format, as jobs name it.
        delimiter: of CSV; None to detect it.
        null_values: of CSV: unquoted fields that mean an absent value.
        folder: where the proof may write; the caller removes it.

    Raises:
        JobError: `INVALID_REQUEST` when the name or the delimiter cannot be one.
    """

    path: Path
    name: str
    source_type: str
    delimiter: str | None
    null_values: tuple[str, ...]
    folder: Path

    def __post_init__(self) -> None:
        """Refuse what cannot be carried out."""
        reason = None
        if not re.fullmatch(NAME, self.name):
            reason = f"{self.name!r} is no name of a schema: letters, digits, dots, dashes and _"
        if self.delimiter is not None and not re.fullmatch(r"[\t -!#-~]", self.delimiter):
            reason = f"{self.delimiter!r} is no delimiter, which is one character of ASCII"
        if reason is not None:
            raise JobError("INVALID_REQUEST", {"reason": reason})
