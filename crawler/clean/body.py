"""A rendered body, cleaned: HTML, text and Markdown that agree, and an account of the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from turbohtml import Element, Markdown, parse_fragment

from crawler.clean.account import Account, count_bytes, count_characters
from crawler.clean.allowed import TAGS, allowed_copy, reshape
from crawler.clean.characters import cut_characters
from crawler.clean.code import mend_code
from crawler.clean.elements import TAG_RULES, cut_hidden, cut_named, cut_tags
from crawler.clean.embeds import Embed, link_embeds
from crawler.clean.footers import (
    Source,
    canonical_source,
    cut_footers,
    cut_read_also,
    lead_image_source,
)
from crawler.clean.figures import mend_figures
from crawler.clean.images import Image, describe, mend_images, mend_noscript
from crawler.clean.links import Link, decode_emails, list_links, mend_links
from crawler.clean.site_rule import SiteRule, apply_site_rule
from crawler.clean.text import Unit, text_of
from crawler.clean.tidy import DEEPEST, EMPTY, cut_empty, flatten

Emails = Literal["keep", "cut"]


@dataclass(frozen=True, slots=True)
class CleanBody:
    """What a rendered body becomes. ``source`` is None where the text names none.

    ``cuts`` has each text that was cut with the rule that cut it, ``additions`` each text
    that was added; both are empty unless ``keep_cuts`` was given.
    """

    html: str
    text: str
    markdown: str
    links: list[Link]
    images: list[Image]
    embeds: list[Embed]
    source: Source | None
    word_count: int
    word_unit: Unit
    cleaning: dict[str, Any]
    cuts: tuple[tuple[str, str], ...] = ()
    additions: tuple[str, ...] = ()


MARKDOWN = Markdown(links=Markdown.Links(autolink=False))

TAG = re.compile(rb"<([a-zA-Z][a-zA-Z0-9]*)")
KEPT = frozenset(tag.encode() for tag in TAGS)
CUT = frozenset(tag.partition("-")[0].encode() for tag in TAG_RULES)
CODE = frozenset({b"pre", b"code"})
EMBEDDED = frozenset({b"iframe", b"frame", b"object", b"embed", b"applet", b"video", b"audio"})

ROUNDS = 5
"""Times that a body is cleaned again, until nothing changes any more."""


@dataclass(slots=True)
class Pass:
    """What one pass over a body gives; ``settled`` when another one would change nothing."""

    html: str
    tree: Element
    text_in: int
    links: list[Link]
    images: list[Image]
    embeds: list[Embed]
    source: Source | None
    settled: bool


def clean_body(
    html: str,
    *,
    base_url: str,
    emails: Emails = "keep",
    site_rule: SiteRule | None = None,
    canonical: str | None = None,
    keep_cuts: bool = False,
) -> CleanBody:
    """Clean the rendered *html* of the page *base_url*.

    *emails* says what becomes of e-mail addresses, *site_rule* is a rule for this one
    site, *canonical* what an SEO plugin calls the original page.

    >>> clean_body("<p>Hi<script>1</script></p>", base_url="https://a.example/").text
    'Hi'
    """
    account = Account()
    html = without_surrogates(html, account)
    text_in: int | None = None
    if site_rule is not None:
        text_in = count_characters(parse_fragment(html, positions=False).text)
        html = apply_site_rule(html, site_rule, account)
    first = last = clean_once(html, base_url, emails, account)
    for _ in range(ROUNDS):
        if last.settled:
            break
        before, last = last.html, clean_once(last.html, base_url, emails, account)
        last.settled = last.html == before
    else:
        account.limits.add("unsettled")
    plain = text_of(last.html)
    shown = {image["url"] for image in last.images}
    return CleanBody(
        html=last.html,
        text=plain.text,
        markdown=last.tree.to_markdown(MARKDOWN),
        links=last.links,
        images=[image for image in first.images if image["url"] in shown],
        embeds=first.embeds,
        source=first.source or canonical_source(canonical, base_url) or last.source,
        word_count=plain.words,
        word_unit=plain.unit,
        cleaning=account.balance(first.text_in if text_in is None else text_in, plain.characters),
        cuts=tuple(account.cuts) if keep_cuts else (),
        additions=tuple(account.additions) if keep_cuts else (),
    )


def without_surrogates(html: str, account: Account) -> str:
    """Return *html* with U+FFFD for half characters, which no encoding can write."""
    try:
        html.encode()
    except UnicodeEncodeError:
        account.limits.add("lone_surrogate")
        return html.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return html


def clean_once(html: str, base: str, emails: Emails, account: Account) -> Pass:
    """Clean *html* once: cut, mend, and keep what is on the allow-list."""
    data = html.encode()
    names = {name.lower() for name in TAG.findall(data)}
    known = len(account.cuts) + len(account.additions)
    root = parse_fragment(html, positions=False)
    if data.count(b"<") > DEEPEST and flatten(root):
        account.limits.add("depth")
    whole = root.text
    whole_data = whole.encode()
    text_in = count_bytes(whole_data)
    embeds = cut_elements(root, names, data, text_in, base, emails, account)
    cut_characters(root, whole_data, emails, account)
    images = mend_images(root, base, account) if b"img" in names or b"image" in names else []
    links = mend_links(root, base, emails) if b"a" in names else []
    touched = len(account.cuts) + len(account.additions) > known
    source: Source | None = None
    if links:
        source = cut_footers(links, root.text if touched else whole, base, account)
        cut_read_also(links, account)
        touched = len(account.cuts) + len(account.additions) > known
    if touched or not names <= KEPT or b"table" in names and root.select_one(LOOSE_TABLE):
        return _reshaped(root, text_in, embeds, source, base)
    tree = allowed_copy(root)
    clean = tree.inner_html.strip()
    if EMPTY.search(clean):
        return _reshaped(root, text_in, embeds, source, base)
    if images:
        source = source or lead_image_source(images[0], root, base)
    return Pass(clean, tree, text_in, list_links(links), describe(images), embeds, source, True)


def _reshaped(
    root: Element, text_in: int, embeds: list[Embed], source: Source | None, base: str
) -> Pass:
    """Finish a body whose structure is no longer what a parser makes: parse it once more."""
    reshape(root)
    cut_empty(root)
    root = parse_fragment(root.inner_html, positions=False)
    images = root.select("img")
    if images:
        source = source or lead_image_source(images[0], root, base)
    tree = allowed_copy(root)
    return Pass(
        html=tree.inner_html.strip(),
        tree=tree,
        text_in=text_in,
        links=list_links(root.select("a")),
        images=describe(images),
        embeds=embeds,
        source=source,
        settled=False,
    )


def cut_elements(
    root: Element,
    names: set[bytes],
    data: bytes,
    whole: int,
    base: str,
    emails: Emails,
    account: Account,
) -> list[Embed]:
    """Cut and mend whole elements; return the embeds among them."""
    if b"data-cfemail" in data or b"email-protection" in data:
        decode_emails(root, emails, account)
    if b"noscript" in names:
        mend_noscript(root, base)
    if not names.isdisjoint(CUT):
        cut_tags(root, account)
    if b"hidden" in data or b"none" in data or b"data-mce-type" in data:
        cut_hidden(root, account)
    cut_named(root, account, whole)
    if b"wp-caption" in data or b"gallery-item" in data:
        mend_figures(root)
    if not names.isdisjoint(CODE):
        mend_code(root)
    if names.isdisjoint(EMBEDDED) and b"embed" not in data and b"-media" not in data:
        return []
    return link_embeds(root, base, account)


LOOSE_TABLE = "table:not(figure > table:only-child)"
"""A table with something beside it, which may be what the parser moved out of it."""
