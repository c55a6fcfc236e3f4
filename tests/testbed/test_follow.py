"""The promise: every linked resource, at some hundredths of a request a document."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.running import run_crawl
from tests.testbed import one_by_one

pytestmark = [pytest.mark.wordpress, pytest.mark.timeout(600)]

ROUTES = ("wp/v2/posts", "wp/v2/pages", "wp/v2/library", "testbed/v1/events")
WITHOUT_THUMBNAIL = 99999999
WITHOUT_AUTHOR = 99999

BY_DEFAULT = 0.03
WITH_ALL_THAT_BELONGS = 0.08


@pytest.fixture(scope="module")
def asked(testbed, tmp_path_factory):
    """Crawl with follow=all; give the crawl and what the site's log says of it."""
    mark = testbed.log.mark()
    crawl = run_crawl(
        tmp_path_factory.mktemp("follow"), f"site={testbed.url}", "follow=all", timeout=300
    )
    assert crawl.status == 0, crawl.stderr
    return crawl, testbed.log.since(mark)


@pytest.fixture(scope="module")
def delivered(asked):
    """The documents by record_id, less the site."""
    items = asked[0].items("document")
    return {item["record_id"].partition("#")[2]: item for item in items}


@pytest.fixture(scope="module")
def records(testbed):
    """The same documents as a visitor lists them, by the same name."""
    listed = {route: one_by_one.documents(testbed.url, route) for route in ROUTES}
    return {f"{route}/{each['id']}": each for route, found in listed.items() for each in found}


def test_same_documents(delivered, records):
    """What is compared below is all that there is."""
    assert delivered.keys() == records.keys()
    assert len(records) == 2023 + 61 + 150 + 40


def test_authors(delivered, records):
    """Each document's author is what its author's own address gives."""
    answers = one_by_one.get_all(
        href for record in records.values() for href in one_by_one.hrefs(record, "author")
    )
    for name, record in records.items():
        found = [
            one_by_one.author(record["author"], answers[href])
            for href in one_by_one.hrefs(record, "author")
        ]
        assert delivered[name]["authors"] == found, name
    assert delivered_reasons(delivered, "authors") == {"dangling": 1}


def test_terms(delivered, records):
    """Each document's terms are what the addresses of its taxonomies give."""
    answers = one_by_one.get_all(
        href for record in records.values() for href in one_by_one.hrefs(record, "wp:term")
    )
    for name, record in records.items():
        found = one_by_one.terms(answers[href] for href in one_by_one.hrefs(record, "wp:term"))
        ours = delivered[name]["terms"]
        names = {(term["taxonomy"], term["id"], term["slug"], term["name"]) for term in ours}
        assert (names, len(ours)) == (found, len(found)), name
    genres = [term for each in delivered.values() for term in each["terms"]]
    assert {term["taxonomy"] for term in genres} == {"category", "post_tag", "genre"}


def test_images(testbed, delivered, records):
    """Each document's image is what the image's own address gives."""
    wanted = {
        record["featured_media"] for record in records.values() if "featured_media" in record
    }
    address = f"{testbed.url}/?rest_route=/wp/v2/media/"
    answers = one_by_one.get_all(f"{address}{number}" for number in wanted if number)
    for name, record in records.items():
        number = record.get("featured_media", 0)
        expected = one_by_one.image(number, answers[f"{address}{number}"]) if number else None
        assert delivered[name]["featured_media"] == expected, name
    linked = [each["featured_media"] for each in delivered.values() if each["featured_media"]]
    assert {"id": WITHOUT_THUMBNAIL, "resolved": False, "reason": "dangling"} in linked
    assert len(linked) > 700


def delivered_reasons(delivered, field):
    linked = [each for document in delivered.values() for each in document[field] or ()]
    return Counter(each["reason"] for each in linked if each.get("resolved") is False)


def test_comments(testbed, delivered):
    """Each document has the approved comments that the database has on it, and no other."""
    with testbed.editor() as editor:
        rows = editor.sql(
            "SELECT comment_post_ID, comment_ID FROM wp_comments"
            " WHERE comment_approved = '1' AND comment_type = 'comment' ORDER BY comment_ID"
        )
    public = {}
    for post, comment in rows:
        public.setdefault(int(post), []).append(int(comment))
    locked = testbed.seeded["special"]["password"]
    for name, document in delivered.items():
        found = [comment["id"] for comment in document["comments"]]
        expected = [None] if document["id"] == locked else public.get(document["id"], [])
        assert found == expected, name
    assert delivered_reasons(delivered, "comments") == {"denied": 1}
    assert sum(len(each["comments"]) for each in delivered.values()) > 1500


def test_attachments(testbed, delivered):
    """Each document has the attachments that the database hangs on it."""
    with testbed.editor() as editor:
        rows = editor.sql(
            "SELECT post_parent, ID FROM wp_posts"
            " WHERE post_type = 'attachment' AND post_parent > 0 ORDER BY ID"
        )
    hung = {}
    for post, attachment in rows:
        hung.setdefault(int(post), []).append(int(attachment))
    for name, document in delivered.items():
        found = [media["id"] for media in document["attachments"]]
        assert found == hung.get(document["id"], []), name
    assert sum(len(each["attachments"]) for each in delivered.values()) > 20


def test_parents(delivered):
    """Each page below another names that one, in three levels."""
    pages = {each["id"]: each for name, each in delivered.items() if "/pages/" in name}
    below = [each for each in pages.values() if each["extra"]["parent"]]
    for page in below:
        above = pages[page["extra"]["parent"]]
        assert page["parent"] == {
            key: above[key] for key in ("id", "type", "slug", "link", "title")
        }
    assert any(pages[each["parent"]["id"]]["parent"] for each in below)
    assert [each for each in delivered.values() if each["parent"]] == below


def test_other_rel(delivered):
    """A plugin's own rel, known by its curie, leads to what its address gives, or says why not."""
    for name, document in delivered.items():
        if "/library/" in name:
            shelf = document["id"] % 7
            [linked] = document["linked"]["testbed:shelf"]
            if shelf == 3:
                assert (linked["resolved"], linked["reason"]) == (False, "denied")
            else:
                assert linked == {"shelf": shelf}
        else:
            assert document["linked"] == {}


def test_requests_with_all(asked, delivered):
    """Replies and attachments too, it stays below 0.08 requests a document beyond the pages."""
    extra = [each for each in asked[1] if is_linked(each)]
    of_rels = sum(rel["requests"] for rel in asked[0].run["links"].values())

    assert len(extra) == of_rels
    assert len(extra) <= WITH_ALL_THAT_BELONGS * len(delivered)
    assert len({each.target for each in asked[1]}) == len(asked[1])  # nothing twice


def is_linked(request):
    """Tell a request for linked resources from those of discovery and of documents' pages."""
    route = (request.route or "").strip("/")
    head, _, last = route.rpartition("/")
    found = head if last.isdecimal() else route
    return found.startswith(("wp/v2/", "testbed/v1/")) and found not in (
        *ROUTES,
        "wp/v2/types",
        "wp/v2/taxonomies",
    )


@pytest.fixture(scope="module")
def by_default(each_testbed, tmp_path_factory):
    mark = each_testbed.log.mark()
    crawl = run_crawl(tmp_path_factory.mktemp("default"), f"site={each_testbed.url}", timeout=300)
    return crawl, each_testbed.log.since(mark)


def test_requests_by_default(by_default):
    """Author, terms and image cost at most 0.03 requests a document, on each WordPress."""
    crawl, asked = by_default
    documents = crawl.items("document")

    assert crawl.status == 0, crawl.stderr
    assert len([each for each in asked if is_linked(each)]) <= BY_DEFAULT * len(documents)
    for document in documents:
        assert document["authors"] or document["type"] == "event"
        assert isinstance(document["terms"], list)


def test_account(by_default):
    """run.json counts each link once, and names what could not be had once."""
    links = by_default[0].run["links"]

    assert list(links) == ["author", "terms", "featured_media"]
    for rel in links.values():
        reasons = ("dangling", "denied", "unlisted", "failed", "off_site", "not_json", "bound")
        assert rel["asked"] == rel["resolved"] + sum(rel[reason] for reason in reasons)
    [author] = links["author"]["unresolved"]
    assert (author["id"], author["reason"]) == (WITHOUT_AUTHOR, "dangling")
    assert author["answer"] == "HTTP 404 rest_user_invalid_id"
    images = {each["id"]: each["reason"] for each in links["featured_media"]["unresolved"]}
    assert images.pop(WITHOUT_THUMBNAIL) == "dangling"
    assert set(images.values()) <= {"denied"}


def test_harvested_anyway(testbed, tmp_path, delivered):
    """What is harvested in the same crawl serves the documents, and they are the same."""
    mark = testbed.log.mark()
    crawl = run_crawl(
        tmp_path, f"site={testbed.url}", "collections=all", "follow=all", timeout=300
    )
    asked = [each for each in testbed.log.since(mark) if each.route and "include" in each.params]
    same = ("authors", "featured_media", "comments", "attachments", "parent", "linked")

    assert crawl.status == 0, crawl.stderr
    assert asked == []
    for document in crawl.items("document"):
        other = delivered[document["record_id"].partition("#")[2]]
        assert {name: document[name] for name in same} == {name: other[name] for name in same}
        # WordPress orders terms by name, and those of one name as it happens
        terms, others = (
            sorted(each["terms"], key=lambda term: term["id"]) for each in (document, other)
        )
        assert terms == others


def test_users_closed(testbed, tmp_path):
    """A site that shows no users is asked once, and the run goes on."""
    with testbed.editor() as editor, editor.giving_back():
        editor.call("update_option", "testbed_closed_users", "1")
        mark = testbed.log.mark()
        crawl = run_crawl(tmp_path, f"site={testbed.url}", "collections=pages,library")
        asked = [each for each in testbed.log.since(mark) if "/users" in (each.route or "")]

    assert crawl.status == 0, crawl.stderr
    assert [each.status for each in asked] == [401]
    for document in crawl.items("document"):
        [author] = document["authors"]
        assert (author["resolved"], author["reason"]) == (False, "denied")
    assert crawl.run["links"]["author"]["denied"] == len(crawl.items("document"))
