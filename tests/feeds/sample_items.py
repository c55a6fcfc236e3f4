"""Items of each kind to export, and values that JSON and CSV must survive."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from crawler.items import Comment, Document, Media, Provenance, Term, Tombstone, User

PROVENANCE = Provenance(
    url="https://example.org/wp-json/wp/v2/posts?per_page=100&page=2",
    fetched_at="2026-11-23T19:30:00Z",
    run_id="example.org/20261123T193000Z",
    dataset="example.org",
    crawler_version="0.1.0",
    api="https://example.org/wp-json/",
)


def head(kind: str, number: int) -> dict[str, Any]:
    return {
        "record_id": f"https://example.org/#wp/v2/{kind}/{number}",
        "kind": kind,
        "site": "https://example.org/",
        "collection": kind,
        "type": kind,
        "id": number,
        "link": f"https://example.org/{kind}/{number}/",
    }


def document(number: int = 7, **changes: Any) -> Document:
    values = dict.fromkeys(Document.__dataclass_fields__)
    values |= head("document", number)
    values |= {
        "slug": "a-walk",
        "status": "publish",
        "published": "2026-03-01T08:00:00Z",
        "title": "A walk along the canal",
        "content_html": "<p>The lock was open, “at last”.</p>",
        "protected": False,
        "extra": {"author": 3, "tags": [1, 2]},
        "provenance": PROVENANCE,
    }
    return Document(**{**values, **changes})


def one_of_each() -> list[Any]:
    """Give one item of every kind, in the order of ITEM_CLASSES."""
    tail = {"extra": {}, "raw": None, "provenance": PROVENANCE}
    return [
        document(),
        Media(
            **head("media", 8),
            slug="lock",
            published=None,
            modified=None,
            title="The lock",
            alt_text="",
            caption=None,
            description=None,
            media_type="image",
            mime_type="image/jpeg",
            source_url="https://example.org/lock.jpg",
            width=640,
            height=480,
            sizes={"thumbnail": {"width": 150}},
            post=7,
            **tail,
        ),
        Comment(
            **head("comment", 9),
            post=7,
            parent=0,
            author_name="Ada",
            author_url=None,
            published=None,
            content_html="<p>I was there.</p>",
            content_text=None,
            **tail,
        ),
        Term(
            **head("term", 2),
            taxonomy="category",
            slug="water",
            name="Water",
            description="",
            parent=None,
            count=12,
            **tail,
        ),
        User(**head("user", 3), slug="ada", name="Ada", description="", url=None, **tail),
        Tombstone(**head("tombstone", 4), reason="gone", last_seen=None, provenance=PROVENANCE),
    ]


SURROGATES = st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF)
ANY_TEXT = st.text(
    st.one_of(
        st.sampled_from("\x00\t\n\r \"',;=+-@＝－\ufeff\u200b\xa0\u2028\u2029\x85[{"),
        st.characters(exclude_categories=["Cs"]),
    )
)
BROKEN_TEXT = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), SURROGATES))
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | BROKEN_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(BROKEN_TEXT, inner),
    max_leaves=20,
)
