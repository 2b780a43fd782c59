"""The benchmark's users: the same for the same number of rows, as rows and as columns."""

import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa

SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("email", pa.string()),
        ("name", pa.string()),
        ("age", pa.int64()),
        ("created_at", pa.string()),
        ("is_active", pa.bool_()),
        ("tags", pa.list_(pa.string())),
    ]
)
FIRST = ["Ana", "Björn", "Chloé", "Dmitri", "Emeka", "Fatima", "Grace", "Hiroshi", "Inés", "Jan"]
LAST = ["Alves", "Berg", "Costa", "Diallo", "Eriksen", "Fischer", "García", "Huber", "Ito", "Jones"]
DOMAINS = ["example.com", "mail.example.org", "post.example.co.uk", "example-shop.net"]
TAGS = ["premium", "beta", "newsletter", "trial", "partner"]
FAULTS: list[dict[str, Any]] = [
    {"email": "nobody"},
    {"age": 151},
    {"name": ""},
    {"created_at": "2024-02-30T00:00:00Z"},
    {"id": 0},
    {"tags": ["beta", "beta"]},
]
_PART_ROWS = 100_000


def write_users(folder: Path, rows: int, percent: int, *, tidy: bool = True) -> None:
    """Write `users-PERCENT.ndjson` and `.arrow` with so many percent of bad records.

    A bad record has one of six faults in turn; in one of five each optional member is left out.
    Untidy ones want normalising: a fifth has capitals in its domain or white space in its name.
    """
    chance = random.Random(percent)
    with (
        (folder / f"users-{percent}.ndjson").open("w", encoding="utf-8") as text,
        pa.OSFile(str(folder / f"users-{percent}.arrow"), "wb") as file,
        pa.ipc.new_file(file, SCHEMA) as columns,
    ):
        bad = 0
        for start in range(0, rows, _PART_ROWS):
            users = []
            for number in range(start, min(start + _PART_ROWS, rows)):
                user = _user(number + 1, chance)
                if not tidy:
                    user |= _untidy(user)
                if number * percent // 100 < (number + 1) * percent // 100:
                    user |= FAULTS[bad % len(FAULTS)]
                    bad += 1
                users.append(user)
            text.writelines(json.dumps(user, ensure_ascii=False) + "\n" for user in users)
            columns.write_table(pa.Table.from_pylist(users, SCHEMA))


def _user(number: int, chance: random.Random) -> dict[str, Any]:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    day, second = chance.randrange(1, 29), chance.randrange(86_400)
    user: dict[str, Any] = {
        "id": number,
        "email": f"user{number}@{chance.choice(DOMAINS)}",
        "name": f"{first} {last}",
        "created_at": f"20{chance.randrange(10, 26)}-{chance.randrange(1, 13):02}-{day:02}"
        f"T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z",
    }
    if chance.random() < 0.8:
        user["age"] = chance.randrange(18, 90)
    if chance.random() < 0.8:
        user["is_active"] = chance.random() < 0.7
    if chance.random() < 0.8:
        user["tags"] = chance.sample(TAGS, chance.randrange(4))
    return user


def _untidy(user: dict[str, Any]) -> dict[str, Any]:
    if user["id"] % 10 == 3:
        account, domain = user["email"].split("@")
        return {"email": f"{account}@{domain.upper()}"}
    if user["id"] % 10 == 7:
        return {"name": f" {user['name'].replace(' ', '   ')}"}
    return {}
