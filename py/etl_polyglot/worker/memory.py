"""Memory that Node has opened for this worker, mapped here."""

import ctypes
import mmap
import os
import sys

import pyarrow as pa

_MADV_POPULATE_WRITE = 23  # <asm-generic/mman-common.h>; an error before Linux 5.14


class WritableMemory:
    """Shared memory that this worker writes: address space only, until a range is allocated."""

    def __init__(self, fd: int, length: int) -> None:
        memory = mmap.mmap(fd, length, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        self.bytes = memoryview(memory)
        os.set_inheritable(fd, False)
        self._fd = fd
        self._address = pa.py_buffer(memory).address

    def allocate(self, offset: int, length: int) -> None:
        """Have the system really provide a range, faulted in, without holding the GIL.

        Raises:
            OSError: it has no memory left; writing to the range would end the process.
        """
        if sys.platform != "linux":  # there, pages that do not fit the memory are swapped out
            return
        os.posix_fallocate(self._fd, offset, length)
        ctypes.CDLL(None).madvise(
            ctypes.c_void_p(self._address + offset), ctypes.c_size_t(length), _MADV_POPULATE_WRITE
        )


def map_readable(fd: int, length: int) -> mmap.mmap:
    """Map memory that Node writes; nothing can be written to it here."""
    return mmap.mmap(fd, length, mmap.MAP_SHARED, mmap.PROT_READ)
