"""What content_html may hold: the allow-list, applied in compiled code."""

from __future__ import annotations

from turbohtml import Element, Text
from turbohtml.clean import OnDisallowed, Policy, Sanitizer

BLOCKS = frozenset(
    "blockquote caption dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre "
    "summary table tbody td tfoot th thead tr ul".split()
)
INLINE = frozenset(
    "a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small strong "
    "sub sup time u var".split()
)
TAGS = BLOCKS | INLINE

RENAMED = {
    **dict.fromkeys(
        "address article aside body center dir fieldset footer form header hgroup html legend "
        "main menu nav optgroup option search section".split(),
        "div",
    ),
    "listing": "pre",
    "xmp": "pre",
    "plaintext": "pre",
    "acronym": "abbr",
    "strike": "s",
    "tt": "code",
    "big": "b",
}
"""What is kept under another name: blocks must go on parting words."""

ATTRIBUTES = {
    "*": frozenset({"dir", "lang"}),
    "a": frozenset({"href", "title"}),
    "abbr": frozenset({"title"}),
    "code": frozenset({"class"}),  # language-..., see crawler.clean.code
    "img": frozenset({"src", "alt", "title", "width", "height"}),
    "ol": frozenset({"start", "reversed", "type"}),
    "li": frozenset({"value"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan", "scope"}),
    "time": frozenset({"datetime"}),
}

SANITIZER = Sanitizer(
    Policy(
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=frozenset({"http", "https", "mailto", "tel"}),
        allow_relative_urls=False,
        on_disallowed_tag=OnDisallowed.STRIP,
        transform_tags=RENAMED,
        allow_svg=False,
        allow_mathml=False,
    )
)


def allowed_copy(root: Element) -> Element:
    """Return a copy of *root* with allowed elements and attributes only, all text kept."""
    return SANITIZER.sanitize_node(root)


STRIPPED = f":not({', '.join(sorted(TAGS | RENAMED.keys()))})"
RENAMED_TAGS = ", ".join(RENAMED)


def reshape(root: Element) -> None:
    """Take off the tags that are not allowed, and rename those that must go on parting words.

    What comes out may be nested as no parser would nest it: parse it again.
    """
    for math in root.select("math"):
        math.replace_with(Text(f" {math.text} "))
    root.strip_tags(STRIPPED)
    for element in root.select(RENAMED_TAGS):
        element.tag = RENAMED[element.tag]
