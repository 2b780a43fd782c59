"""Taking out of a drafted schema what its own file does not keep."""

from typing import Any

_ANYTHING = "its values fit no one type; anything is let through"


def loosen(document: dict[str, Any], path: str, keyword: str) -> str | None:
    """Let through what one error of the file's own records was told of.

    Parameters:
        document: the schema; it is changed.
        path: the JSON Pointer of the value at fault.
        keyword: what it did not keep.

    Returns:
        What was taken out, for a person; None when there was nothing to take out.
    """
    names = [token.replace("~1", "/").replace("~0", "~") for token in path.split("/")[1:]]
    parent, schema = _find(document, names)
    if keyword == "required" and parent is not None and names:
        if names[-1] not in parent.get("required", []):
            return None
        parent["required"].remove(names[-1])
        if not parent["required"]:
            del parent["required"]
        return f"required: {names[-1]}"
    if schema is None or schema is document:
        return None
    if keyword in schema and keyword not in ("type", "items", "properties"):
        _take_out(schema, keyword)
        return f"{keyword} of {path}"
    if schema == {"$comment": _ANYTHING}:
        return None
    schema.clear()
    schema["$comment"] = _ANYTHING
    return f"everything of {path}"


def _find(
    document: dict[str, Any], names: list[str]
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    parent: dict[str, Any] | None = None
    schema: dict[str, Any] | None = document
    for name in names:
        if schema is None:
            return None, None
        if "items" in schema:
            parent, schema = schema, schema["items"]
        else:
            parent, schema = schema, schema.get("properties", {}).get(name)
            if schema is None and "properties" not in parent:
                return None, parent  # the value lies within one that is not described
    return parent, schema


def _take_out(schema: dict[str, Any], keyword: str) -> None:
    del schema[keyword]
    told = f"without {keyword}"
    annotation = schema.pop("x-arrow", None)
    if annotation is None:
        schema["$comment"] = f"{schema.get('$comment', '')}; {told}".removeprefix("; ")
    else:
        # It asks for all bounds of its type, and the comment may speak of the type.
        schema["$comment"] = f"{told}, and so without {annotation}"
