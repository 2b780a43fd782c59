# Generated from shared-schemas/wire/memory.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Integral


class MemoryFrame(BaseModel):
    """Worker to Node, now and then: what the worker holds."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["memory"]
    anonymous_bytes: Annotated[int, Field(ge=0), Integral]
    """Private memory, without the arenas."""
