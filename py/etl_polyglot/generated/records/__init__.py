# Generated from shared-schemas/records by `npm run generate`; do not edit.
"""The record schemas that are compiled in."""

from __future__ import annotations

from pydantic import BaseModel

from etl_polyglot.generated.digests import DIGESTS
from etl_polyglot.generated.records.birdstrike import BirdstrikeRecord
from etl_polyglot.generated.records.event import EventRecord
from etl_polyglot.generated.records.flight import FlightRecord
from etl_polyglot.generated.records.movie import MovieRecord
from etl_polyglot.generated.records.order import OrderRecord
from etl_polyglot.generated.records.sensor_reading import SensorReadingRecord
from etl_polyglot.generated.records.user import UserRecord
from etl_polyglot.generated.records.zipcode import ZipcodeRecord

BUILT_IN: dict[str, tuple[str, type[BaseModel]]] = {
    "birdstrike": (DIGESTS["birdstrike"], BirdstrikeRecord),
    "event": (DIGESTS["event"], EventRecord),
    "flight": (DIGESTS["flight"], FlightRecord),
    "movie": (DIGESTS["movie"], MovieRecord),
    "order": (DIGESTS["order"], OrderRecord),
    "sensor_reading": (DIGESTS["sensor_reading"], SensorReadingRecord),
    "user": (DIGESTS["user"], UserRecord),
    "zipcode": (DIGESTS["zipcode"], ZipcodeRecord),
}
"""Name → the digest and the model."""
