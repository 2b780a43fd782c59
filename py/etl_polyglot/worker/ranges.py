"""Which ranges of a memory are taken."""

from bisect import bisect_left


class Ranges:
    """First fit, lowest offset first; neighbours are joined when freed.

    It knows numbers only: to align lengths and to keep threads apart is the caller's.
    """

    def __init__(self, offset: int, length: int) -> None:
        self._taken: dict[int, int] = {}
        self._free: list[tuple[int, int]] = [(offset, length)]  # sorted, never adjacent

    def __len__(self) -> int:
        """How many ranges are taken."""
        return len(self._taken)

    def take(self, length: int) -> int | None:
        """Take a range; its offset, or None when no free one is as long."""
        for index, (offset, available) in enumerate(self._free):
            if available < length:
                continue
            if available == length:
                del self._free[index]
            else:
                self._free[index] = (offset + length, available - length)
            self._taken[offset] = length
            return offset
        return None

    def give(self, offset: int) -> None:
        """Give a range back.

        Raises:
            KeyError: no taken range starts there.
        """
        length = self._taken.pop(offset)
        index = bisect_left(self._free, (offset, 0))
        if index < len(self._free) and self._free[index][0] == offset + length:
            length += self._free.pop(index)[1]
        if index > 0 and sum(self._free[index - 1]) == offset:
            index -= 1
            offset, before = self._free.pop(index)
            length += before
        self._free.insert(index, (offset, length))
