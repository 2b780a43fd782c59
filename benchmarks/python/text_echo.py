"""What pythonia calls: it takes and gives text, its cheapest value, and parses that as well."""

import orjson


def echo(text: str) -> str:
    """Return the value that a text of JSON says, as JSON."""
    return orjson.dumps(orjson.loads(text)).decode()
