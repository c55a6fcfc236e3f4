from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.wordpress.core import COMMENTS, TYPES, core_capabilities, core_collection
from crawler.wordpress.index import Capabilities, read_index
from crawler.wordpress.query import build_url, origin_of, read_root
from crawler.wordpress.survey import MAX_NAMED, collections
from tests.wordpress.json_values import VALUES

REAL = Path(__file__).resolve().parents[3] / "shared" / "real-records"
ROOT = read_root("https://example.org/wp-json/")
API = "https://example.org/wp-json"

FORBIDDEN = {"code": "rest_forbidden", "message": "Members only.", "data": {"status": 401}}
CORE_ROUTES = [
    "/wp/v2/categories", "/wp/v2/tags", "/wp/v2/users", "/wp/v2/media", "/wp/v2/posts",
    "/wp/v2/pages", "/wp/v2/comments",
]  # fmt: skip


def entry(rest_base, *, namespace="wp/v2", taxonomies=(), href=None):
    href = f"{API}/{namespace}/{rest_base}" if href is None else href
    return {
        "name": rest_base.title(),
        "rest_base": rest_base,
        "rest_namespace": namespace,
        "taxonomies": list(taxonomies),
        "_links": {"wp:items": [{"href": href}]},
    }


def route(*params, per_page=100):
    args: dict[str, object] = {name: {"type": "string"} for name in params}
    args |= {"per_page": {"maximum": per_page}, "orderby": {"enum": ["id", "date"]}}
    return {"methods": ["GET"], "endpoints": [{"methods": ["GET"], "args": args}]}


TAXONOMIES = {
    "category": entry("categories"),
    "post_tag": entry("tags"),
    "nav_menu": entry("menus"),
    "wp_pattern_category": entry("wp_pattern_category"),
    "genre": entry("genres"),
}
TYPES_SENT = {
    "post": entry("posts", taxonomies=["category", "post_tag"]),
    "page": entry("pages"),
    "attachment": entry("media"),
    "nav_menu_item": entry("menu-items", taxonomies=["nav_menu"]),
    "wp_block": entry("blocks"),
    "wp_template": entry("templates"),
    "wp_font_face": entry("font-families/(?P<font_family_id>[\\d]+)/font-faces"),
    "book": entry("library", taxonomies=["genre", "post_tag", "secret"]),
    "event": entry("events", namespace="notes/v1"),
}
ROUTES = {
    **{name: route("status", "slug") for name in CORE_ROUTES},
    "/wp/v2/genres": route("hide_empty"),
    "/wp/v2/library": route("status", per_page=20),
    "/notes/v1/events": route("status"),
    "/wp/v2/menus": route("hide_empty"),
    "/wp/v2/menu-items": route("status"),
    "/wp/v2/blocks": route("status"),
    "/wp/v2/block-patterns/patterns": route(),
    "/wp/v2/settings": route(),
    "/wp/v2/search": route("type"),
    "/wp/v2": route(),
}
INDEX = {"namespaces": ["oembed/1.0", "wp/v2", "notes/v1"], "routes": ROUTES}


def survey(types=TYPES_SENT, taxonomies=TAXONOMIES, index=INDEX, root=ROOT):
    return collections(None if index is None else read_index(index), types, taxonomies, root)


def routes_of(found):
    return [each.route for each in found.collections]


def by_route(found):
    return {each.route: each for each in found.collections}


class TestOpenSite:
    def test_order(self):
        """Terms, users and media serve the documents, which come in the order of /types."""
        found = survey()

        assert routes_of(found) == [
            "/wp/v2/categories", "/wp/v2/tags", "/wp/v2/genres", "/wp/v2/users", "/wp/v2/media",
            "/wp/v2/posts", "/wp/v2/pages", "/wp/v2/library", "/notes/v1/events",
            "/wp/v2/comments",
        ]  # fmt: skip
        assert [each.kind for each in found.collections] == [
            *["term"] * 3, "user", "media", *["document"] * 4, "comment",
        ]  # fmt: skip
        assert found.notes == ()

    def test_collection(self):
        """A collection carries its names, its taxonomies' fields and what it can do."""
        library = by_route(survey())["/wp/v2/library"]

        assert (library.namespace, library.rest_base, library.type) == ("wp/v2", "library", "book")
        assert library.taxonomies == ("genres", "tags")
        assert library.capabilities == Capabilities(
            frozenset({"status", "per_page", "orderby"}), frozenset({"id", "date"}), 20, "index"
        )
        assert library.learnt == "wp:items"

    def test_namespace_outside_core(self):
        """A collection of a plugin's namespace is one like any other."""
        events = by_route(survey())["/notes/v1/events"]

        assert (events.namespace, events.rest_base, events.type) == ("notes/v1", "events", "event")

    def test_types_of_what_has_no_type(self):
        """Terms carry their taxonomy; users and comments the word for them."""
        types = [each.type for each in survey().collections if each.kind != "document"]

        assert types == ["category", "post_tag", "genre", "user", "attachment", "comment"]

    def test_what_is_not_asked(self):
        """Machinery is named: what needs a login, and what is no content."""
        found = survey()

        assert found.login_only == (
            "menus", "menu-items", "templates", "settings", "block-patterns", "font-faces",
        )  # fmt: skip
        assert found.machinery == ("wp_pattern_category", "blocks")


class TestRoute:
    @pytest.mark.parametrize(
        ("namespaces", "namespace", "base"),
        [
            (["wp/v2", "notes", "notes/v1"], "notes/v1", "deep/events"),
            (["notes"], "notes", "v1/deep/events"),
            (["", "other/v1"], "notes/v1/deep", "events"),
        ],
    )
    def test_split(self, namespaces, namespace, base):
        """The longest namespace of the index that fits is the collection's."""
        found = survey(
            {"event": {"rest_base": "deep/events", "rest_namespace": "notes/v1"}},
            index={"namespaces": namespaces, "routes": ROUTES},
        )

        (event,) = [each for each in found.collections if each.type == "event"]
        assert (event.namespace, event.rest_base) == (namespace, base)

    def test_no_route(self):
        """What cannot be asked for is skipped, and a note says so."""
        found = survey({"face": {"rest_base": "{face}"}, "page": entry("pages")})

        assert [each.type for each in found.collections if each.kind == "document"] == ["page"]
        assert found.notes == ("the route of 'face' is a pattern: not harvested",)

    def test_two_types_of_one_route(self):
        """Records that two types list are harvested once."""
        found = survey({"post": entry("posts"), "story": entry("posts")})

        assert routes_of(found).count("/wp/v2/posts") == 1
        assert found.notes == ("'story' has the route of 'post': taken once",)


class TestIndexWithGaps:
    def test_route_that_is_not_listed(self):
        """A type whose route the index hides is asked with core's parameters, and noted."""
        found = survey({"film": entry("films", taxonomies=["genre"])})
        film = by_route(found)["/wp/v2/films"]

        assert film.capabilities == core_capabilities("document", ["genres"])
        assert found.notes == ("the index does not say what /wp/v2/films takes: core's assumed",)

    def test_route_without_arguments(self):
        """The same holds where the index lists the route and not what it takes."""
        routes = {**ROUTES, "/wp/v2/users": {"methods": ["GET"]}}
        found = survey(index={"namespaces": ["wp/v2"], "routes": routes})

        assert by_route(found)["/wp/v2/users"].capabilities.basis == "core"
        assert found.notes == ("the index does not say what /wp/v2/users takes: core's assumed",)

    def test_users_taken_away(self):
        """A site without users or comments has none, and a note says so."""
        routes = {
            name: args for name, args in ROUTES.items() if name[7:] not in ("users", "media")
        }
        found = survey({"page": entry("pages")}, index={"namespaces": ["wp/v2"], "routes": routes})

        assert [each.kind for each in found.collections[3:]] == ["document", "comment"]
        assert found.notes == (
            "the index lists no /wp/v2/media: not harvested",
            "the index lists no /wp/v2/users: not harvested",
        )

    def test_media_without_a_type(self):
        """Media that no type describes are learnt from the index."""
        found = survey({"page": entry("pages")})

        assert by_route(found)["/wp/v2/media"].learnt == "index"


class TestClosedSite:
    def test_all_closed(self):
        """Nothing told: core's collections, with what every WordPress can do."""
        found = survey(FORBIDDEN, FORBIDDEN, None)

        assert routes_of(found) == CORE_ROUTES
        assert {each.learnt for each in found.collections} == {"core"}
        assert {each.capabilities.basis for each in found.collections} == {"core"}
        assert found.notes == (
            "the index could not be read: core's parameters assumed",
            "/wp/v2/taxonomies is closed (rest_forbidden): core's collections assumed",
            "/wp/v2/types is closed (rest_forbidden): core's collections assumed",
        )

    @pytest.mark.parametrize("kind", ["document", "media", "comment"])
    def test_core_can_walk_by_date(self, kind):
        """The oldest WordPress can be walked by date, and by id."""
        able = core_capabilities(kind)

        assert {"after", "before", "exclude", "include", "offset", "page"} <= able.params
        assert {"date", "id", "include"} <= able.orderby
        assert "modified_after" not in able.params

    @pytest.mark.parametrize("kind", ["term", "user"])
    def test_core_without_dates(self, kind):
        """Terms and users have no dates; they are walked by id."""
        able = core_capabilities(kind)

        assert "after" not in able.params
        assert {"id", "name"} <= able.orderby
        assert "include" in able.params

    def test_core_collections(self):
        """Core's collections have their routes in wp/v2."""
        post = core_collection("document", TYPES[0], ("categories",))

        assert (post.route, post.type) == ("/wp/v2/posts", "post")
        assert "categories" in post.capabilities.params
        assert core_collection("comment", COMMENTS).rest_base == "comments"

    def test_types_closed(self):
        """Core's types are asked, with what the index says; what stays out is named."""
        found = survey(types=FORBIDDEN)
        posts = by_route(found)["/wp/v2/posts"]

        assert routes_of(found)[3:] == [
            "/wp/v2/users", "/wp/v2/media", "/wp/v2/posts", "/wp/v2/pages", "/wp/v2/comments",
        ]  # fmt: skip
        assert (posts.learnt, posts.capabilities.basis) == ("index", "index")
        assert posts.taxonomies == ("categories", "tags")
        assert found.notes == (
            "/wp/v2/types is closed (rest_forbidden): core's collections assumed",
            "not harvested, as no type or taxonomy names them: /wp/v2/library, /notes/v1/events",
        )

    def test_taxonomies_closed(self):
        """Core's taxonomies are asked; records have the fields of those only."""
        found = survey(taxonomies=None)

        assert routes_of(found)[:2] == ["/wp/v2/categories", "/wp/v2/tags"]
        assert by_route(found)["/wp/v2/library"].taxonomies == ("tags",)
        assert found.notes == (
            "/wp/v2/taxonomies is unreadable: core's collections assumed",
            "not harvested, as no type or taxonomy names them: /wp/v2/genres",
        )

    def test_many_strangers(self):
        """A note names so many routes, and counts the rest."""
        more = {f"/wp/v2/kind{n:02}": route("status") for n in range(MAX_NAMED + 2)}
        found = survey(types=None, index={"routes": {**ROUTES, **more}})

        assert found.notes[-1].endswith(" and 4 more")

    @pytest.mark.parametrize("document", [{}, [], "none", 7, [7, None]])
    def test_no_types(self, document):
        """An empty list of types is no reason to harvest nothing."""
        found = survey(types=document)

        assert "/wp/v2/posts" in routes_of(found)
        assert found.notes[0] == "/wp/v2/types is empty: core's collections assumed"

    def test_trimmed_index(self):
        """An index without routes leaves the types as they are, with core's parameters."""
        found = survey(index={"namespaces": ["wp/v2", "notes/v1"]})

        assert routes_of(found) == routes_of(survey())
        assert {each.capabilities.basis for each in found.collections} == {"core"}
        assert found.notes == ("the index lists no routes: core's parameters assumed",)


@pytest.mark.skipif(not REAL.exists(), reason="../shared/real-records is not there")
class TestRealSites:
    @pytest.mark.parametrize("path", sorted((REAL / "index").glob("*.json")), ids=lambda p: p.name)
    def test_index_alone(self, path):
        """With nothing but the index, core's collections come with the index's parameters."""
        for document in json.loads(path.read_bytes()):
            found = survey(None, None, document)

            assert routes_of(found) == CORE_ROUTES
            assert {each.capabilities.basis for each in found.collections} == {"index"}

    @pytest.mark.parametrize(
        "path", sorted((REAL / "schema").glob("*.json")), ids=lambda p: p.name
    )
    def test_types_and_taxonomies(self, path):
        """Types and taxonomies as an older site sends them, without namespaces."""
        sent = json.loads(path.read_bytes())
        found = survey(
            {each["slug"]: each for each in sent if "types" not in each},
            {each["slug"]: each for each in sent if "types" in each},
            None,
        )

        assert sorted(routes_of(found)) == sorted(CORE_ROUTES)
        assert by_route(found)["/wp/v2/posts"].taxonomies == ("categories", "tags")
        assert found.machinery == ("blocks",)


@given(
    st.none() | VALUES,
    VALUES,
    VALUES,
    st.sampled_from([ROOT, read_root(f"{API}/../?rest_route=/")]),
)
def test_any_json(index, types, taxonomies, root):
    """Any JSON in any place gives collections that can be asked for, each route once."""
    read = read_index(index) if isinstance(index, dict) else None
    found = collections(read, types, taxonomies, root)

    routes = routes_of(found)
    assert len(routes) == len(set(routes))
    for each in found.collections:
        assert each.route.strip("/") == f"{each.namespace}/{each.rest_base}".strip("/")
        assert origin_of(build_url(root, each.route)) == root.origin
        assert 1 <= each.capabilities.per_page <= 100
        assert not each.type.startswith(("wp_", "nav_menu"))
    for note in found.notes:
        assert len(note.splitlines()) == 1
