"""Texts → the schema of their place."""

import re
from typing import Any

from etl_polyglot.infer.comments import are, values
from etl_polyglot.infer.texts import TextFacts

_ROWS_A_VARIANT = 10
_IDS = re.compile(r"(^|[^A-Za-z])(id|uuid|guid|key|code|sku|isbn|ean|nr|no|number)$", re.IGNORECASE)
_CAMEL_IDS = re.compile(r"[a-z](Id|ID|Key|Code|Uuid|UUID|No|Number)$")
_NUMERIC = re.compile(r"[+-]?[.,]?[0-9][0-9.,]*")


def is_named_as_id(name: str) -> bool:
    """Whether a name is one that identifiers have."""
    return bool(_IDS.search(name) or _CAMEL_IDS.search(name))


def draft_texts(name: str, facts: TextFacts, because: str = "") -> dict[str, Any]:
    """Draft the schema of texts: a format, the variants, or the length.

    Parameters:
        name: of the member.
        facts: what is known of its texts; there is one at least.
        because: why they are texts, where they look like something else.
    """
    if facts.formats and not because:
        chosen = facts.formats[0]
        comment = are(facts.count, *[f"of the format {chosen}"] * 2) + _distinct(facts)
        return {"type": "string", "format": chosen, "$comment": comment}
    variants = facts.variants or {}
    if not because and _is_enum(name, facts.count, variants):
        comment = (
            f"{values(facts.count)} are among these {len(variants)}; "
            "take enum out where others may come"
        )
        return {"type": "string", "enum": sorted(variants), "$comment": comment}
    longest = f"the longest of {facts.count:,} has {facts.longest:,} characters"
    told = [because] if because else []
    return {
        "type": "string",
        "maxLength": roomy(facts.longest),
        "$comment": "; ".join([*told, f"{longest}{_distinct(facts)}"]),
    }


def _is_enum(name: str, count: int, variants: dict[str, None]) -> bool:
    return (
        2 <= len(variants) <= count / _ROWS_A_VARIANT
        and not is_named_as_id(name)
        and not any(_NUMERIC.fullmatch(one) for one in variants)
    )


def roomy(longest: int) -> int:
    """A length of 10, 20, 50, 100 and so on that leaves half as much again as there is."""
    step = 10
    while step * 2 < longest * 3:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return step


def _distinct(facts: TextFacts) -> str:
    return f"; {len(facts.variants):,} distinct" if facts.variants is not None else ""
