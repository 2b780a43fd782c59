"""What was observed of a whole file."""

from dataclasses import dataclass

from etl_polyglot.infer.place import Place


@dataclass(slots=True)
class Observed:
    """What was observed of a whole file.

    Attributes:
        root: the place of its records.
        records: how many could be read.
        unreadable: how many could not; no schema accepts these.
        left_out: the columns whose values have no form in JSON.
    """

    root: Place
    records: int = 0
    unreadable: int = 0
    left_out: tuple[str, ...] = ()
