"""A model of a WordPress collection: what it answers while it changes, and what it may break."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from crawler.wordpress.index import Capabilities
from crawler.wordpress.page import Page, Totals
from crawler.wordpress.paging import Walk
from crawler.wordpress.rest_errors import Meaning, RestError, no_response

DATED = frozenset({"after", "before", "exclude", "include", "offset", "page", "per_page"})
FLAT = frozenset({"exclude", "include", "offset", "page", "per_page"})
TREE = frozenset({"exclude", "include", "page", "per_page"})
EPOCH = datetime(2024, 3, 30, 12)
GAP = (datetime(2024, 3, 31, 2), datetime(2024, 3, 31, 3))


def capabilities(params=DATED, per_page=5):
    """Give what the model's index declares."""
    orders = {"id", "date", "slug"} if "after" in params else {"id", "slug"}
    return Capabilities(params, frozenset(orders), per_page, "index")


@dataclass
class Row:
    """A row of the posts table; hidden ones are counted and never shown."""

    id: int
    date: datetime
    hidden: bool = False


@dataclass
class Model:
    """A collection that answers as WordPress does; ``change`` runs before each answer."""

    rows: list[Row]
    seed: int = 0
    per_page_cap: int = 100  # lowers per_page in silence
    headers: bool = True
    envelope: bool = True
    invalid_page: bool = True  # 400 past the end, as for post types
    ignores: frozenset[str] = frozenset()  # parameters that have no effect
    broken: frozenset[int] = frozenset()  # ids that break every full page they stand on
    change: Callable[[Model], None] | None = None
    intercept: Callable[[Model, dict[str, str]], Page | RestError | None] | None = None
    requests: list[dict[str, str]] = field(default_factory=list)
    random: random.Random = field(init=False)

    def __post_init__(self):
        self.random = random.Random(self.seed)

    def answer(self, ask):
        """Answer one request."""
        if self.change:
            self.change(self)
        params = {name: value for name, value in ask.params if name not in self.ignores}
        self.requests.append(params)
        if self.intercept and (answer := self.intercept(self, params)) is not None:
            return answer
        return self._answer(params, ids_only=ask.ids_only)

    def _answer(self, params, *, ids_only):
        rows = self._select(params)
        size = min(int(params.get("per_page", 10)), self.per_page_cap)
        page = int(params.get("page", 1))
        offset = int(params["offset"]) if "offset" in params else (page - 1) * size
        pages = -(-len(rows) // size)
        if page > max(pages, 1) and self.invalid_page:
            return RestError(Meaning.END, 400, "rest_post_invalid_page_number", "past the end")
        total = len(rows) if "offset" not in params or offset < len(rows) else 0
        cut = rows[offset : offset + size]
        if not ids_only and any(row.id in self.broken for row in cut):
            return no_response("HTTP 500")
        records = tuple(
            {"id": row.id, "date": row.date.isoformat()} for row in cut if not row.hidden
        )
        told = self.headers or (self.envelope and "_envelope" in params)
        return Page(records, Totals(total, pages) if told else None)

    def _select(self, params):
        rows = list(self.rows)
        self.random.shuffle(rows)  # equal dates have no order
        if "after" in params:
            rows = [row for row in rows if row.date > self._local(params["after"])]
        if "before" in params:
            rows = [row for row in rows if row.date < self._local(params["before"])]
        if "exclude" in params:
            out = set(map(int, params["exclude"].split(",")))
            rows = [row for row in rows if row.id not in out]
        if "include" in params:
            wanted = set(map(int, params["include"].split(",")))
            rows = [row for row in rows if row.id in wanted]
        key = (lambda row: row.id) if params.get("orderby") == "id" else (lambda row: row.date)
        return sorted(rows, key=key, reverse=params.get("order", "desc") == "desc")

    @staticmethod
    def _local(value):
        """Read a local time as PHP does: the hour that the clocks skip is an hour later."""
        date = datetime.fromisoformat(value.removesuffix("Z"))
        return date + timedelta(hours=1) if GAP[0] <= date < GAP[1] else date

    def insert(self, date=None):
        """Publish a row: the highest id, the newest date or the one given."""
        newest = max((row.date for row in self.rows), default=EPOCH)
        self.rows.append(Row(self.next_id(), date or newest + timedelta(seconds=7)))

    def next_id(self):
        """Give an id that was never used."""
        self._last_id = max(getattr(self, "_last_id", 0), *(row.id for row in self.rows), 0) + 1
        return self._last_id

    def delete(self):
        """Delete a row at random."""
        if self.rows:
            gone = self.rows.pop(self.random.randrange(len(self.rows)))
            self._last_id = max(getattr(self, "_last_id", 0), gone.id)


def harvest(plan, model, *, at_most=3000):
    """Walk the model to the verdict; give what was delivered and the outcome."""
    walk = Walk(plan)
    delivered = []
    for _ in range(at_most):
        if walk.outcome is not None:
            return [record["id"] for record in delivered], walk.outcome
        answer = model.answer(walk.ask)
        delivered += walk.take(answer) if isinstance(answer, Page) else walk.fail(answer)
    raise AssertionError(f"no verdict after {at_most} requests")


def rows_of(dates, hidden=()):
    """Make rows 1, 2, ... of dates in seconds after the epoch."""
    return [
        Row(number, EPOCH + timedelta(seconds=second), hidden=number in hidden)
        for number, second in enumerate(dates, 1)
    ]


def without(plan, *names):
    """Give the plan for a collection that lacks some parameters."""
    able = plan.capabilities
    return replace(plan, capabilities=replace(able, params=able.params - set(names)))
