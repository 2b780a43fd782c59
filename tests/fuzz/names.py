"""Texts that schemas and instances are made of: names, patterns, formats, numbers."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = (
    *("a", "b", "id", "kind", "Cost Total $", "a/b", "~", "", "1", "01", "10"),
    *("__proto__", "constructor", "toString", "class", "model_config", "schema", "copy"),
    *("résumé", "😀", "_id", "A"),
)
"""Member names that code, prototypes or JSON Pointers could trip over."""

NAME_PATTERNS = ("^a", "o", "^[a-c]$", "^\\p{L}+$", "\\d", ".", "^$", "^.$", "\\S$", "^_", "/")

NUMBERS = (
    *(0, 1, -1, 2, 3, 10, 0.5, 1.5, -0.0, 1.0, 100.0, 0.1, 0.3, 0.1 + 0.2, 0.07, 0.075, 1e-7),
    *(2**53 - 1, 2**53, 2**53 + 1, 1 - 2**53, -(2**53), 1e16, 1e21, 1e22, 1.7e308, 5e-324),
)
"""Numbers at which languages part."""

BOUNDS = (0, 1, -1, 2, 5, 10, 0.5, 1.5, 0.1, 0.3, 100.0, 1e-7, 1e21, 2**53 - 1, 1 - 2**53)
STEPS = (1, 2, 3, 7, 0.5, 0.1, 0.01, 2.5, 1e-8, 1e3, 1e22)

FORMATS: dict[str, tuple[str, ...]] = {
    "date-time": (
        *("2024-02-29T23:59:59Z", "2023-02-29T00:00:00Z", "2024-01-01t00:00:00.123456789+05:30"),
        *("1998-12-31T23:59:60Z", "1998-12-31T22:59:60Z", "2024-01-01 00:00:00Z"),
        *("2024-01-01T24:00:00Z", "2024-01-01T00:00Z", "0000-01-01T00:00:00Z"),
    ),
    "date": ("2024-02-29", "2023-02-29", "2100-02-29", "0000-01-01", "2024-1-1", "２024-01-01"),
    "time": (
        "23:59:60Z",
        "22:59:60Z",
        "00:00:00z",
        "12:00:00+24:00",
        "12:00:00",
        "01:02:03.5-01:00",
    ),
    "duration": ("P1Y", "PT1S", "P1W", "P", "PT", "P1D2H", "P1Y1D", "PT1H1S", "P1Y2W", "p1y"),
    "email": (
        "a@b.co",
        "a.b+c@b",
        '"a b"@b.co',
        ".a@b.co",
        "a@",
        "a@[1.2.3.4]",
        "Joe <a@b.co>",
        "é@b.co",
        "a@b_c",
    ),
    "hostname": (
        "a.b",
        "a-b",
        "-a",
        "a.",
        "a_b",
        "xn--bcher-kva",
        "xn--a",
        f"{'a' * 63}",
        "a" * 64,
    ),
    "ipv4": ("127.0.0.1", "256.0.0.1", "01.0.0.1", "1.2.3", "1.2.3.4\n"),
    "ipv6": (
        "::1",
        "::",
        "1::2::3",
        "::ffff:1.2.3.4",
        "fe80::1%eth0",
        "12345::",
        "1:2:3:4:5:6:7:8",
    ),
    "uri": ("a:b", "http://a/b?c#d", "//a", "http://[::1]/", "http://a b", "a:%zz", "http://é"),
    "uri-reference": ("", "a", "//a/b", "#", "a b", "%zz", "?q", ":a", "a:b"),
    "uuid": (
        *("2EB8AA08-AA98-11EA-B4AA-73B441D16380", "2eb8aa08aa9811eab4aa73b441d16380"),
        *("{2eb8aa08-aa98-11ea-b4aa-73b441d16380}", "2eb8aa08-aa98-11ea-b4aa-73b441d1638g"),
    ),
    "regex": ("a+", "[a-z]", "(", "\\p{L}", "\\a", "(?<=a)b", "a{2,1}", "[]", "\\d$"),
    "json-pointer": ("", "/a", "/a~0b", "a", "/~2", "/~", "/a/~1"),
}
"""Texts of each format and beside it."""

TEXTS = (
    *("", "a", "b", "ab", "aa", "A", "1", "a1", "_", " ", "\n", "a\n", "\r", "\u2028", "\u00a0"),
    *(
        "é",
        "e\u0301",
        "ß",
        "İ",
        "\ua7cb",
        "😀",
        "😀😀",
        "a😀",
        "٣",
        "\u0000",
        "\ufeff",
        "true",
        "null",
        "{}",
    ),
)
"""Short texts with the characters at which engines part."""

names = st.sampled_from(NAMES)


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """Make regular expressions of the profile's subset."""
    atoms = (
        *("a", "b", "1", "\\d", "\\w", "\\s", "\\D", "\\W", "\\S", ".", "[a-c]", "[^a]", "[\\d_]"),
        *("\\p{L}", "\\p{Lu}", "\\P{L}", "[^\\s]", "😀", "[😀é]", "\\u{1F600}", "\\.", "(?:a|b)"),
        *("(ab)", "(?:a|)", "\\n", "\\x41", "[\\p{Nd}-]"),
    )
    counts = st.sampled_from(("", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,}", "+?"))
    terms = st.tuples(st.sampled_from(atoms), counts).map("".join)
    body = "".join(draw(st.lists(terms, min_size=1, max_size=4)))
    if draw(st.integers(0, 3)) == 3:
        body += f"|{draw(terms)}"
    start, end = draw(st.sampled_from((("", ""), ("^", ""), ("", "$"), ("^", "$"), ("^(?:", ")$"))))
    return f"{start}{body}{end}"
