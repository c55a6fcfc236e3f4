"""Scripts of faults: which requests are met, how often, and what comes instead."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from crawler.sample.answers import JSON_TYPE, Answer
from tests.faults.server import Asked, Fault, Reply

Choice = Callable[[Asked], bool]
Change = Callable[[Asked], "Reply | Answer | None"]

ALWAYS = 10**9


def of(*bases: str) -> Choice:
    """Choose the requests to some collections, their records and their ids alike."""
    return lambda asked: asked.route in {f"/wp/v2/{base}" for base in bases}


def later(*bases: str) -> Choice:
    """Choose those that ask for what is behind the first page."""
    chosen = of(*bases)
    names = {"after", "page", "offset", "include"}
    return lambda asked: chosen(asked) and not names.isdisjoint(asked.params)


def records_of(*bases: str) -> Choice:
    """Choose those that ask for records, not for ids alone."""
    chosen = of(*bases)
    return lambda asked: chosen(asked) and asked.params.get("_fields") != "id"


def api(asked: Asked) -> bool:
    """Choose every request to the API."""
    return asked.route is not None


def below_index(asked: Asked) -> bool:
    """Choose every request to the API but that for the index."""
    return asked.route not in (None, "/")


def index(asked: Asked) -> bool:
    return asked.route == "/"


def route(path: str) -> Choice:
    return lambda asked: asked.route == path


def robots(asked: Asked) -> bool:
    return asked.target == "/robots.txt"


def site(asked: Asked) -> bool:
    """Choose everything but robots.txt."""
    return asked.target != "/robots.txt"


def when(choice: Choice, change: Change | Answer | Reply, *, times: int = ALWAYS) -> Fault:
    """Meet what is chosen, the first so many *times*."""
    met = 0

    def fault(asked: Asked) -> Reply | Answer | None:
        nonlocal met
        if met >= times or not choice(asked):
            return None
        found = change(asked) if callable(change) else change
        met += found is not None
        return found

    return fault


def each(choice: Choice, change: Change | Answer | Reply, *, times: int = 1) -> Fault:
    """Meet each distinct request that is chosen the first so many *times*."""
    met: Counter[str] = Counter()

    def fault(asked: Asked) -> Reply | Answer | None:
        if not choice(asked) or met[asked.target] >= times:
            return None
        found = change(asked) if callable(change) else change
        met[asked.target] += found is not None
        return found

    return fault


def all_of(*faults: Fault) -> Fault:
    """Let the first of several faults answer that does."""

    def fault(asked: Asked) -> Reply | Answer | None:
        answers = (one(asked) for one in faults)
        return next((answer for answer in answers if answer is not None), None)

    return fault


# --- answers in place of the site's -----------------------------------------------------------


def text(status: int, body: str | bytes, *headers: tuple[str, str], kind: str = "") -> Answer:
    data = body if isinstance(body, bytes) else body.encode()
    return Answer(status, (("Content-Type", kind or "text/html; charset=UTF-8"), *headers), data)


def data(value: Any, status: int = 200, *headers: tuple[str, str]) -> Answer:
    return text(status, json.dumps(value), *headers, kind=JSON_TYPE)


def refusal(status: int, code: str | int, http: int | None = None) -> Answer:
    """Refuse as WordPress does; *http* is the status on the wire, where it is another."""
    words = "Sorry, you are not allowed to do that."
    body = {"code": code, "message": words, "data": {"status": status}}
    return data(body, status if http is None else http)


def page(status: int, title: str, *headers: tuple[str, str], body: str = "") -> Answer:
    html = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"
    return text(status, html, *headers)


def moved(location: str | Callable[[Asked], str], status: int = 302) -> Change:
    def change(asked: Asked) -> Answer:
        to = location(asked) if callable(location) else location
        return text(status, "", ("Location", to))

    return change


# --- changes of the site's own answer ---------------------------------------------------------


def body(edit: Callable[[bytes], bytes]) -> Change:
    """Change the bytes of the body; the length that is sent is theirs."""

    def change(asked: Asked) -> Answer:
        answer = asked.answer()
        return replace(answer, body=edit(answer.body))

    return change


def document(edit: Callable[[Any], Any]) -> Change:
    """Change what the JSON says."""
    return body(lambda data: json.dumps(edit(json.loads(data))).encode())


def each_record(edit: Callable[[dict[str, Any]], Any]) -> Change:
    """Change each record of a list; errors and objects are left alone."""

    def change(value: Any) -> Any:
        return [edit(record) for record in value] if isinstance(value, list) else value

    return document(change)


def one_record(choose: Callable[[Asked], int], edit: Callable[[bytes], bytes]) -> Change:
    """Change the bytes of one record, by its id, on whatever page it stands."""

    def change(asked: Asked) -> Answer | None:
        answer = asked.answer()
        records = json.loads(answer.body)
        if not isinstance(records, list) or asked.params.get("_fields") == "id":
            return None
        number = choose(asked)
        parts = [(json.dumps(record).encode(), record["id"] == number) for record in records]
        edited = b",".join(edit(part) if ours else part for part, ours in parts)
        return replace(answer, body=b"[" + edited + b"]") if any(o for _, o in parts) else None

    return change


def holding(choose: Callable[[Asked], int], answer: Change | Answer | Reply) -> Change:
    """Answer so wherever the page would hold one record, more than its id."""

    def change(asked: Asked) -> Reply | Answer | None:
        records = json.loads(asked.answer().body)
        if not isinstance(records, list) or asked.params.get("_fields") == "id":
            return None
        if choose(asked) not in [record["id"] for record in records]:
            return None
        return answer(asked) if callable(answer) else answer

    return change


def headers(edit: Callable[[Mapping[str, str]], Mapping[str, str]]) -> Change:
    def change(asked: Asked) -> Answer:
        answer = asked.answer()
        return replace(answer, headers=tuple(edit(dict(answer.headers)).items()))

    return change


def without_totals(found: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in found.items() if not name.startswith("X-WP-")}


def totals(records: object, pages: object) -> Change:
    """Lie about how much there is, wherever totals are sent."""
    told = {"X-WP-Total": str(records), "X-WP-TotalPages": str(pages)}
    return headers(lambda found: {**found, **told} if "X-WP-Total" in found else found)


def asking(edit: Callable[[dict[str, str]], Mapping[str, str]]) -> Change:
    """Answer as if other parameters had been asked for."""

    def change(asked: Asked) -> Answer:
        path, _, _ = asked.target.partition("?")
        query = urlencode(edit(dict(asked.params)))
        return asked.answer(f"{path}?{query}" if query else path)

    return change


def without(*names: str) -> Change:
    return asking(lambda found: {name: found[name] for name in found if name not in names})


def nth(base: str, place: int) -> Callable[[Asked], int]:
    """Give the id of a record that stands at a place in the order of ids."""
    return lambda asked: sorted(asked.site.listed(base))[place]


def pattern(target: str) -> Choice:
    return lambda asked: re.search(target, asked.target) is not None
