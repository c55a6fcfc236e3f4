from __future__ import annotations

import pytest

from crawler.clean.embeds import page_of, provider_of
from tests.clean.cleaning import clean

TUBE = "https://www.youtube.com/watch?v=abcdef12345"
PLAYER = "https://www.youtube.com/embed/abcdef12345?feature=oembed"


def embed(url, provider):
    return {"url": url, "provider": provider}


class TestFrames:
    @pytest.mark.parametrize(
        "html",
        [
            f'<iframe src="{PLAYER}"></iframe>',
            f'<iframe data-src="{PLAYER}" src="about:blank">inside</iframe>',
            f'<p><iframe src="{PLAYER}"></iframe></p>',
            f'<object data="{PLAYER}"><embed src="{PLAYER}"></object>',
            f'<object><param name="movie" value="{PLAYER}"></object>',
            f'<embed src="{PLAYER}">',
            f'<iframe src="{PLAYER}"></iframe><iframe src="{PLAYER}"></iframe>',
        ],
    )
    def test_link_in_its_place(self, html):
        """A player is an entry, and one link to the page that a person would open."""
        cleaned = clean(f"<p>See.</p>{html}")

        assert cleaned.embeds == [embed(TUBE, "YouTube")]
        assert [link["url"] for link in cleaned.links] == [TUBE]
        assert cleaned.text == f"See.\n\n{TUBE}"
        assert cleaned.additions == (TUBE,)

    def test_title(self):
        """Its title is the text of the link."""
        html = f'<iframe src="{PLAYER}" title="Storm\n at noon"></iframe>'

        assert clean(html).markdown == f"[Storm at noon]({TUBE})"

    @pytest.mark.parametrize(
        "html",
        [
            '<video controls src="/v.mp4"></video>',
            '<video><source src="/v.mp4" type="video/mp4"><a href="/v.mp4">/v.mp4</a></video>',
        ],
    )
    def test_video_of_the_site(self, html):
        """A video of the site itself is an embed too; what stands in for it is cut."""
        cleaned = clean(html)

        assert cleaned.embeds == [embed("https://example.org/v.mp4", "example.org")]
        assert cleaned.text == "https://example.org/v.mp4"

    @pytest.mark.parametrize(
        "html",
        [
            "<iframe></iframe>",
            "<iframe src='javascript:x'></iframe>",
            '<iframe src="https://www.googletagmanager.com/ns.html?id=1"></iframe>',
        ],
    )
    def test_nothing_to_see(self, html):
        """A frame without address and one that only counts readers leave nothing."""
        cleaned = clean(f"<p>a</p>{html}")

        assert (cleaned.embeds, cleaned.text) == ([], "a")


class TestQuotes:
    @pytest.mark.parametrize(
        ("html", "found"),
        [
            (
                (
                    '<blockquote class="twitter-tweet"><p>Noon. <a href="https://t.co/x">t.co/x</a></p>'
                    '<a href="https://twitter.com/h/status/1?ref_src=tw">November</a></blockquote>'
                ),
                embed("https://twitter.com/h/status/1", "X"),
            ),
            (
                (
                    '<blockquote class="instagram-media" data-instgrm-permalink='
                    '"https://www.instagram.com/p/a/?utm_source=ig"><p>Noon</p></blockquote>'
                ),
                embed("https://www.instagram.com/p/a/", "Instagram"),
            ),
            (
                (
                    '<blockquote class="tiktok-embed" cite="javascript:x"><p>Noon '
                    '<a href="https://www.tiktok.com/@h/video/1">x</a></p></blockquote>'
                ),
                embed("https://www.tiktok.com/@h/video/1", "TikTok"),
            ),
            (
                (
                    '<blockquote class="wp-embedded-content"><a href="https://b.example/p/">Post</a>'
                    '</blockquote><iframe class="wp-embedded-content" src="https://b.example/p/embed/">'
                    "</iframe>"
                ),
                embed("https://b.example/p/", "b.example"),
            ),
        ],
    )
    def test_post_of_another_site(self, html, found):
        """A quoted post is an entry, and its words stay."""
        cleaned = clean(html)

        assert cleaned.embeds == [found]
        assert cleaned.additions == ()

    def test_without_address(self):
        """One that does not say where it is from is a quote like others."""
        assert clean('<blockquote class="twitter-tweet"><p>Noon</p></blockquote>').embeds == []


class TestBareAddress:
    @pytest.mark.parametrize("name", ["wp-block-embed__wrapper", "wp-block-embed"])
    def test_link(self, name):
        """An embed that nobody resolved is an address: it becomes a link."""
        cleaned = clean(f'<div class="{name}">\n{TUBE}\n</div>')

        assert cleaned.embeds == [embed(TUBE, "YouTube")]
        assert (cleaned.links[0]["url"], cleaned.additions) == (TUBE, ())

    @pytest.mark.parametrize(
        "inner", ["words", f"{TUBE} and words", "https://[x/", f'<a href="{TUBE}">x</a>']
    )
    def test_no_address(self, inner):
        """Anything else in there stays as it is."""
        assert clean(f'<div class="wp-block-embed">{inner}</div>').embeds == []


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("https://m.youtube.com/x", "YouTube"),
        ("https://www.google.com/maps/embed?x", "Google Maps"),
        ("https://www.google.com/x", "google.com"),
        ("https://localhost/x", "localhost"),
    ],
)
def test_provider(url, provider):
    """Who provides something is told by the host."""
    assert provider_of(url) == provider


def test_page():
    """A player that is not known is its own page."""
    assert page_of("https://player.example/1") == "https://player.example/1"
