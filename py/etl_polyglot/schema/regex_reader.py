"""Reads a pattern as ECMA-262 with the flag `u`; what no portable form says is refused."""

from __future__ import annotations

from dataclasses import dataclass

from etl_polyglot.schema.charset import (
    LINE_ENDS,
    Ranges,
    bracketed,
    character,
    complement,
    shorthand,
    unicode_property,
)
from etl_polyglot.schema.regex_tree import (
    Anchor,
    Chars,
    Choice,
    PatternError,
    Repeat,
    Sequence,
    Term,
)

MAX_REPEAT = 1000
"""RE2 refuses more repetitions, also as the product of nested ones."""

MAX_SIZE = 10_000
"""Characters and sets, counts written out; all engines build such an automaton."""

MAX_DEPTH = 50

_CONTROLS = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}
_SPECIAL = "^$\\.*+?()[]{}|"
_SYNTAX = f"{_SPECIAL}/"


@dataclass(slots=True)
class Reader:
    """Walks a pattern once."""

    text: str
    at: int = 0
    depth: int = 0
    size: int = 0
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

    def alternatives(self, repeats: int) -> Choice:
        branches = [self.sequence(repeats)]
        while self.accept("|"):
            branches.append(self.sequence(repeats))
        return Choice(tuple(branches))

    def sequence(self, repeats: int) -> Sequence:
        terms = []
        while self.peek() not in ("", "|", ")"):
            terms.append(self.term(repeats))
        return Sequence(tuple(terms))

    def term(self, repeats: int) -> Term:
        if self.peek() in ("^", "$"):
            anchor = self.take()
            if self.peek() in ("*", "+", "?", "{"):
                raise PatternError(f"{anchor} cannot be repeated", "drop the quantifier")
            return Anchor(anchor)
        start = self.at
        size = self.size
        atom = self.atom(repeats)
        quantifier, least, most = self.quantifier()
        counted = max(least if most is None else most, 1)
        if counted * repeats > MAX_REPEAT:
            raise PatternError(
                f"it repeats more than {MAX_REPEAT} times", "use maxLength, or a smaller count"
            )
        if counted > 1:  # read again, so that nested counts are seen multiplied
            end, self.at = self.at, start
            self.size = size
            self.atom(counted * repeats)
            self.at = end
        return Repeat(atom, least, most, quantifier) if quantifier else atom

    def atom(self, repeats: int) -> Term:
        self.size += repeats
        if self.size > MAX_SIZE:
            raise PatternError("it is too large with its counts written out", "use maxLength")
        char = self.take()
        if char == "(":
            return self.group(repeats)
        if char == "[":
            return self.char_class()
        if char == ".":
            return Chars(complement(LINE_ENDS), bracketed(LINE_ENDS, negated=True))
        if char == "\\":
            ranges = self.set_escape()
            if ranges is not None:
                return Chars(ranges, bracketed(ranges))
            return _literal(self.escape())
        if char in "*+?{":
            raise PatternError(f"{char} has nothing to repeat", f"write \\{char} for the character")
        if char in "]}":
            raise PatternError(f"{char} stands alone", f"write \\{char}")
        return _literal(ord(char))

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

    def group(self, repeats: int) -> Choice:
        if self.accept("?:"):
            pass
        elif self.accept("?="):
            raise PatternError("lookahead is not of the profile", "write what may follow instead")
        elif self.accept("?!"):
            raise PatternError("lookahead is not of the profile", "write what is allowed instead")
        elif self.text.startswith(("?<=", "?<!"), self.at):
            raise PatternError("lookbehind is not of the profile", "write the whole text instead")
        elif self.accept("?<"):
            while self.peek() not in ("", ">"):
                self.take()
            self.take()
        elif self.peek() == "?":
            raise PatternError("inline flags are not of the profile", "write both cases, [Aa]")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise PatternError(f"its groups are nested over {MAX_DEPTH} deep", "flatten them")
        inner = self.alternatives(repeats)
        self.depth -= 1
        if not self.accept(")"):
            raise PatternError("a ( is not closed", "close it, or write \\(")
        return inner

    def quantifier(self) -> tuple[str, int, int | None]:
        """Read a quantifier: its text, and how often; "" where there is none."""
        char = self.peek()
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(char, (1, 1))
        if char in ("*", "+", "?"):
            quantifier = self.take()
        elif char == "{":
            end = self.text.find("}", self.at)
            counts = self.text[self.at + 1 : end].split(",") if end > 0 else [""]
            if len(counts) > 2 or not all(c.isascii() and c.isdigit() for c in counts if c):
                counts = [""]
            if not counts[0]:
                raise PatternError("{ does not begin a count", "write \\{, or {n}, {n,}, {n,m}")
            least = int(counts[0])
            most = int(counts[-1]) if counts[-1] else None
            if most is not None and most < least:
                raise PatternError("a count's bounds are out of order", "write {least,most}")
            quantifier = self.text[self.at : end + 1]
            self.at = end + 1
        else:
            return "", 1, 1
        self.accept("?")  # lazy or greedy finds the same
        if self.peek() in ("*", "+", "?", "{"):
            raise PatternError("a quantifier is repeated", "put the inner one in (?:…)")
        return quantifier, least, most

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
            if len(text) == digits and text.isalnum():
                return int(text, 16)
        except ValueError:
            pass
        raise PatternError("an escape lacks its hexadecimal digits", "write \\xHH or \\uHHHH")

    def unicode_escape(self) -> int:
        if self.accept("{"):
            end = self.text.find("}", self.at)
            code = self.hexadecimal(max(end - self.at, 1))
            self.at += 1
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


def _literal(code: int) -> Chars:
    return Chars(((code, code),), character(code, _SPECIAL))
