# Generated from shared-schemas/records/sensor_reading.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Format, Integral, Omittable


class SensorReadingRecord(BaseModel):
    """One value that a device measured."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    device_id: Annotated[str, Format("uuid")]
    """The device."""
    sequence: Annotated[int, Field(ge=0), Integral]
    """Counts the device's readings; with the device it names the reading."""
    measured_at: Annotated[str, Format("date-time")]
    """When it was measured, by the device's clock."""
    unit: Literal["celsius", "percent", "hectopascal", "lux", "volt"]
    """What the value counts."""
    value: Annotated[float, Field(ge=-273.15, le=1000000)]
    quality: Omittable[Literal["good", "uncertain", "bad"]] = None
    """How far the device trusts the value."""
    battery_percent: Omittable[Annotated[int, Field(ge=0, le=100), Integral]] = None
