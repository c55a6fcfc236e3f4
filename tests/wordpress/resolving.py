"""The links of pages of documents, resolved by a site that answers as it is told."""

from __future__ import annotations

from crawler.wordpress.core import core_collection
from crawler.wordpress.follow import read_follow
from crawler.wordpress.page import Page
from crawler.wordpress.query import read_root
from crawler.wordpress.resolver import Resolver
from crawler.wordpress.rest_errors import RestError, no_response, read_error
from tests.wordpress import sample_records as sample

ROOT = read_root("https://example.org/wp-json/")
POSTS = core_collection("document", ("post", "posts"), ("categories", "tags"))
PAGES = core_collection("document", ("page", "pages"))
USERS = core_collection("user", ("user", "users"))
MEDIA = core_collection("media", ("attachment", "media"))
COMMENTS = core_collection("comment", ("comment", "comments"))
TAGS = core_collection("term", ("post_tag", "tags"))
CATEGORIES = core_collection("term", ("category", "categories"))
KNOWN = (CATEGORIES, TAGS, USERS, MEDIA, POSTS, PAGES, COMMENTS)

CLOSED = read_error(401, {"code": "rest_user_cannot_view"})
GONE = read_error(404, {"code": "rest_post_invalid_id"})
BROKEN = no_response("HTTP 500")


def a_resolver(cache, words, known=KNOWN):
    return Resolver(read_follow(words), cache, root=ROOT, site=sample.SITE, known=known)


def posts(*changes):
    """Make posts 1, 2, ... with what is changed in each."""
    post = {**sample.POST, "_links": {}}
    return [{**post, "id": number, **change} for number, change in enumerate(changes, 1)]


def params_of(query):
    return dict(query.params)


def ids_of(query):
    return [int(text) for text in params_of(query).get("include", "").split(",") if text]


def users(query):
    """Answer for a site where every user is there."""
    if query.single:
        return {**sample.USER, "id": int(query.route.rpartition("/")[2])}
    return Page(tuple({**sample.USER, "id": number} for number in ids_of(query)), None)


def nobody(query):
    """Answer for a site where nothing is listed, and nothing there when asked alone."""
    return GONE if query.single else Page((), None)


def resolve(resolver, records, answer, collection=POSTS, at_most=5000):
    """Resolve the links of one page; give its documents and the queries."""
    reader = sample.a_reader(collection)
    documents = [reader.read(record) for record in records]
    resolver.begin(collection, records, documents)
    queries = []
    while (query := resolver.query) is not None:
        assert len(queries) < at_most, "it does not end"
        queries.append(query)
        came = answer(query)
        resolver.fail(came) if isinstance(came, RestError) else resolver.take(came)
    resolver.finish()
    return documents, queries
