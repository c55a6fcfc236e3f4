"""What a survey found, for people: a table a site, or for many sites a line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from crawler.report import say_time

WIDE = 110
"""Columns of a terminal from which on a line a site has room for plugins and languages."""

KINDS = {"document": "documents", "media": "media", "comment": "comments", "term": "terms"}
KINDS |= {"user": "users"}


def survey_report(accounts: Sequence[Mapping[str, Any]]) -> RenderableType:
    """Show one site with its collections, or several with a line each."""
    if len(accounts) == 1:
        return _one(accounts[0])
    return _Lines(accounts)


def _one(account: Mapping[str, Any]) -> RenderableType:
    name = (account["api"] or {}).get("name")
    head = account["site"] + (f": {name}" if name else "")
    if account["error"]:
        return Text(f"{account['site']}: {account['error']}")
    table = _table(left=("collection", "kind"), right=("records", "requests"))
    table.add_column("newest", no_wrap=True)
    table.add_column("state", no_wrap=True)
    for each in account["collections"]:
        table.add_row(
            f"{each['namespace']}/{each['rest_base']}",
            each["kind"],
            _number(each["total"]),
            _number(each["requests"]),
            (each["newest"] or "")[:10],
            each["state"],
        )
    return Group(Text(head), table, *_facts(account))


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
        numbers = [*KINDS.values()] if wide else ["documents", "others"]
        table = _table(left=("site",), right=(*numbers, "closed", "requests"))
        table.add_column("time", no_wrap=True)
        if wide:
            table.add_column("languages", max_width=14)
            table.add_column("plugins")
        for account in self._accounts:
            table.add_row(*_line(account, wide=wide))
        yield table
        for account in self._accounts:
            if account["error"]:
                yield Text(f"{account['site']}: {account['error']}")
        yield from _sum(self._accounts)


def _line(account: Mapping[str, Any], *, wide: bool) -> list[str]:
    site = account["site"].partition("://")[2]
    if account["error"]:
        return [site, "-"]
    kinds = [[kind] for kind in KINDS] if wide else [["document"], list(KINDS)[1:]]
    numbers = [_total(account, each) for each in kinds]
    closed = sum(each["state"] == "closed" for each in account["collections"])
    effort = account["harvest"]["all"]
    more = "+" if effort["least"] else ""
    cells = [site, *map(_number, numbers), str(closed), f"{effort['requests']}{more}"]
    cells.append(say_time(effort["seconds"]))
    if wide:
        cells.append(", ".join(account["languages"]))
        cells.append(", ".join(each["name"] for each in account["plugins"]))
    return cells


def _total(account: Mapping[str, Any], kinds: Sequence[str]) -> int | None:
    """Add up the records of some kinds; None where a collection of them is not counted."""
    own = [each for each in account["collections"] if each["kind"] in kinds]
    if any(each["state"] in ("uncounted", "failed") for each in own):
        return None
    return sum(each["total"] or 0 for each in own)


def _sum(accounts: Sequence[Mapping[str, Any]]) -> list[Text]:
    well = [account for account in accounts if account["harvest"]]
    efforts = [account["harvest"]["all"] for account in well]
    requests = sum(each["requests"] for each in efforts)
    longest = max((each["seconds"] for each in efforts), default=0)
    together = f"{len(well)} of {len(accounts)} sites; a harvest of all of it: {requests} requests"
    return [Text(f"{together}, {say_time(longest)} for the largest site")]


def _table(*, left: Sequence[str], right: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    sides: list[tuple[Sequence[str], Literal["left", "right"]]] = [
        (left, "left"),
        (right, "right"),
    ]
    for names, justify in sides:
        for name in names:
            table.add_column(name, justify=justify, no_wrap=True)
    return table


def _number(number: int | None) -> str:
    return "?" if number is None else str(number)
