# Generated from shared-schemas/records/order.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Format, Integral, MultipleOf, Omittable


class OrderRecordLinesItem(BaseModel):
    """An article of the order."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    sku: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9\-]{1,31}$")]
    """The article."""
    quantity: Annotated[int, Field(ge=1, le=100000), Integral]
    unit_price: Annotated[str, Field(pattern=r"^[0-9]{1,14}(?:\.[0-9]{1,4})?$")]
    """For one, before the discount: a decimal as text, so that no digit is lost."""
    discount_percent: Omittable[Annotated[float, Field(ge=0, le=100), MultipleOf(0.1)]] = None


class OrderRecordShipping(BaseModel):
    """Where it goes."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    name: Annotated[str, Field(min_length=1, max_length=200)]
    street: Omittable[Annotated[str, Field(max_length=200)]] = None
    city: Omittable[Annotated[str, Field(max_length=100)]] = None
    postal_code: Omittable[Annotated[str, Field(max_length=12)]] = None
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    """ISO 3166-1, two letters."""


class OrderRecord(BaseModel):
    """An order of a shop, with what was ordered."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    order_id: Annotated[str, Field(pattern="^[A-Z]{2}-[0-9]{6,12}$")]
    """The order's number, as the customer sees it."""
    customer_id: Annotated[int, Field(ge=1), Integral]
    """The customer's number."""
    ordered_at: Annotated[str, Format("date-time")]
    """When the customer confirmed it."""
    status: Literal["pending", "paid", "shipped", "delivered", "cancelled", "returned"]
    """How far it has come."""
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    """ISO 4217; of every amount of the order."""
    lines: Annotated[list[OrderRecordLinesItem], Field(min_length=1, max_length=500)]
    """What was ordered, an article a line."""
    shipping: Omittable[OrderRecordShipping] = None
    """Where it goes."""
    total: Annotated[float, Field(ge=0, le=9999999999), MultipleOf(0.01)]
    """What the customer pays, in units of the currency."""
    note: Omittable[Annotated[str, Field(max_length=2000)]] = None
    """What the customer wrote, line breaks and all."""
