"""`x-normalize`: what the step `normalize` does to a text beside or in place of the usual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.keywords import declared_types, is_names
from etl_polyglot.schema.profile import did_you_mean

FORMS = ("none", "nfkc", "lowercase", "uppercase", "no-spaces", "digits")
"""The forms that a text may be given; `none` leaves it as it is."""

_FORMS = ", ".join(FORMS)
_OF_TIME = ("date-time", "date", "time")


def misfit(schema: Mapping[str, Any]) -> tuple[str, str] | None:
    """Say why a schema's `x-normalize` means nothing there: the reason, and what to write."""
    words = schema["x-normalize"]
    if not is_names(words) or not words:
        return "is not a list of different forms", f"write [forms], of {_FORMS}"
    for word in words:
        if word not in FORMS:
            return f"{word} is no form", did_you_mean(word, list(FORMS), f"use {_FORMS}")
    if "none" in words and len(words) > 1:
        return "none leaves a text as it is", 'write ["none"] alone, or leave none out'
    if {"lowercase", "uppercase"} <= set(words):
        return "no text is in lower and in upper case", "leave one of them out"
    if declared_types(schema) != {"string"}:
        return "only strings are given a form", 'write "type": "string"'
    if (name := schema.get("format")) in _OF_TIME:
        return f"a {name} has its one form already", "leave it out"
    return None


def normal_forms(node: Node) -> frozenset[str]:
    """Return the forms that a schema asks for; empty where it leaves the usual."""
    for one in node.conjuncts():
        if isinstance(one.document, Mapping) and "x-normalize" in one.document:
            return frozenset(one.document["x-normalize"])
    return frozenset()
