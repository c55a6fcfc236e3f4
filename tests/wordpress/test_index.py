from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

from crawler.errors import ProtocolError
from crawler.wordpress.index import Capabilities, Index, read_capabilities, read_index, strings
from tests.wordpress.json_values import VALUES

REAL = Path(__file__).resolve().parents[3] / "shared" / "real-records" / "index"

ARGS = {
    "page": {"type": "integer", "default": 1},
    "per_page": {"type": "integer", "default": 10, "minimum": 1, "maximum": 100},
    "after": {"type": "string", "format": "date-time"},
    "orderby": {"type": "string", "default": "date", "enum": ["date", "id", "title"]},
}
ABLE = Capabilities(
    frozenset({"page", "per_page", "after", "orderby"}),
    frozenset({"date", "id", "title"}),
    100,
    "index",
)


def index_of(routes):
    return read_index({"namespaces": ["wp/v2"], "routes": routes}).routes


def test_whole_index():
    """What the root says of its site, and what each plain route can do."""
    document = {
        "name": "Field Notes",
        "description": "From the field",
        "url": "http://10.0.0.7",
        "home": "https://example.org",
        "gmt_offset": "5.5",
        "timezone_string": "Asia/Kolkata",
        "namespaces": ["oembed/1.0", "wp/v2", "/notes/v1/"],
        "routes": {
            "/": {"methods": ["GET"], "endpoints": [{"methods": ["GET"], "args": {}}]},
            "/wp/v2/posts": {
                "namespace": "wp/v2",
                "methods": ["GET", "POST"],
                "endpoints": [
                    {"methods": ["POST"], "args": {"title": {}}},
                    {"methods": ["GET"], "args": ARGS},
                ],
            },
            "/wp/v2/posts/(?P<id>[\\d]+)": {"methods": ["GET"], "endpoints": []},
            "/batch/v1": {"methods": ["POST"], "endpoints": [{"methods": ["POST"], "args": {}}]},
        },
    }

    assert read_index(document) == Index(
        name="Field Notes",
        home="https://example.org",
        url="http://10.0.0.7",
        gmt_offset=5.5,
        timezone_string="Asia/Kolkata",
        namespaces=("oembed/1.0", "wp/v2", "notes/v1"),
        routes={"/wp/v2/posts": ABLE},
    )


def test_empty_index():
    """An index that was trimmed, or emptied by a plugin, is read all the same."""
    assert read_index({}) == Index(None, None, None, None, None, (), {})


@pytest.mark.parametrize("document", [None, [], "index", 7, True])
def test_no_index(document):
    """What is no object is no index."""
    with pytest.raises(ProtocolError, match=r"^the index must be an object, got \w+$"):
        read_index(document)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (2, 2.0), ("-3", -3.0), ("5.75", 5.75), (0, 0.0), ("", None), (None, None), (True, None),
        ([1], None), ("1e999", None), (10**400, None), ("east", None),
    ],
)  # fmt: skip
def test_gmt_offset(sent, read):
    """The offset comes as a number or as text; anything else is absent."""
    assert read_index({"gmt_offset": sent}).gmt_offset == read


class TestRoutes:
    @pytest.mark.parametrize(
        "entry",
        [
            {"methods": ["GET"], "endpoints": [{"methods": ["GET"], "args": ARGS}]},
            {"methods": {"GET": True}, "endpoints": [{"methods": {"GET": True}, "args": ARGS}]},
            {"methods": "GET, POST", "endpoints": [{"methods": "get|head", "args": ARGS}]},
            {"endpoints": [{"args": ARGS}]},
            {"endpoints": {"0": {"methods": ["POST"]}, "2": {"methods": ["GET"], "args": ARGS}}},
            {"endpoints": [None, 7, {"methods": ["GET"], "args": ARGS}][2:]},
        ],
    )
    def test_shapes(self, entry):
        """Lists and objects mean the same, as PHP sends them."""
        assert index_of({"/wp/v2/posts": entry}) == {"/wp/v2/posts": ABLE}

    @pytest.mark.parametrize(
        "entry",
        [
            {"methods": ["POST"], "endpoints": []},
            {"methods": ["GET"], "endpoints": [{"methods": ["POST", "DELETE"], "args": ARGS}]},
            {"methods": {"GET": False, "POST": True}},
        ],
    )
    def test_write_only(self, entry):
        """A route that cannot be read is not listed."""
        assert index_of({"/wp/v2/posts": entry}) == {}

    @pytest.mark.parametrize(
        "entry",
        [
            {},
            {"methods": ["GET"]},
            {"methods": ["GET"], "endpoints": "none"},
            {"endpoints": [{"methods": ["GET"]}]},
            {"endpoints": [{"methods": ["GET"], "args": "none"}]},
            {"endpoints": [{"methods": ["GET"], "args": ["page"]}]},
            None,
            "closed",
        ],
    )
    def test_unreadable(self, entry):
        """A route of which nothing can be read is there, with nothing known of it."""
        assert index_of({"/wp/v2/posts": entry}) == {"/wp/v2/posts": None}

    def test_names(self):
        """Regular expressions and ways out of the API are no plain routes."""
        odd = ["/", "", "/wp/v2/(?P<id>.*)", "/wp/v2/../x", "/wp/v2/\ud800", "/wp/v2/a\\b"]

        assert index_of({**dict.fromkeys(odd), "wp/v2/tags/": None}) == {"/wp/v2/tags": None}

    @pytest.mark.parametrize("routes", [None, [], [{"methods": ["GET"]}], "closed", 7])
    def test_no_routes(self, routes):
        """Routes of a wrong type are none."""
        assert index_of(routes) == {}


class TestCapabilities:
    def test_no_parameters(self):
        """PHP's empty array says that there are none."""
        assert read_capabilities([]) == Capabilities(frozenset(), frozenset(), 100, "index")

    @pytest.mark.parametrize(
        ("maximum", "per_page"),
        [
            (100, 100), (20, 20), ("50", 50), (30.0, 30), (1, 1), (500, 100), (0, 100), (-5, 100),
            (None, 100), ("many", 100), (True, 100), ([10], 100), (10**400, 100), ("nan", 100),
        ],
    )  # fmt: skip
    def test_maximum(self, maximum, per_page):
        """What a site allows is asked for, up to core's 100; nonsense leaves core's 100."""
        able = read_capabilities({"per_page": {"maximum": maximum}})

        assert able is not None
        assert able.per_page == per_page

    @pytest.mark.parametrize(
        ("orderby", "values"),
        [
            ({"enum": ["id", "date"]}, {"id", "date"}),
            ({"enum": {"0": "id", "3": "date"}}, {"id", "date"}),
            ({"enum": ["id", 7, None, ["date"]]}, {"id"}),
            ({"enum": "id"}, {"id"}),
            ({"type": "array", "items": {"enum": ["id"]}}, {"id"}),
            ({"enum": 7}, set()),
            ({"default": "date"}, set()),
            ([], set()),
            (None, set()),
        ],
    )
    def test_orderby(self, orderby, values):
        """Only values that the index names count as known."""
        able = read_capabilities({"orderby": orderby})

        assert able is not None
        assert able.params == {"orderby"}
        assert able.orderby == values


def test_strings_of_an_object():
    """The values of an object count, its keys do not."""
    assert strings({"a": "x", "b": {"c": "y"}}) == ["x"]


@pytest.mark.skipif(not REAL.exists(), reason="../shared/real-records is not there")
@pytest.mark.parametrize("name", sorted(path.name for path in REAL.glob("*.json")))
def test_real_index(name):
    """Each real index gives core's collections their parameters."""
    for document in json.loads((REAL / name).read_bytes()):
        index = read_index(document)

        assert index.home is not None
        assert index.home.startswith("http")
        assert index.gmt_offset is not None
        assert "wp/v2" in index.namespaces
        for base in ("posts", "pages", "media", "comments"):
            able = index.routes[f"/wp/v2/{base}"]
            assert able is not None
            assert {"after", "before", "exclude", "include", "offset", "page"} <= able.params
            assert {"date", "id", "include"} <= able.orderby
            assert (able.per_page, able.basis) == (100, "index")
        for base in ("categories", "tags", "users"):
            able = index.routes[f"/wp/v2/{base}"]
            assert able is not None
            assert {"include", "exclude", "orderby"} <= able.params
            assert {"id", "name"} <= able.orderby


@given(VALUES)
def test_any_json(document):
    """Any JSON is an index, or no object."""
    try:
        index = read_index(document)
    except ProtocolError:
        assert not isinstance(document, dict)
        return
    for route, able in index.routes.items():
        assert route.startswith("/")
        assert "(" not in route
        assert able is None or 1 <= able.per_page <= 100
