from __future__ import annotations

from tests.wordpress.followed import edit, follow, small_pages


class TestManyDangling:
    def test_fifteen_images_deleted(self):
        """Images that were deleted are dangling one by one, and close the route to nobody."""

        def lose_images(records):
            return [
                {**record, "featured_media": 90_000 + number if number < 15 else image}
                for number, record in enumerate(records)
                for image in [record["featured_media"]]
            ]

        done = follow("posts", words="featured_media", change=edit("posts", lose_images))
        account = done.progress["featured_media"]

        assert account.refused["dangling"] >= 15
        assert account.refused["failed"] == 0


def point(*hrefs, rel="acme:map"):
    """Put links of another rel on each post."""
    entries = [{"href": href} for href in hrefs]

    def add(records):
        return [{**each, "_links": {**each.get("_links", {}), rel: entries}} for each in records]

    return edit("posts", add)


class TestOtherRels:
    def test_same_address_on_all_records(self):
        """An address that all records share is asked once, and stands on each."""
        done = follow("posts", words="acme:map", change=point("/wp-json/wp/v2/users/3"))
        account = done.progress["acme:map"]

        assert len(done.asked("users/3")) == account.requests == 1
        assert account.asked == account.resolved == len(done.documents) > 50
        assert all(each.linked["acme:map"][0]["id"] == 3 for each in done.documents.values())

    def test_invented_for_each_record(self):
        """A site that invents rels gets a hundred accounts, and one for all the others."""
        links = {f"x:{i}": [{"href": "//evil.example/"}] for i in range(90)}

        def add(records):
            return [
                {**each, "_links": {**links, f"y:{each['id']}": "/wp-json/"}} for each in records
            ]

        done = follow("posts", words="all", change=edit("posts", add))
        others = done.progress["*"]

        assert len(done.progress) == 101
        assert others.asked == others.refused["bound"] > 50
        for account in done.progress.values():
            assert account.asked == account.resolved + account.refused.total()

    def test_written_out_with_a_curie(self):
        """A rel that the site writes out is asked for on later pages as it stands there."""
        whole = "https://rels.acme.example/map"

        def add(records):
            links = {
                whole: [{"href": "/wp-json/wp/v2/users/3"}],
                "curies": [{"name": "acme", "href": "https://rels.acme.example/{rel}"}],
            }
            return [{**each, "_links": links} for each in records]

        for words in ("acme:map", whole):
            done = follow("posts", words=words, change=small_pages(edit("posts", add)))
            pages = [query for query in done.asked("posts") if query["per_page"] == "20"]

            assert len(pages) > 2
            assert all("_links" in query["_fields"].split(",") for query in pages[1:])
            assert done.progress[words].resolved == len(done.documents)


class TestLies:
    def test_users_on_the_route_of_the_media(self):
        """A site that claims one route for two kinds gets odd documents, and each of them."""

        def claim(records):
            links = {"author": [{"href": "/wp-json/wp/v2/media/9"}]}
            image = next(each["featured_media"] for each in records if each["featured_media"])
            return [
                {**each, "author": image, "featured_media": image, "_links": links}
                for each in records
            ]

        done = follow("media", "posts", words="author,featured_media", change=edit("posts", claim))

        for document in done.documents.values():
            assert list(document.authors[0]) == ["id", "name", "slug", "link", "basis"]
            assert document.featured_media["source_url"]
