"""An independent reading of HTML and Markdown, to hold the cleaner to its word.

Nothing here comes from ``crawler``, and none of it is read by the cleaner's parser: HTML is read
by BeautifulSoup over Python's html.parser, Markdown is rendered by markdown-it and read the same
way. What counts as text, and what parts two words, is said below once more.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from html.entities import html5
from itertools import accumulate

from bs4 import BeautifulSoup, Tag
from bs4.element import (
    Comment,
    Declaration,
    Doctype,
    NavigableString,
    ProcessingInstruction,
    Script,
    Stylesheet,
    TemplateString,
)
from markdown_it import MarkdownIt

PARTING = frozenset(
    "address article aside audio blockquote body br button caption center col colgroup dd details "
    "dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head "
    "header hgroup hr html iframe input legend li listing main menu meta nav noframes noscript "
    "object ol optgroup option p plaintext pre search section select summary table tbody td "
    "textarea tfoot th thead title tr ul video xmp".split()
)
"""Elements that part the words before, in and after them, as a browser shows them."""

UNREAD = {
    Script: "script",
    Stylesheet: "style",
    TemplateString: "template",
    Comment: "comment",
    Declaration: "declaration",
    Doctype: "declaration",
    ProcessingInstruction: "declaration",
}
"""Strings of a page that no reader sees, and what they are."""


COUNTED = ("script", "style", "template")
"""What nobody reads, and yet is text of the page."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page says, and what it holds that nobody reads (by kind)."""

    text: str
    unread: dict[str, str]

    @property
    def words(self) -> list[str]:
        """The words in their order."""
        return words(self.text)

    @property
    def whole(self) -> str:
        """What the page says, and its scripts, styles and templates; comments are no text."""
        return " ".join([self.text, *(self.unread.get(kind, "") for kind in COUNTED)])


def read_html(html: str) -> Reading:
    """Read a page or a part of one.

    >>> read_html("<p>One<b>half</b></p>two<!-- no --><script>x = 1</script>")
    Reading(text='Onehalf two', unread={'comment': 'no', 'script': 'x = 1'})
    """
    text: list[str] = []
    unread: dict[str, list[str]] = {}
    for event in events(BeautifulSoup(as_browsers_read(html), "html.parser")):
        if event is None:
            text.append(" ")
        elif (kind := UNREAD.get(type(event))) is None:
            text.append(str(event))
        else:
            unread.setdefault(kind, []).append(str(event))
    return Reading(
        fold("".join(text)), {kind: fold(" ".join(parts)) for kind, parts in unread.items()}
    )


def as_browsers_read(html: str) -> str:
    """Write otherwise what html.parser reads otherwise than browsers do: two differences.

    Tags in an iframe are text; and of an entity that does not exist but begins as one without a
    semicolon, BeautifulSoup would lose the semicolon.

    >>> as_browsers_read("<iframe src=x><b>no</b></iframe> &notit; &amp;")
    '<iframe src=x>&lt;b&gt;no&lt;/b&gt;</iframe> ¬it; &amp;'
    """
    html = RAW.sub(lambda match: match[1] + escape(match[2], quote=False), html)
    return ENTITY.sub(
        lambda match: match[0] if match[1] in html5 else escape(unescape(match[0])),
        html,
    )


RAW = re.compile(r"(<iframe\b[^>]*>)(.*?)(?=</iframe\b|$)", re.IGNORECASE | re.DOTALL)
ENTITY = re.compile(r"&([a-zA-Z][a-zA-Z0-9]*;)")


def events(tree: Tag) -> Iterator[NavigableString | None]:
    """Walk through *tree* without recursion: each string, and None where words are parted."""
    stack = [iter(tree.contents)]
    parting = [False]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            if parting.pop():
                yield None
        elif isinstance(node, Tag):
            parts = node.name.lower() in PARTING
            if parts:
                yield None
            stack.append(iter(node.contents))
            parting.append(parts)
        else:
            yield node


def render_markdown(markdown: str) -> str:
    """Render GitHub-flavoured Markdown, HTML in it included.

    >>> render_markdown("a ~~b~~ | c").strip()
    '<p>a <s>b</s> | c</p>'
    """
    return RENDERER.render(markdown)


RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def read_markdown(markdown: str) -> Reading:
    """Read what Markdown says once it is rendered."""
    return read_html(render_markdown(markdown))


def fold(text: str) -> str:
    """Fold each run of white space into one space, as HTML does."""
    return " ".join(text.split())


def is_invisible(character: str) -> bool:
    """Tell marks that take no room: joiners, zero-width spaces, soft hyphens, direction marks."""
    return unicodedata.category(character) == "Cf"


def words(text: str) -> list[str]:
    r"""List the words of *text*, composed (NFC) and without invisible characters.

    >>> words("a\u200bb  c\ufeff \u200b")
    ['ab', 'c']
    """
    visible = "".join(c for c in unicodedata.normalize("NFC", text) if not is_invisible(c))
    return visible.split()


def characters(text: str) -> Counter[str]:
    """Count every character but white space, the invisible ones too."""
    return Counter("".join(unicodedata.normalize("NFC", text).split()))


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left on either side when what came in is weighed against what went out."""

    lost: Counter[str]
    invented: Counter[str]

    def __bool__(self) -> bool:
        """Tell whether the scales are not level."""
        return bool(self.lost or self.invented)

    def __str__(self) -> str:
        return f"lost {_listed(self.lost)}; invented {_listed(self.invented)}"

    @property
    def is_parting(self) -> bool:
        """Tell whether all that differs is where the same letters are parted into words.

        >>> weigh(["foobar"], ["foo", "bar"]).is_parting
        True
        >>> weigh(["foobar"], ["foo", "ba"]).is_parting
        False
        """
        return characters(" ".join(self.lost.elements())) == characters(
            " ".join(self.invented.elements())
        )


def weigh(before: Iterable[str], after: Iterable[str]) -> Balance:
    """Weigh what came in against what went out, as multisets.

    >>> print(weigh("the old the the".split(), "the new".split()))
    lost 'the' x2, 'old'; invented 'new'
    """
    came, went = Counter(before), Counter(after)
    return Balance(lost=came - went, invented=went - came)


def _listed(counts: Counter[str]) -> str:
    shown = [repr(word) + (f" x{count}" if count > 1 else "") for word, count in counts.items()]
    more = f" and {len(shown) - 12} more" if len(shown) > 12 else ""
    return (", ".join(shown[:12]) or "nothing") + more


def first_departure(came: str, went: str, added: Iterable[str] = ()) -> str | None:
    """Show what went out from where on it is not what came, cuts and additions aside.

    Characters may be left out, and nothing else: they keep their order, words are parted where
    they were, and nowhere else.

    >>> first_departure("one two three", "one three")
    >>> first_departure("one two three", "one three two")
    'two'
    >>> first_departure("one two three", "onethree")
    'three'
    >>> first_departure("onetwo", "one two")
    'two'
    >>> first_departure("one two", "one :-) two", [":-)"])
    """
    went = fold(went)
    for text in added:
        went = went.replace(fold(text), GAP, 1)
    departure = _first_departure(came, went)
    # Text that was cut may begin as what follows it does: from the other end it does not mislead.
    return departure if departure and _first_departure(came[::-1], went[::-1]) else None


def _first_departure(came: str, went: str) -> str | None:
    letters = "".join(came.split())
    first_letters = set(accumulate(map(len, came.split())))
    at = -1
    is_free = True  # of its neighbour: nothing is known of the space between them
    is_spaced = False
    for index, character in enumerate(went):
        if character == " ":
            is_spaced = True
        elif character == GAP:
            is_free = True
        else:
            before, at = at, letters.find(character, at + 1)
            is_joined = at in first_letters and not is_spaced
            is_parted = at == before + 1 and at not in first_letters and is_spaced
            if at < 0 or (not is_free and (is_joined or is_parted)):
                return went[index : index + 60]
            is_free = is_spaced = False
    return None


GAP = "\0"
"""Stands for what was added; no text has it."""
