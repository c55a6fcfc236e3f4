from __future__ import annotations

import pytest

COLLECTIONS = "posts pages guides media comments categories tags materials users".split()


@pytest.fixture(scope="module")
def index(get):
    return get("/wp-json/").json()


def args_of(index, base):
    return index["routes"][f"/wp/v2/{base}"]["endpoints"][0]["args"]


class TestIndex:
    def test_what_it_says_of_the_site(self, get, index):
        """The keys are those of WordPress, in its order."""
        assert (
            list(index)
            == (
                "name description url home gmt_offset timezone_string namespaces authentication "
                "routes site_logo site_icon site_icon_url _links"
            ).split()
        )
        assert index["home"] == index["url"] == "http://museum.test"
        assert (index["gmt_offset"], index["timezone_string"]) == (1, "Europe/Amsterdam")
        assert get("/wp-json/").header("Allow") == "GET"

    @pytest.mark.parametrize("base", COLLECTIONS)
    def test_collection(self, index, base):
        """Every collection has a route for its list and one for a record."""
        entry = index["routes"][f"/wp/v2/{base}"]

        assert (entry["namespace"], entry["methods"]) == ("wp/v2", ["GET", "POST"])
        assert entry["_links"]["self"][0]["href"] == f"http://museum.test/wp-json/wp/v2/{base}"
        assert args_of(index, base)["per_page"]["maximum"] == 100
        single = index["routes"][rf"/wp/v2/{base}/(?P<id>[\d]+)"]
        assert "_links" not in single
        assert {"id", "context"} <= set(single["endpoints"][0]["args"])

    @pytest.mark.parametrize(
        ("base", "has", "lacks"),
        [
            ("posts", "after modified_after offset include exclude sticky categories", "parent"),
            ("pages", "after modified_after parent menu_order offset", "sticky categories"),
            ("media", "after modified_after parent media_type mime_type", "sticky tags"),
            ("guides", "after modified_after tags materials", "sticky categories parent"),
            ("comments", "after before post parent offset", "modified_after slug"),
            ("tags", "include exclude offset post slug hide_empty", "after parent"),
            ("categories", "include exclude parent post", "after offset modified_after"),
            ("materials", "include exclude parent post", "after offset"),
            ("users", "include exclude offset slug who roles", "after modified_after"),
        ],
    )
    def test_parameters(self, index, base, has, lacks):
        """Each collection declares what it can do, and only that."""
        args = set(args_of(index, base))

        assert set(has.split()) <= args
        assert not set(lacks.split()) & args

    @pytest.mark.parametrize(
        ("base", "default", "values"),
        [
            (
                "posts",
                "date",
                "author date id include modified parent relevance slug include_slugs title",
            ),
            (
                "categories",
                "name",
                "id include name slug include_slugs term_group description count",
            ),
            ("comments", "date_gmt", "date date_gmt id include post parent type"),
            (
                "users",
                "name",
                "id include name registered_date slug include_slugs email url",
            ),
        ],
    )
    def test_orderby(self, index, base, default, values):
        """The orders are WordPress's, with its default."""
        orderby = args_of(index, base)["orderby"]
        assert (orderby["enum"], orderby["default"]) == (values.split(), default)

    def test_declared_orders_work(self, get, index):
        """No order that a visitor may use is refused."""
        closed = {("users", "email"), ("users", "registered_date")}
        for base in COLLECTIONS:
            for by in args_of(index, base)["orderby"]["enum"]:
                path = f"{base}?orderby={by}&search=a&include=1,2,3,65&per_page=100"
                expected = 401 if (base, by) in closed else 200
                assert get(path).status == expected, path

    def test_fields(self, get):
        """_fields reaches into the routes; the links stay."""
        answer = get("/wp-json/?_fields=namespaces,routes./wp/v2/posts.methods").json()

        assert answer["routes"] == {"/wp/v2/posts": {"methods": ["GET", "POST"]}}
        assert set(answer) == {"namespaces", "routes", "_links"}

    def test_namespace(self, get, index):
        """A namespace answers with its own routes."""
        answer = get("/wp-json/wp/v2").json()

        assert answer["namespace"] == "wp/v2"
        mine = {name for name, each in index["routes"].items() if each["namespace"] == "wp/v2"}
        assert set(answer["routes"]) == mine
        assert answer["_links"] == {"up": [{"href": "http://museum.test/wp-json/"}]}


class TestTypes:
    def test_types(self, get):
        """Types are an object by name, WordPress's machinery among them."""
        types = get("types").json()

        assert (
            list(types)
            == (
                "post page attachment nav_menu_item wp_block wp_template wp_template_part "
                "wp_global_styles wp_navigation wp_font_family wp_font_face guide"
            ).split()
        )
        assert types["guide"]["rest_base"] == "guides"
        assert types["guide"]["taxonomies"] == ["post_tag", "material"]
        assert "(?P<" in types["wp_font_face"]["rest_base"]

    def test_taxonomies(self, get):
        """Taxonomies are an object by name as well."""
        taxonomies = get("taxonomies").json()

        assert (
            list(taxonomies) == "category post_tag nav_menu wp_pattern_category material".split()
        )
        assert taxonomies["post_tag"]["types"] == ["post", "guide"]
        assert taxonomies["material"]["hierarchical"] is True

    @pytest.mark.parametrize("name", ["types", "taxonomies"])
    def test_items(self, get, name):
        """wp:items leads to each collection: it answers, or asks for a login, or is a pattern."""
        seen = set()
        for each in get(name).json().values():
            href = each["_links"]["wp:items"][0]["href"]
            seen.add(get(href.removeprefix("http://museum.test")).status)
            assert get(f"{name}/{each['slug']}").json() == each
        assert seen == ({200, 401, 404} if name == "types" else {200, 401})

    def test_fields(self, get):
        """_fields cuts each object and then the whole, so nested names find nothing."""
        assert get("types?_fields=slug").json() == []
        assert get("types?_fields=post.slug,page").json() == {"post": [], "page": []}
        assert get("types/post?_fields=slug").json() == {"slug": "post"}

    def test_unknown(self, get):
        """An unknown name is a 404 of its own kind."""
        assert get("types/nope").json()["code"] == "rest_type_invalid"
        assert get("taxonomies/nope").json()["message"] == "Invalid taxonomy."


def test_statuses(get):
    """Visitors know of one status."""
    assert list(get("statuses").json()) == ["publish"]


@pytest.mark.parametrize("base", ["blocks", "navigation", "wp_pattern_category"])
def test_empty_machinery(get, base):
    """Some machinery may be listed, and there is nothing."""
    answer = get(base)

    assert (answer.status, answer.json(), answer.header("X-WP-Total")) == (200, [], "0")
