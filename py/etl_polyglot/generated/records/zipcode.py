# Generated from shared-schemas/records/zipcode.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Omittable


class ZipcodeRecord(BaseModel):
    """A postal code of the United States and where it lies."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    zip_code: Annotated[str, Field(pattern="^[0-9]{5}$")]
    """Five digits; a leading zero counts."""
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    city: Annotated[str, Field(min_length=1)]
    state: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    county: Omittable[str] = None
