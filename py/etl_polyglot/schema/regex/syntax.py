"""Whether a text is a regular expression of ECMA-262 with the flag `u` (ES2024, without `v`).

Names of scripts are not looked up, and groups end at 100 deep. The twin of
`ts/schema/regex-syntax.ts`, line by line: engines of different age would not say the same.
"""

from __future__ import annotations

import re

from etl_polyglot.generated.formats import UNICODE_PROPERTIES

MAX_DEPTH = 100
_SYNTAX = frozenset("^$\\.*+?()[]{}|/")
_COUNT = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_NAME = re.compile(r"<([A-Za-z_$\u0080-\U0010ffff][A-Za-z0-9_$\u0080-\U0010ffff]*)>")
_PROPERTY = re.compile(r"\{(?:(\w+)=)?(\w+)\}", re.ASCII)
_SCRIPT = re.compile(r"[A-Z][A-Za-z_]*")
_HEX = re.compile(r"u\{0*([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})")


def is_regular_expression(text: str) -> bool:
    """Whether a text is a regular expression."""
    reader = _Reader(text)
    try:
        reader.alternatives(0)
    except _Refused:
        return False
    return (
        reader.at == len(text)
        and reader.largest_reference <= reader.groups
        and reader.references <= reader.names
    )


class _Refused(Exception):  # noqa: N818 - a way out of the reader, no error
    pass


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.groups = 0
        self.largest_reference = 0
        self.names: set[str] = set()
        self.references: set[str] = set()

    def accept(self, text: str) -> bool:
        if not self.text.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def match(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        found = expression.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def take(self) -> str:
        if self.at >= len(self.text):
            raise _Refused
        self.at += 1
        return self.text[self.at - 1]

    def alternatives(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise _Refused
        while self.at < len(self.text) and self.text[self.at] != ")":
            if not self.accept("|"):
                self.term(depth)

    def term(self, depth: int) -> None:
        if self.accept("^") or self.accept("$") or self.accept("\\b") or self.accept("\\B"):
            return
        for start in ("(?=", "(?!", "(?<=", "(?<!"):
            if self.accept(start):
                self.group(depth)
                return
        self.atom(depth)
        self.quantifier()

    def quantifier(self) -> None:
        if not (self.accept("*") or self.accept("+") or self.accept("?")):
            found = self.match(_COUNT)
            if found is None:
                return
            if found[3] and float(found[3]) < float(found[1]):
                raise _Refused
        self.accept("?")

    def atom(self, depth: int) -> None:
        char = self.take()
        if char == "(":
            self.open_group(depth)
        elif char == "[":
            self.char_class()
        elif char == "\\":
            self.atom_escape()
        elif char != "." and char in _SYNTAX and char != "/":
            raise _Refused

    def open_group(self, depth: int) -> None:
        if not self.accept("?:"):
            self.groups += 1
            if self.accept("?"):
                found = self.match(_NAME)
                if found is None or found[1] in self.names:
                    raise _Refused
                self.names.add(found[1])
        self.group(depth)

    def group(self, depth: int) -> None:
        self.alternatives(depth + 1)
        if not self.accept(")"):
            raise _Refused

    def atom_escape(self) -> None:
        if self.accept("k"):
            found = self.match(_NAME)
            if found is None:
                raise _Refused
            self.references.add(found[1])
            return
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in "0123456789":
            self.at += 1
        digits = self.text[start : self.at]
        if digits and digits[0] != "0":
            self.largest_reference = max(self.largest_reference, int(digits[:9]))
        elif digits and digits != "0":
            raise _Refused
        elif not digits and not self.set_escape():
            self.character_escape()

    def set_escape(self) -> bool:
        """Take what stands for a set of characters."""
        if any(map(self.accept, "dDsSwW")):
            return True
        if not (self.accept("p") or self.accept("P")):
            return False
        found = self.match(_PROPERTY)
        if found is None or not _is_property(found[1], found[2]):
            raise _Refused
        return True

    def character_escape(self) -> int:
        found = self.match(_HEX)
        if found:
            code = int(found[1] or found[2] or found[3], 16)
            if code > 0x10FFFF:
                raise _Refused
            return code
        char = self.take()
        if char in "fnrtv":
            return {"f": 12, "n": 10, "r": 13, "t": 9, "v": 11}[char]
        if char == "c":
            letter = self.take()
            if not ("a" <= letter <= "z" or "A" <= letter <= "Z"):
                raise _Refused
            return ord(letter) % 32
        if char not in _SYNTAX:
            raise _Refused
        return ord(char)

    def char_class(self) -> None:
        self.accept("^")
        while not self.accept("]"):
            first = self.class_atom()
            if self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at):
                self.at += 1
                last = self.class_atom()
                if first is None or last is None or first > last:
                    raise _Refused

    def class_atom(self) -> int | None:
        """Take one character or set of a class; None for a set."""
        char = self.take()
        if char != "\\":
            return ord(char)
        if self.accept("b"):
            return 8
        if self.accept("-"):
            return ord("-")
        if self.accept("0"):
            if self.text[self.at : self.at + 1] in tuple("0123456789"):
                raise _Refused
            return 0
        return None if self.set_escape() else self.character_escape()


def _is_property(name: str | None, value: str) -> bool:
    if name is None:
        return value in UNICODE_PROPERTIES["binary"] or value in UNICODE_PROPERTIES["category"]
    if name in ("gc", "General_Category"):
        return value in UNICODE_PROPERTIES["category"]
    known = name in ("sc", "Script", "scx", "Script_Extensions")
    return known and _SCRIPT.fullmatch(value) is not None
