# Generated from shared-schemas/records by `npm run generate`; do not edit.
"""The digests of the record schemas that are compiled in, to tell them by."""

from __future__ import annotations

DIGESTS: dict[str, str] = {
    "birdstrike": "7427cd433ca52add2cc7191202c64c26e4e2695dd0609e22fbb5b30ec10d5b42",
    "flight": "4900f6da6d8add211f0591f2532aa1cb81b43c581749e9e71292549db351c364",
    "movie": "80ce4af5062c10793321574a9044cd3f178e387e54c8c8401cab3aecedeac7b0",
    "user": "4b1a1eba8a57d1607d1038c7bd140428d09220bb6f1dfe7471fc4f86e0fad388",
    "zipcode": "ee8c5ffc097f927d80d2b8a8c15752758ed96abdc43819275b4f665a01e4619b",
}
