from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from crawler.state.linked import LinkedOnDisk
from crawler.wordpress.filling import MAX_IDS
from crawler.wordpress.page import Page
from crawler.wordpress.resolver import MAX_ASKED_ALONE
from crawler.wordpress.rest_errors import RestError
from tests.wordpress.json_values import VALUES
from tests.wordpress.resolving import (
    BROKEN,
    CLOSED,
    GONE,
    a_resolver,
    ids_of,
    nobody,
    posts,
    resolve,
    users,
)

SIZE = 30  # of a page; tuples of up to 20 are never given back by Python itself


class TestHostile:
    def test_million_ids(self, cache):
        """Of a million ids in one field a thousand are asked for."""
        resolver = a_resolver(cache, "terms")
        records = posts({"categories": list(range(1, 1_000_001)), "tags": []})
        documents, queries = resolve(resolver, records, nobody)

        asked = {number for query in queries for number in ids_of(query)}
        assert len(asked) == MAX_IDS
        assert len(documents[0].terms) == MAX_IDS + 1
        assert len(queries) <= MAX_IDS // 50 + MAX_ASKED_ALONE

    def test_memory_over_pages(self, cache):
        """The memory does not grow with the pages, of which each links to others."""
        resolver = a_resolver(cache, "author,acme:map")

        def page(start):
            links = [{"_links": {"acme:map": [f"/x/{start + n}"]}} for n in range(SIZE)]
            return posts(*({"author": start + n, **each} for n, each in enumerate(links, 1)))

        def answer(query):
            return {"text": "x" * 500} if query.address else users(query)

        tracemalloc.start()
        sizes = []
        for number in range(201):
            resolve(resolver, page(number * SIZE), answer)
            sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()

        assert resolver.progress["acme:map"].resolved == 201 * SIZE
        assert sizes[200] - sizes[100] < 100_000  # 33 bytes an address

    @given(
        fields=st.fixed_dictionaries(
            {},
            optional={
                name: VALUES | st.integers(0, 12) | st.lists(st.integers(0, 12), max_size=5)
                for name in ("author", "featured_media", "parent", "categories", "tags", "genres")
            },
        ),
        links=st.dictionaries(
            st.sampled_from(["author", "wp:term", "wp:featuredmedia", "replies", "up", "acme:x"]),
            st.lists(
                st.fixed_dictionaries(
                    {
                        "href": st.sampled_from(
                            [
                                "/wp-json/wp/v2/users/3",
                                "/wp-json/wp/v2/media?parent=1",
                                "/wp-json/wp/v2/genres?post=1",
                                "/wp-json/wp/v2/posts/1",
                                "/wp-json/",
                                "//evil.example/",
                            ]
                        ),
                        "taxonomy": st.sampled_from(["genre", "category", "author", 7]),
                    }
                ),
                max_size=3,
            )
            | VALUES,
        ),
        answers=st.lists(
            st.sampled_from([CLOSED, GONE, BROKEN])
            | st.lists(
                st.dictionaries(st.sampled_from(["id", "post", "name"]), VALUES), max_size=3
            )
            | st.lists(
                st.fixed_dictionaries(
                    {"id": st.integers(0, 12), "post": st.integers(0, 3), "name": VALUES}
                ),
                max_size=4,
            ),
            min_size=1,
            max_size=8,
        ),
    )
    def test_law(self, fields, links, answers):
        """Whatever records hold and a site answers, it ends, and the counts agree."""
        cache = LinkedOnDisk()
        resolver = a_resolver(cache, "all")
        place = 0

        def answer(query):
            nonlocal place
            place += 1
            came = answers[place % len(answers)]
            if isinstance(came, RestError):
                return came
            return came if query.single else Page(tuple(came), None)

        for _ in range(2):
            records = posts({**fields, "_links": links}, {}, fields)
            documents, _ = resolve(resolver, records, answer)
            for document in documents:
                assert None not in (document.authors, document.terms, document.linked)
        for account in resolver.progress.values():
            assert account.asked == account.resolved + account.refused.total()
        cache.close()
