"""A strict second parser: what of a piece of HTML could do harm, or is not on the list."""

from __future__ import annotations

import re
from html.parser import HTMLParser

PLAIN = frozenset(
    "abbr address b bdi bdo br caption cite dd dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 "
    "h6 hr i kbd mark p pre rp rt ruby s samp small span strong sub summary sup table tbody tfoot "
    "thead tr u ul var wbr".split()
)
"""Elements without attributes of their own."""

OWN = {
    "a": {"href", "rel"},
    "blockquote": {"cite"},
    "code": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "type", "reversed"},
    "q": {"cite"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope"},
    "time": {"datetime"},
}
"""Elements with attributes of their own, and these."""

GLOBAL = {"dir", "lang", "title", "id"}
VOID = {"br", "col", "hr", "img", "wbr"}
ADDRESSES = {"href": {"http", "https", "mailto", "tel"}, "src": {"http", "https"}}
ADDRESSES["cite"] = ADDRESSES["src"]
SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
CLASS = re.compile(r"language-[\w.+#-]+")


class StrictReader(HTMLParser):
    """Complains of each element, attribute and address that is not on the list."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.complaints: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in PLAIN | OWN.keys():
            self.complaints.append(f"<{tag}>")
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.complaints.append(f"<{tag}> has an attribute twice: {names}")
        self.complaints += [
            f"<{tag} {name}={value!r}>" for name, value in attrs if not is_safe(tag, name, value)
        ]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.complaints.append(f"<{tag}/> closes nothing")
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.complaints.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if "\0" in data:
            self.complaints.append("NUL")

    def handle_comment(self, data: str) -> None:
        self.complaints.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.complaints.append(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self.complaints.append(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self.complaints.append(f"<?{data}>")


def is_safe(tag: str, name: str, value: str | None) -> bool:
    """Tell whether an attribute is on the list, with a value that can do no harm."""
    if name not in GLOBAL | OWN.get(tag, set()):
        return False
    if name == "class":
        return CLASS.fullmatch(value or "") is not None
    if name in ADDRESSES:
        # What browsers drop from an address before they read its scheme.
        scheme = SCHEME.match(re.sub(r"[\x00-\x20\x7f]", "", value or ""))
        return scheme is None or scheme[1].lower() in ADDRESSES[name]
    return True


def complaints(html: str) -> list[str]:
    r"""List what is wrong with a piece of HTML that is to be shown in a page.

    >>> complaints('<p>fine <a href="https://example.org/">here</a></p>')
    []
    >>> complaints("<p onclick=x()>a<script>b()</script></p>")
    ["<p onclick='x()'>", '<script>']
    >>> complaints('<a href=" java&#10;script:c">d')
    ["<a href=' java\\nscript:c'>", '<a> is not closed']
    """
    reader = StrictReader()
    reader.feed(html)
    reader.close()
    return reader.complaints + [f"<{tag}> is not closed" for tag in reversed(reader.open)]
