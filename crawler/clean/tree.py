"""Small steps in a turbohtml tree that several rules need."""

from __future__ import annotations

from collections.abc import Iterator

from turbohtml import Element, Node, Text

Tags = frozenset[str]
"""The tags that a body has, each once: what is not there need not be looked for."""


def tags_of(root: Element) -> Tags:
    """Return the tags below *root*.

    >>> from turbohtml import parse_fragment
    >>> sorted(tags_of(parse_fragment("<p>a<br><b>c</b></p>")))
    ['b', 'br', 'p']
    """
    return frozenset([element.tag for element in root.select("*")])


STEPS = 12
"""Ancestors that are looked at: in a hostile tree there are 100,000."""

VERBATIM = "pre, code, kbd, samp"
"""Elements whose text is quoted from a machine, and never touched."""


def attribute(element: Element, name: str) -> str:
    """Return an attribute, empty where it is not there."""
    return element.attr(name) or ""


def nearest(element: Element | Text, tags: frozenset[str]) -> Element | None:
    """Return the nearest ancestor with one of *tags*; None if there is none close by.

    The root is none: it stands for the page around the body.
    """
    parent = element.parent
    for _ in range(STEPS):
        above = parent.parent if parent is not None else None
        if not isinstance(parent, Element) or not isinstance(above, Element):
            return None
        if parent.tag in tags:
            return parent
        parent = above
    return None


def all_texts(root: Element) -> Iterator[Text]:
    """Yield the text nodes of *root*."""
    return (node for node in root.descendants if type(node) is Text)


def texts_of(root: Element) -> Iterator[Text]:
    """Yield the text nodes of *root* that are prose, so not those in code."""
    verbatim = {node for element in root.select(VERBATIM) for node in element.descendants}
    return (node for node in all_texts(root) if node not in verbatim)


PARTING = frozenset(
    "address article aside blockquote center dd details div dl dt fieldset figure footer form h1 "
    "h2 h3 h4 h5 h6 header hr iframe li nav ol p pre section table ul".split()
)
"""Elements that part the words before and after."""


def take_out(element: Element) -> None:
    """Take *element* out of the tree; words that it parted stay parted, by a line break."""
    if element.tag in PARTING:
        before, after = element.previous_sibling, element.next_sibling
        if _is_inline(before) and _is_inline(after):
            element.replace_with(Element("br"))
            return
    element.decompose()


def _is_inline(sibling: Node | None) -> bool:
    if isinstance(sibling, Text):
        return not sibling.data.isspace()
    return isinstance(sibling, Element) and sibling.tag not in PARTING


def folded(text: str) -> str:
    r"""Fold white space.

    >>> folded(" a\n b ")
    'a b'
    """
    return " ".join(text.split())
