"""A user's own rule for one site, over the tree that BeautifulSoup makes."""

from __future__ import annotations

from collections.abc import Callable

from bs4 import BeautifulSoup
from bs4.element import NavigableString
from turbohtml import parse_fragment

from crawler.clean.account import Account, count_characters
from crawler.clean.fallback import texts_in

SiteRule = Callable[[BeautifulSoup], object]


def apply_site_rule(html: str, rule: SiteRule, account: Account) -> str:
    """Return *html* as *rule* leaves it; what it cut and added is in *account*.

    A rule that raises leaves the body as it was, and ``site_rule_failed`` among the limits.
    """
    root = parse_fragment(html, positions=False)
    soup = BeautifulSoup(root.inner_html, "html.parser")
    before = _texts(soup)
    try:
        rule(soup)
        changed = str(soup)
    except (Exception, SystemExit):  # it is the user's, and may do anything; the run goes on
        account.limits.add("site_rule_failed")
        return html
    _write_down(before, _texts(soup), account)
    _check(root.text, parse_fragment(changed, positions=False).text, account)
    return changed


def _texts(soup: BeautifulSoup) -> dict[int, NavigableString]:
    return {id(node): node for node in texts_in(soup)}


def _write_down(
    before: dict[int, NavigableString], after: dict[int, NavigableString], account: Account
) -> None:
    """Compare by identity: a text node is immutable, and *before* keeps all of them alive."""
    for key, node in before.items():
        if key not in after and node.strip():
            account.cut("site_rule", str(node))
    for key, node in after.items():
        if key not in before and node.strip():
            account.add(str(node))


def _check(text_in: str, text_out: str, account: Account) -> None:
    """Say so where the two parsers read the text differently, and the account is not even."""
    cut = sum(count_characters(text) for rule, text in account.cuts if rule == "site_rule")
    added = sum(map(count_characters, account.additions))
    short = count_characters(text_in) + added - cut - count_characters(text_out)
    if short:
        account.limits.add("site_rule_uneven")
