from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.clean.linked import LINES, clean_linked
from crawler.wordpress.linked import MEMBERS, unresolved
from tests.wordpress.sample_records import POST, read

TEXTS = st.none() | st.text(max_size=20) | st.sampled_from(["Boats &amp; ships", "<b>x</b>", ""])


def document(**fields):
    made, _ = read(POST)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("field", "resource", "expected"),
    [
        ("authors", [{"name": "A &amp; B"}], [{"name": "A & B"}]),
        ("terms", [{"name": "Boats &amp; ships"}], [{"name": "Boats & ships"}]),
        (
            "featured_media",
            {"alt_text": "a &lt; b", "caption": "<p>The <b>ferry</b></p>"},
            {"alt_text": "a < b", "caption": "The ferry"},
        ),
        ("comments", [{"author_name": "Jo&#8217;s"}], [{"author_name": "Jo’s"}]),
        ("attachments", [{"caption": "<p>One</p>\n"}], [{"caption": "One"}]),
        ("parent", {"title": "Tides &#8211; today"}, {"title": "Tides – today"}),
    ],
)
def test_rendered(field, resource, expected):
    """Names, captions and titles come as HTML and leave as one line of text."""
    made = document(**{field: resource})
    clean_linked(made)
    assert getattr(made, field) == expected


def test_other_members():
    """The HTML of a comment is cleaned, and a slug with an ampersand stays as it is."""
    comments = [
        {"author_name": None, "content_html": "<p>a &amp; b<script>x</script></p>"},
        {"author_name": None, "content_html": "<a href='/x'>me@a.example</a>", "link": "/"},
        {"author_name": None, "content_html": None, "content_text": None},
    ]
    made = document(comments=comments, terms=[{"name": "", "slug": "a&amp;b"}])
    clean_linked(made, emails="cut")

    bodies = [(each["content_html"], each["content_text"]) for each in made.comments]
    assert bodies[0] == ("<p>a &amp; b</p>", "a & b")
    assert "me@" not in "".join(bodies[1])
    assert bodies[2] == (None, None)
    assert made.terms == [{"name": "", "slug": "a&amp;b"}]


def test_not_had():
    """What could not be had, was not followed, or is not there, stays as it is."""
    gone = unresolved(9, "dangling")
    made = document(featured_media=dict(gone), terms=[], comments=[unresolved(None, "denied")])
    clean_linked(made)

    assert (made.featured_media, made.terms, made.authors) == (gone, [], None)
    assert made.comments == [unresolved(None, "denied")]


def test_long():
    """A caption as long as an article is cleaned like a short one."""
    made = document(featured_media={"caption": "<p>" + "a &amp; b " * 1000 + "</p>"})
    clean_linked(made)
    assert made.featured_media["caption"] == ("a & b " * 1000).strip()


def test_lines():
    """Each member that is cleaned is one that documents hold."""
    members = {name for names in MEMBERS.values() for name in names}
    assert {name for names in LINES.values() for name in names} <= members
    assert all(hasattr(document(), field) for field in LINES)


@given(name=TEXTS, alt=TEXTS, caption=TEXTS)
def test_law(name, alt, caption):
    """No text keeps a line break or a tag, whatever it was, and null stays null."""
    made = document(terms=[{"name": name}], attachments=[{"alt_text": alt, "caption": caption}])
    clean_linked(made)
    cleaned = [made.terms[0]["name"], *made.attachments[0].values()]

    assert [text is None for text in cleaned] == [name is None, alt is None, caption is None]
    assert all("\n" not in text and "<b>" not in text for text in cleaned if text)
