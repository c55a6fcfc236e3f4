"""Links: absolute, without tracking; e-mail addresses as the setting says."""

from __future__ import annotations

from typing import TypedDict
from urllib.parse import unquote

from turbohtml import Element, Text

from crawler.clean.account import Account
from crawler.clean.addresses import absolute_url, decode_protected_email
from crawler.clean.tree import attribute, folded


class Link(TypedDict):
    """A link in the text, and what it is set on; empty for a picture."""

    url: str
    text: str


PROTECTED_PATH = "/cdn-cgi/"
"""In what Cloudflare makes of e-mail addresses."""

PROTECTED = "a[href*='/cdn-cgi/l/email-protection'], [data-cfemail]"


def mend_links(root: Element, base: str, emails: str, account: Account) -> list[Element]:
    """Make links absolute and take off those that lead nowhere; return the others in order."""
    kept = []
    for link in root.select("a"):
        address = link.attr("href")
        url = absolute_url(address, base)
        if url is None or (emails == "cut" and url.startswith("mailto:")):
            link.unwrap()
            continue
        if address != url:
            link.attrs["href"] = url
        kept.append(link)
    return kept


LISTED = 10_000
"""Links of a body that are listed at most."""


def list_links(links: list[Element]) -> list[Link]:
    """List the first of *links* with their text on one line."""
    return [{"url": attribute(link, "href"), "text": folded(link.text)} for link in links[:LISTED]]


def decode_emails(root: Element, emails: str, account: Account) -> None:
    """Put back the addresses that Cloudflare hid; with ``cut`` only take the stand-in away."""
    skip = 0
    for element in root.select(PROTECTED):
        if skip:
            skip -= 1
            continue
        skip = len(element.select(PROTECTED))
        holder = element if element.attr("data-cfemail") else element.select_one("[data-cfemail]")
        if holder is not None:
            _show(holder, emails, account)
        elif element.tag == "a":
            _mail_to(element, attribute(element, "href").partition("#")[2])


def _show(holder: Element, emails: str, account: Account) -> None:
    encoded = attribute(holder, "data-cfemail")
    address = decode_protected_email(encoded)
    if address is None:
        return
    account.cut("protected_email", holder.text)
    if emails == "cut":
        holder.decompose()
        return
    account.add(address)
    holder.set_text(address)
    link = holder if holder.tag == "a" else holder.parent
    if isinstance(link, Element) and link.tag == "a":
        link.attrs["href"] = f"mailto:{address}"
    if holder is not link:
        holder.replace_with(Text(address))
    else:
        del holder.attrs["data-cfemail"]


def _mail_to(link: Element, encoded: str) -> None:
    """Decode the address of a link whose text is the author's own."""
    address = decode_protected_email(encoded)
    if address is not None:
        link.attrs["href"] = f"mailto:{unquote(address)}"
