# Generated from shared-schemas/wire/cancel.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Integral


class CancelFrame(BaseModel):
    """Node to worker: stop a call; it is still answered."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["cancel"]
    id: Annotated[int, Field(ge=1), Integral]
    """The call that this frame belongs to."""
