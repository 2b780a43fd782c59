# Generated from shared-schemas/records by `npm run generate`; do not edit.
"""The record schemas that are compiled in."""

from __future__ import annotations

from pydantic import BaseModel

from etl_polyglot.generated.digests import DIGESTS
from etl_polyglot.generated.records.birdstrike import BirdstrikeRecord
from etl_polyglot.generated.records.flight import FlightRecord
from etl_polyglot.generated.records.movie import MovieRecord
from etl_polyglot.generated.records.user import UserRecord
from etl_polyglot.generated.records.zipcode import ZipcodeRecord

BUILT_IN: dict[str, tuple[str, type[BaseModel]]] = {
    "birdstrike": (DIGESTS["birdstrike"], BirdstrikeRecord),
    "flight": (DIGESTS["flight"], FlightRecord),
    "movie": (DIGESTS["movie"], MovieRecord),
    "user": (DIGESTS["user"], UserRecord),
    "zipcode": (DIGESTS["zipcode"], ZipcodeRecord),
}
"""Name → the digest and the model."""
