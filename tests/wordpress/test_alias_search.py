from __future__ import annotations

import pytest

from crawler.dedupe.aliases import KnownSite, Relation, sampled
from crawler.wordpress.alias_search import AliasSearch
from crawler.wordpress.index import read_index
from crawler.wordpress.page import Page, Totals
from crawler.wordpress.rest_errors import no_response
from tests.feeds.sample_items import document

POSTS = "/wp/v2/posts"
UNTIL = "2026-03-01T08:00:00Z"


def record(number, host="a", words="Low tide at noon."):
    return {
        "id": number,
        "guid": {"rendered": f"http://{host}.example/?p={number}"},
        "modified_gmt": "2026-03-01T08:00:00",
        "content": {"rendered": words, "protected": False},
    }


def known(site="https://a.example", host="a", total=3):
    sample = tuple(
        sampled(
            document(number, guid=f"http://{host}.example/?p={number}", modified=UNTIL),
            b"Low tide at noon.",
        )
        for number in (1, 2, 3)
    )
    return KnownSite(site, POSTS, sample, total, None if total is None else UNTIL)


def search(*sites, bounds=(), skip=True, index=None, relation=None):
    return AliasSearch(
        sites,
        index=index,
        site="https://b.example",
        bounds=bounds,
        skip=skip,
        hash_text=lambda item: (item.content_html or "").encode() or None,
        relation=relation,
    )


def page(*records, total=None):
    return Page(records, None if total is None else Totals(total, 1))


ALL = page(*(record(number) for number in (1, 2, 3)))


def test_alias():
    """Two requests: the known records by their ids, then how many there are."""
    looking = search(known())
    first = looking.query
    looking.take(ALL)
    second = looking.query
    looking.take(page({"id": 1}, total=3))

    assert first.route == second.route == POSTS
    assert dict(first.params)["include"] == "1,2,3"
    assert second.params == (("per_page", "1"), ("before", UNTIL), ("_fields", "id"))
    assert looking.query is None
    assert (looking.relation.kind, looking.relation.harvested) == ("alias", False)


@pytest.mark.parametrize("answer", [page(total=300), page(), no_response("timeout")])
def test_larger(answer):
    """What may hold more than the known site is harvested, and said to be an alias."""
    looking = search(known())
    looking.take(ALL)
    looking.take(answer)

    assert looking.query is None
    assert (looking.relation.kind, looking.relation.harvested) == ("alias", True)


def test_not_to_be_skipped():
    """Where aliases are only marked, it is harvested."""
    looking = search(known(), skip=False)
    looking.take(ALL)
    looking.take(page(total=3))
    assert looking.relation.harvested


def test_asked_for_something_else():
    """Where the known site was asked for other records, one request tells enough."""
    looking = search(known(total=None))
    looking.take(ALL)
    assert looking.query is None
    assert looking.relation.harvested


def test_count_within_bounds():
    """It is counted within the bounds of this crawl, whose own end stands."""
    looking = search(known(), bounds=(("categories", "5"), ("before", "2025-01-01T00:00:00Z")))
    looking.take(ALL)
    assert looking.query.params == (
        ("per_page", "1"),
        ("categories", "5"),
        ("before", "2025-01-01T00:00:00Z"),
        ("_fields", "id"),
    )


def test_without_known_until():
    """A known site that nobody dated is counted as it is now."""
    looking = search(KnownSite("https://a.example", POSTS, known().sample, 3, None))
    looking.take(ALL)
    assert looking.query.params == (("per_page", "1"), ("_fields", "id"))


def test_others():
    """One known site after the other; an error, or other records, lead to the next."""
    looking = search(known("https://x.example", "x"), known("https://y.example", "y"), known())
    looking.take(no_response("timeout"))
    looking.take(ALL)
    looking.take(ALL)
    looking.take(page(total=3))
    assert looking.relation.site == "https://a.example"


def test_translation():
    """The first translation is told, unless an alias is found."""
    other = [record(number, words="Niedrigwasser um zwölf.") for number in (1, 2, 3)]
    looking = search(known(), known("https://c.example"))
    looking.take(page(*other))
    looking.take(page(*other))
    assert looking.query is None
    assert (looking.relation.site, looking.relation.kind) == ("https://a.example", "translation")
    assert looking.relation.harvested


def test_nothing_known():
    """Without known sites nothing is asked; what is found already stands."""
    assert search().query is None
    assert search().relation is None
    relation = Relation(site="https://a.example", kind="alias", basis="address")
    assert search(relation=relation).relation is relation


def test_with_an_index():
    """The index tells what the collection can do; records without an id are left out."""
    index = read_index({"routes": {POSTS: {"methods": ["GET"], "endpoints": []}}})
    looking = search(known(), index=index)
    looking.take(page({"id": None}, *(record(number) for number in (1, 2, 3))))
    assert looking.query is not None
