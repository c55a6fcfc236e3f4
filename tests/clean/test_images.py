from __future__ import annotations

import pytest

from tests.clean.cleaning import clean, cuts

REAL = "https://example.org/u/a.jpg"
STAND_IN = "data:image/gif;base64,R0lGOD"


def sources(html):
    return [image["url"] for image in clean(html).images]


class TestAddress:
    @pytest.mark.parametrize(
        "attributes",
        [
            'src="/u/a.jpg"',
            f'src="{STAND_IN}" data-src="/u/a.jpg"',
            f'src="{STAND_IN}" data-lazy-src="/u/a.jpg"',
            'src="/blank.gif" data-src="/u/a.jpg"',
            f'src="{STAND_IN}" data-orig-file="/u/a.jpg"',
            'srcset="/u/a-300.jpg 300w, /u/a.jpg 1500w, /u/a-9.jpg 9w"',
            f'src="{STAND_IN}" data-srcset="/u/b.jpg 1x, /u/a.jpg 2x"',
            'srcset="/u/a.jpg"',
            'data-srcset="data:x 1w" srcset="/u/a.jpg 5w, , javascript:x 9w"',
            'src="/u/a.jpg" data-src="javascript:x"',
            f'src="/u/a.jpg" data-src="{STAND_IN}"',
        ],
    )
    def test_real(self, attributes):
        """An image has its real address, wherever a plugin keeps it."""
        assert sources(f"<p>x <img {attributes}></p>") == [REAL]

    def test_none(self):
        """An image of which only the stand-in is there goes, and is told."""
        assert cuts(f'<p>x<img src="{STAND_IN}"></p>') == {"image_without_address": ""}

    @pytest.mark.parametrize(
        "html",
        [
            f'<img src="{STAND_IN}"> <noscript><img src="/u/a.jpg"></noscript>',
            f'<div><img src="{STAND_IN}"></div><noscript><img src="/u/a.jpg"></noscript>',
            '<noscript><img src="/u/a.jpg"></noscript>',
            '<b>x</b><noscript><img src="/u/a.jpg"></noscript>',
            '<img src="/u/a.jpg"><noscript><img src="/u/b.jpg"></noscript>',
        ],
    )
    def test_noscript(self, html):
        """The image for readers without scripts is the real one, and comes once."""
        assert sources(html) == [REAL]

    @pytest.mark.parametrize("inner", ["Switch it on", "<img>"])
    def test_noscript_without_image(self, inner):
        """Without one, nothing is taken from there."""
        assert sources(f"<noscript>{inner}</noscript>") == []


class TestPixels:
    @pytest.mark.parametrize(
        "attributes",
        [
            'width="1" height="1" src="https://x.example/p"',
            'width="0" height="1px" src="https://x.example/p"',
            'style="width:1px; height:1px" src="https://x.example/p"',
            'src="https://pixel.wp.com/b.gif"',
            'src="https://www.facebook.com/tr?id=1"',
        ],
    )
    def test_cut(self, attributes):
        """What only counts readers goes."""
        assert cuts(f"<p>x<img {attributes}></p>") == {"pixel": ""}

    @pytest.mark.parametrize(
        "attributes", ['width="1"', 'width="1" height="100"', 'style="width:1px"']
    )
    def test_kept(self, attributes):
        """A thin line is an image."""
        assert sources(f'<p>x<img {attributes} src="/u/a.jpg"></p>') == [REAL]


class TestEmoji:
    @pytest.mark.parametrize(
        "attributes",
        [
            'class="emoji" src="https://s.w.org/images/core/emoji/2/svg/1f44d.svg"',
            'class="wp-smiley" src="x.gif"',
            'src="https://s.w.org/images/core/emoji/72x72/1f44d.png"',
        ],
    )
    def test_character(self, attributes):
        """An emoji is a character, and added."""
        cleaned = clean(f'<p>Good <img {attributes} alt="👍"></p>')

        assert (cleaned.html, cleaned.additions) == ("<p>Good 👍</p>", ("👍",))

    def test_without_alt(self):
        """One that does not say which is nothing."""
        assert clean('<p>Good<img class="emoji" src="x"></p>').text == "Good"


class TestCaptions:
    @pytest.mark.parametrize(
        "html",
        [
            '<figure><img src="/u/a.jpg" alt="A"><figcaption>The\nwall</figcaption></figure>',
            (
                '<div class="wp-caption"><img src="/u/a.jpg" alt="A">'
                '<p class="wp-caption-text">The wall</p></div>'
            ),
            (
                '<dl class="gallery-item"><dt class="x"><img src="/u/a.jpg" alt="A"></dt>'
                '<dd class="wp-caption-text gallery-caption">The wall</dd></dl>'
            ),
        ],
    )
    def test_caption(self, html):
        """A caption is that of its image, in figures new and old."""
        assert clean(html).images == [{"url": REAL, "alt": "A", "caption": "The wall"}]
        assert "<figcaption>" in clean(html).html

    def test_gallery(self):
        """An image of a gallery has its own caption, not that of the gallery."""
        html = (
            '<figure><figure><img src="/u/a.jpg"><figcaption>One</figcaption></figure>'
            '<figure><img src="/u/a.jpg"></figure><figcaption>All</figcaption></figure>'
        )

        assert [image["caption"] for image in clean(html).images] == ["One", None]

    def test_empty(self):
        """A caption of nothing is none."""
        html = '<figure><img src="/u/a.jpg"><figcaption><br></figcaption></figure>'

        assert clean(html).images[0]["caption"] is None
