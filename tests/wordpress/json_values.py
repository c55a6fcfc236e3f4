"""JSON as no site should send it: strategies for documents of any shape."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = st.sampled_from([
    "", "/", "GET", "POST", "post", "page", "attachment", "wp_block", "nav_menu", "category",
    "posts", "media", "wp/v2", "library", "fonts/(?P<id>[\\d]+)/faces", "..", "a/../b",
    "/wp/v2/posts", "/wp/v2/users", "/wp/v2/library", "http://10.0.0.7/wp-json/wp/v2/library",
    "https://example.org/?rest_route=/wp/v2/tags", "https://[::1", "rest_forbidden", "100", "nan",
    "\ud800", "\n", "{rel}", "é", "x" * 300, "1e999",
])  # fmt: skip
KEYS = st.sampled_from([
    "name", "home", "url", "gmt_offset", "timezone_string", "namespaces", "routes", "endpoints",
    "methods", "args", "per_page", "orderby", "enum", "maximum", "items", "default", "code",
    "slug", "message", "rest_base", "rest_namespace", "taxonomies", "types", "_links", "wp:items",
    "href", "GET", "/wp/v2/posts", "/wp/v2/media", "/wp/v2/users", "/", "", "post", "page",
    "attachment", "category", "wp_block", "book", "\ud800",
])  # fmt: skip

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats(allow_nan=False)
    | WORDS
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)
"""Any JSON, with the words of WordPress in places where they mean something and where not."""
