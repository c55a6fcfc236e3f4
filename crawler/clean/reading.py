"""A body that may be intact: its tree, its parts, and what becomes of their addresses."""

from __future__ import annotations

from turbohtml import Element, unescape

from crawler.clean.inner_loops import Parts, StartTags
from crawler.clean.start_tags import (
    ATTRIBUTE,
    START,
    KeptAttributes,
    Unsure,
    kept_attributes,
)
from crawler.clean.tidy import DEEPEST, is_too_deep

ESCAPED = (("&", "&amp;"), ("\xa0", "&nbsp;"), ('"', "&quot;"), ("<", "&lt;"), (">", "&gt;"))

start_tags = StartTags()
link_attributes = KeptAttributes()


class Reading:
    """One body on the page *base*: ``root`` is its tree, *data* what the serializer made of it."""

    def __init__(self, root: Element, data: bytes, base: str) -> None:
        self.root = root
        self.base = base
        self.parts = Parts(data, start_tags)
        self.outline = self.parts.outline
        self._elements: dict[str, list[Element]] = {}
        if len(self.outline) > 2 * DEEPEST and is_too_deep(root):
            raise Unsure

    def positions(self, letter: str) -> list[int]:
        """Return where *letter* stands in the outline."""
        found = []
        at = self.outline.find(letter)
        while at >= 0:
            found.append(at)
            at = self.outline.find(letter, at + 1)
        return found

    def elements(self, tag: str) -> list[Element]:
        """Return the elements of the tree with *tag*, in the order of their tags."""
        if tag not in self._elements:
            self._elements[tag] = self.root.select(tag)
        return self._elements[tag]

    def attributes(self, at: int) -> dict[str, str]:
        """Return the attributes of the tag *at*, decoded."""
        found = START.fullmatch(self.parts.tag(at))
        if found is None:
            raise Unsure
        return {key: unescape(value) for key, value in ATTRIBUTE.findall(found[2].decode())}

    def set_address(self, at: int, number: int, name: str, url: str) -> None:
        """Give the attribute *name* of the tag *at* the address *url*, and the tag its clean form.

        The tag is the *number*-th of its kind in the tree, where the address is changed too.
        """
        tag, _, attributes = self.parts.tag(at).decode().partition(" ")
        attributes = f" {attributes}"
        address = self.attributes(at).get(name)
        if address is None:
            raise Unsure
        if address != url:
            attributes = attributes.replace(
                f' {name}="{_escaped(address)}"', f' {name}="{_escaped(url)}"'
            )
            self.elements(tag)[number].attrs[name] = url
        kept = kept_attributes(tag, attributes)
        if kept is None:
            raise Unsure
        self.parts.pieces[at] = f"<{tag}{kept}>".encode()


def decoded(data: bytes) -> str:
    """Return the text *data* with its entities decoded."""
    text = data.decode()
    return unescape(text) if "&" in text else text


def _escaped(value: str) -> str:
    for character, entity in ESCAPED:
        value = value.replace(character, entity)
    return value
