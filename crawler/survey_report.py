"""What a survey found, for people: a table a site, or for many sites a line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from crawler.report import say_time
from crawler.widths import Shape, fitted

WIDE = 110
"""Columns of a terminal from which on a line a site has room for plugins and languages."""

KINDS = {"document": "documents", "media": "media", "comment": "comments", "term": "terms"}
KINDS |= {"user": "users"}

ONE = Shape(names=frozenset({"collection"}), right=frozenset({"records", "requests"}))
MANY = Shape(
    names=frozenset({"site", "languages", "plugins"}),
    right=frozenset({*KINDS.values(), "others", "closed", "requests"}),
)


def survey_report(accounts: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Show one site with its collections, or several with a line each."""
    if len(accounts) == 1:
        return _One(accounts[0])
    return _Lines(accounts)


class _One:
    """One site: a line a collection, and what else is known."""

    def __init__(self, account: Mapping[str, Any]) -> None:
        self._account = account

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        account = self._account
        if account["error"]:
            yield _error(account)
            return
        name = (account["api"] or {}).get("name")
        yield Text(account["site"] + (f": {name}" if name else ""))
        counts = account["collections"]
        columns = {
            "collection": [f"{each['namespace']}/{each['rest_base']}" for each in counts],
            "kind": [each["kind"] for each in counts],
            "records": [_number(each["total"]) for each in counts],
            "requests": [_number(each["requests"]) for each in counts],
            "newest": [(each["newest"] or "")[:10] for each in counts],
            "state": [each["state"] for each in counts],
        }
        yield fitted(columns, options.max_width, ONE)
        yield from _facts(account)


def _error(account: Mapping[str, Any]) -> Text:
    """Say why there is no more, and of which site, unless that is said already."""
    site, error = account["site"], account["error"]
    return Text(error if site in error else f"{site}: {error}")


def _facts(account: Mapping[str, Any]) -> list[Text]:
    """Say in a line each what is not in the table."""
    closed = [each for each in account["collections"] if each["reason"]]
    delay = account["crawl_delay"]
    facts = {
        "languages": ", ".join(account["languages"]),
        "plugins": ", ".join(each["name"] for each in account["plugins"]),
        "needs a login": ", ".join(account["login_only"]),
        "not content": ", ".join(account["machinery"]),
        "use of texts": ", ".join(map(_signal, account["opt_out"] or ())),
        "robots.txt": f"asks for {delay:g} s between requests" if delay else "",
    }
    lines = [Text(f"{name}: {value}") for name, value in facts.items() if value]
    lines += [
        Text(f"{each['namespace']}/{each['rest_base']}: {each['reason']}") for each in closed
    ]
    lines += [Text(f"note: {note}") for note in account["notes"]]
    return [*lines, *_efforts(account["harvest"])]


def _signal(signal: Mapping[str, Any]) -> str:
    value = f"={signal['value']}" if signal["value"] else ""
    return f"{signal['name']}{value} ({signal['source']})"


def _efforts(harvest: Mapping[str, Any] | None) -> list[Text]:
    if harvest is None:
        return []
    told = {"all": "a harvest of all of it", "documents": "of the documents and what they link to"}
    return [Text(f"{words}: {_effort(harvest[name])}") for name, words in told.items()]


def _effort(effort: Mapping[str, Any]) -> str:
    least = "at least " if effort["least"] else ""
    return f"{least}{effort['requests']} requests, {say_time(effort['seconds'])}"


class _Lines:
    """A line a site, with as many columns as the terminal has room for."""

    def __init__(self, accounts: Sequence[Mapping[str, Any]]) -> None:
        self._accounts = accounts

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = options.max_width >= WIDE
        lines = [_line(account) for account in self._accounts]
        columns = {title: [line.get(title, "") for line in lines] for title in _titles(wide)}
        yield fitted(columns, options.max_width, MANY)
        for account in self._accounts:
            if account["error"]:
                yield _error(account)
        yield from _sum(self._accounts)


def _titles(wide: bool) -> list[str]:
    kinds = list(KINDS.values()) if wide else ["documents", "others"]
    more = ["languages", "plugins"] if wide else []
    return ["site", *kinds, "closed", "requests", "time", *more]


def _line(account: Mapping[str, Any]) -> dict[str, str]:
    site = account["site"].partition("://")[2]
    if account["error"]:
        return {"site": site, "documents": "-"}
    kinds = {title: [kind] for kind, title in KINDS.items()}
    kinds["others"] = list(KINDS)[1:]
    closed = sum(each["state"] == "closed" for each in account["collections"])
    effort = account["harvest"]["all"]
    return {
        "site": site,
        **{title: _total(account, each) for title, each in kinds.items()},
        "closed": str(closed),
        "requests": f"{effort['requests']}{'+' if effort['least'] else ''}",
        "time": say_time(effort["seconds"]),
        "languages": ", ".join(account["languages"]),
        "plugins": ", ".join(each["name"] for each in account["plugins"]),
    }


def _total(account: Mapping[str, Any], kinds: Sequence[str]) -> str:
    """Add up the records of some kinds: ``7+`` where others are not counted, ``-`` if closed."""
    own = [each for each in account["collections"] if each["kind"] in kinds]
    if own and all(each["state"] == "closed" for each in own):
        return "-"
    total = sum(each["total"] or 0 for each in own)
    if any(each["state"] in ("uncounted", "failed") for each in own):
        return f"{total}+" if total else "?"
    return str(total)


def _sum(accounts: Sequence[Mapping[str, Any]]) -> list[Text]:
    well = [account for account in accounts if account["harvest"]]
    efforts = [account["harvest"]["all"] for account in well]
    requests = sum(each["requests"] for each in efforts)
    longest = max((each["seconds"] for each in efforts), default=0)
    together = f"{len(well)} of {len(accounts)} sites; a harvest of all of it: {requests} requests"
    return [Text(f"{together}, {say_time(longest)} for the largest site")]


def _number(number: int | None) -> str:
    return "?" if number is None else str(number)
