from __future__ import annotations

from tests.wordpress.followed import edit, follow


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
