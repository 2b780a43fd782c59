# Generated from shared-schemas/wire/event.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Integral


class EventFrame(BaseModel):
    """Worker to Node: news of a call that goes on."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["event"]
    id: Annotated[int, Field(ge=1), Integral]
    """The call that this frame belongs to."""
    event: dict[str, Any]
