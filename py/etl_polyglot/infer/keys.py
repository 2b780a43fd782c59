"""Which members could identify a record."""

from dataclasses import dataclass

from etl_polyglot.infer.draft_texts import is_named_as_id
from etl_polyglot.infer.observed import Observed


@dataclass(frozen=True, slots=True)
class Keys:
    """The members whose values never come twice, and are always there.

    Attributes:
        chosen: the first that looks like an identifier.
        others: the rest.
    """

    chosen: str | None
    others: tuple[str, ...]


def find_keys(observed: Observed, required: list[str]) -> Keys:
    """Find the members that could identify a record.

    Parameters:
        observed: what was observed of the file.
        required: the members that are always there.
    """
    unique = [name for name in required if _is_unique(observed, name)]
    chosen = next((name for name in unique if _is_identifier(observed, name)), None)
    return Keys(chosen, tuple(name for name in unique if name != chosen))


def _is_unique(observed: Observed, name: str) -> bool:
    place = observed.root.members[name]
    if place.nulls or observed.records < 2 or place.unique is None:
        return False
    # Fractions that differ are measurements.
    written, count = place.written, place.texts.count
    if written is not None and written.whole < written.fits["number"] == count:
        return False
    return place.unique.holds()


def _is_identifier(observed: Observed, name: str) -> bool:
    return is_named_as_id(name) or "uuid" in observed.root.members[name].texts.formats


def told_keys(keys: Keys, records: int) -> str | None:
    """Say of the members that never repeat; None when there is none."""
    told = []
    if keys.chosen is not None:
        told.append(f"x-primary-key: no {keys.chosen} comes twice in {records:,} records")
    if keys.others:
        named = ", ".join(keys.others[:10]) + (" …" if len(keys.others) > 10 else "")
        told.append(f"{'also n' if told else 'N'}ever twice the same: {named}")
    return "; ".join(told) or None
