# Generated from shared-schemas/records by `npm run generate`; do not edit.
"""The digests of the record schemas that are compiled in, to tell them by."""

from __future__ import annotations

DIGESTS: dict[str, str] = {
    "birdstrike": "1416fd8d960143b11c8b3c1fae22da192090be3e32bf0ed2395a9e0b23a66890",
    "event": "ba2d0dfd277d804515dd7cf207cc47b71934db1b3996a7ce2e938deb7ae7c8d7",
    "flight": "a3a747f695a920776d03e24df2a58bba4f012bccda2d9c8b1bafdabc0caaddb0",
    "movie": "5c0d8ea7e2c7e4ec2f772dbe5376b02741be2e6fbc050e980e57afbeba9dc131",
    "order": "3b5f40c1278193df6c864ec057b5cfca46216775614365a0f70980462d7d4552",
    "sensor_reading": "f850b8faecea742f9aeea48d48edb75d9127567e0722f5465007bdf94b0a359a",
    "user": "7375eef39bbf42429c5a9d556ecede2c053e21197e8fe7c6f2e462d1851c3af6",
    "zipcode": "2572b09ee398550b1bda9c1c7f77e38e08768f4c8acae54751da06f6de508a4f",
}
