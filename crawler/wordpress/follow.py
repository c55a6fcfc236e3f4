"""Which links are followed: the words of ``follow=``, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from crawler.errors import ArgumentError
from crawler.wordpress.links import ITSELF, only_editors_read, short_rel

RELS = {
    "author": "author",
    "terms": "wp:term",
    "featured_media": "wp:featuredmedia",
    "replies": "replies",
    "attachments": "wp:attachment",
    "up": "up",
}
"""Our word -> the rel; these are asked for in batches."""

DEFAULT = "author,terms,featured_media"

_WORDS = {rel: word for word, rel in RELS.items()}
_ALIASES = {
    **dict.fromkeys(("authors", "users"), "author"),
    **dict.fromkeys(("categories", "tags", "taxonomies"), "terms"),
    **dict.fromkeys(("media", "images"), "featured_media or attachments"),
    "comments": "replies",
    "parent": "up",
}
_MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Follow:
    """What to follow: ``words`` of ours in batches, ``rels`` by their own addresses.

    ``every`` says to follow whatever other rel a record has, too.
    """

    words: frozenset[str] = frozenset()
    rels: frozenset[str] = frozenset()
    every: bool = False

    def __bool__(self) -> bool:
        return bool(self.words or self.rels or self.every)

    def __contains__(self, word: str) -> bool:
        return word in self.words

    @property
    def names(self) -> list[str]:
        """What stood in ``follow=``, in a fixed order."""
        words = ["all"] if self.every else [word for word in RELS if word in self.words]
        return [*words, *sorted(self.rels)] or ["none"]

    @property
    def others(self) -> bool:
        """Whether any rel is followed by its own address."""
        return self.every or bool(self.rels)

    def wants(self, rel: str) -> bool:
        """Tell whether links of another *rel* than ours are followed."""
        if rel in self.rels:
            return True
        return self.every and rel not in ITSELF | _WORDS.keys() and not only_editors_read(rel)


def read_follow(text: str) -> Follow:
    """Read words, separated by commas.

    >>> sorted(read_follow("author, wp:term").words), read_follow("none").words
    (['author', 'terms'], frozenset())

    Raises ArgumentError for a word that is none, or that only editors may read.
    """
    names = [_written(name.strip()) for name in text.split(",") if name.strip()]
    if "none" in names or not names:
        if len(names) > 1:
            raise ArgumentError(f"follow: none goes with no other word, got {text[:_MAX_SHOWN]!r}")
        return NOTHING
    words, rels = set(), set()
    for name in names:
        word = _WORDS.get(name, name)
        if word in RELS:
            words.add(word)
        elif name != "all":
            rels.add(_check(name))
    if "all" in names:
        return Follow(frozenset(RELS), frozenset(rels), every=True)
    return Follow(frozenset(words), frozenset(rels))


def _written(name: str) -> str:
    """Write a word of ours in lower case, and a rel of WordPress's own short."""
    known = name.lower() in {*RELS, *_ALIASES, "none", "all"}
    return name.lower() if known else short_rel(name)


def _check(name: str) -> str:
    """Give back a rel that we do not know, unless it cannot be one or looks like a slip."""
    if only_editors_read(name):
        raise ArgumentError(f"follow: {name[:_MAX_SHOWN]!r} is for editors only, visitors get 401")
    if name == "curies" or not name.isprintable() or " " in name:
        raise ArgumentError(f"follow: {name[:_MAX_SHOWN]!r} is no rel of a record")
    if ":" not in name:
        if name in _ALIASES:
            raise ArgumentError(f"follow has no word {name!r}: did you mean {_ALIASES[name]}?")
        if near := get_close_matches(name, RELS, n=1, cutoff=0.7):
            raise ArgumentError(
                f"follow has no word {name[:_MAX_SHOWN]!r}: did you mean {near[0]}?"
            )
    return name


NOTHING = Follow()
"""``follow=none``."""

BY_DEFAULT = read_follow(DEFAULT)
"""What is followed where nothing is said."""
