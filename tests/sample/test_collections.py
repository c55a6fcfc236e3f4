from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.sample.site import SampleSite

COLLECTIONS = "posts pages guides media comments categories tags materials users".split()

SITE = SampleSite("http://museum.test")


def ids(answer) -> list[int]:
    return [record["id"] for record in answer.json()]


def total(answer) -> int:
    return int(answer.header("X-WP-Total"))


def ask(path):
    return SITE.respond("GET", f"/wp-json/wp/v2/{path}", {})


class TestTotals:
    @pytest.mark.parametrize(
        ("collection", "counted", "shown"),
        [
            ("posts", 62, 62),
            ("pages", 10, 10),
            ("guides", 8, 8),
            ("media", 36, 35),  # one hangs on a draft
            ("comments", 58, 56),  # one on a draft, one behind a password
            ("categories", 12, 12),
            ("tags", 24, 24),
            ("materials", 10, 10),
            ("users", 8, 8),  # the ninth has published nothing
        ],
    )
    def test_announced_and_shown(self, get, museum, collection, counted, shown):
        """What visitors may not see is counted, and then left out of the page."""
        answer = get(f"{collection}?per_page=100&orderby=id")

        assert (total(answer), len(ids(answer))) == (counted, shown)
        assert answer.header("X-WP-TotalPages") == "1"
        assert set(ids(answer)) == museum.listed(collection)

    def test_empty_page_with_more_to_come(self, get):
        """The newest attachment is hidden, so at one a page the first page is empty."""
        answer = get("media?per_page=1")

        assert (answer.status, answer.json(), total(answer)) == (200, [], 36)
        assert answer.header("Link").endswith('rel="next"')

    @pytest.mark.parametrize("collection", COLLECTIONS)
    @pytest.mark.parametrize("size", [1, 7, 100])
    def test_every_page(self, get, museum, collection, size):
        """Walked to the last page, each visible record comes once."""
        seen: list[int] = []
        page, pages = 0, 1
        while page < pages:
            page += 1
            answer = get(f"{collection}?per_page={size}&page={page}&orderby=id&_fields=id")
            pages = int(answer.header("X-WP-TotalPages"))
            seen += ids(answer)

        assert sorted(seen) == sorted(museum.listed(collection))

    @pytest.mark.parametrize("collection", ["comments", "tags", "categories", "users"])
    def test_past_the_end(self, get, collection):
        """Past the end of what has no post type there is an empty page, with the totals."""
        first, answer = get(collection), get(f"{collection}?page=99")

        assert (answer.status, answer.json(), total(answer)) == (200, [], total(first))
        last = int(first.header("X-WP-TotalPages"))
        assert answer.header("Link").endswith(f'?page={last}>; rel="prev"')

    def test_offset_past_the_end(self, get):
        """An offset past the end of posts takes the total with it; of terms it does not."""
        assert (get("posts?offset=500").json(), total(get("posts?offset=500"))) == ([], 0)
        assert (get("tags?offset=500").json(), total(get("tags?offset=500"))) == ([], 24)

    def test_offset(self, get):
        """An offset counts from the top, and takes the place of the page."""
        everything = ids(get("posts?per_page=100"))

        assert ids(get("posts?offset=5&per_page=3")) == everything[5:8]
        assert ids(get("posts?offset=5&per_page=3&page=4")) == everything[5:8]

    def test_undeclared_offset(self, get):
        """Where the index declares no offset, it is ignored like any unknown parameter."""
        assert ids(get("categories?offset=3")) == ids(get("categories?foo=bar"))


class TestLinks:
    def test_neighbours(self, get):
        """Link names the pages before and after, in the request's own words."""
        answer = get("posts?author=2,6&page=2&per_page=3&sticky=0&_fields=id,link")

        start = (
            "<http://museum.test/wp-json/wp/v2/posts?author%5B0%5D=2&author%5B1%5D=6&page={}"
            '&per_page=3&sticky&_fields=id%2Clink>; rel="{}"'
        )
        assert answer.header("Link") == f"{start.format(1, 'prev')}, {start.format(3, 'next')}"

    def test_last_page(self, get):
        """The last page has no next; a page alone links to the root."""
        assert get("guides?per_page=4&page=2").header("Link").endswith('page=1>; rel="prev"')
        assert get("guides").header("Link") == (
            '<http://museum.test/wp-json/>; rel="https://api.w.org/"'
        )

    def test_terms_by_offset(self, get):
        """Terms are taken to be at the page that the offset would begin."""
        answer = get("tags?offset=3&per_page=2")
        assert "page=2>" in answer.header("Link")
        assert "page=4>" in answer.header("Link")


class TestTime:
    def test_strictly_after(self, get):
        """after leaves out what has that very second."""
        newest = get("posts?per_page=1").json()[0]
        second = datetime.fromisoformat(newest["date"]) - timedelta(seconds=1)

        assert get(f"posts?after={newest['date']}").json() == []
        assert ids(get(f"posts?after={second.isoformat()}")) == [newest["id"]]

    @pytest.mark.parametrize(
        ("value", "found"),
        [
            ("2023-10-02T08:59:59", 1),  # site time
            ("2023-10-02T09:00:00", 0),
            ("2023-10-02T06:59:59Z", 1),  # summer: two hours before UTC's clock
            ("2023-10-02T07:00:00Z", 0),
            ("2023-10-02T08:59:59%2B02:00", 1),
            ("2023-10-02T02:59:59-04", 1),
            ("2023-10-02%2008:59:59.5", 1),
        ],
    )
    def test_zones(self, get, value, found):
        """A value without a zone is site time; Z and offsets are converted."""
        answer = get(f"posts?after={value}&before=2023-10-03T00:00:00&_fields=id")
        assert total(answer) == found

    def test_modified(self, get, number):
        """modified_after finds what was published long before."""
        answer = get("posts?modified_after=2025-10-05T00:00:00&before=2025-05-01T00:00:00")
        assert ids(answer) == [number("posts", "start-here")]

    def test_comments_have_no_modified(self, get):
        """A parameter that a collection does not declare is ignored with 200."""
        answer = get("comments?modified_after=2099-01-01T00:00:00")
        assert (answer.status, total(answer)) == (200, 58)

    def test_zero_date(self, get, number):
        """A date that was never set comes before all others, and looks like nothing on earth."""
        oldest = get("pages?order=asc&per_page=1").json()[0]

        assert oldest["id"] == number("pages", "colophon")
        assert oldest["date"] == "-0001-11-30T00:00:00"
        assert oldest["date_gmt"] == "-0001-11-29T23:42:30"
        assert oldest["id"] not in ids(get("pages?after=0000-00-00T00:00:00&per_page=100"))


def keyset_walk(size):
    """Walk the posts oldest first: after one second before the last date, less what was seen."""
    seen: dict[int, str] = {}
    requests, after, exclude = 0, "0001-01-01T00:00:00", ""
    while True:
        requests += 1
        path = f"posts?order=asc&per_page={size}&_fields=id,date&after={after}"
        page = ask(path + (f"&exclude={exclude}" if exclude else "")).json()
        if not page:
            return seen, requests
        assert not seen.keys() & {record["id"] for record in page}
        seen |= {record["id"]: record["date"] for record in page}
        last = page[-1]["date"]
        after = (datetime.fromisoformat(last) - timedelta(seconds=1)).isoformat()
        exclude = ",".join(str(key) for key, date in seen.items() if date == last)


class TestWalks:
    @settings(max_examples=12, deadline=None)
    @given(size=st.integers(min_value=1, max_value=100))
    def test_keyset(self, size):
        """after and exclude together find every post once, ties among them."""
        seen, requests = keyset_walk(size)

        assert set(seen) == SITE.listed("posts")
        assert requests <= 62 // size + 2

    def test_ties(self, museum):
        """Five posts share one second, so that after alone would lose some."""
        dates = [museum.collections["posts"][key]["date"] for key in museum.listed("posts")]
        assert max(map(dates.count, dates)) == 5
        assert dates.count("2003-05-01T12:00:00") == 5

    def test_order_without_tie_breaker(self, get):
        """Ordered by author, the pages of a quiet site repeat some posts and lose others."""
        seen = []
        for page in range(1, 14):
            seen += ids(get(f"posts?orderby=author&per_page=5&page={page}&_fields=id"))

        assert len(seen) == 62
        assert len(set(seen)) < 62

    @pytest.mark.parametrize("by", ["date", "id", "title", "slug"])
    def test_safe_orders(self, get, museum, by):
        """Ordered by date, id, title or slug they do not."""
        seen = []
        for page in range(1, 14):
            seen += ids(get(f"posts?orderby={by}&per_page=5&page={page}&_fields=id"))

        assert sorted(seen) == sorted(museum.listed("posts"))


class TestFilters:
    def test_include(self, get, number):
        """include brings what is asked for, drops what is hidden, and wins over exclude."""
        one, two = number("posts", "spoons"), number("posts", "saddle")
        hidden = number("posts", "draft-on-mending-time")

        answer = get(f"posts?include={one},{hidden},{two}&orderby=include&exclude={one}")
        assert (ids(answer), total(answer)) == ([one, two], 2)
        assert ids(get(f"posts?include[]={two}&include[]={one}&orderby=include")) == [two, one]
        by_slug = get("posts?slug=spoons,saddle&orderby=include_slugs")
        assert ids(by_slug) == [one, two]

    def test_include_and_exclude_of_comments(self, get):
        """Only comments heed both."""
        assert ids(get("comments?include=2,3&exclude=2")) == [3]

    def test_exclude(self, get, museum, number):
        """exclude leaves out, and the total follows."""
        left_out = number("posts", "spoons")
        answer = get(f"posts?exclude={left_out}&per_page=100")
        assert (set(ids(answer)), total(answer)) == (museum.listed("posts") - {left_out}, 61)

    def test_author(self, get):
        """author and author_exclude divide the posts."""
        emile, others = get("posts?author=5&per_page=100"), get("posts?author_exclude=5")
        assert {record["author"] for record in emile.json()} == {5}
        assert total(emile) + total(others) == 62

    def test_parent(self, get, number):
        """parent takes several ids at once."""
        visit, about = number("pages", "visit"), number("pages", "about")
        answer = get(f"pages?parent={visit},{about}")
        assert {record["parent"] for record in answer.json()} == {visit, about}
        assert total(answer) == 5
        assert total(get("pages?parent=0")) == 5
        assert total(get(f"pages?parent_exclude={visit},{about}")) == 5

    def test_parents_of_terms_and_comments(self, get):
        """Terms know one parent at a time, comments several."""
        assert {term["parent"] for term in get("categories?parent=2").json()} == {2}
        answers, threads = get("comments?parent_exclude=0"), get("comments?parent=0")
        assert total(answers) + total(threads) == 58

    def test_attachments_of_a_draft(self, get, number):
        """They are counted, and there is nothing."""
        answer = get(f"media?parent={number('posts', 'draft-on-mending-time')}")
        assert (answer.json(), total(answer)) == ([], 1)

    def test_comments_of_posts(self, get, number):
        """post takes several ids at once."""
        wanted = [number("posts", name) for name in ("label-printer", "giant-sock")]
        answer = get(f"comments?post={wanted[0]},{wanted[1]}&per_page=100")
        assert {record["post"] for record in answer.json()} == set(wanted)
        assert total(answer) == 3

    def test_terms_of_a_post(self, get, number):
        """post lists the terms of one record."""
        post = get(f"posts/{number('posts', 'spoons')}").json()
        assert sorted(ids(get(f"tags?post={post['id']}"))) == post["tags"]
        assert ids(get(f"categories?post={post['id']}")) == post["categories"]

    def test_terms(self, get):
        """A parent's posts are not its children's, unless that is asked for."""
        alone = total(get("posts?categories=7"))
        family = total(get("posts?categories[terms]=7&categories[include_children]=1"))
        assert (alone, total(get("posts?categories=8")) > 0, family > alone) == (0, True, True)

    def test_terms_and_or(self, get):
        """Two taxonomies narrow; tax_relation=OR widens; AND within one narrows too."""
        both = total(get("posts?categories=3&tags=21"))
        either = total(get("posts?categories=3&tags=21&tax_relation=OR"))
        one, other = total(get("posts?categories=3")), total(get("posts?tags=21"))
        assert 0 < both < min(one, other)
        assert either == one + other - both
        assert total(get("posts?categories[terms]=3,9&categories[operator]=AND")) < one

    def test_terms_excluded(self, get):
        """What has a term and what has not are all there is."""
        assert total(get("posts?tags=23")) + total(get("posts?tags_exclude=23")) == 62

    def test_slug(self, get):
        """slug finds by one or several, percent-encoded scripts among them."""
        assert total(get("posts?slug=spoons,saddle,nope")) == 2
        slug = get("posts?search=繕いの音").json()[0]["slug"]
        assert slug.startswith("%e7%b9%95")
        assert total(get(f"posts?slug={slug.replace('%', '%25')}")) == 1

    def test_sticky(self, get, number):
        """sticky finds the one that is, or all that are not."""
        assert ids(get("posts?sticky=true")) == [number("posts", "start-here")]
        assert total(get("posts?sticky=0")) == 61

    def test_search(self, get, number):
        """Each word must be there; what a password protects is never found."""
        assert number("posts", "spoons") in ids(get("posts?search=tin+stove&per_page=100"))
        assert total(get("posts?search=plaice")) == 1
        assert total(get("posts?search=Spoons&search_columns=post_title")) == 1
        exact = "posts?search=The+spare+key&search_semantics=exact"
        assert ids(get(exact)) == [number("posts", "the-spare-key")]
        assert total(get("tags?search=MEND")) == 1
        assert total(get("users?search=saoirse")) == 1
        assert total(get("comments?search=hens")) == 2

    def test_media_type(self, get):
        """media_type and mime_type tell pictures from the rest."""
        assert total(get("media?media_type=image")) == 34
        assert total(get("media?mime_type=application/pdf")) == 1
        assert get("media?media_type=audio").json()[0]["media_type"] == "file"

    def test_status(self, get):
        """The one status that visitors see may be named."""
        assert total(get("posts?status=publish")) == total(get("posts?status[]=publish")) == 62
        assert total(get("media?status=inherit")) == 36

    def test_has_published_posts(self, get):
        """Whoever is listed has published, so the filter changes nothing."""
        assert ids(get("users?has_published_posts=post")) == ids(get("users"))

    def test_hide_empty(self, get):
        """Empty terms are listed unless they are not wanted."""
        empty = {term["slug"] for term in get("tags?per_page=100").json() if not term["count"]}
        assert empty == {"zips"}
        assert total(get("tags?hide_empty=true")) == 23

    def test_menu_order(self, get):
        assert {page["menu_order"] for page in get("pages?menu_order=2").json()} == {2}


class TestSearchRoute:
    def test_found(self, get, number):
        """/search finds posts, pages and guides, newest first."""
        found = get("search?search=umbrella&per_page=100").json()

        assert {each["subtype"] for each in found} >= {"post", "guide"}
        one = next(each for each in found if each["id"] == number("posts", "umbrella-hospital"))
        assert list(one) == ["id", "title", "url", "type", "subtype", "_links"]
        assert total(get("search?subtype=guide")) == 8
        assert total(get("search")) == 80

    def test_page(self, get):
        """It is paged like any other collection, but by its own totals."""
        answer = get("search?per_page=3&page=2&_fields=id")
        assert len(answer.json()) == 3
        assert answer.header("Link").count("rel=") == 2
