"""A short piece of rendered HTML, such as a title, as one line of plain text."""

from __future__ import annotations

from turbohtml import Text, parse_fragment, unescape

SILENT = "script, style, template, noscript"
"""Elements whose text nobody reads."""

BREAKING = (
    "br, hr, p, div, section, blockquote, figcaption, pre, li, dt, dd, tr, td, th, "
    "h1, h2, h3, h4, h5, h6"
)
"""Elements that part words, before and after."""


def plain_text(rendered: str) -> str:
    """Decode entities, drop tags, fold white space.

    >>> plain_text("Fish &amp; <em>Chips</em><br>&#8217;24")
    'Fish & Chips ’24'
    >>> plain_text("5 &gt; 3")
    '5 > 3'
    """
    if rendered.startswith("<p>"):
        rendered = rendered[3:].strip().removesuffix("</p>")  # as WordPress wraps an excerpt
    if "<" not in rendered and "\r" not in rendered and "\0" not in rendered:
        return " ".join((unescape(rendered) if "&" in rendered else rendered).split())
    fragment = parse_fragment(rendered, positions=False)
    if "<" in rendered:
        for element in fragment.select(SILENT):
            element.decompose()
        for element in fragment.select(BREAKING):
            element.insert_before(Text(" "))
            element.insert_after(Text(" "))
    return " ".join(fragment.text.split())
