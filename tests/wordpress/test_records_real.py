"""Records of real sites -> items, where those records are at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from crawler.wordpress.fields import field_list
from tests.wordpress.sample_records import CATEGORIES, MEDIA, POSTS, TAGS, a_reader
from tests.wordpress.test_fields import as_wordpress_filters

SHARED = Path(__file__).resolve().parents[3] / "shared"
FOLDERS = {"posts": POSTS, "pages": POSTS, "media": MEDIA, "categories": CATEGORIES, "tags": TAGS}
AVATAR = re.compile(r"gravatar\.com/[^\s\"']*[0-9a-f]{32}")


def real_records(folder):
    """Give the records of a folder, a list a site; skip where there is none."""
    files = sorted((SHARED / "real-records" / folder).glob("*.json"))
    if not files:
        pytest.skip("no folder `shared` with real records beside the project")
    return [json.loads(file.read_bytes()) for file in files]


@pytest.mark.parametrize("folder", FOLDERS)
def test_real_sites(folder):
    """Each record becomes an item with its id, address and no e-mail hash."""
    count = 0
    for records in real_records(folder):
        reader = a_reader(FOLDERS[folder])
        for record in records:
            item = reader.read(record)
            count += 1
            assert item.id == record["id"]
            assert item.link == record["link"]
            assert not AVATAR.search(repr(item))
        unusual = {key for key in reader.oddities if not key.startswith(("missing/", "coerced/"))}
        assert not unusual

    assert count > 40


@pytest.mark.parametrize("folder", FOLDERS)
def test_real_sites_by_fields(folder):
    """Asked for by `_fields`, each record becomes the same item."""
    collection = FOLDERS[folder]
    for records in real_records(folder):
        reader = a_reader(collection)
        for record in records:
            reader.read(record)
        chosen = field_list(collection, reader.seen)
        assert chosen.unsafe == chosen.over_budget == ()
        for record in records:
            asked = as_wordpress_filters(record, chosen.value)
            assert reader.read(asked) == reader.read(record)


def test_real_bodies():
    """The rendered body comes through unchanged."""
    reader = a_reader()
    bodies = [
        (record["content"]["rendered"], reader.read(record).content_html)
        for records in [*real_records("posts"), *real_records("pages")]
        for record in records
        if "content" in record
    ]

    assert len(bodies) > 390
    assert all(received == read for received, read in bodies)


def test_seed():
    """A post of a news site with four plugins: read without an oddity."""
    file = SHARED / "seeds" / "post-2545.json"
    if not file.exists():
        pytest.skip("no folder `shared` with a seed record beside the project")
    seed = json.loads(file.read_bytes())
    record = seed[0] if isinstance(seed, list) else seed
    reader = a_reader()

    item = reader.read(record)

    assert item.id == 2545
    assert item.published == "2025-08-14T07:38:38Z"
    assert item.content_html == record["content"]["rendered"]
    assert item.extra["featured_media"] == 2546
    assert item.extra["categories"] == [5]
    assert item.extra["meta"]["rop_publish_now"] == "initial"
    assert not reader.oddities
    assert list(reader.unmapped) == ["jetpack_featured_media_url", "jetpack_sharing_enabled"]
    assert list(reader.ignored) == ["_links", "aioseo_notices", "class_list", "date", "modified"]
