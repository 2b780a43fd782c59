# Generated from shared-schemas/api/validate-request.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Omittable


class ValidateRequest(BaseModel):
    """The body of POST /api/v1/validate: rows to judge by a record schema."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    schema_: Annotated[str, Field(min_length=1, max_length=128)] = Field(alias="schema")
    """The record schema's name."""
    data: list[Any]
    """The rows, any JSON values."""
    mode: Omittable[Literal["dual", "zod", "pydantic"]] = None
    """Which layers judge: both, Zod alone, Pydantic alone."""
