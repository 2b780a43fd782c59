"""How a CSV source is written."""

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class CsvDialect:
    """How a CSV source is written.

    Attributes:
        delimiter: the one byte between fields.
        width: the number of fields of its header.
        max_record_bytes: longer records are broken.
    """

    delimiter: bytes
    width: int
    max_record_bytes: int

    @cached_property
    def sound_record(self) -> re.Pattern[bytes]:
        """Matches one whole record, line end and all, whose quotes are sound."""
        separator = re.escape(self.delimiter)
        one = rb'(?:"(?:[^"]++|"")*+"|[^"\n\r' + separator + rb"]*+)"
        return re.compile(one + rb"(?:" + separator + one + rb")*+(?:(\r?\n)|\Z)")

    @cached_property
    def plain_field_end(self) -> re.Pattern[bytes]:
        """Matches what ends an unquoted field, or is out of place in one."""
        return re.compile(rb'["\n' + re.escape(self.delimiter) + rb"]")

    def fields(self, record: bytes) -> list[bytes]:
        """The fields of one sound record without its line end, as they are without quotes."""
        separator = re.escape(self.delimiter)
        one = rb'(?:"((?:[^"]++|"")*+)"|([^"' + separator + rb"]*+))" + separator
        found = re.findall(one, record + self.delimiter)
        return [quoted.replace(b'""', b'"') or plain for quoted, plain in found]
