# Generated from shared-schemas/wire/credit.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Integral


class CreditFrame(BaseModel):
    """Either way: so many more chunks of the call's stream may be sent."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["credit"]
    id: Annotated[int, Field(ge=1), Integral]
    """The call that this frame belongs to."""
    chunks: Annotated[int, Field(ge=1), Integral]
