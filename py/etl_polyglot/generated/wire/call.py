# Generated from shared-schemas/wire/call.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Integral, Omittable


class CallFrameBody(BaseModel):
    """Where the body lies: behind the header, or in a slot of the sender's arena, whose
    generation it names.
    """

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    at: Literal["inline", "shared"]
    offset: Omittable[Annotated[int, Field(ge=0), Integral]] = None
    length: Annotated[int, Field(ge=0), Integral]
    generation: Omittable[Annotated[int, Field(ge=1), Integral]] = None


class CallFrame(BaseModel):
    """Node to worker: run a method."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["call"]
    id: Annotated[int, Field(ge=1), Integral]
    """The call that this frame belongs to."""
    method: Annotated[str, Field(min_length=1, max_length=128)]
    params: dict[str, Any]
    inline: Omittable[bool] = None
    """Answer inline, whatever the size of a body."""
    stream: Omittable[bool] = None
    """Chunks of the call's input follow, up to an end."""
    credit: Omittable[Annotated[int, Field(ge=0), Integral]] = None
    """How many chunks of output may be sent before more credit comes."""
    deadline_ms: Omittable[Annotated[float, Field(gt=0)]] = None
    """Milliseconds from now after which nobody waits for the answer."""
    traceparent: Omittable[Annotated[str, Field(max_length=128)]] = None
    """The trace that the call belongs to, as W3C Trace Context writes it."""
    body: Omittable[CallFrameBody] = None
    """Where the body lies: behind the header, or in a slot of the sender's arena, whose
    generation it names.
    """
