"""Servers that are busy, broken, slow, or that hang up."""

from __future__ import annotations

from email.utils import formatdate
from time import time

from crawler.sample.answers import Answer
from tests.faults.row import Row, all_but, oldest, only
from tests.faults.scripts import (
    all_of,
    api,
    each,
    holding,
    later,
    nth,
    of,
    records_of,
    site,
    text,
    when,
)
from tests.faults.server import Account, Asked, Fault, Reply

SLOW = {"DOWNLOAD_TIMEOUT": 1}


def error(status: int, *headers: tuple[str, str]) -> Answer:
    return text(status, f"<h1>{status}</h1>", *headers)


def in_seconds(status: int, seconds: int) -> Answer:
    return error(status, ("Retry-After", str(seconds)))


def at_a_date(status: int) -> Fault:
    """Name a moment in the second after next: a date has no fractions."""

    def change(asked: Asked) -> Answer:
        return error(status, ("Retry-After", formatdate(time() + 2, usegmt=True)))

    return when(later("posts"), change, times=1)


def cut(asked: Asked) -> Reply:
    """Send half of the body and hang up."""
    answer = asked.answer()
    return Reply(answer, keep=len(answer.body) // 2)


def cut_above(size: int) -> Fault:
    """Hang up in the middle of every body above a size, as a proxy with a small buffer does."""

    def change(asked: Asked) -> Reply | None:
        answer = asked.answer()
        return Reply(answer, keep=size) if len(answer.body) > size else None

    return when(of("posts"), change)


def promise_more(asked: Asked) -> Reply:
    """Promise ten bytes that never come."""
    answer = asked.answer()
    length = ("Content-Length", str(len(answer.body) + 10))
    return Reply(Answer(answer.status, (*answer.headers, length), answer.body), keep=10**9)


def chunks_without_end(asked: Asked) -> Reply:
    answer = asked.answer()
    chunk = b"%x\r\n%s\r\n" % (len(answer.body), answer.body)
    headers = (*answer.headers, ("Transfer-Encoding", "chunked"), ("Content-Length", ""))
    headers = tuple(header for header in headers if header[0] != "Content-Length")
    return Reply(Answer(answer.status, headers, chunk), keep=10**9)


def reset(asked: Asked) -> Reply:
    answer = asked.answer()
    return Reply(answer, keep=len(answer.body) // 3, reset=True)


def hang_up(asked: Asked) -> Reply:
    return Reply(asked.answer(), mute=True)


def stall(asked: Asked) -> Reply:
    """Send the headers and a third of the body, and then nothing for long."""
    answer = asked.answer()
    return Reply(answer, keep=len(answer.body) // 3, hold=20)


def silence(asked: Asked) -> Reply:
    return Reply(asked.answer(), before=20)


def drip(seconds: float, pieces: int) -> Fault:
    """Send a page in pieces, each well within an idle time-out."""

    def change(asked: Asked) -> Reply:
        answer = asked.answer()
        return Reply(answer, drip=(-(-len(answer.body) // pieces), seconds / pieces))

    return when(later("posts"), change, times=1)


def came_back_once(account: Account) -> None:
    """See that an answer that asks to come back much later is obeyed."""
    refused = [visit for visit in account.visits if visit.status in (429, 503)]
    assert len(refused) == 1


def backed_off(account: Account) -> None:
    """See that the pauses after refusals grow."""
    pairs = zip(account.visits, account.pauses, strict=False)
    pauses = [pause for visit, pause in pairs if visit.status in (429, 503)]
    assert len(pauses) == 3
    assert pauses[0] > 0.02
    assert pauses[2] > pauses[0]


ROWS = (
    Row("429 once, `Retry-After` in seconds",
        lambda: when(later("posts"), in_seconds(429, 1), times=1)),
    Row("429 once, `Retry-After` as a date", lambda: at_a_date(429)),
    Row("429 three times, no `Retry-After`",
        lambda: when(later("posts"), error(429), times=3), guest=backed_off,
        settings={"RETRY_BACKOFF": 0.05}),
    Row("429 to every page at first, `Retry-After: 0`",
        lambda: each(of("posts", "guides", "tags"), in_seconds(429, 0))),
    Row("429, `Retry-After` that is no number and no date",
        lambda: when(later("posts"), error(429, ("Retry-After", "soon")), times=1)),
    Row("429, `Retry-After` of a day, in the middle",
        lambda: when(later("posts"), in_seconds(429, 86400)),
        "partial", 3, ("posts",), have=oldest("posts", 20), collections=("posts",),
        said="429", guest=came_back_once),
    Row("429, `Retry-After` of a day, to the first request",
        lambda: when(site, in_seconds(429, 86400)), "none", 1, said="429", guest=came_back_once),
    Row("503 once, `Retry-After` in seconds",
        lambda: when(of("guides"), in_seconds(503, 1), times=1)),
    Row("503 once, `Retry-After` as a date", lambda: at_a_date(503)),
    Row("503 once, no `Retry-After`", lambda: when(later("posts"), error(503), times=1)),
    Row("503 to everything, for ever", lambda: when(site, error(503)), "none", 1, said="503"),
    Row("500 once", lambda: when(later("posts"), error(500), times=1)),
    Row("500 to every page at first", lambda: each(of("posts", "guides", "tags"), error(500))),
    Row("500 always, one collection",
        lambda: when(of("guides"), error(500)), "failed", 3, ("guides",), said="HTTP 500"),
    Row("500 always, every collection",
        lambda: when(of("posts", "guides", "tags"), error(500)),
        "failed", 1, ("posts", "guides", "tags"), said="HTTP 500", most=120),
    Row("500 wherever one record is",
        lambda: when(records_of("posts"), holding(nth("posts", 30), error(500))),
        "partial", 3, ("posts",), have=all_but("posts", 30), lost=only("posts", 30),
        said="HTTP 500", most=150),
    Row("502 once", lambda: when(later("posts"), error(502), times=1)),
    Row("504 once", lambda: when(later("posts"), error(504), times=1)),
    Row("reset in the middle of a body, once", lambda: when(later("posts"), reset, times=1)),
    Row("reset always, one collection",
        lambda: when(of("guides"), reset), "failed", 3, ("guides",)),
    Row("reset wherever one record is",
        lambda: when(records_of("posts"), holding(nth("posts", 5), reset)),
        "partial", 3, ("posts",), have=all_but("posts", 5), lost=only("posts", 5), most=150),
    Row("hangs up without a word, once", lambda: when(later("posts"), hang_up, times=1)),
    Row("hangs up without a word, one collection",
        lambda: when(of("guides"), hang_up), "failed", 3, ("guides",)),
    Row("hangs up in the middle of a body, once", lambda: when(later("posts"), cut, times=1)),
    Row("hangs up in the middle of every large body",
        lambda: cut_above(60_000), most=120),
    Row("`Content-Length` too long, once", lambda: when(later("posts"), promise_more, times=1)),
    Row("chunks without the last one, once",
        lambda: when(later("posts"), chunks_without_end, times=1)),
    Row("silence before the headers, once",
        lambda: when(later("posts"), silence, times=1), settings=SLOW),
    Row("silence in the middle of a body, once",
        lambda: when(later("posts"), stall, times=1), settings=SLOW),
    Row("silence always, one collection",
        lambda: when(of("guides"), silence), "failed", 3, ("guides",),
        settings={**SLOW, "RETRY_TIMES": 1}),
    Row("drips within the total time-out", lambda: drip(0.6, 12)),
    Row("drips for longer than the total time-out, once",
        lambda: drip(4, 12), settings=SLOW),
    Row("mixed: every request fails first, in turn by 500, cut, reset, 429, silence",
        lambda: mixed(), settings=SLOW, most=80),
)  # fmt: skip


def mixed() -> Fault:
    kinds = (error(500), cut, reset, in_seconds(429, 0), silence)
    faults = [each(turn(number, len(kinds)), kind) for number, kind in enumerate(kinds)]
    return all_of(*faults)


def turn(number: int, of_so_many: int):
    """Choose every so-manieth distinct request to the API."""
    known: list[str] = []

    def choice(asked: Asked) -> bool:
        if not api(asked):
            return False
        if asked.target not in known:
            known.append(asked.target)
        return known.index(asked.target) % of_so_many == number

    return choice
