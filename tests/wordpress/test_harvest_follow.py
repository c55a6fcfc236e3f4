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
