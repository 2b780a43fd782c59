# Generated from shared-schemas/records/event.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Format, Integral, MultipleOf, Omittable


class PageView(BaseModel):
    """A page was shown."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    type: Literal["page_view"]
    url: Annotated[str, Field(max_length=2048), Format("uri")]
    referrer: Annotated[str, Format("uri")] | None = None
    """The page before; null where there was none."""
    duration_ms: Omittable[Annotated[int, Field(ge=0), Integral]] = None
    """How long it was looked at."""


class Purchase(BaseModel):
    """An order was placed."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    type: Literal["purchase"]
    order_id: Annotated[str, Field(pattern="^[A-Z]{2}-[0-9]{6,12}$")]
    amount: Annotated[float, Field(ge=0), MultipleOf(0.01)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    """ISO 4217."""


class Signup(BaseModel):
    """An account was opened."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    type: Literal["signup"]
    plan: Literal["free", "team", "enterprise"]
    invited_by: Omittable[Annotated[int, Field(ge=1), Integral]] = None
    """The account that invited."""


class EventRecord(BaseModel):
    """Something that a visitor did; `action` says what, by its `type`."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    event_id: Annotated[str, Format("uuid")]
    """Given by the sender, the same at each attempt to send."""
    occurred_at: Annotated[str, Format("date-time")]
    """When the visitor did it, by the sender's clock."""
    visitor_id: Omittable[Annotated[str, Field(min_length=1, max_length=64)]] = None
    """The visitor's device or browser."""
    user_id: Annotated[int, Field(ge=1), Integral] | None = None
    """The account, where the visitor is signed in."""
    action: Annotated[PageView | Purchase | Signup, Field(discriminator="type")]
    """What was done."""
