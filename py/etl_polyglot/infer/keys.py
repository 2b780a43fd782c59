"""Which members could identify a record."""

from dataclasses import dataclass
from typing import Any

from etl_polyglot.infer.draft_texts import is_named_as_id
from etl_polyglot.infer.observed import Observed
from etl_polyglot.infer.place import Place
from etl_polyglot.infer.written import Written

_SPELT_IN_MANY_WAYS = ("date-time", "time")
"""Formats of texts that differ and may be one value: 08:00Z is 10:00+02:00."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The members whose values never come twice, and are always there.

    Attributes:
        chosen: the first that looks like an identifier.
        others: the rest.
    """

    chosen: str | None
    others: tuple[str, ...]


def find_keys(observed: Observed, drafted: dict[str, Any]) -> Keys:
    """Find the members that could identify a record.

    Parameters:
        observed: what was observed of the file.
        drafted: the schema of its records.
    """
    unique = [
        name
        for name in drafted.get("required", [])
        if observed.records > 1
        and _is_unique(observed.root.members[name], drafted["properties"][name])
    ]
    chosen = next((name for name in unique if _is_identifier(observed, name)), None)
    return Keys(chosen, tuple(name for name in unique if name != chosen))


def _is_unique(place: Place, drafted: dict[str, Any]) -> bool:
    if place.nulls or place.unique is None or drafted.get("format") in _SPELT_IN_MANY_WAYS:
        return False
    written, count = place.written, place.texts.count
    if written is not None:
        # Fractions that differ are measurements.
        if written.whole < written.fits["number"] == count:
            return False
        if not _differ_as_their_texts(written, drafted.get("type")):
            return False
    return place.unique.holds()


def _differ_as_their_texts(written: Written, drafted_type: Any) -> bool:
    # As integers +1 is 1, as booleans True is true, as JSON [ 1] is [1].
    return drafted_type == "string" or (drafted_type == "integer" and written.exact_int64)


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
