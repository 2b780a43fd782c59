# Generated from shared-schemas/records/user.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Format, Integral, Omittable, UniqueItems


class UserRecord(BaseModel):
    """A user account as a partner delivers it."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    id: Annotated[int, Field(ge=1), Integral]
    """The account's number."""
    email: Annotated[str, Format("email")]
    """Where the account's mail goes."""
    name: Annotated[str, Field(min_length=1, max_length=200)]
    """The name to show."""
    age: Omittable[Annotated[int, Field(ge=0, le=150), Integral]] = None
    """Age in years."""
    created_at: Annotated[str, Format("date-time")]
    """When the account was opened."""
    is_active: Omittable[bool] = None
    """Whether the account may sign in."""
    tags: Omittable[Annotated[list[str], Field(max_length=50), UniqueItems]] = None
    """Labels, each given once."""
