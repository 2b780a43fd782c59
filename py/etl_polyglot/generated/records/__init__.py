# Generated from shared-schemas/records by `npm run generate`; do not edit.
"""The record schemas that are compiled in."""

from __future__ import annotations

from pydantic import BaseModel

from etl_polyglot.generated.records.birdstrike import BirdstrikeRecord
from etl_polyglot.generated.records.flight import FlightRecord
from etl_polyglot.generated.records.movie import MovieRecord
from etl_polyglot.generated.records.user import UserRecord
from etl_polyglot.generated.records.zipcode import ZipcodeRecord

BUILT_IN: dict[str, tuple[str, type[BaseModel]]] = {
    "birdstrike": (
        "0deeb87e7881a54515a53fe90778ff7a11e385f10840413ec3375fad6e79776c",
        BirdstrikeRecord,
    ),
    "flight": (
        "9216ba43f5ced2676e4962bb5dcb302ed95bb6ad3ed5f005611f18c2220970b6",
        FlightRecord,
    ),
    "movie": (
        "6f31b6cacd41b41759608336f3e30614005c7182fb93969dc0649e81cf2b1c86",
        MovieRecord,
    ),
    "user": (
        "0f0fa25729fa33496153296e04031624d83295b48b7fe9604e38e4bb9140ff09",
        UserRecord,
    ),
    "zipcode": (
        "d3e24babbe5c557d4ee30a1acbd25cd46cdffdc8cf468ab065608f7643c6a51b",
        ZipcodeRecord,
    ),
}
"""Name → the digest and the model."""
