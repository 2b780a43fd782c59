"""The words of the comments on guesses."""

from collections.abc import Mapping

from etl_polyglot.infer.place import Place


def values(count: int) -> str:
    """Say how many: `all 3 values`, `both values`, `the one value`."""
    return {1: "the one value", 2: "both values"}.get(count, f"all {count:,} values")


def are(count: int, one: str, several: str) -> str:
    """Say that so many values are something, of which there are words for one and for several."""
    return f"{values(count)} is {one}" if count == 1 else f"{values(count)} are {several}"


def kinds(place: Place) -> Mapping[str, int]:
    """How many values of each JSON type a place has."""
    whole = place.numbers.are_integers and place.numbers.are_safe
    found = {
        "boolean": place.booleans,
        "integer" if whole else "number": place.numbers.count,
        "string": place.texts.count,
        "array": place.arrays,
        "object": place.objects,
    }
    return {kind: count for kind, count in found.items() if count}


def shown_text(text: str) -> str:
    """Quote a text of the file, cut short."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
