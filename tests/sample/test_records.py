from __future__ import annotations

import json
import re

import pytest

HEAD = "id date date_gmt guid modified modified_gmt slug status type link title"
BODY = "content excerpt author featured_media"
KEYS = {
    "posts": f"{HEAD} {BODY} comment_status ping_status sticky template format meta categories "
    "tags class_list reading_minutes _links",
    "pages": f"{HEAD} {BODY} parent menu_order comment_status ping_status template meta "
    "class_list _links",
    "guides": f"{HEAD} {BODY} template meta tags materials class_list _links",
    "media": f"{HEAD} author featured_media comment_status ping_status template meta class_list "
    "description caption alt_text media_type mime_type media_details post source_url _links",
    "comments": "id post parent author author_name author_url date date_gmt content link status "
    "type author_avatar_urls meta _links",
    "categories": "id count description link name slug taxonomy parent meta _links",
    "tags": "id count description link name slug taxonomy meta _links",
    "materials": "id count description link name slug taxonomy parent meta _links",
    "users": "id name url description link slug avatar_urls meta _links",
}


def href(record, rel, at=0):
    return record["_links"][rel][at]["href"].removeprefix("http://museum.test")


@pytest.fixture
def record(get, number):
    return lambda collection, name: get(f"{collection}/{number(collection, name)}").json()


class TestShape:
    @pytest.mark.parametrize("collection", KEYS)
    def test_keys(self, get, collection):
        """Every record has the keys of WordPress 6.7, in its order."""
        records = get(f"{collection}?per_page=100").json()
        assert {tuple(each) for each in records} == {tuple(KEYS[collection].split())}

    @pytest.mark.parametrize("collection", KEYS)
    def test_single(self, get, collection):
        """A record alone is the record in the list."""
        listed = get(f"{collection}?per_page=5&orderby=id").json()
        for each in listed:
            assert get(f"{collection}/{each['id']}").json() == each

    @pytest.mark.parametrize("collection", KEYS)
    def test_links_lead_somewhere(self, get, collection):
        """Every link answers; what may not be read says so."""
        allowed = {"version-history": 401, "predecessor-version": 401}
        for each in get(f"{collection}?per_page=100").json():
            for rel, links in each["_links"].items():
                if rel == "curies":
                    continue
                for at in range(len(links)):
                    status = get(href(each, rel, at)).status
                    expected = {200, allowed.get(rel, 200)}
                    if rel == "author":
                        expected.add(404)  # the account of old notices is gone
                    if rel == "replies" and each.get("content", {}).get("protected"):
                        expected = {401}
                    assert status in expected, (rel, each["id"])

    def test_self(self, get):
        """The link to itself says what may be done there."""
        link = get("posts?per_page=1").json()[0]["_links"]["self"][0]
        assert link["targetHints"] == {"allow": ["GET"]}

    def test_alternate(self, get, number):
        """A record alone names its page in the Link header."""
        answer = get(f"posts/{number('posts', 'spoons')}")
        page = "http://museum.test/2024/10/spoons/"
        assert answer.header("Link") == f'<{page}>; rel="alternate"; type=text/html'


class TestDocuments:
    def test_post(self, record):
        """A post has what WordPress makes of what was written."""
        post = record("posts", "how-to-read-a-darn")

        assert post["date"] == "2023-10-02T09:00:00"
        assert post["date_gmt"] == "2023-10-02T07:00:00"
        assert post["guid"] == {"rendered": f"http://museum.test/?p={post['id']}"}
        assert post["content"]["rendered"].startswith("\n<p>A darn is writing.")
        assert post["excerpt"]["rendered"].endswith(" [&hellip;]</p>\n")
        assert post["class_list"] == [
            f"post-{post['id']}",
            "post",
            "type-post",
            "status-publish",
            "format-standard",
            "has-post-thumbnail",
            "hentry",
            "category-textiles",
            "tag-darning",
            "tag-visible-mending",
        ]
        assert post["meta"] == {"footnotes": ""}
        assert [each["taxonomy"] for each in post["_links"]["wp:term"]] == ["category", "post_tag"]
        assert (
            list(post["_links"])
            == (
                "self collection about author replies version-history wp:featuredmedia "
                "wp:attachment wp:term curies"
            ).split()
        )

    def test_page(self, record):
        """A page links to the one above it, and stands under its address."""
        page = record("pages", "history")

        assert page["link"] == "http://museum.test/about/history/"
        assert href(page, "up") == f"/wp-json/wp/v2/pages/{page['parent']}"
        assert page["_links"]["version-history"][0]["count"] == 2
        assert page["_links"]["predecessor-version"][0]["id"] == page["id"] + 2

    def test_guide(self, record):
        """A guide has a taxonomy and fields of its own, and no comments."""
        guide = record("guides", "retin-a-spoon")

        assert guide["meta"] == {"difficulty": "only with somebody who can", "minutes": 90}
        assert guide["guid"]["rendered"].endswith(f"?post_type=guide&#038;p={guide['id']}")
        assert "replies" not in guide["_links"]
        assert "material-tin" in guide["class_list"]
        assert href(guide, "wp:term", 1).endswith(f"/materials?post={guide['id']}")

    def test_protected(self, record):
        """A protected post is listed, without its words."""
        post = record("posts", "friends-minutes")

        assert post["content"] == post["excerpt"] == {"rendered": "", "protected": True}
        assert "post-password-required" in post["class_list"]

    def test_empty_title(self, record):
        """A post may have no title."""
        post = record("posts", "untitled-note")
        assert (post["title"], post["format"]) == ({"rendered": ""}, "aside")

    def test_entities_in_titles(self, record, get):
        """Titles carry entities, as rendered."""
        assert record("posts", "lifeboat-sail")["title"]["rendered"] == (
            "Patchwork from a lifeboat&#8217;s sail"
        )
        assert get("categories?slug=metal-wood").json()[0]["name"] == "Metal &amp; Wood"

    def test_footnotes(self, record):
        """Footnotes stand in the text, at its end, and in the meta."""
        post = record("posts", "teapot-with-eleven-staples")
        note = json.loads(post["meta"]["footnotes"])[0]

        assert note["content"].startswith("The brass differs too.")
        html = post["content"]["rendered"]
        assert f'<sup data-fn="{note["id"]}" class="fn">' in html
        assert f'<li id="{note["id"]}">' in html

    def test_image_that_is_gone(self, record):
        """The link to a deleted featured image is the root of the API."""
        post = record("posts", "on-borrowed-tools")
        assert (post["featured_media"], href(post, "wp:featuredmedia")) == (9001, "/wp-json/")

    def test_author_who_is_gone(self, record, get):
        """The link to a deleted author leads to nobody."""
        post = record("posts", "notice-spectacles")
        assert post["author"] == 77
        assert get(href(post, "author")).json()["code"] == "rest_user_invalid_id"


class TestMedia:
    def test_image(self, record):
        """An image has sizes, each with its file."""
        image = record("media", "ferry-bell")
        sizes = image["media_details"]["sizes"]

        assert list(sizes) == "thumbnail medium medium_large large 1536x1536 full".split()
        assert (sizes["medium"]["width"], sizes["medium"]["height"]) == (300, 200)
        assert sizes["full"]["source_url"] == image["source_url"] == image["guid"]["rendered"]
        assert image["alt_text"].startswith("A ship's bell")
        assert image["link"].endswith("/2023/12/bell-of-the-slow-ferry/ferry-bell/")

    def test_files(self, record):
        """What is no image is a file; without a parent its post is null."""
        sound, leaflet = (
            record("media", "geduld-three-strokes"),
            record("media", "darning-leaflet"),
        )

        assert (sound["media_type"], sound["mime_type"]) == ("file", "audio/mpeg")
        assert "sizes" not in sound["media_details"]
        assert sound["caption"]["rendered"].startswith("<p>Recorded in the stairwell")
        assert (leaflet["post"], leaflet["link"]) == (None, "http://museum.test/darning-leaflet/")

    def test_small_image(self, record):
        """An image has no sizes larger than itself."""
        sizes = record("media", "button-coconut")["media_details"]["sizes"]
        assert list(sizes) == ["thumbnail", "medium", "full"]

    def test_images_in_text(self, museum, get):
        """Every image in a text is a record of the library."""
        for row in museum.collections["posts"].values():
            for image in re.findall(r"wp-image-(\d+)", row["content"]):
                assert get(f"media/{image}").status == 200


class TestOthers:
    def test_thread(self, get, number):
        """Comments form threads, up to four deep, and know their post."""
        post = number("posts", "what-we-keep")
        comments = get(f"comments?post={post}&order=asc").json()

        first, second = comments[0], comments[1]
        assert (first["parent"], second["parent"]) == (0, first["id"])
        assert href(second, "in-reply-to") == f"/wp-json/wp/v2/comments/{first['id']}"
        assert href(first, "children") == f"/wp-json/wp/v2/comments?parent={first['id']}"
        assert first["_links"]["up"][0]["post_type"] == "post"
        assert first["link"] == f"http://museum.test/2023/09/what-we-keep/#comment-{first['id']}"
        assert ("author" in first["_links"], "author" in second["_links"]) == (False, True)

    def test_comment_without_post(self, site):
        """A comment whose post is gone is counted, and not shown."""
        comment = site.insert("comments", post=99999)
        answer = site.respond("GET", f"/wp-json/wp/v2/comments?include=999,{comment}", {})
        assert (answer.json(), answer.header("X-WP-Total")) == ([], "1")

    def test_avatars(self, get):
        """Avatars carry a hash, as they would of an e-mail address."""
        urls = get("users?per_page=1").json()[0]["avatar_urls"]
        assert list(urls) == ["24", "48", "96"]
        assert re.fullmatch(
            r"https://secure\.gravatar\.com/avatar/[0-9a-f]{32}\?s=96&d=mm&r=g", urls["96"]
        )

    def test_term(self, get):
        """A nested category names its parent, in its address too."""
        term = get("categories?slug=ceramics").json()[0]

        assert term["link"] == "http://museum.test/category/collection/ceramics/"
        assert href(term, "up") == f"/wp-json/wp/v2/categories/{term['parent']}"
        assert term["count"] == int(get(f"posts?categories={term['id']}").header("X-WP-Total"))

    def test_tag_of_two_types(self, get):
        """A tag links to the posts and to the guides that have it, and counts both."""
        tag = get("tags?slug=umbrellas").json()[0]
        counts = [int(get(href(tag, "wp:post_type", at)).header("X-WP-Total")) for at in range(2)]
        assert (sum(counts), counts[1]) == (tag["count"], 1)


class TestFields:
    def test_nested(self, get):
        """_fields reaches into a record, in the record's own order."""
        record = get("posts?per_page=1&_fields=title.rendered,id,_links.self").json()[0]

        assert list(record) == ["id", "title", "_links"]
        assert record["title"] == {"rendered": "The shortest repair of the year"}
        assert list(record["_links"]) == ["self"]

    def test_of_one_record(self, get, number):
        """A record alone carries all its links, or none."""
        path = f"posts/{number('posts', 'spoons')}"
        assert list(get(f"{path}?_fields=id").json()) == ["id"]
        assert "wp:term" in get(f"{path}?_fields=id,_links.self").json()["_links"]

    @pytest.mark.parametrize(
        ("fields", "record"),
        [
            ("nope", []),
            ("title.nope", {"title": []}),
            ("type.nope", {"type": "post"}),
            ("class_list.1", {"class_list": ["post"]}),
            ("type,type.nope", {"type": "post"}),
        ],
    )
    def test_oddities(self, get, fields, record):
        """What is not there leaves an empty array, as in PHP."""
        assert get(f"posts?per_page=1&_fields={fields}").json() == [record]

    def test_empty(self, get):
        """An empty _fields asks for everything."""
        assert get("posts?per_page=1&_fields=").json() == get("posts?per_page=1").json()

    def test_search(self, get):
        assert get("search?per_page=1&_fields=url").json()[0].keys() == {"url"}


class TestEnvelope:
    def test_page(self, get):
        """Status and headers move into the body, numbers as numbers."""
        answer = get("posts?_envelope=1&per_page=1&_fields=id")

        assert answer.json() == {
            "body": get("posts?per_page=1&_fields=id").json(),
            "status": 200,
            "headers": {
                "X-WP-Total": 62,
                "X-WP-TotalPages": 62,
                "Link": "<http://museum.test/wp-json/wp/v2/posts?_envelope=1&per_page=1&_fields=id"
                '&page=2>; rel="next"',
                "Allow": "GET",
            },
        }
        assert answer.header("X-WP-Total") is None
        assert answer.header("Allow") is None

    def test_error(self, get):
        """An error inside is a success outside."""
        answer = get("posts?_envelope&page=99")

        assert (answer.status, answer.json()["status"]) == (200, 400)
        assert answer.json()["body"]["code"] == "rest_post_invalid_page_number"
