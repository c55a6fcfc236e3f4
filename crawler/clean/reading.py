"""A body taken apart once: its texts and tags in turn, what becomes of these, its outline."""

from __future__ import annotations

from turbohtml import Element, unescape

from crawler.clean.start_tags import ATTRIBUTE, START, StartTags, Unsure, kept_attributes
from crawler.clean.tidy import DEEPEST, is_too_deep

ESCAPED = (("&", "&amp;"), ("\xa0", "&nbsp;"), ('"', "&quot;"), ("<", "&lt;"), (">", "&gt;"))

start_tags = StartTags()


class Reading:
    """One body: ``parts`` are its texts and ``tags`` in turn, as the serializer writes them.

    ``pieces`` is what becomes of each tag, ``marks`` what it ends in the text, ``outline``
    its letter. *data* holds no comments: only in them, in names and in elements that are not
    allowed, the serializer writes < and > that are no edge of a tag.
    """

    def __init__(self, root: Element, data: bytes, base: str) -> None:
        self.root = root
        self.data = data
        self.base = base
        self.parts = data.replace(b">", b"<").split(b"<")
        self.tags = self.parts[1::2]
        if len(self.tags) != data.count(b">"):
            raise Unsure  # a parser takes < into names
        self._elements: dict[str, list[Element]] = {}
        if len(self.tags) > 2 * DEEPEST and is_too_deep(root):
            raise Unsure
        judged = list(map(start_tags.__getitem__, self.tags))
        self.pieces = [each[0] for each in judged]
        self.marks = [each[1] for each in judged]
        self.outline = "".join([each[2] for each in judged])

    def positions(self, letter: str) -> list[int]:
        """Return where *letter* stands in the outline."""
        found = []
        at = self.outline.find(letter)
        while at >= 0:
            found.append(at)
            at = self.outline.find(letter, at + 1)
        return found

    def between(self, start: int, end: int) -> str:
        """Return the text between the tags *start* and *end*."""
        inner = self.parts[2 * start + 2 : 2 * end + 1 : 2]
        return decoded(inner[0] if len(inner) == 1 else b"".join(inner))

    def elements(self, tag: str) -> list[Element]:
        """Return the elements of the tree with *tag*, in the order of their tags."""
        if tag not in self._elements:
            self._elements[tag] = self.root.select(tag)
        return self._elements[tag]

    def attributes(self, at: int) -> dict[str, str]:
        """Return the attributes of the tag *at*, decoded."""
        found = START.fullmatch(self.tags[at])
        if found is None:
            raise Unsure
        return {key: unescape(value) for key, value in ATTRIBUTE.findall(found[2].decode())}

    def set_address(self, at: int, number: int, name: str, url: str) -> None:
        """Give the attribute *name* of the tag *at* the address *url*, and the tag its clean form.

        The tag is the *number*-th of its kind in the tree, where the address is changed too.
        """
        tag, _, attributes = self.tags[at].decode().partition(" ")
        attributes = f" {attributes}"
        address = self.attributes(at).get(name)
        if address is None:
            raise Unsure
        if address != url:
            attributes = attributes.replace(
                f' {name}="{_escaped(address)}"', f' {name}="{_escaped(url)}"'
            )
            self.elements(tag)[number].attrs[name] = url
        self.pieces[at] = f"<{tag}{kept(tag, attributes)}>".encode()


def kept(tag: str, attributes: str) -> str:
    """Return what of the *attributes* of *tag* stays, both as the serializer writes them."""
    known = kept_attributes(tag, attributes)
    if known is None:
        raise Unsure
    return known


def decoded(data: bytes) -> str:
    """Return the text *data* with its entities decoded."""
    text = data.decode()
    return unescape(text) if "&" in text else text


def _escaped(value: str) -> str:
    for character, entity in ESCAPED:
        value = value.replace(character, entity)
    return value
