"""The header of a CSV source: its names, its delimiter, and where the records begin."""

from typing import NamedTuple

from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.file import SourceFile
from etl_polyglot.engine.sources.csv_dialect import CsvDialect
from etl_polyglot.engine.sources.text import text_start

_DELIMITERS = ",;\t|"
_MAX_HEADER_BYTES = 1024 * 1024


class CsvHeader(NamedTuple):
    """What the header says.

    Attributes:
        names: the column names, as they stand there.
        delimiter: the character between fields.
        end: the byte offset after the header's line end.
        lines: the physical lines up to there.
    """

    names: list[str]
    delimiter: str
    end: int
    lines: int


def read_header(file: SourceFile, delimiter: str | None) -> CsvHeader:
    """Read the header of a CSV file; a byte order mark and blank lines before it are skipped.

    Parameters:
        file: the source.
        delimiter: the delimiter; None takes the one of `,` `;` tab `|` that gives most names.

    Raises:
        JobError: `INPUT_CORRUPT` when the first record is no header.
    """
    start = text_start(file, "CSV")
    end = min(start + _MAX_HEADER_BYTES, file.size)
    window = file.read(start, end)
    text = window.lstrip(b"\r\n")
    skipped = len(window) - len(text)
    found = [
        header
        for one in ([delimiter] if delimiter else _DELIMITERS)
        if (header := _parse(text, one, end == file.size)) is not None
    ]
    if not found:
        raise JobError(
            "INPUT_CORRUPT",
            {
                "path": file.name,
                "format": "CSV",
                "reason": "its first record is no header of names in UTF-8, separated by one "
                "delimiter and ended by a line feed",
            },
        )
    best = max(found, key=lambda header: len(header.names))
    lines = best.lines + window[:skipped].count(b"\n")
    return best._replace(end=start + skipped + best.end, lines=lines)


def _parse(text: bytes, delimiter: str, at_end: bool) -> CsvHeader | None:
    dialect = CsvDialect(delimiter.encode(), 1, len(text))
    match = dialect.sound_record.match(text)
    if match is None or not text or (match.group(1) is None and not at_end):
        return None
    try:
        line = text[: match.start(1) if match.group(1) else match.end()]
        names = [field.decode("utf-8") for field in dialect.fields(line)]
    except UnicodeDecodeError:
        return None
    return CsvHeader(names, delimiter, match.end(), text[: match.end()].count(b"\n"))
