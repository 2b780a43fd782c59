"""A file that is hashed while it is written, and flushed to the disk or removed."""

import hashlib
from contextlib import suppress
from pathlib import Path

from etl_polyglot.engine.flush import flush_to_disk


class HashedFile:
    """A file for pyarrow to write to, through `pa.PythonFile`.

    Parameters:
        path: the file; one that is there, or a link, is never written over.

    Raises:
        FileExistsError: something stands there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("xb", buffering=1024 * 1024)
        self._hash = hashlib.sha256()
        self._removed = False
        self.size = 0
        self.closed = False

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes | memoryview) -> int:
        # A writer of pyarrow writes its footer even when it is only let go.
        if not self._removed:
            self._file.write(data)
            self._hash.update(data)
        self.size += len(data)
        return len(data)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        """Nothing to do before `sync`."""

    def close(self) -> None:
        """Called by pyarrow after the footer; `sync` closes in truth."""
        self.closed = True

    def sync(self) -> None:
        flush_to_disk(self._file)
        self._file.close()

    def remove(self) -> None:
        if self._removed:
            return
        self._removed = True
        self._path.unlink(missing_ok=True)
        # What is still buffered does not fit on a full disk, and is not wanted any more.
        with suppress(OSError):
            self._file.close()
