"""What a test asks of a drafted schema."""

from collections.abc import Callable
from typing import Any

from etl_polyglot.infer.infer import Inferred

Infer = Callable[..., Inferred]


def guess(inferred: Inferred, name: str) -> dict[str, Any]:
    """What was guessed of a member, without the comment."""
    schema = inferred.document["properties"][name]
    return {key: value for key, value in schema.items() if key != "$comment"}


def comment(inferred: Inferred, name: str) -> str:
    """What the guess of a member rests on."""
    text: str = inferred.document["properties"][name]["$comment"]
    return text
