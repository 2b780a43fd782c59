# Generated from shared-schemas/wire/end.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Integral, Omittable


class EndFrameError(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    name: str
    message: str
    stack: Omittable[str] = None
    """The JavaScript frames, as Node prints them."""


class EndFrame(BaseModel):
    """Node to worker: the call's input stream has ended, or failed with an error."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["end"]
    id: Annotated[int, Field(ge=1), Integral]
    """The call that this frame belongs to."""
    error: Omittable[EndFrameError] = None
