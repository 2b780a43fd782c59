# Generated from shared-schemas/records/birdstrike.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Format, Integral, Omittable


class BirdstrikeRecord(BaseModel):
    """A strike of wildlife against an aircraft, as the FAA's database reports it."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    airport_name: Annotated[str, Field(min_length=1)] = Field(alias="Airport Name")
    aircraft_make_model: Omittable[str] = Field(default=None, alias="Aircraft Make Model")
    effect_amount_of_damage: Literal["None", "Minor", "Medium", "Substantial"] = Field(
        alias="Effect Amount of damage"
    )
    flight_date: Annotated[str, Format("date")] = Field(alias="Flight Date")
    aircraft_airline_operator: Omittable[str] = Field(
        default=None, alias="Aircraft Airline Operator"
    )
    origin_state: Omittable[str] = Field(default=None, alias="Origin State")
    phase_of_flight: Omittable[str] = Field(default=None, alias="Phase of flight")
    wildlife_size: Omittable[Literal["Small", "Medium", "Large"]] = Field(
        default=None, alias="Wildlife Size"
    )
    wildlife_species: Omittable[str] = Field(default=None, alias="Wildlife Species")
    time_of_day: Omittable[Literal["Dawn", "Day", "Dusk", "Night"]] = Field(
        default=None, alias="Time of day"
    )
    cost_other: Omittable[Annotated[int, Field(ge=0), Integral]] = Field(
        default=None, alias="Cost Other"
    )
    """US dollars."""
    cost_repair: Omittable[Annotated[int, Field(ge=0), Integral]] = Field(
        default=None, alias="Cost Repair"
    )
    """US dollars."""
    cost_total: Annotated[int, Field(ge=0), Integral] = Field(alias="Cost Total $")
    """US dollars."""
    speed_ias_in_knots: Omittable[Annotated[int, Field(ge=0, le=400), Integral]] = Field(
        default=None, alias="Speed IAS in knots"
    )
