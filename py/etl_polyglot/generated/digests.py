# Generated from shared-schemas/records by `npm run generate`; do not edit.
"""The digests of the record schemas that are compiled in, to tell them by."""

from __future__ import annotations

DIGESTS: dict[str, str] = {
    "birdstrike": "0deeb87e7881a54515a53fe90778ff7a11e385f10840413ec3375fad6e79776c",
    "flight": "9216ba43f5ced2676e4962bb5dcb302ed95bb6ad3ed5f005611f18c2220970b6",
    "movie": "6f31b6cacd41b41759608336f3e30614005c7182fb93969dc0649e81cf2b1c86",
    "user": "0f0fa25729fa33496153296e04031624d83295b48b7fe9604e38e4bb9140ff09",
    "zipcode": "d3e24babbe5c557d4ee30a1acbd25cd46cdffdc8cf468ab065608f7643c6a51b",
}
