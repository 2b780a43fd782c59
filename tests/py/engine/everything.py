"""Records of the schema `everything`, as JSON has them and as columns have them."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa

ODD = 'odd, "name"'

RECORDS: list[dict[str, Any]] = [
    {
        "id": 1,
        "maybe": 9007199254740991,
        "text": 'quotes " and "" and \\ and \\n',
        "number": -0.0,
        "boolean": True,
        "small": -100,
        "signed": "-9223372036854775808",
        "unsigned": "18446744073709551615",
        "amount": "-999999999999999999999999999999999999.99",
        "fine": "0.0000000001",
        "price": 24.99,
        "moment": "2024-01-01T12:00:00Z",
        "day": "2024-02-29",
        "time": "23:59:59Z",
        "texts": ["a", "", 'b "quoted", c', "|", "\n", "null", "é😀"],
        "numbers": [1.5, None, -0.0, 1e-7],
        "days": ["0001-01-01", "9999-12-31"],
        "lines": [
            {"sku": "x", "price": "1.50", "at": "1969-12-31T23:59:59.999999Z", "tags": ["é", ""]},
            {"sku": ""},
        ],
        "place": {"city": "Köln", "point": {"x": 1e308, "y": 5e-324}},
        "either": -5,
        ODD: "a,b",
    },
    {"id": -9007199254740991, "maybe": None},
    {
        "id": 3,
        "maybe": 0,
        "text": "",
        "number": 1e308,
        "boolean": False,
        "small": 0,
        "signed": "9007199254740993",
        "unsigned": "0",
        "amount": "0.00",
        "fine": "-1234567890.1234567891",
        "price": -9999.0,
        "moment": "0001-01-01T00:00:00.000001Z",
        "day": "0001-01-01",
        "time": "00:00:00.5Z",
        "texts": [],
        "numbers": [],
        "days": [],
        "lines": [],
        "place": {},
        "either": "",
        ODD: "\t; |",
    },
    {"id": 4, "maybe": 1, "text": "line\r\nline\rline\nend\n", "number": 0.1, "either": True},
    {"id": 5, "maybe": 2, "text": " , ", "number": 123456789012345680.0, "either": "a 'b' \"c\""},
    {"id": 6, "maybe": 3, "text": "\x01\x1f\x7f\u2028\ufeff𐍈 e\u0301", "number": 3.0, "place": {}},
    {
        "id": 7,
        "maybe": 4,
        "text": "null",
        "moment": "9999-12-31T23:59:59.999999Z",
        "numbers": [2.0],
    },
    {"id": 8, "maybe": 5, "text": '"', "lines": [{"sku": "\\"}], "place": {"point": {}}, ODD: '"'},
]
"""Each value in the form in which outputs write it."""

_LINE = pa.struct(
    [
        ("sku", pa.string()),
        ("price", pa.decimal128(18, 2)),
        ("at", pa.timestamp("us", "UTC")),
        ("tags", pa.list_(pa.string())),
    ]
)
_POINT = pa.struct([("x", pa.float64()), ("y", pa.float64())])
COLUMNS = pa.schema(
    {
        "id": pa.int64(),
        "maybe": pa.int64(),
        "text": pa.string(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "small": pa.int8(),
        "signed": pa.int64(),
        "unsigned": pa.uint64(),
        "amount": pa.decimal128(38, 2),
        "fine": pa.decimal128(20, 10),
        "price": pa.decimal128(6, 2),
        "moment": pa.timestamp("us", "UTC"),
        "day": pa.date32(),
        "time": pa.time64("us"),
        "texts": pa.list_(pa.string()),
        "numbers": pa.list_(pa.float64()),
        "days": pa.list_(pa.date32()),
        "lines": pa.list_(_LINE),
        "place": pa.struct([("city", pa.string()), ("point", _POINT)]),
        "either": pa.string(),
        ODD: pa.string(),
    }
)
"""The columns that typed outputs have."""


def typed(value: Any, kind: pa.DataType) -> Any:
    """The Python value that a JSON value has in a column; absent members are None."""
    if value is None:
        return None
    if pa.types.is_struct(kind):
        return {field.name: typed(value.get(field.name), field.type) for field in kind}
    if pa.types.is_list(kind):
        return [typed(item, kind.value_type) for item in value]
    if pa.types.is_decimal(kind):
        return Decimal(f"{value:.2f}" if isinstance(value, float) else value)
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(value).astimezone(UTC)
    if pa.types.is_date(kind):
        return date.fromisoformat(value)
    if pa.types.is_time(kind):
        return time.fromisoformat(value).replace(tzinfo=None)
    if pa.types.is_integer(kind):
        return int(value)
    return float(value) if pa.types.is_floating(kind) else value


def typed_rows() -> list[dict[str, Any]]:
    """The records as the rows of typed outputs; a union is JSON text there."""
    rows: list[dict[str, Any]] = []
    for record in RECORDS:
        row = {field.name: typed(record.get(field.name), field.type) for field in COLUMNS}
        if "either" in record:
            row["either"] = orjson.dumps(record["either"]).decode()
        rows.append(row)
    return rows
