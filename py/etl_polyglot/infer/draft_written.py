"""Fields of text → the schema of their column."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from etl_polyglot.infer.comments import are, shown_text, values
from etl_polyglot.infer.draft_numbers import (
    are_amounts,
    decimal_text,
    draft_integers,
    draft_money,
    draft_numbers,
    is_named_as_money,
    large_integer_text,
)
from etl_polyglot.infer.draft_texts import draft_texts
from etl_polyglot.infer.place import Place
from etl_polyglot.infer.written import Written
from etl_polyglot.schema.arrow_types import MAX_TEXT_PRECISION

_MOSTLY = 0.5
_OFTEN = 0.1
_MOST_DECIMALS_OF_MONEY = 2


def draft_written(
    name: str, place: Place, draft_container: Callable[[str, Place], dict[str, Any]]
) -> dict[str, Any]:
    """Draft the schema of a column of text fields.

    Parameters:
        name: the column.
        place: what was observed of it.
        draft_container: drafts a column whose fields are all arrays or objects of JSON.
    """
    written, count = place.written, place.texts.count
    assert written is not None, "only columns of text fields are drafted so"
    if count == 0:
        return {"type": ["string", "null"], "$comment": "every field is empty; a guess"}
    if place.containers is not None:
        return draft_container(name, place.containers)
    if written.fits["number"] == count:
        return _draft_numbers(name, place, written)
    if written.fits["boolean"] == count:
        return {"type": "boolean", "$comment": are(count, "a boolean", "booleans")}
    return draft_texts(name, place.texts, _why_mixed(written, count))


def _why_mixed(written: Written, count: int) -> str:
    numbers = written.fits["number"]
    if written.misfit is not None and numbers > count * _MOSTLY:
        return (
            f"mixed: {numbers:,} of {count:,} values are numbers, "
            f"{shown_text(written.misfit)} is none; if that stands for no value, "
            "give it with --null-values, and to jobs as null_values"
        )
    if written.lists > count * _OFTEN:
        return (
            f"{written.lists:,} of {count:,} values hold |, which separates the items "
            "of an array: write one, if they are"
        )
    return ""


def _draft_numbers(name: str, place: Place, written: Written) -> dict[str, Any]:
    facts, texts = written.numbers, place.texts
    if written.leading_zeros:
        because = f"digits, {written.leading_zeros:,} with leading zeros that a number would lose"
        return draft_texts(name, texts, because)
    if written.callable == texts.count:
        return draft_texts(name, texts, "digits after a +, as telephone numbers have them")
    if written.whole == texts.count:
        if facts.are_safe and written.fits["integer"] == texts.count:
            return _draft_integers(place, written)
        because = f"{values(texts.count)} are integers, some beyond ±(2^53-1)"
        if written.exact_int64:
            return large_integer_text("int64", because)
        return draft_texts(name, texts, because)
    if written.imprecise:
        return _draft_imprecise(name, place, written)
    if _is_money(name, written):
        return draft_money(facts)
    return draft_numbers(facts)


def _draft_integers(place: Place, written: Written) -> dict[str, Any]:
    facts = written.numbers
    facts = replace(facts, least=_whole(facts.least), greatest=_whole(facts.greatest))
    schema = draft_integers(facts)
    if written.fits["boolean"] == place.texts.count:
        schema["$comment"] += "; write boolean where 1 is yes and 0 is no"
    return schema


def _whole(number: Any) -> int | None:
    return None if number is None else int(number)


def _is_money(name: str, written: Written) -> bool:
    if written.decimals is None or not are_amounts(written.numbers):
        return False
    fewest, most = written.decimals
    if most > _MOST_DECIMALS_OF_MONEY:
        return False
    return fewest == most == _MOST_DECIMALS_OF_MONEY or is_named_as_money(name)


def _draft_imprecise(name: str, place: Place, written: Written) -> dict[str, Any]:
    because = f"{written.imprecise:,} of {place.texts.count:,} numbers have more digits than a "
    because += "double holds"
    if written.decimals is None or written.digits > MAX_TEXT_PRECISION:
        return draft_texts(name, place.texts, because)
    return decimal_text(MAX_TEXT_PRECISION, written.decimals[1], because)
