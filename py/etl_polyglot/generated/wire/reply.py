# Generated from shared-schemas/wire/reply.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Integral, Omittable


class ReplyFrameBody(BaseModel):
    """Where the body lies: behind the header, or in a slot of the sender's arena, whose
    generation it names.
    """

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    at: Literal["inline", "shared"]
    offset: Omittable[Annotated[int, Field(ge=0), Integral]] = None
    length: Annotated[int, Field(ge=0), Integral]
    generation: Omittable[Annotated[int, Field(ge=1), Integral]] = None


class ReplyFrame(BaseModel):
    """Worker to Node: a call's result."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["reply"]
    id: Annotated[int, Field(ge=1), Integral]
    """The call that this frame belongs to."""
    value: Any
    """Any JSON value."""
    body: Omittable[ReplyFrameBody] = None
    """Where the body lies: behind the header, or in a slot of the sender's arena, whose
    generation it names.
    """
