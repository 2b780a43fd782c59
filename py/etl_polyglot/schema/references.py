"""`$id`, `$anchor` and `$ref` of one document → JSON Pointers into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from etl_polyglot.schema.problem import pointer_token
from etl_polyglot.schema.profile import KEYWORDS, did_you_mean

MAX_DEPTH = 64


def subschemas(schema: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    """Yield every schema that a schema directly holds, with its JSON Pointer."""
    if not isinstance(schema, dict):
        return
    for name, value in schema.items():
        word = KEYWORDS.get(name)
        here = f"{pointer}/{pointer_token(name)}"
        if word is None or not word.holds:
            continue
        if word.holds == "schema":
            yield here, value
        elif word.holds == "schemas" and isinstance(value, list):
            yield from ((f"{here}/{at}", one) for at, one in enumerate(value))
        elif word.holds == "named schemas" and isinstance(value, dict):
            yield from ((f"{here}/{pointer_token(key)}", value[key]) for key in value)


class References:
    """Finds what each `$ref` of a document means.

    `ROOT` is the base of a document without `$id`; nothing is ever fetched.
    """

    ROOT = "etl:/document"

    def __init__(self, document: Any) -> None:
        self.schemas: dict[str, Any] = {}
        """JSON Pointer → the schema there."""
        self._bases: dict[str, str] = {}
        self._targets: dict[str, str] = {self.ROOT: ""}
        self._index(document, "", self.ROOT, 0)

    def resolve(self, pointer: str, reference: str) -> str | None:
        """Return the pointer that a `$ref` in the schema at `pointer` leads to, if within."""
        absolute = _join(self._bases[pointer], reference)
        resource, fragment = urldefrag(absolute)
        if not fragment or fragment.startswith("/"):
            start = self._targets.get(resource)
            if start is None:
                return None
            target = start + _canonical(unquote(fragment))
        else:
            found = self._targets.get(f"{resource}#{unquote(fragment)}")
            if found is None:
                return None
            target = found
        return target if target in self.schemas else None

    def why_missing(self, reference: str) -> tuple[str, str]:
        """Say why a `$ref` leads nowhere, and what to write instead."""
        if not reference.startswith("#"):
            return f"{reference} is another document, and none is fetched", "copy it into $defs"
        known = [f"#{pointer}" for pointer in self.schemas if "/$defs/" in pointer]
        known += [f"#{target.partition('#')[2]}" for target in self._targets if "#" in target]
        instead = did_you_mean(reference, known, "name a schema of $defs, as #/$defs/NAME")
        return f"{reference} leads to nothing in this document", instead

    def self_contained(self, schema: Any, pointer: str = "") -> Any:
        """Return a schema whose every `$ref` is a pointer from the root, without other names."""
        if not isinstance(schema, dict):
            return schema
        inner = dict(subschemas(schema, pointer))
        result: dict[str, Any] = {}
        for name, value in schema.items():
            word = KEYWORDS.get(name)
            here = f"{pointer}/{pointer_token(name)}"
            if name == "$ref" and isinstance(value, str):
                target = self.resolve(pointer, value)
                result[name] = value if target is None else f"#{target}"
            elif name == "$anchor" or (name == "$id" and pointer):
                continue
            elif word is None or not word.holds:
                result[name] = value
            elif word.holds == "schema":
                result[name] = self.self_contained(value, here)
            elif isinstance(value, list):
                result[name] = [
                    self.self_contained(one, f"{here}/{at}") for at, one in enumerate(value)
                ]
            elif isinstance(value, dict):
                result[name] = {
                    key: self.self_contained(inner[place], place)
                    for key in value
                    for place in [f"{here}/{pointer_token(key)}"]
                }
            else:
                result[name] = value
        return result

    def _index(self, schema: Any, pointer: str, base: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            return
        self.schemas[pointer] = schema
        if isinstance(schema, dict):
            if isinstance(schema.get("$id"), str):
                base = urldefrag(_join(base, schema["$id"])).url
                self._targets.setdefault(base, pointer)
            if isinstance(schema.get("$anchor"), str):
                self._targets.setdefault(f"{base}#{schema['$anchor']}", pointer)
        self._bases[pointer] = base
        for place, inner in subschemas(schema, pointer):
            self._index(inner, place, base, depth + 1)


def _join(base: str, reference: str) -> str:
    if not reference:
        return base
    if reference.startswith("#"):
        return urldefrag(base).url + reference
    # urljoin knows relative references for some schemes only; urn: has none.
    scheme, _, rest = base.partition(":")
    if reference.partition(":")[2] and reference.partition(":")[0].isalpha():
        return reference
    return scheme + urljoin(f"http:{rest}", reference)[len("http") :]


def _canonical(pointer: str) -> str:
    """Return a JSON Pointer with each token escaped in the one way that we write."""
    tokens = pointer.split("/")[1:] if pointer else []
    plain = (token.replace("~1", "/").replace("~0", "~") for token in tokens)
    return "".join(f"/{pointer_token(token)}" for token in plain)
