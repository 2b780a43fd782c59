"""What is known of the texts at one place of the records."""

from dataclasses import dataclass, field

from etl_polyglot.generated.formats import FORMAT_DOUBTS, FORMATS
from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.formats import has_format

MOST_VARIANTS = 20
"""Different texts that an enum may have."""

_LONGEST_VARIANT = 100

FORMATS_TRIED = ("date-time", "date", "time", "uuid", "ipv4", "ipv6", "email", "uri", "duration")
"""In the order in which they are chosen; any word is a host name, a pattern or a reference."""

_TELLING = {"uri": "://"}
"""What a text must hold besides: `note:1` is a URI, too."""


@dataclass(slots=True)
class TextFacts:
    """What is known of the texts at one place.

    Attributes:
        count: how many there are.
        longest: the code points of the longest.
        variants: the different texts in the order in which they came; None: they are many.
        formats: the formats that all of them have; of no text, none.
    """

    count: int = 0
    longest: int = 0
    variants: dict[str, None] | None = field(default_factory=dict)
    formats: tuple[str, ...] = ()

    def observe(self, texts: Array) -> None:
        """Take in an array of strings without nulls."""
        if not len(texts):
            return
        tried = self.formats if self.count else FORMATS_TRIED
        self.formats = tuple(name for name in tried if _all_have_format(texts, name))
        self.count += len(texts)
        self.longest = max(self.longest, pc.max(pc.utf8_length(texts)).as_py())
        if self.variants is not None:
            self._add_variants(texts, self.variants)

    def _add_variants(self, texts: Array, known: dict[str, None]) -> None:
        found = pc.unique(texts)
        if self.longest > _LONGEST_VARIANT or len(found) > MOST_VARIANTS:
            self.variants = None
            return
        known.update(dict.fromkeys(found.to_pylist()))
        if len(known) > MOST_VARIANTS:
            self.variants = None


def _all_have_format(texts: Array, name: str) -> bool:
    # The first alone tells of most formats that they are not meant.
    for some in (texts.slice(0, 1), texts):
        if not pc.all(pc.match_substring_regex(some, FORMATS[name])).as_py():
            return False
    if name in _TELLING and not pc.all(pc.match_substring(texts, _TELLING[name])).as_py():
        return False
    if name not in FORMAT_DOUBTS:
        return True
    doubtful: Array = texts.filter(pc.match_substring_regex(texts, FORMAT_DOUBTS[name]))
    return all(has_format(text, name) for text in doubtful.to_pylist())
