"""A rendered body, cleaned: HTML, text and Markdown that agree, and an account of the rest."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from turbohtml import parse_fragment

from crawler.clean.account import Account, count_composed, untouched
from crawler.clean.embeds import Embed
from crawler.clean.footers import Source, canonical_source
from crawler.clean.images import Image
from crawler.clean.intact import Intact, read_intact
from crawler.clean.links import LISTED, Link
from crawler.clean.once import Emails, Pass, clean_once
from crawler.clean.outputs import Outputs
from crawler.clean.text import Unit

if TYPE_CHECKING:
    from crawler.clean.site_rule import SiteRule

# The second parser, BeautifulSoup, is loaded by the first body that needs it: few runs have one,
# and it takes as long to load as two hundred bodies to clean.

ROUNDS = 6
"""Times that a body is cleaned again, until nothing changes any more."""


@dataclass(slots=True)
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
    intact = read_intact(html, base_url, emails) if site_rule is None else None
    if intact is not None:
        return _kept_whole(intact, canonical, base_url)
    account = Account()
    try:
        first, last, text_in = _passes(html, base_url, emails, site_rule, account)
    except Exception:  # whatever a body does to a parser, it never ends a run
        from crawler.clean.fallback import plain_paragraphs

        account = Account()
        account.limits.add("parser_refused")
        html, whole = plain_paragraphs(unicodedata.normalize("NFC", html), account)
        first = clean_once(html, base_url, emails, account)
        last = settle(first, base_url, emails, account)
        text_in = count_composed(whole)
    if max(len(last.links), len(last.images)) == LISTED:
        account.limits.add("lists_cut")
    plain = last.text
    return CleanBody(
        html=last.html,
        text=plain.text,
        markdown=last.markdown,
        links=last.links,
        images=last.images,
        embeds=first.found.embeds,
        source=source_of(first, canonical, base_url),
        word_count=plain.words,
        word_unit=plain.unit,
        cleaning=account.balance(text_in, plain.characters, composed=first.found.composed),
        cuts=tuple(account.cuts) if keep_cuts else (),
        additions=tuple(account.additions) if keep_cuts else (),
    )


def _kept_whole(intact: Intact, canonical: str | None, base: str) -> CleanBody:
    """Return what became of a body of which nothing was cut, and to which nothing was added."""
    text = intact.text
    source = intact.source
    if canonical and (source is None or source["basis"] == "lead image"):
        source = canonical_source(canonical, base) or source
    return CleanBody(
        html=intact.html,
        text=text.text,
        markdown=intact.markdown,
        links=intact.links,
        images=intact.images,
        embeds=[],
        source=source,
        word_count=text.words,
        word_unit=text.unit,
        cleaning=untouched(text.characters),
    )


def _passes(
    html: str, base: str, emails: Emails, site_rule: SiteRule | None, account: Account
) -> tuple[Pass, Outputs, int]:
    """Return the first pass over *html*, what came of the last, what characters came in."""
    html = without_surrogates(html, account)
    text_in: int | None = None
    if site_rule is not None:
        from crawler.clean.site_rule import apply_site_rule

        text_in = count_composed(parse_fragment(html, positions=False).text)
        html = apply_site_rule(html, site_rule, account)
    first = clean_once(html, base, emails, account)
    last = settle(first, base, emails, account)
    return first, last, first.found.text_in if text_in is None else text_in


def without_surrogates(html: str, account: Account) -> str:
    """Return *html* with U+FFFD for half characters, which no encoding can write."""
    try:
        html.encode()
    except UnicodeEncodeError:
        account.limits.add("lone_surrogate")
        return html.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return html


def source_of(first: Pass, canonical: str | None, base: str) -> Source | None:
    """Return what names the source best: the text, an SEO plugin, the first image."""
    found = first.found
    return found.source or canonical_source(canonical, base) or found.weak_source


def settle(done: Pass, base: str, emails: Emails, account: Account) -> Outputs:
    """Clean again until nothing changes: what is cut may bring together what is to be cut."""
    if done.settled:
        return done.outputs()
    for _ in range(ROUNDS):
        intact = read_intact(done.html, base, emails)
        if intact is not None:
            return intact
        before, done = done.html, clean_once(done.html, base, emails, account)
        if done.settled or done.html == before:
            return done.outputs()
    account.limits.add("unsettled")
    return done.outputs()
