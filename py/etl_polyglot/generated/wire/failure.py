# Generated from shared-schemas/wire/failure.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Integral, Omittable


class FailureFrameExceptionsItemFramesItem(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    file: str
    line: Annotated[int, Field(ge=0), Integral]
    function: str
    source: Omittable[str] = None
    """The line's text."""


class FailureFrameExceptionsItem(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    type: str
    message: str
    frames: list[FailureFrameExceptionsItemFramesItem]


class FailureFrame(BaseModel):
    """Worker to Node: a call ended by an error."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["failure"]
    id: Annotated[int, Field(ge=1), Integral]
    """The call that this frame belongs to."""
    code: Annotated[str, Field(min_length=1, max_length=64)]
    """A code of errors.json."""
    message: str
    details: Omittable[dict[str, Any]] = None
    exceptions: Omittable[list[FailureFrameExceptionsItem]] = None
    """The Python exception and its causes, outermost first; the frames innermost first."""
