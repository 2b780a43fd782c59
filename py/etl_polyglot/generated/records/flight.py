# Generated from shared-schemas/records/flight.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Format, Integral


class FlightRecord(BaseModel):
    """A scheduled flight within the United States."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    date: Annotated[str, Format("date-time")]
    """When it was to leave."""
    delay: Annotated[int, Field(ge=-120, le=1440), Integral]
    """Minutes late at arrival; negative where early."""
    distance: Annotated[int, Field(ge=1), Integral]
    """Miles."""
    origin: Annotated[str, Field(pattern="^[A-Z0-9]{3}$")]
    """Airport code."""
    destination: Annotated[str, Field(pattern="^[A-Z0-9]{3}$")]
    """Airport code."""
