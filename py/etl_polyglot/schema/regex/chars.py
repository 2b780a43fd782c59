"""Reads single characters and sets of a pattern: literals, escapes, `[…]`."""

from __future__ import annotations

from dataclasses import dataclass

from etl_polyglot.schema.regex.charset import (
    Ranges,
    bracketed,
    character,
    complement,
    shorthand,
    unicode_property,
)
from etl_polyglot.schema.regex.tree import Chars, PatternError

_CONTROLS = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}
_SPECIAL = "^$\\.*+?()[]{}|"
_SYNTAX = f"{_SPECIAL}/"


@dataclass(slots=True)
class CharReader:
    """Walks a pattern; `is_unicode` once it has named a Unicode property."""

    text: str
    at: int = 0
    is_unicode: bool = False

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self) -> str:
        char = self.peek()
        self.at += 1
        return char

    def accept(self, text: str) -> bool:
        if self.text.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def set_escape(self) -> Ranges | None:
        """Read what follows a \\ where that stands for a set of characters."""
        if self.peek() in tuple("dDwWsS"):
            return shorthand(self.take())
        if self.peek() not in ("p", "P"):
            return None
        negated = self.take() == "P"
        end = self.text.find("}", self.at)
        if not self.accept("{") or end < 0:
            raise PatternError("\\p has no {property}", "write \\p{L}")
        name = self.text[self.at : end]
        self.at = end + 1
        ranges = unicode_property(name)
        if ranges is None:
            raise PatternError(
                f"\\p{{{name}}} is not of the profile", "use a general category, or write ranges"
            )
        self.is_unicode = True
        return complement(ranges) if negated else ranges

    def escape(self) -> int:
        char = self.take()
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char and char in _SYNTAX:
            return ord(char)
        if char == "0" and not self.peek().isdigit():
            return 0
        if char == "c" and self.peek().isascii() and self.peek().isalpha():
            return ord(self.take()) % 32
        if char == "x":
            return self.hexadecimal(2)
        if char == "u":
            return self.unicode_escape()
        if char == "k" or char.isdigit():
            raise PatternError("backreferences are not of the profile", "write the text out")
        if char in ("b", "B"):
            raise PatternError(f"\\{char} is not of the profile", "write the neighbours in […]")
        if not char:
            raise PatternError("it ends in a single \\", "write \\\\")
        raise PatternError(f"\\{char} is no escape of ECMA-262 with the flag u", f"write {char}")

    def hexadecimal(self, digits: int) -> int:
        text = self.text[self.at : self.at + digits]
        self.at += digits
        try:
            if len(text) == digits and text.isascii() and text.isalnum():
                return int(text, 16)
        except ValueError:
            pass
        raise PatternError("an escape lacks its hexadecimal digits", "write \\xHH or \\uHHHH")

    def unicode_escape(self) -> int:
        if self.accept("{"):
            end = self.text.find("}", self.at)
            code = self.hexadecimal(max(end - self.at, 1))
            if not self.accept("}"):
                raise PatternError("a \\u{ is not closed", "write \\u{…}")
        else:
            code = self.hexadecimal(4)
            if 0xD800 <= code < 0xDC00 and self.accept("\\u"):
                code = 0x10000 + ((code - 0xD800) << 10) + (self.hexadecimal(4) - 0xDC00)
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            raise PatternError("it names a surrogate or no code point", "write \\u{…}")
        return code

    def char_class(self) -> Chars:
        negated = self.accept("^")
        ranges: list[tuple[int, int]] = []
        while self.peek() != "]":
            first = self.class_atom()
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.take()
                last = self.class_atom()
                if isinstance(first, tuple) or isinstance(last, tuple) or last < first:
                    raise PatternError("a range in […] is out of order", "write [low-high]")
                ranges.append((first, last))
            elif isinstance(first, tuple):
                ranges.extend(first)
            else:
                ranges.append((first, first))
        self.take()
        if not ranges:
            raise PatternError("[] and [^] differ between engines", "name the characters")
        found = tuple(ranges)
        return Chars(complement(found) if negated else found, bracketed(found, negated))

    def class_atom(self) -> int | Ranges:
        char = self.take()
        if not char:
            raise PatternError("a [ is not closed", "close it, or write \\[")
        if char != "\\":
            return ord(char)
        ranges = self.set_escape()
        if ranges is not None:
            return ranges
        if self.accept("-"):
            return ord("-")
        if self.accept("b"):
            return 0x08
        return self.escape()


def literal(code: int) -> Chars:
    """Return the one character of a code point."""
    return Chars(((code, code),), character(code, _SPECIAL))
