# Generated from shared-schemas/wire/release.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Integral


class ReleaseFrame(BaseModel):
    """Either way: the reader has no more use for a slot of the other side's arena."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["release"]
    offset: Annotated[int, Field(ge=0), Integral]
    """Where the body began."""
    generation: Annotated[int, Field(ge=1), Integral]
